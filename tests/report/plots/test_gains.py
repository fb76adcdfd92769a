"""Bars are the gains of the two agendas."""

from __future__ import annotations

import pytest
from pictures import drawn, texts

import bargaining as bg


@pytest.mark.parametrize("concept", ["nash", "egalitarian"])
@pytest.mark.parametrize("name", ["us_mexico/five_issue_core", "us_mexico/canada_joins"])
def test_bars_are_the_gains(name: str, concept: str) -> None:
    game = bg.load(name)
    verdict = bg.solve(game, solution=concept)
    axes = drawn("gains", game, solution=concept)
    widths = {str(p.get_gid()): p.get_width() for p in axes.patches if p.get_gid()}
    for agenda in ("linked", "delinked"):
        for k, player in enumerate(game.players):
            expected = float(verdict.agendas[agenda].gains[player])
            assert widths[f"{agenda}-{k}"] == pytest.approx(expected)


def test_numbers_are_written() -> None:
    axes = drawn("gains", bg.load("us_mexico/guns_for_fentanyl"))
    assert sorted(texts(axes)) == ["0", "0", "3/2", "9/4"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["mexico", "us"]


def test_the_two_bars_differ_without_colour() -> None:
    axes = drawn("gains", bg.load("us_mexico/five_issue_core"))
    hatches = {str(p.get_gid()).partition("-")[0]: p.get_hatch() for p in axes.patches}
    assert bool(hatches["linked"]) != bool(hatches["delinked"])
