"""Which payoffs of a game file vary along the rows of a sweep, and where they land in the tables.

A payoff is a cell of ``issues.K.payoffs.P``, times the player's weight on the issue, or an entry of
``links[i].spillovers[j].payoffs.P``, which several joint outcomes may receive.  Anything else that
varies, and does not only move discount factors, makes the sweep unsuitable for tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.files.links import matching
from bargaining.files.problems import Reading
from bargaining.model.game import LinkageGame
from bargaining.sweeps.batch.numbers import Numbers, Source, UnsuitableError, names_in

if TYPE_CHECKING:
    from bargaining.sweeps.job import Job

ABSENT = ("transfers", "types", "reservation", "constraints", "worth")
"""Tables of a file with which payoffs are not only those of issues and links."""
WORDS = ("format", "title", "question", "players", "source", "parameters")
LABELS = ("title", "description", "actions", "options", "status_quo", "between", "when",
          "negotiable")  # fmt: skip
MAX_CELLS = 5_000

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Cell:
    """A payoff that varies.

    Attributes
    ----------
    source : Source
    weight : Source or None
        The player's weight on the issue; None for spillovers, and where the weight is 1.
    player : int
    issues : tuple of int
        One issue, or the two of a link.
    outcomes : tuple of tuple of int
        Outcomes (of both issues) that receive it.
    """

    source: Source
    weight: Source | None
    player: int
    issues: tuple[int, ...]
    outcomes: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Found:
    """Everything that varies in a job's file.

    Attributes
    ----------
    cells : tuple of Cell
    weights : tuple of Source
        Weights that vary.
    discount : mapping of str to Source
        Of all players who have a factor.
    """

    cells: tuple[Cell, ...]
    weights: tuple[Source, ...]
    discount: Mapping[str, Source]


def varying_cells(job: Job, numbers: Numbers, game: LinkageGame) -> Found:
    """Find what varies.

    Raises
    ------
    UnsuitableError
        If something varies that tables do not hold.
    """
    return _Search(job, numbers, game).found()


class _Search:
    def __init__(self, job: Job, numbers: Numbers, game: LinkageGame) -> None:
        self.numbers, self.game = numbers, game
        self.document: Mapping[str, Any] = job.document
        self.axes: dict[Place, int] = {}
        for j, axis in enumerate(job.design.axes):
            for target in axis.path.targets({"players": list(game.players)}):
                self.axes[tuple(target)] = j
        for place in self.axes:
            if place[0] not in ("issues", "links", "parameters", "discount", "weights"):
                raise UnsuitableError
        self.met: set[Place] = {p for p in self.axes if p[0] == "parameters"}

    def found(self) -> Found:
        if any(self.document.get(key) for key in ABSENT):
            raise UnsuitableError
        cells = [*self._payoffs(), *self._spillovers()]
        self._others()
        discount = {p: s for p, s in self._table("discount", ()) if p in self.game.players}
        if len(cells) > MAX_CELLS or self.met != set(self.axes):
            raise UnsuitableError
        return Found(tuple(cells), tuple(self._weights()), discount)

    def _source(self, place: Place, raw: Any) -> Source:
        if place in self.axes:
            self.met.add(place)
        return self.numbers.source(raw, self.axes.get(place))

    def _table(self, key: str, inner: Place) -> Iterator[tuple[str, Source]]:
        """Yield the entries of a table of numbers, those that only the axes name included."""
        table: Any = self.document.get(key) or {}
        for step in inner:
            table = table.get(step) or {}
        where = (key, *inner)
        named = [p[-1] for p in self.axes if p[:-1] == where and p[-1] not in table]
        for name in [*table, *named]:
            yield str(name), self._source((*where, name), table.get(name, 0))

    def _weights(self) -> Iterator[Source]:
        for player in self.game.players:
            for _, source in self._table("weights", (player,)):
                if source.axes:
                    yield source

    def _payoffs(self) -> Iterator[Cell]:
        for k, (name, table) in enumerate(self.document["issues"].items()):
            self._still(table, ("issues", name), skip=("payoffs",))
            issue, acting = self.game.issues[name], False
            for player, nested in (table.get("payoffs") or {}).items():
                weight = dict(self._table("weights", (player,))).get(name)
                for path, raw in _leaves(nested):
                    place = ("issues", name, "payoffs", player, *path)
                    source = self._source(place, raw)
                    if source.axes or (weight is not None and weight.axes):
                        acting = True
                        at = int(np.ravel_multi_index([int(i) for i in path], issue.shape))
                        who = self.game.players.index(player)
                        yield Cell(source, weight, who, (k,), ((at,),))
            if acting and table.get("status_quo") is None:
                raise UnsuitableError  # the unique equilibrium, which may be another elsewhere

    def _spillovers(self) -> Iterator[Cell]:
        for i, link in enumerate(self.document.get("links") or ()):
            self._still(link, ("links", i), skip=("spillovers",))
            for j, entry in enumerate(link.get("spillovers") or ()):
                place: Place = ("links", i, "spillovers", j)
                self._still(entry, place, skip=("payoffs",))
                for player, raw in entry["payoffs"].items():
                    source = self._source((*place, "payoffs", player), raw)
                    if source.axes:
                        yield self._spillover(link["between"], entry["when"], player, source)

    def _spillover(self, between: Any, when: Any, player: str, source: Source) -> Cell:
        reading = Reading(players=self.game.players)
        masks = [matching(reading, (), self.game.issues[n], when.get(n)) for n in between]
        outcomes = tuple(map(tuple, np.argwhere(np.logical_and.outer(*masks)).tolist()))
        issues = tuple(self.game.position(name) for name in between)
        return Cell(source, None, self.game.players.index(player), issues, outcomes)

    def _others(self) -> None:
        """Raise if anything else speaks of what varies."""
        for key, value in self.document.items():
            if key not in (*WORDS, "issues", "links", "discount", "weights"):
                self._still(value, (key,), skip=())

    def _still(self, table: Any, place: Place, skip: tuple[str, ...]) -> None:
        """Raise if a part of the file varies; labels that look like formulas count as such."""
        if any(p[: len(place)] == place and p[len(place)] not in skip for p in self.axes):
            raise UnsuitableError
        varying = self.numbers.varying
        for path, raw in _leaves(table):
            if path and (path[0] in skip or _wording(place, path[0])):
                continue
            if varying.intersection(names_in(raw)):
                raise UnsuitableError


def _wording(place: Place, key: str | int) -> bool:
    """Whether a part of an issue or a link holds names, not numbers."""
    return place[0] in ("issues", "links") and key in LABELS


def _leaves(nested: Any) -> Iterator[tuple[Place, Any]]:
    if isinstance(nested, (list, tuple)):
        for i, item in enumerate(nested):
            for path, raw in _leaves(item):
                yield (i, *path), raw
    elif isinstance(nested, dict):
        for key, item in nested.items():
            for path, raw in _leaves(item):
                yield (key, *path), raw
    else:
        yield (), nested
