"""Copies decided together: known values, brute force over all profiles, proofs that can fail."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from copied_games import (
    OVERLAP,
    TRADE,
    VOTING,
    binary,
    brute_force,
    random_text,
    setting_of,
)

import bargaining as bg
from bargaining.errors import InputError, NotDefinedError, NotSupportedError, VerificationError
from bargaining.results import Status
from bargaining.settlement.mechanism import copies_exact
from bargaining.settlement.mechanism.cells import Cells
from bargaining.settlement.mechanism.copied_game import copied_game
from bargaining.settlement.mechanism.copies import solve_copies
from bargaining.settlement.mechanism.copies_answer import CopiesRule
from bargaining.settlement.mechanism.direct import mechanism
from bargaining.settlement.mechanism.histograms import Side
from bargaining.settlement.mechanism.matching import best_exact, best_float, worth

AGREED = 1e-7
"""Between an answer and brute force in floating point."""
KINDS = [
    # types, copies, players, options, interdependent
    (2, 2, 2, 2, False),
    (3, 2, 2, 3, False),
    (2, 3, 2, 3, False),
    (2, 2, 3, 2, False),
    (2, 2, 2, 3, True),
    (2, 2, 3, 2, True),
]


@pytest.mark.parametrize(
    ("copies", "expected"), [(1, Fraction(3, 4)), (2, Fraction(27, 32))], ids=str
)
def test_voting(copies: int, expected: Fraction) -> None:
    """C4.4, setting of Jackson and Sonnenschein (2007)."""
    found = solve_copies(setting_of(VOTING), copies, rationality="none")
    assert found.verify()
    assert found.exact
    assert (found.second_best, found.first_best) == (expected, Fraction(7, 8))
    assert found.bound == found.second_best
    assert found.status == Status.SOLVED


@pytest.mark.parametrize(
    ("copies", "expected"), [(1, Fraction(7, 24)), (2, Fraction(91, 304))], ids=str
)
def test_trade(copies: int, expected: Fraction) -> None:
    """C4.3: two types each, payments in expectation."""
    for transfers in ("expected", "ex_post"):
        found = solve_copies(setting_of(TRADE), copies, transfers=transfers)
        assert found.verify()
        assert found.exact
        assert (found.second_best, found.first_best) == (expected, Fraction(5, 16))
        assert all(slack >= 0 for slack in found.slacks.values())


def test_more_copies_lose_less() -> None:
    """Deciding two pairs of copies apart is one way of deciding four together."""
    setting = setting_of(VOTING)
    two, four = (solve_copies(setting, copies, rationality="none") for copies in (2, 4))
    assert four.verify()
    assert not four.exact
    assert float(two.second_best) < four.second_best < four.first_best
    assert float(four.bound - four.second_best) < 1e-7


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("transfers", [False, True])
@pytest.mark.parametrize("rational", [False, True])
def test_brute_force(
    kind: tuple[int, int, int, int, bool], transfers: bool, rational: bool
) -> None:
    types, copies, players, options, interdependent = kind
    rng = np.random.default_rng(1000 * types + 100 * copies + 10 * players + options)
    for _ in range(3):
        text = random_text(rng, types, players, options, interdependent=interdependent)
        setting = setting_of(text)
        found = solve_copies(
            setting,
            copies,
            transfers="expected" if transfers else "none",
            rationality="interim" if rational else "none",
        )
        assert found.verify()
        assert found.status == Status.SOLVED
        full = brute_force(setting, copies, transfers=transfers, rational=rational)
        assert float(found.second_best) == pytest.approx(full, abs=AGREED)


@pytest.mark.parametrize("objective", ["max-min", "us", "mexico"])
@pytest.mark.parametrize("transfers", [False, True])
def test_objectives(objective: str, transfers: bool) -> None:
    text = binary([-3, 1, 2], [-1, 4], chances=())
    setting = setting_of(text)
    found = solve_copies(
        setting, 2, objective=objective, transfers="expected" if transfers else "none"
    )
    assert found.verify()
    full = brute_force(setting, 2, transfers=transfers, rational=True, objective=objective)
    assert float(found.second_best) == pytest.approx(full, abs=AGREED)


def test_numbers_agree_with_rationals(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = solve_copies(setting_of(OVERLAP), 2, transfers="expected")
    monkeypatch.setattr(copies_exact, "MAX_CELLS", 0)
    found = solve_copies(setting_of(OVERLAP), 2, transfers="expected")
    assert exact.exact
    assert not found.exact
    assert found.verify()
    assert found.second_best == pytest.approx(float(exact.second_best), abs=AGREED)


def test_payments_that_leak() -> None:
    """With nothing arriving, payments are as good as none; in between lies in between."""
    setting = setting_of(TRADE)
    values = []
    for efficiency in ("0", "1/2", "1"):
        channels = {**setting.game.channels, "transfers": {"efficiency": Fraction(efficiency)}}
        leaky = replace(setting, game=replace(setting.game, channels=channels))
        found = solve_copies(leaky, 2, transfers="expected")
        assert found.verify()
        values.append(float(found.second_best))
    none = solve_copies(setting, 2)
    assert values[0] >= float(none.second_best) - AGREED
    assert values[0] <= values[1] + AGREED
    assert values[1] <= values[2] + AGREED
    assert values[2] == pytest.approx(91 / 304)


def test_a_cheating_rule_is_found_out() -> None:
    """The efficient rule without payments invites lies; a wrong bound is refused."""
    found = solve_copies(setting_of(VOTING), 2, rationality="none")
    cells = found.cells
    shares = np.zeros_like(found.rule.shares) + Fraction(0)
    values = [-2, -1, 1, 2]
    for a, (_, s) in enumerate(cells.sides[0].cells):
        for b, (_, t) in enumerate(cells.sides[1].cells):
            shares[a, b, int(values[s] + values[t] > 0)] = Fraction(1)
    liar = replace(found, rule=CopiesRule(shares, found.rule.received))
    with pytest.raises(VerificationError, match="incentive: missed"):
        liar.verify()
    with pytest.raises(VerificationError, match="bound"):
        replace(found, bound=found.bound - Fraction(1, 100)).verify()
    with pytest.raises(VerificationError, match="second_best"):
        replace(found, second_best=found.second_best + 1).verify()
    with pytest.raises(VerificationError, match="first_best"):
        replace(found, first_best=found.first_best + 1).verify()
    with pytest.raises(VerificationError, match="first_best"):
        replace(found, first_best=found.second_best - 1).verify()
    with pytest.raises(VerificationError, match="efficient"):
        replace(found, efficient=found.efficient + 1).verify()
    cheap = replace(found.prices, lie=tuple(-y for y in found.prices.lie))
    with pytest.raises(VerificationError, match="prices"):
        replace(found, prices=cheap).verify()


def test_cells() -> None:
    """The sizes of the reduction: histograms with a type that occurs in them."""
    for copies, expected in ((4, 80), (6, 224), (8, 480)):
        side = Side(copies, (Fraction(1, 4),) * 4)
        assert len(side.cells) == expected
        assert sum(side.weight) == 1


def test_limits_and_refusals() -> None:
    setting = setting_of(VOTING)
    with pytest.raises(NotSupportedError, match="too many"):
        Cells(setting, 30)
    with pytest.raises(NotSupportedError, match="ask for rationality interim"):
        solve_copies(setting, 2, rationality="ex_post")
    with pytest.raises(InputError, match="at least 1"):
        solve_copies(setting, 0)
    with pytest.raises(NotDefinedError, match="any amount"):
        solve_copies(setting, 2, transfers="expected", rationality="none", objective="us")


def test_out_of_time() -> None:
    found = solve_copies(setting_of(VOTING), 4, rationality="none", seconds=0.0)
    assert found.status == Status.LIMIT_REACHED
    assert found.bound >= 447 / 512 - AGREED


def test_best_lies() -> None:
    rng = np.random.default_rng(3)
    for _ in range(30):
        values = rng.integers(-6, 7, (3, 3))
        true, told = (tuple(rng.multinomial(5, [1 / 3] * 3).tolist()) for _ in range(2))
        exact = np.vectorize(Fraction, otypes=[object])(values)
        best = max(
            sum(values[t, s] for t, s in zip(np.repeat(range(3), true), told_order, strict=True))
            for told_order in _orders(told)
        )
        assert worth(exact, best_exact(exact, true, told)) == best
        assert worth(values, best_float(values.astype(float), true, told)) == best


def _orders(histogram: tuple[int, ...]) -> set[tuple[int, ...]]:
    import itertools

    return set(itertools.permutations(np.repeat(range(3), histogram).tolist()))


def test_outcome_rule_and_json() -> None:
    found = solve_copies(setting_of(TRADE), 2, transfers="expected")
    rule = list(found.outcome_rule())
    assert sum(entry["probability"] for entry in rule) == 1
    assert rule[0]["reports"]["us"]["counts"]
    assert sum(rule[0]["deal"]["act"].values()) == 1
    data = found.to_dict(exact=True)
    assert data["exact"]["second_best"] == "91/304"
    assert len(data["outcome_rule"]) == 16
    assert "types private" in str(found)


def test_packages_add_up() -> None:
    """Each package has a mechanism of its own; linked, the two issues are at least as good."""
    text = (
        VOTING
        + "\n"
        + "\n".join(
            [
                "[issues.other]",
                'options = ["o0", "o1"]',
                'status_quo = "o0"',
                "payoffs.us = [0, 2]",
                "payoffs.mexico = [0, -1]",
            ]
        )
    )
    text = text.replace("[[types]]", "#TYPES", 1)
    head, tail = text.split("#TYPES")
    first, issue = tail.split("[issues.other]")
    game = bg.loads(head + "[issues.other]" + issue + "\n[[types]]" + first)
    apart = mechanism(game, copies=2, rationality="none", agenda="delinked")
    assert apart.verify()
    assert apart.packages == (("act",), ("other",))
    assert apart.second_best == Fraction(27, 32) + 1
    assert apart.to_dict(exact=True)["exact"]["second_best"] == "59/32"
    linked = mechanism(game, copies=2, rationality="none")
    assert linked.verify()
    assert float(linked.second_best) >= 59 / 32 - AGREED
    assert linked.copies == 2


@pytest.mark.parametrize("transfers", [False, True])
def test_copies_written_out(transfers: bool) -> None:
    """One game of all copies has the values of the copies decided together."""
    game = bg.loads(TRADE)
    words = "expected" if transfers else "none"
    together = mechanism(game, copies=2, transfers=words)
    written = mechanism(copied_game(game, 2), transfers=words)
    assert written.verify()
    assert written.second_best == 2 * together.second_best
    with pytest.raises(NotSupportedError, match="written out"):
        copied_game(bg.loads(VOTING), 4)
