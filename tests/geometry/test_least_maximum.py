"""Surds, and the least maximum of linear fractions."""

from __future__ import annotations

import math
from fractions import Fraction as F

import numpy as np
import pytest

from bargaining.geometry.least_maximum import Domain, Rows, least_maximum
from bargaining.geometry.surd import Surd, roots


def test_surds_compare_exactly_also_across_roots() -> None:
    values = [(F(1, 3), F(2), 3), (F(-2), F(1), 7), (F(5, 2), F(-1, 2), 11), (F(0), F(0), 0),
              (F(3), F(-1), 2), (F(-1), F(-3, 4), 5)]  # fmt: skip
    surds = [Surd.of(*v) for v in values]
    floats = [float(p) + float(q) * math.sqrt(d) for p, q, d in values]
    assert [float(s) for s in surds] == pytest.approx(floats, rel=1e-14)
    assert sorted(range(6), key=lambda j: surds[j]) == sorted(range(6), key=lambda j: floats[j])
    assert Surd.of(1, 1, 8) == Surd.of(1, 2, 2)
    assert Surd.of(0, 1, 9).rational == 3
    assert -math.inf < surds[0] < math.inf


def test_surds_that_floats_cannot_tell_apart() -> None:
    # sqrt(10^40 + 1) exceeds 10^20 by 5e-21
    near = Surd.of(0, 1, 10**40 + 1)
    assert near > Surd.of(10**20)
    assert float(near - Surd.of(10**20)) == pytest.approx(5e-21)
    low, high = near.bracket(F(1, 10**30))
    assert low**2 <= 10**40 + 1 <= high**2
    assert high - low <= F(1, 10**30)


def test_roots() -> None:
    assert [x.rational for x in roots(F(1), F(0), F(-4))] == [-2, 2]
    assert roots(F(1), F(0), F(1)) == ()
    for x in roots(F(2), F(-3), F(-7)):
        assert (Surd.of(2) * x * x - Surd.of(3) * x - Surd.of(7)).sign() == 0


@pytest.mark.parametrize("seed", range(4))
def test_least_maximum_against_a_grid(seed: int) -> None:
    rng = np.random.default_rng(seed)
    t = np.concatenate([np.logspace(-9, -2, 40), np.linspace(0.001, 0.999, 3000),
                        1 - np.logspace(-9, -2, 40)])  # fmt: skip
    for _ in range(120):
        below = rng.choice([0, 1, 2, 3, 5], size=(int(rng.integers(1, 7)), 2))
        below[~below.any(axis=1), 0] = 1
        above = rng.integers(-below, below + 1)
        rows = [tuple(map(F, (*map(int, n), *map(int, d)))) for n, d in zip(above, below)]  # noqa: B905
        inside = ((t * above[:, :1] + (1 - t) * above[:, 1:])
                  / (t * below[:, :1] + (1 - t) * below[:, 1:])).max(axis=0).min()  # fmt: skip
        for end, domain in ((0, Domain(with_zero=False)), (1, Domain(with_one=False))):
            there = [n[end] / d[end] if d[end] else -np.inf for n, d in zip(above, below)]  # noqa: B905
            found = float(least_maximum(Rows.of(rows), domain))
            grid = min(inside, max(there))
            assert found <= grid + 1e-9
            assert found >= grid - 2e-3
