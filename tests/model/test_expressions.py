from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction as F

import pytest

from bargaining.errors import InputError
from bargaining.model.expressions import MAX_DEPTH, check_predicate, number

PARAMETERS = {"w": F(1, 2), "kappa": F(3)}


@dataclass(frozen=True)
class Good:
    text: object
    value: F


@pytest.mark.parametrize(
    "case",
    [
        Good(3, F(3)),
        Good("9/4", F(9, 4)),
        Good("0.1", F(1, 10)),
        Good(Decimal("0.9"), F(9, 10)),
        Good("2*w - 1/3", F(2, 3)),
        Good("-w**2", F(-1, 4)),
        Good("(-w)**2", F(1, 4)),
        Good("2**-3", F(1, 8)),
        Good("max(w, 1, kappa) + min(w, 1) + abs(-kappa)", F(13, 2)),
        Good("1e-3", F(1, 1000)),
        Good(" 1 + 1 ", F(2)),
        Good("+".join(["1"] * 300), F(300)),
        Good(0.5, F(1, 2)),
    ],
    ids=lambda c: str(c.text)[:30],
)
def test_reads_exactly(case: Good) -> None:
    assert number(case.text, PARAMETERS) == case.value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1/(w - 1/2)", "divisor other than zero"),
        ("0**-1", "divisor other than zero"),
        ("v + 1", 'unknown name "v"'),
        ("kapa", 'did you mean "kappa"'),
        ("__import__('os')", "expected only names"),
        ("w.real", "expected only names"),
        ("[1, 2]", "expected only names"),
        ("1 if w else 2", "expected only names"),
        ("w < 1", "expected only names"),
        ("True", "expected only names"),
        ("'a'", "expected only names"),
        ("2**9", "whole power up to 8"),
        ("2**w", "whole power up to 8"),
        ("1 +", "expected a formula"),
        ("", "empty text"),
        ("((2**8)**8)**8 ** 1 * (((2**8)**8)**8)**8", "at most 4096 bits"),
        ("1e999999", "between 1e-100 and 1e100"),
        ("9" * 3000, "at most 2000 characters"),
        (True, "found true"),
        (None, "found nothing"),
        ([1], "found a list"),
        (Decimal("NaN"), "finite"),
        (float("inf"), "finite"),
        ("(" * 51 + "1" + ")" * 51, "nested at most 50"),
        ("-" * 60 + "1", "nested at most 50"),
        ("min(" * 55 + "1" + ")" * 55, "nested at most 50"),
    ],
)
def test_refuses(text: object, message: str) -> None:
    with pytest.raises(InputError, match="expected") as caught:
        number(text, PARAMETERS)
    assert message in str(caught.value)


def test_nesting_up_to_the_limit_is_read() -> None:
    depth = MAX_DEPTH - 1
    assert number("(" * depth + "1" + ")" * depth) == 1


@pytest.mark.parametrize(
    "text", ["__import__('os')", "lambda: 1", "a := 1", "x.__class__", "1 +", "f'{x}'"]
)
def test_predicates_stay_in_the_safe_language(text: str) -> None:
    with pytest.raises(InputError):
        check_predicate(text)
