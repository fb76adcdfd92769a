"""Issues of a game that was built from an array: made only when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError
from bargaining.model.expressions import MAX_EXPONENT
from bargaining.model.gains import FlatGains, from_array, from_fractions
from bargaining.model.issue import Issue


class _IssueNames(Sequence[str]):
    """The names "0", "1", … without a list of them."""

    def __init__(self, count: int) -> None:
        self._range = range(count)

    def __len__(self) -> int:
        return len(self._range)

    def __getitem__(self, index: Any) -> Any:
        chosen = self._range[index]
        return [str(i) for i in chosen] if isinstance(chosen, range) else str(chosen)


class ArrayIssues(Mapping[str, Issue]):
    """Issues of a game that was built from an array; each is made when asked for."""

    def __init__(self, players: tuple[str, ...], flat: FlatGains) -> None:
        self.players = players
        self.flat = flat
        self.names = _IssueNames(len(flat.offsets) - 1)

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __getitem__(self, name: str) -> Issue:
        if not (name.isdecimal() and name.isascii() and int(name) < len(self)):
            raise KeyError(name)
        rows = self.flat.rows(int(name))
        payoffs = np.array(
            [[self.flat.gain(row, i) for i in range(len(self.players))] for row in rows],
            dtype=object,
        )
        labels = tuple(str(a) for a in range(len(rows)))
        return Issue(name, self.players, {}, labels, payoffs, 0)


def read_array(gains: Any, players: Sequence[str] | None) -> tuple[tuple[str, ...], FlatGains]:
    """Check an array of shape (issues, outcomes, players) and return names and gains."""
    if np.ma.isMaskedArray(gains):
        msg = "gains: expected an array without masked entries; fill them first"
        raise InputError(msg)
    try:
        array = np.asarray(gains)
    except ValueError:
        msg = "gains: expected equally many outcomes in every issue and players in every outcome"
        raise InputError(msg) from None
    if array.ndim != 3 or 0 in array.shape or array.shape[2] < 2:
        msg = (
            "gains: expected an array of shape (issues, outcomes, players) with at least one "
            f"issue, one outcome and two players, found shape {array.shape}"
        )
        raise InputError(msg)
    if array.dtype.kind not in "iufO":
        msg = f"gains: expected numbers, found an array of {array.dtype}"
        raise InputError(msg)
    if array.dtype.kind == "f" and not bool(np.isfinite(array).all()):
        first = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        msg = f"gains: expected finite numbers, found {array[first]} at {first}"
        raise InputError(msg)
    if array.dtype.kind == "f":
        _check_magnitudes(array)
    if players is not None and (isinstance(players, (str, set, frozenset))):
        msg = f"players: expected a list of names, found {players!r}"
        raise InputError(msg)
    try:
        names = (
            tuple(str(i + 1) for i in range(array.shape[2])) if players is None else tuple(players)
        )
    except TypeError:
        msg = f"players: expected a list of names, found {players!r}"
        raise InputError(msg) from None
    if len(names) != array.shape[2]:
        msg = f"players: expected {array.shape[2]} names, found {len(names)}"
        raise InputError(msg)
    if array.dtype.kind == "u":
        array = array.astype(np.int64) if array.max() < 2**63 else array.astype(object)
    if array.dtype.kind == "O":
        from bargaining.model.expressions import number

        exact = np.array([number(x) for x in array.flat], dtype=object).reshape(array.shape)
        flat = from_fractions(list(exact - exact[:, :1]))
    else:
        flat = from_array(array)
    return names, flat


def _check_magnitudes(array: NDArray[Any]) -> None:
    """Refuse numbers whose products and sums leave the range of floats."""
    sizes = np.abs(array.astype(np.float64))
    wrong = (sizes > 10.0**MAX_EXPONENT) | ((sizes > 0) & (sizes < 10.0**-MAX_EXPONENT))
    if bool(wrong.any()):
        first = tuple(int(i) for i in np.argwhere(wrong)[0])
        msg = (
            f"gains: expected numbers between 1e-{MAX_EXPONENT} and 1e{MAX_EXPONENT} (or 0), "
            f"found {array[first]} at {first}; choose another unit"
        )
        raise InputError(msg)
