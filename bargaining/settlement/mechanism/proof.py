"""Whether a rule is proved to be the best: every condition met, and the bound reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.results import Number, Status
from bargaining.settlement.mechanism.checker import Examination
from bargaining.settlement.mechanism.question import Question
from bargaining.settlement.mechanism.rule import Prices, Rule
from bargaining.settlement.mechanism.setting import Setting, largest_payment

SLACK = 1e-7
"""Conditions hold in floating point to this part of the largest gain."""
GAP = 1e-6
"""How far the bound may be from the value, relative."""


@dataclass(frozen=True, eq=False)
class Found:
    """A rule with its proof.

    Attributes
    ----------
    status : Status
    rule : Rule
    prices : Prices
    value, bound : number
        What the rule reaches, and what none exceeds.
    method : str
    feasible : bool
        Whether the rule meets all conditions, exactly or within tolerances.
    """

    status: Status
    rule: Rule
    prices: Prices
    value: Number
    bound: Number
    method: str
    feasible: bool


def judge(
    setting: Setting,
    question: Question,
    rule: Rule,
    prices: Prices,
    *,
    honest: bool,
    method: str,
    status: Status = Status.SOLVED,
) -> Found:
    """Reckon what a rule reaches and what prices prove; certify it within tolerances."""
    seen = Examination(setting, question, honest, rule.exact)
    value, bound = seen.value(rule), seen.bound(prices, largest_payment(setting))
    feasible = meets(seen, rule)
    if status == Status.SOLVED and not (feasible and close(setting, rule, value, bound)):
        status = Status.NUMERICAL_TROUBLE
    return Found(status, rule, prices, value, bound, method, feasible)


def unit(setting: Setting) -> float:
    """Return the largest single gain: what tolerances are measured in."""
    return float(max((abs(v) for pair in setting.reach for v in pair), default=Fraction(0)))


def close(setting: Setting, rule: Rule, value: Number, bound: Number) -> bool:
    """Whether a value is the best there is: exactly, or within a relative gap."""
    if rule.exact:
        return value == bound
    gap = GAP * max(abs(float(value)), 1e-3 * unit(setting))
    return -gap <= bound - value <= gap


def meets(seen: Examination, rule: Rule) -> bool:
    """Whether a rule meets all conditions, exactly or within tolerances."""
    if seen.improper(rule) > (0 if rule.exact else SLACK):
        return False
    slack = 0 if rule.exact else -SLACK * unit(seen.setting)
    return all(bool(np.all(part >= slack)) for part in conditions(seen, rule))


def conditions(seen: Examination, rule: Rule) -> Iterator[NDArray[Any]]:
    """Yield the slacks of all conditions."""
    players = range(len(seen.setting.spaces))
    if seen.honest:
        yield from (seen.lies(rule, i) for i in players)
    if seen.question.rationality != "none":
        yield from (seen.left(rule, i) for i in seen.setting.stake)
    if seen.question.transfers != "none":
        yield seen.budget(rule)
