"""What every picture of a game has in common."""

from __future__ import annotations

import pytest
from pictures import EN, ES, SVG, hostile_game, svg

import bargaining as bg
from bargaining.cli.plot import KINDS as ON_THE_COMMAND_LINE
from bargaining.errors import InputError, NotDefinedError
from bargaining.files.library import bundled
from bargaining.report.plots import KINDS
from bargaining.report.plots.style import encoded, figure_svg

GAME = {
    "frontier": "us_mexico/guns_for_fentanyl",
    "rates": "us_mexico/six_issue_table",
    "graph": "us_mexico/security_keystone",
    "gains": "us_mexico/canada_joins",
    "bestreply": "classic/chicken",
    "repeated": "classic/prisoners_dilemma",
    "winset": "us_mexico/one_audience",
    "agendas": "us_mexico/security_keystone",
}


def test_the_command_line_knows_them_all() -> None:
    assert set(ON_THE_COMMAND_LINE) == set(KINDS) == set(GAME)


@pytest.mark.parametrize("kind", KINDS)
def test_title_and_words_stand_in_the_svg_in_both_languages(kind: str) -> None:
    game = bg.load(GAME[kind])
    told = []
    for speak in (EN, ES):
        root = svg(kind, game, speak)
        assert root.get("lang") is None or root.get("lang") == speak.language
        title, words = str(root[0].text), str(root[1].text)
        assert title == f"{game.title}: {speak(KINDS[kind].title_key)}"
        assert words == KINDS[kind].describe(game, speak)
        shown = " ".join(node.text or "" for node in root.iter(f"{SVG}text"))
        assert " ".join(speak(KINDS[kind].title_key).split()[:3]) in shown
        told.append(words)
    assert told[0] != told[1]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_game_gives_the_same_bytes(kind: str) -> None:
    once, again = (encoded(KINDS[kind].picture(bg.load(GAME[kind]), EN), ".svg") for _ in "ab")
    assert once == again


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_names_are_harmless(kind: str) -> None:
    game = hostile_game()
    assert KINDS[kind].applies(game) is None
    root = svg(kind, game)
    assert not list(root.iter(f"{SVG}script"))
    for node in root.iter(f"{SVG}text"):
        assert len(node.text or "") < 260
    width, height = (float(str(root.get(side)).removesuffix("pt")) for side in ("width", "height"))
    assert width == pytest.approx(16 / 2.54 * 72)
    assert height < 800


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_apply_says_why(kind: str) -> None:
    games = [bg.load("classic/glove"), bg.load("us_mexico/silo_rivalry")]
    for game in games:
        why = KINDS[kind].applies(game)
        if why is None:
            continue
        assert len(why) > 20
        with pytest.raises(NotDefinedError, match=kind):
            KINDS[kind].picture(game, EN)
    assert KINDS[kind].applies(games[0]) == EN("plot.no_issues")
    assert KINDS[kind].applies(games[0], ES) == ES("plot.no_issues")


def test_svg_for_pages() -> None:
    game = bg.load(GAME["rates"])
    found = figure_svg("rates", game, ES)
    assert found.startswith("<svg")
    assert ES("plot_rates.title") in found
    with pytest.raises(InputError, match="kind: expected one of frontier"):
        figure_svg("pie", game, EN)


def test_large_games_are_shortened_and_say_so() -> None:
    import numpy as np

    rows = np.random.default_rng(1).integers(-9, 10, (500, 3, 2))
    rows[:, 0] = 0
    game = bg.LinkageGame.from_payoffs(rows)
    assert "30 narrowest of 500" in " ".join(KINDS["rates"].picture(game, EN).notes)
    assert "30 of 500" in " ".join(KINDS["graph"].picture(game, EN).notes)
    assert "490 more" in " ".join(KINDS["frontier"].picture(game, EN).notes)
    for kind in ("repeated", "agendas", "winset"):
        assert KINDS[kind].applies(game)
    KINDS["gains"].picture(game, EN)


@pytest.mark.slow
@pytest.mark.parametrize("name", bundled())
def test_every_game_draws_or_says_why_not(name: str) -> None:
    game = bg.load(name)
    some = 0
    for kind in KINDS.values():
        if kind.applies(game) is not None:
            continue
        try:
            data = encoded(kind.picture(game, EN), ".svg")
        except NotDefinedError:
            continue
        assert len(data) > 2_000
        some += 1
    assert some or not len(game.issues)
