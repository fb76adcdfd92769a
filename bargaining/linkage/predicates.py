"""The language of claims: predicates over everything a game's answers say.

A predicate is an expression such as ``agendas.linked.gains.mexico < 5/2``.  Nothing is executed:
its syntax tree is walked, names are looked up in :class:`Facts`, and only a few functions are
known.  Numbers compare exactly where both are exact, otherwise to within a millionth.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bargaining.errors import InputError
from bargaining.model.expressions import check_predicate, number, one_line
from bargaining.model.spelling import show, suggestion
from bargaining.results import in_figures

CLOSE = 1e-6
MAX_BITS = 4_096
MAX_STEPS = 20_000
"""Nodes looked at while one predicate is evaluated."""


def holds(predicate: str, facts: Mapping[str, Any]) -> bool:
    """Whether a predicate is true of some facts.

    Parameters
    ----------
    predicate : str
    facts : mapping of str to value or function
        Names that the predicate may use; tables are read with a dot or with brackets.

    Raises
    ------
    InputError
        If it is no predicate, names something unknown, or does not come out true or false.

    Examples
    --------
    >>> holds("gains.us > 1/2 and 'us' in gains", {"gains": {"us": Fraction(3, 4)}})
    True
    """
    found = value_of(predicate, facts)
    if not isinstance(found, bool):
        msg = f"expected a predicate that is true or false, found {show(predicate)}: {_said(found)}"
        raise InputError(msg)
    return found


def value_of(expression: str, facts: Mapping[str, Any]) -> Any:
    """Return what an expression of the same language comes to: a number, a text or a list.

    Raises
    ------
    InputError
        If it is no expression, or names something unknown.

    Examples
    --------
    >>> value_of("2 * gains.us", {"gains": {"us": Fraction(3, 4)}})
    Fraction(3, 2)
    """
    check_predicate(expression, tuple(facts))
    expression = one_line(expression)
    return _Walk(expression, facts).value(ast.parse(expression, mode="eval").body, {})


def same(one: Any, two: Any) -> bool:
    """Whether two values are equal, numbers that are not exact to within rounding."""
    if _numeric(one) and _numeric(two):
        return _difference(one, two) == 0
    if _listed(one) and _listed(two):
        return len(one) == len(two) and all(same(a, b) for a, b in zip(one, two, strict=True))
    return bool(one == two)


def _said(value: Any) -> str:
    """Name a value in a message."""
    if _numeric(value):
        return in_figures(value)
    if isinstance(value, str):
        return show(value)
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a table"
    return "a function" if callable(value) else "a list"


def _numeric(value: Any) -> bool:
    return isinstance(value, (int, float, Fraction)) and not isinstance(value, bool)


def _listed(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _difference(one: Any, two: Any) -> int:
    """Sign of the difference; 0 where a number that is not exact could be the other."""
    if isinstance(one, float) or isinstance(two, float):
        a, b = float(one), float(two)
        if a == b or abs(a - b) <= CLOSE * max(1.0, min(abs(a), abs(b))):
            return 0
        return 1 if a > b else -1
    return int(one > two) - int(one < two)


def _member(item: Any, group: Any) -> bool:
    if isinstance(group, str):
        return isinstance(item, str) and item in group
    if isinstance(group, Mapping):
        return item in group
    return any(same(item, other) for other in group)


_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_ORDER: Mapping[type[ast.cmpop], Callable[[int], bool]] = {
    ast.Lt: lambda sign: sign < 0,
    ast.LtE: lambda sign: sign <= 0,
    ast.Gt: lambda sign: sign > 0,
    ast.GtE: lambda sign: sign >= 0,
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "len": len,
    "any": any,
    "all": all,
    "min": min,
    "max": max,
    "abs": abs,
    "sum": lambda values: sum(values, start=Fraction(0)),
}


class _Walk:
    """One evaluation of a predicate."""

    def __init__(self, predicate: str, facts: Mapping[str, Any]) -> None:
        self.predicate, self.facts, self.left = predicate, facts, MAX_STEPS

    def value(self, node: ast.AST, local: Mapping[str, Any]) -> Any:
        self.left -= 1
        if self.left < 0:
            raise InputError(self._expected(f"at most {MAX_STEPS:,} steps", "more"))
        match node:
            case ast.Constant(value=str() | bool() | None):
                return node.value
            case ast.Constant():
                return number(Decimal(ast.get_source_segment(self.predicate, node) or ""))
            case ast.Name(id="true" | "false" as word):
                return word == "true"
            case ast.Name(id="none"):
                return None
            case ast.Name(id=name):
                return self._named(name, local)
            case ast.Attribute(value=child, attr=key):
                return self._part(self.value(child, local), key)
            case ast.Subscript(value=child, slice=index):
                return self._part(self.value(child, local), self.value(index, local))
            case ast.BoolOp(op=ast.And(), values=parts):
                return all(self._truth(part, local) for part in parts)
            case ast.BoolOp(op=ast.Or(), values=parts):
                return any(self._truth(part, local) for part in parts)
            case ast.UnaryOp(op=ast.Not(), operand=child):
                return not self._truth(child, local)
            case ast.UnaryOp(op=ast.USub(), operand=child):
                return -self._number(child, local)
            case ast.UnaryOp(op=ast.UAdd(), operand=child):
                return self._number(child, local)
            case ast.BinOp():
                return self._arithmetic(node, local)
            case ast.Compare():
                return self._compare(node, local)
            case ast.Call(func=child, args=given, keywords=named):
                return self._call(child, given, named, local)
            case ast.GeneratorExp(elt=element, generators=[each]):
                return list(self._each(element, each, local))
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                return [self.value(part, local) for part in parts]
        raise InputError(
            self._expected("comparisons, and/or/not, in, and known functions", ast.unparse(node))
        )

    def _expected(self, expected: str, found: str) -> str:
        return f"expected {expected}, found {found} in {show(self.predicate)}"

    def _named(self, name: str, local: Mapping[str, Any]) -> Any:
        if name in local:
            return local[name]
        if name in self.facts:
            return self.facts[name]
        hint = suggestion(name, [*self.facts, *_FUNCTIONS])
        known = ", ".join(self.facts)
        raise InputError(self._expected(f"one of {known}", f"unknown name {show(name)}{hint}"))

    def _part(self, table: Any, key: Any) -> Any:
        if isinstance(table, Mapping):
            if key in table:
                return table[key]
            known = ", ".join(str(k) for k in list(table)[:20]) or "nothing"
            hint = suggestion(str(key), [str(k) for k in table])
            raise InputError(self._expected(f"one of {known}", f"{show(str(key))}{hint}"))
        if _listed(table) and isinstance(key, (int, Fraction)) and key == int(key):
            if -len(table) <= key < len(table):
                return table[int(key)]
            wanted = f"a position below {len(table)}" if table else "a list that holds something"
            raise InputError(self._expected(wanted, str(key) if table else "an empty one"))
        raise InputError(self._expected("a table", f"{show(str(key))} of {str(table)[:40]}"))

    def _truth(self, node: ast.AST, local: Mapping[str, Any]) -> bool:
        found = self.value(node, local)
        if not isinstance(found, bool):
            raise InputError(
                self._expected("true or false", f"{ast.unparse(node)}: {_said(found)}")
            )
        return found

    def _number(self, node: ast.AST, local: Mapping[str, Any]) -> Any:
        found = self.value(node, local)
        if found is None:  # no factor below 1 works, no depth is too deep
            return math.inf
        if not _numeric(found):
            raise InputError(self._expected("a number", f"{ast.unparse(node)}: {_said(found)}"))
        return found

    def _arithmetic(self, node: ast.BinOp, local: Mapping[str, Any]) -> Any:
        one, two = self._number(node.left, local), self._number(node.right, local)
        if isinstance(node.op, ast.Pow):
            if two != int(two) or abs(two) > 8:
                raise InputError(self._expected("a whole power up to 8", str(two)))
            if one == 0 and two < 0:
                raise InputError(self._expected("a divisor other than zero", ast.unparse(node)))
            try:
                return self._bounded(one ** int(two))
            except OverflowError:
                raise InputError(self._expected("a smaller number", ast.unparse(node))) from None
        if isinstance(node.op, ast.Div) and two == 0:
            raise InputError(self._expected("a divisor other than zero", ast.unparse(node)))
        if isinstance(one, float) or isinstance(two, float):
            one, two = float(one), float(two)
        return self._bounded(_ARITHMETIC[type(node.op)](one, two))

    def _bounded(self, value: Any) -> Any:
        """Refuse numbers that grow without end."""
        exact = isinstance(value, Fraction)
        if exact and max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
            raise InputError(
                self._expected(f"numbers of at most {MAX_BITS:,} bits", "a larger one")
            )
        return value

    def _compare(self, node: ast.Compare, local: Mapping[str, Any]) -> bool:
        left: ast.AST = node.left
        for relation, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(relation, (ast.Eq, ast.NotEq)):
                equal = same(self._plain(left, local), self._plain(right, local))
                true = equal is isinstance(relation, ast.Eq)
            elif isinstance(relation, (ast.In, ast.NotIn)):
                inside = _member(self.value(left, local), self.value(right, local))
                true = inside is isinstance(relation, ast.In)
            else:
                sign = _difference(self._number(left, local), self._number(right, local))
                true = _ORDER[type(relation)](sign)
            if not true:
                return False
            left = right
        return True

    def _plain(self, node: ast.AST, local: Mapping[str, Any]) -> Any:
        """Return a value that can be compared: not a table."""
        found = self.value(node, local)
        if isinstance(found, Mapping) or callable(found):
            wanted = "numbers, texts or lists to compare"
            raise InputError(self._expected(wanted, f"{ast.unparse(node)}: {_said(found)}"))
        return found

    def _call(
        self,
        function: ast.AST,
        given: Sequence[ast.expr],
        named: Sequence[ast.keyword],
        local: Mapping[str, Any],
    ) -> Any:
        if isinstance(function, ast.Name) and function.id in _FUNCTIONS:
            called = _FUNCTIONS[function.id]
        else:
            called = self.value(function, local)
        if not callable(called):
            raise InputError(self._expected("a function", ast.unparse(function)))
        values = [self.value(item, local) for item in given]
        options = {item.arg: self.value(item.value, local) for item in named if item.arg}
        if len(options) < len(named):
            raise InputError(self._expected("named arguments", ast.unparse(function)))
        try:
            return called(*values, **options)
        except InputError:
            raise
        except (TypeError, ValueError, AttributeError):
            given_here = f"{ast.unparse(function)} with those"
            raise InputError(self._expected("other arguments", given_here)) from None

    def _each(
        self, element: ast.AST, each: ast.comprehension, local: Mapping[str, Any]
    ) -> Iterator[Any]:
        if not isinstance(each.target, ast.Name):
            raise InputError(self._expected("one name after for", ast.unparse(each.target)))
        group = self.value(each.iter, local)
        if isinstance(group, str) or not isinstance(group, (Mapping, Sequence)):
            raise InputError(self._expected("a list or a table after in", ast.unparse(each.iter)))
        for item in group:
            inner = {**local, each.target.id: item}
            if all(self._truth(test, inner) for test in each.ifs):
                yield self.value(element, inner)
