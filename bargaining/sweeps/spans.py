"""How the rows of a sweep are cut up: parts, whose ends are fixed, and spans of a part.

Part ends depend on the job alone, so that every part file has the same bytes however the work is
done.  Spans are what one worker is given at a time; their length is measured, so that each takes
about a second, and the rows of a span come out the same wherever it begins.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from bargaining.sweeps.columns import Column

ROWS_BATCHED, ROWS_ONE_BY_ONE = 131_072, 1_000
"""Rows per part where a row costs microseconds, and where it costs milliseconds."""
FIRST_BATCHED, FIRST_ONE_BY_ONE = 4_096, 4
"""Rows of the first span, before anything is measured."""
SECONDS = 1.0
"""What a span should take."""
GROWTH = 4
"""A span is at most this many times as long as the one that was measured."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Layout:
    """Where parts begin and end."""

    rows: int
    rows_per_part: int

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return math.ceil(self.rows / self.rows_per_part)

    def bounds(self, part: int) -> tuple[int, int]:
        """First row of a part and the row after its last.

        >>> Layout(rows=2500, rows_per_part=1000).bounds(2)
        (2000, 2500)
        """
        start = part * self.rows_per_part
        return start, min(start + self.rows_per_part, self.rows)


@dataclass(frozen=True)
class Span:
    """Consecutive rows of one part."""

    part: int
    start: int
    stop: int


@dataclass
class _Open:
    """A part of which some rows are answered."""

    missing: int
    pieces: dict[int, Mapping[str, Column]] = field(default_factory=dict)

    def joined(self) -> dict[str, Column]:
        pieces = [self.pieces[start] for start in sorted(self.pieces)]
        if len(pieces) == 1:
            return dict(pieces[0])
        return {
            name: Column(
                np.concatenate([piece[name].values for piece in pieces]),
                np.concatenate([piece[name].known for piece in pieces]),
            )
            for name in pieces[0]
        }


class Cutter:
    """Hands out the spans of the missing parts in order, and puts their answers together.

    Parameters
    ----------
    layout : Layout
    missing : iterable of int
        Parts to work on, ascending.
    first : int
        Rows of the first span.
    progress : callable, optional
        Called with the rows done and the rows in all.
    """

    def __init__(
        self,
        layout: Layout,
        missing: Iterable[int],
        *,
        first: int,
        progress: Progress | None = None,
    ) -> None:
        waiting = list(missing)
        self.layout = layout
        self.closing = False
        """Whether no part may be begun any more."""
        self.length = first
        self.seconds_per_row = math.inf
        self.seconds: list[float] = []
        """How long each span took; the rates of the first one and of short ones say little."""
        self.left = sum(stop - start for start, stop in map(layout.bounds, waiting))
        """Rows without an answer."""
        self._least = first
        self._waiting = deque(waiting)
        self._begun: Span | None = None
        self._returned: deque[Span] = deque()
        self._open: dict[int, _Open] = {}
        self._progress = progress
        self._tell()

    @property
    def returned(self) -> bool:
        """Whether spans that were handed out have come back without an answer."""
        return bool(self._returned)

    @property
    def ready(self) -> bool:
        """Whether :meth:`take` has a span to give."""
        more = self._waiting and not self.closing
        return bool(self._returned or self._begun or more)

    @property
    def rows_begun(self) -> int:
        """Rows that are missing from the parts in progress."""
        return sum(part.missing for part in self._open.values())

    def take(self, workers: int = 1) -> Span | None:
        """Return the next span, of which the last ones are short enough to keep all busy."""
        if self._returned:
            return self._returned.popleft()
        if self._begun is None:
            if self.closing or not self._waiting:
                return None
            part = self._waiting.popleft()
            start, stop = self.layout.bounds(part)
            self._begun = Span(part, start, stop)
            self._open[part] = _Open(stop - start)
        rest = self._begun
        fair = max(self._least, self.left // (2 * workers))
        length = max(1, min(self.length, fair))
        if rest.stop - rest.start <= 1.25 * length:  # no crumbs at the end of a part
            self._begun = None
            return rest
        self._begun = Span(rest.part, rest.start + length, rest.stop)
        return Span(rest.part, rest.start, rest.start + length)

    def give_back(self, span: Span) -> None:
        """Take back a span whose worker was lost."""
        self._returned.appendleft(span)

    def put(
        self, span: Span, columns: Mapping[str, Column], seconds: float
    ) -> tuple[int, dict[str, Column]] | None:
        """Keep a span's answers; return its part when that is complete."""
        rows = span.stop - span.start
        self.seconds.append(seconds)
        self.seconds_per_row = max(seconds, 1e-6) / rows
        self.length = max(1, min(int(SECONDS / self.seconds_per_row), GROWTH * rows))
        self.left -= rows
        part = self._open[span.part]
        part.pieces[span.start] = columns
        part.missing -= rows
        self._tell()
        if part.missing:
            return None
        return span.part, self._open.pop(span.part).joined()

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(self.layout.rows - self.left, self.layout.rows)
