"""Reports: numbers are the library's, words fit the answer, and nothing in them runs."""

from __future__ import annotations

import html
import re
from pathlib import Path

import numpy as np
import pytest
import report_pages
from click.testing import CliRunner

import bargaining as bg
from bargaining.cli import cli
from bargaining.errors import InputError, NotSupportedError
from bargaining.files.document import same_game
from bargaining.files.library import root
from bargaining.linkage.facts import Manner, facts_of
from bargaining.model.game import LinkageGame
from bargaining.report.pages import report
from bargaining.report.pages.report import report_page
from bargaining.report.pages.words import catalogue
from bargaining.results import in_figures, signed
from bargaining.settlement.solutions import SOLUTIONS
from bargaining.sweeps.measures import parse_measure

GUNS = [[[0, 0], [-4, 6]], [[0, 0], [5, -3]]]
CLOSE = 1e-9
BUNDLED = sorted(
    path.relative_to(root()).with_suffix("").as_posix() for path in root().rglob("*.toml")
)
USUAL = ("us_mexico/guns_for_fentanyl", "us_mexico/sovereignty_premium", "classic/three_way_trade")
FAILED = ("This could not be worked out", "Esto no se pudo calcular")


def check_figures(game: LinkageGame, page: str, manner: Manner) -> int:
    """Compare every cell that holds a measure with the library's answer."""
    facts = facts_of(game, manner=manner)
    cells = report_pages.read(page).found
    for cell in cells:
        value = parse_measure(cell.measure).read(facts)
        if value is None:
            assert (cell.exact, cell.value) == ("none", None), cell
            continue
        write = signed if cell.measure.startswith("verdict.linkage_gain") else in_figures
        assert cell.value == pytest.approx(float(value), abs=CLOSE, rel=1e-6), cell
        if isinstance(value, float):
            continue
        assert cell.exact == write(value), cell
    return len(cells)


@pytest.mark.parametrize("name", USUAL)
def test_every_figure_is_the_librarys(name: str) -> None:
    game = bg.load(name)
    assert check_figures(game, report_page(game), Manner()) >= 25


def test_figures_of_another_manner() -> None:
    game = bg.load("us_mexico/guns_for_fentanyl")
    for manner in (Manner("egalitarian", "pure"), Manner("nash", "shares", ("enforcement",))):
        page = report_page(
            game, solution=manner.solution, deals=manner.deals, require=manner.require
        )
        assert check_figures(game, page, manner) >= 10


@pytest.mark.slow
@pytest.mark.parametrize("name", BUNDLED)
def test_every_bundled_game(name: str) -> None:
    game = bg.load(name)
    spanish = report_page(game, language="es")
    page = report_page(game)
    assert (check_figures(game, page, Manner()) >= 5) is bool(game.issues)
    if game.issues:
        assert bg.solve(game).verdict.in_words not in spanish
    assert spanish.count("<h2") == page.count("<h2") >= 2


WORDS = {
    "us_mexico/guns_for_fentanyl": (
        "Linking breaks the deadlock: issue by issue nothing is signed; on one table the gains",
        "Vincular rompe el bloqueo: tema por tema no se firma nada; en una sola mesa las gan",
    ),
    "us_mexico/five_issue_core": (
        "Linking helps without breaking a deadlock, and nobody loses: issue by issue the gains",
        "Vincular ayuda sin romper un bloqueo, y nadie pierde: tema por tema las ganancias",
    ),
    "us_mexico/mexico_delinks": (
        "Linking moves gains from mexico to us: issue by issue the gains are us",
        "Vincular traslada ganancias de mexico a us: tema por tema las ganancias son us",
    ),
    "us_mexico/one_audience": ("Linking harms ", "Vincular perjudica a "),
    "us_mexico/sig_stalemate": ("The deadlock stands: issue by issue", "El bloqueo sigue: tema"),
    "us_mexico/kingpin_or_money": ("Linking changes nothing: ", "Vincular no cambia nada: "),
}


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize(("at", "language"), [(0, "en"), (1, "es")])
def test_the_answer_in_one_sentence(name: str, at: int, language: str) -> None:
    text = "".join(report_pages.read(_answer(bg.load(name), language)).text)
    assert WORDS[name][at] in text


def _answer(game: LinkageGame, language: str) -> str:
    """Return the first section only, which takes no time."""
    from bargaining.report.pages.saying import Saying
    from bargaining.report.pages.sections.answer import sentence
    from bargaining.report.pages.study import Study
    from bargaining.report.pages.words import words

    return str(sentence(Study(game, Saying(words(language)), Manner(), "game")))


def test_a_spanish_page_speaks_spanish() -> None:
    game = bg.load("us_mexico/guns_for_fentanyl")
    page = report_page(game, language="es")
    assert '<html lang="es">' in page
    assert bg.solve(game).verdict.in_words not in page
    for text in ("Quién obtiene qué", "Qué sostiene el acuerdo", "Por qué puedes creerlo"):
        assert text in page
    for key, entry in catalogue().items():
        title = key.startswith("report_title.") and len(entry["en"]) > 8
        assert not (title and entry["en"] in page), key


def test_every_concept_has_words() -> None:
    known = set(catalogue())
    for concept in SOLUTIONS:
        assert {f"report_concept.{concept}", f"report_idea.{concept}"} <= known


def test_reservation_totals_are_said_to_be_totals(tmp_path: Path) -> None:
    file = tmp_path / "game.toml"
    file.write_text(
        'format = "bargaining-game/1"\nplayers = ["a", "b"]\n[reservation]\na = 1\nb = 1\n'
        '[issues.x]\noptions = ["l", "r"]\npayoffs = { a = [3, 0], b = [0, 1] }\n'
        '[issues.y]\noptions = ["l", "r"]\npayoffs = { a = [0, 1], b = [3, 0] }\n'
    )
    page = report_page(bg.load(file))
    assert "what linking adds is not defined" in page
    assert FAILED[0] not in page


def test_a_game_of_coalitions_only() -> None:
    page = report_page(bg.load("classic/glove"))
    titles = re.findall(r'<h2 id="title-(\w+)"', page)
    assert titles == ["parties", "reproduce"]
    assert "Shapley value" in page


def test_one_section_fails_and_the_rest_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(study: object) -> list[object]:
        msg = "deal: <not> done"
        raise NotSupportedError(msg)

    monkeypatch.setitem(report.SECTIONS, "deal", fails)
    page = report_page(LinkageGame.from_payoffs(GUNS))
    assert "This could not be worked out" in page
    assert "deal: &lt;not&gt; done" in page
    assert 'id="title-believe"' in page


def test_a_game_without_an_answer_says_why() -> None:
    page = report_page(LinkageGame.from_payoffs(GUNS), solution="coco", deals="pure")
    assert "coco is not defined for pure deals" in page
    assert 'id="title-gains"' not in page


def test_many_issues_make_a_short_report() -> None:
    payoffs = np.random.default_rng(5).integers(-9, 10, (500, 3, 2))
    payoffs[:, 0] = 0
    page = report_page(LinkageGame.from_payoffs(payoffs))
    assert len(page) < 300_000
    assert "… and 460 more, not shown here" in page
    assert "Left out of this report" in page
    assert FAILED[0] not in page


def test_hostile_names_stay_text() -> None:
    game = report_pages.hostile()
    for language in ("en", "es"):
        page = report_page(game, language=language)
        cells = report_pages.read(page)
        tags = [tag for tag, _ in cells.tags]
        assert tags.count("script") == 1
        assert "img" not in tags
        assert not any(key.startswith("on") for _, known in cells.tags for key in known)
        text = "".join(cells.text)
        assert report_pages.SCRIPT in text
        assert "{{ 7*7 }}" in text
        assert "\u202e" not in page
        assert check_figures(game, page, Manner()) > 10


@pytest.mark.parametrize("language", ["en", "es"])
def test_nothing_is_fetched(language: str) -> None:
    page = report_page(LinkageGame.from_payoffs(GUNS), language=language)
    assert not re.search(r"(src|href)=[\"'](?!#)", page)
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_commands_and_lines_run() -> None:
    name = "us_mexico/guns_for_fentanyl"
    page = report_page(bg.load(name, parameters={"w": "1/2"}), source=name, settings=["w=1/2"])
    commands, lines = re.findall(r"<h3>[^<]*</h3>\s*<pre[^>]*>(.*?)</pre>", page, re.DOTALL)[:2]
    for command in commands.split("&#10;"):
        words = command.split()
        assert words[0] == "bargaining"
        if words[1] != "claims":
            done = CliRunner().invoke(cli, words[1:], catch_exceptions=False)
            assert done.exit_code == 0, done.output
    space: dict[str, object] = {}
    exec(html.unescape(lines), space)
    gains = space["answer"].agendas["linked"].gains  # type: ignore[attr-defined]
    assert all(f'data-exact="{in_figures(gain)}"' in page for gain in gains.values())


def test_the_file_shown_is_the_game() -> None:
    game = bg.load("us_mexico/six_issue_table")
    page = report_page(game)
    shown = re.findall(r'<details class="file">.*?<pre[^>]*>(.*?)</pre>', page, re.DOTALL)[0]
    again = bg.loads(html.unescape(shown))
    assert same_game(game, again)
    assert "[expected" not in shown


def test_wrong_questions_are_refused() -> None:
    game = LinkageGame.from_payoffs(GUNS)
    with pytest.raises(InputError, match="expected one of en, es"):
        report_page(game, language="fr")
    with pytest.raises(InputError, match="solution: expected one of"):
        report_page(game, solution="nahs")
    with pytest.raises(InputError, match="require"):
        report_page(game, require=["luck"])
