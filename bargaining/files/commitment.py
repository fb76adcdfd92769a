"""Reading ``[commitment]``: pairs of issues between which conditional acts are possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bargaining.errors import InputError
from bargaining.files.problems import Reading
from bargaining.model.commitment import can_act, check_plays, name_of
from bargaining.model.issue import Issue
from bargaining.model.links import Link
from bargaining.model.spelling import show

Pair = tuple[str, str]


def read_commitment(
    reading: Reading, table: Any, issues: Mapping[str, Issue], links: Sequence[Link] | None
) -> dict[str, tuple[Pair, ...]]:
    """Read the pairs; every problem is reported."""
    listed = table.get("pairs") if isinstance(table, dict) else None
    pairs: list[Pair] = []
    taken: set[str] = set()
    for position, names in enumerate(listed if isinstance(listed, list) else ()):
        where = ("commitment", "pairs", position)
        if not (isinstance(names, list) and len(names) == 2):
            continue
        known = [reading.known_issue(where, str(name)) for name in names]
        if not all(known):
            continue
        first, second = names
        if first == second:
            reading.report(where, "expected two different issues, found one twice")
            continue
        repeated = [name for name in names if name in taken]
        taken.update(names)
        if repeated:
            reading.report(
                where, f"expected each issue in one pair, found {show(repeated[0])} in another too"
            )
        if _playable(reading, where, names, issues, links):
            pairs.append((first, second))
    return {"pairs": tuple(pairs)} if pairs else {}


def _playable(
    reading: Reading,
    where: Sequence[Any],
    names: Sequence[str],
    issues: Mapping[str, Issue],
    links: Sequence[Link] | None,
) -> bool:
    """Whether a pair makes sense: the players act in both issues, and the two may be linked."""
    before = len(reading.problems)
    if not all(name in issues for name in names):
        return False
    pair = [issues[name] for name in names]
    for issue in pair:
        if issue.is_options:
            reading.report(
                where,
                f"expected issues in which players act, found {show(issue.name)}, a list of "
                "joint options that nobody can carry out alone",
            )
    able = can_act(pair)
    if len(reading.problems) == before and len(able) < 2:
        reading.report(
            where,
            "expected at least two players who can act in these issues, found "
            f"{', '.join(able) or 'none'}",
        )
    if len(reading.problems) == before:
        try:
            check_plays(pair)
        except InputError as error:
            reading.report(where, str(error).partition(": ")[2])
    if name_of(*names) in issues:
        reading.report(
            where,
            f"expected the name {show(name_of(*names))} to be free, since the pair becomes an "
            "issue of this name; rename the issue that has it",
        )
    if links is not None and not any(
        link.negotiable and set(link.between) == set(names) for link in links
    ):
        reading.report(
            where,
            f"expected issues that may be linked; add a link between {show(names[0])} and "
            f"{show(names[1])}",
        )
    return len(reading.problems) == before
