"""The core without side payments: blocking coalitions, and whether it is empty."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from party_games import NORTH_AMERICA, act, packages, pies, public_good, random_game, treaty
from scipy.optimize import linprog

import bargaining as bg
from bargaining.errors import InputError, VerificationError
from bargaining.linkage.coalitions.ntu_core import ntu_core
from bargaining.linkage.coalitions.ntu_search import Closed, Split
from bargaining.report.parties_text import ntu_words

PAIRS = tuple(itertools.combinations(NORTH_AMERICA, 2))
NEAR = 1e-6


def test_treaty_is_not_blocked() -> None:
    """SCENARIOS 5: (1, 1, 1), and no pair has anything of its own."""
    found = ntu_core(treaty())
    assert found.verify()
    assert list(found.point.values()) == [1, 1, 1]
    assert (found.in_core, found.empty, found.blocking) == (True, False, ())
    assert found.status == bg.Status.SOLVED


def test_a_wasteful_point_is_blocked_by_all() -> None:
    found = ntu_core(treaty(), point={"us": "1/2", "mexico": "1/2", "canada": "1/2"})
    assert found.verify()
    assert [m.members for m in found.blocking] == [NORTH_AMERICA]
    assert found.blocking[0].low == F(1, 2)
    assert (found.in_core, found.empty) == (False, False)
    assert (
        "us+mexico+canada can do better, by 1/2 for each member with a stake" in ntu_words(found)[0]
    )


def test_a_point_out_of_reach() -> None:
    found = ntu_core(treaty(), point={"us": 2, "mexico": 2, "canada": 2})
    assert found.verify()
    assert (found.in_core, found.blocking, found.out_of_reach) == (False, (), True)


def test_majority_game_has_no_core() -> None:
    """One pie of 1 for one pair: whoever is left out offers one of the two a little more."""
    game = pies(dict.fromkeys(PAIRS, 1), at_most=1)
    found = ntu_core(game)
    assert found.verify()
    assert found.empty is True
    assert (found.in_core, found.status) == (False, bg.Status.SOLVED)
    # Each pair can give both 1/2, which is 1/6 more than the third of a settlement of all.
    assert [m.low for m in found.blocking] == [F(1, 6)] * 3
    assert "every deal is blocked" in ntu_words(found)[-1]


@pytest.mark.parametrize(("sizes", "empty"), [((6, 6, 6), True), ((9, 4, 4), False)])
def test_pies_of_different_sizes(sizes: tuple[int, int, int], empty: bool) -> None:
    """With money-like pies the core is that of v(pair) = size, v(N) = the largest size.

    It is empty if and only if half the sum of the sizes exceeds the largest.
    """
    assert empty == (sum(sizes) / 2 > max(sizes))
    found = ntu_core(pies(dict(zip(PAIRS, sizes, strict=True)), at_most=1))
    assert found.verify()
    assert found.empty is empty


def test_free_riding_is_no_blocking() -> None:
    """An outsider who gains most by two abating blocks nothing alone: all three are in the core."""
    found = ntu_core(public_good(3, 2, 3))
    assert found.verify()
    assert found.in_core


def test_best_replies_of_outsiders() -> None:
    """Benefit 3, cost 2: all abate anyway, so that each has 7 and cannot do better."""
    found = ntu_core(public_good(3, 3, 2), outsiders="best_reply")
    assert found.verify()
    assert list(found.point.values()) == [7, 7, 7]
    assert found.in_core


def pair_normals(points: np.ndarray) -> list[np.ndarray]:
    """Weights of every line through two packages with none beyond it, and of the axes."""
    found = [np.array([1.0, 0.0]), np.array([0.0, 1.0])]
    for p, q in itertools.combinations(points, 2):
        normal = np.array([p[1] - q[1], q[0] - p[0]])
        if abs(normal.sum()) > NEAR:
            normal = normal / normal.sum()
            beyond = (points @ normal).max() - p @ normal
            if normal.min() > NEAR and beyond < NEAR:
                found.append(normal)
    kept: list[np.ndarray] = []
    for normal in found:
        if all(np.abs(normal - other).max() > NEAR for other in kept):
            kept.append(normal)
    return kept


def spare(game: bg.LinkageGame) -> float:
    """The most by which a deal of all can exceed what every coalition asks for, by listing.

    For every choice of one supporting line per pair a linear programme over lotteries of packages.
    """
    whole = packages(game, game.players, "status_quo")
    base = []
    for i, player in enumerate(game.players):
        base.append((np.eye(3)[i], packages(game, (player,), "status_quo")[:, i].max()))
    choices = []
    for pair in itertools.combinations(range(3), 2):
        members = tuple(game.players[i] for i in pair)
        points = packages(game, members, "status_quo")[:, list(pair)]
        lines = []
        for normal in pair_normals(np.unique(points, axis=0)):
            weights = np.zeros(3)
            weights[list(pair)] = normal
            lines.append((weights, (points @ normal).max()))
        choices.append(lines)
    best = -np.inf
    count = len(whole)
    for chosen in itertools.product(*choices):
        asked = [*base, *chosen]
        result = linprog(
            [*np.zeros(count), -1],
            A_ub=[[*(-whole @ weights), 1] for weights, _ in asked],
            b_ub=[-bound for _, bound in asked],
            A_eq=[[*np.ones(count), 0]],
            b_eq=[1],
            bounds=[(0, None)] * count + [(None, None)],
        )
        best = max(best, float(-result.fun))
    return best


@pytest.mark.parametrize("seed", range(12))
def test_emptiness_against_all_choices_of_lines(seed: int) -> None:
    draw = random.Random(seed)
    if seed % 2:
        game = random_game(seed)
    else:
        issues = []
        for a, b in PAIRS:
            table = {p: [0, *(draw.randint(-1, 5) for _ in range(3))] for p in (a, b)}
            labels = ["none", "x", "y", "z"]
            issues.append(
                bg.Issue.from_options(f"{a}_{b}", NORTH_AMERICA, labels, table, status_quo="none")
            )
        rule = pies(dict.fromkeys(PAIRS, 1), at_most=1).constraints[0]
        some = tuple((name, frozenset({1, 2, 3})) for name, _ in rule.statements)
        rules = (replace(rule, statements=some),)
        game = bg.LinkageGame(NORTH_AMERICA, issues, channels={"constraints": rules})
    found = ntu_core(game, point={"us": -1})
    assert found.verify()
    assert found.empty is not None
    room = spare(game)
    if abs(room) > NEAR:
        assert found.empty == (room < 0)
    if not found.empty:
        again = ntu_core(game, point=found.core_point)
        assert again.in_core
        assert again.verify()


def test_four_players_without_a_core() -> None:
    """Any three of four may split 3, all four no more: the three poorest have at most 9/4 < 3."""
    players = ["a", "b", "c", "d"]
    issues, statements = [], []
    for three in itertools.combinations(players, 3):
        name = "".join(three)
        table = {p: [0, *(3 * int(p == q) for q in three)] for p in three}
        labels = ["none", *three]
        issues.append(bg.Issue.from_options(name, players, labels, table, status_quo="none"))
        statements.append((name, frozenset({1, 2, 3})))
    rule = replace(pies(dict.fromkeys(PAIRS, 1), at_most=1).constraints[0], limit=1)
    rule = replace(rule, statements=tuple(statements))
    game = bg.LinkageGame(players, issues, channels={"constraints": (rule,)})
    found = ntu_core(game)
    assert found.verify()
    assert not found.in_core
    assert found.empty is True
    assert len(found.blocking) == 4


def test_wrong_points() -> None:
    with pytest.raises(InputError, match='found "kanada"'):
        ntu_core(treaty(), point={"kanada": 1})


def test_tampered_answers_are_refused() -> None:
    found = ntu_core(pies(dict.fromkeys(PAIRS, 1), at_most=1))
    assert isinstance(found.found.proof, Split)
    zero = Closed(tuple(F(0) for _ in range(3)))
    first = found.margins[0]
    for changed in (
        replace(found, blocking=found.blocking[1:]),
        replace(found, in_core=True),
        replace(found, found=replace(found.found, proof=zero)),
        replace(found, found=replace(found.found, proof=None)),
        replace(found, found=replace(found.found, proof=replace(found.found.proof, cases=()))),
        replace(found, margins=(replace(first, high=first.high + 1), *found.margins[1:])),
        replace(found, margins=found.margins[1:]),
        replace(found, empty=False),
    ):
        with pytest.raises(VerificationError):
            changed.verify()
    other = ntu_core(treaty(), point={"us": 1})
    for changed in (
        replace(other, core_point={**other.core_point, "us": F(9)}),
        replace(other, found=replace(other.found, margins=other.found.margins[1:])),
    ):
        with pytest.raises(VerificationError):
            changed.verify()


def test_json() -> None:
    data = ntu_core(pies(dict.fromkeys(PAIRS, 1), at_most=1)).to_dict(exact=True)
    assert data["empty"] is True
    assert data["exact"]["blocking"][0]["margin"] == "1/6"


def test_a_bystanders_acts_are_at_the_coalitions_disposal() -> None:
    """Only c can act, to a's good; he has no stake, so a+c blocks by what a gains."""
    players = ("a", "b", "c")
    game = bg.LinkageGame(
        players, [act("help", players, "c", {"a": 1}), act("other", players, "b", {"b": 1})]
    )
    found = ntu_core(game, point={"b": 1})
    assert found.verify()
    assert [("+".join(m.members), m.low) for m in found.blocking] == [("a+c", 1)]
    assert "a+c can do better, by 1 for each member with a stake." in ntu_words(found)[0]
    assert "a+c blocks it: 1 more for each with a stake" in str(found)
