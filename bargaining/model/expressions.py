"""Exact numbers and small formulas in game files.

A number in a file is an integer, a decimal, a fraction (``"9/4"``) or a formula over the
file's parameters (``"2*w - 1/3"``).  All become :class:`fractions.Fraction`.  Formulas are
read by Python's parser but never executed: only names, numbers, ``+ - * /``, integer powers
up to 8, ``min``, ``max`` and ``abs`` are understood.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from fractions import Fraction

from bargaining.errors import InputError
from bargaining.model.spelling import show, suggestion

MAX_LENGTH = 2_000
MAX_DEPTH = 50
MAX_POWER = 8
MAX_BITS = 4_096
MAX_EXPONENT = 100

_LARGEST = 10**MAX_EXPONENT

Operand = int | float | Decimal | Fraction | str


def number(value: object, parameters: Mapping[str, Fraction] | None = None) -> Fraction:
    """Read one number or formula exactly.

    Parameters
    ----------
    value : int, float, Decimal, Fraction or str
        What stands in the file.  A float is read as it is written: 0.1 is one tenth.
    parameters : mapping of str to Fraction, optional
        Values of the names that a formula may use.

    Returns
    -------
    Fraction

    Raises
    ------
    InputError
        With what was expected and what was found.

    Examples
    --------
    >>> from fractions import Fraction
    >>> number("2*w - 1/3", {"w": Fraction(1, 2)})
    Fraction(2, 3)
    >>> number("0.1"), number(0.1)
    (Fraction(1, 10), Fraction(1, 10))
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, Fraction, str)):
        msg = f"expected a number or a formula, found {show(value)}"
        raise InputError(msg)
    if isinstance(value, str):
        return _formula(value, parameters or {})
    if isinstance(value, int) and abs(value) <= _LARGEST:
        return Fraction(value)
    endless = isinstance(value, float) and not math.isfinite(value)
    if endless or (isinstance(value, Decimal) and not value.is_finite()):
        msg = f"expected a finite number, found {value}"
        raise InputError(msg)
    if isinstance(value, Decimal) and value and abs(value.adjusted()) > MAX_EXPONENT:
        msg = f"expected a number between 1e-{MAX_EXPONENT} and 1e{MAX_EXPONENT}, found {value}"
        raise InputError(msg)
    if isinstance(value, float):
        value = Decimal(repr(float(value)))
    return _in_range(_bounded(Fraction(value)))


def number_at(place: str, value: object) -> Fraction:
    """Read one number; an error says where it stands.

    >>> number_at("discount", "9/10")
    Fraction(9, 10)
    """
    try:
        return number(value)
    except InputError as error:
        msg = f"{place}: expected a number, found {show(value)} ({error})"
        raise InputError(msg) from None


_PREDICATE_NODES = (
    ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd, ast.Compare, ast.Eq,
    ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.BinOp, ast.Add, ast.Sub,
    ast.Mult, ast.Div, ast.Pow, ast.Constant, ast.Name, ast.Load, ast.Store, ast.Attribute,
    ast.Subscript, ast.Call, ast.keyword, ast.List, ast.Tuple, ast.GeneratorExp, ast.comprehension,
)  # fmt: skip


FACTS = ("agendas", "issues", "verdict", "minimal_packages", "players", "parameters", "discount")
ASKED = ("gain", "share", "mutual", "critical", "equilibria", "mechanism", "worth", "depth",
         "without", "at")  # fmt: skip
"""Functions of a game, and of the games that ``without`` and ``at`` give."""
PLAIN = ("len", "any", "all", "min", "max", "abs", "sum", "true", "false", "none")


def one_line(predicate: str) -> str:
    """Return a predicate without its line breaks."""
    return re.sub(r"\s*\n\s*", " ", predicate.strip())


def check_predicate(text: str, names: Collection[str] = (*FACTS, *ASKED)) -> None:
    """Raise :class:`InputError` unless a claim's predicate stays within the safe language.

    Comparisons, ``and or not in``, the functions of games' claims, ``len any all min max abs``
    and generator expressions over the verdict's fields; nothing is executed.

    >>> check_predicate("not verdict.linking_breaks_deadlock")
    """
    if len(text) > MAX_LENGTH:
        msg = f"expected a predicate of at most {MAX_LENGTH} characters, found {len(text)}"
        raise InputError(msg)
    try:
        tree = ast.parse(one_line(text), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        msg = f"expected a predicate over the verdict, found {show(text)}"
        raise InputError(msg) from None
    for node in ast.walk(tree.body):
        private = isinstance(node, ast.Attribute) and node.attr.startswith("_")
        if private or not isinstance(node, _PREDICATE_NODES):
            msg = f"expected comparisons, and/or/not, in, and known functions, found {show(text)}"
            raise InputError(msg)
        if isinstance(node, ast.GeneratorExp) and len(node.generators) != 1:
            msg = f"expected one for in each list, found {len(node.generators)} in {show(text)}"
            raise InputError(msg)
        if isinstance(node, ast.Call):
            _check_function(node.func, names, text)
    known = [*names, *PLAIN]
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and _stored(n)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in known and node.id not in bound:
            hint = suggestion(node.id, known)
            msg = (
                f"expected one of {', '.join(known)}, found unknown name {show(node.id)}{hint} "
                f"in {show(text)}"
            )
            raise InputError(msg)


def _stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _check_function(function: ast.expr, names: Collection[str], text: str) -> None:
    match function:
        case ast.Name(id=name) if name in names or name in PLAIN:
            return
        case ast.Name(id=name):
            hint = suggestion(name, [*ASKED, *PLAIN])
            msg = f"expected a function, found unknown name {show(name)}{hint} in {show(text)}"
            raise InputError(msg)
        case ast.Attribute(attr=name) if name in ASKED:
            return
    msg = (
        f"expected a function ({', '.join((*ASKED, *PLAIN[:7]))}), found "
        f"{show(ast.unparse(function))} in {show(text)}"
    )
    raise InputError(msg)


def _formula(text: str, parameters: Mapping[str, Fraction]) -> Fraction:
    source = text.strip()
    if not source:
        msg = "expected a number or a formula, found an empty text"
        raise InputError(msg)
    if len(source) > MAX_LENGTH:
        msg = f"expected a formula of at most {MAX_LENGTH} characters, found {len(source)}"
        raise InputError(msg)
    depth = deepest = 0
    for character in source:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise InputError(_too_deep())
    try:
        tree = ast.parse(source, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        msg = f'expected a formula such as "2*w - 1/3", found {show(text)}'
        raise InputError(msg) from None
    return _in_range(_evaluate(tree.body, parameters, source, 1))


def _evaluate(
    node: ast.expr, parameters: Mapping[str, Fraction], source: str, depth: int
) -> Fraction:
    """Evaluate a tree; a chain such as ``a + b + c + …`` counts as one level."""
    if depth > MAX_DEPTH:
        raise InputError(_too_deep())
    chain: list[ast.BinOp] = []
    while isinstance(node, ast.BinOp):
        chain.append(node)
        node = node.left
    value = _atom(node, parameters, source, depth)
    for operation in reversed(chain):
        right = _evaluate(operation.right, parameters, source, depth + 1)
        value = _bounded(_apply(operation.op, value, right, source))
    return value


def _atom(node: ast.expr, parameters: Mapping[str, Fraction], source: str, depth: int) -> Fraction:
    def operand(child: ast.expr) -> Fraction:
        return _evaluate(child, parameters, source, depth + 1)

    match node:
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            return _literal(ast.get_source_segment(source, node) or "")
        case ast.Name(id=name):
            return _parameter(name, parameters)
        case ast.UnaryOp(op=ast.USub(), operand=child):
            return -operand(child)
        case ast.UnaryOp(op=ast.UAdd(), operand=child):
            return operand(child)
        case ast.Call(func=ast.Name(id="abs"), args=[child], keywords=[]):
            return abs(operand(child))
        case ast.Call(func=ast.Name(id="min"), args=[_, *_] as children, keywords=[]):
            return min(operand(child) for child in children)
        case ast.Call(func=ast.Name(id="max"), args=[_, *_] as children, keywords=[]):
            return max(operand(child) for child in children)
    raise InputError(_not_understood(ast.get_source_segment(source, node) or source))


def _apply(operator: ast.operator, left: Fraction, right: Fraction, source: str) -> Fraction:
    match operator:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div() if right == 0:
            msg = f"expected a divisor other than zero in {show(source)}"
            raise InputError(msg)
        case ast.Div():
            return left / right
        case ast.Pow():
            return _power(left, right, source)
    raise InputError(_not_understood(source))


def _literal(segment: str) -> Fraction:
    """Read a literal's own text, so that 0.1 is one tenth and not the nearest binary."""
    try:
        value = Decimal(segment)
    except ArithmeticError:
        msg = f"expected a decimal number, found {show(segment)}"
        raise InputError(msg) from None
    return number(value)


def _parameter(name: str, parameters: Mapping[str, Fraction]) -> Fraction:
    if name in parameters:
        return parameters[name]
    if not parameters:
        msg = f"expected a number (no parameter is declared), found {show(name)}"
        raise InputError(msg)
    known = ", ".join(sorted(parameters))
    hint = suggestion(name, parameters)
    msg = f"expected a parameter ({known}), found unknown name {show(name)}{hint}"
    raise InputError(msg)


def _power(base: Fraction, exponent: Fraction, source: str) -> Fraction:
    if exponent.denominator != 1 or abs(exponent) > MAX_POWER:
        msg = f"expected a whole power up to {MAX_POWER}, found {exponent} in {show(source)}"
        raise InputError(msg)
    if base == 0 and exponent < 0:
        msg = f"expected a divisor other than zero in {show(source)}"
        raise InputError(msg)
    return Fraction(base ** int(exponent))


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        msg = f"expected a number of at most {MAX_BITS} bits, found a larger one"
        raise InputError(msg)
    return value


def _in_range(value: Fraction) -> Fraction:
    """Refuse numbers whose products and sums would leave the range of floats."""
    if value and not Fraction(1, _LARGEST) <= abs(value) <= _LARGEST:
        msg = (
            f"expected a number between 1e-{MAX_EXPONENT} and 1e{MAX_EXPONENT} (or 0), found a "
            f"{'larger' if abs(value) > 1 else 'smaller'} one"
        )
        raise InputError(msg)
    return value


def _not_understood(found: str) -> str:
    return (
        "expected only names of parameters, numbers, + - * /, powers up to "
        f"{MAX_POWER}, min, max and abs, found {show(found)}"
    )


def _too_deep() -> str:
    return f"expected a formula nested at most {MAX_DEPTH} deep, found a deeper one"
