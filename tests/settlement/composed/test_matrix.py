"""Dense and sparse matrices give the same settlements."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.settlement.composed import matrix

CLOSE = 1e-6
NUMBERS = st.integers(-6, 6)
SCALES = st.fractions(min_value=F(1, 8), max_value=2, max_denominator=8)


@st.composite
def premium_games(draw: st.DrawFn) -> bg.LinkageGame:
    """Two or three small issues, a premium of any form and audience, perhaps a cap or a floor."""
    issues = {}
    for name in ("a", "b", "c")[: draw(st.integers(2, 3))]:
        size = draw(st.integers(2, 3))
        payoffs = {p: [0, *(draw(NUMBERS) for _ in range(size - 1))] for p in ("us", "mexico")}
        issues[name] = {
            "options": [str(k) for k in range(size)],
            "payoffs": payoffs,
            "status_quo": "0",
            "visibility": {"mexico": [0, *(draw(st.integers(0, 3)) for _ in range(size - 1))]},
        }
    premium = {
        "scale": str(draw(SCALES)),
        "rate": str(draw(SCALES)),
        "form": draw(st.sampled_from(["exponential", "linear", "quadratic"])),
        "audience": draw(st.sampled_from(["package", "national", "issue"])),
    }
    document: dict[str, Any] = {
        "format": "bargaining-game/1",
        "players": ["us", "mexico"],
        "premium": {"mexico": premium},
        "issues": issues,
    }
    if draw(st.booleans()):
        document["caps"] = {"mexico": draw(st.integers(0, 4))}
    if draw(st.booleans()):
        document["floors"] = {"us": draw(st.integers(0, 3))}
    from bargaining.loading import from_document

    return from_document(document, "drawn")


@settings(max_examples=25, deadline=None)
@given(game=premium_games(), solution=st.sampled_from(["nash", "egalitarian"]))
def test_dense_and_sparse_agree(game: bg.LinkageGame, solution: str) -> None:
    found = []
    for cells in (matrix.MAX_DENSE, -1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(matrix, "MAX_DENSE", cells)
            found.append(bg.settle(game, agenda="linked", solution=solution))
    dense, sparse = found
    assert dense.status == sparse.status
    assert dense.mutual_gain == sparse.mutual_gain
    for player in game.players:
        here, there = float(dense.gains[player]), float(sparse.gains[player])
        # The proof is of the goal; at its flat top gains may differ by the root of its gap.
        assert here == pytest.approx(there, abs=100 * CLOSE * max(game.reach))


MATRICES = [[[1.0, 0.0, -2.0], [0.0, 0.0, 0.0]], [[3.0]]]


@pytest.mark.parametrize("rows", MATRICES)
def test_both_kinds_do_the_same(rows: list[list[float]]) -> None:
    forms = [{j: F(v) for j, v in enumerate(row) if v} for row in rows]
    size, factors = len(rows[0]), np.arange(1.0, len(rows) + 1)
    results = []
    for dense in (True, False):
        made = matrix.of_forms(forms, size, dense=dense)
        zeros = matrix.none(len(rows), 2, dense=dense)
        wide = matrix.beside([made, zeros, matrix.one_column(factors, dense=dense)])
        ones = matrix.one_per_row(np.arange(wide.shape[1]), wide.shape[1], dense=dense)
        tall = matrix.stacked([matrix.scaled(factors, wide), ones])
        results.append((matrix.full(tall), matrix.largest(tall), matrix.full(made)))
    for left, right in zip(*results, strict=True):
        assert np.array_equal(left, right)
    assert results[0][2].tolist() == rows
