"""Reading ``[[types]]``, what one player knows and the others do not, and ``[worth]``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from bargaining.errors import InputError
from bargaining.files.problems import Reading
from bargaining.model.information import Draw, Rows, check_draws
from bargaining.model.issue import Issue
from bargaining.model.spelling import show

MAX_TYPES = 1_000
"""Types in one draw."""
MAX_WORTHS = 1 << 20


def read_types(
    reading: Reading,
    tables: Any,
    issues: Mapping[str, Issue],
    weights: Mapping[str, Mapping[str, Fraction]],
) -> tuple[Draw, ...]:
    """Read the independent draws of private types."""
    draws: list[Draw] = []
    complete = True
    for position, table in enumerate(tables or ()):
        draw = None
        if isinstance(table, Mapping) and "player" in table and "probability" in table:
            draw = _draw(reading, ("types", position), table, issues, weights)
        complete = complete and draw is not None
        draws += [draw] if draw else []
    if complete:
        try:
            check_draws(draws)
        except InputError as error:
            reading.problems.append(str(error))
    return tuple(draws)


def _draw(
    reading: Reading,
    where: Sequence[Any],
    table: Mapping[str, Any],
    issues: Mapping[str, Issue],
    weights: Mapping[str, Mapping[str, Fraction]],
) -> Draw | None:
    before = len(reading.problems)
    reading.known_player((*where, "player"), table["player"])
    chances = _probability(reading, (*where, "probability"), table["probability"])
    labels = _labels(reading, where, table.get("labels"), len(chances))
    payoffs: dict[str, dict[str, Rows]] = {}
    for name, replaced in dict(table.get("payoffs") or {}).items():
        at = (*where, "payoffs", name)
        if not reading.known_issue(at, name) or not isinstance(replaced, Mapping):
            continue
        for player, rows in replaced.items():
            if reading.known_player((*at, player), player) and name in issues:
                weight = weights.get(name, {}).get(player, Fraction(1))
                read = _rows(reading, (*at, player), rows, len(chances), issues[name].size)
                payoffs.setdefault(name, {})[player] = tuple(
                    tuple(weight * value for value in row) for row in read
                )
    if not table.get("payoffs"):
        reading.report((*where, "payoffs"), "expected payoffs of some issue, found none")
    if len(reading.problems) > before:
        return None
    return Draw(table["player"], labels, chances, payoffs)


def _probability(reading: Reading, where: Sequence[Any], values: Any) -> tuple[Fraction, ...]:
    if not isinstance(values, list) or not 0 < len(values) <= MAX_TYPES:
        found = len(values) if isinstance(values, list) else show(values)
        reading.report(where, f"expected between 1 and {MAX_TYPES:,} probabilities, found {found}")
        return ()
    before = len(reading.problems)
    chances = tuple(reading.number((*where, i), value) for i, value in enumerate(values))
    if len(reading.problems) == before:
        for i, chance in enumerate(chances):
            if chance < 0:
                reading.report((*where, i), f"expected at least 0, found {chance}")
        if sum(chances) != 1:
            reading.report(
                where, f"expected probabilities that add up to 1, found {sum(chances)} in all"
            )
    return chances


def _labels(reading: Reading, where: Sequence[Any], labels: Any, count: int) -> tuple[str, ...]:
    if labels is None:
        return tuple(str(s + 1) for s in range(count))
    at = (*where, "labels")
    if len(labels) != count and count:
        reading.report(at, f"expected {count} labels (one per probability), found {len(labels)}")
    reading.check_labels(at, labels)
    return tuple(labels)


def _rows(reading: Reading, where: Sequence[Any], rows: Any, types: int, outcomes: int) -> Rows:
    if not isinstance(rows, list) or len(rows) != types:
        found = len(rows) if isinstance(rows, list) else show(rows)
        reading.report(where, f"expected {types} rows (one per type), found {found}")
        return ()
    read = []
    for s, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != outcomes:
            found = len(row) if isinstance(row, list) else show(row)
            reading.report(
                (*where, s), f"expected {outcomes} numbers (one per outcome), found {found}"
            )
            continue
        read.append(tuple(reading.number((*where, s, a), v) for a, v in enumerate(row)))
    return tuple(read)


def read_worth(reading: Reading, table: Any) -> dict[str, Fraction]:
    """Read what coalitions are worth, by their members joined by "+" in players' order."""
    worths: dict[str, Fraction] = {}
    if isinstance(table, Mapping) and len(table) > MAX_WORTHS:
        reading.report(
            ("worth",), f"expected at most {MAX_WORTHS:,} coalitions, found {len(table):,}"
        )
        return {}
    for key, value in table.items() if isinstance(table, Mapping) else ():
        where = ("worth", key)
        members = [name.strip() for name in str(key).split("+")]
        known = [reading.known_player(where, name) for name in members]
        if not all(known):
            continue
        name = "+".join(p for p in reading.players if p in members)
        if len(set(members)) < len(members) or name in worths:
            reading.report(where, f"expected each coalition and member once, found {show(key)}")
        worths[name] = reading.number(where, value)
    return worths
