"""What a sweep writes down of each game: any field of a verdict, or an expression over them.

The language is that of claims (:mod:`bargaining.linkage.predicates`), so that a measure can be
``linked.gains.mexico``, ``issues.guns.exchange_rates[0]`` or
``gain("us", "egalitarian") - gain("us")``.  The prefix ``agendas.`` may be left out.
"""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from bargaining.errors import InputError
from bargaining.linkage.predicates import value_of
from bargaining.model.expressions import ASKED, FACTS, check_predicate, one_line
from bargaining.model.spelling import show, suggestion
from bargaining.results import plain

Kind = Literal["yes_no", "number", "text"]
AGENDAS = ("linked", "delinked")
ELSEWHERE = ("at", "without")
"""Functions that give facts of another game."""
MAX_TEXT = 10_000


@dataclass(frozen=True)
class Measure:
    """One column of answers.

    Attributes
    ----------
    name : str
        As it was typed.
    path : tuple of str or int, or None
        Fields from the verdict's roots down (``("agendas", "linked", "gains", "us")``); None for
        expressions.
    """

    name: str
    path: tuple[str | int, ...] | None

    def read(self, facts: Mapping[str, Any]) -> Any:
        """Return the measure of one game: True, a number, a text, None, or a list or table."""
        if self.path is None:
            return value_of(self.name, _Shortened(facts))
        found: Any = facts
        for step in self.path:
            found = _part(found, step, self.name)
        return found


class _Shortened(Mapping[str, Any]):
    """Facts whose two agendas have names of their own, in other games (``at``) too."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self._facts = facts

    def __getitem__(self, name: str) -> Any:
        if name in ELSEWHERE:
            return lambda *given, **named: _Shortened(self._facts[name](*given, **named))
        return self._facts["agendas"][name] if name in AGENDAS else self._facts[name]

    def __contains__(self, name: object) -> bool:
        return name in AGENDAS or name in self._facts

    def __iter__(self) -> Any:
        return iter((*self._facts, *AGENDAS))

    def __len__(self) -> int:
        return len(self._facts) + len(AGENDAS)


def parse_measure(text: object) -> Measure:
    """Read a measure.

    Raises
    ------
    InputError
        If it is no field and no expression over fields.

    Examples
    --------
    >>> parse_measure("linked.gains.mexico").path
    ('agendas', 'linked', 'gains', 'mexico')
    >>> parse_measure("issues.guns.exchange_rates[0]").path
    ('issues', 'guns', 'exchange_rates', 0)
    >>> parse_measure("len(minimal_packages)").path is None
    True
    """
    if not isinstance(text, str) or not text.strip():
        msg = f"measure: expected a field such as linked.gains.us, found {show(str(text)[:80])}"
        raise InputError(msg)
    name = one_line(text)
    try:
        check_predicate(name, (*FACTS, *ASKED, *AGENDAS))
    except InputError as error:
        msg = f"measure: {error}"
        raise InputError(msg) from None
    steps = _steps(ast.parse(name, mode="eval").body)
    if steps is not None and steps[0] in AGENDAS:
        steps = ("agendas", *steps)
    if steps is not None and len(steps) == 1 and steps[0] not in FACTS:
        steps = None
    return Measure(name, steps)


def split_measures(text: str) -> list[str]:
    """Split a list of measures at its commas, not at those within brackets or quotes.

    >>> split_measures('linked.mutual_gain,gain("us", "nash")')
    ['linked.mutual_gain', 'gain("us", "nash")']
    """
    found, depth, quote, start = [], 0, "", 0
    for at, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and depth == 0:
            found.append(text[start:at].strip())
            start = at + 1
    return [*found, text[start:].strip()]


def cell(value: Any) -> bool | float | str | None:
    """Return a measure as a table holds it; lists and tables become JSON.

    >>> cell(Fraction(3, 4)), cell([("guns", "fentanyl")])
    (0.75, '[["guns", "fentanyl"]]')
    """
    if value is None or isinstance(value, (bool, str)):
        return None if value is None else value if isinstance(value, bool) else str(value)
    if isinstance(value, (int, float, Fraction)):
        try:
            found = float(value)
        except OverflowError:
            found = math.inf
        if not math.isfinite(found):
            msg = "expected a number that a float can hold, found a larger one"
            raise InputError(msg)
        return found
    if callable(value):
        msg = "expected a value, found a function; call it"
        raise InputError(msg)
    text = json.dumps(plain(value), ensure_ascii=False, default=str)
    if len(text) > MAX_TEXT:
        msg = f"expected at most {MAX_TEXT:,} characters, found {len(text):,}; ask for a part of it"
        raise InputError(msg)
    return text


def kind_of(value: bool | float | str) -> Kind:
    """Return what kind of column a value belongs to."""
    if isinstance(value, bool):
        return "yes_no"
    return "text" if isinstance(value, str) else "number"


def _steps(node: ast.expr) -> tuple[str | int, ...] | None:
    match node:
        case ast.Name(id=name):
            return (name,)
        case ast.Attribute(value=child, attr=name):
            before = _steps(child)
            return None if before is None else (*before, name)
        case ast.Subscript(value=child, slice=ast.Constant(value=str() | int() as key)):
            before = _steps(child)
            return None if before is None or isinstance(key, bool) else (*before, key)
    return None


def _part(table: Any, step: str | int, name: str) -> Any:
    if isinstance(table, Mapping) and step in table:
        return table[step]
    if isinstance(table, (list, tuple)) and isinstance(step, int) and step < len(table):
        return table[step]
    if table is None or (isinstance(table, (list, tuple)) and not table):
        return None  # a part of an answer that does not exist here, such as an empty interval
    if isinstance(table, (list, tuple)):
        msg = f"{name}: expected a position from 0 to {len(table) - 1}, found {show(step)}"
        raise InputError(msg)
    if isinstance(table, Mapping):
        known = ", ".join(str(key) for key in list(table)[:20]) or "nothing"
        hint = suggestion(str(step), [str(key) for key in table])
        msg = f"{name}: expected one of {known}, found {show(str(step))}{hint}"
        raise InputError(msg)
    msg = f"{name}: expected a table at {show(str(step))}, found {show(str(table)[:40])}"
    raise InputError(msg)
