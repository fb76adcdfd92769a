"""What can be moved: every plain number of the file, from 0 to four times, in exact steps."""

from __future__ import annotations

from fractions import Fraction

import pytest
from explore_pages import session_of

import bargaining as bg
from bargaining.explore.controls import controls_of
from bargaining.files.document import document_of
from bargaining.files.library import root

BUNDLED = sorted(
    path.relative_to(root()).with_suffix("").as_posix() for path in root().rglob("*.toml")
)
GUNS = session_of("us_mexico/guns_for_fentanyl")


def slider(at, key):
    return next(s for s in at.controls.sliders.values() if s.key == key)


@pytest.mark.parametrize("name", BUNDLED)
def test_the_value_of_the_file_is_on_every_slider(name) -> None:
    for one in session_of(name).controls.sliders.values():
        assert one.start in one.values
        assert list(one.values) == sorted(set(one.values))
        assert len({float(value) for value in one.values}) == len(one.values)
        assert 20 <= len(one.values) <= 402


@pytest.mark.parametrize(
    ("key", "low", "high"),
    [
        ("parameters.a", 0, 4),
        ("parameters.w", -6, 6),  # around 0, as far as the largest payoff
        ("discount.us", 0, 1),
        ("weights.us.guns", 0, 4),
        ("issues.guns.payoffs.us[1]", -16, 0),
        ("issues.fentanyl.payoffs.mexico[0]", -3, 3),
    ],
)
def test_ranges_follow_the_values(key, low, high) -> None:
    found = slider(GUNS, key)
    assert (found.values[0], found.values[-1]) == (low, high)
    assert all(isinstance(value, Fraction) for value in found.values)


def test_formulas_move_with_their_parameters() -> None:
    keys = {s.key for s in GUNS.controls.sliders.values()}
    assert "issues.guns.payoffs.mexico[1]" not in keys  # "6*a"
    assert "issues.guns.payoffs.mexico[0]" in keys


def test_parameters_of_probabilities_end_at_one() -> None:
    at = session_of("us_mexico/foreign_agents_law")
    found = next(iter(at.controls.tables["parameters"]))
    assert (found.values[0], found.values[-1]) == (0, 1)


def test_links_are_pairs_up_to_ten_issues_and_whole_issues_beyond() -> None:
    few = bg.LinkageGame.from_payoffs([[[0, 0], [-1, 2]]] * 10)
    many = bg.LinkageGame.from_payoffs([[[0, 0], [-1, 2]]] * 11)
    assert len(controls_of(few, document_of(few)).ticks) == 45
    ticks = controls_of(many, document_of(many)).ticks
    assert [tick.issues for tick in ticks] == [(str(k),) for k in range(11)]


def test_stated_links_are_offered_and_closed_ones_are_not() -> None:
    text = """
format = "bargaining-game/1"
players = ["a", "b"]
links = [{ between = ["x", "y"] }, { between = ["y", "z"], negotiable = false }]
[issues]
x = { options = ["o", "p"], payoffs = { a = [0, 1], b = [0, -1] }, status_quo = "o" }
y = { options = ["o", "p"], payoffs = { a = [0, 1], b = [0, -1] }, status_quo = "o" }
z = { options = ["o", "p"], payoffs = { a = [0, 1], b = [0, -1] }, status_quo = "o" }
"""
    assert [t.issues for t in session_of(bg.loads(text)).controls.ticks] == [("x", "y")]


def test_big_games_have_a_bounded_number_of_sliders() -> None:
    table = [[[k * j % 7 - 3, 3 - k * j % 5] for k in range(50)] for j in range(40)]
    table = [[[0, 0], *rows[1:]] for rows in table]
    game = bg.LinkageGame.from_payoffs(table)
    controls = controls_of(game, document_of(game))
    assert len(controls.issues) == 30
    assert all(len(found) == 48 for found in controls.issues.values())
    assert controls.left_out == 40 * 102 - 30 * 48


def test_very_many_issues_have_no_tick_boxes() -> None:
    game = bg.LinkageGame.from_payoffs([[[0, 0], [-1, 2]]] * 201)
    assert controls_of(game, document_of(game)).ticks == ()


def test_concepts_of_two_players_are_offered_to_two() -> None:
    assert "coco" in GUNS.controls.solutions
    assert "coco" not in session_of("classic/three_way_trade").controls.solutions
    assert session_of("classic/glove").controls.solutions == ()


def test_numbers_too_small_or_too_large_for_round_steps_have_sliders_too() -> None:
    game = bg.LinkageGame.from_payoffs([[[0, 0], [Fraction(-1, 10**12), 10**15]]])
    for one in controls_of(game, document_of(game)).sliders.values():
        assert one.start in one.values
        assert len(one.values) > 20
