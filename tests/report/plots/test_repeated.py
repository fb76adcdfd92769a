"""Outlines are the payoff sets, and grow with patience."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from pictures import EN, drawn, line, lines

import bargaining as bg
from bargaining.report.plots import KINDS
from bargaining.report.plots.repeated import FACTORS

GUNS = "us_mexico/guns_for_fentanyl"


def test_outlines_are_the_payoff_sets() -> None:
    game = bg.load(GUNS)
    axes = drawn("repeated", game)
    factors = sorted({*FACTORS, Fraction(2, 3)})
    for k, factor in enumerate(factors):
        expected = bg.repeated_payoffs(game, factor).vertices
        found = line(axes, f"set-{k}")
        closed = np.vstack([expected, expected[:1]]) if len(expected) > 1 else expected
        assert found == pytest.approx(closed)
    assert len(lines(axes, "set-")) == len(factors)


def test_the_threshold_is_named() -> None:
    picture = KINDS["repeated"].picture(bg.load(GUNS), EN)
    assert "discount factor 2/3 on" in " ".join(picture.notes)
    labels = [t.get_text() for t in picture.figure.legends[0].get_texts()]
    assert "discount factor 2/3, the threshold" in labels


def test_a_pure_quarrel_has_no_threshold() -> None:
    from bargaining.model.issue import Issue

    issue = Issue.normal_form(
        "k", ["a", "b"], {"a": ["x", "y"]}, {"a": [0, -1], "b": [0, 1]}, status_quo={"a": "x"}
    )
    notes = KINDS["repeated"].picture(bg.LinkageGame(["a", "b"], [issue]), EN).notes
    assert "At no discount factor below 1" in notes[0]
