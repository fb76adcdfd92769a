"""The best rule of a package, its prices, and the proof that nothing is better.

HiGHS solves the programme; where there are many conditions of honesty it starts with a part and
adds those that the solution breaks until none is broken.  Small programmes are then solved in
rationals with the conditions that bind; of others a solution close to simple fractions is tried.
An exact answer is kept only if the checker finds every condition met and the bound equal to the
value.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import SolverError
from bargaining.geometry.linear_program import optimum
from bargaining.results import Status
from bargaining.settlement.mechanism import incentives
from bargaining.settlement.mechanism.balance import balanced, balances
from bargaining.settlement.mechanism.program import Program, Rows
from bargaining.settlement.mechanism.proof import Found, judge
from bargaining.settlement.mechanism.question import Question
from bargaining.settlement.mechanism.rule import Prices, Rule, rounded
from bargaining.settlement.mechanism.setting import Setting

MAX_SECONDS = 300.0
MAX_ROUNDS = 100
ALL_AT_ONCE = 20_000
"""Up to so many conditions of honesty are written down at once."""
BROKEN = 1e-9
TIGHT = 1e-7
DENOMINATORS = (60, 1_000, 100_000)

Keys = list[NDArray[np.intp]]


def solve(setting: Setting, question: Question, *, honest: bool) -> Found:
    """Find the best rule of a package; with ``honest=False`` as if types were public."""
    if balances(setting, question):
        found = solve(setting, replace(question, transfers="expected"), honest=honest)
        return balanced(setting, question, found, honest=honest)
    program = Program(setting, question, honest, exact=False)
    session = _Session(program)
    status = session.run()
    prices = read_prices(program, session.keys[: session.priced], session.dual)
    rule = read_rule(program, session.x)
    for exact in _exactly(program, session, rule, prices) if status == Status.SOLVED else ():
        return exact
    found = judge(setting, question, rule, prices, honest=honest, method="HiGHS", status=status)
    if not found.feasible:
        nothing = read_rule(program, np.zeros(program.size))
        kept = replace(found, status=Status.NUMERICAL_TROUBLE) if status == Status.SOLVED else found
        return judge(
            setting, question, nothing, prices, honest=honest, method="none", status=kept.status
        )
    return found


class _Session:
    """A programme in HiGHS that grows by the conditions its solutions break."""

    def __init__(self, program: Program) -> None:
        import highspy

        self.program = program
        self.deadline = time.monotonic() + MAX_SECONDS
        self.x = np.zeros(program.size)
        self.dual = np.zeros(sum(len(g) for groups in program.rows.values() for g in groups))
        players = range(len(program.setting.spaces))
        every: Keys = [
            incentives.every(program, i) if program.honest else np.zeros((0, 3), dtype=np.intp)
            for i in players
        ]
        self.every = every
        whole = sum(len(keys) for keys in every) <= ALL_AT_ONCE
        self.keys: list[tuple[int, NDArray[np.intp]]] = []
        self.priced = 0  # the keys that the prices are about
        self.solver = highspy.Highs()
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("primal_feasibility_tolerance", 1e-9),
            ("dual_feasibility_tolerance", 1e-9),
        ):
            self.solver.setOptionValue(option, value)
        cap = float(program.cap) / program.unit
        upper = np.full(program.size, highspy.kHighsInf)
        for table in (*program.received, *program.paid):
            upper[table] = cap
        model = highspy.HighsLp()
        model.num_col_ = program.size
        model.num_row_ = 0
        model.sense_ = highspy.ObjSense.kMaximize
        model.col_cost_ = np.asarray(program.costs, dtype=np.float64)
        model.col_lower_ = np.zeros(program.size)
        model.col_upper_ = upper
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = np.zeros(program.size + 1, dtype=np.int32)
        self.solver.passModel(model)
        for groups in program.rows.values():
            for group in groups:
                self._add(group)
        for i in players:
            start = every[i] if whole else every[i][_near(every[i])]
            self._keep(i, start)

    def _keep(self, player: int, keys: NDArray[np.intp]) -> None:
        if len(keys):
            self.keys.append((player, keys))
            self._add(incentives.rows(self.program, player, keys))

    def _add(self, rows: Rows) -> None:
        import highspy

        count, width = rows.columns.shape
        if not count:
            return
        columns, values = rows.columns, np.asarray(rows.values, dtype=np.float64)
        order = np.argsort(columns, axis=1, kind="stable")
        columns = np.take_along_axis(columns, order, axis=1).ravel()
        values = np.take_along_axis(values, order, axis=1).ravel()
        filled = values != 0
        starts = np.concatenate([[0], np.cumsum(filled.reshape(count, width).sum(axis=1))])
        limits = np.asarray(rows.limits, dtype=np.float64)
        lower = limits if rows.equal else np.full(count, -highspy.kHighsInf)
        self.solver.addRows(
            count,
            lower,
            limits,
            int(filled.sum()),
            starts[:-1].astype(np.int32),
            columns[filled].astype(np.int32),
            values[filled],
        )

    def run(self) -> Status:
        """Solve, adding broken conditions, until none is broken or time is up."""
        import highspy

        for _ in range(MAX_ROUNDS):
            left = self.deadline - time.monotonic()
            if left <= 0:
                return Status.LIMIT_REACHED
            self.solver.setOptionValue("time_limit", self.solver.getRunTime() + left)
            self.solver.run()
            status = self.solver.getModelStatus()
            if status != highspy.HighsModelStatus.kOptimal:
                late = status == highspy.HighsModelStatus.kTimeLimit
                return Status.LIMIT_REACHED if late else Status.NUMERICAL_TROUBLE
            solution = self.solver.getSolution()
            self.x = np.array(solution.col_value)
            self.dual = np.array(solution.row_dual)
            self.priced = len(self.keys)
            if not self._grow():
                return Status.SOLVED
        return Status.LIMIT_REACHED

    def _grow(self) -> bool:
        """Add conditions that the solution breaks; return whether there were any."""
        program, x = self.program, self.x
        if not program.honest:
            return False
        if sum(len(keys) for _, keys in self.keys) == sum(len(keys) for keys in self.every):
            return False
        added = False
        for i in range(len(program.setting.spaces)):
            broken = incentives.gaps(program, i, x)
            for player, keys in self.keys:
                if player == i:
                    broken[tuple(keys.T)] = 0.0
            keys = _worst(broken)
            self._keep(i, keys)
            added = added or len(keys) > 0
        return added


def _near(keys: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Neighbouring types, in the order in which they stand in the file."""
    return np.asarray(abs(keys[:, 1] - keys[:, 2]) == 1)


def _worst(broken: NDArray[np.float64]) -> NDArray[np.intp]:
    """For each true type the most tempting lies that pay."""
    best = broken.argmax(axis=2)
    cells, types = np.indices(best.shape)
    paying = broken[cells, types, best] > BROKEN
    return np.stack([cells[paying], types[paying], best[paying]], axis=1)


def read_rule(program: Program, x: NDArray[Any]) -> Rule:
    """Read the rule off a solution; what shares lack to 1 stands at the status quo."""
    setting = program.setting
    layout = setting.layout
    zero = Fraction(0) if program.exact else 0.0
    shares = np.full((setting.profiles, setting.size), zero)
    values = x[program.shares].reshape(setting.profiles, -1)
    shares[:, program.keep] = values if program.exact else np.maximum(values, 0.0)
    blocks = [(s, s + n) for s, n in zip(layout.starts, layout.counts, strict=True)]
    if not program.exact:
        for start, stop in blocks:
            total = shares[:, start:stop].sum(axis=1, keepdims=True)
            shares[:, start:stop] /= np.maximum(total, 1.0)
    blocks += [(bag.start, bag.stop) for bag in layout.bags]
    home = layout.complete(np.full(setting.size, Fraction(0), dtype=object))
    for start, stop in blocks:
        place = start + int(np.flatnonzero(home[start:stop])[0])
        shares[:, place] += 1 - shares[:, start:stop].sum(axis=1)
    received = []
    for i, (get, pay) in enumerate(zip(program.received, program.paid, strict=True)):
        if i not in setting.stake:
            received.append(np.full((1,) * len(setting.shape), zero))
            continue
        net = (x[get] - x[pay]) * (1 if program.exact else program.unit)
        rest = tuple(n if get.shape[1] > 1 else 1 for p, n in enumerate(setting.shape) if p != i)
        received.append(np.moveaxis(net.reshape(len(net), *rest), 0, i))
    return Rule(shares.reshape(*setting.shape, setting.size), tuple(received))


def read_prices(
    program: Program, keys: Sequence[tuple[int, NDArray[np.intp]]], dual: Any
) -> Prices:
    """Sort the prices of the rows by what the rows say."""
    setting = program.setting
    dual = np.asarray(dual, dtype=object if program.exact else np.float64)
    players = range(len(setting.spaces))
    taken = 0
    by_kind: dict[str, list[NDArray[Any]]] = {}
    for kind, groups in program.rows.items():
        for group in groups:
            by_kind.setdefault(kind, []).append(dual[taken : taken + len(group)])
            taken += len(group)
    zero = Fraction(0) if program.exact else 0.0
    honesty = []
    for i in players:
        types = len(setting.spaces[i])
        honesty.append(np.full((incentives.cells(program, i), types, types), zero))
    for i, part in keys:
        honesty[i][tuple(part.T)] = dual[taken : taken + len(part)]
        taken += len(part)
    rational = []
    for i in players:
        types = len(setting.spaces[i])
        found = by_kind.get(f"rationality {i}")
        rational.append(np.full((types, 1), zero) if found is None else found[0].reshape(types, -1))
    aim = program.question.objective
    names = setting.game.players
    weights = np.array([Fraction(int(aim in ("total", name))) for name in names], dtype=object)
    unit: Any = 1
    if aim == "max-min":
        for i in setting.stake:
            weights[i] = max(Fraction(by_kind[f"least {i}"][0][0]), Fraction(0))
        unit = sum(weights) or Fraction(1)
        weights = weights / unit
    if not program.exact:
        weights, unit = weights.astype(np.float64), float(unit)
    blocks = by_kind.get("blocks", [])
    layer = np.stack(blocks, axis=1) if blocks else np.zeros((setting.profiles, 0))
    return Prices(
        weights,
        tuple(table / unit for table in honesty),
        tuple(table / unit for table in rational),
        np.concatenate(by_kind.get("budget", [np.array([], dtype=dual.dtype)])) / unit,
        layer * (1 if program.exact else program.unit) / unit,
    )


def _exactly(program: Program, session: _Session, rule: Rule, prices: Prices) -> Iterator[Found]:
    """Yield exact answers, if there are any: by rational pivots, then by rounding."""
    if not program.setting.game.flat.exact:
        return
    exact = Program(program.setting, program.question, program.honest, exact=True)
    for keys in (_tight(program, session), session.keys):
        solved = _rational(exact, keys)
        if solved is not None:
            yield solved
    for limit in DENOMINATORS:
        close = Rule(rounded(rule.shares, limit), tuple(rounded(r, limit) for r in rule.received))
        found = judge(
            program.setting,
            program.question,
            close,
            prices.rounded(limit),
            honest=program.honest,
            method="HiGHS, rounded",
        )
        if found.status == Status.SOLVED:
            yield found


def _tight(program: Program, session: _Session) -> list[tuple[int, NDArray[np.intp]]]:
    """Conditions of honesty that bind at the solution."""
    if not program.honest:
        return []
    found = []
    for i in range(len(program.setting.spaces)):
        gaps = incentives.gaps(program, i, session.x)
        every = session.every[i]
        found.append((i, every[gaps[tuple(every.T)] > -TIGHT]))
    return found


def _rational(program: Program, keys: Sequence[tuple[int, NDArray[np.intp]]]) -> Found | None:
    """Solve in rationals with some conditions of honesty; None if that is not the answer."""
    lines = program.programme()
    for i, part in keys:
        rows = incentives.rows(program, i, part)
        for columns, values in zip(rows.columns.tolist(), rows.values, strict=True):
            row = lines.add_rows(1)
            for column, value in zip(columns, values, strict=True):
                lines.put(row, column, value)
    if not lines.small:
        return None
    try:
        best = optimum(lines)
    except SolverError:
        return None
    if best is None or not best.exact:
        return None
    primal = np.empty(len(best.primal), dtype=object)
    primal[:] = best.primal
    prices = read_prices(program, keys, np.array([Fraction(v) for v in best.prices], dtype=object))
    found = judge(
        program.setting,
        program.question,
        read_rule(program, primal),
        prices,
        honest=program.honest,
        method="exact programme",
    )
    return found if found.status == Status.SOLVED else None
