"""Bounded floats against fractions: the true number lies within the bound."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargaining.sweeps.batch.bounded import (
    UNKNOWN,
    Bounded,
    known,
    maximum,
    minimum,
    nearest,
    stack,
    where,
)

NUMBERS = st.one_of(
    st.fractions(max_denominator=1000),
    st.integers(-20, 20).map(Fraction),
    st.floats(allow_nan=False, allow_infinity=False).map(Fraction),
    st.sampled_from([Fraction(1, 10**100), Fraction(10**100), Fraction(5, 10**300)]),
)
TREES = st.recursive(
    NUMBERS,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("+-*/<>"), inner, inner), st.tuples(st.just("|"), inner)
    ),
    max_leaves=9,
)


def as_array(value: Fraction) -> Any:
    found = np.empty(1, dtype=object)
    found[0] = value
    return found


def evaluated(tree: Any, leaf: Any) -> Bounded:
    if isinstance(tree, Fraction):
        return leaf(as_array(tree))
    first = evaluated(tree[1], leaf)
    if tree[0] == "|":
        return abs(first)
    second = evaluated(tree[2], leaf)
    match tree[0]:
        case "+":
            return first + second
        case "-":
            return first - second
        case "*":
            return first * second
        case "/":
            return first / second
        case "<":
            return minimum(first, second)
    return maximum(first, second)


@given(TREES)
def test_the_true_number_lies_within_the_bound(tree: Any) -> None:
    exact, floats = evaluated(tree, known), evaluated(tree, nearest)
    error = floats.error[0]
    if exact.error[0] == 0 and np.isfinite(error):
        assert abs(Fraction(float(floats.value[0])) - exact.value[0]) <= Fraction(float(error))
        sign = int(floats.sign()[0])
        assert sign == UNKNOWN or sign == int(exact.sign()[0])
    elif exact.error[0] != 0:
        assert exact.sign()[0] == UNKNOWN
        assert floats.sign()[0] == UNKNOWN


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=8))
def test_whole_numbers_stay_exact(values: list[int]) -> None:
    row = known(np.array(values, dtype=float)[None])
    total = (row * row).sum(1) - 3 * row.sum(1)
    assert total.error.tolist() == [0.0]
    assert total.value.tolist() == [sum(v * v for v in values) - 3 * sum(values)]
    assert row.max(1).value.tolist() == [max(values)]
    assert row.min(1).value.tolist() == [min(values)]


def test_what_is_hidden_is_unknown() -> None:
    tenth = nearest(as_array(Fraction(1, 10)))
    hidden = tenth * 3 - nearest(as_array(Fraction(3, 10)))
    assert hidden.sign().tolist() == [UNKNOWN]
    assert (hidden + 1).sign().tolist() == [1]
    assert (hidden - 1).sign().tolist() == [-1]


@pytest.mark.parametrize("leaf", [known, nearest])
def test_a_quotient_by_zero_has_no_sign(leaf: Any) -> None:
    none = leaf(as_array(Fraction(1))) / leaf(as_array(Fraction(0)))
    assert none.sign().tolist() == [UNKNOWN]
    assert (none * 0).sign().tolist() == [UNKNOWN]
    assert (none - none).sign().tolist() == [UNKNOWN]


def test_underflow_is_not_zero() -> None:
    tiny = nearest(as_array(Fraction(1, 10**200)))
    assert (tiny * tiny).sign().tolist() == [UNKNOWN]
    assert (tiny / nearest(as_array(Fraction(10**200)))).sign().tolist() == [UNKNOWN]


def test_shapes() -> None:
    pair = stack([known([1.0, 2.0]), known([3.0, 4.0])], axis=1)
    assert pair.shape == (2, 2)
    assert pair[:, 1].value.tolist() == [3.0, 4.0]
    assert pair.reshape(4).value.tolist() == [1.0, 3.0, 2.0, 4.0]
    assert where(np.array([True, False]), pair[:, 0], pair[:, 1]).value.tolist() == [1.0, 4.0]
    one = known(as_array(Fraction(1, 3)))[0]
    assert one.exact
    assert (-one + one).value.tolist() == 0
