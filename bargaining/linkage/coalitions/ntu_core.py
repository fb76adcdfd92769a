"""The core without side payments: gains that no coalition can improve on for all its members.

Given gains (by default those of the linked settlement) are in the core if all players together can
have them and no coalition, all players included, has a deal of its own that gives every member with
a stake more.  Whether the core is empty is a search of its own (:mod:`.ntu_search`), bounded, with
a proof either way; where the bound is reached the status says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from bargaining.errors import InputError, SolverError, VerificationError
from bargaining.linkage.coalitions.nontransferable import Margin, all_deals, rounding
from bargaining.linkage.coalitions.ntu_search import CoreSearch, Family, Found, check_empty
from bargaining.linkage.coalitions.reach import Replies, check_coalitional, reach
from bargaining.model.deal import check, gains
from bargaining.model.expressions import Operand, number
from bargaining.model.game import LinkageGame, require_game
from bargaining.model.spelling import suggestion
from bargaining.results import Number, Status, checked, in_figures, with_exact
from bargaining.settlement.program import GAP
from bargaining.settlement.settle import settle

MAX_SEARCHED = 6
"""Players up to whom it is decided whether the core is empty."""


@dataclass(frozen=True, eq=False)
class NontransferableCore:
    """Who blocks what when nobody pays anybody.

    Attributes
    ----------
    source : str
        Where the point comes from: a solution concept, or ``"given"``.
    outsiders : str
    status : Status
        ``solved``; ``limit_reached`` when it was not decided whether the core is empty.
    players : tuple of str
    point : mapping of str to number
    in_core : bool or None
        None where rounding leaves it open.
    blocking : tuple of Margin
        Coalitions with a deal that gives every member with a stake in the game more than the
        point, the largest margin first.  A member without any stake is a bystander: he neither
        blocks nor counts, and his acts are at the coalition's disposal.
    empty : bool or None
        Whether the core is empty; None if that was not decided.
    core_point : mapping of str to number
        Gains that nobody blocks; empty if none were found.
    core_deal : mapping of str to mapping of str to number
        A deal that gives them.
    """

    source: str
    outsiders: Replies
    status: Status
    players: tuple[str, ...]
    point: Mapping[str, Number]
    in_core: bool | None
    blocking: tuple[Margin, ...]
    empty: bool | None
    core_point: Mapping[str, Number]
    core_deal: Mapping[str, Mapping[str, Number]]
    game: LinkageGame = field(repr=False)
    margins: tuple[Margin, ...] = field(repr=False)
    found: Found = field(repr=False)
    tolerance: float = 0.0

    @property
    def out_of_reach(self) -> bool:
        """Whether not even all players together can have the point."""
        return any(m.members == self.players and m.high < -self.tolerance for m in self.margins)

    @checked
    def verify(self) -> bool:
        """Check every blocking deal and every proof from the definitions."""
        family = all_deals(self.game, self.outsiders)
        aim = [self.point[p] for p in self.players]
        _check_margins(self.game, family, aim, self.margins)
        if self.blocking != _blocking(self.margins, self.tolerance):
            msg = "the blocking coalitions do not follow from the margins"
            raise VerificationError(msg)
        if self.in_core != _in_core(self.margins, self.players, self.tolerance):
            msg = "whether the point is in the core does not follow from the margins"
            raise VerificationError(msg)
        if self.empty is True:
            if self.found.proof is None:
                msg = "there is no proof that the core is empty"
                raise VerificationError(msg)
            check_empty(self.game, family, self.found.proof)
        elif self.empty is False and self.found.deal is not None:
            self._check_member(family)
        elif self.empty is False and not self.in_core:
            msg = "no point of the core is shown"
            raise VerificationError(msg)
        return True

    def _check_member(self, family: Family) -> None:
        deals, deal = family[self.players], self.found.deal
        assert deal is not None
        check(deals.reach.inner, deal)
        reached = gains(self.game, deals.reach.carried_out(deal))
        if deals.breaks(deal) or reached != self.found.gains:
            msg = "the deal of the core does not give the gains stated, or is not open to all"
            raise VerificationError(msg)
        if dict(zip(self.players, reached, strict=True)) != dict(self.core_point):
            msg = "the point of the core is not what its deal gives"
            raise VerificationError(msg)
        _check_margins(self.game, family, reached, self.found.margins)
        exact = all(isinstance(g, Fraction) for g in reached)
        slack = 0.0 if exact else rounding(self.game)
        if any(m.high > slack for m in self.found.margins):
            msg = "a coalition may block the point of the core"
            raise VerificationError(msg)

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return the command line's JSON; with ``exact=True`` fractions also as strings."""
        data = {
            "schema": "bargaining-ntu-core/1",
            "players": self.players,
            "outsiders": self.outsiders,
            "status": self.status,
            "source": self.source,
            "point": self.point,
            "in_core": self.in_core,
            "out_of_reach": self.out_of_reach,
            "blocking": [self._blocking(m) for m in self.blocking],
            "empty": self.empty,
            "core_point": self.core_point,
            "core_deal": self.core_deal,
        }
        return with_exact(data, exact=exact)

    def _blocking(self, margin: Margin) -> dict[str, Any]:
        return {
            "members": margin.members,
            "margin": margin.low,
            "gains": dict(zip(self.players, margin.gains, strict=True)),
            "deal": self.deal_of(margin),
        }

    def deal_of(self, margin: Margin) -> Mapping[str, Mapping[str, Number]]:
        """Return the deal by which a coalition blocks, by names."""
        deals = reach(self.game, margin.members, outsiders=self.outsiders)
        return deals.carried_out(margin.deal).named(self.game)

    def __str__(self) -> str:
        shown = ", ".join(f"{p} {in_figures(g)}" for p, g in self.point.items())
        state = {True: "in the core", False: "not in the core", None: "undecided"}[self.in_core]
        lines = [f"Without side payments: {shown} is {state}"]
        lines += [
            f"  {'+'.join(m.members)} blocks it: {in_figures(m.low)} more for each with a stake"
            for m in self.blocking
        ]
        if self.empty is None:
            lines.append("Whether the core is empty was not decided.")
        else:
            lines.append(f"The core is {'' if self.empty else 'not '}empty.")
        return "\n".join(lines)


def ntu_core(
    game: LinkageGame,
    *,
    point: Mapping[str, Operand] | None = None,
    solution: str = "nash",
    outsiders: Replies = "status_quo",
) -> NontransferableCore:
    """Say who blocks a deal when nobody pays anybody, and whether some deal is not blocked.

    Parameters
    ----------
    game : LinkageGame
    point : mapping of str to number, optional
        Gains of all players; by default those of the linked settlement.
    solution : str
        The concept of that settlement.
    outsiders : {"status_quo", "best_reply"}
        What those outside a coalition do meanwhile.

    Returns
    -------
    NontransferableCore

    Raises
    ------
    InputError
        If the point names other players.
    NotSupportedError
        If there are too many players, or the game has data that is not used here.

    Examples
    --------
    >>> import bargaining as bg
    >>> found = ntu_core(bg.load("us_mexico/guns_for_fentanyl"))
    >>> found.in_core, found.empty
    (True, False)
    """
    require_game(game)
    check_coalitional(game, "the core without side payments", outsiders)
    family = all_deals(game, outsiders)
    tolerance = 0.0
    if point is None:
        settled = settle(game, solution=solution)
        aim: list[Number] = [settled.gains[p] for p in game.players]
        if settled.tolerance:
            tolerance = 10 * GAP * max(game.reach)
    else:
        aim = list(_read(game, point))
    margins = tuple(deals.margin(aim) for deals in family.values())
    if any(not isinstance(m.low, Fraction) for m in margins):
        tolerance = max(tolerance, rounding(game))
    inside = _in_core(margins, game.players, tolerance)
    found, empty = Found(), None if not inside else False
    if empty is None and len(game.interested) <= MAX_SEARCHED and family:
        try:
            found = CoreSearch(game, family).run()
        except SolverError:
            found = Found()
        if found.deal is not None or found.proof is not None:
            empty = found.deal is None
    known: Mapping[str, Number] = {}
    deal: Mapping[str, Mapping[str, Number]] = {}
    if found.deal is not None:
        known = dict(zip(game.players, found.gains, strict=True))
        deal = family[game.players].reach.carried_out(found.deal).named(game)
    elif inside:
        known = dict(zip(game.players, aim, strict=True))
        everyone = next((m for m in margins if m.members == game.players), None)
        if everyone is not None:
            deal = family[game.players].reach.carried_out(everyone.deal).named(game)
    return NontransferableCore(
        solution if point is None else "given",
        outsiders,
        Status.LIMIT_REACHED if empty is None else Status.SOLVED,
        game.players,
        dict(zip(game.players, aim, strict=True)),
        inside,
        _blocking(margins, tolerance),
        empty,
        known,
        deal,
        game,
        margins,
        found,
        tolerance,
    )


def _read(game: LinkageGame, point: Mapping[str, Operand]) -> list[Fraction]:
    """Read gains of all players; those left out gain 0."""
    if not isinstance(point, Mapping):
        msg = f"point: expected a table of players and gains, found {point!r}"
        raise InputError(msg)
    for player in point:
        if player not in game.players:
            hint = suggestion(str(player), game.players)
            msg = f'point: expected {", ".join(game.players)}, found "{player}"{hint}'
            raise InputError(msg)
    return [number(point.get(player, 0)) for player in game.players]


def _blocking(margins: tuple[Margin, ...], tolerance: float) -> tuple[Margin, ...]:
    found = [m for m in margins if m.low > tolerance]
    return tuple(sorted(found, key=lambda m: -m.low))


def _in_core(
    margins: tuple[Margin, ...], players: tuple[str, ...], tolerance: float
) -> bool | None:
    """Whether all together can have a point and nobody blocks it; None if rounding decides."""
    everyone = [m for m in margins if m.members == players]
    if any(m.low > tolerance for m in margins) or any(m.high < -tolerance for m in everyone):
        return False
    if any(m.high > tolerance for m in margins) or any(m.low < -tolerance for m in everyone):
        return None
    return True


def _check_margins(
    game: LinkageGame, family: Family, aim: Sequence[Number], margins: Sequence[Margin]
) -> None:
    """Raise VerificationError unless every coalition's deal and weights show what they should."""
    if [m.members for m in margins] != list(family):
        msg = "not every coalition was looked at"
        raise VerificationError(msg)
    for margin in margins:
        deals, name = family[margin.members], "+".join(margin.members)
        check(deals.reach.inner, margin.deal)
        reached = gains(game, deals.reach.carried_out(margin.deal))
        if deals.breaks(margin.deal) or reached != margin.gains:
            msg = f"{name}: the deal does not give the gains stated, or is not open to the members"
            raise VerificationError(msg)
        if margin.low != min(reached[i] - Fraction(aim[i]) for i in deals.stake):
            msg = f"{name}: the deal does not show the margin stated"
            raise VerificationError(msg)
        inside = all(not w or i in deals.stake for i, w in enumerate(margin.weights))
        if not inside or min(margin.weights) < 0 or sum(margin.weights) != 1:
            msg = f"{name}: the weights are no weights on the members"
            raise VerificationError(msg)
        fair = sum((w * Fraction(x) for w, x in zip(margin.weights, aim, strict=True)), Fraction(0))
        if margin.high != deals.most(margin.weights) - fair:
            msg = f"{name}: the weights do not prove the bound stated"
            raise VerificationError(msg)
