"""Two players need no linear programme: the interval of rates against the exact programme."""

from __future__ import annotations

from fractions import Fraction as F

from hypothesis import given, settings
from hypothesis import strategies as st

from bargaining.geometry import exchange_rates
from bargaining.geometry.exchange_rates import Vector, dot, gainers
from bargaining.geometry.rational import maximise

NUMBERS = st.fractions(min_value=-4, max_value=3, max_denominator=3)
ROWS = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=7)


def by_programme(rows: list[Vector]) -> tuple[frozenset[int], F]:
    """Who can gain, and the largest least gain, from exact linear programmes."""
    candidates, least = {0, 1}, None
    while candidates:
        solved = maximise(*exchange_rates._programme(rows, 2, candidates))
        least = solved.value if least is None else least
        if solved.value > 0:
            break
        candidates -= {i for i in candidates if solved.dual[i] > 0}
    return frozenset(candidates), least or F(0)


@settings(deadline=None)
@given(ROWS)
def test_agrees_with_the_linear_programme(rows: list[Vector]) -> None:
    found = gainers(rows, 2)
    who, least = by_programme(rows)
    assert found.who == who
    assert found.everyone == (who == {0, 1})
    total = [sum((rows[j][i] * y for j, y in found.mixture.items()), F(0)) for i in (0, 1)]
    assert sum(found.mixture.values()) <= 1
    assert min(total) >= 0
    assert all(total[i] > 0 for i in who)
    if found.everyone:
        assert min(total) == least
        assert found.weights is None
    else:
        assert found.weights is not None
        assert sum(found.weights) == 1
        assert {i for i in (0, 1) if found.weights[i] > 0} == {0, 1} - who
        assert all(dot(found.weights, row) <= 0 for row in rows)
