"""Issues of a game that was built from an array: made only when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from bargaining.model.gains import FlatGains
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
