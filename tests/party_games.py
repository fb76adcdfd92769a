"""Games of three or more players that several tests use."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import numpy as np

import bargaining as bg
from bargaining.linkage.coalitions.reach import reach
from bargaining.model.constraints import Constraint
from bargaining.model.deal import Deal, gains
from bargaining.model.expressions import number
from bargaining.model.links import Link

NORTH_AMERICA = ("us", "mexico", "canada")


def act(name: str, players: Sequence[str], actor: str, payoffs: dict[str, object]) -> bg.Issue:
    """One player does something or not; payoffs are those of doing it."""
    return bg.Issue.normal_form(
        name,
        players,
        {actor: ["no", "yes"]},
        {player: [0, value] for player, value in payoffs.items()},
        status_quo={actor: "no"},
    )


def treaty() -> bg.LinkageGame:
    """SCENARIOS 5: each act helps only the next party in the circle."""
    us, mexico, canada = NORTH_AMERICA
    return bg.LinkageGame(
        NORTH_AMERICA,
        [
            act("guns", NORTH_AMERICA, us, {us: -2, mexico: 3}),
            act("mining", NORTH_AMERICA, mexico, {mexico: -2, canada: 3}),
            act("precursors", NORTH_AMERICA, canada, {canada: -2, us: 3}),
        ],
    )


def guest(e: object) -> bg.LinkageGame:
    """SCENARIOS 6: Canada only signs; raids are worth e to it."""
    us, mexico, canada = NORTH_AMERICA
    return bg.LinkageGame(
        NORTH_AMERICA,
        [
            act("guns", NORTH_AMERICA, us, {us: -4, mexico: 6}),
            act("fentanyl", NORTH_AMERICA, mexico, {us: 5, mexico: -3, canada: e}),
        ],
    )


def public_good(count: int, benefit: int, cost: int) -> bg.LinkageGame:
    """Each of so many players may abate: it brings everyone the benefit and costs him the cost."""
    players = [f"p{i}" for i in range(count)]
    outcomes = np.array(list(itertools.product((0, 1), repeat=count)))
    shape = (2,) * count
    payoffs = {
        player: (benefit * outcomes.sum(axis=1) - cost * outcomes[:, i]).reshape(shape)
        for i, player in enumerate(players)
    }
    acts = {player: ["no", "abate"] for player in players}
    kept = dict.fromkeys(players, "no")
    air = bg.Issue.normal_form("air", players, acts, payoffs, status_quo=kept)
    return bg.LinkageGame(players, [air])


def pies(sizes: dict[tuple[str, str], int], *, at_most: int | None = None) -> bg.LinkageGame:
    """Pairs of three players have a pie each; with ``at_most`` so many of them can be cut."""
    issues = []
    for (a, b), size in sizes.items():
        payoffs = {a: [0, size, 0], b: [0, 0, size]}
        issues.append(
            bg.Issue.from_options(
                f"{a}_{b}", NORTH_AMERICA, ["none", a, b], payoffs, status_quo="none"
            )
        )
    channels = {}
    if at_most is not None:
        cut = tuple((issue.name, frozenset({1, 2})) for issue in issues)
        channels["constraints"] = (Constraint(cut, at_most, "constraints[0]"),)
    return bg.LinkageGame(NORTH_AMERICA, issues, channels=channels)


def random_game(seed: int, *, spill: bool = False) -> bg.LinkageGame:
    """Three players, an act each, one issue of two actors, and some option issues."""
    draw = random.Random(seed)
    players = NORTH_AMERICA
    issues = []
    for actor in players:
        payoffs: dict[str, object] = {p: draw.randint(-3, 4) for p in players}
        issues.append(act(f"act_{actor}", players, actor, payoffs))
    first, second = draw.sample(players, 2)
    pair = sorted((first, second), key=players.index)
    issues.append(
        bg.Issue.normal_form(
            "joint",
            players,
            {p: ["a", "b"] for p in pair},
            {p: [[0, draw.randint(-3, 3)], [draw.randint(-3, 3)] * 2] for p in players},
            status_quo=dict.fromkeys(pair, "a"),
        )
    )
    for a, b in itertools.combinations(players, 2):
        if draw.random() < 0.5:
            table = {p: [0, *(draw.randint(-2, 4) for _ in range(2))] for p in (a, b)}
            issues.append(
                bg.Issue.from_options(f"{a}_{b}", players, ["o", "x", "y"], table, status_quo="o")
            )
    links = None
    if spill:
        links = _complete(draw, issues)
    return bg.LinkageGame(players, issues, links)


def _complete(draw: random.Random, issues: Sequence[bg.Issue]) -> tuple[Link, ...]:
    """Link every two issues; the first two also spill over."""
    links = []
    for one, other in itertools.combinations(issues, 2):
        table = None
        if not links:
            size = (one.size, other.size, len(one.players))
            values = [number(draw.randint(-3, 3)) for _ in range(int(np.prod(size)))]
            table = np.array(values, dtype=object).reshape(size)
        links.append(Link((one.name, other.name), True, table))
    return tuple(links)


def packages(game: bg.LinkageGame, members: tuple[str, ...], outsiders: str) -> np.ndarray:
    """Gains of all players from every package of outcomes open to a coalition, listed."""
    found = reach(game, members, outsiders=outsiders)  # type: ignore[arg-type]
    rows = []
    for chosen in itertools.product(*(rows.tolist() for rows in found.rows)):
        outcomes = dict(zip(game.issue_names, chosen, strict=True))
        if all(rule.allows(outcomes) for rule in game.constraints):
            rows.append([float(g) for g in gains(game, Deal(np.array(chosen)))])
    return np.array(rows)
