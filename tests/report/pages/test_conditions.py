"""Sentences that change with what a file asks: floors, caps, constraints, spillovers, ratifiers."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import run
from report_pages import EN, file, said, study_of

import bargaining as bg
from bargaining.errors import NotDefinedError
from bargaining.files.library import bundled
from bargaining.report.pages.sections import game as on_the_table
from bargaining.report.pages.sections.alone import alone
from bargaining.report.pages.sections.answer import answer
from bargaining.report.pages.sections.believe import believe
from bargaining.report.pages.sections.concepts import concepts
from bargaining.report.pages.sections.home import home
from bargaining.report.pages.sections.lasting import lasting
from bargaining.report.pages.sections.packages import packages
from bargaining.report.pages.sections.parties import parties
from bargaining.report.pages.sections.private import private
from bargaining.report.plots import KINDS

FORBID = '[[constraints]]\nforbid = { guns = "stop", fentanyl = "stop" }\n'


def test_a_floor_out_of_reach_is_what_stands_in_the_way(tmp_path: Path) -> None:
    """The deal (3/2, 9/4) helps both, but misses a floor of 5: nothing is blocked by rates."""
    study = study_of(file(tmp_path, "[floors]\nus = 5\n"))
    assert "no package that meets every requirement helps everyone" in said(answer(study))
    assert "that meets every requirement" in said(packages(study))
    shown = said(home(study))
    assert "missed" in shown
    assert "leaves room" not in shown
    assert "because of these rules: floors.us" in said(believe(study))
    assert "blocked: no deal on it alone that passes" in said(alone(study))


def test_spillovers_leave_the_bars_undecided() -> None:
    """The bars overlap, and yet the two issues have a deal together, by what ties them."""
    found = run("solve", "us_mexico/nearshoring_tax").stdout
    assert "bars alone do not decide" in found
    assert "unlock each other" not in found
    assert "no package offers a trade" not in found
    game = bg.load("us_mexico/nearshoring_tax")
    picture = KINDS["rates"].picture(game, EN)
    assert "the bars alone do not say" in " ".join(picture.notes)
    assert "no deal helps both" not in KINDS["rates"].describe(game, EN)


def test_constraints_are_no_spillovers(tmp_path: Path) -> None:
    text = said(alone(study_of(file(tmp_path, FORBID))))
    assert "depend on several issues together" not in text
    assert "What else this game asks of a deal decides" in text


def test_adjusted_winner_needs_every_issue_free_to_go(tmp_path: Path) -> None:
    found = file(tmp_path, FORBID)
    with pytest.raises(NotDefinedError, match="rules deals out"):
        bg.settle(found, solution="adjusted_winner")
    assert "no deal ruled out" in said(concepts(study_of(found)))


def test_who_only_ratifies_does_not_negotiate() -> None:
    assert "Negotiating: us and mexico." in said(
        on_the_table.game(study_of("us_mexico/two_ratifiers"))
    )


def test_private_types_under_a_rule_across_issues(tmp_path: Path) -> None:
    types = '[[types]]\nplayer = "us"\nlabels = ["low", "high"]\nprobability = ["1/2", "1/2"]\n'
    study = study_of(file(tmp_path, types + "payoffs.guns.us = [[0, -4], [0, -1]]\n" + FORBID))
    text = said(private(study))
    assert "a best rule for each issue alone has no meaning here" in text
    assert "Issue by issue" not in text


def test_coalitions_of_games_that_must_pass_at_home() -> None:
    text = bundled()["us_mexico/canada_joins"].read_text(encoding="utf-8")
    asked = bg.loads(text + "\n[caps]\nmexico = 1\n[floors]\nmexico = 1\n", parameters={"e": 1})
    assert "no se calcula para juegos" in said(parties(study_of(asked, language="es")))
    assert "Left out" not in said(parties(study_of("us_mexico/canada_joins")))


def test_what_a_breach_leads_to_is_free_of_premiums() -> None:
    """Mexico alone would run joint operations, worth 2 to it, were nothing of it paid for."""
    assert (
        "After a breach play follows payoffs alone"
        in run("enforce", "us_mexico/sovereignty_premium", "--discount", "9/10").stdout
    )
    assert "After a breach" not in run("enforce", "us_mexico/guns_for_fentanyl").stdout
    assert "After a breach" not in said(lasting(study_of("us_mexico/guns_for_fentanyl")))


def test_a_bracket_of_the_lowest_factor_is_no_threshold(tmp_path: Path) -> None:
    """A premium that bends and a floor: the number is one at which some deal lasts."""
    seen = 'visibility = { us = [0, 1] }\n[premium.us]\nscale = "1/10"\nrate = 1\n'
    text = "[floors]\nus = 0.5\n[discount]\nus = 0.9\nmexico = 0.9\n"
    found = file(tmp_path, seen + text)
    assert "is not decided exactly here" in said(lasting(study_of(found)))
    open_factor = file(tmp_path, "[discount]\nus = 0.9\nmexico = 0.9\n")
    assert "is not decided exactly here" not in said(lasting(study_of(open_factor)))
