"""Thresholds against known curves.

Guns for fentanyl: the exchange (-4, 6a) + (5b, -3) is worth something to both if and only if
6a * 5b > 12, that is ab > 2/5; small deals keep themselves from the factor sqrt(2 / (5ab)) on.
"""

from __future__ import annotations

from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sweep_directories import job, write

from bargaining.report.plots import sweep_threshold
from bargaining.report.plots.sweep_cells import cut
from bargaining.report.plots.sweep_threshold import Threshold, threshold_of
from bargaining.sweeps.reading import read_sweep

GAME = "us_mexico/guns_for_fentanyl"
A, B, W = "parameters.a", "parameters.b", "parameters.w"
EXACT = 1e-11


def located(out: Path, **asked: Any) -> Threshold:
    found, why = threshold_of(cut(read_sweep(out), **asked))
    assert why is None
    assert found is not None
    return found


def points(found: Threshold) -> list[tuple[float, float]]:
    return [point for line in found.lines for point in line]


def product_grid(tmp_path: Path, measure: str, answer: Any) -> Path:
    """A grid over a and b whose cells follow from ab; none of them on the threshold."""
    work = job(GAME, {A: "0.05:1.05:6", B: "0.05:2.05:6"}, [measure])
    values = work.design.columns(0, work.design.rows)
    cells = [answer(a * b > 0.4) for a, b in values]
    return write(tmp_path / "out", work, {measure: cells})


@pytest.mark.parametrize(
    ("measure", "answer"),
    [
        ("linked.mutual_gain", bool),
        ("verdict.effect", lambda yes: "breaks_deadlock" if yes else "no_effect"),
        ("linked.critical_discount.any", lambda yes: 0.9 if yes else None),
        ("linked.gains.us", float),
    ],
)
def test_mutual_gain_flips_at_two_fifths(tmp_path: Path, measure: str, answer: Any) -> None:
    found = located(product_grid(tmp_path, measure, answer))
    assert found.label.startswith("exact threshold")
    assert len(found.lines) == 1
    assert found.count >= 6
    for a, b in points(found):
        assert a * b == pytest.approx(0.4, abs=EXACT)
    # From one side of the picture to another, along the axes' first and last values.
    ends = sorted([found.lines[0][0], found.lines[0][-1]])
    assert ends[0] == pytest.approx((0.4 / 2.05, 2.05))
    assert ends[1] == pytest.approx((1.05, 0.4 / 1.05))


def test_over_one_axis_the_fraction_is_named(tmp_path: Path) -> None:
    work = job(GAME, {A: "0:1:8"}, ["linked.mutual_gain"])
    found = located(write(tmp_path / "out", work))
    assert found.marks == ((0.4, "2/5"),)
    assert found.in_words() == "exact threshold at 2/5"


def test_of_a_number_where_gains_begin(tmp_path: Path) -> None:
    work = job(GAME, {A: "0:1:8"}, ["linked.gains.mexico"])
    found = located(write(tmp_path / "out", work))
    assert found.label == "exact threshold of linked.mutual_gain"
    assert found.marks == ((0.4, "2/5"),)


def test_a_threshold_along_one_axis_alone(tmp_path: Path) -> None:
    """No column of the picture flips; its rows do."""
    work = job(GAME, {W: "-1:0:4", A: "0:1:8"}, ["parameters.a > 3/7"])
    found = located(write(tmp_path / "out", work), x=A, y=W)
    assert [a for a, _ in points(found)] == pytest.approx([3 / 7] * 4, abs=EXACT)
    assert sorted(w for _, w in points(found)) == pytest.approx([-1, -2 / 3, -1 / 3, 0])


def test_a_closed_line(tmp_path: Path) -> None:
    inside = "(parameters.a - 1/2) ** 2 + (parameters.b - 1/2) ** 2 < 1/9"
    work = job(GAME, {A: "0:1:8", B: "0:1:8"}, [inside])
    found = located(write(tmp_path / "out", work))
    assert len(found.lines) == 1
    assert found.lines[0][0] == found.lines[0][-1]
    for a, b in points(found):
        assert (a - 0.5) ** 2 + (b - 0.5) ** 2 == pytest.approx(1 / 9, abs=EXACT)


def test_a_cut_keeps_to_the_fixed_value(tmp_path: Path) -> None:
    work = job(GAME, {A: "0:1:6", B: "1:2:2", W: "0:1:2"}, ["linked.mutual_gain"])
    out = write(tmp_path / "out", work)
    found = located(out, x=A, at={B: 2, W: 0})
    assert found.marks == ((0.2, "1/5"),)


@pytest.mark.parametrize("upright", [True, False])
def test_the_critical_discount_factor(tmp_path: Path, upright: bool) -> None:
    work = job(
        GAME, {"discount": "0.5:0.95:4", A: "0.3:1.5:4"}, ["linked.mutual_gain"],
        require=["enforcement"],
    )  # fmt: skip
    values = work.design.columns(0, work.design.rows)
    cells = {"linked.mutual_gain": [bool(d * d > 0.4 / a) for d, a in values]}
    out = write(tmp_path / "out", work, cells)
    axes = {"x": A, "y": "discount"} if upright else {"x": "discount", "y": A}
    found = located(out, **axes)
    assert found.label == "critical discount factor"
    assert len(points(found)) > 30
    for x, y in points(found):
        a, factor = (x, y) if upright else (y, x)
        assert factor == pytest.approx(sqrt(0.4 / a), abs=EXACT)


def test_the_critical_discount_factor_agrees_with_the_sweep(tmp_path: Path) -> None:
    """Its own answers on both sides of sqrt(2/5) = 0.6325."""
    work = job(
        GAME, {"discount": [0.62, 0.632, 0.633, 0.65]}, ["linked.mutual_gain"],
        require=["enforcement"],
    )  # fmt: skip
    out = write(tmp_path / "out", work)
    shown = cut(read_sweep(out))
    assert shown.answers.values.tolist() == [0, 0, 1, 1]
    found = located(out)
    assert found.marks[0][0] == pytest.approx(sqrt(0.4), abs=EXACT)
    assert found.marks[0][1] == "0.632456"


def test_none_where_games_are_drawn(tmp_path: Path) -> None:
    noisy = job(GAME, {A: "0:1:4"}, ["linked.mutual_gain"], noise="1/10")
    cells = {"linked.mutual_gain": [False, False, True, True]}
    out = write(tmp_path / "noisy", noisy, cells)
    assert threshold_of(cut(read_sweep(out))) == (None, None)
    drawn = job(GAME, {A: "0:1"}, ["linked.mutual_gain"], kind="random", points=4)
    out = write(tmp_path / "drawn", drawn, cells)
    assert threshold_of(cut(read_sweep(out))) == (None, None)


def test_none_where_nothing_flips(tmp_path: Path) -> None:
    work = job(GAME, {A: "0.5:1:4", B: "1:2:4"}, ["linked.mutual_gain"])
    out = write(tmp_path / "out", work, {"linked.mutual_gain": [True] * 16})
    assert threshold_of(cut(read_sweep(out))) == (None, None)


def test_cells_that_disagree_with_the_games_draw_no_line(tmp_path: Path) -> None:
    """A line is never read off the cells."""
    work = job(GAME, {A: "0.5:1:4"}, ["linked.mutual_gain"])
    out = write(tmp_path / "out", work, {"linked.mutual_gain": [False, False, True, True]})
    assert threshold_of(cut(read_sweep(out))) == (None, None)


def test_the_search_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = product_grid(tmp_path, "linked.mutual_gain", bool)
    shown = cut(read_sweep(out))
    monkeypatch.setattr(sweep_threshold, "MAX_QUESTIONS", 20)
    found, why = threshold_of(shown)
    assert found is None
    assert why is not None
    assert "too long" in why
    monkeypatch.setattr(sweep_threshold, "MAX_QUESTIONS", 10**6)
    monkeypatch.setattr(sweep_threshold, "MAX_SECONDS", 0.0)
    assert threshold_of(shown) == (None, why)


def test_three_answers_meet(tmp_path: Path) -> None:
    """a above both, b above both, or neither: lines along a = 1/2, b = 1/2 and a = b."""
    work = job(
        GAME, {A: "0:1:6", B: "0:1:6"}, ["max(parameters.a, parameters.b, 1/2) == parameters.a"]
    )
    found = located(write(tmp_path / "out", work))
    for a, b in points(found):
        on_edge = abs(a - 0.5) < EXACT and b <= 0.5 + 0.2
        on_diagonal = abs(a - b) < EXACT and a >= 0.4
        assert on_edge or on_diagonal, (a, b)
    assert np.isfinite(points(found)).all()
