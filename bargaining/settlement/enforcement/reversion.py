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
from bargaining.settlement.enforcement.moves import require_status_quo, spillover_terms
from bargaining.settlement.enforcement.stage import held_to, stage_game, worst_equilibrium
from bargaining.settlement.enforcement.temptation import from_component, from_issue

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
    exact : bool
        False where an equilibrium of three or more players is known as floats only.
    """

    gains: tuple[Fraction, ...]
    credible: bool
    modes: Mapping[tuple[int, ...], str]
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
    totals = [Fraction(0)] * len(game.players)
    if isinstance(game.issues, ArrayIssues):
        return Reversion(tuple(totals), True, {})
    terms = spillover_terms(game, package)
    stays: dict[tuple[int, ...], bool] = {(k,): _issue_stays(game, k) for k in terms.singles}
    stays |= {c.issues: _component_stays(game, c) for c in terms.components}
    credible, exact = True, True
    modes: dict[tuple[int, ...], str] = {}
    for part in sorted(stays):
        used, gains, holds, known = _of_part(game, part, mode, stays=stays[part])
        totals = [t + g for t, g in zip(totals, gains, strict=True)]
        credible, exact, modes[part] = credible and holds, exact and known, used
    return Reversion(tuple(totals), credible, modes, exact)


def _issue_stays(game: LinkageGame, issue: int) -> bool:
    """Whether the status quo is an equilibrium: nobody gains by leaving it alone."""
    return not any(from_issue(game, issue, {int(game.origin[issue]): Fraction(1)}))


def _component_stays(game: LinkageGame, component: Component) -> bool:
    origin = {tuple(int(game.origin[k]) for k in component.issues): Fraction(1)}
    players = range(len(game.players))
    return not any(from_component(game, component, player, origin) for player in players)


def _of_part(
    game: LinkageGame, part: tuple[int, ...], mode: ReversionMode, *, stays: bool
) -> tuple[str, Sequence[Fraction], bool, bool]:
    """Return what is used in an issue or component, its gains, and if credible and exact."""
    zero = (Fraction(0),) * len(game.players)
    if mode == "status_quo" or (mode == "auto" and stays):
        return "status_quo", zero, stays, True
    stage = stage_game(game, part)
    if stage is None:  # only joint choice: nobody can leave the status quo alone
        return "status_quo", zero, True, True
    if mode == "minmax":
        held = held_to(stage)
        try:
            worst, _ = worst_equilibrium(stage)
        except NotSupportedError:
            return "minmax", held, False, True
        return "minmax", held, worst == held, True
    worst, known = worst_equilibrium(stage)
    return "nash", worst, True, known
