"""False alarms: what tying issues together costs when breaches are sometimes seen where none were.

In every period each issue of a package raises a false alarm with its own probability q, and one
alarm ends the whole package.  With s = Π (1 - q) over the issues that the deal changes, a package
worth v per period beyond what everybody falls back on is worth v / (1 - d s) in all.  A breach is
always seen, so a player keeps his word if T <= d s v / (1 - d s), that is from d = T / (s (T + v))
on.  Pooling lowers T / (T + v) for the player it binds, contagion lowers s and the value: which
agenda is best is a matter of numbers (Green and Porter 1984, Econometrica 52, for the trigger).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bargaining.errors import InputError
from bargaining.model.agenda import Agenda, check_connected, parse_agenda
from bargaining.model.deal import Deal
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.enforcement.conditions import Condition, conditions, pooled
from bargaining.settlement.enforcement.joint import marginal
from bargaining.settlement.enforcement.reversion import ReversionMode, reversion

MAX_ISSUES = 6
"""Up to so many issues that the deal changes every agenda is tried (203 of them)."""


@dataclass(frozen=True)
class MonitoredPackage:
    """A package under false alarms.

    Attributes
    ----------
    issues : tuple of int
    survival : Fraction
        The chance that a period passes without an alarm.
    together : tuple of Condition
    """

    issues: tuple[int, ...]
    survival: Fraction
    together: tuple[Condition, ...]

    def critical(self, player: int) -> Number | None:
        """Return the factor from which a player keeps his word; None if at none below 1."""
        condition = self.together[player]
        if condition.temptation <= 0 and condition.loss >= 0:
            return Fraction(0)
        if condition.loss <= 0 or not self.survival:
            return None
        known = condition.temptation / (condition.temptation + condition.loss) / self.survival
        return known if known < 1 else None

    def value(self, player: int, factor: Number) -> Number:
        """Return the discounted sum of what the package brings beyond the reversion."""
        return self.together[player].loss / (1 - factor * self.survival)

    def lasts(self, factors: Sequence[Number]) -> bool:
        """Whether everybody keeps his word."""
        known = [self.critical(i) for i in range(len(factors))]
        return all(c is not None and c <= d for c, d in zip(known, factors, strict=True))


@dataclass(frozen=True)
class MonitoredAgenda:
    """The same deal, tied together in one way.

    Attributes
    ----------
    agenda : str
    packages : tuple of MonitoredPackage
    critical : number or None
        The common factor from which all packages last.
    lasting : tuple of bool
        Which packages last at the given factors.
    values : mapping of str to number
        The discounted sum per player of the packages that last.
    """

    agenda: str
    packages: tuple[MonitoredPackage, ...]
    critical: Number | None
    lasting: tuple[bool, ...]
    values: Mapping[str, Number]

    @property
    def total(self) -> Number:
        """The sum over players."""
        return sum(self.values.values(), Fraction(0))


@dataclass(frozen=True)
class Monitoring:
    """How agendas compare under false alarms.

    Attributes
    ----------
    factors : mapping of str to number
    agendas : tuple of MonitoredAgenda
        ``linked`` and ``delinked`` first.
    best : str
        The agenda with the largest total; of several, the first.
    complete : bool
        Whether all agendas were tried.
    """

    factors: Mapping[str, Number]
    agendas: tuple[MonitoredAgenda, ...]
    best: str
    complete: bool


def monitoring(
    game: LinkageGame,
    deal: Deal,
    *,
    discount: Number | None = None,
    reversion_mode: ReversionMode = "auto",
) -> Monitoring:
    """Compare the agendas under which a deal can be kept alive despite false alarms.

    Parameters
    ----------
    game : LinkageGame
        With ``[monitoring]``: issues not named there raise no false alarms.
    deal : Deal
    discount : number, optional
        A common factor; otherwise that of each player's ``[discount]``.

    Raises
    ------
    InputError
        If a player has no discount factor.
    """
    factors = {p: game.discount.get(p) if discount is None else discount for p in game.players}
    missing = [p for i, p in enumerate(game.players) if factors[p] is None and i in game.interested]
    if missing:
        msg = (
            f"monitoring: expected a discount factor for {', '.join(missing)}; give one in "
            "[discount], or a common one (--discount)"
        )
        raise InputError(msg)
    known: dict[str, Number] = {p: Fraction(0) if f is None else f for p, f in factors.items()}
    changed = tuple(
        k for k in range(len(game.issues)) if set(marginal(game, deal, k)) != {int(game.origin[k])}
    )
    plans = list(_agendas(game, changed))
    found = tuple(
        _under(game, deal, changed, plan, list(known.values()), reversion_mode) for plan in plans
    )
    totals = [float(one.total) for one in found]
    best = found[max(range(len(found)), key=lambda n: (totals[n], -n))].agenda
    return Monitoring(known, found, best, len(changed) <= MAX_ISSUES)


def _under(
    game: LinkageGame,
    deal: Deal,
    changed: Sequence[int],
    plan: Agenda,
    factors: Sequence[Number],
    mode: ReversionMode,
) -> MonitoredAgenda:
    rates = game.channels.get("monitoring") or {}
    packages = []
    for package in plan.packages:
        active = [k for k in package if k in changed]
        if not active:
            continue
        reverted = reversion(game, package, mode)
        together = pooled(game, package, conditions(game, package, deal, reverted), reverted)
        survival = Fraction(1)
        for k in active:
            survival *= 1 - Fraction(rates.get(game.issue_names[k], 0))
        packages.append(MonitoredPackage(tuple(package), survival, together))
    lasting = tuple(package.lasts(factors) for package in packages)
    values = {
        player: sum(
            (p.value(i, factors[i]) for p, holds in zip(packages, lasting, strict=True) if holds),
            Fraction(0),
        )
        for i, player in enumerate(game.players)
    }
    each = [package.critical(i) for package in packages for i in range(len(game.players))]
    known = [c for c in each if c is not None]
    critical = max(known, default=Fraction(0)) if len(known) == len(each) else None
    return MonitoredAgenda(plan.name, tuple(packages), critical, lasting, values)


def _agendas(game: LinkageGame, changed: Sequence[int]) -> Iterator[Agenda]:
    """Yield the linked and the delinked agenda, then every other partition of what changes."""
    linked, delinked = parse_agenda(game, "linked"), parse_agenda(game, "delinked")
    yield linked
    if len(linked.packages) < len(game.issues):
        yield delinked
    if len(changed) > MAX_ISSUES:
        return
    whole = [set(p) & set(changed) for p in linked.packages]
    for partition in _partitions(list(changed)):
        if all(len(p) == 1 for p in partition) or all(set(p) in whole for p in partition):
            continue
        try:
            for package in partition:
                check_connected(game, package)
        except InputError:
            continue
        names = [
            "+".join(game.issue_names[k] for k in package)
            for package in partition
            if len(package) > 1
        ]
        yield parse_agenda(game, ",".join(names))


def _partitions(items: list[int]) -> Iterator[list[list[int]]]:
    """Yield all ways to put items into groups."""
    if not items:
        yield []
        return
    first, *rest = items
    for smaller in _partitions(rest):
        yield [[first], *smaller]
        for n, group in enumerate(smaller):
            yield [*smaller[:n], [first, *group], *smaller[n + 1 :]]
