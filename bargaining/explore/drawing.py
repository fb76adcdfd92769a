"""Pictures of a plane and of rows of bars as small SVG, fast enough to follow a slider.

Colours are those of the page, so that a picture is light or dark with it; what a colour says, a
mark or a dash says too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from markupsafe import Markup

from bargaining.model.spelling import printable
from bargaining.report.pages.pictures import Bar, Bars, Line, Plane, Point, Spot, shared_box

WIDTH, HEIGHT = 460, 320
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 14, 40
ROW = 34
LABELS = 170
"""Most room for the labels of bars, in pixels."""
TICKS = 5
NEAR = 34
"""Labels of points closer than this, in pixels, stand below each other."""
LETTER = 6.6
"""Width of a letter, about."""
Box = tuple[float, float, float, float]


def svg(
    picture: Plane | Bars, title: str, words: str, scale: tuple[float, float] | None = None
) -> Markup:
    """Return a picture with its title and what it shows in words.

    Parameters
    ----------
    picture : Plane or Bars
    title, words : str
        For readers who do not see it.
    scale : (float, float), optional
        The ends of the scale of bars; by default they follow the numbers.

    Examples
    --------
    >>> bars = Bars("gain", (Bar("us", 3), Bar("mexico", 2)))
    >>> drawn = svg(bars, "Gains", "us 3, mexico 2")
    >>> drawn.count("<rect")
    2
    """
    if isinstance(picture, Plane):
        height, parts = HEIGHT, _plane(picture)
    else:
        height, parts = TOP + BOTTOM + ROW * len(picture.bars), _bars(picture, scale)
    body = Markup("").join(parts)
    return Markup(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}. {}" class="drawn">{}</svg>'
    ).format(WIDTH, height, printable(title), printable(words), body)


def _plane(picture: Plane) -> Iterator[Markup]:
    left, right, bottom, top = shared_box([picture.to_dict()])
    box = (left, right, bottom, top)
    yield from _axes(picture, box)
    for line in picture.lines:
        yield _line(line, box)
    above: list[tuple[float, float]] = []
    for spot in picture.spots:
        x, y = _at(spot.at, box)
        level = sum(abs(x - a) < NEAR * 3 and abs(y - b) < NEAR for a, b in above)
        above.append((x, y))
        yield _mark(spot, x, y)
        yield _label(spot.label, x, y - 9 + 15 * level)


def _axes(picture: Plane, box: Box) -> Iterator[Markup]:
    left, right, bottom, top = box
    for value in _ticks(left, right):
        x, _ = _at((value, bottom), box)
        yield _rule(x, TOP, x, HEIGHT - BOTTOM, zero=value == 0)
        yield _text(_figure(value), x, HEIGHT - BOTTOM + 15, "middle")
    for value in _ticks(bottom, top):
        _, y = _at((left, value), box)
        yield _rule(LEFT, y, WIDTH - RIGHT, y, zero=value == 0)
        yield _text(_figure(value), LEFT - 6, y + 4, "end")
    yield _text(picture.x, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, "middle")
    yield Markup(
        '<text x="12" y="{0}" text-anchor="middle" transform="rotate(-90 12 {0})">{1}</text>'
    ).format((TOP + HEIGHT - BOTTOM) / 2, _cut(picture.y, HEIGHT - BOTTOM))


def _line(line: Line, box: Box) -> Markup:
    points = " ".join("{:.1f},{:.1f}".format(*_at(point, box)) for point in line.points)
    return Markup('<polyline points="{}" class="line {}"/>').format(points, line.stroke)


def _mark(spot: Spot, x: float, y: float) -> Markup:
    if spot.mark == "square":
        shape = Markup('<rect x="{:.1f}" y="{:.1f}" width="10" height="10" class="mark first"/>')
        return shape.format(x - 5, y - 5)
    if spot.mark == "ring":
        return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="6" class="ring"/>').format(x, y)
    shape = Markup('<path d="M{:.1f} {:.1f}l7 7l-7 7l-7 -7z" class="mark second"/>')
    return shape.format(x, y - 7)


def _label(text: str, x: float, y: float) -> Markup:
    """Write a label beside a point, on the side where there is room."""
    room_right = WIDTH - RIGHT - x - 12
    if room_right >= LETTER * min(len(text), 24) or room_right > x - LEFT:
        return _text(text, x + 11, y + 4, "start", room_right, "label")
    return _text(text, x - 11, y + 4, "end", x - LEFT, "label")


def _bars(picture: Bars, scale: tuple[float, float] | None) -> Iterator[Markup]:
    height = TOP + ROW * len(picture.bars)
    low, high = scale or shared_box([picture.to_dict()])[:2]
    longest = max((len(bar.label) for bar in picture.bars), default=0)
    margin = min(LABELS, LETTER * longest + 18)

    def across(value: float) -> float:
        return margin + (WIDTH - RIGHT - margin) * (value - low) / (high - low)

    if picture.mark is not None:
        x = across(float(picture.mark))
        path = Markup('<path d="M{:.1f} {}V{}" class="line level"/>')
        yield path.format(x, TOP, height)
        anchor = "end" if x > (margin + WIDTH) / 2 else "start"
        yield _text(picture.mark_label, x, TOP - 3, anchor)
    for value in _ticks(low, high):
        yield _rule(across(value), TOP, across(value), height, zero=value == 0)
        yield _text(_figure(value), across(value), height + 15, "middle")
    for number, bar in enumerate(picture.bars):
        ends = across(float(bar.low)), across(float(bar.high))
        yield from _bar(bar, margin, TOP + ROW * number, *ends)
    yield _text(picture.x, (margin + WIDTH - RIGHT) / 2, height + 34, "middle")


def _bar(bar: Bar, margin: float, top: float, start: float, end: float) -> Iterator[Markup]:
    yield _text(bar.label, margin - 8, top + ROW / 2 + 2, "end", margin - 12)
    left, width = min(start, end), max(2.0, abs(end - start))
    if bar.stroke != "faint":
        shape = Markup('<rect x="{:.1f}" y="{}" width="{:.1f}" height="{}" class="bar {}"/>')
        yield shape.format(left, top + 5, width, ROW - 14, bar.stroke)
    inside = LETTER * len(bar.text) < width - 8
    room = WIDTH - RIGHT - left - width
    if inside:
        yield _text(bar.text, left + width / 2, top + ROW / 2 + 2, "middle", width, "inside")
    elif room > LETTER * len(bar.text):
        yield _text(bar.text, left + width + 5, top + ROW / 2 + 2, "start")
    else:
        yield _text(bar.text, left - 5, top + ROW / 2 + 2, "end", left - margin)


def _at(point: Point, box: Box) -> tuple[float, float]:
    left, right, bottom, top = box
    x = LEFT + (WIDTH - RIGHT - LEFT) * (float(point[0]) - left) / (right - left)
    y = HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (float(point[1]) - bottom) / (top - bottom)
    return x, y


def _ticks(low: float, high: float) -> Iterator[float]:
    """Yield a few round numbers within a range."""
    raw = (high - low) / TICKS
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * part for part in (1, 2, 5, 10) if size * part >= raw * 0.999)
    for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1):
        yield k * step


def _figure(value: float) -> str:
    return f"{value:.4g}"


def _rule(x: float, y: float, to_x: float, to_y: float, *, zero: bool) -> Markup:
    kind = "zero" if zero else "grid"
    path = Markup('<path d="M{:.1f} {:.1f}L{:.1f} {:.1f}" class="{}"/>')
    return path.format(x, y, to_x, to_y, kind)


def _text(
    words: str, x: float, y: float, anchor: str, room: float = WIDTH, kind: str = ""
) -> Markup:
    shape = Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" class="{}">{}</text>')
    return shape.format(x, y, anchor, kind, _cut(words, room))


def _cut(words: str, room: float) -> str:
    """Return a text on one line, cut where it has no room."""
    line = printable(" ".join(words.split()))
    most = max(3, int(room / LETTER))
    return line if len(line) <= most else line[: most - 1] + "…"
