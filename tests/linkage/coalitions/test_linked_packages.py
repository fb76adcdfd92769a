"""Coalitions without side payments where not all issues may share a table."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from party_games import NORTH_AMERICA, act, pies, random_game, treaty
from scipy.optimize import linprog

import bargaining as bg
from bargaining.errors import NotSupportedError, VerificationError
from bargaining.linkage.coalitions.linked_packages import packages_open
from bargaining.linkage.coalitions.nontransferable import CoalitionDeals
from bargaining.linkage.coalitions.ntu_core import ntu_core
from bargaining.linkage.coalitions.reach import reach
from bargaining.model.deal import Deal, gains
from bargaining.model.links import Link

CLOSE = 1e-7


def two_tables(*, negotiable: bool) -> bg.LinkageGame:
    """Guns for fentanyl, with Canada glad of the raids."""
    us, mexico, canada = NORTH_AMERICA
    issues = [
        act("guns", NORTH_AMERICA, us, {us: -4, mexico: 6}),
        act("fentanyl", NORTH_AMERICA, mexico, {us: 5, mexico: -3, canada: 1}),
    ]
    links = (Link(("guns", "fentanyl"), negotiable),)
    return bg.LinkageGame(NORTH_AMERICA, issues, links, name="two tables")


def split(seed: int) -> bg.LinkageGame:
    """A random game whose issues lie in two packages, each a path."""
    game = random_game(seed)
    draw = random.Random(seed)
    names = list(game.issue_names)
    draw.shuffle(names)
    cut = draw.randint(1, len(names) - 1)
    links = [Link(pair) for part in (names[:cut], names[cut:]) for pair in itertools.pairwise(part)]
    return replace(game, links=tuple(links))


def tables(game: bg.LinkageGame, members: tuple[str, ...], outsiders: str) -> list[np.ndarray]:
    """Per package of the game the gains of all players from every outcome open to a coalition."""
    found = reach(game, members, outsiders=outsiders)  # type: ignore[arg-type]
    near = {k: {k} for k in game.issue_names}
    for link in game.links or ():
        joined = near[link.between[0]] | near[link.between[1]]
        for name in joined:
            near[name] = joined
    start = found.inner.origin
    result = []
    for package in {frozenset(group) for group in near.values()}:
        inside = [k for k, name in enumerate(game.issue_names) if name in package]
        rows = []
        for chosen in itertools.product(*(range(len(found.rows[k])) for k in inside)):
            outcomes = start.copy()
            outcomes[inside] = chosen
            rows.append([float(g) for g in gains(found.inner, Deal(outcomes))])
        result.append(np.array(rows))
    return result


def best(
    blocks: list[np.ndarray], inside: list[int], start: np.ndarray, *, point: list[float] | None
) -> float:
    """The largest margin over a point, or the largest total, listing every package's outcomes."""
    sizes = [len(rows) for rows in blocks]
    every = np.concatenate(blocks)
    ends = np.cumsum([0, *sizes])
    equal = np.zeros((len(blocks), len(every) + 1))
    limits, right = [], []
    for n, (low, high) in enumerate(itertools.pairwise(ends)):
        equal[n, low:high] = 1
        for i in inside:
            row = np.zeros(len(every) + 1)
            row[low:high] = -every[low:high, i]
            limits.append(row)
            right.append(0.0)
    for i in inside:
        rise = 0.0 if point is None else 1.0
        limits.append(np.append(-every[:, i], rise))
        right.append(start[i] - (0.0 if point is None else point[i]))
    cost = np.zeros(len(every) + 1)
    if point is None:
        cost[:-1] = -every[:, inside].sum(axis=1)
    else:
        cost[-1] = -1
    bounds = [(0, None)] * len(every) + [(None, None)]
    if point is None:
        bounds[-1] = (0, 0)
    found = linprog(cost, limits, right, equal, np.ones(len(blocks)), bounds)
    assert found.status == 0
    return float(-found.fun) + (start[inside].sum() if point is None else 0.0)


@pytest.mark.parametrize("outsiders", ["status_quo", "best_reply"])
@pytest.mark.parametrize("seed", range(12))
def test_margins_and_worths_against_listed_outcomes(seed: int, outsiders: str) -> None:
    game = split(seed)
    draw = random.Random(seed)
    point = [F(draw.randint(-2, 6), 2) for _ in game.players]
    apart = 0
    for size in (1, 2, 3):
        for members in itertools.combinations(game.players, size):
            deals = CoalitionDeals(game, members, outsiders)  # type: ignore[arg-type]
            if not deals.stake or len(packages_open(game, deals.reach.open_issues)) < 2:
                continue
            apart += len(deals.stake) > 1
            blocks = tables(game, members, outsiders)
            start = np.array([float(s) for s in deals.start])
            margin = deals.margin(point)
            assert margin.low == margin.high
            expected = best(blocks, list(deals.stake), start, point=[float(x) for x in point])
            assert float(margin.low) == pytest.approx(expected, abs=CLOSE), members
            if all(s >= 0 for s in deals.start):
                total = best(blocks, list(deals.stake), start, point=None)
                assert float(deals.best_total()[0]) == pytest.approx(total, abs=CLOSE), members
    assert apart


def test_tables_apart_are_worth_nothing_and_block_nothing() -> None:
    closed = bg.coalitions(two_tables(negotiable=False), utility="nontransferable")
    assert closed.verify()
    assert closed.worth["us+mexico"] == 0
    core = ntu_core(two_tables(negotiable=False))
    assert core.verify()
    assert (core.in_core, core.blocking) == (True, ())
    joined = bg.coalitions(two_tables(negotiable=True), utility="nontransferable")
    assert joined.worth["us+mexico"] == 4
    assert bg.coalitions(two_tables(negotiable=False)).worth["us+mexico"] == 4  # payments join them


@pytest.mark.parametrize("seed", range(8))
def test_the_core_apart_is_proved(seed: int) -> None:
    core = ntu_core(split(seed))
    assert core.verify()
    assert core.empty is not None


def test_a_blocking_deal_with_a_loss_at_one_table_is_no_proof() -> None:
    honest = ntu_core(two_tables(negotiable=False))
    margins = {m.members: m for m in ntu_core(two_tables(negotiable=True)).margins}
    swapped = tuple(
        replace(m, deal=margins[m.members].deal, gains=margins[m.members].gains)
        for m in honest.margins
    )
    with pytest.raises(VerificationError, match="not open to the members"):
        replace(honest, margins=swapped).verify()


def test_packages_that_depend_on_each_other_are_refused() -> None:
    spill = np.array([[[F(0)] * 3, [F(0)] * 3], [[F(0)] * 3, [F(1)] * 3]], dtype=object)
    tied = replace(two_tables(negotiable=True), links=(Link(("guns", "fentanyl"), False, spill),))
    ruled = pies({("us", "mexico"): 1, ("us", "canada"): 1}, at_most=1)
    ruled = replace(ruled, links=(Link(tuple(ruled.issue_names), False),))
    for game, words in (
        (tied, "two tables: .*spillover.*guns and fentanyl"),
        (ruled, "constraint"),
    ):
        with pytest.raises(NotSupportedError, match=words):
            bg.coalitions(game, utility="nontransferable")
        with pytest.raises(NotSupportedError, match=words):
            ntu_core(game)
        assert bg.coalitions(game).verify()
    assert ntu_core(treaty()).verify()
