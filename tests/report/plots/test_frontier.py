"""The frontier's picture shows the library's numbers."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.text import Text
from pictures import drawn, line, lines, texts

import bargaining as bg
from bargaining.report.pages.words import words
from bargaining.report.plots import KINDS

GUNS = "us_mexico/guns_for_fentanyl"


def test_guns_for_fentanyl_by_hand() -> None:
    axes = drawn("frontier", bg.load(GUNS))
    assert line(axes, "linked").tolist() == [[-4, 6], [1, 3], [5, -3]]
    assert [found.tolist() for found in lines(axes, "issue-")] == [
        [[-4, 6], [0, 0]],
        [[0, 0], [5, -3]],
    ]
    spots = [tuple(found[0]) for found in lines(axes, "spot-")]
    assert (0, 0) in spots
    assert (1.5, 2.25) in spots
    assert (1, 3) in spots
    labels = texts(axes)
    assert "status quo, issue by issue (0, 0)" in labels
    assert "Nash, Nash with threats (3/2, 9/4)" in labels
    assert "utilitarian (1, 3)" in labels
    assert axes.get_xlabel() == "gain of us"


@pytest.mark.parametrize(
    "name", ["us_mexico/six_issue_table", "classic/chicken", "us_mexico/sovereignty_premium"]
)
def test_points_are_the_settlements(name: str) -> None:
    game = bg.load(name)
    axes = drawn("frontier", game)
    spots = np.array([found[0] for found in lines(axes, "spot-")])
    for concept in ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian"):
        gains = bg.settle(game, solution=concept).gains
        at = [float(gains[player]) for player in game.players]
        assert np.abs(spots - at).max(axis=1).min() < 1e-6
    assert not any("\n\n" in text for text in texts(axes))


def test_labels_do_not_cover_one_another() -> None:
    axes = drawn("frontier", bg.load("us_mexico/six_issue_table"))
    axes.get_figure().draw_without_rendering()
    # Of the letters alone: an annotation's own extent counts its line.
    boxes = [Text.get_window_extent(text) for text in axes.texts if text.get_text()]
    for k, one in enumerate(boxes):
        for other in boxes[k + 1 :]:
            wide = min(one.x1, other.x1) - max(one.x0, other.x0)
            high = min(one.y1, other.y1) - max(one.y0, other.y0)
            assert min(wide, high) < 3


def test_premium_draws_what_is_left_after_it() -> None:
    game = bg.load("us_mexico/sovereignty_premium")
    axes = drawn("frontier", game)
    kept = line(axes, "net")
    gains = bg.settle(game, weights={"us": "1/8", "mexico": "7/8"}).gains
    assert np.abs(kept - [float(gains[p]) for p in game.players]).max(axis=1).min() < 1e-6
    assert "at home" in KINDS["frontier"].describe(game, words("en"))


def test_reservation_totals_are_the_origin() -> None:
    text = """format = "bargaining-game/1"
players = ["a", "b"]
[reservation]
a = 1
b = 2
[issues.k]
options = ["x", "y"]
payoffs.a = [4, 1]
payoffs.b = [2, 5]
"""
    axes = drawn("frontier", bg.loads(text))
    assert line(axes, "spot-0").tolist() == [[1, 2]]
    assert axes.get_xlabel() == "payoff of a"
    assert sorted(line(axes, "linked").tolist()) == [[1, 5], [4, 2]]


def test_the_chosen_concept_settles_the_delinked_point() -> None:
    game = bg.load("us_mexico/five_issue_core")
    for concept in ("nash", "utilitarian"):
        gains = bg.settle(game, solution=concept, agenda="delinked").gains
        at = [float(gains[p]) for p in game.players]
        spots = [found[0] for found in lines(drawn("frontier", game, solution=concept), "spot-")]
        assert min(np.abs(np.array(spots) - at).max(axis=1)) < 1e-9
