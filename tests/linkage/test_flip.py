"""Where answers change, from both sides."""

from dataclasses import replace
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargaining.errors import InputError, VerificationError
from bargaining.linkage.flip import flips, simplest_between


@given(st.fractions(-3, 3, max_denominator=500), st.booleans(), st.booleans())
def test_rational_thresholds_are_exact(threshold: F, rising: bool, inclusive: bool) -> None:
    def question(x: F) -> bool:
        if x == threshold:
            return inclusive
        return (x > threshold) is rising

    found = flips(question, F(-4), F(4))
    assert len(found) == 1
    assert found[0].threshold == threshold
    assert found[0].true_below is not rising
    assert found[0].true_at is inclusive
    assert found[0].verify()


@pytest.mark.parametrize("square", [2, 3, 5, 7])
def test_irrational_thresholds_are_bracketed(square: int) -> None:
    (found,) = flips(lambda x: x * x < square, F(0), F(4))
    assert found.threshold is None
    low, high = found.bracket
    assert low * low < square < high * high
    assert high - low <= F(4, 10**12)
    assert "true below about" in found.in_words()
    with pytest.raises(VerificationError):
        replace(found, bracket=(high, high + 1)).verify()


def test_several_changes_and_gaps() -> None:
    def question(x: F) -> bool:
        if x > 3:
            msg = "no answer up there"
            raise InputError(msg)
        return F(1, 7) < x < F(22, 7) - 2

    words = [flip.in_words() for flip in flips(question, F(0), F(4))]
    assert words == ["true above 1/7", "true below 8/7"]
    assert flips(lambda _: True, F(0), F(1)) == ()
    assert flips(lambda x: x > 0, F(1), F(1)) == ()


def test_a_threshold_at_the_edge_of_what_is_defined() -> None:
    def question(x: F) -> bool:
        if x < 0:
            msg = "not negative"
            raise InputError(msg)
        return x > 0

    (found,) = flips(question, F(0), F(1))
    assert found.threshold == 0
    assert found.in_words() == "true above 0"


@given(st.fractions(-5, 5, max_denominator=60), st.fractions(0, 1, max_denominator=60))
def test_simplest_fraction(low: F, width: F) -> None:
    high = low + width
    found = simplest_between(low, high)
    assert low <= found <= high
    for denominator in range(1, found.denominator):
        first = -((-low.numerator * denominator) // low.denominator)
        assert F(first, denominator) > high


def test_odd_points_out() -> None:
    (only,) = flips(lambda x: x == 1, F(0), F(4))
    assert only.in_words() == "true only at 1"
    assert only.verify()
    (never,) = flips(lambda x: x != F(7, 10), F(0), F(4), among=(F(7, 10),))
    assert never.in_words() == "true except at 7/10"
    assert never.verify()
    with pytest.raises(VerificationError):
        replace(never, isolated=False).verify()


def test_thresholds_far_below_the_range() -> None:
    (found,) = flips(lambda x: x > F(2, 5), F(0), F(10**90))
    low, high = found.bracket
    assert low <= F(2, 5) < high
    assert found.threshold == F(2, 5)
    assert high - low < F(1, 10**8)
