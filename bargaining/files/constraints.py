"""Reading the constraints of a game file: ``forbid``, ``if … require`` and ``at_most … of``."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bargaining.files.links import matching
from bargaining.files.problems import Reading, place
from bargaining.model.constraints import Constraint, Statement, forbid, require
from bargaining.model.issue import Issue

FORMS = "expected forbid = {…}, if = {…} with require = {…}, or at_most = … with of = {…}"


def read_constraints(
    reading: Reading, listed: Any, issues: Mapping[str, Issue]
) -> tuple[Constraint, ...]:
    """Read all constraints; those that the status quo itself breaks are problems."""
    found: list[Constraint] = []
    for position, table in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(table, dict):
            where = ("constraints", position)
            read = _constraint(reading, where, table, issues)
            _check_status_quo(reading, where, read, issues)
            found += [c for c in read if not c.vacuous]
    return tuple(found)


def _constraint(
    reading: Reading, where: tuple[Any, ...], table: Mapping[str, Any], issues: Mapping[str, Issue]
) -> tuple[Constraint, ...]:
    given = {key for key, value in table.items() if value is not None}
    parts = {
        key: _statements(reading, (*where, key), table[key], issues)
        for key in ("forbid", "if", "require", "of")
        if key in given
    }
    if any(statements is None for statements in parts.values()):
        return ()
    ready = {key: statements or [] for key, statements in parts.items()}
    at = place(where)
    if given == {"forbid"}:
        return (forbid(ready["forbid"], at),)
    if given == {"if", "require"}:
        sizes = {name: issue.size for name, issue in issues.items()}
        return require(ready["if"], ready["require"], sizes, at)
    if given == {"at_most", "of"}:
        limit = table["at_most"]
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
            reading.report((*where, "at_most"), f"expected a whole number from 0, found {limit!r}")
            return ()
        return (Constraint(tuple(ready["of"]), limit, at),)
    reading.report(where, f"{FORMS}; found {', '.join(sorted(given)) or 'nothing'}")
    return ()


def _statements(
    reading: Reading, where: tuple[Any, ...], table: Any, issues: Mapping[str, Issue]
) -> list[Statement] | None:
    """Read a partial package: an outcome (or several) per issue; None if something is wrong."""
    if not isinstance(table, dict):
        return None
    before = len(reading.problems)
    if not table:
        reading.report(where, "expected at least one issue with an outcome, found none")
    found: list[Statement] = []
    for name, condition in table.items():
        if not reading.known_issue((*where, name), name) or name not in issues:
            continue
        listed = condition if isinstance(condition, list) else [condition]
        if any(one is None for one in listed):
            reading.report((*where, name), "expected an outcome, found nothing")
            continue
        masks = [matching(reading, (*where, name), issues[name], one) for one in listed]
        if masks:
            found.append((name, frozenset(np.flatnonzero(np.any(masks, axis=0)).tolist())))
        else:
            reading.report((*where, name), "expected an outcome, found an empty list")
    return found if len(reading.problems) == before and len(found) == len(table) else None


def _check_status_quo(
    reading: Reading,
    where: Sequence[Any],
    constraints: Sequence[Constraint],
    issues: Mapping[str, Issue],
) -> None:
    """Constraints are about what may be agreed: the status quo must not break one."""
    if reading.reserved:
        return
    for constraint in constraints:
        origin = {name: issues[name].status_quo_index for name, _ in constraint.statements}
        known = {name: index for name, index in origin.items() if index is not None}
        if len(known) == len(origin) and not constraint.allows(known):
            names = ", ".join(itertools.islice(known, 6))
            reading.report(where, f"expected the status quo to be allowed, but it breaks this "
                                  f"constraint ({names})")  # fmt: skip
            return
