"""What a report says must be true of its game: sentences that hold only under conditions."""

from __future__ import annotations

from pathlib import Path

import pytest
import report_pages
from click.testing import CliRunner
from report_pages import EN, file, said, study_of

import bargaining as bg
from bargaining.cli import cli
from bargaining.linkage.facts import Manner
from bargaining.model.game import LinkageGame
from bargaining.report.pages.blocks import Grid
from bargaining.report.pages.report import report_page
from bargaining.report.pages.saying import Saying
from bargaining.report.pages.sections.agendas import agendas
from bargaining.report.pages.sections.alone import alone
from bargaining.report.pages.sections.answer import answer
from bargaining.report.pages.sections.concepts import concepts
from bargaining.report.pages.sections.gains import gains
from bargaining.report.pages.sections.home import home
from bargaining.report.pages.sections.lasting import lasting
from bargaining.report.pages.sections.private import private
from bargaining.report.pages.sections.reproduce import commands
from bargaining.report.pages.words import words
from bargaining.report.plots import KINDS
from bargaining.report.plots.frontier import _quiet

GUNS = [[[0, 0], [-4, 6]], [[0, 0], [5, -3]]]


def test_bars_prove_nothing_about_payoffs_that_depend_on_each_other() -> None:
    text = said(alone(study_of("us_mexico/nearshoring_tax")))
    assert "no package helps both" not in text
    assert "depend on several issues together" in text


def test_bars_apart_promise_a_deal_only_where_nothing_else_is_asked(tmp_path: Path) -> None:
    promise, reserve = "together they make a deal possible", "by payoffs alone, with divisible"
    plain = file(tmp_path, "")
    assert promise in said(alone(study_of(plain)))
    floors = file(tmp_path, "[floors]\nus = 4\n")
    closed = file(tmp_path, '[[links]]\nbetween = ["guns", "fentanyl"]\nnegotiable = false\n')
    asked = [study_of(floors), study_of(closed), study_of(plain, Manner("nash", "pure"))]
    for study in asked:
        assert promise not in said(alone(study))
        assert reserve in said(alone(study))


def test_no_deal_is_promised_where_no_deal_helps_everyone() -> None:
    zero = LinkageGame.from_payoffs([[[0, 0], [0, 0]], [[0, 0], [0, 0]]])
    hair = LinkageGame.from_payoffs([[[0, 0], [-1, 1]], [[0, 0], [1, -1]]])
    for game in (zero, hair, "us_mexico/sig_stalemate", "classic/bilateral_trade"):
        assert "No deal here leaves everyone better off" in said(concepts(study_of(game)))
    assert "Where several deals" in said(concepts(study_of("us_mexico/guns_for_fentanyl")))


def test_nobody_can_gain_is_no_deadlock() -> None:
    game = LinkageGame.from_payoffs([[[0, 0], [0, 0]], [[0, 0], [-1, 0]]])
    assert "Nobody can gain anything" in said(answer(study_of(game)))
    assert "Nobody can gain anything" in bg.solve(game).verdict.in_words
    deadlock = LinkageGame.from_payoffs([[[0, 0], [-1, 1]]])
    assert "The deadlock stands" in said(answer(study_of(deadlock)))


def test_ratifiers_are_named_where_sentences_leave_them_out() -> None:
    study = study_of("us_mexico/two_ratifiers")
    text = said(answer(study))
    assert "not counted in this sentence: committee and morena" in text
    assert "-2 to those who negotiate (us and mexico)" in said(gains(study))
    kept = said(lasting(study))
    assert "Kept at no discount factor below 1 by: morena." in kept
    names = [str(g.head[0]) for g in home(study) if isinstance(g, Grid)]
    assert names
    assert all("κ" not in str(block) for block in home(study))


def test_negative_losses_are_explained() -> None:
    study = study_of("us_mexico/sovereignty_premium")
    assert "better than the deal for us and mexico" in said(lasting(study))
    page = report_page(study.game)
    assert EN("plot_repeated.title") not in page
    assert "the weights below are not exchange rates of payoffs alone" in page


def test_false_alarms_and_lotteries_are_told() -> None:
    text = said(lasting(study_of("us_mexico/intelligence_trust")))
    assert "Counting them, the promises under “Linked” last from 5/9." in text
    assert "by public lottery; its threshold can therefore differ" in text
    assert "some deal in shares" in text


def test_the_picture_of_promises_names_those_it_is_about() -> None:
    one = LinkageGame.from_payoffs([[[0, 0], [1, 0]]])
    told = KINDS["repeated"].describe(one, EN)
    assert f"for: {one.players[0]}." in told
    assert one.players[1] not in told.rpartition("for:")[2]


def test_issues_that_clear_alone_do_not_unlock_each_other() -> None:
    told = KINDS["graph"].describe(bg.load("classic/climate_club"), EN)
    assert "unlock each other" not in told
    assert "By itself this helps everyone: climate." in told


def test_agendas_are_told_or_neither_told_nor_drawn() -> None:
    club = study_of("classic/climate_club")
    assert "Left out" not in said(agendas(club))
    many = study_of(LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]] * 3))
    assert "The first 100 of" in said(agendas(many))
    big = study_of("negotiations/plant_site")
    if "Left out" in said(agendas(big)):
        assert EN("plot_agendas.title") not in report_page(big.game)


def test_payments_are_told_apart() -> None:
    text = said(private(study_of("classic/bilateral_trade")))
    assert "Without side payments" in text
    assert "5/16 could be expected with types known, and 7/24" in text


@pytest.mark.parametrize("manner", [Manner("egalitarian", "pure", ("enforcement",)), Manner()])
def test_commands_ask_in_the_manner_of_the_page(manner: Manner) -> None:
    lines = commands(study_of("us_mexico/guns_for_fentanyl", manner))
    by_name = {line.split()[1]: line for line in lines}
    asked = " --deals pure --require enforcement" if manner.require else ""
    for name in ("solve", "settle", "packages", "agenda"):
        assert asked in by_name[name]
    assert ("enforce" in by_name, "robust" in by_name) == (not manner.require,) * 2


def test_report_pages_of_these_games_are_whole() -> None:
    for name in ("us_mexico/two_ratifiers", "classic/bilateral_trade"):
        page = report_page(bg.load(name))
        assert "could not be worked out" not in page
        assert len(report_pages.read(page).found) > 5


def test_spanish_lists_change_the_and_before_the_sound_of_i() -> None:
    spanish = words("es")
    for last, expected in (("island", "e"), ("historia", "e"), ("hierro", "y"), ("yodo", "y")):
        assert spanish.listed(["a", last]) == f"a {expected} {last}"
        assert f" {expected} " in str(Saying(spanish).listed(["a", last]))


def test_concepts_that_are_not_defined_go_by_their_name() -> None:
    text = said(concepts(study_of("classic/bilateral_trade", language="es")))
    assert "Ganador ajustado" in text
    assert "adjusted_winner" not in text
    assert "necesita temas que cada parte pueda ganar del todo" in text


def test_bars_that_exist_are_drawn_first() -> None:
    mutual = [[[0, 0], [1, 1]]] * 35
    found = KINDS["rates"].describe(LinkageGame.from_payoffs([*mutual, *GUNS]), EN)
    assert "35: 3/5 to 1." in found
    assert "36: 0 to 3/8." in found


def test_a_game_without_a_title_goes_by_its_file(tmp_path: Path) -> None:
    game = file(tmp_path, "")
    assert KINDS["gains"].picture(game, EN).title.startswith("game: ")
    assert "<h1><bdi>game</bdi></h1>" in report_page(game)


def test_a_report_is_an_html_file(tmp_path: Path) -> None:
    target = tmp_path / "report.pdf"
    done = CliRunner().invoke(cli, ["report", "us_mexico/guns_for_fentanyl", "-o", str(target)])
    assert done.exit_code != 0
    assert "ends in .html" in str(done.exception) + done.output
    assert not target.exists()


def test_noise_is_told_as_nothing() -> None:
    assert _quiet(3.56e-12, 10.0) == 0
    assert _quiet(0.5, 10.0) == 0.5
