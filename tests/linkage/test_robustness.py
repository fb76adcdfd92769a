"""How far payoffs must move before the verdict is another: both sides of the radius."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import bargaining as bg
from bargaining.errors import NotDefinedError, VerificationError
from bargaining.files.library import bundled
from bargaining.linkage.attains import breaks, is_plain
from bargaining.linkage.nearby import moved, noise, ranges
from bargaining.linkage.ordinal import ordinal
from bargaining.results import Status

SAMPLES = 10_000
MARGIN = 1e-9
"""Rates this close together, in floats, are decided again in fractions."""
BELOW = 1 - 1e-9

PLAIN = [name for name in bundled() if is_plain(bg.load(name))]
HEAVY = (
    "negotiations/camp_david_1978",
    "negotiations/panama_canal_1974",
    "lessons/one_exchange_rate",
)


def verdicts(
    game: bg.LinkageGame, shares: NDArray[Any], radius: float
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Verdicts of moved games from interval ends in floats, and which are too close to call.

    ``shares`` has shape (games, all outcomes, 2); every two issues must be linkable.
    """
    one, two = game.interested
    low, high, close = [], [], np.zeros(len(shares), dtype=bool)
    start = 0
    for k, issue in enumerate(game.issues.values()):
        payoffs = np.asarray(issue.exact_payoffs[:, [one, two]], dtype=float)
        spread = payoffs.max(axis=0) - payoffs.min(axis=0)
        part = shares[:, start : start + len(payoffs)]
        start += len(payoffs)
        now = payoffs + radius * spread * part
        origin = int(game.origin[k])
        gains = now - now[:, origin : origin + 1]
        x, y = gains[..., 0], gains[..., 1]
        near = (np.abs(gains) < MARGIN) & (spread > 0)
        near[:, origin] = False
        close |= near.any(axis=(1, 2))
        size = np.where(x == y, 1.0, np.abs(x - y))
        low.append(np.where((x > 0) & (y > 0), 2.0, np.where(y > 0, y / size, 0.0)).max(axis=1))
        high.append(np.where((x > 0) & (y > 0), -1.0, np.where(x > 0, -y / size, 1.0)).min(axis=1))
    lows, highs = np.array(low), np.array(high)
    close |= (np.abs(lows[:, None] - highs[None]) < MARGIN).any(axis=(0, 1))
    linked = lows.max(axis=0) > highs.min(axis=0)
    delinked = (lows > highs).any(axis=0)
    return linked & ~delinked, close


def fully_linked(game: bg.LinkageGame) -> bool:
    count = len(game.issues)
    return game.links is None or len(game.links) == count * (count - 1) // 2


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n in HEAVY else n for n in PLAIN]
)
def test_both_sides_of_the_radius(name: str) -> None:
    game = bg.load(name)
    answer = bg.robustness(game)
    assert answer.verify()
    assert answer.status == Status.SOLVED
    if answer.flipped_game is not None:  # just above: a game with the other verdict
        assert answer.flipped_radius is not None
        just_above = float(answer.bracket[1]) * 1.0011 or 0.001  # of a verdict on the edge
        assert float(answer.flipped_radius) <= just_above
        flipped = bg.solve(answer.flipped_game).verdict.linking_breaks_deadlock
        assert flipped != answer.linking_breaks_deadlock
        for issue, other in zip(
            game.issues.values(), answer.flipped_game.issues.values(), strict=True
        ):
            change = abs(other.exact_payoffs - issue.exact_payoffs)
            assert np.all(change <= answer.flipped_radius * ranges(issue))
    if not fully_linked(game):
        return
    rng = np.random.default_rng(7)
    outcomes = sum(issue.size for issue in game.issues.values())
    shares = rng.uniform(-1, 1, size=(SAMPLES, outcomes, 2))
    shares[SAMPLES // 2 :] = np.sign(shares[SAMPLES // 2 :])  # corners of the box
    below = (1.0 if answer.radius is None else float(answer.radius)) * BELOW
    found, close = verdicts(game, shares, below)
    for j in np.flatnonzero(close):  # decided exactly
        found[j] = breaks(moved(game, exact_moves(game, shares[j]), F(below)))
    assert np.all(found == answer.linking_breaks_deadlock)


def exact_moves(game: bg.LinkageGame, shares: NDArray[Any]) -> dict[str, NDArray[Any]]:
    moves, start = {}, 0
    for name, issue in game.issues.items():
        table = np.full(issue.exact_payoffs.shape, F(0), dtype=object)
        for j, i in enumerate(game.interested):
            table[:, i] = [F(float(x)) for x in shares[start : start + issue.size, j]]
        moves[name] = table
        start += issue.size
    return moves


def random_games(count: int, seed: int) -> list[bg.LinkageGame]:
    rng = np.random.default_rng(seed)
    found = []
    while len(found) < count:
        shape = (int(rng.integers(1, 4)), int(rng.integers(2, 4)), 2)
        gains = rng.integers(-6, 7, size=shape)
        if rng.random() < 0.3:  # an issue that means nothing to one of the players
            gains[rng.integers(shape[0]), :, rng.integers(2)] = 0
        gains[:, 0] = 0
        game = bg.LinkageGame.from_payoffs(gains)
        if len(game.interested) == 2:
            found.append(game)
    return found


def least_by_grid(game: bg.LinkageGame) -> float:
    """Where linking stops, or delinked starts, on a dense grid of exchange rates."""
    t = np.linspace(0, 1, 20_001)[1:-1]
    falls: list[NDArray[Any]] = []
    rises: list[list[float]] = [[], []]
    ends = [-np.inf, -np.inf]
    for issue in game.issues.values():
        span = np.asarray(ranges(issue), dtype=float)
        gains = np.asarray(issue.exact_gains[1:], dtype=float)
        over = t * span[0] + (1 - t) * span[1]
        if not span.any():
            continue
        worth = (gains[:, :1] * t + gains[:, 1:] * (1 - t)) / (2 * over)
        falls.append(worth.max(axis=0))
        for side in (0, 1):  # the end itself binds unless the issue means nothing there
            end = gains[:, side].max() / (2 * span[side]) if span[side] else -np.inf
            ends[side] = max(ends[side], end)
            rises[side].append(min(worth.max(axis=0).min(), end))
    stops = min(np.max(falls, axis=0).min(), *ends)
    starts = -min(max(rises[0]), max(rises[1]))
    return float(min(stops, starts))


def test_true_verdicts_against_a_dense_grid() -> None:
    looked = 0
    for game in random_games(900, 3):
        if not breaks(game):
            continue
        answer = bg.robustness(game)
        assert answer.verify()
        assert answer.radius is not None
        grid = least_by_grid(game)
        assert float(answer.radius) == pytest.approx(grid, abs=2e-3)
        looked += 1
    assert looked > 20


def test_false_verdicts_stand_below_and_turn_above() -> None:
    rng = np.random.default_rng(11)
    turned = never = 0
    for game in random_games(60, 5):
        answer = bg.robustness(game)
        assert answer.verify()  # flips just above
        if breaks(game):
            continue
        outcomes = sum(issue.size for issue in game.issues.values())
        shares = np.sign(rng.uniform(-1, 1, size=(3_000, outcomes, 2)))
        shares[1_500:] *= rng.integers(0, 2, size=shares[1_500:].shape)
        radius = 2.0 if answer.radius is None else float(answer.radius)
        found, close = verdicts(game, shares, radius * (1 - 1e-6))
        assert not np.any(found & ~close)
        turned += answer.radius is not None
        never += answer.radius is None
    assert turned > 20
    assert never > 2


@pytest.mark.slow
def test_unlocking_beyond_the_bound_is_where_differential_evolution_finds_it() -> None:
    from scipy.optimize import differential_evolution

    # health gives both 1; security is a favour: linked must work while health does not
    game = bg.LinkageGame.from_payoffs([[[0, 0], [3, 1], [-2, 4]], [[0, 0], [1, -5], [-1, -1]]])
    answer = bg.robustness(game)
    assert not answer.linking_breaks_deadlock
    assert answer.radius is not None

    def worst(point: NDArray[Any]) -> float:
        radius, shares = point[0], point[1:].reshape(1, 6, 2)
        found, _ = verdicts(game, shares, radius)
        return radius if found[0] else 2.0 + radius

    bounds = [(0, 0.7), *[(-1, 1)] * 12]
    best = differential_evolution(worst, bounds, seed=1, maxiter=100, popsize=12, polish=False)
    assert best.fun >= float(answer.radius) - 1e-6
    assert best.fun <= float(answer.radius) + 0.2


def test_a_flip_needs_an_issue_and_a_player_more() -> None:
    for gains in ([[[0, 0], [3, -1]]], [[[0, 0], [3, 0]], [[0, 0], [-1, 0]]]):
        answer = bg.robustness(bg.LinkageGame.from_payoffs(gains))
        assert answer.radius is None
        assert answer.flipped_game is None
        assert "no change of payoffs" in answer.in_words
        assert answer.verify()


def test_the_most_sensitive_payoff_against_brute_force() -> None:
    for game in random_games(12, 21):
        now, answer = breaks(game), bg.robustness(game)
        one = answer.most_sensitive
        limit = F(3, 2) if one is None else F(one.radius) * F(99, 100)
        for name, issue in game.issues.items():
            spans = ranges(issue)
            for a, i in itertools.product(range(issue.size), (0, 1)):
                for share in (limit * n / 8 for n in range(-8, 9)) if spans[i] else ():
                    moves = np.full(issue.exact_payoffs.shape, F(0), dtype=object)
                    moves[a, i] = F(1)
                    assert breaks(moved(game, {name: moves}, share)) is now


@pytest.mark.parametrize("seed", range(3))
def test_order_alone(seed: int) -> None:
    """Random payoffs with the same order agree with what the order is said to decide."""
    rng = np.random.default_rng(seed)
    for game in random_games(25, 40 + seed):
        said = ordinal(game)
        found = set()
        for _ in range(40):
            issues = {}
            for name, issue in game.issues.items():
                table = issue.exact_payoffs.copy()
                for i in (0, 1):
                    gains = issue.exact_gains[:, i]
                    for sign in (1, -1):  # each side of the status quo on its own scale
                        levels = sorted({abs(g) for g in gains if g * sign > 0})
                        steps = np.cumsum(rng.exponential(size=len(levels)))
                        scale = F(10) ** int(rng.integers(-3, 4))
                        values = dict(zip(levels, steps, strict=True))
                        for a, g in enumerate(gains):
                            if g * sign > 0:
                                table[a, i] = sign * scale * F(float(values[abs(g)]))
                issues[name] = replace(issue, exact_payoffs=table)
            found.add(breaks(replace(game, issues=issues)))
        if said == "every":
            assert found == {True}
        elif said == "none":
            assert found == {False}
        else:
            assert True in found


def test_order_decides_by_kinds_of_issues() -> None:
    favour, back, free = [[0, 0], [-4, 6]], [[0, 0], [5, -3]], [[0, 0], [5, 0]]
    both, opposed = [[0, 0], [1, 1]], [[0, 0], [4, -1], [-1, 4]]
    cases: list[tuple[list[Any], str]] = [
        ([favour, back], "some"),
        ([favour, free], "every"),
        ([favour, favour], "none"),
        ([favour, back, both], "none"),
        ([free, [[0, 0], [0, 1]]], "none"),
        ([back, free], "none"),
    ]
    for gains, said in cases:
        assert ordinal(bg.LinkageGame.from_payoffs(gains)) == said
    listed = [opposed, [[0, 0], [-4, 6], [-5, 5]]]
    assert ordinal(bg.LinkageGame.from_payoffs(listed)) == "some"


def test_three_players_are_bracketed_from_both_sides() -> None:
    game = bg.load("classic/three_way_trade")
    answer = bg.robustness(game, seconds=3)
    assert answer.verify()
    assert answer.radius is not None
    low, high = answer.bracket
    assert 0 < low <= high <= float(low) + 1e-5
    rng = np.random.default_rng(0)
    for _ in range(30):
        assert breaks(moved(game, noise(game, rng), F(low))) == answer.linking_breaks_deadlock


@pytest.mark.parametrize("size", [F(1, 10**60), F(10**60)])
def test_units_do_not_matter(size: F) -> None:
    gains = np.array([[[F(0), F(0)], [F(-4), F(6)]], [[F(0), F(0)], [F(5), F(-3)]]], dtype=object)
    gains[:, :, 1] *= size
    answer = bg.robustness(bg.LinkageGame.from_payoffs(gains))
    assert answer.closed_form == "7/6 - sqrt(10)/3"
    assert answer.verify()
    low, high = answer.bracket
    assert high - low < 1e-12
    root = F(7, 6) * 3  # low < 7/6 - sqrt(10)/3 < high, squared
    assert (root - 3 * F(high)) ** 2 < 10 < (root - 3 * F(low)) ** 2


def test_what_is_tampered_with_does_not_verify() -> None:
    answer = bg.robustness(bg.load("us_mexico/guns_for_fentanyl"))
    one = answer.most_sensitive
    assert one is not None
    assert answer.flipped_radius is not None
    wrong: list[dict[str, Any]] = [
        {"linking_breaks_deadlock": False},
        {"flipped_game": answer.game},
        {"flipped_game": None},
        {"flipped_radius": answer.flipped_radius / 2},
        {"bracket": (F(1, 5), F(1, 4)), "radius": F(1, 5), "flipped_radius": F(1, 4)},
        {"radius": 0.2},
        {"ordinal": "every"},
        {"most_sensitive": replace(one, turns_at=F(3), radius=F(1, 2))},
        {"most_sensitive": replace(one, turns_at=F(1), radius=F(5, 6))},
    ]
    for fields in wrong:
        with pytest.raises(VerificationError):
            replace(answer, **fields).verify()


def test_reservation_totals_have_no_issue_by_issue_verdict() -> None:
    table = "issue,option,a,b\nx,one,0,1\nx,two,1,0\ny,one,0,1\ny,two,1,0\n"
    with pytest.raises(NotDefinedError, match="robustness"):
        bg.robustness(bg.loads(table, format="csv"))
