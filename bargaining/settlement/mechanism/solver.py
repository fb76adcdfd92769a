"""The best rule of a package, its prices, and the proof that nothing is better."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bargaining.results import Status
from bargaining.settlement.mechanism.balance import balanced, balances
from bargaining.settlement.mechanism.exactly import exactly
from bargaining.settlement.mechanism.program import Program
from bargaining.settlement.mechanism.proof import Found, judge
from bargaining.settlement.mechanism.question import Question
from bargaining.settlement.mechanism.reading import read_prices, read_rule
from bargaining.settlement.mechanism.session import Session
from bargaining.settlement.mechanism.setting import Setting


def solve(setting: Setting, question: Question, *, honest: bool) -> Found:
    """Find the best rule of a package; with ``honest=False`` as if types were public.

    1. HiGHS solves the programme, adding conditions of honesty until none is broken.
    2. An exact answer is looked for.
    3. Otherwise the answer stands within tolerances; if a condition fails, or time is up,
       everything stays as it is, and the prices still prove how much better a rule could be.
    """
    if balances(setting, question):
        found = solve(setting, replace(question, transfers="expected"), honest=honest)
        return balanced(setting, question, found, honest=honest)
    program = Program(setting, question, honest, exact=False)
    session = Session(program)
    status = session.run()
    prices = read_prices(program, session.keys[: session.priced], session.dual)
    rule = read_rule(program, session.x)
    if status == Status.SOLVED:
        exact = exactly(program, session.tight(), rule, prices)
        if exact is not None:
            return exact
    found = judge(setting, question, rule, prices, honest=honest, method="HiGHS", status=status)
    if found.feasible:
        return found
    nothing = read_rule(program, np.zeros(program.size))
    return judge(
        setting, question, nothing, prices, honest=honest, method="none", status=found.status
    )
