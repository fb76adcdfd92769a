"""One issue: a normal-form game, or a list of joint options.

Both forms offer the same flat view: ``outcomes`` (names) and ``gains`` of shape
(outcomes, players), measured from the issue's status quo.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError, NotDefinedError
from bargaining.model.expressions import Operand, number
from bargaining.model.spelling import suggestion

MAX_CELLS = 10_000_000
"""The largest number of payoffs (outcomes times players) that an issue may have."""
MAX_ACTING = 60
"""Players who may act in one issue."""


@dataclass(frozen=True, eq=False)
class Issue:
    """An issue on which the players' acts, or their joint choice, decide.

    Build one with :meth:`normal_form` or :meth:`from_options`; the plain constructor expects
    data in this final form.

    Attributes
    ----------
    name : str
    players : tuple of str
        All players of the game, in the game's order.
    actions : mapping of str to tuple of str
        Action labels of the players who act, in players' order; empty for an option issue.
    options : tuple of str
        Labels of the joint options; empty for a normal form.
    exact_payoffs : ndarray of Fraction, shape (outcomes, players)
        Outcomes in row-major order of the acting players' actions.
    status_quo_index : int or None
        The outcome from which gains are measured.
    title : str
        In words; the name if empty.
    visibility : mapping of str to tuple of Fraction
        Per player, how visible each outcome is at home.
    """

    name: str
    players: tuple[str, ...]
    actions: Mapping[str, tuple[str, ...]]
    options: tuple[str, ...]
    exact_payoffs: NDArray[Any]
    status_quo_index: int | None
    title: str = ""
    visibility: Mapping[str, tuple[Fraction, ...]] = field(default_factory=dict)

    @classmethod
    def normal_form(
        cls,
        name: str,
        players: Sequence[str],
        actions: Mapping[str, Sequence[str]],
        payoffs: Mapping[str, Any],
        *,
        status_quo: Mapping[str, str] | None = None,
        title: str = "",
    ) -> Issue:
        """Build an issue in which players act.

        Parameters
        ----------
        name : str
        players : sequence of str
            All players of the game; those without actions have nothing to do here.
        actions : mapping of str to sequence of str
        payoffs : mapping of str to array_like
            Per player, nested with one level per acting player, in players' order; numbers or
            exact formulas (a float is read as it is written: 0.1 is one tenth).  A player left
            out has zeros.
        status_quo : mapping of str to str, optional
            The action of each acting player at the status quo.
        title : str, optional

        Examples
        --------
        >>> guns = Issue.normal_form(
        ...     "guns", ["us", "mexico"], {"us": ["no checks", "egress checks"]},
        ...     {"us": [0, -4], "mexico": [0, 6]}, status_quo={"us": "no checks"})
        >>> guns.outcomes
        ('no checks', 'egress checks')
        >>> guns.gains.tolist()
        [[0.0, 0.0], [-4.0, 6.0]]
        """
        everyone = tuple(players)
        _different(everyone, f"{name}: players")
        _known(actions, everyone, f"{name}: actions")
        for player, labels in actions.items():
            _different(tuple(labels), f"{name}: actions.{player}")
        acting = {p: tuple(actions[p]) for p in everyone if p in actions}
        if not acting:
            msg = f"{name}: actions: expected at least one acting player, found none"
            raise InputError(msg)
        shape = tuple(len(labels) for labels in acting.values())
        outcomes = check_cells(name, shape, len(everyone))
        exact = _stack(name, everyone, payoffs, shape, outcomes)
        index = None
        if status_quo is not None:
            positions = [
                _position(f"{name}: status_quo.{p}", status_quo.get(p, labels[0]), labels)
                for p, labels in acting.items()
            ]
            index = int(np.ravel_multi_index(positions, shape))
        return cls(name, everyone, acting, (), exact, index, title)

    @classmethod
    def from_options(
        cls,
        name: str,
        players: Sequence[str],
        options: Sequence[str],
        payoffs: Mapping[str, Any],
        *,
        status_quo: str | None = None,
        title: str = "",
    ) -> Issue:
        """Build an issue decided by joint choice: every player with a stake must consent."""
        everyone = tuple(players)
        labels = tuple(options)
        _different(everyone, f"{name}: players")
        _different(labels, f"{name}: options")
        outcomes = check_cells(name, (len(labels),), len(everyone))
        exact = _stack(name, everyone, payoffs, (len(labels),), outcomes)
        index = None if status_quo is None else _position(f"{name}: status_quo", status_quo, labels)
        return cls(name, everyone, {}, labels, exact, index, title)

    @property
    def is_options(self) -> bool:
        """Whether the issue is a list of joint options."""
        return not self.actions

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of actions of each acting player (of options, for an option issue)."""
        if self.is_options:
            return (len(self.options),)
        return tuple(len(labels) for labels in self.actions.values())

    @property
    def size(self) -> int:
        """Number of outcomes."""
        return math.prod(self.shape)

    @cached_property
    def outcomes(self) -> tuple[str, ...]:
        """Names of the outcomes: action labels joined by ``" / "``, or the option's label."""
        if self.is_options:
            return self.options
        shown = [labels for labels in self.actions.values() if len(labels) > 1]
        shown = shown or list(self.actions.values())
        return tuple(" / ".join(profile) for profile in itertools.product(*shown))

    @property
    def status_quo(self) -> str:
        """Name of the status quo."""
        return self.outcomes[self._origin()]

    @cached_property
    def exact_gains(self) -> NDArray[Any]:
        """Gains as fractions, shape (outcomes, players)."""
        gains: NDArray[Any] = self.exact_payoffs - self.exact_payoffs[self._origin()]
        return gains

    @cached_property
    def gains(self) -> NDArray[np.float64]:
        """Gains from the status quo as floats, shape (outcomes, players)."""
        return self.exact_gains.astype(np.float64)

    @cached_property
    def payoffs(self) -> Mapping[str, NDArray[np.float64]]:
        """Per player, the payoff tensor over the acting players' actions."""
        return {
            player: self.exact_payoffs[:, i].astype(np.float64).reshape(self.shape)
            for i, player in enumerate(self.players)
        }

    def outcome(self, name: str) -> int:
        """Index of an outcome by its name."""
        return _position(self.name, name, self.outcomes)

    def _origin(self) -> int:
        if self.status_quo_index is None:
            msg = (
                f"issue {self.name!r} has no status quo: name one in the game file "
                "(status_quo.PLAYER = an action, or status_quo = an option; an .nfg file cannot "
                "hold one: write it as .toml with `bargaining convert` first)"
            )
            raise NotDefinedError(msg)
        return self.status_quo_index


def check_cells(name: str, shape: Sequence[int], players: int) -> int:
    """Return the number of outcomes, or refuse a tensor that is too large to hold."""
    if len(shape) > MAX_ACTING:
        msg = f"{name}: expected at most {MAX_ACTING} players who act, found {len(shape)}"
        raise InputError(msg)
    outcomes = math.prod(shape)
    if outcomes * players > MAX_CELLS:
        size = " x ".join(str(length) for length in (*shape, players))
        msg = (
            f"{name}: expected at most {MAX_CELLS:,} payoffs (outcomes times players), "
            f"found {size} = {outcomes * players:,}"
        )
        raise InputError(msg)
    if outcomes == 0:
        msg = f"{name}: expected at least one outcome, found none"
        raise InputError(msg)
    return outcomes


def _stack(
    name: str,
    players: tuple[str, ...],
    payoffs: Mapping[str, Any],
    shape: tuple[int, ...],
    outcomes: int,
) -> NDArray[Any]:
    _known(payoffs, players, f"{name}: payoffs")
    exact = np.full((outcomes, len(players)), Fraction(0), dtype=object)
    for i, player in enumerate(players):
        if player in payoffs:
            array = np.array(payoffs[player], dtype=object)
            if array.shape != shape:
                msg = f"{name}: payoffs.{player}: expected shape {shape}, found {array.shape}"
                raise InputError(msg)
            exact[:, i] = [_exact(item) for item in array.flat]
    return exact


def _exact(item: Operand | np.generic) -> Fraction:
    return number(item.item() if isinstance(item, np.generic) else item)


def _position(place: str, label: str, labels: Sequence[str]) -> int:
    if label in labels:
        return list(labels).index(label)
    shown = ", ".join(f'"{known}"' for known in labels[:20])
    msg = f'{place}: expected one of {shown}, found "{label}"{suggestion(label, labels)}'
    raise InputError(msg)


def _different(labels: tuple[str, ...], place: str) -> None:
    if len(set(labels)) < len(labels):
        twice = next(label for n, label in enumerate(labels) if label in labels[:n])
        msg = f'{place}: expected different names, found "{twice}" twice'
        raise InputError(msg)


def _known(given: Mapping[str, Any], players: tuple[str, ...], place: str) -> None:
    for player in given:
        if player not in players:
            msg = (
                f"{place}: expected players of the game ({', '.join(players)}), "
                f'found "{player}"{suggestion(player, players)}'
            )
            raise InputError(msg)


def issues_by_name(issues: Mapping[str, Issue] | Iterable[Issue]) -> Mapping[str, Issue]:
    """Return issues by their names; anything else is refused."""
    tables = list(issues.values() if isinstance(issues, Mapping) else issues)
    wrong = [table for table in tables if not isinstance(table, Issue)]
    if wrong:
        msg = (
            "issues: expected Issue objects (Issue.from_options, Issue.normal_form), found "
            f"{type(wrong[0]).__name__}; arrays are read by LinkageGame.from_payoffs"
        )
        raise InputError(msg)
    return issues if isinstance(issues, Mapping) else {issue.name: issue for issue in tables}
