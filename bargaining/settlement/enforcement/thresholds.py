"""Critical discount factors: how much tomorrow must weigh for promises to keep each other.

``settlement``
    for the agenda's settlement; ``full`` for the pure deal in which everybody who can act does his
    one act besides the status quo; ``any`` the lowest at which some deal in shares lasts,
    passes at home (premiums, caps, floors, ratifiers) and lets everybody gain; ``lottery`` the
    same for all-or-nothing acts drawn by public lottery (two players; from the set of
    equilibrium payoffs of the repeated game). All refer to one factor common to all players.
    With several packages each keeps its own conditions: what is done in one is no threat in
    another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bargaining.errors import NotDefinedError, NotSupportedError, VerificationError
from bargaining.model.agenda import Agenda, parse_agenda
from bargaining.model.game import LinkageGame, require_game
from bargaining.results import Number, Status, checked, in_figures, with_exact
from bargaining.settlement.channels import check_origin
from bargaining.settlement.enforcement.adjustable import lowest_factor
from bargaining.settlement.enforcement.closed_form import closed_form
from bargaining.settlement.enforcement.home_rules import ties_packages
from bargaining.settlement.enforcement.kept_packages import (
    KeptPackage,
    full_packages,
    highest,
    settled_packages,
)
from bargaining.settlement.enforcement.lowest import WIDTH, Lowest
from bargaining.settlement.enforcement.proof import check_lowest, demands
from bargaining.settlement.enforcement.reversion import (
    Reversion,
    ReversionMode,
    check_reversion,
)
from bargaining.settlement.enforcement.reversion import (
    reversion as find_reversion,
)
from bargaining.settlement.settle import settle
from bargaining.settlement.settlement import Settlement

if TYPE_CHECKING:
    from bargaining.equilibrium.repeated.threshold_answer import LotteryThreshold

MAX_LOTTERY = 200
"""Public lotteries are looked at in games of at most this many outcomes."""
LOTTERY_SECONDS = 20.0
"""How long the factor for public lotteries is looked for."""


@dataclass(frozen=True, eq=False)
class CriticalDiscount:
    """How much tomorrow must weigh under an agenda.

    Attributes
    ----------
    game : LinkageGame
    agenda, solution, reversion_mode : str
    settled : Settlement
        What ``settlement`` is about.
    packages : tuple of KeptPackage
        Packages that the settlement changes.
    full_packages : tuple of KeptPackage or None
        The same for the deal of full acts; None where there is no such deal.
    lowest : Lowest or None
        Evidence for ``any``.  Where premiums bend and no deal can be scaled down, they are taken as
        they are at the status quo, so that only its lower end counts.  None where it takes too
        large a programme to look.
    """

    game: LinkageGame = field(repr=False)
    agenda: str
    solution: str
    reversion_mode: ReversionMode
    settled: Settlement = field(repr=False)
    packages: tuple[KeptPackage, ...] = field(repr=False)
    full_packages: tuple[KeptPackage, ...] | None = field(repr=False)
    reversions: tuple[Reversion, ...] = field(repr=False)
    lowest: Lowest | None = field(repr=False)

    @cached_property
    def settlement(self) -> Number | None:
        """From which factor the settlement lasts; None without agreement, or if at none below 1."""
        if not self.packages:
            return None
        return highest([package.critical for package in self.packages])

    @cached_property
    def full(self) -> Number | None:
        """From which factor full acts last; None where there is no such deal, or no factor."""
        if not self.full_packages:
            return None
        return highest([package.critical for package in self.full_packages])

    @cached_property
    def any(self) -> Number | None:
        """The lowest factor at which some deal in shares lasts; a float where not exact."""
        ends = self.any_bracket
        if ends is None:
            return None
        return ends[1] if ends[0] == ends[1] else float(ends[1])

    @property
    def any_bracket(self) -> tuple[Fraction, Fraction] | None:
        """Two proved ends, no further apart than 1e-12 where :attr:`any_status` is ``solved``."""
        low, high = self._any_ends
        return None if high is None else (low, high)

    @property
    def any_status(self) -> Status:
        """``limit_reached`` where ends are further apart, or nothing shows that a deal lasts."""
        if self.lowest is not None and not self.lowest.found:
            return Status.SOLVED  # proved that none lasts
        low, high = self._any_ends
        close = high is not None and high - low <= WIDTH
        return Status.SOLVED if close else Status.LIMIT_REACHED

    @cached_property
    def _any_ends(self) -> tuple[Fraction, Fraction | None]:
        """Below the first no deal lasts, at the second one does."""
        low = Fraction(0)
        if self.lowest is not None:
            low, high = self.lowest.low or low, self.lowest.high
            if high is None or not self._bent:
                return low, high
        ends = [
            Fraction(factor)
            for packages, factor in (
                (self.packages, self.settlement),
                (self.full_packages, self.full),
            )
            if factor is not None and packages and self._everyone_gains(packages)
        ]
        return (min([low, *ends]), min(ends)) if ends else (low, None)

    @cached_property
    def _bent(self) -> bool:
        """Whether premiums bend and no deal can be scaled down to where they do not."""
        if not any(p.bends for p in self.game.ratification.premiums.values()):
            return False
        return ties_packages(self.game) or any(
            demands(self.game, tuple(package), found.gains)
            for package, found in zip(
                parse_agenda(self.game, self.agenda).packages, self.reversions, strict=True
            )
        )

    def _everyone_gains(self, packages: Sequence[KeptPackage]) -> bool:
        gained = (sum(p.together[i].gain for p in packages) for i in self.game.interested)
        return all(gain > 0 for gain in gained)

    @cached_property
    def any_closed_form(self) -> str | None:
        """The same as a fraction or root, where it can be written down."""
        if self.lowest is None or self.lowest.low is None or self.lowest.high is None or self._bent:
            return None
        if self.lowest.low == self.lowest.high:
            return str(self.lowest.high)
        return closed_form(self.lowest.binding, self.lowest.low, self.lowest.high)

    @cached_property
    def lottery_evidence(self) -> LotteryThreshold | None:
        """What proves :attr:`lottery`; None where public lotteries are not looked at.

        They are for two players and at most 200 outcomes, without ratification and without
        spillovers across packages; the search stops after 20 seconds.
        """
        from bargaining.equilibrium.repeated.threshold import lottery_threshold

        if self.game.ratification or len(self.game.flat.values) > MAX_LOTTERY:
            return None
        try:
            plan = parse_agenda(self.game, self.agenda)
            return lottery_threshold(self.game, plan, time_limit=LOTTERY_SECONDS)
        except (NotDefinedError, NotSupportedError):
            return None

    @property
    def lottery(self) -> Number | None:
        """The lowest factor at which acts drawn by lottery last; a float where not exact."""
        found = self.lottery_evidence
        if found is None or found.upper is None:
            return None
        return float(found.upper) if found.value is None and found.upper else found.upper

    @property
    def lottery_status(self) -> Status:
        """Whether :attr:`lottery` is known: ``not_defined`` where it is not looked at."""
        found = self.lottery_evidence
        return Status.NOT_DEFINED if found is None else found.status

    @property
    def credible(self) -> bool:
        """Whether everything that players fall back on is an equilibrium."""
        return all(found.credible for found in self.reversions)

    @cached_property
    def players(self) -> Mapping[str, Mapping[str, Number | None]]:
        """Per player, over all packages: temptation, loss, own critical factor."""
        rows = {}
        for i, player in enumerate(self.game.players):
            mine = [p.together[i] for p in self.packages]
            rows[player] = {
                "temptation": sum((c.temptation for c in mine), Fraction(0)),
                "loss": sum((c.loss for c in mine), Fraction(0)),
                "critical_discount": highest([c.critical for c in mine]) if mine else None,
            }
        return rows

    @cached_property
    def slack(self) -> Mapping[str, Number]:
        """Per player with a ``[discount]``: the least slack of his conditions at his own factor."""
        return {
            player: min(p.together[i].slack(self.game.discount[player]) for p in self.packages)
            for i, player in enumerate(self.game.players)
            if player in self.game.discount and self.packages
        }

    @property
    def lasts(self) -> bool | None:
        """Whether the settlement lasts at the players' own factors; None unless all have one."""
        if not self.packages or len(self.game.discount) < len(self.game.players):
            return None
        return min(self.slack.values()) >= 0

    @checked
    def verify(self) -> bool:
        """Recompute temptations and losses; check both ends of ``any`` from the definitions."""
        plan = parse_agenda(self.game, self.agenda)
        again = [find_reversion(self.game, p, self.reversion_mode) for p in plan.packages]
        if [r.gains for r in again] != [r.gains for r in self.reversions]:
            msg = "what players fall back on is not what the game says"
            raise VerificationError(msg)
        self.settled.verify()
        if [p.together for p in settled_packages(self.settled, plan, again)] != [
            p.together for p in self.packages
        ]:
            msg = "the settlement's temptations or losses are not those of its deal"
            raise VerificationError(msg)
        full = full_packages(self.game, plan, again)
        if [p.together for p in full or ()] != [p.together for p in self.full_packages or ()]:
            msg = "temptations or losses of full acts are wrong"
            raise VerificationError(msg)
        if self.lowest is not None:
            check_lowest(self.game, plan.packages, [r.gains for r in again], self.lowest)
        if "lottery_evidence" in self.__dict__ and self.lottery_evidence is not None:
            self.lottery_evidence.verify()
        return True

    def summary(self) -> dict[str, Number | None]:
        """Return the thresholds that take no search."""
        return {"settlement": self.settlement, "full": self.full, "any": self.any}

    def thresholds(self) -> dict[str, Number | None]:
        """Return all thresholds, public lotteries included."""
        return {**self.summary(), "lottery": self.lottery}

    def table(self) -> dict[str, Any]:
        """Return everything that is said of the agenda; numbers stay exact where they are."""
        names = self.game.issue_names
        return {
            "packages": [
                {
                    "issues": [names[k] for k in p.package],
                    "critical_discount": p.critical,
                    "issue_by_issue": p.critical_apart if p.apart else None,
                    "conditions": [
                        {
                            "player": self.game.players[c.player],
                            "issues": [names[k] for k in c.issues],
                            "temptation": c.temptation,
                            "loss": c.loss,
                            "critical_discount": c.critical,
                        }
                        for c in p.apart
                    ],
                }
                for p in self.packages
            ],
            "critical_discount": self.thresholds(),
            "lottery_status": self.lottery_status,
            "lottery_bracket": None
            if self.lottery_evidence is None
            else (self.lottery_evidence.lower, self.lottery_evidence.upper),
            "any_status": self.any_status,
            "any_bracket": self.any_bracket,
            "any_closed_form": self.any_closed_form,
            "players": self.players,
            "reversion": self.reversion_mode,
            "credible": self.credible,
            "slack": self.slack,
            "lasts": self.lasts,
        }

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Plain data for JSON; with ``exact=True`` fractions also as strings."""
        return with_exact(self.table(), exact=exact)

    def __str__(self) -> str:
        shown = ", ".join(
            f"{name} {'none' if value is None else in_figures(value)}"
            for name, value in self.summary().items()
        )
        return f"{self.agenda}: {shown}"


def critical_discount(
    game: LinkageGame,
    *,
    agenda: str | Agenda = "linked",
    reversion: ReversionMode = "auto",
    solution: str = "nash",
) -> CriticalDiscount:
    """Find the discount factors from which deals keep themselves.

    Parameters
    ----------
    game : LinkageGame
    agenda : str or Agenda
    reversion : {"auto", "status_quo", "nash", "minmax"}
        What everybody falls back on for ever once somebody broke his word.
    solution : str
        Of the settlement; as for :func:`settle`.

    Returns
    -------
    CriticalDiscount
        With ``settlement``, ``full``, ``lottery`` and ``any``: None when no factor below 1 works
        (``full`` also where some issue has no single act besides the status quo, ``settlement``
        without agreement, ``lottery`` where it is not looked at).

    Raises
    ------
    NotDefinedError
        If gains are measured from reservation totals.
    NotSupportedError
        If what players fall back on cannot be found, or the package is too large.

    Examples
    --------
    >>> from bargaining import load
    >>> found = critical_discount(load("us_mexico/guns_for_fentanyl"))
    >>> str(found.settlement), str(found.full), found.any_closed_form
    ('7/10', '4/5', 'sqrt(2/5)')
    >>> str(found.lottery)
    '2/3'
    """
    require_game(game)
    check_reversion(reversion)
    plan = parse_agenda(game, agenda)
    check_origin(game, plan)
    settled = settle(game, agenda=plan, solution=solution)
    return discount_of(settled, reversion=reversion)


def discount_of(settled: Settlement, *, reversion: ReversionMode = "auto") -> CriticalDiscount:
    """Find the critical discount factors of an agenda that is settled already."""
    game, plan = settled.game, settled.plan
    reversions = [find_reversion(game, package, reversion) for package in plan.packages]
    try:
        lowest = lowest_factor(game, plan.packages, [r.gains for r in reversions])
    except NotSupportedError:
        if not ties_packages(game):
            raise
        lowest = None  # a floor on the total takes a row per issue
    return CriticalDiscount(
        game,
        settled.agenda,
        settled.solution,
        reversion,
        settled,
        tuple(settled_packages(settled, plan, reversions)),
        full_packages(game, plan, reversions),
        tuple(reversions),
        lowest,
    )
