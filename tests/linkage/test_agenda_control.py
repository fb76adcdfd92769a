"""Fewest issues to keep off the table, and fewest to bring to it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from small_games import whole_gains

import bargaining as bg
from bargaining.errors import InputError, VerificationError
from bargaining.linkage.agenda_control import agenda_control
from bargaining.linkage.cheapest_set import cheapest_set, costs_at_least
from bargaining.linkage.common_rate import common_rate
from bargaining.model.links import Link

FIVE = {
    "guns": [[0, 0], [-4, 6]],
    "fent": [[0, 0], [5, -3]],
    "extrad": [[0, 0], [2, -1]],
    "water": [[0, 0], [-1, 2]],
    "money": [[0, 0], [1, -1]],
}


def attains(game: bg.LinkageGame, off: tuple[str, ...]) -> bool:
    """Whether the linked agenda of the issues left helps everyone: by settling it."""
    if len(off) == len(game.issues):
        return False
    left = game.without(*off)
    return left.interested == game.interested and bg.settle(left).mutual_gain


def fewest(game: bg.LinkageGame, *, on: frozenset[str] | None = None) -> int | None:
    """Brute force: fewest to keep off; with ``on``, fewest to add to a table."""
    names = tuple(game.issue_names)
    for size in range(len(names) + 1):
        for chosen in itertools.combinations(names, size):
            if on is None and not attains(game, chosen):
                return size
            if on is not None:
                off = tuple(n for n in names if n not in on and n not in chosen)
                if attains(game, off):
                    return size
    return None


def test_five_issues() -> None:
    """C1.11: remove two of five; six minimal packages, all pairs."""
    game = bg.LinkageGame.from_payoffs(list(FIVE.values()))
    found = agenda_control(game)
    assert found.verify()
    assert len(found.keep_off) == found.at_least == 2
    packages = list(bg.minimal_packages(game))
    assert len(packages) == 6
    assert all(len(p) == 2 for p in packages)
    assert all(set(found.keep_off) & p for p in packages)
    assert frozenset(found.bring_in or ()) in packages


@pytest.mark.parametrize("players", [2, 3])
@pytest.mark.parametrize("seed", range(6))
def test_against_brute_force(players: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    data = whole_gains(rng, (5, 2, players), -6, 7)
    game = bg.LinkageGame.from_payoffs(data)
    for table in ((), ("1",), ("0", "3")):
        found = agenda_control(game, table=table)
        assert found.verify()
        assert len(found.keep_off) == found.at_least == fewest(game)
        least = fewest(game, on=frozenset(table))
        assert least == (None if found.bring_in is None else len(found.bring_in))


def sparse(seed: int) -> bg.LinkageGame:
    """A random game on a path of five issues."""
    rng = np.random.default_rng(seed)
    data = whole_gains(rng, (5, 2, 2), -5, 6)
    base = bg.LinkageGame.from_payoffs(data)
    links = tuple(Link((str(k), str(k + 1))) for k in range(4))
    return replace(base, issues=dict(base.issues.items()), links=links)


@pytest.mark.parametrize("seed", range(8))
def test_sparse_links_against_brute_force(seed: int) -> None:
    game = sparse(seed)
    found = agenda_control(game)
    assert found.verify()
    assert len(found.keep_off) == found.at_least == fewest(game)
    least = fewest(game, on=frozenset())
    assert least == (None if found.bring_in is None else len(found.bring_in))


def test_pure_deals() -> None:
    """All-or-nothing: 2 and 3 must join to pay for 4, shares would need one of them."""
    game = bg.LinkageGame.from_payoffs(
        [[[0, 0], [-4, 6]], [[0, 0], [2, -1]], [[0, 0], [3, -2]], [[0, 0], [-9, 1]]]
    )
    found = agenda_control(game, deals="pure")
    assert found.verify()
    assert found.keep_off in (("0",), ("1",), ("2",))
    assert found.bring_in == ("0", "1", "2")
    assert len(agenda_control(game).bring_in or ()) == 2


def test_nothing_to_control() -> None:
    game = bg.LinkageGame.from_payoffs([[[0, 0], [-1, 1]], [[0, 0], [1, -1]]])
    found = agenda_control(game)
    assert found.verify()
    assert found.keep_off == ()
    assert found.bring_in is None


def test_intervals() -> None:
    """Against all points: the largest number of random intervals that share an end."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        ends = [tuple(sorted(F(int(x), 10) for x in rng.integers(0, 11, 2))) for _ in range(8)]
        found = common_rate(ends)  # type: ignore[arg-type]
        most = max(sum(low <= t <= high for low, high in ends) for t, _ in ends)
        assert len(found.members) == len(found.groups) == most
        assert sorted(k for group in found.groups for k in group) == list(range(8))
        for group in found.groups:
            for i, j in itertools.combinations(group, 2):
                assert ends[i][1] < ends[j][0] or ends[j][1] < ends[i][0]


def test_smallest_sets() -> None:
    rng = np.random.default_rng(1)
    ones = dict.fromkeys(range(7), F(1))
    for _ in range(30):
        families = [frozenset(rng.choice(7, 3, replace=False).tolist()) for _ in range(4)]

        def holds(chosen: frozenset[int], families: list[frozenset[int]] = families) -> bool:
            return any(family <= chosen for family in families[:2]) and all(
                family & chosen for family in families
            )

        found = cheapest_set(ones, holds)
        least = next(
            (
                size
                for size in range(8)
                for chosen in itertools.combinations(range(7), size)
                if holds(frozenset(chosen))
            ),
            None,
        )
        assert found.complete
        assert least == (None if found.members is None else len(found.members))
        if least is not None:
            assert costs_at_least(ones, found.demands, F(least))
            assert not costs_at_least(ones, found.demands, F(least + 1))


def test_tampering_is_noticed() -> None:
    for game in (bg.LinkageGame.from_payoffs(list(FIVE.values())), sparse(1)):
        found = agenda_control(game)
        assert found.keep_off
        one = found.keep_off[0]
        for wrong in (
            {"keep_off": found.keep_off[1:], "kept": (*found.kept, one)},
            {"at_least": found.at_least + 1},
            {"bring_in": ()},
            {"bring_in": tuple(game.issue_names), "bring_at_least": len(game.issues)},
        ):
            with pytest.raises(VerificationError):
                replace(found, **wrong).verify()


def test_too_many_to_search() -> None:
    data = np.ones((61, 2, 3), dtype=np.int64)
    data[:, 0] = 0
    with pytest.raises(InputError, match="at most 60"):
        agenda_control(bg.LinkageGame.from_payoffs(data))
