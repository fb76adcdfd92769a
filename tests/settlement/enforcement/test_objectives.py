"""Objectives that are not linear: known numbers, and deviations played out."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import pytest

from bargaining import loads
from bargaining.errors import GameFileError, InputError
from bargaining.linkage.enforcement import enforcement
from bargaining.model.utility import Utility, read_utility
from bargaining.settlement.enforcement.objectives import objective

F = Fraction
TWO_DILEMMAS = [(F(2), F(2))] * 2
"""Temptation 5 - 3 and loss 3 - 1 in each of two dilemmas; 6 in all per period."""
FILE = """
format = "bargaining-game/1"
players = ["us", "mexico"]
[utility.us]
form = "{form}"
parameter = {parameter}
[issues.one]
actions = {{us = ["C", "D"], mexico = ["C", "D"]}}
payoffs = {{us = [[3, 0], [5, 1]], mexico = [[3, 5], [0, 1]]}}
status_quo = {{us = "D", mexico = "D"}}
[issues.two]
actions = {{us = ["C", "D"], mexico = ["C", "D"]}}
payoffs = {{us = [[3, 0], [5, 1]], mexico = [[3, 5], [0, 1]]}}
status_quo = {{us = "D", mexico = "D"}}
"""


@pytest.mark.parametrize(
    ("utility", "linked", "unitary", "delegated"),
    [
        (Utility("linear"), F(1, 2), F(1, 2), F(1, 2)),
        (Utility("inverse"), F(1, 6), F(1, 3), F(1, 3)),  # C3.6
        (Utility("power", F(2)), F(2, 3), F(2, 3), F(7, 12)),  # C3.7
    ],
)
def test_substitutes_and_complements(utility, linked, unitary, delegated):
    found = objective(utility, F(6), TWO_DILEMMAS)
    assert (found.linked, found.unitary, found.delegated) == (linked, unitary, delegated)
    assert found.brackets == {}


@pytest.mark.parametrize(
    ("utility", "function"),
    [
        (Utility("exponential", F(1, 3)), lambda s: (1 - math.exp(-s / 3)) * 3),
        (Utility("exponential", F(-1, 2)), lambda s: (1 - math.exp(s / 2)) / (-1 / 2)),
        (Utility("power", F(1, 2)), math.sqrt),
        (Utility("inverse", F(3)), lambda s: -1 / s**3),
        (Utility("inverse", F(1, 2)), lambda s: -1 / math.sqrt(s)),
    ],
)
def test_against_every_deviation(utility, function):
    """Smallest factor at which no set of packages is worth leaving, by bisection in floats."""
    packages = [(F(2), F(2)), (F(1), F(3)), (F(3), F(2))]
    total = 9.0

    def lowest(sets):
        low, high = 0.0, 1.0
        for _ in range(60):
            d = (low + high) / 2
            worst = max(
                (1 - d) * function(total + sum(float(packages[k][0]) for k in s))
                + d * function(total - sum(float(packages[k][1]) for k in s))
                for s in sets
            )
            low, high = (d, high) if worst > function(total) else (low, d)
        return high

    every = [s for n in (1, 2, 3) for s in itertools.combinations(range(3), n)]
    found = objective(utility, F(9), packages)
    assert float(found.unitary) == pytest.approx(lowest(every), abs=1e-9)
    assert float(found.linked) == pytest.approx(lowest([(0, 1, 2)]), abs=1e-9)
    assert float(found.delegated) == pytest.approx(lowest([(k,) for k in range(3)]), abs=1e-9)
    for low, high in found.brackets.values():
        assert 0 < high - low < F(1, 10**30)


def test_from_a_file():
    for form, parameter, linked, unitary, delegated in (
        ("inverse", 1, F(1, 6), F(1, 3), F(1, 3)),
        ("power", 2, F(2, 3), F(2, 3), F(7, 12)),
    ):
        answer = enforcement(loads(FILE.format(form=form, parameter=parameter)))
        found = answer.objectives["us"]
        assert (found.linked, found.unitary, found.delegated) == (linked, unitary, delegated)
        assert answer.to_dict()["utilities"]["us"]["delegated"] == float(delegated)


def test_no_factor_and_no_temptation():
    assert objective(Utility(), F(1), [(F(2), F(-1)), (F(0), F(1))]).linked is None
    assert objective(Utility(), F(1), [(F(0), F(1))]).linked == 0


def test_domain():
    with pytest.raises(InputError, match="above 0, found -1"):
        objective(Utility("inverse"), F(1), [(F(1), F(2))])
    with pytest.raises(InputError, match="at least 0"):
        objective(Utility("power", F(2)), F(1), [(F(1), F(2))])
    assert objective(Utility("power", F(3)), F(1), [(F(1), F(2))]).linked == F(7, 9)
    text = FILE.format(form="inverse", parameter=1)
    answer = enforcement(loads(text.replace("[[3, 0], [5, 1]], mex", "[[-7, -10], [-5, -9]], mex")))
    with pytest.raises(InputError, match=r"utility\.us"):
        _ = answer.objectives


def test_forms_are_checked_on_reading():
    with pytest.raises(InputError, match="linear, power, exponential, inverse"):
        read_utility("log", None)
    with pytest.raises(GameFileError, match=r"utility\.us\.parameter: expected a parameter above"):
        loads(FILE.format(form="power", parameter=-1))
    with pytest.raises(GameFileError, match="found -1"):
        loads(FILE.format(form="linear", parameter=1) + "[monitoring]\none = -1\n")
    with pytest.raises(GameFileError, match="did you mean"):
        loads(FILE.format(form="linear", parameter=1) + "[monitoring]\non = 0.1\n")
