"""From controls to a game: the same game as the file edited by hand, or what is wrong."""

from __future__ import annotations

from fractions import Fraction

from explore_pages import moved, session_of

import bargaining as bg
from bargaining.explore.controls import Tick
from bargaining.files.document import same_game

GUNS = session_of("us_mexico/guns_for_fentanyl")
SIX = session_of("us_mexico/six_issue_table")


def test_nothing_moved_is_the_file() -> None:
    found = moved(GUNS)
    assert found.changes == ()
    assert found.document["expected"]["verdict"]["linking_breaks_deadlock"]
    assert same_game(found.game, GUNS.game)


def test_a_parameter_is_the_one_set_on_loading() -> None:
    found = moved(GUNS, **{"parameters.a": "2/5"})
    assert same_game(found.game, bg.load(GUNS.game.name, parameters={"a": "2/5"}))
    assert found.changes == ("parameters.a = 2/5",)


def test_weights_and_payoffs_multiply() -> None:
    key = "issues.guns.payoffs.us[1]"
    found = moved(GUNS, **{"weights.us.guns": 2, key: -3})
    assert list(found.game.issues["guns"].exact_gains[1]) == [Fraction(-6), Fraction(6)]


def test_kept_as_a_file_it_is_the_same_game() -> None:
    found = moved(GUNS, Tick(("guns", "fentanyl")), **{"parameters.w": 3, "discount.us": "1/2"})
    again = bg.loads(found.toml)
    assert same_game(again, found.game)
    assert "expected" not in again.document
    assert again.document["claims"] == GUNS.document["claims"]
    assert again.discount["us"] == Fraction(1, 2)


def test_a_stated_link_that_is_taken_away_keeps_its_spillovers() -> None:
    found = moved(GUNS, Tick(("guns", "fentanyl")), **{"parameters.w": 3})
    (link,) = found.game.links
    assert not link.negotiable
    assert link.spillovers.max() == 3
    assert not bg.solve(found.game).verdict.linking_breaks_deadlock


def test_pairs_of_a_complete_graph_are_taken_away_one_by_one() -> None:
    pairs = [tick for tick in SIX.controls.ticks if "trade" in tick.issues]
    found = moved(SIX, *pairs)
    assert len(pairs) == 5
    assert set(found.game.graph.edges) == {
        tick.issues for tick in SIX.controls.ticks if tick not in pairs
    }
    assert not moved(SIX, *SIX.controls.ticks).game.graph.edges


def test_an_issue_of_many_is_taken_off_the_table_as_a_whole() -> None:
    at = session_of(bg.LinkageGame.from_payoffs([[[0, 0], [-1, 2]]] * 11))
    graph = moved(at, Tick(("3",))).game.graph
    assert graph.degree("3") == 0
    assert graph.number_of_edges() == 45


def test_what_the_rules_refuse_is_said_with_its_place() -> None:
    found = moved(GUNS, **{"discount.us": 1, "discount.mexico": 1})
    assert found.game is None
    assert found.problems == tuple(
        f"discount.{player}: expected a discount factor from 0 to below 1, found 1"
        for player in ("us", "mexico")
    )


def test_a_formula_that_divides_by_zero_is_said_with_its_place() -> None:
    text = """
format = "bargaining-game/1"
players = ["a", "b"]
[parameters]
w = 2
[issues.x]
options = ["o", "p"]
payoffs = { a = [0, "1/w"], b = [0, 1] }
status_quo = "o"
"""
    (problem,) = moved(session_of(bg.loads(text)), **{"parameters.w": 0}).problems
    assert problem.startswith("issues.x.payoffs.a[1]: ")
    assert "zero" in problem


def test_a_status_quo_that_is_left_open_follows_the_payoffs() -> None:
    text = """
format = "bargaining-game/1"
players = ["a", "b"]
[issues.x]
actions = { a = ["o", "p"] }
payoffs = { a = [0, -1], b = [0, 1] }
"""
    at = session_of(bg.loads(text))
    assert moved(at, **{"weights.a.x": 2}).game.issues["x"].status_quo == "o"
    assert moved(at, **{"issues.x.payoffs.a[0]": -1}).game is None
    at = session_of(bg.loads(text.replace("[0, -1]", "[1, 2]")))
    assert moved(at).game.issues["x"].status_quo == "p"
    assert moved(at, **{"issues.x.payoffs.a[0]": 3}).game.issues["x"].status_quo == "o"
    (problem,) = moved(at, **{"issues.x.payoffs.a[0]": 2}).problems
    assert problem.startswith("issues.x.status_quo: expected a status quo")


def test_strategic_games_without_a_status_quo_can_be_opened() -> None:
    pennies = 'NFG 1 R "" { "a" "b" } { 2 2 }  1 -1 -1 1 -1 1 1 -1'
    at = session_of(bg.loads(pennies, format="nfg"))
    assert moved(at).game is not None
