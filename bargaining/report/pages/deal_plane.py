"""Pictures of a class's deals: gains of two parties in a plane, joint gains along a line.

Only positions are computed here; ``deal_plane.svg.j2`` and ``deal_strip.svg.j2`` draw them, so
that every name is escaped like any other text of a page.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bargaining.report.pages.scores import rounded

WIDTH, HEIGHT = 480, 400
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 16, 52
ROW = 104
STACK = 5
LONGEST = 34
ASIDE = 8
"""How far apart equal deals of the two treatments are drawn."""


@dataclass(frozen=True)
class Tick:
    """A mark on an axis."""

    at: float
    text: str


@dataclass(frozen=True)
class Mark:
    """A deal in the picture; ``kind`` is drawn by shape, ``text`` beside it."""

    kind: str
    x: float
    y: float
    text: str = ""
    says: str = ""


@dataclass(frozen=True)
class Plane:
    """Gains of two parties: frontier, status quo, solutions, groups."""

    across: str
    up: str
    ticks_x: tuple[Tick, ...]
    ticks_y: tuple[Tick, ...]
    zero: tuple[float, float]
    line: str
    marks: tuple[Mark, ...]
    says: str
    name: str
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True)
class Strip:
    """Joint gains of the groups, one row per treatment."""

    ticks: tuple[Tick, ...]
    rows: tuple[tuple[str, float, float, str, tuple[Mark, ...]], ...]
    says: str
    height: int
    width: int = WIDTH


@dataclass(frozen=True)
class Dot:
    """Something to be drawn at a pair of gains: equal ones of a kind become one mark."""

    kind: str
    gains: tuple[float, float]
    text: str


def plane(
    players: tuple[str, str],
    *,
    corners: Sequence[tuple[float, float]],
    dots: Sequence[Dot],
    says: str,
    name: str,
) -> Plane:
    """Lay out gains in a plane.

    Parameters
    ----------
    players : tuple of two str
        Across and up.
    corners : sequence of (float, float)
        Of the frontier with shares.
    dots : sequence of Dot
    says : str
        What the picture shows, for those who do not see it.
    name : str
        Distinguishes pictures of one page.
    """
    everything = [*corners, *(dot.gains for dot in dots), (0.0, 0.0)]
    x = _Scale([p[0] for p in everything], LEFT, WIDTH - RIGHT)
    y = _Scale([p[1] for p in everything], HEIGHT - BOTTOM, TOP)
    line = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in corners)
    return Plane(
        short(players[0]), short(players[1]), x.ticks, y.ticks, (x(0.0), y(0.0)), line,
        _merged(dots, x, y), says, name,
    )  # fmt: skip


def strip(rows: Mapping[str, tuple[str, Sequence[float], float]], *, says: str) -> Strip:
    """Lay out numbers along a line, one row per treatment.

    Parameters
    ----------
    rows : mapping of kind to (name, values, mean)
    says : str
    """
    every = [v for _, values, _ in rows.values() for v in values]
    scale = _Scale([*every, 0.0], LEFT, WIDTH - RIGHT - 24)
    found = []
    for number, (kind, (name, values, mean)) in enumerate(rows.items()):
        base = TOP + 26 + number * ROW + 50
        marks = []
        for value, count in sorted(Counter(round(v, 9) for v in values).items()):
            shown = min(count, STACK)
            step = 9 if count > 1 else 0
            for level in range(shown):
                last = level == shown - 1 and count > STACK
                text = f"×{count}" if last else ""
                marks.append(Mark(kind, scale(value), base - 7 - level * step, text))
        found.append((short(name), base, scale(mean), rounded(mean), tuple(marks)))
    return Strip(scale.ticks, tuple(found), says, TOP + 26 + len(rows) * ROW + 30)


def short(text: str) -> str:
    """Shorten a name to what fits an axis.

    >>> short("a" * 50)[-3:]
    'aa…'
    """
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


class _Scale:
    """From numbers to places in the picture, with round numbers as ticks."""

    def __init__(self, values: Sequence[float], first: float, last: float) -> None:
        low, high = min(values), max(values)
        reach = (high - low) or 1.0
        low, high = low - 0.08 * reach, high + 0.08 * reach
        self.low, self.first = low, first
        self.factor = (last - first) / (high - low)
        step = _step(high - low)
        count = math.floor(high / step) - math.ceil(low / step) + 1
        start = math.ceil(low / step)
        marks = [(start + n) * step for n in range(count)]
        self.ticks = tuple(Tick(self(v), rounded(v)) for v in marks)

    def __call__(self, value: float) -> float:
        return round(self.first + (value - self.low) * self.factor, 1)


def _step(reach: float) -> float:
    """Return a round distance that gives four to ten ticks."""
    power = 10.0 ** math.floor(math.log10(reach / 4))
    return power * next(f for f in (1, 2, 2.5, 5, 10) if reach / (power * f) <= 8)


def _merged(dots: Sequence[Dot], x: _Scale, y: _Scale) -> tuple[Mark, ...]:
    """Draw equal deals once: groups with their number, solutions with all their names."""
    found: dict[tuple[str, tuple[float, float]], list[str]] = {}
    for dot in dots:
        place = (round(dot.gains[0], 9), round(dot.gains[1], 9))
        found.setdefault((dot.kind, place), []).append(dot.text)
    marks = []
    both = {place for kind, place in found if kind == "linked"}
    both &= {place for kind, place in found if kind == "delinked"}
    for (kind, (a, b)), texts in found.items():
        aside = {"linked": -ASIDE, "delinked": ASIDE}.get(kind, 0) if (a, b) in both else 0
        groups = kind in ("linked", "delinked")
        text = (f"×{len(texts)}" if len(texts) > 1 else "") if groups else ", ".join(texts)
        says = ", ".join(texts[:20]) + (" …" if len(texts) > 20 else "")
        marks.append(Mark(kind, round(x(a) + aside, 1), y(b), text, says))
    return tuple(marks)
