"""Sharing intelligence as a repeated trust game: leaks as a cost, and leaks as false alarms."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

import bargaining as bg
from bargaining.linkage.flip import flips
from bargaining.loading import reload
from bargaining.settlement.enforcement.monitoring import monitoring


@pytest.mark.parametrize("leak", ["0", "1/7", "1/3", "1/2", "8/15", "3/5", "9/10", "1"])
def test_joint_operations_with_a_leak(leak: str) -> None:
    """By acting alone once the US gains 2 + 3l and then loses 4 - 3l: (2 + 3l)/6."""
    game = bg.load("us_mexico/unilateral_operations", parameters={"l": leak})
    answer = bg.critical_discount(game)
    closed = F(1, 3) + F(leak) / 2
    assert answer.full == closed
    # with z of (unilateral, cooperate) the product (4 - 3l + (2 + 3l) z)(4 - 6z) rises iff l > 8/15
    if F(leak) <= F(8, 15):
        assert answer.settlement == closed
    else:
        assert answer.settlement != closed
    assert answer.any is not None
    assert answer.any < closed
    assert answer.verify()


def test_the_leak_at_which_joint_operations_stop_lasting() -> None:
    """At the file's factor of 9/10 a leak of 17/15 would be needed; at 3/5 it is 8/15."""
    game = bg.load("us_mexico/unilateral_operations")

    def full(leak: F) -> F:
        return bg.critical_discount(reload(game, {"l": leak})).full or F(1)

    assert flips(lambda leak: full(leak) <= F(9, 10), F(0), F(1), points=3) == ()
    (one,) = flips(lambda leak: full(leak) <= F(3, 5), F(0), F(1), points=3)
    assert (one.threshold, one.true_below, one.true_at) == (F(8, 15), True, True)


@pytest.mark.parametrize("rate", ["0", "1/10", "1/4", "4/9", "9/20", "49/100"])
def test_accidents_that_look_like_breaches(rate: str) -> None:
    """Mexico gains 2 once and loses 2 per period that lasts with chance 1 - q: 1/(2(1 - q))."""
    game = bg.load("us_mexico/intelligence_trust", parameters={"q": rate})
    deal = bg.Deal(_full(game))
    found = monitoring(game, deal, discount=F(9, 10))
    (agenda,) = {one.agenda: one for one in found.agendas if len(one.packages) == 1}.values()
    (package,) = agenda.packages
    closed = 1 / (2 * (1 - F(rate)))
    assert package.critical(1) == closed
    assert package.critical(0) == 0
    assert agenda.lasting == (closed <= F(9, 10),)
    if agenda.lasting[0]:
        assert agenda.values == {
            "us": 3 / (1 - F(9, 10) * (1 - F(rate))), "mexico": 2 / (1 - F(9, 10) * (1 - F(rate))),
        }  # fmt: skip


def test_the_rate_of_accidents_at_which_trust_breaks_down() -> None:
    """1/(2(1 - q)) <= 9/10 iff q <= 4/9."""
    game = bg.load("us_mexico/intelligence_trust")

    def lasts(rate: F) -> bool:
        changed = reload(game, {"q": rate})
        return all(monitoring(changed, bg.Deal(_full(changed))).agendas[0].lasting)

    (one,) = flips(lasts, F(0), F(1, 2))
    assert (one.threshold, one.true_below, one.true_at) == (F(4, 9), True, True)


def _full(game: bg.LinkageGame):  # type: ignore[no-untyped-def]
    import numpy as np

    return np.array([game.issues["intelligence"].outcome("share / protect")], dtype=np.intp)
