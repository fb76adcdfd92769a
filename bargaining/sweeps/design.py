"""Which games a sweep asks about: a grid, or points drawn at random, each perhaps several times.

Rows are numbered from 0 and any of them can be worked out without the others: a grid by its
position, random points by jumping ahead in the stream of numbers, noise by a seed of the row's own.
So the same rows come out however the work is cut up and whoever does it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError
from bargaining.model.expressions import number_at
from bargaining.model.spelling import show
from bargaining.sweeps.paths import VaryPath, parse_path

Kind = Literal["grid", "random", "latin_hypercube"]
MAX_AXES = 20
MAX_LISTED = 100_000
MAX_ROWS = 10**10
MAX_HYPERCUBE = 1_000_000
"""A Latin hypercube is drawn as a whole, and held in memory."""


@dataclass(frozen=True)
class Axis:
    """One number that varies.

    Attributes
    ----------
    path : VaryPath
    low, high : Fraction
        Ends of the range.
    count : int
        Values on a grid, evenly spaced and exact.
    listed : tuple of Fraction
        The values, where they are given one by one.
    """

    path: VaryPath
    low: Fraction
    high: Fraction
    count: int = 0
    listed: tuple[Fraction, ...] = ()

    @property
    def name(self) -> str:
        """The path as it was typed: the name of the column."""
        return self.path.text

    def value(self, index: int) -> Fraction:
        """Return one of the grid's values."""
        if self.listed:
            return self.listed[index]
        if self.count == 1:
            return self.low
        return self.low + (self.high - self.low) * Fraction(index, self.count - 1)

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """The grid's values to the nearest float, shape (count,)."""
        return self.floats(np.arange(self.count))

    def floats(self, index: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return some of the grid's values to the nearest float, without building them all.

        ``(first + step k) / whole`` with whole numbers below 2^53 is rounded once, in the
        division, whether NumPy does it or Python.
        """
        if self.listed:
            return np.array([float(value) for value in self.listed])[index]
        step = (self.high - self.low) / (self.count - 1) if self.count > 1 else Fraction(0)
        whole = math.lcm(self.low.denominator, step.denominator)
        first, step_up = int(self.low * whole), int(step * whole)
        last = first + step_up * (self.count - 1)
        if max(abs(first), abs(last), whole) < 2**53:
            return np.asarray((first + step_up * index.astype(np.int64)) / whole)
        return np.array([(first + step_up * k) / whole for k in index.tolist()], dtype=np.float64)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for the manifest; exact numbers as strings."""
        if self.listed:
            return {"path": self.name, "values": [str(v) for v in self.listed]}
        stated = {"path": self.name, "from": str(self.low), "to": str(self.high)}
        return {**stated, "count": self.count} if self.count else stated


@dataclass(frozen=True)
class Design:
    """Every row of a sweep.

    Attributes
    ----------
    kind : {"grid", "random", "latin_hypercube"}
    axes : tuple of Axis
        On a grid the last one changes fastest.
    points : int
    seed : int
    noise : Fraction
        Every payoff is moved by up to this share of its issue's range; 0 for none.
    draws : int
        Rows per point, each with noise of its own.
    """

    kind: Kind
    axes: tuple[Axis, ...]
    points: int
    seed: int = 0
    noise: Fraction = Fraction(0)
    draws: int = 1

    @property
    def rows(self) -> int:
        """How many games there are."""
        return self.points * self.draws

    def indices(self, start: int, stop: int) -> NDArray[np.intp]:
        """Positions on the axes of a grid's rows, shape (rows, axes)."""
        point = np.arange(start, stop) // self.draws
        shape = [axis.count for axis in self.axes]
        return np.stack(np.unravel_index(point, shape), axis=1) if shape else point[:, None][:, :0]

    def columns(self, start: int, stop: int) -> NDArray[np.float64]:
        """Values of the axes, shape (rows, axes), to the nearest float.

        >>> design(vary={"parameters.w": "0:1:5", "discount": [0.5, 0.9]}).columns(1, 4)
        array([[0.  , 0.9 ],
               [0.25, 0.5 ],
               [0.25, 0.9 ]])
        """
        if self.kind == "grid":
            where = self.indices(start, stop)
            found = np.empty(where.shape)
            for j, axis in enumerate(self.axes):
                found[:, j] = axis.floats(where[:, j])
            return found
        low = np.array([float(axis.low) for axis in self.axes])
        width = np.array([float(axis.high - axis.low) for axis in self.axes])
        point = np.arange(start, stop) // self.draws
        first, last = int(point[0]), int(point[-1]) + 1
        drawn = low + width * self._uniform(first, last)[point - first]
        return np.asarray(np.minimum(drawn, [float(axis.high) for axis in self.axes]))

    def _uniform(self, first: int, last: int) -> NDArray[np.float64]:
        """Points in the unit cube, shape (last - first, axes)."""
        if self.kind == "latin_hypercube":
            return _hypercube(self.points, len(self.axes), self.seed)[first:last]
        bits = np.random.PCG64(np.random.SeedSequence(self.seed))
        bits.advance(first * len(self.axes))
        return np.random.Generator(bits).random((last - first, len(self.axes)))

    def exact(self, row: int) -> tuple[Fraction, ...]:
        """Return one row's values as they are used; a float drawn at random as it is in binary."""
        if self.kind == "grid":
            where = self.indices(row, row + 1)[0].tolist()
            return tuple(axis.value(i) for axis, i in zip(self.axes, where, strict=True))
        return tuple(Fraction(float(v)) for v in self.columns(row, row + 1)[0])

    def rng(self, row: int) -> np.random.Generator:
        """Return a row's own stream of random numbers."""
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(row,)))

    def to_dict(self) -> dict[str, Any]:
        """Plain data for the manifest."""
        return {
            "kind": self.kind,
            "axes": [axis.to_dict() for axis in self.axes],
            "points": self.points,
            "seed": self.seed,
            "noise": str(self.noise),
            "draws": self.draws,
        }


@lru_cache(maxsize=1)
def _hypercube(points: int, axes: int, seed: int) -> NDArray[np.float64]:
    from scipy.stats import qmc

    drawn = qmc.LatinHypercube(axes, rng=np.random.default_rng(seed)).random(points)
    return np.asarray(drawn, dtype=np.float64)


Varied = str | tuple[Any, ...] | Sequence[Any] | NDArray[Any]


def design(
    *,
    vary: Mapping[str, Varied],
    kind: Kind = "grid",
    points: int | None = None,
    seed: int | None = None,
    noise: Any = 0,
    draws: int = 1,
) -> Design:
    """Read a design.

    Parameters
    ----------
    vary : mapping of str to str, tuple or list
        Per path ``"LOW:HIGH:COUNT"`` or ``(low, high, count)`` for evenly spaced values, a list
        of values (or ``"1,2,5"``), and ``"LOW:HIGH"`` or ``(low, high)`` for points at random.
    kind : {"grid", "random", "latin_hypercube"}
    points : int, optional
        How many points are drawn at random.
    seed : int, optional
        Default 0.
    noise : number
        How far payoffs are moved, as a share of their issue's range.
    draws : int
        Rows per point; more than 1 only with noise.

    Raises
    ------
    InputError
        Naming everything that is wrong.

    Examples
    --------
    >>> design(vary={"discount": "0.1:0.9:9"}).exact(4)
    (Fraction(1, 2),)
    """
    if kind not in get_args(Kind):
        msg = f"design: expected one of {', '.join(get_args(Kind))}, found {show(str(kind))}"
        raise InputError(msg)
    if not isinstance(vary, Mapping):
        msg = f"vary: expected a table of paths and their values, found {type(vary).__name__}"
        raise InputError(msg)
    problems: list[str] = []
    axes = []
    for text, given in vary.items():
        try:
            axes.append(_axis(text, given, kind))
        except InputError as error:
            problems.append(str(error))
    share = None
    try:
        share = number_at("noise", noise)
    except InputError as error:
        problems.append(str(error))
    problems += _wrong(axes, len(vary), kind, points, seed, share, draws)
    if problems or share is None:
        raise InputError("\n".join(problems))
    count = math.prod(axis.count for axis in axes) if kind == "grid" else points or 0
    return Design(kind, tuple(axes), count, seed or 0, share, draws)


def _axis(text: str, given: object, kind: Kind) -> Axis:
    path = parse_path(text)
    parts: list[Any]
    if isinstance(given, str):
        listed = ":" not in given
        parts = [part.strip() for part in given.split("," if listed else ":")]
    elif isinstance(given, (Sequence, np.ndarray)) and np.ndim(given) == 1:
        listed = not isinstance(given, tuple)
        parts = list(given)
    else:
        msg = f"vary: {text}: expected {_form(kind)} or a list of values, found {show(given)}"
        raise InputError(msg)
    if listed:
        if kind != "grid" or not 1 <= len(parts) <= MAX_LISTED:
            wanted = "LOW:HIGH" if kind != "grid" else f"1 to {MAX_LISTED:,} values"
            msg = f"vary: {text}: expected {wanted}, found {len(parts)} values"
            raise InputError(msg)
        values = tuple(_read(text, part) for part in parts)
        return Axis(path, min(values), max(values), len(values), values)
    wanted_parts = (3,) if kind == "grid" else (2, 3)
    if len(parts) not in wanted_parts:
        found = given if isinstance(given, str) else ":".join(map(str, parts))
        msg = f"vary: {text}: expected {_form(kind)}, found {show(str(found))}"
        raise InputError(msg)
    low, high = _read(text, parts[0]), _read(text, parts[1])
    count = 0
    if len(parts) == 3:
        size = _read(text, parts[2])
        if size.denominator != 1 or not 1 <= size <= MAX_ROWS:
            msg = f"vary: {text}: expected from 1 to {MAX_ROWS:,} values, found {show(parts[2])}"
            raise InputError(msg)
        count = int(size)
    if low > high:
        msg = f"vary: {text}: expected the smaller end first, found {parts[0]}:{parts[1]}"
        raise InputError(msg)
    return Axis(path, low, high, count if kind == "grid" else 0)


def _form(kind: Kind) -> str:
    return "LOW:HIGH:COUNT" if kind == "grid" else "LOW:HIGH"


def _read(text: str, value: Any) -> Fraction:
    if isinstance(value, np.generic):
        value = value.item()
    try:
        return number_at("value", value)
    except InputError as error:
        msg = f"vary: {text}: {error}"
        raise InputError(msg) from None


def _whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _wrong(
    axes: Sequence[Axis],
    paths: int,
    kind: Kind,
    points: int | None,
    seed: int | None,
    noise: Fraction | None,
    draws: int,
) -> list[str]:
    """Say what is wrong with a design beyond its paths and its noise that could not be read."""
    problems = []
    names = [axis.path.steps for axis in axes]
    if len(set(names)) < len(names):
        twice = next(a.name for a in axes if names.count(a.path.steps) > 1)
        problems.append(f"vary: expected each path once, found {twice} twice")
    every = [axis.name for axis in axes if axis.path.steps == ("discount",)]
    if every and any(
        axis.path.steps[:1] == ("discount",) and axis.name not in every for axis in axes
    ):
        problems.append("vary: discount moves every player's factor: leave discount.PLAYER out")
    if len(axes) > MAX_AXES:
        problems.append(f"vary: expected at most {MAX_AXES} paths, found {len(axes)}")
    if not paths and noise == 0:
        problems.append("vary: expected at least one path (or noise), found none")
    if kind == "grid" and points is not None:
        problems.append("points: a grid's are given by its axes; leave points out")
    if kind != "grid" and not paths:
        problems.append(f"vary: a {kind} design draws the values of at least one path, found none")
    if kind != "grid" and not _whole(points, 1):
        problems.append(
            f"points: expected how many points to draw (from 1 on), found {show(points)}"
        )
    if seed is not None and not _whole(seed, 0):
        problems.append(f"seed: expected a whole number from 0 on, found {show(seed)}")
    if noise is not None and not 0 <= noise <= 1:
        problems.append(f"noise: expected a share from 0 to 1, found {noise}")
    if not _whole(draws, 1):
        problems.append(f"draws: expected a whole number from 1 on, found {show(draws)}")
    elif draws > 1 and noise == 0:
        problems.append("draws: several draws of a point differ only with noise; set noise too")
    if problems:
        return problems
    count = math.prod(axis.count for axis in axes) if kind == "grid" else points or 0
    if count * draws > MAX_ROWS:
        problems.append(f"expected at most {MAX_ROWS:,} rows, found {count * draws:,}")
    if kind == "latin_hypercube" and count > MAX_HYPERCUBE:
        problems.append(
            f"points: expected at most {MAX_HYPERCUBE:,} in a Latin hypercube, found {count:,}; "
            "take a random design"
        )
    return problems
