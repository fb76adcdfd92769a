"""Side payments: the rate, a given deal, all-or-nothing acts, and where no payment helps."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from small_games import GUNS, whole_gains

import bargaining as bg
from bargaining.errors import InputError, NotDefinedError, NotSupportedError, VerificationError


def poor_guns(a: str = "1/5") -> bg.LinkageGame:
    """Guns (-4, 6a), fentanyl (5, -3): a deadlock from a = 2/5 down."""
    return bg.load("us_mexico/guns_for_fentanyl", parameters={"a": a})


def test_rate_by_hand() -> None:
    """Raids win 5 and cost 3: of each unit of the surplus of 2 that is left, 3/2 are paid.

    Rates block both issues for t from 3/13 to 3/8; nearest to equal weights are (3, 5)/8, so that
    weights at least r and at most 1 apart exist up to r = 3/2.
    """
    found = bg.design(poor_guns())
    assert found.verify()
    assert (found.cost, found.exceeded, found.status) == (0, True, "solved")
    assert found.details["per_unit"] == F(3, 2)
    assert found.details["carry_out"]["compensation"] == {"mexico": 3}
    assert found.details["carry_out"]["left"] == 2
    assert found.changes == ({"change": "pay", "from": "us", "to": "mexico", "amount": 3},)


def test_named_deal() -> None:
    """Both acts with a = 2/5: the US wins 1 and Mexico must get 3/5."""
    deal = {"guns": "egress checks", "fentanyl": "lab raids"}
    found = bg.design(poor_guns("2/5"), deal=deal)
    assert found.verify()
    carry = found.details["carry_out"]
    assert (carry["compensation"], carry["cost"], carry["possible"]) == (
        {"mexico": F(3, 5)}, F(3, 5), True)  # fmt: skip
    costly = bg.design(poor_guns(), deal={"guns": "egress checks"}).details["carry_out"]
    assert costly["possible"] is False


def test_pure_chooses_the_cheapest_deal_not_the_richest() -> None:
    """Both acts need 3/5 (total gain 2/5), raids alone 3 (total gain 2)."""
    found = bg.design(poor_guns("2/5"), deals="pure")
    assert found.verify()
    assert (found.cost, found.exceeded) == (F(3, 5), True)
    assert bg.design(poor_guns("1/5"), deals="pure").cost == 3


def test_leaking_payments() -> None:
    """With 2/3 arriving, 3 for Mexico take 9/2 of the US's 5; with 3/5 nothing is left."""
    game = poor_guns()
    leaky = replace(game, channels={**game.channels, "transfers": {"efficiency": F(2, 3)}})
    found = bg.design(leaky)
    assert found.verify()
    assert found.details["carry_out"]["cost"] == F(9, 2)
    assert found.details["per_unit"] == 9
    dry = replace(game, channels={**game.channels, "transfers": {"efficiency": F(3, 5)}})
    none = bg.design(dry)
    assert none.verify()
    assert (none.status, none.cost, none.changed) == ("infeasible", None, None)


def test_no_payment_helps_without_surplus() -> None:
    game = bg.LinkageGame.from_payoffs([[[0, 0], [-4, 3]], [[0, 0], [2, -5]]])
    for deals in ("shares", "pure"):
        found = bg.design(game, deals=deals)
        assert found.verify()
        assert (found.status, found.cost) == ("infeasible", None)


def test_nothing_to_break() -> None:
    found = bg.design(bg.load("us_mexico/guns_for_fentanyl"))
    assert found.verify()
    assert (found.cost, found.already, found.changes) == (0, True, ())


@pytest.mark.parametrize("seed", range(12))
def test_pure_against_all_packages(seed: int) -> None:
    """Brute force over every combination of outcomes."""
    rng = np.random.default_rng(seed)
    data = whole_gains(rng, (4, 3, 2 + seed % 2), -6, 5)
    game = bg.LinkageGame.from_payoffs(data)
    found = bg.design(game, deals="pure")
    assert found.verify()
    if found.already:
        return
    sums = [sum(rows) for rows in itertools.product(*data)]
    needed = [int(-g[g < 0].sum()) for g in sums if g.sum() > 0]
    assert found.cost == (min(needed) if needed else None)


@pytest.mark.parametrize("seed", range(12))
def test_rate_is_no_higher_than_in_any_pure_deal(seed: int) -> None:
    """Deals are mixtures of packages; for two players the best mixture is one package."""
    rng = np.random.default_rng(seed)
    data = whole_gains(rng, (3, 3, 2), -6, 5)
    found = bg.design(bg.LinkageGame.from_payoffs(data))
    assert found.verify()
    if found.already:
        return
    sums = [row for issue in data for row in issue]
    rates = [F(int(-g[g < 0].sum()), int(g.sum())) for g in sums if g.sum() > 0]
    rate = found.details.get("per_unit")
    assert (rate is None) == (not rates)
    assert rate is None or rate <= min(rates)


def test_tampering() -> None:
    found = bg.design(poor_guns())
    proof = found.certificate
    rate = proof.rates[0]
    wrong = [
        replace(found, cost=F(1)),
        replace(found, changes=()),
        replace(found, details={**found.details, "per_unit": F(1)}),
        replace(found, certificate=replace(proof, rates=(replace(rate, per_unit=F(1)),))),
        replace(found, certificate=replace(proof, rates=(replace(rate, weights=(F(1), F(1))),))),
        replace(found, certificate=replace(proof, rates=(replace(rate, paid={}),))),
    ]
    for answer in wrong:
        with pytest.raises(VerificationError):
            answer.verify()


def test_refused() -> None:
    game = poor_guns()
    with pytest.raises(NotSupportedError, match="a deadlock is kept by links"):
        bg.design(game, goal="keep")
    with pytest.raises(InputError, match=r'did you mean "payments"'):
        bg.design(game, by="payment")
    with pytest.raises(InputError, match="costs go with links"):
        bg.design(game, cost={("guns", "fentanyl"): 1})
    with pytest.raises(NotSupportedError, match="floors"):
        bg.design(replace(game, channels={"floors": {"us": F(1)}}))
    idle = bg.LinkageGame.from_payoffs([[[0, 0], [0, 0]]])
    with pytest.raises(NotDefinedError, match="nobody has a stake"):
        bg.design(idle)


def test_packages_pay_for_themselves() -> None:
    """On two tables only one has a surplus; its rate counts, and the deal there is paid for."""
    both = bg.LinkageGame.from_payoffs([GUNS, [[0, 0], [-9, 1]]])
    apart = replace(both, links=())
    found = bg.design(apart)
    assert found.verify()
    assert found.details["package"] == ("0",)
    assert found.details["per_unit"] == 2
