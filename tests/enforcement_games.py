"""Games for the tests of enforcement, and one-shot deviations by brute force.

The search by brute force shares no code with the package: it walks over every plan of what a
player would do for each thing that he can be told, and recomputes payoffs from the game's issues
and links.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from small_games import fractions

from bargaining import Issue, Link, LinkageGame, critical_discount
from bargaining.settlement.enforcement.thresholds import CriticalDiscount

PLAYERS = ["us", "mexico"]


def dilemma(name: str, first: list, second: list) -> Issue:
    """Two acts each, cooperate first; the status quo is that both defect."""
    return Issue.normal_form(
        name,
        PLAYERS,
        {p: ["C", "D"] for p in PLAYERS},
        {"us": first, "mexico": second},
        status_quo=dict.fromkeys(PLAYERS, "D"),
    )


def mirrored() -> LinkageGame:
    """Two dilemmas, each hard for one player: temptation and loss (4, 1) and (1, 4)."""
    hard, easy = [[1, -1], [5, 0]], [[4, 5], [-1, 0]]
    soft, stern = [[4, -1], [5, 0]], [[1, 5], [-1, 0]]
    return LinkageGame(PLAYERS, [dilemma("one", hard, easy), dilemma("two", soft, stern)])


def identical() -> LinkageGame:
    """Two copies of the dilemma (5, 3, 1)."""
    mine, theirs = [[3, 0], [5, 1]], [[3, 5], [0, 1]]
    return LinkageGame(PLAYERS, [dilemma("one", mine, theirs), dilemma("two", mine, theirs)])


def favours(costs: list, benefits: list[list]) -> LinkageGame:
    """One act each: player i pays costs[i], player j then gets benefits[j][i]."""
    names = [chr(ord("a") + i) for i in range(len(costs))]
    issues = []
    for i, actor in enumerate(names):
        payoffs = {
            names[j]: [0, -costs[i] if j == i else benefits[j][i]] for j in range(len(costs))
        }
        issues.append(
            Issue.normal_form(
                f"act {actor}", names, {actor: ["no", "yes"]}, payoffs, status_quo={actor: "no"}
            )
        )
    return LinkageGame(names, issues)


def random_game(
    rng: np.random.Generator,
    *,
    shapes: list[dict[str, int] | int],
    players: int = 2,
    linked: list[tuple[int, int]] = (),
    span: int = 5,
) -> LinkageGame:
    """Whole-number payoffs; a shape is the number of acts by player, or of joint options."""
    names = ["a", "b", "c"][:players]
    issues = []
    for k, shape in enumerate(shapes):
        if isinstance(shape, int):
            payoffs = {p: rng.integers(-span, span + 1, shape).tolist() for p in names}
            labels = [f"o{j}" for j in range(shape)]
            issues.append(Issue.from_options(f"k{k}", names, labels, payoffs, status_quo="o0"))
            continue
        acts = {p: [f"{p}{j}" for j in range(n)] for p, n in shape.items()}
        size = tuple(shape.values())
        payoffs = {p: rng.integers(-span, span + 1, size).tolist() for p in names}
        origin = {p: labels[0] for p, labels in acts.items()}
        issues.append(Issue.normal_form(f"k{k}", names, acts, payoffs, status_quo=origin))
    links = None
    if linked:
        links = [
            Link(
                (f"k{a}", f"k{b}"),
                True,
                fractions(rng.integers(-span, span + 1, (issues[a].size, issues[b].size, players))),
            )
            for a, b in linked
        ]
    return LinkageGame(names, issues, links if links is None else tuple(links))


def payoff(game: LinkageGame, cell: Mapping[str, int], player: int) -> Fraction:
    """Total payoff at an outcome per issue, from the issues and links themselves."""
    total = sum(
        (game.issues[name].exact_payoffs[a, player] for name, a in cell.items()), Fraction(0)
    )
    for link in game.links or ():
        if link.spillovers is not None:
            total += link.spillovers[tuple(cell[name] for name in link.between)][player]
    return total


def told(game: LinkageGame, name: str, outcome: int, player: int) -> int:
    """The act that an outcome prescribes; 0 where the player has none."""
    issue = game.issues[name]
    acting = list(issue.actions)
    if game.players[player] not in acting:
        return 0
    return int(np.unravel_index(outcome, issue.shape)[acting.index(game.players[player])])


def after(game: LinkageGame, name: str, outcome: int, player: int, act: int | None) -> int:
    """The outcome after a player changes his act; None: he does as told, "out" is act -1."""
    issue = game.issues[name]
    if act is None:
        return outcome
    if issue.is_options:
        return issue.status_quo_index
    acts = list(np.unravel_index(outcome, issue.shape))
    acts[list(issue.actions).index(game.players[player])] = act
    return int(np.ravel_multi_index(acts, issue.shape))


def choices(game: LinkageGame, name: str, player: int) -> list[int | None]:
    issue = game.issues[name]
    if issue.is_options:
        return [None, -1]
    if game.players[player] in issue.actions:
        return [None, *range(len(issue.actions[game.players[player]]))]
    return [None]


def brute_temptation(
    game: LinkageGame, lottery: Mapping[tuple[int, ...], Fraction], player: int, *, jointly: bool
) -> Fraction:
    """What a player gains at most by changing acts, given a lottery over full outcomes.

    ``jointly``: his change may depend on all that he is told; otherwise, issue by issue (payoffs
    add up), only on what he is told there.
    """
    names = list(game.issues)
    if not jointly:
        total = Fraction(0)
        for k, name in enumerate(names):
            by_told: dict[int, list] = {}
            for cell, share in lottery.items():
                by_told.setdefault(told(game, name, cell[k], player), []).append((cell[k], share))
            table = game.issues[name].exact_payoffs[:, player]
            for group in by_told.values():
                total += max(
                    sum(s * (table[after(game, name, a, player, act)] - table[a]) for a, s in group)
                    for act in choices(game, name, player)
                )
        return total
    groups: dict[tuple, list] = {}
    for cell, share in lottery.items():
        key = tuple(told(game, n, a, player) for n, a in zip(names, cell, strict=True))
        groups.setdefault(key, []).append((cell, share))
    total = Fraction(0)
    for group in groups.values():
        total += max(
            sum(
                s
                * (
                    payoff(game, moved(game, cell, player, plan), player)
                    - payoff(game, dict(zip(names, cell, strict=True)), player)
                )
                for cell, s in group
            )
            for plan in plans(game, player)
        )
    return total


def moved(game: LinkageGame, cell: tuple[int, ...], player: int, plan: tuple) -> dict[str, int]:
    return {
        name: after(game, name, a, player, act)
        for name, a, act in zip(game.issues, cell, plan, strict=True)
    }


def plans(game: LinkageGame, player: int) -> Iterator[tuple[Any, ...]]:
    """Everything that a player can do at once: per issue an act, or as told."""
    yield from itertools.product(*(choices(game, name, player) for name in game.issues))


def certified_discount(game: LinkageGame, **keywords: Any) -> CriticalDiscount:
    """Critical discount factors whose proofs hold."""
    answer = critical_discount(game, **keywords)
    assert answer.verify()
    return answer
