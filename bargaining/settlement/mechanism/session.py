"""A mechanism's programme in HiGHS, which grows by the conditions of honesty that are broken."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from bargaining.results import Status
from bargaining.settlement.mechanism import incentives
from bargaining.settlement.mechanism.program import Program, Rows

MAX_SECONDS = 300.0
MAX_ROUNDS = 200
ALL_AT_ONCE = 20_000
"""Up to so many conditions of honesty are written down at once."""
BROKEN = 1e-9
"""Lies that bring more than this, in units of the largest gain, are ruled out in turn."""
TIGHT = 1e-7

Keyed = list[tuple[int, NDArray[np.intp]]]
"""Conditions of honesty: player, and their keys."""


class Session:
    """A programme in HiGHS that grows by the conditions its solutions break."""

    def __init__(self, program: Program) -> None:
        import highspy

        self.program = program
        self.deadline = time.monotonic() + MAX_SECONDS
        self.x = np.zeros(program.size)
        self.dual = np.zeros(sum(len(g) for groups in program.rows.values() for g in groups))
        players = range(len(program.setting.spaces))
        self.every = [
            incentives.every(program, i) if program.honest else np.zeros((0, 3), dtype=np.intp)
            for i in players
        ]
        whole = sum(len(keys) for keys in self.every) <= ALL_AT_ONCE
        self.keys: Keyed = []
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
            start = self.every[i] if whole else self.every[i][_near(self.every[i])]
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

    def tight(self) -> Keyed:
        """Return the conditions of honesty that bind at the solution."""
        program = self.program
        if not program.honest:
            return []
        found = []
        for i, every in enumerate(self.every):
            gaps = incentives.gaps(program, i, self.x)
            found.append((i, every[gaps[tuple(every.T)] > -TIGHT]))
        return found


def _near(keys: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Neighbouring types, in the order in which they stand in the file."""
    return np.asarray(abs(keys[:, 1] - keys[:, 2]) == 1)


def _worst(broken: NDArray[np.float64]) -> NDArray[np.intp]:
    """For each true type the most tempting lies that pay."""
    best = broken.argmax(axis=2)
    cells, types = np.indices(best.shape)
    paying = broken[cells, types, best] > BROKEN
    return np.stack([cells[paying], types[paying], best[paying]], axis=1)
