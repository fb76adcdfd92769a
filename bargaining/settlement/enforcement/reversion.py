"""Reversion: what everybody falls back on for ever once somebody has broken his word.

``auto`` is the status quo of an issue where that is a Nash equilibrium, and otherwise the
equilibrium that is worst for the player who deviated; ``status_quo`` and ``nash`` (worst
equilibrium) take one of the two everywhere, ``minmax`` the least that the others can hold him to by
mixing (they may coordinate their mixtures), which they need not wish to carry out.  Issues tied by
spillovers within a package are looked at together, as their linked one-shot game; an issue decided
by joint choice falls back to its status quo, which is all that the others can impose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from bargaining.errors import InputError, NotSupportedError
from bargaining.geometry.marginals import Component
from bargaining.model.array_issues import ArrayIssues
from bargaining.model.game import LinkageGame
from bargaining.model.spelling import suggestion
from bargaining.settlement.enforcement.full_changes import full_changes
from bargaining.settlement.enforcement.moves import require_status_quo, spillover_terms
from bargaining.settlement.enforcement.stage import held_to, stage_game, worst_equilibrium
from bargaining.settlement.enforcement.temptation import from_component

ReversionMode = Literal["auto", "status_quo", "nash", "minmax"]


@dataclass(frozen=True)
class Reversion:
    """What players get in a package after a deviation, from the status quo.

    Attributes
    ----------
    gains : tuple of Fraction, one per player
        Of each player after his own deviation, per period.
    credible : bool
        Whether what he falls back to is an equilibrium everywhere, so that nobody wishes to leave
        the punishment.
    modes : mapping of tuple of int to str
        What was used per issue or component (ascending): ``status_quo``, ``nash``, ``minmax``.
        Of very many issues decided by joint choice, which all fall back to the status quo, none is
        listed.
    parts : mapping of tuple of int to tuple of Fraction
        The same gains per issue or component.
    points : tuple of tuple of Fraction, or None
        Everybody's gains while each player is being punished; None with ``minmax``.
    exact : bool
        False where an equilibrium of three or more players is known as floats only.
    """

    gains: tuple[Fraction, ...]
    credible: bool
    modes: Mapping[tuple[int, ...], str]
    parts: Mapping[tuple[int, ...], tuple[Fraction, ...]]
    points: tuple[tuple[Fraction, ...], ...] | None
    exact: bool = True


def check_reversion(mode: object) -> None:
    """Refuse an unknown mode."""
    known = get_args(ReversionMode)
    if mode not in known:
        hint = suggestion(str(mode), known)
        msg = f'reversion: expected one of {", ".join(known)}, found "{mode}"{hint}'
        raise InputError(msg)


def reversion(game: LinkageGame, package: Sequence[int], mode: ReversionMode = "auto") -> Reversion:
    """Find what players fall back on in a package, issues outside it at their status quo.

    Raises
    ------
    NotSupportedError
        If all equilibria of an issue are needed and cannot be listed, or a component tied by
        spillovers is too large.

    Examples
    --------
    >>> from bargaining.model.issue import Issue
    >>> battle = Issue.normal_form("x", ["a", "b"], {"a": ["F", "O"], "b": ["F", "O"]},
    ...     {"a": [[2, 0], [0, 1]], "b": [[1, 0], [0, 2]]}, status_quo={"a": "F", "b": "F"})
    >>> game = LinkageGame(["a", "b"], [battle])
    >>> [str(g) for mode in ("auto", "nash", "minmax") for g in reversion(game, (0,), mode).gains]
    ['0', '0', '-4/3', '-1/3', '-4/3', '-1/3']
    """
    check_reversion(mode)
    require_status_quo(game)
    count = len(game.players)
    if isinstance(game.issues, ArrayIssues):
        nothing = (Fraction(0),) * count
        return Reversion(nothing, True, {}, {}, (nothing,) * count)
    terms = spillover_terms(game, package)
    left = full_changes(game, {k: int(game.origin[k]) for k in terms.singles})
    stays: dict[tuple[int, ...], bool] = {
        (k,): not any(row) for k, row in zip(terms.singles, left.tolist(), strict=True)
    }
    stays |= {c.issues: _component_stays(game, c) for c in terms.components}
    found = {p: _of_part(game, p, mode, stays=stays[p]) for p in sorted(stays)}
    points: tuple[tuple[Fraction, ...], ...] | None = None
    if all(part.points is not None for part in found.values()):
        points = tuple(
            _total([part.points[i] for part in found.values() if part.points], count)
            for i in range(count)
        )
    return Reversion(
        _total([part.gains for part in found.values()], count),
        all(part.credible for part in found.values()),
        {p: part.mode for p, part in found.items()},
        {p: part.gains for p, part in found.items()},
        points,
        all(part.exact for part in found.values()),
    )


def _total(rows: Sequence[Sequence[Fraction]], count: int) -> tuple[Fraction, ...]:
    return tuple(sum((row[i] for row in rows), Fraction(0)) for i in range(count))


@dataclass(frozen=True)
class _Part:
    """What is used in one issue or component."""

    mode: str
    gains: tuple[Fraction, ...]
    credible: bool
    points: tuple[tuple[Fraction, ...], ...] | None
    exact: bool = True


def _component_stays(game: LinkageGame, component: Component) -> bool:
    origin = {tuple(int(game.origin[k]) for k in component.issues): Fraction(1)}
    players = range(len(game.players))
    return not any(from_component(game, component, player, origin) for player in players)


def _of_part(
    game: LinkageGame, part: tuple[int, ...], mode: ReversionMode, *, stays: bool
) -> _Part:
    count = len(game.players)
    zero = (Fraction(0),) * count
    if mode == "status_quo" or (mode == "auto" and stays):
        return _Part("status_quo", zero, stays, (zero,) * count)
    stage = stage_game(game, part)
    if stage is None:  # only joint choice: nobody can leave the status quo alone
        return _Part("status_quo", zero, True, (zero,) * count)
    if mode == "minmax":
        held = tuple(held_to(stage))
        try:
            worst, _ = worst_equilibrium(stage)
        except NotSupportedError:
            return _Part("minmax", held, False, None)
        credible = held == tuple(worst[i][i] for i in range(count))
        return _Part("minmax", held, credible, tuple(worst) if credible else None)
    worst, exact = worst_equilibrium(stage)
    return _Part("nash", tuple(worst[i][i] for i in range(count)), True, tuple(worst), exact)
