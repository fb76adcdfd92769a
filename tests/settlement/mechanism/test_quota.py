"""Quotas on reports: the limit, enumeration of all plays, and what is not defined."""

from __future__ import annotations

import io
import itertools
import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from copied_games import TRADE, VOTING, binary, random_text, typed
from rich.console import Console

import bargaining as bg
from bargaining.errors import NotDefinedError, NotSupportedError, VerificationError
from bargaining.report.quota_text import quota_text, quota_words
from bargaining.settlement.mechanism.best_replies import best_replies, monge_order
from bargaining.settlement.mechanism.quota import quota, quota_mechanism


def test_quotas_by_largest_remainder() -> None:
    third = Fraction(1, 3)
    assert quota(4, [third, third, third]) == (2, 1, 1)
    assert quota(7, [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]) == (4, 2, 1)
    assert sum(quota(100, [Fraction(1, 7)] * 7)) == 100


def test_the_loss_vanishes() -> None:
    """Jackson and Sonnenschein (2007): the share of truths tends to 1, the loss to 0."""
    game = bg.loads(VOTING)
    found = [quota_mechanism(game, copies) for copies in (4, 8, 16, 32, 64)]
    losses = [one.loss for one in found]
    truths = [one.packages[0].players[0].truthful for one in found]
    assert all(one.first_best == Fraction(7, 8) for one in found)
    assert all(later < earlier for earlier, later in itertools.pairwise(losses))
    assert all(later > earlier for earlier, later in itertools.pairwise(truths))
    assert 0 < losses[-1] < Fraction(1, 20)
    assert losses[-1] < losses[1] / 2
    assert all(one.verify() for one in found[:3])


def enumerated(text: str, copies: int) -> tuple[Fraction, dict[str, Fraction]]:
    """Total and truths by playing every profile of all copies, with every best lie tried.

    Best replies are searched among all orders of the quota's reports, at equal chances among
    those that are best and have most truths.
    """
    game = bg.loads(text)
    draws = {draw.player: draw for draw in game.draws}
    players = list(game.players)
    values = {p: [Fraction(row[1] - row[0]) for row in draws[p].payoffs["act"][p]] for p in players}
    quotas = {p: quota(copies, draws[p].probability) for p in players}

    def yes(told: dict[str, int]) -> bool:
        return sum(values[p][told[p]] for p in players) > 0

    def worth(p: str, true: int, told: int) -> Fraction:
        other = next(q for q in players if q != p)
        chance = Fraction(
            sum(n for s, n in enumerate(quotas[other]) if yes({p: told, other: s})), copies
        )
        return values[p][true] * chance

    replies: dict[str, list[tuple[Fraction, tuple[int, ...], tuple[int, ...]]]] = {}
    for p in players:
        words = sorted(
            set(itertools.permutations(np.repeat(range(len(quotas[p])), quotas[p]).tolist()))
        )
        replies[p] = []
        for true in itertools.product(range(len(values[p])), repeat=copies):
            chance = math.prod((draws[p].probability[t] for t in true), start=Fraction(1))
            ranked: dict[Any, list[tuple[int, ...]]] = {}
            for told in words:
                pairs = list(zip(true, told, strict=True))
                key = (sum(worth(p, t, s) for t, s in pairs), sum(t == s for t, s in pairs))
                ranked.setdefault(key, []).append(told)
            best = ranked[max(ranked)]
            replies[p] += [(chance / len(best), true, told) for told in best]
    total = Fraction(0)
    for (c, true, told), (d, other, said) in itertools.product(*replies.values()):
        for k in range(copies):
            if yes(dict(zip(players, (told[k], said[k]), strict=True))):
                both = values[players[0]][true[k]] + values[players[1]][other[k]]
                total += c * d * both / copies
    truths = {
        p: sum(
            (
                c * sum(t == s for t, s in zip(true, told, strict=True))
                for c, true, told in replies[p]
            ),
            start=Fraction(0),
        )
        / copies
        for p in players
    }
    return total, truths


@pytest.mark.parametrize(
    ("text", "copies"),
    [
        (VOTING, 2),
        (TRADE, 2),
        (TRADE, 3),
        (binary([-3, 1, 2], [-1, 4, 4]), 2),
        (binary([-3, 1, 2], [-1, 0, 5], chances=("1/2", "1/4", "1/4")), 3),
    ],
    ids=["voting", "trade", "trade in three", "equal types", "uneven"],
)
def test_enumeration(text: str, copies: int) -> None:
    found = quota_mechanism(bg.loads(text), copies)
    total, truths = enumerated(text, copies)
    assert found.verify()
    assert found.total == total
    assert {p.name: p.truthful for p in found.packages[0].players} == truths


def test_three_options() -> None:
    """Types that cannot be ranked are assigned one by one; gains add up as a direct sum says."""
    rng = np.random.default_rng(8)
    for _ in range(5):
        game = bg.loads(random_text(rng, 3, 2, 4, interdependent=False))
        found = quota_mechanism(game, 4)
        assert found.verify()
        assert sum(found.gains.values()) == found.total
        assert found.total <= found.first_best


def test_ranked_and_single_agree() -> None:
    values = np.array([[Fraction(t * s) for s in (0, 1, 3)] for t in (-2, 1, 5)], dtype=object)
    probability = (Fraction(1, 2), Fraction(1, 4), Fraction(1, 4))
    numbers = quota(8, probability)
    assert monge_order(values) is not None
    ranked = best_replies(values, probability, numbers)
    from bargaining.settlement.mechanism import best_replies as module

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "monge_order", lambda values: None)
        single = best_replies(values, probability, numbers)
    assert ranked.law.tolist() == single.law.tolist()
    assert (ranked.lowest, ranked.negative) == (single.lowest, single.negative)


def test_staying_away() -> None:
    """A voter who mostly dislikes the project would rather stay away, with that probability."""
    found = quota_mechanism(bg.loads(VOTING), 4)
    voter = found.packages[0].players[0]
    assert voter.lowest < 0
    assert 0 < voter.absent < 1
    assert any("stay away" in line for line in quota_words(found))


def test_interdependent_values_are_not_defined() -> None:
    rows = [[0, 3], [0, -1]]
    game = bg.loads(
        typed({"us": [0, 1], "mexico": [0, 1]}, [("mexico", ["1/2", "1/2"], {"us": rows})])
    )
    with pytest.raises(NotDefinedError, match="us's gains depend on types of mexico"):
        quota_mechanism(game, 2)


def test_too_many_histograms() -> None:
    with pytest.raises(NotSupportedError, match="histograms"):
        quota_mechanism(bg.loads(VOTING), 200)


def test_a_wrong_answer_is_found_out() -> None:
    found = quota_mechanism(bg.loads(TRADE), 2)
    package = found.packages[0]
    player = package.players[0]
    for wrong in (
        replace(player, gain=player.gain + 1),
        replace(player, absent=player.absent + Fraction(1, 2)),
        replace(player, lowest=player.lowest + 1),
        replace(player, quota=(2, 0)),
    ):
        changed = replace(package, players=(wrong, *package.players[1:]))
        with pytest.raises(VerificationError, match=player.name):
            replace(found, packages=(changed,)).verify()


def test_against_the_optimum() -> None:
    found = quota_mechanism(bg.loads(VOTING), 2, optimum=Fraction(27, 32))
    assert found.shortfall == Fraction(27, 32) - found.total
    data = found.to_dict(exact=True)
    assert data["exact"]["optimum"] == "27/32"
    assert "copies under quotas" in str(found)


def test_a_wrong_worst_case_is_found_out() -> None:
    found = quota_mechanism(bg.loads(VOTING), 4)
    package = found.packages[0]
    player = package.players[0]
    size = len(player.labels)
    best = max(itertools.permutations(player.worst), key=lambda h: h != player.worst)
    for worst in (best, (5,) + (0,) * (size - 1), (4,), (6, -2) + (0,) * (size - 2)):
        changed = replace(package, players=(replace(player, worst=worst), *package.players[1:]))
        with pytest.raises(VerificationError, match="lowest gain at"):
            replace(found, packages=(changed,)).verify()


def test_an_optimum_lies_between_quotas_and_the_first_best() -> None:
    found = quota_mechanism(bg.loads(VOTING), 4)
    for good in (found.total, 27 / 32, found.first_best):
        assert replace(found, optimum=good).verify()
    for wrong in (found.total - Fraction(1, 10**9), 0.5, 0.876, Fraction(8, 9)):
        with pytest.raises(VerificationError, match="optimum: expected between"):
            replace(found, optimum=wrong).verify()


def test_many_copies_take_seconds() -> None:
    """Each lie about 600 copies is improved in a few steps, not assigned copy by copy."""
    found = quota_mechanism(bg.loads(TRADE), 600)
    assert found.verify()
    assert 0 < found.loss < quota_mechanism(bg.loads(TRADE), 60).loss
    player = found.packages[0].players[0]
    forged = replace(player, lowest=player.lowest + Fraction(1, 10**6))
    package = replace(found.packages[0], players=(forged, *found.packages[0].players[1:]))
    with pytest.raises(VerificationError, match="lowest gain"):
        replace(found, packages=(package,)).verify()


@pytest.mark.parametrize("copies", [2_001, 10**9])
def test_too_many_copies(copies: int) -> None:
    with pytest.raises(NotSupportedError, match="at most 2,000"):
        quota_mechanism(bg.loads(TRADE), copies)


def test_probabilities_of_too_many_digits() -> None:
    chances = (f"1/{10**50}", f"{10**50 - 1}/{10**50}")
    with pytest.raises(NotSupportedError, match=r"5,000 digits \(at most 4,000\)"):
        quota_mechanism(bg.loads(binary([-1, 2], [1, 1], chances=chances)), 100)


def test_without_types_there_is_no_table_of_quotas() -> None:
    found = quota_mechanism(bg.load("us_mexico/guns_for_fentanyl"), 2)
    assert "How often" not in printed(quota_text(found))
    assert "How often" in printed(quota_text(quota_mechanism(bg.loads(TRADE), 2)))


def printed(text: Any) -> str:
    with io.StringIO() as stream:
        Console(file=stream, width=100).print(text)
        return stream.getvalue()
