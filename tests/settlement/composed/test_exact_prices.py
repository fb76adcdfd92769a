"""Who cannot gain gains exactly nothing, and simple answers at kinks are exact."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import pytest
from ratification_games import VETOED

from bargaining import loads, settle
from bargaining.errors import VerificationError

HELD = """
format = "bargaining-game/1"
players = ["a", "b", "v"]
[issues.x]
options = ["no", "yes"]
payoffs = { a = [0, 1], b = [0, 1], v = [0, -1] }
status_quo = "no"
[issues.y]
options = ["no", "yes"]
payoffs = { a = [0, -2], b = [0, 1], v = [0, 2] }
status_quo = "no"
[vetoes]
x = ["v"]
"""
CONCEPTS = ("nash", "egalitarian", "utilitarian", "kalai_smorodinsky")


@pytest.mark.parametrize("solution", CONCEPTS)
def test_who_is_held_at_nothing_gains_exactly_nothing(solution: str) -> None:
    """v asks for y >= x / 2, a for x >= 2y: both end at 0, and b gains 1 + 1/2."""
    answer = settle(loads(HELD), solution=solution)
    assert dict(answer.gains) == {"a": 0, "b": F(3, 2), "v": 0}
    assert all(isinstance(gain, F) for gain in answer.gains.values())
    assert answer.verify()


@pytest.mark.parametrize("solution", CONCEPTS)
def test_what_everybody_likes_best_is_settled_exactly(solution: str) -> None:
    """Everybody wants both, and v allows half of y: x = 1, y = 1/2 under every concept."""
    answer = settle(loads(VETOED), solution=solution)
    assert dict(answer.gains) == {"a": 3, "b": F(5, 2), "c": F(5, 2), "v": 0}
    assert answer.tolerance == 0
    assert answer.verify()


def test_an_exact_proof_of_less_does_not_pass() -> None:
    answer = settle(loads(VETOED), solution="egalitarian")
    (evidence,) = answer.evidence
    prices = {r: p / 2 for r, p in evidence.bound.prices.items()}
    forged = replace(evidence, bound=replace(evidence.bound, prices=prices))
    with pytest.raises(VerificationError):
        replace(answer, evidence=(forged,)).verify()
