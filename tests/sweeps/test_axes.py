"""Values of a grid: exact, then rounded once."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargaining.sweeps.design import design

ends = st.fractions(-1000, 1000, max_denominator=10**6) | st.fractions(-(10**30), 10**30)


@given(ends, ends, st.integers(1, 40))
def test_a_grid_is_exact_and_rounded_once(one: Fraction, other: Fraction, count: int) -> None:
    low, high = sorted((one, other))
    (axis,) = design(vary={"discount": (low, high, count)}).axes
    step = (high - low) / max(count - 1, 1)
    expected = [float(low + step * k) for k in range(count)]
    assert axis.values.tolist() == expected
    assert [float(axis.value(k)) for k in range(count)] == expected


@pytest.mark.parametrize("count", [10, 1_000_003])
def test_a_long_axis_is_not_built_for_a_few_rows(count: int) -> None:
    found = design(vary={"discount": f"0.1:0.9:{count}"})
    where = np.array([0, 1, count // 2, count - 1])
    expected = [
        float(Fraction(1, 10) + Fraction(8, 10) * Fraction(k, count - 1)) for k in where.tolist()
    ]
    assert found.axes[0].floats(where).tolist() == expected
    assert found.columns(count - 1, count).tolist() == [[0.9]]
    assert "values" not in vars(found.axes[0])
