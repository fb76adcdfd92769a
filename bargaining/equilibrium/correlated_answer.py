"""The answer of a mediator's problem: lottery, tables to read out, and every check of it.

Obedience is recomputed from the definition: after each recommendation (or, for coarse equilibria,
before it) no player's best deviation may pay more than obeying.  That no lottery is better is
proved by the programme's prices.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.coarse import obedience
from bargaining.equilibrium.joint_form import JointBlock, JointForm
from bargaining.equilibrium.linked_answer import LinkedEquilibrium
from bargaining.equilibrium.linked_side import Plan
from bargaining.errors import InputError, VerificationError
from bargaining.geometry.linear_program import upper_bound
from bargaining.model.game import LinkageGame
from bargaining.model.spelling import suggestion
from bargaining.results import Number, Status, in_figures, plain

TOLERANCE = 1e-7
"""The largest regret, and gap of the value, of a numerical answer, relative to payoffs' size."""
MAX_RECOMMENDATIONS = 1_000
CONCEPTS = {True: "coarse correlated equilibrium", False: "correlated equilibrium"}

Row = tuple[Mapping[str, str], Number]


@dataclass(frozen=True, eq=False)
class Mediation:
    """The best lottery over issues that are obeyed or left together.

    Attributes
    ----------
    form : JointForm
    plans : tuple of ndarray
        Per component, the lottery's shares on its junction tree.
    prices : tuple of number
        Dual prices of the programme: they prove that no lottery is better.
    upper : Fraction or float or None
        The bound they prove on the objective; None where nothing is to be chosen.
    equilibrium : LinkedEquilibrium or None
        Where only a bracket is known: a Nash equilibrium; ``plans`` are then the relaxation's.
    relaxed : bool
        Whether ``plans`` need not be an equilibrium.
    """

    form: JointForm
    plans: tuple[Plan, ...]
    prices: tuple[Number, ...]
    upper: Number | None
    equilibrium: LinkedEquilibrium | None = None
    relaxed: bool = False


@dataclass(frozen=True, eq=False)
class CorrelatedEquilibrium:
    """The best correlated or coarse correlated equilibrium for an objective.

    Attributes
    ----------
    game : LinkageGame
    coarse : bool
    objective : str
        ``"total"``, ``"egalitarian"`` or a player's name.
    linked : bool
        Whether all issues are obeyed or left together.
    status : Status
        ``solved``; ``limit_reached`` where only a bracket is known; ``numerical_trouble``.
    method : str
    exact : bool
    payoffs : mapping of str to Fraction or float
        Totals over issues (payoffs, not gains).
    value : Fraction or float or None
        The objective at these payoffs.
    bounds : tuple of two numbers or None
        The best value lies between them; equal to the value when solved exactly.
    parts : tuple of Mediation
        One for the linked game, otherwise one per issue.
    tolerance : float
    """

    game: LinkageGame = field(repr=False)
    coarse: bool
    objective: str
    linked: bool
    status: Status
    method: str
    exact: bool
    payoffs: Mapping[str, Number]
    value: Number | None
    bounds: tuple[Number | None, Number | None]
    parts: tuple[Mediation, ...] = field(repr=False)
    tolerance: float

    @property
    def total(self) -> Number | None:
        """The sum of the players' payoffs."""
        return sum(self.payoffs.values(), start=Fraction(0)) if self.payoffs else None

    @cached_property
    def distributions(self) -> Mapping[str, Mapping[str, Number]]:
        """Per issue, the probability of each outcome; empty where no equilibrium is known."""
        found: dict[str, Mapping[str, Number]] = {}
        for part in self.parts:
            if part.relaxed:
                if part.equilibrium is not None:
                    found.update(_drawn_apart(part.equilibrium))
                continue
            game = part.form.game
            for name, issue in game.issues.items():
                if issue.is_options or issue.size == 1:
                    label = issue.status_quo if issue.is_options else issue.outcomes[0]
                    found[name] = {label: Fraction(1)}
            for block, plan in zip(part.form.blocks, part.plans, strict=True):
                for k in block.issues:
                    issue = game.issues[game.issue_names[k]]
                    shares = block.play.shares(plan, (k,)).tolist()
                    found[issue.name] = dict(zip(issue.outcomes, shares, strict=True))
        return {name: found[name] for name in self.game.issues if name in found}

    @cached_property
    def recommendations(self) -> tuple[tuple[Row, ...], ...]:
        """The mediator's tables: per component, rows of an outcome per issue and a probability.

        Components are drawn independently.  One that needs more than 1,000 rows is left out.
        """
        tables = []
        for part in self.parts:
            if part.relaxed:
                continue
            for block, plan in zip(part.form.blocks, part.plans, strict=True):
                rows = tuple(
                    itertools.islice(_plays(part.form, block, plan), MAX_RECOMMENDATIONS + 1)
                )
                if len(rows) <= MAX_RECOMMENDATIONS:
                    tables.append(tuple(sorted(rows, key=lambda row: -row[1])))
        return tuple(tables)

    def verify(self) -> bool:
        """Recompute shares, payoffs, every regret, and the bound that the prices prove."""
        totals: list[Any] = [Fraction(0)] * len(self.game.players)
        for part in self.parts:
            _check_part(self, part)
            if self.payoffs:
                mine = paid_of(part)
                totals = [t + u for t, u in zip(totals, mine, strict=True)]
        if not self.payoffs:
            return True
        for player, total in zip(self.game.players, totals, strict=True):
            wrong = total - self.payoffs[player]
            if max(wrong, -wrong) > (0 if self.exact else self.tolerance):
                msg = f"{player}'s payoff is {float(total):g}, not {float(self.payoffs[player]):g}"
                raise VerificationError(msg)
        best = worth(self.game, self.objective, totals)
        assert self.value is not None
        wrong = best - self.value
        if max(wrong, -wrong) > (0 if self.exact else self.tolerance):
            msg = f"the {self.objective} is {float(best):g}, not {float(self.value):g}"
            raise VerificationError(msg)
        lower, upper = self.bounds
        if lower is None or upper is None or lower > self.value or self.value > upper:
            msg = "the value is not between its bounds"
            raise VerificationError(msg)
        return True

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, with exact numbers as strings under ``exact``."""
        numbers = {
            "payoffs": dict(self.payoffs),
            "value": self.value,
            "bounds": list(self.bounds),
            "distributions": {k: dict(v) for k, v in self.distributions.items()},
            "recommendations": [
                [{"outcomes": dict(play), "probability": p} for play, p in table]
                for table in self.recommendations
            ],
        }
        data = {
            "concept": "coarse" if self.coarse else "correlated",
            "objective": self.objective,
            "linked": self.linked,
            "status": str(self.status),
            **plain(numbers),
            "method": self.method,
            "tolerance": self.tolerance,
        }
        if self.exact:
            shown = {key: numbers[key] for key in ("payoffs", "value", "bounds", "distributions")}
            data["exact"] = plain(shown, exact=True)
        return data

    def __str__(self) -> str:
        return self.described()

    def described(self, *, exact: bool = False) -> str:
        """Return the answer as text; with ``exact`` every fraction as such."""
        figures = partial(in_figures, exact=exact)
        concept = CONCEPTS[self.coarse]
        where = "the linked game" if self.linked else "each issue"
        lines = [f"Best {concept} of {where} ({self.objective})"]
        if self.value is None:
            _, upper = self.bounds
            at_most = "" if upper is None else f", at most {figures(upper)}"
            return f"{lines[0]}: {self.status}{at_most}"
        paid = ", ".join(f"{p} {figures(u)}" for p, u in self.payoffs.items())
        within = "" if self.exact else f" (to within {self.tolerance:.1g})"
        lines.append(f"  value {figures(self.value)}: {paid}{within}")
        lower, upper = self.bounds
        if self.status is Status.LIMIT_REACHED and lower is not None and upper is not None:
            lines.append(f"  the best lies between {figures(lower)} and {figures(upper)}")
        for part in self.parts:
            if part.relaxed and part.equilibrium is not None:
                lines.append("  reached by players who mix on their own:")
                described = part.equilibrium.described(exact=exact).splitlines()[1:]
                lines += itertools.takewhile(lambda line: "payoffs: " not in line, described)
        for table in self.recommendations:
            for play, p in table:
                shown = "; ".join(f"{name}: {outcome}" for name, outcome in play.items())
                lines.append(f"  {figures(p):>8}  {shown}")
        return "\n".join(lines)


def _drawn_apart(equilibrium: LinkedEquilibrium) -> dict[str, dict[str, Number]]:
    """Return the probability of each outcome where every player mixes on his own."""
    found: dict[str, dict[str, Number]] = {}
    for name, issue in equilibrium.game.issues.items():
        if issue.is_options:
            found[name] = {issue.status_quo: Fraction(1)}
            continue
        joint: NDArray[Any] = np.array([Fraction(1)], dtype=object)
        for player in issue.actions:
            alone = np.array([Fraction(1)], dtype=object)
            mine = equilibrium.shares.get(player, {}).get(name, alone)
            joint = np.multiply.outer(joint, mine).reshape(-1)
        found[name] = dict(zip(issue.outcomes, joint.tolist(), strict=True))
    return found


def worth(game: LinkageGame, objective: str, payoffs: Sequence[Any]) -> Any:
    """Return an objective's value at some payoffs, in players' order."""
    counted = [payoffs[i] for i in targets_of(game, objective)]
    return min(counted) if objective == "egalitarian" else sum(counted, start=Fraction(0))


def targets_of(game: LinkageGame, objective: str) -> list[int]:
    """Return the players whose payoffs an objective counts."""
    everyone = list(range(len(game.players)))
    if objective == "total":
        return everyone
    if objective in game.players:
        return [game.players.index(objective)]
    if objective != "egalitarian":
        known = ("total", "egalitarian", *game.players)
        msg = (
            f"objective: expected one of {', '.join(known)}, found {objective!r}"
            f"{suggestion(str(objective), known)}"
        )
        raise InputError(msg)
    tables = [issue.exact_payoffs for issue in game.issues.values()]
    tables += [
        k.spillovers.reshape(-1, len(everyone))
        for k in game.links or ()
        if k.spillovers is not None
    ]
    moving = [i for i in everyone if any(bool(np.any(t[:, i] != t[0, i])) for t in tables)]
    return moving or everyone


def paid_of(part: Mediation) -> tuple[Any, ...]:
    """Return the payoffs of a part's equilibrium."""
    if part.equilibrium is not None:
        return tuple(part.equilibrium.payoffs.values())
    return part.form.paid(part.plans)


def size_of(form: JointForm) -> float:
    """Return the size of payoffs in a form: the unit of rounding."""
    size = 0.0
    for i, unit in enumerate(form.units):
        for block in form.blocks:
            for table in block.tables.values():
                values = table[..., i]
                size = max(size, float(Fraction(values.max() - values.min(), unit)))
    return size or 1.0


def _check_part(answer: CorrelatedEquilibrium, part: Mediation) -> None:
    exact = all(plan.dtype == object for plan in part.plans)
    slack = 0.0 if exact else TOLERANCE * size_of(part.form)
    for block, plan in zip(part.form.blocks, part.plans, strict=True):
        if block.play.excess(plan) > (0 if exact else 1e-9):
            msg = "the mediator's shares are not those of a lottery"
            raise VerificationError(msg)
    if part.equilibrium is not None:
        part.equilibrium.verify()
    if not part.relaxed:
        for i, player in enumerate(part.form.game.players):
            regret = _regret(part, i, coarse=answer.coarse)
            if regret > slack * part.form.units[i]:
                amount = float(regret) / part.form.units[i]
                msg = f"{player} gains {amount:g} by disobeying"
                raise VerificationError(msg)
    if part.upper is None:
        return
    least = answer.objective == "egalitarian"
    targets = targets_of(part.form.game, answer.objective)
    problem = obedience(part.form, targets, coarse=answer.coarse, least=least)
    bound = upper_bound(problem.programme, part.prices) - problem.offset
    reached = worth(part.form.game, answer.objective, paid_of(part)) if answer.payoffs else bound
    if bound > part.upper or (not part.relaxed and bound - reached > slack * len(targets)):
        msg = f"the prices prove a bound of {float(bound):g} only"
        raise VerificationError(msg)


def _regret(part: Mediation, player: int, *, coarse: bool) -> Any:
    """Return the most that a player gains by disobeying, times his unit; from the definition."""
    total: Any = 0
    worst: Any = 0
    for block, plan in zip(part.form.blocks, part.plans, strict=True):
        deviations, paid = block.deviations(player), block.payoffs(player)
        if plan.dtype != object:
            deviations, paid = deviations.astype(np.float64), paid.astype(np.float64)
        if coarse:
            total = total + block.sides[player].best(deviations @ plan)[0] - paid @ plan
            continue
        own = block.own(player)
        for a in np.unique(own).tolist():
            heard = np.flatnonzero(own == a)
            gains = deviations[:, heard] @ plan[heard] - paid[heard] @ plan[heard]
            worst = max(worst, *gains.tolist())
    return total if coarse else worst


def _plays(form: JointForm, block: JointBlock, plan: Plan) -> Iterator[Row]:
    """Yield the joint plays that a component's lottery draws, with their probabilities."""
    names = form.game.issue_names

    def walk(position: int, chosen: dict[int, int], p: Any) -> Iterator[Row]:
        if position < 0:
            play = {names[k]: form.game.issues[names[k]].outcomes[chosen[k]] for k in block.issues}
            yield play, p
            return
        bag = block.play.bags[position]
        part: NDArray[Any] = plan[bag.start : bag.stop]
        state = 0
        for k in bag.separator:
            state = state * block.play.actions[k] + chosen[k]
        cells = np.flatnonzero((bag.states(bag.separator) == state) & (part > 0)).tolist()
        total = sum(part[cell] for cell in cells)
        for cell in cells:
            actions = (int(a) for a in np.unravel_index(cell, bag.shape))
            now = {**chosen, **dict(zip(bag.issues, actions, strict=True))}
            yield from walk(position - 1, now, p * part[cell] / total)

    yield from walk(len(block.play.bags) - 1, {}, Fraction(1) if plan.dtype == object else 1.0)
