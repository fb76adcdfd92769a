"""Pictures of lessons as data: lines and points in a plane, or rows of bars on one scale.

The page's script draws them; :mod:`bargaining.report.pages.notebook` draws the same in Python.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from bargaining.results import Number

Point = tuple[Number, Number]
Mark = Literal["circle", "square", "diamond", "triangle", "cross", "ring"]
Stroke = Literal["front", "first", "second", "third", "faint", "level"]


@dataclass(frozen=True)
class Line:
    """A line in a picture; ``filled`` closes and shades it."""

    points: tuple[Point, ...]
    label: str = ""
    stroke: Stroke = "front"
    filled: bool = False


@dataclass(frozen=True)
class Spot:
    """A marked point in a picture."""

    at: Point
    label: str
    mark: Mark = "circle"


@dataclass(frozen=True)
class Plane:
    """Lines and points between two axes, drawn in the box that all frames of the lesson share."""

    x: str
    y: str
    lines: tuple[Line, ...] = ()
    spots: tuple[Spot, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for the page's script."""
        return {
            "kind": "plane",
            "x": self.x,
            "y": self.y,
            "lines": [
                {
                    "at": [_pair(p) for p in line.points],
                    "label": line.label,
                    "stroke": line.stroke,
                    "filled": line.filled,
                }
                for line in self.lines
            ],
            "spots": [{"at": _pair(s.at), "label": s.label, "mark": s.mark} for s in self.spots],
        }


@dataclass(frozen=True)
class Bar:
    """One bar, from ``low`` to ``high``."""

    label: str
    high: Number
    low: Number = Fraction(0)
    text: str = ""
    stroke: Stroke = "first"


@dataclass(frozen=True)
class Bars:
    """Rows of bars on one scale: gains from 0, or intervals such as exchange rates.

    ``mark`` is a line across all rows, ``band`` a shaded stretch.
    """

    x: str
    bars: tuple[Bar, ...]
    mark: Number | None = None
    mark_label: str = ""
    band: tuple[Number, Number] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for the page's script."""
        return {
            "kind": "bars",
            "x": self.x,
            "mark": None if self.mark is None else _short(self.mark),
            "markLabel": self.mark_label,
            "band": None if self.band is None else _pair(self.band),
            "bars": [
                {
                    "label": bar.label,
                    "low": _short(bar.low),
                    "high": _short(bar.high),
                    "text": bar.text,
                    "stroke": bar.stroke,
                }
                for bar in self.bars
            ],
        }


Picture = Plane | Bars


def shared_box(pictures: Sequence[Mapping[str, Any]]) -> list[float]:
    """Return the smallest round box around all pictures: left, right, bottom, top."""
    xs: list[float] = [0.0]
    ys: list[float] = [0.0]
    for picture in pictures:
        if picture["kind"] == "bars":
            xs += itertools.chain(*((bar["low"], bar["high"]) for bar in picture["bars"]))
            xs += [] if picture["mark"] is None else [picture["mark"]]
            continue
        for x, y in itertools.chain(*(line["at"] for line in picture["lines"])):
            xs.append(x)
            ys.append(y)
        xs += [spot["at"][0] for spot in picture["spots"]]
        ys += [spot["at"][1] for spot in picture["spots"]]
    return [*_round(min(xs), max(xs)), *_round(min(ys), max(ys))]


def _round(low: float, high: float) -> tuple[float, float]:
    """Widen a range to whole steps of a round size."""
    if low == high:
        high = low + 1.0
    step = 10.0 ** math.floor(math.log10(high - low))
    step /= 2 if (high - low) / step >= 2 else 5
    return math.floor(low / step) * step, math.ceil(high / step) * step


def _pair(point: Point) -> list[float]:
    return [_short(point[0]), _short(point[1])]


def _short(value: Number) -> float:
    """Return a number as the figure draws it."""
    return round(float(value), 9)
