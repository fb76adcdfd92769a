"""What every answer has in common: a status, a certificate, a check, a dictionary.

An answer is a frozen dataclass.  ``verify()`` recomputes it from the definitions without
the solver that found it, ``to_dict()`` is the command line's JSON, ``str()`` is for people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import wraps
from typing import Any, TypeVar

from bargaining.errors import BargainingError, VerificationError

Answer = TypeVar("Answer")


class Status(StrEnum):
    """How a question ended."""

    AGREEMENT = "agreement"
    NO_AGREEMENT = "no_agreement"
    SOLVED = "solved"
    INFEASIBLE = "infeasible"
    LIMIT_REACHED = "limit_reached"
    NUMERICAL_TROUBLE = "numerical_trouble"
    NOT_DEFINED = "not_defined"
    NO_EQUILIBRIUM = "no_equilibrium"


Number = Fraction | float
"""An exact answer is a :class:`fractions.Fraction`, a numerical one a ``float``."""


@dataclass(frozen=True)
class Certificate:
    """Evidence that can be checked without trusting the solver.

    Attributes
    ----------
    kind : str
        ``"deal"`` (a deal strictly better for everyone: no deadlock), ``"exchange_rates"``
        (one set of weights on the players at which no issue offers a trade: deadlock),
        ``"support"`` (weights at which no deal of the package is worth more than the answer), or
        ``"prices"`` (weights at which, with the prices of its conditions, no mechanism is).
        Of a core: ``"allocation"`` (a division that leaves no coalition a better answer), or
        ``"balancing"`` (weights on coalitions, those of every player adding up to 1, that are
        worth more together than the grand coalition: the core is empty).
    weights : mapping of str to Fraction or float
        A weight per player (per coalition, for ``"balancing"``); empty for kinds without weights.
    issues : tuple of str
        The issues that the certificate covers, in the game's order.
    gains : mapping of str to Fraction or float
        The gains of the deal, for the kinds that exhibit one; empty otherwise.
    deal : mapping of str to mapping of str to Fraction or float
        Shares per issue and outcome (outcomes with share 0 are left out).
    gap : Fraction or float
        0 when the certificate is exact, otherwise the relative duality gap.
    """

    kind: str
    weights: Mapping[str, Number] = field(default_factory=dict)
    issues: tuple[str, ...] = ()
    gains: Mapping[str, Number] = field(default_factory=dict)
    deal: Mapping[str, Mapping[str, Number]] = field(default_factory=dict)
    gap: Number = Fraction(0)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data; numbers stay exact where they are."""
        return {
            "kind": self.kind,
            "weights": dict(self.weights),
            "issues": list(self.issues),
            "gains": dict(self.gains),
            "deal": {issue: dict(shares) for issue, shares in self.deal.items()},
            "gap": self.gap,
        }


def checked(verify: Callable[[Answer], bool]) -> Callable[[Answer], bool]:
    """Let a check that stumbles over a malformed answer fail as a check."""

    @wraps(verify)
    def safely(answer: Answer) -> bool:
        try:
            return verify(answer)
        except (KeyError, IndexError, ValueError, AttributeError, TypeError) as error:
            if isinstance(error, BargainingError):
                raise
            msg = f"the answer is not well formed: {type(error).__name__}: {error}"
            raise VerificationError(msg) from error

    return safely


def in_figures(value: Number, *, exact: bool = False) -> str:
    """Write a number for people: simple fractions as fractions, others to six digits.

    With ``exact`` all fractions are written as such.

    >>> in_figures(Fraction(15, 4)), in_figures(0.99999999), in_figures(Fraction(1, 7919))
    ('15/4', '1', '0.000126279')
    """
    simple = isinstance(value, Fraction) and value.denominator < 1000 and abs(value) < 10**9
    if simple or (exact and isinstance(value, Fraction)):
        return str(value)
    text = f"{float(value):.6g}"
    return "0" if text == "-0" else text


def signed(value: Number) -> str:
    """Write a change: gains with a plus sign.

    >>> signed(Fraction(1, 2)), signed(-1.0)
    ('+1/2', '-1')
    """
    text = in_figures(value)
    return f"+{text}" if value > 0 and text != "0" else text


def with_exact(data: Mapping[str, Any], *, exact: bool) -> dict[str, Any]:
    """Turn an answer into plain data; with ``exact`` its fractions stand under that key too.

    >>> with_exact({"gains": {"us": Fraction(3, 2)}, "status": "agreement"}, exact=True)
    {'gains': {'us': 1.5}, 'status': 'agreement', 'exact': {'gains': {'us': '3/2'}}}
    """
    result: dict[str, Any] = plain(data)
    if exact:
        result["exact"] = _rational(data) or {}
    return result


def _rational(value: Any) -> Any:
    """Keep only the exact numbers of an answer, as strings; None where there are none."""
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Mapping):
        kept = {str(key): _rational(item) for key, item in value.items() if key != "exact"}
        return {key: item for key, item in kept.items() if item is not None} or None
    if isinstance(value, (list, tuple)):
        items = [_rational(item) for item in value]
        return items if items and all(item is not None for item in items) else None
    return None


def plain(value: Any, *, exact: bool = False) -> Any:
    """Turn an answer's data into what JSON knows.

    Fractions become floats or, with ``exact=True``, strings such as ``"9/4"``; tuples become
    lists, sets sorted lists, enums their values.

    >>> plain({"us": Fraction(3, 2)})
    {'us': 1.5}
    >>> plain({"us": Fraction(3, 2)}, exact=True)
    {'us': '3/2'}
    """
    if isinstance(value, Fraction):
        return str(value) if exact else float(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item, exact=exact) for key, item in value.items()}
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return [plain(item, exact=exact) for item in sorted(value)]
    if isinstance(value, (list, tuple)):
        return [plain(item, exact=exact) for item in value]
    return value
