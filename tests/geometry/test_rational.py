from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from scipy.optimize import linprog

from bargaining.errors import SolverError
from bargaining.geometry import rational

AGREEMENT = 1e-9


@pytest.mark.parametrize("demands", [False, True])
@pytest.mark.parametrize("mislead", [False, True])
def test_agrees_with_another_solver_and_proves_itself(
    demands: bool, mislead: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(3)
    if mislead:
        monkeypatch.setattr(rational, "_float_basis", lambda costs, columns, rhs: [0] * len(rhs))
    for _ in range(60):
        rows, columns = int(rng.integers(1, 5)), int(rng.integers(1, 8))
        a = rng.integers(-2, 4, size=(rows, columns))
        costs = rng.integers(-3, 4, size=columns)
        rhs = rng.integers(-1 if demands else 0, 4, size=rows)
        reference = linprog(-costs, A_ub=a, b_ub=rhs, method="highs")
        data = [{i: int(a[i, j]) for i in range(rows) if a[i, j]} for j in range(columns)]
        arguments = ([int(c) for c in costs], data, [int(b) for b in rhs])
        if reference.status == 3:
            with pytest.raises(SolverError, match="unbounded"):
                rational.maximise(*arguments)
            continue
        if reference.status == 2:
            with pytest.raises(SolverError, match=r"cannot be met|unbounded"):
                rational.maximise(*arguments)
            continue
        found = rational.maximise(*arguments)
        assert abs(float(found.value) + reference.fun) <= AGREEMENT
        assert all(x >= 0 for x in found.primal)
        assert all(y >= 0 for y in found.dual)
        assert (a @ np.array(found.primal, dtype=object) <= rhs).all()
        if rhs.min() < 0:
            continue
        assert sum(y * int(b) for y, b in zip(found.dual, rhs, strict=True)) == found.value
        for j, column in enumerate(data):
            assert sum(found.dual[i] * v for i, v in column.items()) >= int(costs[j])


def test_finishes_from_a_wrong_basis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rational, "_float_basis", lambda costs, columns, rhs: [2, 3])
    assert rational.maximise([1, 1], [{0: 1, 1: 3}, {0: 2, 1: 1}], [4, 6]).value == F(14, 5)


def test_pivots_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rational, "_float_basis", lambda costs, columns, rhs: [2, 3])
    monkeypatch.setattr(rational, "MAX_PIVOTS", 1)
    with pytest.raises(SolverError, match="within 1 pivots"):
        rational.maximise([1, 1], [{0: 1, 1: 3}, {0: 2, 1: 1}], [4, 6])
