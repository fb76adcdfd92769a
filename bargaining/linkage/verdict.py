"""The verdict: does putting the issues on one table break the deadlock, and for whom?

Two agendas are settled by the same concept: every issue alone (delinked), and all issues that
may share a table together (linked).  Linking breaks the deadlock if and only if the linked
agenda has a deal strictly better for everyone with a stake and the delinked one has none.
Beside that stands what linking does to each player's gain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import Any, Literal

from bargaining.equilibrium.bimatrix import EquilibriumSet, of_issue
from bargaining.equilibrium.conflict import conflict_index, zero_sum_rate
from bargaining.errors import VerificationError
from bargaining.geometry.exchange_rates import ExchangeRates, Interval, issue_rows
from bargaining.geometry.mutual import mutual_gain
from bargaining.linkage.in_words import Effect, in_words
from bargaining.linkage.packages import MinimalPackages, minimal_packages
from bargaining.model.game import LinkageGame
from bargaining.results import Certificate, Number, Status, in_figures, plain, with_exact
from bargaining.settlement.package import Deals
from bargaining.settlement.settle import Settlement, settle

IssueStatus = Literal["mutual", "one_sided", "deadlock", "inert"]
MAX_PACKAGES = 1_000
PACKAGE_SECONDS = 20.0
MAX_NAMED = 10_000
"""Certificates spell out packages of at most this many issues."""
SAME = 1e-9
"""Gains closer than this share of the payoff range count as the same, where not exact."""


@dataclass(frozen=True, eq=False)
class IssueReport:
    """What one issue looks like by itself.

    Attributes
    ----------
    status : {"mutual", "one_sided", "deadlock", "inert"}
        Whether a deal on this issue alone helps everyone; helps some and hurts nobody; helps
        some only at others' cost; or helps nobody.
    exchange_rates : (low, high), None, or {"vertices": …}
        An interval for two players (None when empty), corner points for more.
    equilibria : EquilibriumSet
    conflict_index : Fraction or None
    zero_sum_rate : Fraction or None
        μ when the second player's payoffs are -μ times the first's plus a constant.
    """

    status: IssueStatus
    rates: ExchangeRates = field(repr=False)
    equilibria: EquilibriumSet = field(repr=False)
    conflict_index: Fraction | None
    zero_sum_rate: Fraction | None

    @property
    def exchange_rates(self) -> Interval | dict[str, Any] | None:
        """The interval (two players) or the corner points of Λ."""
        if len(self.rates.everyone) == 2:
            return self.rates.interval
        if self.rates.empty:
            return None
        return {"players": self.rates.players, "vertices": self.rates.vertices}

    def to_dict(self) -> dict[str, Any]:
        """Plain data; numbers stay exact where they are."""
        return {
            "status": self.status,
            "exchange_rates": self.exchange_rates,
            "equilibria": [e.to_dict() for e in self.equilibria.equilibria],
            "equilibria_complete": self.equilibria.complete,
            "status_quo_is_equilibrium": self.equilibria.status_quo_is_equilibrium,
            "conflict_index": self.conflict_index,
            "zero_sum_rate": self.zero_sum_rate,
        }


class IssueReports(Mapping[str, IssueReport]):
    """Reports by issue, each made when first asked for."""

    def __init__(self, game: LinkageGame) -> None:
        self._game = game
        self._made: dict[str, IssueReport] = {}

    def __len__(self) -> int:
        return len(self._game.issues)

    def __iter__(self) -> Iterator[str]:
        return iter(self._game.issues)

    def __getitem__(self, name: str) -> IssueReport:
        if name not in self._made:
            self._made[name] = _issue_report(self._game, name)
        return self._made[name]


def _issue_report(game: LinkageGame, name: str) -> IssueReport:
    issue = game.issues[name]
    position = game.position(name)
    columns = game.interested
    rates = ExchangeRates(
        tuple(game.players[i] for i in columns), issue_rows(game, position, columns), game.players
    )
    return IssueReport(
        issue_status(game, position, rates),
        rates,
        of_issue(issue),
        conflict_index(issue),
        zero_sum_rate(issue),
    )


def issue_status(game: LinkageGame, issue: int, rates: ExchangeRates) -> IssueStatus:
    """Classify one issue by who can gain from it."""
    able = mutual_gain(game, (issue,))
    if able.everyone:
        return "mutual"
    if able.gainers:
        return "one_sided"
    return "deadlock" if any(x > 0 for row in rates.rows for x in row) else "inert"


@dataclass(frozen=True, eq=False)
class Linkage:
    """What linking does.

    Attributes
    ----------
    linking_breaks_deadlock : bool
    effect : {"breaks_deadlock", "enlarges", "redistributes", "no_effect", "harms"}
    linkage_gain : mapping of str to number
        Linked minus delinked gains.
    linkage_gain_total : number
    better_off, worse_off : tuple of str
    certificate : mapping
        ``deal``: one that helps everyone with a stake, or None; ``linked`` and ``delinked``:
        per package, exchange rates that prove that those who do not gain there cannot.
    in_words : str
    """

    linking_breaks_deadlock: bool
    effect: Effect
    linkage_gain: Mapping[str, Number]
    linkage_gain_total: Number
    better_off: tuple[str, ...]
    worse_off: tuple[str, ...]
    certificate: Mapping[str, Any]
    in_words: str

    def to_dict(self) -> dict[str, Any]:
        """Plain data; numbers stay exact where they are."""
        return dict(self.__dict__)


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

    def verify(self) -> bool:
        """Recompute both agendas and the verdict from the definitions."""
        for settlement in self.agendas.values():
            settlement.verify()
        linked, delinked = self.agendas["linked"], self.agendas["delinked"]
        if self.verdict.linking_breaks_deadlock != (
            linked.mutual_gain and not delinked.mutual_gain
        ):
            msg = "the verdict does not follow from the two agendas"
            raise VerificationError(msg)
        witness = self.verdict.certificate["deal"]
        if linked.mutual_gain and any(
            witness.gains[self.players[i]] <= 0 for i in self.game.interested
        ):
            msg = "the deal that should help everyone does not"
            raise VerificationError(msg)
        return True

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return the command line's JSON; with ``exact=True`` fractions also as strings."""
        data: dict[str, Any] = {
            "schema": "bargaining-verdict/1",
            "game": self.game.name or self.game.title,
            "title": self.game.title,
            "players": self.players,
            "solution": self.solution,
            "deals": self.deals,
            "issues": {name: report.to_dict() for name, report in self.issues.items()},
            "agendas": {
                name: with_exact(settlement.summary(), exact=exact)
                if exact
                else settlement.summary()
                for name, settlement in self.agendas.items()
            },
            "minimal_packages": self.minimal_packages,
            "minimal_packages_status": self.minimal_packages_status,
            "clears_alone": self.clears_alone,
            "verdict": self.verdict.to_dict(),
        }
        result: dict[str, Any] = plain(_certificates(data))
        if exact:
            agendas = {name: s.summary() for name, s in self.agendas.items()}
            result["exact"] = with_exact(_certificates({**data, "agendas": agendas}), exact=True)[
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
    solution : {"nash", "kalai_smorodinsky", "egalitarian", "utilitarian"}
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
    agendas = {
        name: settle(game, solution=solution, agenda=name, deals=deals, require=require)
        for name in ("delinked", "linked")
    }
    linked, delinked = agendas["linked"], agendas["delinked"]
    change = {p: linked.gains[p] - delinked.gains[p] for p in game.players}
    slack = _slack(game, change)
    better = tuple(p for p in game.players if change[p] > slack[p])
    worse = tuple(p for p in game.players if change[p] < -slack[p])
    breaks = linked.mutual_gain and not delinked.mutual_gain
    effect = _effect(breaks=breaks, better=bool(better), worse=bool(worse))
    certificate = {
        "deal": _witness(game, linked),
        "linked": _blocking(linked),
        "delinked": _blocking(delinked),
    }
    verdict = Linkage(
        breaks,
        effect,
        change,
        sum(change.values(), start=Fraction(0)),
        better,
        worse,
        certificate,
        in_words(game, agendas, effect, better, worse),
    )
    return Verdict(
        game,
        game.players,
        linked.solution,
        deals,
        IssueReports(game),
        agendas,
        minimal_packages(game, deals=deals, time_limit=PACKAGE_SECONDS),
        verdict,
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
        column = game.flat.column(i)
        reach = float(max(column.max(), 0) - min(column.min(), 0))
        slack[player] = 0.0 if isinstance(change[player], Fraction) else SAME * max(reach, 1e-300)
        if not isinstance(change[player], Fraction):
            slack[player] = max(slack[player], 1e-6 * reach if len(game.interested) > 2 else 0.0)
    return slack


def _witness(game: LinkageGame, linked: Settlement) -> Certificate | None:
    """Return a deal that helps everyone with a stake, if the linked agenda has one."""
    if not linked.mutual_gain:
        return None
    witness = linked
    if any(linked.promised[game.players[i]] <= 0 for i in game.interested):
        witness = settle(game, solution="nash", agenda="linked", deals=linked.deals)
    named = witness.deal if len(game.issues) <= MAX_NAMED else {}
    return Certificate("deal", {}, tuple(named), witness.promised, named)


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
