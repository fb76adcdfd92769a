"""The nucleolus against its definition, against another sequence of programmes, and by hand."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from coalition_games import LETTERS, Worth, complaints, drawn, table
from heavy import some
from scipy.optimize import linprog

import bargaining as bg
from bargaining.linkage.coalitions.dense import Dense
from bargaining.linkage.coalitions.kohlberg import fault
from bargaining.linkage.coalitions.nucleolus import nucleolus
from bargaining.linkage.coalitions.worths import worths

NUMERICAL = 1e-6


def solved(worth: Worth) -> tuple[Any, dict[str, F]]:
    game = worths(worth)
    found = nucleolus(Dense.of(game))
    return found, dict(zip(game.players, found.shares, strict=True))  # type: ignore[arg-type]


def by_scipy(worth: Worth, *, imputations: bool) -> dict[str, float]:
    """A sequence of programmes in floats; coalitions are tested for being tight in all optima."""
    players = sorted(set().union(*worth))
    count, everyone = len(players), frozenset(players)
    total = float(worth[everyone])
    rows = {s: np.array([float(p in s) for p in players]) for s in worth if s != everyone}
    scale = max(1.0, *(abs(float(v)) for v in worth.values()))
    equal, right = [np.ones(count)], [total]
    low = [float(worth[frozenset(p)]) if imputations else None for p in players]
    bounds = [(b, None) for b in low]
    open_ = dict(rows)
    while np.linalg.matrix_rank(np.array(equal)) < count:
        open_ = {
            s: row
            for s, row in open_.items()
            if np.linalg.matrix_rank(np.array([*equal, row]))
            > np.linalg.matrix_rank(np.array(equal))
        }
        upper = np.array([[*-row, -1.0] for row in open_.values()])
        limits = np.array([-float(worth[s]) for s in open_])
        fixed = np.array([[*row, 0.0] for row in equal])
        cost = np.array([0.0] * count + [1.0])
        free = [*bounds, (None, None)]
        found = linprog(cost, upper, limits, fixed, right, free, method="highs")
        assert found.status == 0
        level = found.x[-1]
        settled = []
        for s, row in open_.items():
            # can its share rise above v(S) - level while nobody complains more?
            caps = limits + level + 1e-9 * scale
            more = linprog(
                -row, upper[:, :-1], caps, np.array(equal), right, bounds, method="highs"
            )
            if more.status == 0 and -more.fun <= float(worth[s]) - level + 1e-7 * scale:
                settled.append((row, float(worth[s]) - level))
        assert settled
        equal += [row for row, _ in settled]
        right += [value for _, value in settled]
    shares, *_ = np.linalg.lstsq(np.array(equal), np.array(right), rcond=None)
    return dict(zip(players, shares.tolist(), strict=True))


@pytest.mark.parametrize("seed", some(range(7), range(7, 18)))
@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_against_another_sequence_of_programmes(seed: int, count: int) -> None:
    worth = drawn(seed, count)
    found, shares = solved(worth)
    again = by_scipy(worth, imputations=found.kind == "nucleolus")
    scale = max(1.0, *(abs(float(v)) for v in worth.values()))
    for player, share in shares.items():
        assert abs(float(share) - again[player]) <= NUMERICAL * scale, (player, found)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("count", [3, 4, 7, 8])
def test_no_other_imputation_comes_first(seed: int, count: int) -> None:
    """Complaints from the largest down: no imputation drawn, near or far, has a smaller list."""
    worth = drawn(seed, count)
    found, shares = solved(worth)
    mine = complaints(worth, shares)
    rng = random.Random(seed)
    players = list(shares)
    for trial in range(60 if count < 6 else 15):
        other = dict(shares)
        for _ in range(1 + trial % 3):
            a, b = rng.sample(players, 2)
            step = F(rng.randint(1, 100), rng.choice([1, 20, 1000, 10**6]))
            other[a], other[b] = other[a] + step, other[b] - step
        proper = all(other[p] >= worth[frozenset(p)] for p in players)
        if other == shares or (found.kind == "nucleolus" and not proper):
            continue
        assert complaints(worth, other) > mine


@pytest.mark.parametrize("seed", range(20))
def test_prenucleolus_where_there_is_no_imputation(seed: int) -> None:
    worth = drawn(seed, 4) | {frozenset("a"): F(500)}
    found, shares = solved(worth)
    assert found.kind == "prenucleolus"
    again = by_scipy(worth, imputations=False)
    assert all(abs(float(shares[p]) - again[p]) <= NUMERICAL * 500 for p in shares)
    answer = bg.coalitions(worth)
    assert answer.verify()
    assert answer.core is not None
    assert answer.core.empty
    assert any("prenucleolus" in note for note in answer.notes)


def test_demands_of_single_players_can_bind() -> None:
    """Not zero-monotonic: the prenucleolus gives c less than he is worth alone."""
    stated = {"ab": 10, "ac": -8, "bc": -8, "abc": 6}
    worth = table("abc", lambda s: stated.get("".join(sorted(s)), 0))
    found, shares = solved(worth)
    assert found.kind == "nucleolus"
    assert shares == {"a": 3, "b": 3, "c": 0}  # the best imputation for a+b, split alike
    assert by_scipy(worth, imputations=False)["c"] < -1


def test_glove() -> None:  # C7.1
    worth = table("lrs", lambda s: int("l" in s and len(s) > 1))
    assert solved(worth)[1] == {"l": 1, "r": 0, "s": 0}


def test_airport() -> None:  # C7.2
    worth = table("abc", lambda s: -max({"a": 1, "b": 2, "c": 3}[p] for p in s))
    assert solved(worth)[1] == {"a": F(-1, 2), "b": F(-3, 4), "c": F(-7, 4)}


@pytest.mark.parametrize(
    ("estate", "shares"),
    [
        (100, [F(100, 3)] * 3),
        (200, [50, 75, 75]),
        (300, [50, 100, 150]),
        (400, [50, 125, 225]),  # Talmudic rule: beyond half of all claims losses are shared alike
    ],
)
def test_talmud(estate: int, shares: list[F]) -> None:  # C7.3
    claims = {"a": 100, "b": 200, "c": 300}
    worth = table("abc", lambda s: max(0, estate - sum(v for p, v in claims.items() if p not in s)))
    assert list(solved(worth)[1].values()) == shares


def test_added_party() -> None:  # C7.4
    worth = {"us": 0, "mx": 0, "ca": 0, "us+mx": 0, "us+ca": 6, "mx+ca": 0, "us+mx+ca": 12}
    answer = bg.coalitions(worth)
    assert answer.verify()
    assert answer.shapley == {"us": 5, "mx": 2, "ca": 5}
    assert answer.nucleolus == {"us": F(9, 2), "mx": 3, "ca": F(9, 2)}


def talmudic(claims: list[int], estate: int) -> list[F]:
    """The rule of Aumann and Maschler: half-claims shared by equal gains, then equal losses."""
    total = sum(claims)
    if 2 * estate > total:
        rest = talmudic(claims, total - estate)
        return [claim - part for claim, part in zip(claims, rest, strict=True)]
    halves, left = [F(claim, 2) for claim in claims], F(estate)
    shares, still = [F(0)] * len(claims), sorted(range(len(claims)), key=claims.__getitem__)
    while still:
        each = min(halves[still[0]] - shares[still[0]], left / len(still))
        for i in still:
            shares[i] += each
        left -= each * len(still)
        if not left:
            break
        still = [i for i in still if shares[i] < halves[i]]
    return shares


@pytest.mark.parametrize("seed", range(25))
def test_bankruptcy_by_the_rule_of_aumann_and_maschler(seed: int) -> None:
    rng = random.Random(seed)
    claims = [rng.randint(1, 60) for _ in range(rng.randint(2, 8))]
    estate = rng.randint(0, sum(claims))
    named = dict(zip(LETTERS, claims, strict=False))
    worth = table(
        list(named), lambda s: max(0, estate - sum(v for p, v in named.items() if p not in s))
    )
    assert list(solved(worth)[1].values()) == talmudic(claims, estate)


@pytest.mark.parametrize(
    ("worth", "shares"),
    [
        (table("ab", lambda s: 0), {"a": 0, "b": 0}),
        (table("abcde", lambda s: 0), dict.fromkeys("abcde", 0)),
        (table("abcd", len), dict.fromkeys("abcd", 1)),  # inessential: nobody needs anybody
        (table("abc", lambda s: int("a" in s and len(s) > 1)), {"a": 1, "b": 0, "c": 0}),  # veto
        (table("ab", lambda s: {"a": 1, "b": 2}.get("".join(s), 7)), {"a": 3, "b": 4}),
        (table("abcd", lambda s: int(len(s) == 4)), dict.fromkeys("abcd", F(1, 4))),
        (table("abcde", lambda s: int(len(s) > 2)), dict.fromkeys("abcde", F(1, 5))),
    ],
)
def test_degenerate(worth: Worth, shares: dict[str, F]) -> None:
    answer = bg.coalitions(worth)
    assert answer.verify()
    assert answer.nucleolus == shares


@pytest.mark.parametrize("size", [F(1, 10**12), F(10**12), F(10**30, 7)])
def test_units_do_not_matter(size: F) -> None:
    worth = drawn(1, 6)
    _, shares = solved(worth)
    _, scaled = solved({s: v * size for s, v in worth.items()})
    assert scaled == {p: x * size for p, x in shares.items()}


@pytest.mark.parametrize("seed", range(8))
def test_proofs_that_are_tampered_with_do_not_hold(seed: int) -> None:
    game = Dense.of(worths(drawn(seed, 5)))
    found = nucleolus(game)
    assert not fault(game, found)
    first, *rest = found.levels
    shifted = (found.shares[0] + 1, found.shares[1] - 1, *found.shares[2:])
    wrong = [
        replace(found, shares=shifted),
        replace(found, levels=()),
        replace(found, levels=(replace(first, excess=first.excess - 1), *rest)),
        replace(found, levels=(replace(first, weights={}), *rest)),
        replace(found, levels=(replace(first, earlier={}), *rest)),
        replace(found, shares=(found.shares[0] + 1, *found.shares[1:])),
    ]
    for false in wrong:
        assert fault(game, false)


@pytest.mark.parametrize("count", [3, 9])
def test_first_level_is_the_largest_complaint(count: int) -> None:
    worth = drawn(1, count)
    found, shares = solved(worth)
    assert found.levels[0].excess == complaints(worth, shares)[0]
