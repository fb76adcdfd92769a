"""Honesty and obedience as rows of a linear programme.

With x(t, a) the mediator's rule, every row compares what a type gets by honesty and obedience with
what it gets by reporting s' and doing what a map from recommendations to acts says.  The best map
is found recommendation by recommendation: a variable z(s, s', r) is at least what each act pays
after the recommendation r, and their sum must not exceed the type's payoff.  Payoffs are raised to
least 0, which changes no comparison, since every report brings some recommendation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.bayesian_form import BayesianForm
from bargaining.equilibrium.correlated_answer import targets_of
from bargaining.geometry.linear_program import Programme
from bargaining.results import Number

Own = tuple[NDArray[Any], NDArray[np.intp]]
"""A player's expected payoffs and the mediator's variables, his own types and acts in front."""


@dataclass(frozen=True, eq=False)
class HonestProgramme:
    """The programme of the best rule.

    Attributes
    ----------
    programme : Programme
        The rule comes first among the columns, profile by profile.
    unit, offset : Fraction
        The objective is the programme's value times the unit, less the offset.
    """

    programme: Programme
    unit: Fraction
    offset: Fraction

    def objective(self, value: Number) -> Number:
        """Return the objective at a value of the programme."""
        return value * self.unit - self.offset


def entries(form: BayesianForm, *, coarse: bool) -> int:
    """Return how many coefficients the programme has, at most."""
    variables = int(form.payoffs[..., 0].size)
    pairs = zip(form.type_counts, form.act_counts, strict=True)
    if coarse:
        return variables * sum(2 * types * (acts + 1) for types, acts in pairs)
    return variables * sum(types * acts for types, acts in pairs)


def objective_targets(form: BayesianForm, objective: str) -> list[int]:
    """Return the players whose payoffs an objective counts.

    Egalitarian: those to whom the joint act matters at some types that can occur; all of them
    where it matters to nobody.
    """
    if objective != "egalitarian":
        return targets_of(form.game, objective)
    moved = np.any(form.payoffs != form.payoffs[:, :1], axis=(0, 1))
    return np.flatnonzero(moved).tolist() or list(range(len(form.game.players)))


def honest_programme(
    form: BayesianForm, targets: Sequence[int], *, coarse: bool, least: bool
) -> HonestProgramme:
    """Write the programme down.

    Parameters
    ----------
    form : BayesianForm
    targets : sequence of int
        Players whose payoffs count.
    coarse : bool
        Whether players may only stay out before they hear their recommendation.
    least : bool
        Maximise the least of their expected payoffs instead of the sum.
    """
    programme = Programme()
    profiles, acts = form.payoffs.shape[:2]
    programme.add_columns(profiles * acts, 1)
    total = programme.add_rows(1, 1)
    equal = programme.add_rows(profiles - 1, equal=True)
    for a in range(acts):
        programme.put(total, a, 1)
    for t in range(1, profiles):
        for a in range(acts):
            programme.put(equal + t - 1, t * acts + a, 1)
            programme.put(equal + t - 1, a, -1)
    for player in range(len(form.game.players)):
        own = form.comparable(player)
        for s in range(form.type_counts[player]):
            for report in range(form.type_counts[player]):
                if coarse:
                    _stay_out_rows(programme, own, s, report)
                elif s == report:
                    _obedience_rows(programme, own, s)
                else:
                    _honesty_rows(programme, own, s, report)
    unit, offset = _objective(programme, form, targets, least=least)
    return HonestProgramme(programme, unit, offset)


def _put(programme: Programme, row: int, columns: Any, values: Any, sign: int = 1) -> None:
    for column, value in zip(columns.tolist(), values.tolist(), strict=True):
        programme.put(row, column, sign * value)


def _put_honest(programme: Programme, row: int, own: Own, s: int) -> None:
    """Take off what a type gets by honesty and obedience."""
    payoffs, variables = own
    _put(programme, row, variables[s].reshape(-1), payoffs[s].reshape(-1), -1)


def _obedience_rows(programme: Programme, own: Own, s: int) -> None:
    """After an honest report no other act than the one recommended pays."""
    payoffs, variables = own
    for heard in range(payoffs.shape[1]):
        for act in range(payoffs.shape[1]):
            if act != heard:
                row = programme.add_rows(1)
                change = payoffs[s, act] - payoffs[s, heard]
                _put(programme, row, variables[s, heard], change)


def _honesty_rows(programme: Programme, own: Own, s: int, report: int) -> None:
    """No false report pays, whatever is done with the recommendations that it brings."""
    payoffs, variables = own
    count = payoffs.shape[1]
    honest = programme.add_rows(1)
    _put_honest(programme, honest, own, s)
    if count == 1:
        _put(programme, honest, variables[report, 0], payoffs[s, 0])
        return
    best = programme.add_columns(count, 1)
    for heard in range(count):
        programme.put(honest, best + heard, 1)
        for act in range(count):
            row = programme.add_rows(1)
            _put(programme, row, variables[report, heard], payoffs[s, act])
            programme.put(row, best + heard, -1)


def _stay_out_rows(programme: Programme, own: Own, s: int, report: int) -> None:
    """Neither a false report that is then followed pays, nor any report and a fixed act."""
    payoffs, variables = own
    count = payoffs.shape[1]
    if s != report and count > 1:
        row = programme.add_rows(1)
        _put_honest(programme, row, own, s)
        _put(programme, row, variables[report].reshape(-1), payoffs[s].reshape(-1))
    for act in range(count):
        row = programme.add_rows(1)
        _put_honest(programme, row, own, s)
        for heard in range(count):
            _put(programme, row, variables[report, heard], payoffs[s, act])


def _objective(
    programme: Programme, form: BayesianForm, targets: Sequence[int], *, least: bool
) -> tuple[Fraction, Fraction]:
    """State the objective so that every rule is worth something: then all of it is used."""
    counted = form.payoffs[..., list(targets)]
    if not least:
        counted = counted.sum(axis=-1, keepdims=True)
    unit = Fraction(counted.max() - counted.min()) or Fraction(1)
    offset = unit - counted.min()
    worth = (counted + offset) / unit
    chances = np.array(form.chances, dtype=object)[:, None]
    columns = np.arange(worth[..., 0].size)
    if not least:
        for column, value in zip(columns.tolist(), (worth[..., 0] * chances).flat, strict=True):
            programme.costs[column] = value
        return unit, offset
    level = programme.add_columns(1, Fraction(worth.max()))
    programme.costs[level] = 1
    for k in range(worth.shape[-1]):
        row = programme.add_rows(1)
        programme.put(row, level, 1)
        _put(programme, row, columns, (worth[..., k] * chances).reshape(-1), -1)
    return unit, offset
