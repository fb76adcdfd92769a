"""Comparing the linked with the delinked agenda: what linking does, for whom, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from bargaining.linkage.in_words import Effect, in_words
from bargaining.linkage.package_search import Oracle
from bargaining.model.deal import Deal, combine, gains
from bargaining.model.game import LinkageGame
from bargaining.results import Certificate, Number, Status
from bargaining.settlement.program import GAP
from bargaining.settlement.settle import settle
from bargaining.settlement.settlement import Settlement

MAX_NAMED = 10_000
"""Certificates spell out packages of at most this many issues."""
SAME = 1e-9
"""Gains closer than this share of the payoff range count as the same, where not exact."""


@dataclass(frozen=True, eq=False)
class Linkage:
    """What linking does.

    Attributes
    ----------
    linking_breaks_deadlock : bool
    effect : {"breaks_deadlock", "enlarges", "redistributes", "no_effect", "harms", "not_defined"}
    linkage_gain : mapping of str to number
        Linked minus delinked gains.
    linkage_gain_total : number or None
    better_off, worse_off : tuple of str
        Players who only ratify are not listed, and do not count in the total.
    certificate : mapping
        ``deal``: one that helps everyone with a stake, or None; ``linked`` and ``delinked``:
        per package, exchange rates that prove that those who do not gain there cannot.
    in_words : str
    """

    linking_breaks_deadlock: bool
    effect: Effect
    linkage_gain: Mapping[str, Number]
    linkage_gain_total: Number | None
    better_off: tuple[str, ...]
    worse_off: tuple[str, ...]
    certificate: Mapping[str, Any]
    in_words: str

    def to_dict(self) -> dict[str, Any]:
        """Plain data; numbers stay exact where they are."""
        return dict(self.__dict__)


def compare(game: LinkageGame, agendas: Mapping[str, Settlement]) -> Linkage:
    """Compare the linked with the delinked agenda."""
    linked, delinked = agendas["linked"], agendas["delinked"]
    if delinked.status == Status.NOT_DEFINED:
        certificate = {"deal": _witness(game, linked), "linked": _blocking(linked), "delinked": {}}
        words = in_words(game, agendas, "not_defined", (), ())
        return Linkage(False, "not_defined", {}, None, (), (), certificate, words)
    change = {p: linked.gains[p] - delinked.gains[p] for p in game.players}
    slack = _slack(game, change)
    ratify = set(game.ratification.ratified)
    count = [p for i, p in enumerate(game.players) if i not in ratify]
    better = tuple(p for p in count if change[p] > slack[p])
    worse = tuple(p for p in count if change[p] < -slack[p])
    breaks = linked.mutual_gain and not delinked.mutual_gain and delinked.complete
    effect = _effect(breaks=breaks, better=bool(better), worse=bool(worse))
    certificate = {
        "deal": _witness(game, linked),
        "linked": _blocking(linked),
        "delinked": _blocking(delinked),
    }
    return Linkage(
        breaks,
        effect,
        change,
        sum((change[p] for p in count), start=Fraction(0)),
        better,
        worse,
        certificate,
        in_words(game, agendas, effect, better, worse),
    )


def _effect(*, breaks: bool, better: bool, worse: bool) -> Effect:
    if breaks:
        return "breaks_deadlock"
    if better and worse:
        return "redistributes"
    if better:
        return "enlarges"
    return "harms" if worse else "no_effect"


def _slack(game: LinkageGame, change: Mapping[str, Number]) -> dict[str, float]:
    """How far gains may differ and still count as the same."""
    slack = {}
    for i, player in enumerate(game.players):
        exact = isinstance(change[player], Fraction)
        numerical = GAP if len(game.interested) > 2 or game.ratification else SAME
        slack[player] = 0.0 if exact else numerical * game.reach[i]
    return slack


def _witness(game: LinkageGame, linked: Settlement) -> Certificate | None:
    """Return a deal that helps everyone with a stake, if the linked agenda has one."""
    if not linked.mutual_gain:
        return None
    witness = linked
    promised, lotteries = witness.promised, witness.lotteries
    paid = any(witness.transfers.values())
    if linked.evidence and any(promised[game.players[i]] <= 0 for i in game.interested):
        require = ("enforcement",) if linked.reversion else ()
        again = settle(game, deals=linked.deals, require=require)
        promised, lotteries = again.promised, again.lotteries
    elif paid or any(promised[game.players[i]] <= 0 for i in game.interested):
        parts = _covering(game, linked)
        lotteries = combine(game, parts)
        totals = [gains(game, part) for part in parts]
        promised = {
            player: sum((total[i] for total in totals), start=Fraction(0))
            for i, player in enumerate(game.players)
        }
    named = lotteries.named(game) if len(game.issues) <= MAX_NAMED else {}
    return Certificate("deal", {}, tuple(named), promised, named)


def _covering(game: LinkageGame, linked: Settlement) -> list[Deal]:
    """Return one deal per package such that together they help everyone."""
    oracle = Oracle(game, linked.deals)
    reached: dict[frozenset[int], list[Deal]] = {frozenset(): []}
    for package in linked.plan.packages:
        if linked.deals == "shares":
            found = oracle.decide(package)
            choices = [(found.gainers, found.deal)]
        else:
            choices = oracle.rational(package)
        for before, parts in list(reached.items()):
            for who, deal in choices:
                reached.setdefault(before | who, [*parts, deal.on(package)])
    return reached[frozenset(game.interested)]


def _blocking(settlement: Settlement) -> dict[str, dict[str, Number]]:
    """Per package, exchange rates that prove that those who do not gain there cannot."""
    game = settlement.game
    return {
        "+".join(game.issue_names[k] for k in part.package): dict(
            zip(game.players, part.blocking, strict=True)
        )
        for part in settlement.parts
        if part.blocking is not None and len(part.package) <= MAX_NAMED
    }
