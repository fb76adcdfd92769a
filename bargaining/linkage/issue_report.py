"""What one issue looks like by itself: status, exchange rates, equilibria, conflict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from bargaining.equilibrium.bimatrix import EquilibriumSet, of_issue
from bargaining.equilibrium.conflict import conflict_index, zero_sum_rate
from bargaining.geometry.exchange_rates import ExchangeRates, Interval, gainers, issue_rows
from bargaining.model.game import LinkageGame

IssueStatus = Literal["mutual", "one_sided", "deadlock", "inert", "not_defined"]


@dataclass(frozen=True, eq=False)
class IssueReport:
    """What one issue looks like by itself.

    Attributes
    ----------
    status : {"mutual", "one_sided", "deadlock", "inert", "not_defined"}
        Whether a deal on this issue alone helps everyone; helps some and hurts nobody; helps
        some only at others' cost; or helps nobody.  Not defined where only totals are known.
    exchange_rates : (low, high), None, or {"vertices": …}
        An interval for two players (None when empty), corner points for more.
    equilibria : EquilibriumSet or None
    conflict_index : Fraction or None
    zero_sum_rate : Fraction or None
        μ when the second player's payoffs are -μ times the first's plus a constant.
    status_with_requirements : str or None
        The status when premiums, caps, floors and vetoes count; None where there are none.
    exchange_rates_with_requirements : (low, high), None, or {"vertices": …}
        Exchange rates for the gains linearised at the status quo, premiums folded in and who
        only ratifies included; None where they are empty, or nothing is asked at home.
    """

    status: IssueStatus
    rates: ExchangeRates | None = field(repr=False)
    equilibria: EquilibriumSet | None = field(repr=False)
    conflict_index: Fraction | None
    zero_sum_rate: Fraction | None
    status_with_requirements: IssueStatus | None = None
    rates_at_home: ExchangeRates | None = field(default=None, repr=False)

    @property
    def exchange_rates(self) -> Interval | dict[str, Any] | None:
        """The interval (two players) or the corner points of Λ."""
        return _shown(self.rates)

    @property
    def exchange_rates_with_requirements(self) -> Interval | dict[str, Any] | None:
        """The same for what must pass at home."""
        return _shown(self.rates_at_home)

    @property
    def interval(self) -> Interval | None:
        """The interval of two players' exchange rates."""
        return None if self.rates is None else self.rates.interval

    def to_dict(self) -> dict[str, Any]:
        """Plain data; numbers stay exact where they are."""
        found = self.equilibria
        return {
            "status": self.status,
            "status_with_requirements": self.status_with_requirements,
            "exchange_rates": self.exchange_rates,
            "exchange_rates_with_requirements": self.exchange_rates_with_requirements,
            "equilibria": [e.to_dict() for e in found.equilibria] if found else [],
            "equilibria_complete": found.complete if found else None,
            "status_quo_is_equilibrium": found.status_quo_is_equilibrium if found else None,
            "conflict_index": self.conflict_index,
            "zero_sum_rate": self.zero_sum_rate,
        }


def _shown(rates: ExchangeRates | None) -> Interval | dict[str, Any] | None:
    if rates is None:
        return None
    if len(rates.everyone) == 2:
        return rates.interval
    if rates.empty:
        return None
    return {"players": rates.players, "vertices": rates.vertices}


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
            self._made[name] = issue_report(self._game, name)
        return self._made[name]


def issue_report(game: LinkageGame, name: str) -> IssueReport:
    """Look at one issue by itself."""
    if game.reserved:
        return IssueReport("not_defined", None, None, None, None)
    issue = game.issues[name]
    position = game.position(name)
    columns = game.interested
    rates = ExchangeRates(
        tuple(game.players[i] for i in columns), issue_rows(game, position, columns), game.players
    )
    return IssueReport(
        issue_status(rates),
        rates,
        of_issue(issue),
        conflict_index(issue),
        zero_sum_rate(issue),
        *_at_home(game, position),
    )


def _at_home(
    game: LinkageGame, issue: int
) -> tuple[IssueStatus, ExchangeRates] | tuple[None, None]:
    """Return status and rates under what a deal must pass at home, where anything is asked."""
    if not game.ratification:
        return None, None
    from bargaining.linkage.requirements import UnderRequirements

    under = UnderRequirements(game, "shares")
    return under.status(issue), under.rates(issue)


def issue_status(rates: ExchangeRates) -> IssueStatus:
    """Classify one issue by who can gain from it; about its payoffs alone."""
    able = gainers(rates.rows, len(rates.players))
    if able.everyone and able.who:
        return "mutual"
    if able.who:
        return "one_sided"
    return "deadlock" if any(x > 0 for row in rates.rows for x in row) else "inert"
