"""Best-reply lines against the definition, and equilibria where they meet."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from pictures import drawn, line, lines

import bargaining as bg
from bargaining.errors import BargainingError
from bargaining.report.plots.best_reply import reply


@pytest.mark.parametrize(("none", "full"), [*itertools.product([-2, 0, 3], repeat=2)])
def test_reply_lines_are_best_replies(none: int, full: int) -> None:
    corners = reply(Fraction(none), Fraction(full))
    if none == full == 0:
        assert corners is None
        return
    assert corners is not None
    assert corners[0][0] == 0
    assert corners[-1][0] == 1
    for (q, p), (r, s) in itertools.pairwise(corners):
        assert q <= r
        for share in (Fraction(0), Fraction(1, 3), Fraction(1)):
            at, mine = q + share * (r - q), p + share * (s - p)
            worth = none + at * (full - none)
            assert worth * mine == max(worth, 0) or worth == 0
    # All best replies are on the line: where indifferent, from 0 to 1.
    for q in {q for q, _ in corners if none + q * (full - none) == 0}:
        assert {p for r, p in corners if r == q} == {0, 1}


def test_chicken_by_hand() -> None:
    axes = drawn("bestreply", bg.load("classic/chicken"))
    third = pytest.approx(1 / 3)
    assert line(axes, "reply-0").tolist() == [[1, 0], [1, third], [0, third], [0, 1]]
    found = {tuple(points[0]) for points in lines(axes, "equilibrium")}
    assert {(0.0, 1.0), (1.0, 0.0)} < found
    assert len(found) == 3


def test_equilibria_are_the_librarys() -> None:
    game = bg.load("classic/battle_of_the_sexes")
    (issue,) = game.issues.values()
    found = sorted(tuple(p[0]) for p in lines(drawn("bestreply", game), "equilibrium"))
    answer = bg.equilibria(issue).equilibria
    expected = sorted(tuple(float(mix[1]) for mix in e.strategies.values()) for e in answer)
    assert found == [pytest.approx(pair) for pair in expected]


def test_a_player_who_does_not_care_has_a_band() -> None:
    from bargaining.model.issue import Issue

    issue = Issue.normal_form(
        "k", ["a", "b"], {"a": ["x", "y"], "b": ["x", "y"]},
        {"a": [[0, 0], [0, 0]], "b": [[1, 0], [0, 1]]}, status_quo={"a": "x", "b": "x"},
    )  # fmt: skip
    axes = drawn("bestreply", bg.LinkageGame(["a", "b"], [issue]))
    bands = [p for p in axes.patches if p.get_gid() == "reply-0"]
    assert len(bands) == 1
    assert bands[0].get_hatch()
    assert len(lines(axes, "reply-1")) == 1


def test_the_issue_is_chosen_by_name() -> None:
    game = bg.load("classic/multimarket_contact")
    last = game.issue_names[-1]
    axes = drawn("bestreply", game, issue=last)
    assert axes.get_xlabel().startswith(game.players[0])
    with pytest.raises(BargainingError, match="expected an issue of the game"):
        drawn("bestreply", game, issue="absent")
    with pytest.raises(BargainingError, match="two players choose between two acts"):
        drawn("bestreply", bg.load("us_mexico/guns_for_fentanyl"), issue="guns")
