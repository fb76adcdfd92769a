"""The deals of a class judged: what each group got, and what it left on the table.

Groups negotiated the same game in one of two ways, issue by issue (delinked) or with everything
on one table (linked).  Each deal is compared with all deals of the whole table: the distance to
the frontier is what everybody could have gained on top (:mod:`bargaining.linkage.evaluate`).
Where a deal must pass at home, gains are net of premiums, and it is compared with every deal of
one outcome per issue that passes under its own agenda (and, with shares, with the Nash and the
egalitarian settlement).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import get_args

import numpy as np

from bargaining.errors import InputError, NotDefinedError, NotSupportedError, SolverError
from bargaining.files.class_deals import GroupDeal, Treatment
from bargaining.linkage.at_home import HomeCheck, home_checks, net_gains, passes
from bargaining.linkage.evaluate import evaluate
from bargaining.model.deal import Deal, broken
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status
from bargaining.settlement.package import Deals
from bargaining.settlement.settle import settle

MAX_PURE = 4_096
"""Deals of one outcome per issue that are gone through where requirements at home apply."""
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
        What everybody could gain on top; None if not known, or if it does not stand and nothing
        that everybody likes better was found.
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
        Means of the sum of gains, and of what everybody could have gained on top (None if not
        known of any group).
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


@dataclass(frozen=True, eq=False)
class ClassResults:
    """The deals of a class judged; summaries are for treatments that were played.

    ``left_out`` says which solution concepts better deals were not looked for with, and why.
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
    judges = {treatment: _Judge(game, treatment, deals) for treatment in get_args(Treatment)}
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
    left_out = tuple(dict.fromkeys(itertools.chain(*(judges[name].left_out for name in played))))
    return ClassResults(game, deals, found, summaries, left_out)


class _Judge:
    """Judges deals of one treatment; the same deal is judged once."""

    def __init__(self, game: LinkageGame, treatment: Treatment, deals: Deals) -> None:
        self.game, self.deals = game, deals
        self.agenda = "linked" if game.reserved else treatment
        self.known: dict[object, Judged] = {}
        self.passing: tuple[list[Deal], list[tuple[Number, ...]]] | None = None
        self.left_out: list[str] = []

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
            efficient, distance, improvement, better = self._compared(group, net)
        except (NotDefinedError, NotSupportedError, SolverError) as error:
            unknown = str(error)
            efficient, distance, improvement, better = None, None, {}, {}
        if efficient and not stands:
            efficient, distance = False, None
        now = deal.named(game)
        changes = {
            name: shares
            for name, shares in better.items()
            if any(improvement.values()) and dict(shares) != now.get(name) and not _kept(shares)
        }
        return Judged(
            dict(zip(game.players, net, strict=True)),
            sum((net[i] for i in game.interested), start=Fraction(0)),
            all(net[i] >= 0 for i in game.interested),
            self._losers(deal),
            checks,
            forbidden,
            efficient,
            distance,
            improvement,
            changes,
            unknown,
        )

    def _compared(
        self, group: GroupDeal, net: tuple[Number, ...]
    ) -> tuple[bool | None, Number | None, Mapping[str, Number], Named]:
        """Return whether a deal is efficient, what is left, the nearest better deal."""
        game, deal = self.game, group.deal
        if game.ratification:
            return self._among_passing(deal, net)
        if not group.signed and game.reserved:
            answer = settle(game, solution="egalitarian", deals=self.deals)
            left = min((answer.gains[game.players[i]] for i in game.interested), default=0)
            return not any(answer.gains.values()), left, answer.gains, answer.deal
        draft = evaluate(game, deal, deals=self.deals)
        return draft.efficient, draft.distance, draft.improvement, draft.better.deal

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

    def _among_passing(
        self, deal: Deal, net: tuple[Number, ...]
    ) -> tuple[bool | None, Number | None, Mapping[str, Number], Named]:
        """Compare with every deal of one outcome per issue that passes at home."""
        game, stakes = self.game, self.game.interested
        if self.passing is None:
            self.passing = self._candidates()
        candidates, rows = self.passing
        none: dict[str, Number] = dict.fromkeys(game.players, Fraction(0))
        if not candidates:
            return None, None, none, {}
        ranked = sorted(
            range(len(rows)),
            key=lambda j: sorted(float(rows[j][i] - net[i]) for i in stakes),
            reverse=True,
        )
        for j in ranked:
            more = [rows[j][i] - net[i] for i in stakes]
            if all(step >= 0 for step in more) and any(step > 0 for step in more):
                improvement = {**none, **{game.players[i]: rows[j][i] - net[i] for i in stakes}}
                return False, min(more), improvement, candidates[j].named(game)
        known = self.deals == "pure"  # with shares there is more than was gone through
        return (True, Fraction(0), none, {}) if known else (None, None, none, {})

    def _candidates(self) -> tuple[list[Deal], list[tuple[Number, ...]]]:
        """Deals of one outcome per issue, and with shares what two concepts settle on."""
        game = self.game
        found, rows = passing_deals(game, self.agenda)
        if self.deals == "shares":
            for concept in ("nash", "egalitarian"):
                try:
                    answer = settle(game, solution=concept, agenda=self.agenda)
                except (NotDefinedError, NotSupportedError, SolverError) as error:
                    self.left_out.append(f"{concept}, {self.agenda}: {error}")
                    continue
                if answer.status == Status.AGREEMENT:
                    found.append(answer.lotteries)
                    rows.append(net_gains(game, answer.lotteries, self.agenda))
        return found, rows


def passing_deals(game: LinkageGame, agenda: str) -> tuple[list[Deal], list[tuple[Number, ...]]]:
    """Return every deal of one outcome per issue that passes at home, with its net gains.

    Nothing where there are too many to go through.
    """
    sizes = [issue.size for issue in game.issues.values()]
    if math.prod(sizes) > MAX_PURE:
        return [], []
    every = (Deal(np.array(chosen)) for chosen in itertools.product(*map(range, sizes)))
    kept = [
        deal
        for deal in every
        if broken(game, deal) is None
        and (bool((deal.outcomes == game.origin).all()) or passes(game, deal, agenda))
    ]
    return kept, [net_gains(game, deal, agenda) for deal in kept]


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
    )


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0
