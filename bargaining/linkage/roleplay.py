"""The deals of a class judged: what each group got, and what it left on the table.

Groups negotiated the same game in one of two ways, issue by issue (delinked) or with everything
that may be linked on one table (linked).  All are measured by the same yardstick, the deals of
that one table: the distance to the frontier is what everybody could have gained on top
(:mod:`bargaining.linkage.evaluate`).  Where a deal must pass at home, gains are net of premiums
and only deals that pass count (:mod:`bargaining.linkage.left_on_table`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import get_args

from bargaining.errors import InputError, NotDefinedError, NotSupportedError, SolverError
from bargaining.files.class_deals import GroupDeal, Treatment
from bargaining.linkage.at_home import HomeCheck, home_checks, net_gains
from bargaining.linkage.evaluate import evaluate
from bargaining.linkage.left_on_table import Yardstick
from bargaining.model.deal import Deal, broken
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status
from bargaining.settlement.package import Deals
from bargaining.settlement.settle import settle

Named = Mapping[str, Mapping[str, Number]]


@dataclass(frozen=True, eq=False)
class Judged:
    """What can be said of a deal of the class.

    Attributes
    ----------
    gains : mapping of str to number
        Net of what the deal costs at home.
    joint : number
        Sum over the players with a stake.
    rational : bool
        Whether nobody with a stake loses.
    losers_alone : mapping of str to tuple of str
        Per issue, players who lose on it taken alone.
    checks : tuple of HomeCheck
        Requirements at home, if anything was signed.
    forbidden : bool
        Whether it breaks a constraint across issues.
    efficient : bool or None
        Whether it stands and nobody can gain more without another's loss; None if not known.
    distance : number or None
        What everybody could gain on top; None if it does not stand and nothing that everybody
        likes better was found.
    at_least : bool
        Whether the distance is only a lower bound.
    improvement : mapping of str to number
        What the nearest deal better for all brings on top.
    changes : mapping of str to mapping of str to number
        The issues that this deal settles otherwise.
    unknown : str
        Why it was not compared with other deals; empty if it was.
    """

    gains: Mapping[str, Number]
    joint: Number
    rational: bool
    losers_alone: Mapping[str, tuple[str, ...]]
    checks: tuple[HomeCheck, ...]
    forbidden: bool
    efficient: bool | None
    distance: Number | None
    at_least: bool
    improvement: Mapping[str, Number]
    changes: Named
    unknown: str = ""

    @property
    def stands(self) -> bool:
        """Whether it breaks no rule and passes at home."""
        return self.passed and not self.forbidden

    @property
    def passed(self) -> bool:
        """Whether it meets every requirement at home."""
        return all(check.met for check in self.checks)


@dataclass(frozen=True, eq=False)
class JudgedGroup:
    """A group, what it signed, and the judgement on it."""

    group: str
    treatment: Treatment
    signed: tuple[str, ...]
    deal: Named
    judged: Judged

    @property
    def agreed(self) -> bool:
        """Whether anything was signed."""
        return bool(self.signed)


@dataclass(frozen=True)
class TreatmentSummary:
    """How the groups of one treatment did, on average.

    Attributes
    ----------
    groups, agreed, rational, known, efficient, passed : int
        How many groups; how many signed anything, hurt nobody who negotiates; of how many it is
        known whether they left anything, how many left nothing; how many passed at home.
    ratified : mapping of str to int
        By player who only ratifies: of those that signed anything, how many he ratifies.
    gains : mapping of str to float
        Means.
    joint, left : float
        Means of the sum of gains, and of what everybody could have gained on top (None if no
        group's deal could be compared).
    at_least : bool
        Whether some of what was left, and so its mean, is only a lower bound.
    """

    treatment: Treatment
    groups: int
    agreed: int
    rational: int
    known: int
    efficient: int
    passed: int
    ratified: Mapping[str, int]
    gains: Mapping[str, float]
    joint: float
    left: float | None
    at_least: bool


@dataclass(frozen=True, eq=False)
class ClassResults:
    """The deals of a class judged; summaries are for treatments that were played.

    ``left_out`` says why only a lower bound is known of what was left, where that is so.
    """

    game: LinkageGame = field(repr=False)
    deals: Deals
    groups: tuple[JudgedGroup, ...]
    summaries: tuple[TreatmentSummary, ...]
    left_out: tuple[str, ...] = ()


def judge_class(
    game: LinkageGame, groups: Sequence[GroupDeal], *, deals: Deals | None = None
) -> ClassResults:
    """Judge the deals of a class.

    Parameters
    ----------
    game : LinkageGame
    groups : sequence of GroupDeal
    deals : {"shares", "pure"}, optional
        What better deals may look like; by default shares if any group used them.

    Returns
    -------
    ClassResults

    Raises
    ------
    InputError
        If shares were agreed and ``deals`` is ``"pure"``.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> import numpy as np
    >>> both = GroupDeal("a", "linked", Deal(np.array([1, 1])), ("0", "1"))
    >>> judged = judge_class(game, [both]).groups[0].judged
    >>> judged.gains, judged.efficient
    ({'1': Fraction(1, 1), '2': Fraction(3, 1)}, True)
    """
    shared = [group.group for group in groups if group.deal.shares]
    if deals is None:
        deals = "shares" if shared else "pure"
    elif deals not in get_args(Deals):
        msg = f'deals: expected "shares" or "pure", found "{deals}"'
        raise InputError(msg)
    elif deals == "pure" and shared:
        listed = ", ".join(f'"{name}"' for name in shared[:10])
        msg = f'deals: expected one outcome per issue with "pure"; shares were agreed by {listed}'
        raise InputError(msg)
    yardstick = Yardstick(game, deals)
    judges = {name: _Judge(game, name, deals, yardstick) for name in get_args(Treatment)}
    found = tuple(
        JudgedGroup(
            group.group,
            group.treatment,
            group.signed,
            group.deal.named(game),
            judges[group.treatment](group),
        )
        for group in groups
    )
    played = [name for name in get_args(Treatment) if any(g.treatment == name for g in found)]
    summaries = tuple(_summary(game, found, name) for name in played)
    return ClassResults(game, deals, found, summaries, tuple(yardstick.reasons))


@dataclass(frozen=True, eq=False)
class _Compared:
    """How a deal compares with others: see :class:`Judged`."""

    efficient: bool | None
    distance: Number
    at_least: bool
    improvement: Mapping[str, Number]
    better: Named


class _Judge:
    """Judges deals of one treatment; the same deal is judged once."""

    def __init__(
        self, game: LinkageGame, treatment: Treatment, deals: Deals, yardstick: Yardstick
    ) -> None:
        self.game, self.deals, self.yardstick = game, deals, yardstick
        self.agenda = "linked" if game.reserved else treatment
        self.known: dict[object, Judged] = {}

    def __call__(self, group: GroupDeal) -> Judged:
        named = {k: tuple(sorted(v.items())) for k, v in group.deal.named(self.game).items()}
        key = (bool(group.signed), tuple(sorted(named.items())))
        if key not in self.known:
            self.known[key] = self._judge(group)
        return self.known[key]

    def _judge(self, group: GroupDeal) -> Judged:
        game, deal = self.game, group.deal
        net = net_gains(game, deal, self.agenda)
        checks = home_checks(game, deal, self.agenda) if group.signed else ()
        forbidden = broken(game, deal) is not None
        stands = not forbidden and all(check.met for check in checks)
        unknown = ""
        try:
            found = self._compared(group, net)
        except (NotDefinedError, NotSupportedError, SolverError) as error:
            unknown = str(error)
            found = _Compared(None, Fraction(0), True, {}, {})
        improvement = found.improvement
        compared = stands or any(improvement.values())
        distance = found.distance if compared else None
        now = deal.named(game)
        changes = {
            name: shares
            for name, shares in found.better.items()
            if any(improvement.values()) and dict(shares) != now.get(name) and not _kept(shares)
        }
        return Judged(
            dict(zip(game.players, net, strict=True)),
            sum((net[i] for i in game.interested), start=Fraction(0)),
            all(net[i] >= 0 for i in game.interested),
            self._losers(deal),
            checks,
            forbidden,
            found.efficient if compared else False,
            distance,
            found.at_least and compared,
            improvement,
            changes,
            unknown,
        )

    def _compared(self, group: GroupDeal, net: tuple[Number, ...]) -> _Compared:
        """Compare a deal with those of the table that holds all that may be linked."""
        game, deal = self.game, group.deal
        if game.ratification:
            left = self.yardstick.left(net)
            gained = dict(zip(game.players, left.improvement, strict=True))
            better = {} if left.better is None else left.better.named(game)
            return _Compared(left.efficient, left.amount, left.at_least, gained, better)
        if not group.signed and game.reserved:
            answer = settle(game, solution="egalitarian", deals=self.deals)
            least = min((answer.gains[game.players[i]] for i in game.interested), default=0)
            nothing = not any(answer.gains.values())
            return _Compared(nothing, least, False, answer.gains, answer.deal)
        draft = evaluate(game, deal, deals=self.deals)
        tables = sum(part.status == Status.AGREEMENT for part in draft.better.parts)
        # the sum of the tables' equal gains need not be the largest gain for all
        at_least = tables > 1
        return _Compared(
            draft.efficient, draft.distance, at_least, draft.improvement, draft.better.deal
        )

    def _losers(self, deal: Deal) -> dict[str, tuple[str, ...]]:
        """Find who loses on which issue taken alone, the others left as they are."""
        game = self.game
        if game.reserved:
            return {}
        found = {}
        for k, name in enumerate(game.issue_names):
            alone = net_gains(game, deal.on((k,)), "delinked")
            if losers := tuple(game.players[i] for i in game.interested if alone[i] < 0):
                found[name] = losers
        return found


def _kept(shares: Mapping[str, Number]) -> bool:
    """Whether a better deal leaves an issue's shares as drafted."""
    from bargaining.model.draft import DRAFT

    return len(shares) == 1 and next(iter(shares)).startswith(DRAFT)


def _summary(
    game: LinkageGame, groups: Sequence[JudgedGroup], treatment: Treatment
) -> TreatmentSummary:
    mine = [group for group in groups if group.treatment == treatment]
    judged = [group.judged for group in mine]
    left = [float(j.distance) for j in judged if j.distance is not None]
    return TreatmentSummary(
        treatment,
        len(mine),
        sum(group.agreed for group in mine),
        sum(j.rational for j in judged),
        sum(j.efficient is not None for j in judged),
        sum(j.efficient is True for j in judged),
        sum(j.passed and group.agreed for j, group in zip(judged, mine, strict=True)),
        {
            game.players[i]: sum(
                group.agreed
                and all(c.met for c in j.checks if (c.player, c.kind) == (game.players[i], "veto"))
                for j, group in zip(judged, mine, strict=True)
            )
            for i in game.ratification.ratified
        },
        {p: _mean([float(j.gains[p]) for j in judged]) for p in game.players},
        _mean([float(j.joint) for j in judged]),
        _mean(left) if left else None,
        any(j.at_least for j in judged),
    )


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0
