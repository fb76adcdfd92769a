"""Rows of enforcement kernels beside the same games solved one by one."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import bargaining as bg
from bargaining.model.game import LinkageGame
from bargaining.sweeps.batch.base import Solved
from bargaining.sweeps.batch.enforcement import KINDS, Enforcement, kernel_of
from bargaining.sweeps.batch.tables import tables_of
from bargaining.sweeps.design import design
from bargaining.sweeps.job import Job, job_of
from bargaining.sweeps.measures import parse_measure

NEAR = 1e-9
CONIC = 5e-6
"""How exact settlements under requirements are, row by row."""
GUNS = "us_mexico/guns_for_fentanyl"
FACTORS = ("settlement", "full", "any")
AGENDAS = ("linked", "delinked")
PLAYERS = ["us", "mexico"]


def asked(agendas: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """Measures of all kinds under all agendas, critical discounts by their last name."""
    return [
        f"{agenda}.critical_discount.{kind}" if kind in FACTORS else f"{agenda}.{kind}"
        for agenda in agendas
        for kind in kinds
    ]


def job(game: LinkageGame, vary: Mapping[str, Any], names: Sequence[str], **more: Any) -> Job:
    own = any("critical" not in name for name in names)
    measures = tuple(parse_measure(name) for name in names)
    return job_of(
        game, design(vary=vary, **more), measures, require=("enforcement",) if own else ()
    )


def kernel(work: Job, kinds: Sequence[str] = tuple(KINDS)) -> Enforcement | None:
    tables = tables_of(work)
    return None if tables is None else kernel_of(work, tables, frozenset(), kinds)


def cells(solved: Solved, row: int) -> dict[str, Any]:
    return {
        name: column.values[row].item() if hasattr(column.values[row], "item") else
        column.values[row]
        for name, column in solved.columns.items()
        if column.known[row]
    }  # fmt: skip


def assert_same(
    work: Job, solved: Solved, rows: Sequence[int] | None = None, near: float = NEAR
) -> int:
    """Compare what is decided with the same rows one by one; return how many rows that is."""
    compared = 0
    for row in range(work.design.rows) if rows is None else rows:
        if not solved.decided[row]:
            continue
        compared += 1
        wanted, message = work._one(row, work.measures)
        assert message is None
        found = cells(solved, row)
        for name in solved.columns:
            true = wanted[name]
            if true is None:
                assert name not in found, (name, row, found)
            elif isinstance(true, float):
                assert math.isclose(found[name], true, rel_tol=0, abs_tol=near), (name, row)
            else:
                assert found[name] == true, (name, row)
    return compared


def favours(first: Sequence[Any], second: Sequence[Any]) -> LinkageGame:
    """One act of each player, worth (us, mexico)."""
    document = {
        "format": "bargaining-game/1",
        "players": PLAYERS,
        "discount": {"us": "1/2", "mexico": "1/2"},
        "issues": {
            name: {
                "actions": {actor: ["no", "yes"]},
                "payoffs": {p: [0, str(v)] for p, v in zip(PLAYERS, worth, strict=True)},
                "status_quo": {actor: "no"},
            }
            for name, actor, worth in (("one", "us", first), ("other", "mexico", second))
        },
    }
    return bg.loads(json.dumps(document), format="json")
