"""The least benefit at every link and outcome, by hand and against settled games."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from small_games import whole_gains

import bargaining as bg
from bargaining.errors import InputError, NotSupportedError, VerificationError
from bargaining.linkage.design.benefits import boosted

LITTLE = F(1, 50)


def listed(found: bg.Design) -> dict[tuple[tuple[str, ...], tuple[str, ...]], F | None]:
    return {(tuple(c["outcomes"]), c["to"]): c["each"] for c in found.details["candidates"]}


def test_by_hand() -> None:
    """Guns (-4, 6/5) and fentanyl (5, -3), together (1, -9/5).

    Guns block t >= 3/13, fentanyl t <= 3/8; all is loosest at t = 3/13, where together they lack
    15/13: 3/2 for Mexico, 5 for the US, 15/13 for each.  Guns alone must come to the ratio
    5 : 3, which takes 12/5 for Mexico or -2 for the US.
    """
    found = bg.design(
        bg.load("us_mexico/guns_for_fentanyl", parameters={"a": "1/5"}), by="benefits"
    )
    assert found.verify()
    link, both = ("guns", "fentanyl"), ("us", "mexico")
    assert listed(found) == {
        (link, ("us",)): 5,
        (link, ("mexico",)): F(3, 2),
        (link, both): F(15, 13),
        (("guns",), ("us",)): 2,
        (("guns",), ("mexico",)): F(6, 5),
        (("guns",), both): F(3, 4),
        (("fentanyl",), ("us",)): 5,
        (("fentanyl",), ("mexico",)): F(3, 2),
        (("fentanyl",), both): F(15, 13),
    }
    assert (found.cost, found.exceeded) == (F(6, 5), True)


def test_who_gets_it_matters() -> None:
    """Where the other one only loses, no benefit to the first ever helps."""
    game = bg.LinkageGame.from_payoffs([[[0, 0], [3, -1]]])
    found = bg.design(game, by="benefits")
    assert found.verify()
    assert listed(found) == {(("0",), ("1",)): None, (("0",), ("2",)): 1, (("0",), ("1", "2")): 1}
    assert found.cost == 1


def test_premium_is_folded_in() -> None:
    """Operations (6, 2 - 16), aid (-4, 4): rates block t from 4/8 to 7/10 with beta = 4.

    Aid with b for the US blocks from 4/(8 - b): up to 7/10 for b = 16/7.
    """
    game = bg.load("us_mexico/sovereignty_premium", parameters={"beta": 4})
    found = bg.design(game, by="benefits")
    assert found.verify()
    assert listed(found)[("money",), ("us",)] == F(16, 7)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("players", [2, 3])
def test_both_sides_of_every_threshold(seed: int, players: int) -> None:
    rng = np.random.default_rng([players, seed])
    game = bg.LinkageGame.from_payoffs(whole_gains(rng, (2, 2, players), -6, 4))
    if seed % 2:
        game = replace(game, links=())
    if len(game.interested) < players:
        return
    found = bg.design(game, by="benefits")
    assert found.verify()
    if found.already:
        return
    for one in found.certificate.thresholds:
        least = one.benefit
        tried = {F(1000): False} if least is None else {least + LITTLE: True}
        if least is not None and least > LITTLE:
            tried[least - LITTLE] = False
        for benefit, attains in tried.items():
            there = boosted(game, one.place, benefit)
            assert bg.settle(there).mutual_gain == attains


def test_tampering() -> None:
    game = bg.load("us_mexico/guns_for_fentanyl", parameters={"a": "1/5"})
    found = bg.design(game, by="benefits")
    proof = found.certificate
    first = proof.thresholds[0]
    for changed in (
        replace(first, benefit=F(4)),
        replace(first, benefit=F(6)),
        replace(first, exceeded=False),
        replace(first, benefit=None),
        replace(first, rows=()),
    ):
        certificate = replace(proof, thresholds=(changed, *proof.thresholds[1:]))
        with pytest.raises(VerificationError):
            bg.Design.of(game, "break", "benefits", "shares", certificate).verify()
    with pytest.raises(VerificationError, match="places"):
        replace(found, certificate=replace(proof, thresholds=proof.thresholds[1:])).verify()


def test_refused() -> None:
    many = bg.LinkageGame.from_payoffs(np.tile([[0, 0], [-1, 1]], (60, 1, 1)))
    with pytest.raises(InputError, match="2,000"):
        bg.design(many, by="benefits")
    with pytest.raises(NotSupportedError, match="all-or-nothing"):
        bg.design(many, by="benefits", deals="pure")
