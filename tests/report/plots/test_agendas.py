"""The lattice shows the agenda game."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pictures import EN, drawn, lines

import bargaining as bg
from bargaining.report.plots import KINDS


@pytest.mark.parametrize("name", ["us_mexico/security_keystone", "us_mexico/mexico_delinks"])
def test_nodes_are_the_agendas(name: str) -> None:
    game = bg.load(name)
    answer = bg.agenda_game(game)
    axes = drawn("agendas", game)
    boxes = [t for t in axes.texts if str(t.get_gid()).startswith("agenda-")]
    assert len(boxes) == len(answer.agendas)
    letters = dict(zip(game.issue_names, "ABCDE", strict=False))
    shown = {}
    for text in boxes:
        packages, gains = text.get_text().split("\n")
        thick = text.get_bbox_patch().get_linewidth() > 2
        shown[packages] = ([float(Fraction(g)) for g in gains.split(", ")], thick)
    for agenda, settlement in answer.agendas.items():
        spelled = "|".join("".join(letters[n] for n in p) for p in settlement.packages)
        gains, thick = shown[spelled]
        assert gains == pytest.approx([float(g) for g in settlement.gains.values()], rel=1e-3)
        assert thick == (agenda in answer.stable)
    for k, player in enumerate(game.players):
        assert len(lines(axes, f"preferred-{k}")) == len(answer.preferred[player])


def test_lines_join_neighbours_only() -> None:
    text = [[[0, 0], [-4, 6]], [[0, 0], [5, -3]], [[0, 0], [1, 1]]]
    axes = drawn("agendas", bg.LinkageGame.from_payoffs(text))
    # Three issues: one, three and one partitions; each line merges two packages.
    assert len(lines(axes, "cover")) == 6


def test_more_issues_do_not_fit() -> None:
    game = bg.load("us_mexico/six_issue_table")
    assert "agendas of 6 issues do not fit" in str(KINDS["agendas"].applies(game, EN))
