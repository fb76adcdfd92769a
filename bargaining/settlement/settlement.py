"""The answer to what an agenda is settled on, and how it is verified."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.errors import VerificationError
from bargaining.geometry.exchange_rates import rate_bounds
from bargaining.model.agenda import Agenda, parse_agenda
from bargaining.model.deal import Deal, broken, check, combine, gains, named_together
from bargaining.model.game import LinkageGame
from bargaining.model.ratification import Ratification
from bargaining.results import Certificate, Number, Status, checked, in_figures, with_exact
from bargaining.settlement import totals
from bargaining.settlement.across import within
from bargaining.settlement.checker import check_package
from bargaining.settlement.package import Deals, PackageSettlement
from bargaining.settlement.planar_package import axes
from bargaining.settlement.rounding import MAX_DENOMINATOR
from bargaining.settlement.solutions import solution as find_solution
from bargaining.settlement.solutions.base import Weights

if TYPE_CHECKING:
    from bargaining.settlement.composed.package import Evidence
    from bargaining.settlement.enforcement.reversion import ReversionMode
    from bargaining.settlement.requirements.base import Requirement

MAX_NAMED = 10_000
"""Details name packages of at most this many issues."""


@dataclass(frozen=True, eq=False)
class Settlement:
    """What an agenda is settled on.

    Attributes
    ----------
    solution, agenda, deals : str
    status : Status
        ``agreement`` if at least one package changes something; ``numerical_trouble`` if a
        package's settlement could not be certified (a deal that helps is given all the same).
    mutual_gain : bool
        Whether everyone with a stake can gain under this agenda (whatever the concept).
    gains : mapping of str to number
        Realised gains from the status quo, all packages carried out together.
    promised : mapping of str to number
        Sum of what each package promises with the others at their status quo.
    payoffs : mapping of str to number
        Total payoffs: gains plus the payoffs of the status quo.
    packages : tuple of tuple of str
    deal : mapping of str to mapping of str to number
        Shares by issue and outcome.
    ties : tuple of deals
        All equally good pure deals when ``all=True`` was asked for.
    transfers : mapping of str to number
        Side payments received (negative: paid), where the concept has them; otherwise 0.
    commit : tuple of str
        Who can commit himself to threats, where the concept has them.
    details : mapping of str to mapping
        Per package, what the concept shows beside gains and deal (threats, points, steps).
    method : str
    tolerance : float
        0 when the answer is exact.
    certificate : Certificate
    requirements : mapping of str to mapping
        What each requirement comes to, by name such as ``"caps.mexico"``: ``binding``, its
        ``price`` in that player's payoffs per unit, and the ``slack`` left; for a premium the
        ``depth``, the ``premium`` paid and the ``cross_premium``.
    conflict : tuple of str
        Where there is no agreement because of requirements: a smallest set that rules it out.
    reversion : str or None
        What follows a deviation, where enforcement was asked for.
    own : tuple of Requirement
        The caller's own requirements.
    """

    solution: str
    agenda: str
    deals: Deals
    status: Status
    mutual_gain: bool
    gains: Mapping[str, Number]
    promised: Mapping[str, Number]
    payoffs: Mapping[str, Number]
    transfers: Mapping[str, Number]
    commit: tuple[str, ...]
    method: str
    tolerance: float
    game: LinkageGame = field(repr=False)
    plan: Agenda = field(repr=False)
    parts: tuple[PackageSettlement, ...] = field(repr=False)
    lotteries: Deal = field(repr=False)
    weights: Weights = field(repr=False)
    show_ties: bool = field(default=False, repr=False)
    complete: bool = field(default=True, repr=False)
    requirements: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    conflict: tuple[str, ...] = ()
    reversion: ReversionMode | None = None
    own: tuple[Requirement, ...] = field(default=(), repr=False)
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)
    attempt: tuple[tuple[list[PackageSettlement], Evidence], ...] = field(default=(), repr=False)

    @cached_property
    def rules(self) -> Ratification:
        """What a deal must pass: what the file asks, and what the caller asks besides."""
        asked = self.game.ratification
        return replace(asked, own=self.own) if self.own else asked

    @cached_property
    def packages(self) -> tuple[tuple[str, ...], ...]:
        """The packages, as names of issues."""
        return self.plan.named_packages(self.game)

    @cached_property
    def deal(self) -> Mapping[str, Mapping[str, Number]]:
        """Shares by issue and outcome."""
        named = self.lotteries.named(self.game)
        if self.tolerance == 0:
            return named
        return {
            issue: {outcome: _short(share) for outcome, share in shares.items()}
            for issue, shares in named.items()
        }

    @cached_property
    def together(self) -> tuple[dict[str, Any], ...]:
        """How issues go together that spillovers or constraints tie: shares of joint outcomes."""
        return named_together(self.game, self.lotteries)

    @cached_property
    def ties(self) -> tuple[Mapping[str, Mapping[str, Number]], ...]:
        """Equally good pure deals of the packages, the chosen one of each first."""
        if not self.show_ties:
            return ()
        return tuple(tie.named(self.game) for part in self.parts for tie in part.ties)

    @cached_property
    def tie_count(self) -> int:
        """How many equally good pure deals there are, package by package."""
        return sum(part.tie_count for part in self.parts)

    @cached_property
    def brackets(self) -> tuple[dict[str, Any], ...]:
        """Packages whose best pure deal is not known: the score reached, and an upper bound."""
        return tuple(
            {"package": [self.game.issue_names[k] for k in part.package], "score": part.bracket}
            for part in self.parts
            if part.bracket is not None
        )

    @cached_property
    def details(self) -> Mapping[str, Mapping[str, Any]]:
        """Per package, what the concept shows beside gains and deal."""
        return {
            "+".join(self.game.issue_names[k] for k in part.package): part.details
            for part in self.parts
            if part.details and len(part.package) <= MAX_NAMED
        }

    @cached_property
    def certificate(self) -> Certificate:
        """Weights at which no deal is worth more (one package), and the deal itself."""
        main = max(self.parts, key=lambda part: len(part.package), default=None)
        if main is None or main.weights is None:
            kind, rates = "deal", {}
        else:
            kind = "support" if main.status == Status.AGREEMENT else "exchange_rates"
            rates = dict(zip(self.game.players, main.weights, strict=True))
        names = tuple(self.game.issue_names[k] for k in main.package) if main else ()
        promised = dict(zip(self.game.players, main.gains, strict=True)) if main else {}
        gap = Fraction(0) if self.tolerance == 0 else self.tolerance
        return Certificate(kind, rates, names, promised, {}, gap)

    @checked
    def verify(self) -> bool:
        """Recompute everything from the definitions; raise VerificationError if it fails."""
        if self.evidence:
            from bargaining.settlement.composed.verify import verify_composed

            return verify_composed(self)
        if self.status == Status.NOT_DEFINED:
            if self.parts or not self.game.reserved or len(self.plan.packages) < 2:
                msg = "the question is said not to be defined, but it is"
                raise VerificationError(msg)
            return True
        players = self.game.players
        for name in ("gains", "promised", "payoffs", "transfers"):
            if tuple(getattr(self, name)) != players:
                msg = f"{name}: expected one number per player"
                raise VerificationError(msg)
        pure = any(part.method == "pure frontier" for part in self.parts)
        if self.tolerance < 0 or self.tolerance > 1e-3 or (pure and self.deals != "pure"):
            msg = "the stated tolerance or kind of deals does not fit the answer"
            raise VerificationError(msg)
        if self.deals == "pure" and self.lotteries.shares:
            msg = "a pure deal holds shares"
            raise VerificationError(msg)
        concept = find_solution(self.solution)
        self._verify_summary()
        check(self.game, self.lotteries)
        paid = totals.transferred(self.game, self.parts)
        realised = tuple(g + t for g, t in zip(gains(self.game, self.lotteries), paid, strict=True))
        slack = max(self.tolerance, 0.0)
        for i, player in enumerate(self.game.players):
            claimed = self.gains[player]
            exact = isinstance(claimed, Fraction) and isinstance(realised[i], Fraction)
            allowed = 0.0 if exact else slack * max(self.game.reach[i], abs(float(claimed)))
            if not -allowed <= realised[i] - claimed <= allowed:
                msg = (
                    f"the deal gives {player} {float(realised[i]):g}, "
                    f"not the stated {float(claimed):g}"
                )
                raise VerificationError(msg)
        for part in self.parts:
            check_package(within(self.game, part.within), part, concept, self.weights, slack)
        rule = broken(self.game, self.lotteries)
        if rule is not None:
            msg = f"the packages' deals together break {rule.place}"
            raise VerificationError(msg)
        self._verify_idle()
        return True

    def _verify_summary(self) -> None:
        """Check that what is stated of the whole follows from the parts."""
        game = self.game
        plan = self.plan.packages
        packages = set(map(tuple, plan)) if len(plan) > 1 else set()
        together = combine(game, (part.deal for part in self.parts))
        base = zip(self.gains.values(), totals.start(game), strict=True)
        stated = {
            "agenda": parse_agenda(game, self.agenda).packages == self.plan.packages,
            "packages": all(
                part.package == plan[0] if len(plan) == 1 else tuple(part.package) in packages
                for part in self.parts
            ),
            "status": self.status == totals.status(self.parts, complete=self.complete),
            "mutual_gain": self.mutual_gain == totals.attains(game, self.parts),
            "transfers": _same(self.transfers.values(), totals.transferred(game, self.parts)),
            "promised": _same(self.promised.values(), totals.promised(game, self.parts)),
            "payoffs": _same(self.payoffs.values(), [g + p for g, p in base]),
            "deal": bool(np.array_equal(together.outcomes, self.lotteries.outcomes))
            and together.shares == self.lotteries.shares,
        }
        for name, right in stated.items():
            if not right:
                msg = f"the stated {name} does not follow from the packages' settlements"
                raise VerificationError(msg)

    def _verify_idle(self) -> None:
        """Issues left out of :attr:`parts` stand alone and offer no trade by themselves."""
        if sum(len(part.package) for part in self.parts) == len(self.game.issues):
            return
        covered = {k for part in self.parts for k in part.package}
        idle = [k for package in self.plan.packages for k in package if k not in covered]
        if not idle:
            return
        bounds = rate_bounds(self.game, axes(self.game))
        able = bounds.mutual() | bounds.one_sided()
        if bool(able[np.asarray(idle)].any()):
            msg = "an issue said to offer no trade offers one"
            raise VerificationError(msg)

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return the command line's JSON; with ``exact=True`` fractions also as strings."""
        data: dict[str, Any] = {
            "schema": "bargaining-settlement/1",
            "game": self.game.name or self.game.title,
            "players": list(self.game.players),
            "solution": self.solution,
            "agenda": self.agenda,
            "deals": self.deals,
            **self.summary(),
            "payoffs": self.payoffs,
            "transfers": self.transfers,
            "commit": self.commit,
            "details": self.details,
            "ties": self.ties,
            "tie_count": self.tie_count,
            "brackets": self.brackets,
            "method": self.method,
            "tolerance": self.tolerance,
            "certificate": self.certificate.to_dict(),
            "conflict": self.conflict,
            "reversion": self.reversion,
        }
        return with_exact(data, exact=exact)

    def summary(self) -> dict[str, Any]:
        """Return what a verdict shows of an agenda."""
        return {
            "packages": self.packages,
            "status": self.status,
            "mutual_gain": self.mutual_gain,
            "gains": self.gains,
            "promised": self.promised,
            "deal": self.deal,
            "together": self.together,
            "requirements": self.requirements,
        }

    def __str__(self) -> str:
        gained = ", ".join(f"{player} {in_figures(g)}" for player, g in self.gains.items())
        if self.status == Status.NO_AGREEMENT:
            return f"{self.agenda}, {self.solution}: no agreement"
        return f"{self.agenda}, {self.solution}: gains {gained}"


def _short(share: Number) -> Number:
    """Leave simple fractions as they are; the others are only close to the true share."""
    simple = isinstance(share, Fraction) and share.denominator <= MAX_DENOMINATOR
    return share if simple else float(share)


def _same(left: Iterable[Number], right: Iterable[Number]) -> bool:
    return all(a == b for a, b in zip(left, right, strict=True))
