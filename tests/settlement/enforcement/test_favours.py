"""Favour networks: radius, vital arcs, best intensities."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from enforcement_games import favours, mirrored

from bargaining import critical_discount, load
from bargaining.errors import InputError, VerificationError
from bargaining.settlement.enforcement.favours import (
    collatz_wielandt,
    favour_network,
    spectral_radius,
)

F = Fraction
RING = ([4, 3, 2], [[0, 0, 5], [6, 0, 0], [0, 3, 0]])


def test_a_circle_of_three():
    """C3.8: one over the radius is (4/15)^(1/3), and every arc is vital."""
    network = favour_network(favours(*RING))
    low, high = network.critical()
    assert low**3 <= F(4, 15) <= high**3
    assert high - low <= F(1, 10**12)
    assert set(network.vital()) == {("c", "a"), ("a", "b"), ("b", "c")}


def test_cut_circle():
    network = favour_network(favours([4, 3, 2], [[0, 0, 0], [6, 0, 0], [0, 3, 0]]))
    assert network.critical() is None
    assert network.vital() == ()


def test_guns_for_fentanyl_at_seven_tenths():
    """C3.5: 7/8 and 1, paying (3/2, 9/4)."""
    network = favour_network(load("us_mexico/guns_for_fentanyl"))
    best = network.best(F(7, 10))
    assert best == (F(7, 8), 1)
    assert network.gains(best) == (F(3, 2), F(9, 4))
    # at 7/10 equal gains 5y - 4x = 6x - 3y need y = 5x/4: (4/5, 1) pays 9/5 each and
    # 4x <= 7/2 y, 3y <= 21/5 x hold
    even = network.best(F(7, 10), "egalitarian")
    assert network.gains(even) == (F(9, 5), F(9, 5))
    assert network.best(F(6, 10)) == (0, 0)


def test_unneeded_arcs_are_not_vital():
    full = [[0, 5, 5], [5, 0, 5], [5, 5, 0]]
    network = favour_network(favours([2, 2, 2], full))
    low, high = network.critical()
    assert low == high == F(1, 5)
    assert network.vital() == ()


@pytest.mark.parametrize("seed", range(20))
def test_radius_is_that_of_numpy_and_of_the_search_over_deals(seed):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 4))
    costs = rng.integers(1, 6, size).tolist()
    benefits = rng.integers(0, 5, (size, size))
    np.fill_diagonal(benefits, 0)
    game = favours(costs, benefits.tolist())
    network = favour_network(game)
    radius = max(abs(np.linalg.eigvals(benefits / np.array(costs)[:, None])))
    ends = network.critical() if network else None
    if ends is None:
        assert radius <= 1 + 1e-9
        return
    assert float(ends[1]) == pytest.approx(1 / radius, abs=1e-9)
    answer = critical_discount(game)
    strong = len(game.interested) == size and all(
        np.linalg.matrix_power(benefits + np.eye(size, dtype=int), size).ravel() > 0
    )
    if strong:  # otherwise some favours last, but they do not help everybody
        assert answer.any == pytest.approx(1 / radius, abs=1e-9)
    elif answer.any is not None:
        assert answer.any >= 1 / radius - 1e-9


def test_reducible_and_periodic_matrices():
    zero = F(0)
    two = np.array([[zero, F(4)], [F(1), zero]], dtype=object)
    assert spectral_radius(two)[1] == 2
    chain = np.array([[zero, F(4)], [zero, zero]], dtype=object)
    assert spectral_radius(chain) is None
    with pytest.raises(VerificationError):
        collatz_wielandt(two, [zero, F(1)])


def test_other_games_are_no_favour_networks():
    assert favour_network(mirrored()) is None
    assert favour_network(load("us_mexico/mexico_delinks")) is None
    assert favour_network(favours([4, 3], [[0, -5], [6, 0]])) is None


def test_unknown_aims_are_refused():
    with pytest.raises(InputError, match="egalitarian"):
        favour_network(favours(*RING)).best(F(1, 2), "nash")
