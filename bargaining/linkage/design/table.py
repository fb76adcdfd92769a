"""Whether the packages of an agenda can together help everyone, decided exactly and remembered.

Every means of breaking a deadlock is measured against this one question.  With shares a premium
counts as it is at the status quo (:mod:`bargaining.settlement.linearised`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bargaining.errors import NotDefinedError, NotSupportedError
from bargaining.geometry.exchange_rates import RateBounds, rate_bounds
from bargaining.geometry.mutual import can_cover
from bargaining.linkage.package_search import Oracle
from bargaining.linkage.requirements import UnderRequirements
from bargaining.model.agenda import parse_agenda
from bargaining.model.game import LinkageGame
from bargaining.settlement.linearised import HomeTest
from bargaining.settlement.package import Deals
from bargaining.settlement.planar_package import axes


class Table:
    """Who can gain from each package of a game, and whether an agenda helps everyone.

    Parameters
    ----------
    game : LinkageGame
    deals : {"shares", "pure"}

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> Table(game).attains([(0, 1)]), Table(game).attains([(0,), (1,)])
    (True, False)
    """

    def __init__(self, game: LinkageGame, deals: Deals = "shares") -> None:
        self.game, self.deals = game, deals
        self.everyone = frozenset(game.interested)
        self._known: dict[tuple[int, ...], tuple[frozenset[int], ...]] = {}
        self._home = HomeTest(game) if game.ratification else None
        self._bounds: RateBounds | None = None
        plain = deals == "shares" and not game.coupled and self._home is None
        if plain and len(self.everyone) == 2:
            self._bounds = rate_bounds(game, axes(game))

    def families(self, package: Sequence[int]) -> tuple[frozenset[int], ...]:
        """Return the sets of players who can gain together from a package, nobody losing."""
        key = tuple(package)
        if key not in self._known:
            self._known[key] = self._find(key)
        return self._known[key]

    def attains(self, packages: Iterable[Sequence[int]]) -> bool:
        """Whether the packages can together help everyone with a stake."""
        return can_cover(self.everyone, (self.families(p) for p in packages))

    def linked(self) -> bool:
        """Whether the linked agenda helps everyone."""
        return self.attains(parse_agenda(self.game, "linked").packages)

    def _find(self, package: tuple[int, ...]) -> tuple[frozenset[int], ...]:
        if self._bounds is not None:
            able = self._bounds.gainers(package)
            both = zip(axes(self.game), able, strict=True)
            return (frozenset(player for player, gains in both if gains),)
        if self._home is None:
            return Oracle(self.game, self.deals).alternatives(package)
        if self.deals == "shares":
            return (self._home.able(package).gainers,)
        return (UnderRequirements(self.game, "pure").decide(package).gainers,)


def check_game(game: LinkageGame, question: str, *, vetoes: bool = True) -> None:
    """Refuse games for which the question has no answer, or none here."""
    if game.reserved:
        msg = f"{question}: not defined: no status quo per issue, only reservation totals"
        raise NotDefinedError(msg)
    if not game.interested:
        msg = f"{question}: not defined: nobody has a stake in any issue"
        raise NotDefinedError(msg)
    refused = [key for key in ("floors", "vetoes") if game.channels.get(key)]
    refused = [key for key in refused if key == "floors" or not vetoes]
    if refused:
        msg = (
            f"{game.name or 'the game'}: [{refused[0]}]: {question} does not apply it; remove it "
            "to see the answer without"
        )
        raise NotSupportedError(msg)
