"""The numbers of a game file along the rows of a sweep, with error bounds.

A number that hangs on one axis of a grid is worked out in fractions for each of the axis's values;
any other by the same formula on bounded floats.  Where a number is not defined, or may leave the
range that files allow, the row is not answered for: the game by game way says what is wrong.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError
from bargaining.model.expressions import MAX_BITS, MAX_EXPONENT, MAX_POWER, number
from bargaining.sweeps.batch.bounded import Bounded, known, maximum, minimum, nearest
from bargaining.sweeps.design import Axis, Design

if TYPE_CHECKING:
    pass

MAX_LEVELS = 20_000
"""Values of an axis up to which a number is worked out in fractions for each."""
DRAWN_BITS = 256
"""More than the digits of a float drawn at random between two whole numbers."""
Rows = NDArray[np.intp]


class UnsuitableError(Exception):
    """A sweep whose numbers are not followed along its rows."""


@dataclass(frozen=True)
class Source:
    """Where a number comes from: an axis, or a formula over parameters.

    Attributes
    ----------
    axis : int or None
    text : str
        The formula, where there is no axis.
    axes : frozenset of int
        The axes that it hangs on.
    """

    axis: int | None
    text: str
    axes: frozenset[int]


@dataclass(frozen=True, eq=False)
class Numbers:
    """How numbers of a job's file hang on the design.

    Attributes
    ----------
    design : Design
    stated : mapping of str to object
        The file's parameters.
    """

    design: Design
    stated: Mapping[str, Any]
    _levels: dict[tuple[Source, int], Levels] = field(default_factory=dict, repr=False)

    @cached_property
    def parameters(self) -> Mapping[str, Source]:
        """Where each parameter comes from, in the file's order."""
        placed = {axis.path.parameter: j for j, axis in enumerate(self.design.axes)}
        found: dict[str, Source] = {}
        for name, raw in self.stated.items():
            if name in placed:
                found[name] = Source(placed[name], "", frozenset([placed[name]]))
            else:
                axes = frozenset[int]().union(*(found[n].axes for n in names_in(raw) if n in found))
                found[name] = Source(None, str(raw).strip(), axes)
        return found

    @property
    def varying(self) -> frozenset[str]:
        """Parameters that hang on some axis."""
        return frozenset(name for name, source in self.parameters.items() if source.axes)

    def source(self, raw: Any, axis: int | None = None) -> Source:
        """Return where a number of the file comes from."""
        if axis is not None:
            return Source(axis, "", frozenset([axis]))
        chosen = (self.parameters[n].axes for n in names_in(raw) if n in self.parameters)
        found = Source(None, str(raw).strip(), frozenset[int]().union(*chosen))
        if found.axes and _bits(_tree(found.text), found.text, self.widths) > MAX_BITS:
            raise UnsuitableError
        return found

    @cached_property
    def widths(self) -> Mapping[str, int]:
        """How many binary digits each parameter may have at most."""
        found: dict[str, int] = {}
        for name, source in self.parameters.items():
            if source.axis is not None:
                found[name] = _axis_bits(self.design, self.design.axes[source.axis])
            else:
                found[name] = _bits(_tree(source.text), source.text, found)
            if source.axes and found[name] > MAX_BITS:
                raise UnsuitableError
        return found

    def fraction(self, source: Source, values: Sequence[Fraction]) -> Fraction:
        """Return a number at given values of the axes.

        Raises
        ------
        InputError
            If it is not defined there, or too large.
        """
        if source.axis is not None:
            return number(str(values[source.axis]))
        needed: dict[str, Fraction] = {}
        for name in self._needed(source):
            needed[name] = self.fraction(self.parameters[name], values)
        return number(source.text, needed)

    def _needed(self, source: Source) -> list[str]:
        return [name for name in names_in(source.text) if name in self.parameters]

    def levels(self, source: Source) -> Levels | None:
        """Return a number at every value of the one grid axis that it hangs on."""
        if len(source.axes) > 1 or self.design.kind != "grid":
            return None
        (j,) = source.axes or (-1,)
        if j >= 0 and self.design.axes[j].count > MAX_LEVELS:
            return None
        if (source, j) not in self._levels:
            axis = self.design.axes[j]
            values = [Fraction(0)] * len(self.design.axes)
            found, defined = [], []
            for i in range(axis.count):
                values[j] = axis.value(i)
                try:
                    found.append(self.fraction(source, values))
                    defined.append(True)
                except InputError:
                    found.append(Fraction(0))
                    defined.append(False)
            exact = np.array(found, dtype=object)
            self._levels[source, j] = Levels(j, exact, nearest(exact), np.array(defined))
        return self._levels[source, j]


@dataclass(frozen=True, eq=False)
class Levels:
    """A number at every value of an axis; where it is not defined, 0."""

    axis: int
    fractions: NDArray[Any]
    floats: Bounded
    defined: NDArray[np.bool_]


class Along:
    """Numbers at some rows, each worked out once; :attr:`valid` are the rows where all exist."""

    def __init__(self, numbers: Numbers, rows: Rows, *, exact: bool) -> None:
        self.numbers, self.exact = numbers, exact
        self.valid = np.ones(len(rows), dtype=bool)
        self._known: dict[Source, Bounded] = {}
        design = numbers.design
        self._where = self._values = None
        if design.kind == "grid":
            shape = [axis.count for axis in design.axes]
            point = np.asarray(rows) // design.draws
            self._where = np.stack(np.unravel_index(point, shape), 0) if shape else None
        else:
            self._values = values_at(design, rows)
        for name in numbers.varying:
            self.number(numbers.parameters[name])

    def number(self, source: Source) -> Bounded:
        """Return a number of the file along the rows, shape (rows,)."""
        if source not in self._known:
            self._known[source] = self._found(source)
        return self._known[source]

    def constant(self, value: Fraction) -> Bounded:
        """Return a number that is the same in all rows, with no axis."""
        single = np.empty((), dtype=object)
        single[()] = value
        return known(single) if self.exact else nearest(single)

    def listed(self, values: Sequence[int]) -> Bounded:
        """Return small whole numbers, one per row."""
        return known(_fractions(values)) if self.exact else known(values)

    def _found(self, source: Source) -> Bounded:
        if not source.axes:
            value = self.constant(self.numbers.fraction(source, ()))
            return value + self.constant(Fraction(0))
        levels = self.numbers.levels(source)
        if levels is not None and self._where is not None:
            at = self._where[levels.axis]
            self.valid &= levels.defined[at]
            return known(levels.fractions[at]) if self.exact else levels.floats[at]
        if source.axis is not None:
            found = self._drawn(source.axis)
        else:
            found = self._evaluated(_tree(source.text), source.text)
        self.valid &= in_range(found)
        return found

    def _drawn(self, axis: int) -> Bounded:
        """Return the values of an axis drawn at random, or of one with very many values."""
        if self._values is not None:
            floats = self._values[:, axis]
            return known(_fractions(floats.tolist())) if self.exact else known(floats)
        assert self._where is not None
        stated = self.numbers.design.axes[axis]
        found = _fractions([stated.value(i) for i in self._where[axis].tolist()])
        return known(found) if self.exact else nearest(found)

    def _evaluated(self, node: ast.expr, text: str) -> Bounded:
        """Evaluate a formula as :func:`bargaining.model.expressions.number` does."""
        match node:
            case ast.Constant():
                return self.constant(number(ast.get_source_segment(text, node) or ""))
            case ast.Name(id=name):
                return self.number(self.numbers.parameters[name])
            case ast.UnaryOp(op=op, operand=child):
                inner = self._evaluated(child, text)
                return -inner if isinstance(op, ast.USub) else inner
            case ast.Call(func=ast.Name(id="abs"), args=[child]):
                return abs(self._evaluated(child, text))
            case ast.Call(func=ast.Name(id=name), args=[first, *others]):
                choose = maximum if name == "max" else minimum
                found = self._evaluated(first, text)
                for other in others:
                    found = choose(found, self._evaluated(other, text))
                return found
            case ast.BinOp(left=left, op=op, right=right):
                return self._combined(self._evaluated(left, text), op, right, text)
        raise UnsuitableError

    def _combined(self, left: Bounded, op: ast.operator, right: ast.expr, text: str) -> Bounded:
        if isinstance(op, ast.Pow):
            return _power(left, _whole(right, text))
        other = self._evaluated(right, text)
        match op:
            case ast.Add():
                return left + other
            case ast.Sub():
                return left - other
            case ast.Mult():
                return left * other
        return left / other


def in_range(found: Bounded) -> NDArray[np.bool_]:
    """Where numbers surely exist and are of a size that files allow."""
    if found.exact:
        largest = Fraction(10) ** MAX_EXPONENT
        size = np.abs(found.value)
        fits = (found.value == 0) | ((size <= largest) & (size >= 1 / largest))
        return np.asarray(fits & np.isfinite(found.error), dtype=bool)
    sign = found.sign()
    size, slack = np.abs(found.value), 2 * found.error
    with np.errstate(all="ignore"):
        inside = (size + slack < 0.99e100) & (size - slack > 1.01e-100)
    return np.asarray((sign == 0) | inside, dtype=bool)


def values_at(design: Design, rows: Rows) -> NDArray[np.float64]:
    """Return the axes' values at any rows of a random design, shape (rows, axes)."""
    rows = np.asarray(rows)
    if not len(rows):
        return np.zeros((0, len(design.axes)))
    if bool(np.all(np.diff(rows) == 1)):
        return design.columns(int(rows[0]), int(rows[-1]) + 1)
    return np.concatenate([design.columns(r, r + 1) for r in rows.tolist()])


def names_in(raw: Any) -> list[str]:
    """Return the names that a number of the file speaks of, functions left out."""
    if not isinstance(raw, str):
        return []
    try:
        tree = ast.parse(raw.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return []
    named = (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    return list(dict.fromkeys(n for n in named if n not in ("min", "max", "abs")))


def _tree(text: str) -> ast.expr:
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise UnsuitableError from None


def _whole(node: ast.expr, text: str) -> int:
    """Return a power that is the same in all rows."""
    segment = ast.get_source_segment(text, node) or ""
    try:
        power = number(segment)
    except InputError:
        raise UnsuitableError from None
    if power.denominator != 1 or abs(power) > MAX_POWER:
        raise UnsuitableError
    return int(power)


def _power(base: Bounded, power: int) -> Bounded:
    found = base * 0 + 1
    for _ in range(abs(power)):
        found = found * base
    return 1 / found if power < 0 else found


def _axis_bits(design: Design, axis: Axis) -> int:
    ends = (axis.low, axis.high, *axis.listed)
    each = [max(v.numerator.bit_length(), v.denominator.bit_length()) for v in ends]
    if axis.listed:
        return max(each)
    return sum(each) + (2 * axis.count.bit_length() + 4 if design.kind == "grid" else DRAWN_BITS)


def _bits(node: ast.expr, text: str, widths: Mapping[str, int]) -> int:
    """Return a bound on the digits of a formula's value, and of everything on the way to it."""
    match node:
        case ast.Constant():
            value = number(ast.get_source_segment(text, node) or "")
            return max(value.numerator.bit_length(), value.denominator.bit_length())
        case ast.Name(id=name) if name in widths:
            return widths[name]
        case ast.UnaryOp(operand=child):
            return _bits(child, text, widths)
        case ast.Call(args=children):
            return max(_bits(child, text, widths) for child in children)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return (_bits(left, text, widths)) * max(abs(_whole(right, text)), 1)
        case ast.BinOp(left=left, op=op, right=right):
            total = _bits(left, text, widths) + _bits(right, text, widths)
            return total + (1 if isinstance(op, (ast.Add, ast.Sub)) else 0)
    raise UnsuitableError


def _fractions(values: Sequence[Any]) -> NDArray[Any]:
    found = np.empty(len(values), dtype=object)
    found[:] = [Fraction(v) for v in values]
    return found
