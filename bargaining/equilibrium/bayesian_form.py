"""One-shot play of players who know things about themselves: types, acts and payoffs.

A player's type is one combination of his possible draws (types of probability 0 and draws that
touch none of the issues are left out); his act is one action in every issue in which he acts.
Draws are independent, so what a player expects of the others does not depend on his own type.
Option issues stay at their status quo: nobody can change it alone, and without an agreement
nobody does.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import NotSupportedError
from bargaining.model.game import LinkageGame
from bargaining.model.information import combined_labels

MAX_VARIABLES = 20_000
"""The most profiles of types times joint acts."""


@dataclass(frozen=True)
class PrivateType:
    """One of a player's types.

    Attributes
    ----------
    label : str
        The labels of his draws joined by ``" / "``, repeated ones numbered; ``"public"`` where
        he has no draws.
    chance : Fraction
    drawn : mapping of int to int
        The type of each of his draws, by the draw's position in the game.
    """

    label: str
    chance: Fraction
    drawn: Mapping[int, int]


@dataclass(frozen=True, eq=False)
class BayesianForm:
    """A game of private types, written out.

    Attributes
    ----------
    game : LinkageGame
    issues : tuple of str
        The issues that are played.
    types : tuple of tuple of PrivateType, one per player
    acts : tuple of tuple of mapping of str to str, one per player
        Each act names an action in every issue in which the player acts.
    outcomes : ndarray of int, shape (joint acts, issues)
        The outcome of every issue, joint acts in row-major order of the players' acts.
    payoffs : ndarray of Fraction, shape (profiles of types, joint acts, players)
    """

    game: LinkageGame
    issues: tuple[str, ...]
    types: tuple[tuple[PrivateType, ...], ...]
    acts: tuple[tuple[Mapping[str, str], ...], ...]
    outcomes: NDArray[np.intp]
    payoffs: NDArray[Any]

    @property
    def type_counts(self) -> tuple[int, ...]:
        """How many types each player has."""
        return tuple(map(len, self.types))

    @property
    def act_counts(self) -> tuple[int, ...]:
        """How many acts each player has."""
        return tuple(map(len, self.acts))

    @cached_property
    def profiles(self) -> tuple[tuple[int, ...], ...]:
        """All profiles of types, in row-major order."""
        return tuple(itertools.product(*map(range, self.type_counts)))

    @cached_property
    def chances(self) -> tuple[Fraction, ...]:
        """The probability of every profile of types."""
        return tuple(
            math.prod((own[s].chance for own, s in zip(self.types, profile, strict=True)),
                      start=Fraction(1))
            for profile in self.profiles
        )  # fmt: skip

    def comparable(self, player: int) -> tuple[NDArray[Any], NDArray[np.intp]]:
        """Return what a player weighs, and the mediator's variables, his own part in front.

        Returns
        -------
        payoffs : ndarray of Fraction, shape (own types, own acts, what the others are and do)
            From 0 to 1, times the chance of the others' types.
        variables : ndarray of int, the same shape
            Position (profile of types times joint acts + joint act) of each.
        """
        weight = np.array(
            [chance / self.types[player][profile[player]].chance
             for chance, profile in zip(self.chances, self.profiles, strict=True)],
            dtype=object,
        )  # fmt: skip
        values = self.payoffs[..., player]
        size = values.max() - values.min()
        weighted = (values - values.min()) / (size or Fraction(1)) * weight[:, None]
        order = np.arange(weighted.size, dtype=np.intp)
        return self._in_front(weighted, player), self._in_front(order, player)

    def _in_front(self, values: NDArray[Any], player: int) -> NDArray[Any]:
        """Return values per profile and joint act as (own types, own acts, the rest)."""
        apart: list[int] = []
        for counts in (self.type_counts, self.act_counts):
            apart += [math.prod(counts[:player]), counts[player], math.prod(counts[player + 1 :])]
        turned = values.reshape(apart).transpose(1, 4, 0, 2, 3, 5)
        return turned.reshape(apart[1], apart[4], -1)

    def outcome_names(self, act: int) -> dict[str, str]:
        """Return the outcome of every issue at a joint act."""
        return {
            name: self.game.issues[name].outcomes[k]
            for name, k in zip(self.issues, self.outcomes[act].tolist(), strict=True)
        }

    def type_names(self, profile: Sequence[int]) -> dict[str, str]:
        """Return the types of the players who have more than one."""
        return {
            player: own[s].label
            for player, own, s in zip(self.game.players, self.types, profile, strict=True)
            if len(own) > 1
        }


def bayesian_form(game: LinkageGame, issues: Sequence[str] | None = None) -> BayesianForm:
    """Write a game of private types out.

    Parameters
    ----------
    game : LinkageGame
    issues : sequence of str, optional
        Issues that are played as if the others did not exist; all of them unless given.
        Spillovers between them count.

    Raises
    ------
    NotSupportedError
        Beyond 20,000 profiles of types times joint acts.
    """
    given = game.issue_names if issues is None else issues
    names = tuple(game.issue_names[game.position(name)] for name in given)
    types = tuple(_types(game, player, names) for player in game.players)
    choices = [
        {k: game.issues[k].actions[player] for k in names if player in game.issues[k].actions}
        for player in game.players
    ]
    plays = math.prod(len(labels) for own in choices for labels in own.values())
    profiles = math.prod(map(len, types))
    if plays * profiles > MAX_VARIABLES:
        msg = (
            f"{profiles:,} profiles of types times {plays:,} joint acts are more than the "
            f"{MAX_VARIABLES:,} that are written out; ask issue by issue, or take issues or types "
            "off the table"
        )
        raise NotSupportedError(msg)
    acts = tuple(
        tuple(dict(zip(own, labels, strict=True)) for labels in itertools.product(*own.values()))
        for own in choices
    )
    outcomes = _outcomes(game, names, choices, plays)
    return BayesianForm(game, names, types, acts, outcomes, _payoffs(game, names, types, outcomes))


def _types(game: LinkageGame, player: str, names: Sequence[str]) -> tuple[PrivateType, ...]:
    mine = [
        (position, draw)
        for position, draw in enumerate(game.draws)
        if draw.player == player and any(k in draw.payoffs for k in names)
    ]
    count = math.prod(len(draw.possible) for _, draw in mine)
    if count > MAX_VARIABLES:
        msg = (
            f"{player} has {count:,} types (at most {MAX_VARIABLES:,}); ask issue by issue, or "
            "take issues or types off the table"
        )
        raise NotSupportedError(msg)
    found = []
    for drawn in itertools.product(*(draw.possible for _, draw in mine)):
        pairs = list(zip(mine, drawn, strict=True))
        chance = math.prod((draw.probability[s] for (_, draw), s in pairs), start=Fraction(1))
        found.append((chance, {k: s for (k, _), s in pairs}))
    labels = combined_labels([game.draws[k].labels[s] for k, s in one.items()] for _, one in found)
    return tuple(
        PrivateType(label if mine else "public", *one)
        for label, one in zip(labels, found, strict=True)
    )


def _outcomes(
    game: LinkageGame,
    names: Sequence[str],
    choices: Sequence[Mapping[str, Sequence[str]]],
    plays: int,
) -> NDArray[np.intp]:
    """Return every issue's outcome at every joint act."""
    chosen: dict[tuple[str, str], NDArray[np.intp]] = {}
    repeat = plays
    for player, own in zip(game.players, choices, strict=True):
        for k, labels in own.items():
            repeat //= len(labels)
            chosen[player, k] = np.arange(plays, dtype=np.intp) // repeat % len(labels)
    columns = []
    for k in names:
        issue = game.issues[k]
        place = np.zeros(plays, dtype=np.intp)
        if issue.is_options:
            place += issue.outcome(issue.status_quo)
        for player, labels in issue.actions.items():
            place = place * len(labels) + chosen[player, k]
        columns.append(place)
    return np.stack(columns, axis=1)


def _payoffs(
    game: LinkageGame,
    names: Sequence[str],
    types: Sequence[Sequence[PrivateType]],
    outcomes: NDArray[np.intp],
) -> NDArray[Any]:
    """Return payoffs, shape (profiles of types, joint acts, players)."""
    place = {name: outcomes[:, k] for k, name in enumerate(names)}
    known: NDArray[Any] = np.full((len(outcomes), len(game.players)), Fraction(0), dtype=object)
    for name in names:
        known = known + game.issues[name].exact_payoffs[place[name]]
    for link in game.links or ():
        first, second = link.between
        if link.spillovers is not None and first in place and second in place:
            known = known + link.spillovers[place[first], place[second]]
    changes: dict[tuple[int, int], list[tuple[int, NDArray[Any]]]] = {}
    for position, draw in enumerate(game.draws):
        for name in names:
            for player, rows in draw.payoffs.get(name, {}).items():
                i = game.players.index(player)
                stated = game.issues[name].exact_payoffs[place[name], i]
                for s in draw.possible:
                    row = np.array([rows[s][o] for o in place[name].tolist()], dtype=object)
                    changes.setdefault((position, s), []).append((i, row - stated))
    tables = []
    for profile in itertools.product(*types):
        table = known.copy()
        for own in profile:
            for drawn in own.drawn.items():
                for i, change in changes[drawn]:
                    table[:, i] += change
        tables.append(table)
    return np.stack(tables)
