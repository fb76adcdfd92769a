"""What one more party does: new trades, a veto, a share of the gains (Sebenius 1983).

The settlement of the others without him is compared with the one with him, in three steps.  *New
trades*: his acts and his consent become available for free, his payoffs not counting.  *Veto*: no
deal may leave him worse off, so he ratifies but has no share.  *Dilution*: he shares in the gains
as the solution concept says.  Per player the three changes add up to the whole change.  Without him
his acts stay at the status quo and issues that need his consent are left there; his own gain is
then what the others' deal does to him.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

from bargaining.errors import InputError, NotDefinedError, NotSupportedError, VerificationError
from bargaining.linkage.coalitions.reach import Reach, check_coalitional, in_order, reach
from bargaining.linkage.coalitions.signing import more_than
from bargaining.linkage.packages import minimal_packages
from bargaining.model.deal import gains
from bargaining.model.game import LinkageGame, require_game
from bargaining.model.spelling import suggestion
from bargaining.results import Number, Status, checked, in_figures, with_exact
from bargaining.settlement.settle import settle
from bargaining.settlement.settlement import Settlement
from bargaining.settlement.solutions import OPTIMA
from bargaining.settlement.solutions import solution as find_solution

Stage = Literal["without", "free", "veto", "with"]
STAGES: tuple[Stage, ...] = ("without", "free", "veto", "with")
STEPS = {"new_trades": ("without", "free"), "veto": ("free", "veto"), "dilution": ("veto", "with")}
MAX_PACKAGES = 200
SEARCH_SECONDS = 10.0

Packages = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, eq=False)
class Stand:
    """One of the four settlements that are compared.

    Attributes
    ----------
    reach : Reach
        What may be agreed and whose payoffs count.
    settlement : Settlement
        Of that game.
    gains : mapping of str to number
        What the deal brings everybody in the whole game.
    """

    reach: Reach
    settlement: Settlement
    gains: Mapping[str, Number]


@dataclass(frozen=True, eq=False)
class AddedParty:
    """What a party changes by joining.

    Attributes
    ----------
    player, solution : str
    status : Status
        ``solved``; ``limit_reached`` if not all minimal packages were found, and
        ``numerical_trouble`` if a settlement could not be certified.
    players : tuple of str
    stands : mapping of str to Stand
        ``without`` him, with his acts for ``free``, with his ``veto`` only, and ``with`` him.
    change : mapping of str to number
        Gains with him minus those without him; his own entry is what joining brings him.
    steps : mapping of str to mapping of str to number
        ``new_trades``, ``veto`` and ``dilution``, which add up to the change.
    new_packages : tuple of tuple of str
        Minimal packages with him that hold no package on which the others alone could agree.
    lost_packages : tuple of tuple of str
        Minimal packages of the others that hold none from which they could all gain without a
        loss to him.
    bystander : bool
        Whether he has no act, no say and no stake.
    """

    player: str
    solution: str
    status: Status
    players: tuple[str, ...]
    stands: Mapping[Stage, Stand]
    change: Mapping[str, Number]
    steps: Mapping[str, Mapping[str, Number]]
    new_packages: Packages
    lost_packages: Packages
    bystander: bool
    game: LinkageGame = field(repr=False)

    @property
    def without(self) -> Mapping[str, Number]:
        """Everybody's gains without him at the table."""
        return self.stands["without"].gains

    @property
    def joined(self) -> Mapping[str, Number]:
        """Everybody's gains with him at the table."""
        return self.stands["with"].gains

    @property
    def helps(self) -> tuple[str, ...]:
        """Other players who gain more with him."""
        return tuple(p for p, d in self.change.items() if d > 0 and p != self.player)

    @property
    def hurts(self) -> tuple[str, ...]:
        """Other players who gain less with him."""
        return tuple(p for p, d in self.change.items() if d < 0 and p != self.player)

    @property
    def willing(self) -> bool:
        """Whether joining does not cost him anything."""
        return self.change[self.player] >= 0

    def who(self, step: str, *, loses: bool) -> tuple[str, ...]:
        """Other players who lose, or gain, by one of the steps."""
        return tuple(
            p
            for p, d in self.steps[step].items()
            if p != self.player and (d < 0 if loses else d > 0)
        )

    @checked
    def verify(self) -> bool:
        """Check the four settlements from their definitions, and recompute the comparison."""
        for stage in STAGES:
            stand = self.stands[stage]
            again = _reach_of(self.game, self.player, stage)
            same = (
                all((a == b).all() for a, b in zip(again.rows, stand.reach.rows, strict=True))
                and (again.inner.flat.values == stand.reach.inner.flat.values).all()
            )
            if not same or stand.settlement.game is not stand.reach.inner:
                msg = f"{stage}: the game settled is not the one that this stage is about"
                raise VerificationError(msg)
            if stand.settlement.solution != self.solution:
                msg = f"{stage}: settled by another concept"
                raise VerificationError(msg)
            stand.settlement.verify()
            if stand.gains != _realised(stand.reach, stand.settlement):
                msg = f"{stage}: the gains are not those of the deal carried out"
                raise VerificationError(msg)
        if self.steps != _steps(self.game, self.stands):
            msg = "the steps are not the differences of the settlements' gains"
            raise VerificationError(msg)
        for player in self.players:
            total = sum((step[player] for step in self.steps.values()), start=Fraction(0))
            if more_than(self.game, player, total, self.change[player]) or more_than(
                self.game, player, self.change[player], total
            ):
                msg = f"{player}: the steps do not add up to the change"
                raise VerificationError(msg)
        found = _packages(self.stands)
        if (self.new_packages, self.lost_packages) != found[:2]:
            msg = "the packages that he opens or closes are not the ones stated"
            raise VerificationError(msg)
        return True

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return the command line's JSON; with ``exact=True`` fractions also as strings."""
        data = {
            "schema": "bargaining-adding/1",
            "game": self.game.name or self.game.title,
            "players": self.players,
            "player": self.player,
            "solution": self.solution,
            "status": self.status,
            "gains": {stage: stand.gains for stage, stand in self.stands.items()},
            "deals": {
                stage: stand.reach.carried_out(stand.settlement.lotteries).named(self.game)
                for stage, stand in self.stands.items()
            },
            "change": self.change,
            "steps": self.steps,
            "helps": self.helps,
            "hurts": self.hurts,
            "willing": self.willing,
            "bystander": self.bystander,
            "new_packages": self.new_packages,
            "lost_packages": self.lost_packages,
        }
        return with_exact(data, exact=exact)

    def __str__(self) -> str:
        lines = [f"Adding {self.player} ({self.solution})"]
        for player in self.players:
            before, after = self.without[player], self.joined[player]
            lines.append(f"  {player}: {in_figures(before)} -> {in_figures(after)}")
        return "\n".join(lines)


def adding_party(game: LinkageGame, player: str, *, solution: str = "nash") -> AddedParty:
    """Say what a player changes by coming to the table of the others.

    Parameters
    ----------
    game : LinkageGame
        With the player; at least two others.
    player : str
    solution : {"nash", "kalai_smorodinsky", "egalitarian", "utilitarian"}
        A concept that is defined for any number of players, with players who only ratify.

    Returns
    -------
    AddedParty

    Raises
    ------
    InputError
        If the player or the solution is unknown.
    NotDefinedError
        If fewer than two others remain, or the concept is not defined here.
    NotSupportedError
        If the game has requirements at home, side payments, or private types.

    References
    ----------
    Sebenius, J. (1983). Negotiation arithmetic: adding and subtracting issues and parties.
    International Organization 37, 281-316.

    Examples
    --------
    >>> pie = LinkageGame.from_payoffs([[[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]])
    >>> found = adding_party(pie, "3")
    >>> found.steps["dilution"]["1"]
    Fraction(-1, 6)
    """
    require_game(game)
    if player not in game.players:
        msg = (
            f"player: expected one of {', '.join(game.players)}, "
            f'found "{player}"{suggestion(str(player), game.players)}'
        )
        raise InputError(msg)
    if len(game.players) < 3:
        msg = f"adding {player}: not defined: without him there are not two parties to agree"
        raise NotDefinedError(msg)
    if find_solution(solution).id not in OPTIMA:
        msg = f"adding a party: {solution} has no ratifiers; take {', '.join(OPTIMA)}"
        raise NotDefinedError(msg)
    check_coalitional(game, "adding a party")
    if game.channels.get("transfers"):
        msg = (
            f"{game.name or 'the game'}: adding a party: not worked out with [transfers], since "
            "what his acts are good for is asked without side payments: others could have him "
            "pay for nothing; remove [transfers]"
        )
        raise NotSupportedError(msg)
    stands: dict[Stage, Stand] = {}
    for stage in STAGES:
        open_deals = _reach_of(game, player, stage)
        settled = settle(open_deals.inner, solution=solution)
        stands[stage] = Stand(open_deals, settled, _realised(open_deals, settled))
    steps = _steps(game, stands)
    change = _differences(game, stands, "without", "with")
    fresh, lost, complete = _packages(stands)
    troubled = any(s.settlement.status == Status.NUMERICAL_TROUBLE for s in stands.values())
    status = Status.SOLVED if complete else Status.LIMIT_REACHED
    return AddedParty(
        player,
        solution,
        Status.NUMERICAL_TROUBLE if troubled else status,
        game.players,
        stands,
        change,
        steps,
        fresh,
        lost,
        _idle(game, player),
        game,
    )


def _reach_of(game: LinkageGame, player: str, stage: Stage) -> Reach:
    """Return what may be agreed at a stage, and whose payoffs count."""
    others = in_order(game.players, [p for p in game.players if p != player])
    if stage == "without":
        return reach(game, others)
    if stage == "free":
        return reach(game, game.players, counted=others)
    whole = reach(game, game.players)
    if stage == "with" or game.players.index(player) not in game.interested:
        return whole
    vetoes = dict.fromkeys(game.issue_names, (player,))
    channels = {**whole.inner.channels, "vetoes": vetoes}
    return replace(whole, inner=replace(whole.inner, channels=channels))


def _realised(open_deals: Reach, settled: Settlement) -> dict[str, Number]:
    """Return everybody's gains when the deal is carried out in the whole game."""
    game = open_deals.game
    found = gains(game, open_deals.carried_out(settled.lotteries))
    exact = settled.tolerance == 0
    return {p: g if exact else float(g) for p, g in zip(game.players, found, strict=True)}


def _steps(game: LinkageGame, stands: Mapping[Stage, Stand]) -> dict[str, dict[str, Number]]:
    return {
        name: _differences(game, stands, before, after) for name, (before, after) in STEPS.items()
    }


def _differences(
    game: LinkageGame, stands: Mapping[Stage, Stand], before: Any, after: Any
) -> dict[str, Number]:
    """Return differences of gains; those within the tolerance of numerical ones are 0."""
    found: dict[str, Number] = {}
    for player in game.players:
        left, right = stands[after].gains[player], stands[before].gains[player]
        differ = more_than(game, player, left, right) or more_than(game, player, right, left)
        found[player] = left - right if differ else Fraction(0)
    return found


def _packages(stands: Mapping[Stage, Stand]) -> tuple[Packages, Packages, bool]:
    """Return minimal packages that only he makes work, those that he stops, and whether all."""
    lists, complete = {}, True
    for stage in ("with", "veto", "without"):
        game = stands[stage].reach.inner
        search = minimal_packages(game, time_limit=SEARCH_SECONDS)
        found = list(itertools.islice(search, MAX_PACKAGES)) if game.interested else []
        complete &= search.status == Status.SOLVED and len(found) < MAX_PACKAGES
        lists[stage] = {package: search.ordered(package) for package in found}
    joined, vetoed, alone = lists["with"], lists["veto"], lists["without"]
    fresh = tuple(n for p, n in joined.items() if not any(q <= p for q in alone))
    lost = tuple(n for q, n in alone.items() if not any(p <= q for p in vetoed))
    return fresh, lost, complete


def _idle(game: LinkageGame, player: str) -> bool:
    """Whether a player has no act, no say and no stake."""
    acts = any(len(issue.actions.get(player, ())) > 1 for issue in game.issues.values())
    return not acts and game.players.index(player) not in game.interested
