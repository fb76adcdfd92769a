"""Everything a predicate may ask about a game, worked out when it is asked.

The names are those of the verdict's JSON (``agendas``, ``issues``, ``minimal_packages``,
``verdict``, ``players``), agendas of any packages included, ``parameters`` and ``discount``, and
functions: ``gain``, ``share``, ``mutual``, ``critical``, ``equilibria``, ``mechanism``, ``worth``,
``depth``, ``without`` and ``at``, the last two giving facts of another game.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Literal

import numpy as np

from bargaining.errors import InputError, SolverError
from bargaining.linkage.coalitions.analysis import coalitions
from bargaining.linkage.comparison import compare
from bargaining.linkage.issue_report import issue_report
from bargaining.linkage.packages import minimal_packages
from bargaining.model.expressions import number_at
from bargaining.model.game import LinkageGame
from bargaining.model.spelling import show, suggestion
from bargaining.results import Status
from bargaining.settlement.enforcement.thresholds import CriticalDiscount, discount_of
from bargaining.settlement.mechanism.direct import mechanism
from bargaining.settlement.mechanism.question import Incentive, Rationality, Transfers
from bargaining.settlement.package import Deals
from bargaining.settlement.settle import settle
from bargaining.settlement.settlement import Settlement
from bargaining.settlement.win_set import win_set

MAX_PACKAGES = 1_000
MAX_GAMES = 100
KINDS = ("settlement", "full", "any", "lottery")
"""Critical discount factors."""
MakeGame = Callable[[Mapping[str, Any]], LinkageGame]
"""Build the game for other values of its parameters."""


class Table(Mapping[str, Any]):
    """A table whose entries are worked out when they are first read."""

    def __init__(self, names: tuple[str, ...], entry: Callable[[str], Any]) -> None:
        self._names, self._entry = names, cache(entry)

    def __getitem__(self, name: str) -> Any:
        return self._entry(name)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class _Agendas(Table):
    """Any agenda may be named, not only ``delinked`` and ``linked``."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)


@dataclass(frozen=True)
class Manner:
    """How agendas are settled where a question does not say."""

    solution: str = "nash"
    deals: Deals = "shares"
    require: tuple[str, ...] = ()


USUAL = Manner()


def facts_of(
    game: LinkageGame,
    make: MakeGame | None = None,
    removed: tuple[str, ...] = (),
    manner: Manner = USUAL,
) -> Mapping[str, Any]:
    """Return what predicates may ask about a game.

    Parameters
    ----------
    game : LinkageGame
    make : function, optional
        How to build the game for other parameters, for ``at``.
    removed : tuple of str
        Issues already off the table, left out of the games that ``at`` builds too.
    manner : Manner
        Solution concept, deals and requirements of ``agendas`` and ``verdict``.

    Examples
    --------
    >>> import bargaining as bg
    >>> facts = facts_of(bg.load("us_mexico/guns_for_fentanyl"))
    >>> facts["gain"]("us", "egalitarian")
    Fraction(9, 5)
    """
    known = _Known(game, make, removed, manner)
    entries: dict[str, Callable[[], Any]] = {
        "agendas": lambda: _Agendas(("delinked", "linked"), known.agenda),
        "issues": lambda: Table(tuple(game.issue_names), known.issue),
        "verdict": known.verdict,
        "minimal_packages": known.packages,
        "players": lambda: game.players,
        "parameters": lambda: dict(game.parameters),
        "discount": lambda: dict(game.discount),
        "gain": lambda: known.gain,
        "share": lambda: known.share,
        "mutual": lambda: known.mutual,
        "critical": lambda: known.critical,
        "equilibria": lambda: known.equilibria,
        "mechanism": lambda: known.mechanism,
        "worth": lambda: known.worth,
        "depth": lambda: known.depth,
        "without": lambda: known.without,
        "at": lambda: known.at,
    }
    return Table(tuple(entries), lambda name: entries[name]())


class _Known:
    """Answers about one game, each found once."""

    def __init__(
        self,
        game: LinkageGame,
        make: MakeGame | None,
        removed: tuple[str, ...],
        manner: Manner,
    ) -> None:
        self.game, self.make, self.removed, self.manner = game, make, removed, manner
        self._settled: dict[tuple[Hashable, ...], Settlement] = {}
        self._lasting: dict[str, CriticalDiscount] = {}
        self._elsewhere: dict[tuple[Hashable, ...], Mapping[str, Any]] = {}

    def settlement(
        self, solution: str, agenda: str, deals: Deals, require: tuple[str, ...], commit: str
    ) -> Settlement:
        key = (solution, agenda, deals, require, commit)
        if key not in self._settled:
            self._settled[key] = settle(
                self.game,
                solution=solution,
                agenda=agenda,
                deals=deals,
                require=require,
                commit=tuple(commit.split("+")) if commit else None,
            )
        found = self._settled[key]
        if found.status == Status.NUMERICAL_TROUBLE:
            msg = f"{agenda}: no solver could certify the settlement ({solution})"
            raise SolverError(msg)
        return found

    def settled(self, agenda: str) -> Settlement:
        """Settle an agenda in the usual manner."""
        how = self.manner
        return self.settlement(how.solution, agenda, how.deals, how.require, "")

    def agenda(self, name: str) -> Mapping[str, Any]:
        found = self.settled(name)
        entries: dict[str, Any] = found.summary()

        def entry(key: str) -> Any:
            if key == "critical_discount":
                return Table(KINDS, lambda kind: self.critical(name, kind))
            return self.lasting(name).lasts if key == "lasts" else entries[key]

        return Table((*entries, "critical_discount", "lasts"), entry)

    def issue(self, name: str) -> Mapping[str, Any]:
        return issue_report(self.game, name).to_dict()

    def verdict(self) -> Mapping[str, Any]:
        both = {name: self.settled(name) for name in ("delinked", "linked")}
        return compare(self.game, both).to_dict()

    def packages(self) -> list[tuple[str, ...]]:
        found = []
        names = list(self.game.issue_names)
        for package in minimal_packages(self.game):
            found.append(tuple(sorted(package, key=names.index)))
            if len(found) == MAX_PACKAGES:
                break
        return found

    def gain(
        self,
        player: str,
        solution: str = "nash",
        agenda: str = "linked",
        *,
        deals: Deals = "shares",
        enforcement: bool = False,
        commit: str = "",
    ) -> Any:
        """Gain of a player, or None named as an error if there is no such player."""
        require = ("enforcement",) if enforcement else ()
        gains = self.settlement(solution, agenda, deals, require, commit).gains
        if player not in gains:
            hint = suggestion(str(player), self.game.players)
            known = ", ".join(self.game.players)
            msg = f"gain: expected a player ({known}), found {show(str(player))}{hint}"
            raise InputError(msg)
        return gains[player]

    def share(
        self,
        issue: str,
        outcome: str,
        solution: str = "nash",
        agenda: str = "linked",
        *,
        deals: Deals = "shares",
    ) -> Any:
        """Share of an outcome in a settlement."""
        self.game.issues[self.game.issue_names[self.game.position(issue)]].outcome(outcome)
        deal = self.settlement(solution, agenda, deals, (), "").deal
        if issue not in deal:
            at = self.game.issues[issue]
            return Fraction(at.outcome(outcome) == int(self.game.origin[self.game.position(issue)]))
        return deal[issue].get(outcome, Fraction(0))

    def mutual(self, agenda: str = "linked", *, deals: Deals = "shares") -> bool:
        """Whether an agenda has a deal strictly better for everyone."""
        return self.settlement("nash", agenda, deals, (), "").mutual_gain

    def critical(self, agenda: str = "linked", kind: str = "settlement") -> Any:
        """Critical discount factor; None (more than any number) where no factor works."""
        if kind not in KINDS:
            msg = f"critical: expected one of {', '.join(KINDS)}, found {show(str(kind))}"
            raise InputError(msg)
        return getattr(self.lasting(agenda), kind)

    def lasting(self, agenda: str) -> CriticalDiscount:
        """Return what makes an agenda's settlement last."""
        if agenda not in self._lasting:
            self._lasting[agenda] = discount_of(self.settled(agenda))
        return self._lasting[agenda]

    def equilibria(self, issue: str) -> list[str]:
        """Outcomes of an issue that are equilibria in pure acts, by name."""
        table = self.game.issues[self.game.issue_names[self.game.position(issue)]]
        if table.is_options:
            return [table.status_quo]
        payoffs = table.exact_payoffs.reshape((*table.shape, len(self.game.players)))
        stable = np.ones(table.shape, dtype=bool)
        for axis, player in enumerate(table.actions):
            own = payoffs[..., self.game.players.index(player)]
            stable &= own == own.max(axis=axis, keepdims=True)
        names = np.array(table.outcomes, dtype=object).reshape(table.shape)
        return [str(name) for name in names[stable]]

    def mechanism(
        self,
        agenda: str = "linked",
        rationality: Rationality = "interim",
        *,
        transfers: Transfers = "none",
        incentive: Incentive = "bayesian",
        copies: Fraction = Fraction(1),
    ) -> Mapping[str, Any]:
        """Return what can be agreed under private information: the best mechanism's numbers."""
        found = mechanism(
            self.game,
            agenda=agenda,
            rationality=rationality,
            transfers=transfers,
            incentive=incentive,
            copies=int(copies),
        )
        return found.summary()

    def worth(
        self,
        members: str,
        utility: Literal["transferable", "nontransferable"] = "transferable",
    ) -> Any:
        """Return what a coalition such as "us+canada" can reach."""
        wanted = {name.strip() for name in members.split("+")}
        if strangers := sorted(wanted - set(self.game.players)):
            known, hint = ", ".join(self.game.players), suggestion(strangers[0], self.game.players)
            msg = f"worth: expected players ({known}), found {show(strangers[0])}{hint}"
            raise InputError(msg)
        found = coalitions(self.game, utility=utility).to_dict()["worth"]
        return next((v for k, v in found.items() if set(k.split("+")) == wanted), Fraction(0))

    def depth(self, player: str) -> Any:
        """Largest depth that a player can have ratified."""
        return win_set(self.game, player=player).players[player].largest_depth

    def without(self, *issues: str) -> Mapping[str, Any]:
        """Facts of the game with some issues off the table."""
        if issues not in self._elsewhere:
            self._room()
            rest = self.game.without(*issues)
            self._elsewhere[issues] = facts_of(
                rest, self.make, (*self.removed, *issues), self.manner
            )
        return self._elsewhere[issues]

    def at(self, **parameters: Any) -> Mapping[str, Any]:
        """Facts of the game at other values of its parameters."""
        if self.make is None:
            msg = "at: not defined for a game that was not read from a file with [parameters]"
            raise InputError(msg)
        values = {name: number_at(f"at({name})", value) for name, value in parameters.items()}
        key = tuple(sorted(values.items()))
        if key not in self._elsewhere:
            self._room()
            game = self.make(values)
            rest = game.without(*self.removed) if self.removed else game
            self._elsewhere[key] = facts_of(rest, self.make, self.removed, self.manner)
        return self._elsewhere[key]

    def _room(self) -> None:
        if len(self._elsewhere) >= MAX_GAMES:
            msg = f"expected at most {MAX_GAMES} other games in one predicate (at, without)"
            raise InputError(msg)
