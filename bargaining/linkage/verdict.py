"""The verdict: does putting the issues on one table break the deadlock, and for whom?

Two agendas are settled by the same concept: every issue alone (delinked), and all issues that
may share a table together (linked).  Linking breaks the deadlock if and only if the linked
agenda has a deal strictly better for everyone with a stake and the delinked one has none.
Beside that stands what linking does to each player's gain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from bargaining.errors import (
    NotDefinedError,
    NotSupportedError,
    SolverError,
    VerificationError,
)
from bargaining.linkage.comparison import Linkage, compare
from bargaining.linkage.issue_report import IssueReport, IssueReports, issue_report
from bargaining.linkage.packages import MinimalPackages
from bargaining.model.game import LinkageGame, require_game
from bargaining.results import Certificate, Status, checked, in_figures, plain, with_exact
from bargaining.settlement.channels import check_required
from bargaining.settlement.enforcement.thresholds import CriticalDiscount, discount_of
from bargaining.settlement.package import Deals
from bargaining.settlement.settle import settle, undefined
from bargaining.settlement.settlement import Settlement

MAX_PACKAGES = 1_000
PACKAGE_SECONDS = 20.0
MAX_CHECKED_ISSUES = 500
MAX_OUTCOMES = 1_000
"""Critical discount factors stand beside the verdict of games of at most so many outcomes."""


@dataclass(frozen=True, eq=False)
class Verdict:
    """The answer to the main question.

    Attributes
    ----------
    game : LinkageGame
    players : tuple of str
    solution, deals : str
    issues : mapping of str to IssueReport
    agendas : mapping of str to Settlement
        ``delinked`` and ``linked``.
    minimal_packages : tuple of tuple of str
    minimal_packages_status : Status
        ``limit_reached`` when more exist than are listed.
    verdict : Linkage
    """

    game: LinkageGame = field(repr=False)
    players: tuple[str, ...]
    solution: str
    deals: Deals
    issues: Mapping[str, IssueReport] = field(repr=False)
    agendas: Mapping[str, Settlement]
    search: MinimalPackages = field(repr=False)
    verdict: Linkage

    @cached_property
    def minimal_packages(self) -> tuple[tuple[str, ...], ...]:
        """The first thousand minimal packages, issues in the game's order."""
        return tuple(self.search.ordered(p) for p in islice(self.search, MAX_PACKAGES))

    @cached_property
    def minimal_packages_status(self) -> Status:
        """Whether :attr:`minimal_packages` lists all there are."""
        more = len(self.minimal_packages) == MAX_PACKAGES and (
            next(islice(self.search, MAX_PACKAGES, None), None) is not None
        )
        return Status.LIMIT_REACHED if more else self.search.status

    @cached_property
    def clears_alone(self) -> tuple[tuple[str, ...], ...]:
        """Minimal packages whose issues attain mutual gain separately too."""
        return tuple(p for p in self.minimal_packages if self.search.clears_alone(frozenset(p)))

    @cached_property
    def critical_discounts(self) -> Mapping[str, CriticalDiscount]:
        """Per agenda, how much tomorrow must weigh for deals to last, where that is cheap to say.

        Left out: games of more than so many outcomes, or of several players and issues whose
        payoffs do not simply add up; reservation totals; and where what players fall back on is
        not known.  ``critical_discount`` answers those that can be answered at all.
        """
        small = len(self.game.flat.values) <= (
            MAX_OUTCOMES if len(self.game.interested) <= 2 else MAX_OUTCOMES // 10
        )
        if not small or self.game.reserved:
            return {}
        found = {}
        for name, settlement in self.agendas.items():
            try:
                found[name] = discount_of(settlement)
            except (NotDefinedError, NotSupportedError, SolverError):
                continue
        return found

    @checked
    def verify(self) -> bool:
        """Recompute both agendas and the verdict from the definitions."""
        stated = {
            "players": self.players == self.game.players,
            "issues": list(self.issues) == list(self.game.issues),
            "agendas": list(self.agendas) == ["delinked", "linked"],
            "deals": all(s.deals == self.deals for s in self.agendas.values()),
        }
        for name, right in stated.items():
            if not right:
                msg = f"the stated {name} are not those of the game and its agendas"
                raise VerificationError(msg)
        for settlement in self.agendas.values():
            settlement.verify()
        linked, delinked = self.agendas["linked"], self.agendas["delinked"]
        self._verify_stated()
        breaks = linked.mutual_gain and not delinked.mutual_gain
        breaks = breaks and delinked.complete and delinked.status != Status.NOT_DEFINED
        if self.verdict.linking_breaks_deadlock != breaks:
            msg = "the verdict does not follow from the two agendas"
            raise VerificationError(msg)
        witness = self.verdict.certificate["deal"]
        if linked.mutual_gain and any(
            witness.gains[self.players[i]] <= 0 for i in self.game.interested
        ):
            msg = "the deal that should help everyone does not"
            raise VerificationError(msg)
        return True

    def _verify_stated(self) -> None:
        """Check that the comparison, and what is said of each issue, follow from the game."""
        again = compare(self.game, self.agendas)
        for name in ("effect", "linkage_gain", "linkage_gain_total", "better_off", "worse_off",
                     "in_words"):  # fmt: skip
            if getattr(again, name) != getattr(self.verdict, name):
                msg = f"the stated {name} does not follow from the two agendas"
                raise VerificationError(msg)
        if any(s.solution != self.solution for s in self.agendas.values()):
            msg = "the agendas were settled by another solution concept"
            raise VerificationError(msg)
        for name in islice(self.issues, MAX_CHECKED_ISSUES):
            fresh, stated = issue_report(self.game, name), self.issues[name]
            for field_ in ("status", "status_with_requirements", "exchange_rates", "zero_sum_rate",
                           "exchange_rates_with_requirements", "conflict_index"):  # fmt: skip
                if getattr(fresh, field_) != getattr(stated, field_):
                    msg = f"issue {name}: the stated {field_} does not follow from its payoffs"
                    raise VerificationError(msg)
            if stated.equilibria is not None:
                stated.equilibria.verify()

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return the command line's JSON; with ``exact=True`` fractions also as strings."""
        thresholds = self.critical_discounts
        summaries = {
            name: {
                **settlement.summary(),
                **({"critical_discount": thresholds[name].summary()} if name in thresholds else {}),
            }
            for name, settlement in self.agendas.items()
        }
        data: dict[str, Any] = {
            "schema": "bargaining-verdict/1",
            "game": self.game.name or self.game.title,
            "title": self.game.title,
            "players": self.players,
            "solution": self.solution,
            "deals": self.deals,
            "issues": {name: report.to_dict() for name, report in self.issues.items()},
            "agendas": {
                name: with_exact(summary, exact=exact) if exact else summary
                for name, summary in summaries.items()
            },
            "minimal_packages": self.minimal_packages,
            "minimal_packages_status": self.minimal_packages_status,
            "clears_alone": self.clears_alone,
            "verdict": self.verdict.to_dict(),
        }
        result: dict[str, Any] = plain(_certificates(data))
        if exact:
            result["exact"] = with_exact(_certificates({**data, "agendas": summaries}), exact=True)[
                "exact"
            ]
        return result

    def __str__(self) -> str:
        width = max(8, *(len(p) for p in self.players)) + 2
        lines = [self.game.title or self.game.name, self.verdict.in_words, ""]
        lines.append(" " * 10 + "".join(p.rjust(width) for p in self.players))
        for name, settlement in self.agendas.items():
            figures = "".join(in_figures(g).rjust(width) for g in settlement.gains.values())
            lines.append(f"{name:<10}{figures}")
        shown = ", ".join("+".join(p) for p in self.minimal_packages[:12]) or "none"
        more = ", …" if len(self.minimal_packages) > 12 else ""
        lines += ["", f"minimal packages: {shown}{more}"]
        return "\n".join(lines).strip()


def _certificates(value: Any) -> Any:
    """Replace certificates by plain tables."""
    if isinstance(value, Certificate):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {key: _certificates(item) for key, item in value.items()}
    return value


def solve(
    game: LinkageGame,
    *,
    solution: str = "nash",
    deals: Deals = "shares",
    require: Sequence[str] = (),
) -> Verdict:
    """Answer the main question: is this deadlock broken by linking?

    Parameters
    ----------
    game : LinkageGame
    solution : str
        As for :func:`settle`.
    deals : {"shares", "pure"}
    require : sequence of str
        Requirements that a deal must survive.

    Returns
    -------
    Verdict

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> solve(game).verdict.effect
    'breaks_deadlock'
    """
    require_game(game)
    check_required(game, require)
    linked = settle(game, solution=solution, agenda="linked", deals=deals, require=require)
    if game.reserved and len(game.issues) > 1:
        delinked = undefined(linked)
    else:
        delinked = settle(game, solution=solution, agenda="delinked", deals=deals, require=require)
    agendas = {"delinked": delinked, "linked": linked}
    verdict = compare(game, agendas)
    return Verdict(
        game,
        game.players,
        agendas["linked"].solution,
        deals,
        IssueReports(game),
        agendas,
        MinimalPackages(game, deals, PACKAGE_SECONDS, require),
        verdict,
    )
