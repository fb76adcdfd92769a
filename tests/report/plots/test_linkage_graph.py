"""The graph shows the game's links and its minimal packages."""

from __future__ import annotations

import pytest
from pictures import drawn, lines, texts

import bargaining as bg


@pytest.mark.parametrize(
    "name", ["us_mexico/six_issue_table", "us_mexico/security_keystone", "classic/three_way_trade"]
)
def test_heavy_lines_are_the_unlocking_pairs(name: str) -> None:
    game = bg.load(name)
    axes = drawn("graph", game)
    minimal = list(bg.minimal_packages(game))
    assert len(lines(axes, "unlocks")) == sum(len(p) == 2 for p in minimal)
    every = sum(len(lines(axes, kind)) for kind in ("unlocks", "link", "together", "closed"))
    assert every == game.graph.number_of_edges()
    assert set(texts(axes)) == set(game.issue_names)


def test_by_hand() -> None:
    axes = drawn("graph", bg.load("us_mexico/five_issue_core"))
    rings = [p for p in axes.patches if p.get_gid() == "alone"]
    assert len(rings) == 1
    assert len(lines(axes, "unlocks")) == 3


def test_spillovers_and_closed_links_have_lines_of_their_own() -> None:
    text = """format = "bargaining-game/1"
players = ["a", "b"]
[issues.x]
options = ["no", "yes"]
payoffs = {a = [0, -1], b = [0, 2]}
status_quo = "no"
[issues.y]
options = ["no", "yes"]
payoffs = {a = [0, 2], b = [0, -1]}
status_quo = "no"
[issues.z]
options = ["no", "yes"]
payoffs = {a = [0, 2], b = [0, -1]}
status_quo = "no"
[[links]]
between = ["x", "y"]
[[links.spillovers]]
when.x = "yes"
when.y = "yes"
payoffs.a = 1
[[links]]
between = ["x", "z"]
negotiable = false
"""
    axes = drawn("graph", bg.loads(text))
    assert len(lines(axes, "spillovers")) == 1
    (closed,) = [ln for ln in axes.get_lines() if ln.get_gid() == "closed"]
    assert closed.get_linestyle() == ":"
    groups = {str(p.get_gid()): p.get_hatch() for p in axes.patches}
    assert set(groups) == {"package-0", "package-1"}
    assert groups["package-0"] != groups["package-1"]
