"""The answer of a mediator who hears reports, and every check of it.

All payoffs and slacks are recomputed from the definition: for every type and every report, what
the best map from recommendations to acts (in the coarse form: following, or a fixed act) pays
against the mediator's rule.  That no rule is better is proved by the programme's prices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.bayesian_form import BayesianForm
from bargaining.equilibrium.communication_program import honest_programme, objective_targets
from bargaining.errors import VerificationError
from bargaining.geometry.linear_program import upper_bound
from bargaining.results import Number, Status, checked, in_figures, plain

TOLERANCE = 1e-7
"""The largest gain from lying, and gap of the value, of a numerical answer, in payoffs' range."""
SHOWN = 0.5e-9
"""Probabilities of a numerical answer below this are not listed."""


@dataclass(frozen=True)
class Recommendation:
    """What the mediator draws after certain reports.

    Attributes
    ----------
    types : mapping of str to str
        The reports of the players who have more than one type.
    chance : Fraction
    lottery : tuple of (mapping of issue to outcome, probability)
    """

    types: Mapping[str, str]
    chance: Fraction
    lottery: tuple[tuple[Mapping[str, str], Number], ...]


@dataclass(frozen=True, eq=False)
class CommunicationEquilibrium:
    """The best communication or coarse communication equilibrium for an objective.

    Attributes
    ----------
    form : BayesianForm
        Types, acts and payoffs.
    issue : str or None
        None for the linked game of all issues.
    coarse : bool
    objective : str
    status : Status
        ``solved`` or ``numerical_trouble``.
    rule : ndarray or None, shape (profiles of types, joint acts)
        The mediator's lottery after every profile of reports.
    payoffs : mapping of str to number
        Expected before types are drawn.
    interim : mapping of player to mapping of type to number
        What each type expects.
    slacks : mapping of player to mapping of type to mapping of report to number
        By how much honesty and obedience beat the best use of that report; for the report that is
        true, the best disobedience.
    value, bound : number or None
        The objective, and what the prices prove that no rule exceeds.
    prices : tuple of number
    tolerance : float
        0 where the answer is exact.
    """

    form: BayesianForm = field(repr=False)
    issue: str | None
    coarse: bool
    objective: str
    status: Status
    rule: NDArray[Any] | None = field(repr=False)
    payoffs: Mapping[str, Number]
    interim: Mapping[str, Mapping[str, Number]]
    slacks: Mapping[str, Mapping[str, Mapping[str, Number]]]
    value: Number | None
    bound: Number | None
    prices: tuple[Number, ...] = field(repr=False)
    tolerance: float

    @property
    def exact(self) -> bool:
        """Whether all numbers are fractions."""
        return self.rule is not None and self.rule.dtype == object

    @cached_property
    def recommendations(self) -> tuple[Recommendation, ...]:
        """What is recommended after every profile of reports, likeliest first."""
        if self.rule is None:
            return ()
        found = []
        for t, profile in enumerate(self.form.profiles):
            drawn = np.flatnonzero(self.rule[t] > (0 if self.exact else SHOWN)).tolist()
            rows = [(self.form.outcome_names(a), self.rule[t, a]) for a in drawn]
            lottery = tuple(sorted(rows, key=lambda row: -row[1]))
            chance = self.form.chances[t]
            found.append(Recommendation(self.form.type_names(profile), chance, lottery))
        return tuple(found)

    @checked
    def verify(self) -> bool:
        """Recompute lotteries, payoffs, the gain of every lie, and the bound."""
        if self.rule is None:
            return True
        if self.rule.shape != self.form.payoffs.shape[:2]:
            self._fail("the rule does not have one lottery per profile of types")
        uneven = max(abs(total - 1) for total in self.rule.sum(axis=1))
        if self.rule.min() < 0 or uneven > (0 if self.exact else 1e-9):
            self._fail("the rule is not a lottery after every profile of reports")
        payoffs, interim, slacks = consequences(self.form, self.rule, coarse=self.coarse)
        self._compare("payoffs", payoffs, self.payoffs)
        for player, own in interim.items():
            self._compare(f"interim payoffs of {player}", own, self.interim[player])
            for s, reports in slacks[player].items():
                self._compare(f"slacks of {player} ({s})", reports, self.slacks[player][s])
                for report, slack in reports.items():
                    if slack < -self.tolerance:
                        use = "disobeying" if report == s else f'reporting "{report}"'
                        self._fail(f"{player} ({s}) gains {float(-slack):g} by {use}")
        targets = objective_targets(self.form, self.objective)
        value = worth(self.form, targets, self.objective, payoffs)
        self._compare("value", {self.objective: value}, {self.objective: self.value})
        least = self.objective == "egalitarian"
        problem = honest_programme(self.form, targets, coarse=self.coarse, least=least)
        proved = problem.objective(upper_bound(problem.programme, self.prices))
        self._compare("bound", {self.objective: proved}, {self.objective: self.bound})
        if proved - value > self.tolerance:
            self._fail(f"the prices prove a bound of {float(proved):g} only")
        return True

    def _compare(
        self, what: str, found: Mapping[str, Any], stated: Mapping[str, Number | None]
    ) -> None:
        if set(found) != set(stated):
            self._fail(f"{what}: expected {list(found)}, found {list(stated)}")
        for name, value in found.items():
            given = stated[name]
            if given is None or abs(value - given) > self.tolerance:
                self._fail(f"{what}: {name} is {float(value):g}, not {given}")

    def _fail(self, what: str) -> None:
        raise VerificationError(what)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, with exact numbers as strings under ``exact``."""
        numbers = {
            "payoffs": dict(self.payoffs),
            "interim": self.interim,
            "value": self.value,
            "bound": self.bound,
            "slacks": self.slacks,
            "recommendations": [
                {
                    "types": dict(one.types),
                    "chance": one.chance,
                    "lottery": [
                        {"outcomes": dict(play), "probability": p} for play, p in one.lottery
                    ],
                }
                for one in self.recommendations
            ],
        }
        data = {
            "concept": "coarse communication" if self.coarse else "communication",
            "objective": self.objective,
            "linked": self.issue is None,
            "status": str(self.status),
            **plain(numbers),
            "tolerance": self.tolerance,
        }
        if self.exact:
            data["exact"] = plain(numbers, exact=True)
        return data

    def __str__(self) -> str:
        return self.described()

    def described(self, *, exact: bool = False) -> str:
        """Return the answer as text; with ``exact`` every fraction as such."""
        figures = partial(in_figures, exact=exact)
        concept = "coarse communication" if self.coarse else "communication"
        where = "the linked game" if self.issue is None else self.issue
        first = f"Best {concept} equilibrium of {where} ({self.objective})"
        if self.value is None:
            return f"{first}: {self.status}"
        paid = ", ".join(f"{player} {figures(u)}" for player, u in self.payoffs.items())
        within = "" if self.exact else f" (to within {self.tolerance:.1g})"
        lines = [first, f"  value {figures(self.value)}: {paid}{within}"]
        for player, own in self.interim.items():
            if len(own) > 1:
                each = ", ".join(f"{label} {figures(u)}" for label, u in own.items())
                lines.append(f"  {player} by type: {each}")
        for one in self.recommendations:
            if one.types:
                told = ", ".join(f"{player}: {label}" for player, label in one.types.items())
                lines.append(f"  reported {told} (chance {figures(one.chance)})")
            for play, p in one.lottery:
                shown = "; ".join(f"{name}: {outcome}" for name, outcome in play.items())
                lines.append(f"  {figures(p):>8}  {shown}")
        return "\n".join(lines)


def worth(
    form: BayesianForm, targets: Sequence[int], objective: str, payoffs: Mapping[str, Number]
) -> Number:
    """Return an objective's value at some payoffs."""
    counted = [payoffs[form.game.players[i]] for i in targets]
    return min(counted) if objective == "egalitarian" else sum(counted, start=Fraction(0))


def consequences(
    form: BayesianForm, rule: NDArray[Any], *, coarse: bool
) -> tuple[
    dict[str, Number],
    dict[str, dict[str, Number]],
    dict[str, dict[str, dict[str, Number]]],
]:
    """Return payoffs, interim payoffs and slacks of a rule, from the definition."""
    payoffs: dict[str, Number] = {}
    interim: dict[str, dict[str, Number]] = {}
    slacks: dict[str, dict[str, dict[str, Number]]] = {}
    for i, player in enumerate(form.game.players):
        own = form.types[i]
        used = {
            (s, r): _uses(form, rule, i, s, r) for s in range(len(own)) for r in range(len(own))
        }
        honest = [used[s, s].diagonal().sum() for s in range(len(own))]
        payoffs[player] = sum(
            (u * one.chance if rule.dtype == object else u * float(one.chance)
             for u, one in zip(honest, own, strict=True)), start=Fraction(0),
        )  # fmt: skip
        interim[player] = {one.label: u for one, u in zip(own, honest, strict=True)}
        slacks[player] = {
            one.label: {
                own[r].label: honest[s] - _best(used[s, r], coarse=coarse) for r in range(len(own))
            }
            for s, one in enumerate(own)
        }
    return payoffs, interim, slacks


def _uses(form: BayesianForm, rule: NDArray[Any], player: int, s: int, report: int) -> Any:
    """Return what a type earns after a report, by recommendation heard and act chosen."""
    count = form.act_counts[player]
    below = int(np.prod(form.act_counts[player + 1 :], dtype=int))
    mine = np.arange(rule.shape[1]) // below % count
    sorted_by_own = np.argsort(mine, kind="stable")
    total: Any = np.zeros((count, count), dtype=rule.dtype)
    told = {profile: t for t, profile in enumerate(form.profiles)}
    for t, profile in enumerate(form.profiles):
        if profile[player] != s:
            continue
        reported = told[(*profile[:player], report, *profile[player + 1 :])]
        heard = rule[reported][sorted_by_own].reshape(count, -1)
        paid = form.payoffs[t, sorted_by_own, player].reshape(count, -1)
        chance: Any = form.chances[t] / form.types[player][s].chance
        if rule.dtype != object:
            paid, chance = paid.astype(np.float64), float(chance)
        total = total + chance * (heard @ paid.T)
    return total


def _best(used: Any, *, coarse: bool) -> Any:
    """Return the most that a report brings: by the best map, or by following or a fixed act."""
    if coarse:
        return max(used.diagonal().sum(), used.sum(axis=0).max())
    return used.max(axis=1).sum()


def evaluated(
    form: BayesianForm,
    issue: str | None,
    rule: NDArray[Any],
    prices: tuple[Number, ...],
    bound: Number,
    targets: Sequence[int],
    *,
    coarse: bool,
    objective: str,
) -> CommunicationEquilibrium:
    """Return the answer that a rule is, with all that follows from it."""
    payoffs, interim, slacks = consequences(form, rule, coarse=coarse)
    flat = form.payoffs.reshape(-1, len(form.game.players))
    size = max(float(column.max() - column.min()) for column in flat.T) or 1.0
    return CommunicationEquilibrium(
        form, issue, coarse, objective, Status.SOLVED, rule, payoffs, interim, slacks,
        worth(form, targets, objective, payoffs), bound, prices,
        0.0 if rule.dtype == object else TOLERANCE * size * len(form.game.players),
    )  # fmt: skip
