"""Paths to the numbers of a game file: ``issues.guns.payoffs.mexico[1]``.

A path follows the file's own tables.  ``discount`` stands for every player's factor,
``parameters.w`` replaces a parameter, and names that hold dots or brackets stand in quotes:
``issues."no. 1".payoffs.us[1]``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from bargaining.errors import InputError
from bargaining.model.expressions import number
from bargaining.model.spelling import printable, show, suggestion

MAX_LENGTH = 500
MAX_STEPS = 20
OPEN = ("discount", "floors", "caps", "reservation", "weights", "monitoring", "parameters")
"""Tables that may get an entry which the file does not hold."""
TEXTS = ("players", "actions", "options", "status_quo", "labels", "between", "when", "pairs")
"""Tables and lists of names, even where a name looks like a number."""
_STEP = re.compile(r'\.?(?:"([^"]+)"|([^.\[\]"\s](?:[^.\[\]"]*[^.\[\]"\s])?))|\[(\d{1,9})\]')

Step = str | int


@dataclass(frozen=True)
class VaryPath:
    """Where a number of the game file stands.

    Attributes
    ----------
    text : str
        As it was typed: the name of the column.
    steps : tuple of str or int
    """

    text: str
    steps: tuple[Step, ...]

    @property
    def parameter(self) -> str | None:
        """The parameter that the path replaces, if it is one."""
        named = len(self.steps) == 2 and self.steps[0] == "parameters"
        return str(self.steps[1]) if named else None

    def targets(self, document: dict[str, Any]) -> list[tuple[Step, ...]]:
        """Return the places that the path stands for: one, or every player's discount factor."""
        if self.steps == ("discount",):
            return [("discount", player) for player in document["players"]]
        return [self.steps]

    def put(self, document: dict[str, Any], value: Fraction) -> None:
        """Write a number at the path, in place.

        Raises
        ------
        InputError
            If there is no such place, or no number in it.
        """
        for steps in self.targets(document):
            _put(document, steps, value, self.text)


def parse_path(text: object) -> VaryPath:
    """Read a path.

    Raises
    ------
    InputError
        If the text is no path.

    Examples
    --------
    >>> parse_path("issues.guns.payoffs.mexico[1]").steps
    ('issues', 'guns', 'payoffs', 'mexico', 1)
    """
    usable = isinstance(text, str) and text.strip() and text.strip().isprintable()
    if not isinstance(text, str) or not usable or len(text) > MAX_LENGTH:
        msg = (
            "vary: expected a path such as parameters.w, discount.us or "
            f"issues.guns.payoffs.mexico[1], found {show(str(text)[:80])}"
        )
        raise InputError(msg)
    steps: list[Step] = []
    source, at = text.strip(), 0
    while at < len(source):
        found = _STEP.match(source, at)
        joined = found is not None and (found.group(3) or (source[at] == ".") == (at > 0))
        if found is None or not joined or (at == 0 and found.group(3)) or len(steps) == MAX_STEPS:
            msg = (
                f"vary: {source}: expected up to {MAX_STEPS} names joined by dots and [positions], "
                f"found {show(source[at:])}"
            )
            raise InputError(msg)
        quoted, plain, position = found.groups()
        if position is not None:
            steps.append(int(position))
        else:
            steps.append(quoted if quoted is not None else plain)
        at = found.end()
    return VaryPath(source, tuple(steps))


def _put(document: dict[str, Any], steps: Sequence[Step], value: Fraction, text: str) -> None:
    table: Any = document
    for depth, step in enumerate(steps[:-1]):
        table = _inside(table, step, steps, depth, text)
    last = steps[-1]
    if isinstance(table, dict) and isinstance(last, str):
        if last not in table and steps[0] not in OPEN:
            raise InputError(_unknown(text, last, table))
        held = table.get(last, 0)
    elif isinstance(table, list) and isinstance(last, int) and last < len(table):
        held = table[last]
    else:
        raise InputError(_unknown(text, last, table))
    if isinstance(held, (dict, list, bool)):
        kind, further = "yes or no", ""
        if isinstance(held, dict):
            kind, further = "a table", ", ".join(f".{key}" for key in list(held)[:8])
        elif isinstance(held, list):
            kind, further = "a list", ", ".join(f"[{k}]" for k in range(min(len(held), 8)))
        more = f"; go on to {further}" if further else ""
        msg = f"vary: {text}: expected a number of the game file, found {kind}{more}"
        raise InputError(msg)
    if isinstance(held, str) and (set(steps) & set(TEXTS) or not _is_formula(held, document)):
        msg = f"vary: {text}: expected a number of the game file, found the text {show(held)}"
        raise InputError(msg)
    table[last] = str(value)


def _is_formula(held: str, document: Mapping[str, Any]) -> bool:
    """Whether a text is a number over the file's parameters; what it comes to does not matter."""
    names = document.get("parameters") or {}
    for value in (Fraction(1, 3), Fraction(5, 7)):  # a formula may divide by zero at one of them
        try:
            number(held, dict.fromkeys(names, value))
        except InputError:
            continue
        return True
    return False


def _inside(table: Any, step: Step, steps: Sequence[Step], depth: int, text: str) -> Any:
    if isinstance(table, dict) and isinstance(step, str):
        if step in table:
            return table[step]
        if steps[0] in OPEN and depth < len(steps) - 1:
            return table.setdefault(step, {})
    if isinstance(table, list) and isinstance(step, int) and step < len(table):
        return table[step]
    raise InputError(_unknown(text, step, table))


def _unknown(text: str, step: Step, table: Any) -> str:
    if isinstance(table, dict):
        known = [printable(str(key)) for key in table]
        listed = ", ".join(known[:12]) or "nothing"
        return f"vary: {text}: expected one of {listed}, found {show(str(step))}" + suggestion(
            str(step), known
        )
    if isinstance(table, list):
        return f"vary: {text}: expected a position below {len(table)}, found {show(str(step))}"
    return f"vary: {text}: expected a number of the game file, found nothing at {show(str(step))}"
