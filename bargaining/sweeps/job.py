"""The work of a sweep, in a form that can be sent to another process: rows in, columns out.

A row's answers depend on nothing but the job and the row's number.  What many rows can be asked
at once is (:mod:`bargaining.sweeps.batch`); what is left, and every row that the batch does not
decide beyond doubt, is solved game by game.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from bargaining import __version__
from bargaining.errors import BargainingError, InputError
from bargaining.files.document import document_of
from bargaining.linkage.facts import MakeGame, Manner, facts_of
from bargaining.linkage.nearby import moved, noise
from bargaining.loading import from_document
from bargaining.model.game import LinkageGame, require_game
from bargaining.model.spelling import show
from bargaining.settlement.arguments import check_deals
from bargaining.settlement.channels import check_required
from bargaining.settlement.package import Deals
from bargaining.settlement.solutions import solution as find_solution
from bargaining.sweeps.batch.base import Kernel
from bargaining.sweeps.columns import EMPTY, Column, constant
from bargaining.sweeps.design import Design
from bargaining.sweeps.manifest import game_key, key_of
from bargaining.sweeps.measures import Kind, Measure, cell, kind_of

OK, FAILED = "ok", "failed"
CALLED = "the game"
"""What a row's game is called in messages, whatever its file is called."""
MAX_MESSAGE = 300
PROBES = 8
"""Rows looked at to learn what kind of answers a measure has."""


@dataclass(frozen=True, eq=False)
class Job:
    """Everything that the rows of a sweep depend on.

    Attributes
    ----------
    document : mapping
        The game's file, parameters included.
    name : str
        What the game is called in messages.
    design : Design
    measures : tuple of Measure
    solution, deals, require
        How agendas are settled; as for ``solve``.
    kinds : tuple of str
        Kind of each measure; empty until :meth:`probed`.
    """

    document: Mapping[str, Any]
    name: str
    design: Design
    measures: tuple[Measure, ...]
    solution: str = "nash"
    deals: Deals = "shares"
    require: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()

    @cached_property
    def key(self) -> str:
        """Hash of game, design, measures and version, wherever the game was read from."""
        return key_of({**self.to_dict(), "document": self.document})

    def to_dict(self) -> dict[str, Any]:
        """Return what the manifest says of the job."""
        return {
            "version": __version__,
            "game": {"name": self.name, "sha256": game_key(self.document)},
            "design": self.design.to_dict(),
            "measures": [measure.name for measure in self.measures],
            "kinds": list(self.kinds),
            "solution": self.solution,
            "deals": self.deals,
            "require": list(self.require),
        }

    @cached_property
    def kernels(self) -> tuple[Kernel, ...]:
        """What can be asked of many rows at once."""
        from bargaining.sweeps.batch import kernels

        return kernels(self)

    @property
    def batched(self) -> bool:
        """Whether every measure is asked of many rows at once."""
        answered = {name for kernel in self.kernels for name in kernel.answers}
        return all(measure.name in answered for measure in self.measures)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is worked out again where the job arrives."""
        fields = ("document", "name", "design", "measures", "solution", "deals", "require", "kinds")
        return {name: getattr(self, name) for name in fields}

    def game(self, row: int) -> LinkageGame:
        """Build one row's game.

        Raises
        ------
        BargainingError
            If the game is not valid at these values.
        """
        game = self.game_at(self.design.exact(row))
        if not self.design.noise:
            return game
        return moved(game, noise(game, self.design.rng(row)), self.design.noise)

    def game_at(self, values: Sequence[Fraction]) -> LinkageGame:
        """Build the game for given values of the axes, without noise."""
        return from_document(*self._written(values))

    def _written(self, values: Sequence[Fraction]) -> tuple[dict[str, Any], str, dict[str, str]]:
        """Write the values down: the document, what it is called, its parameters."""
        parameters: dict[str, str] = {}
        document = dict(self.document)
        moved = {str(axis.path.steps[0]) for axis in self.design.axes} - {"parameters"}
        for key in moved & set(document):
            document[key] = copy.deepcopy(document[key])
        for axis, value in zip(self.design.axes, values, strict=True):
            name = axis.path.parameter
            if name is not None:
                parameters[name] = str(value)
            else:
                axis.path.put(document, value)
        return document, CALLED, parameters

    def solve(self, start: int, stop: int) -> dict[str, Column]:
        """Answer rows ``start`` to ``stop``: the axes, the measures, status and message."""
        axes = self.design.columns(start, stop)
        count = stop - start
        found: dict[str, Column] = {
            axis.name: Column(axes[:, j], np.ones(count, dtype=bool))
            for j, axis in enumerate(self.design.axes)
        }
        open_rows: dict[str, np.ndarray[Any, Any]] = {}
        for measure, kind in zip(self.measures, self.kinds, strict=True):
            found[measure.name] = constant(kind, None, count)
            open_rows[measure.name] = np.ones(count, dtype=bool)
        for kernel in self.kernels:
            solved = kernel.solve(start, stop)
            for name, answers in solved.columns.items():
                found[name] = answers
                open_rows[name] = ~solved.decided
        found["status"] = constant("text", OK, count)
        found["message"] = constant("text", None, count)
        left = np.any(list(open_rows.values()), axis=0) if open_rows else np.zeros(0, dtype=bool)
        for i in np.flatnonzero(left).tolist():
            wanted = [m for m in self.measures if open_rows[m.name][i]]
            answers_here, message = self._one(start + i, wanted)
            for name, value in answers_here.items():
                _write(found[name], i, value)
            if message is not None:
                _write(found["status"], i, FAILED)
                _write(found["message"], i, message)
        return found

    def _one(self, row: int, wanted: Iterable[Measure]) -> tuple[dict[str, Any], str | None]:
        """Answer one row game by game; the message says what could not be answered."""
        kinds = dict(zip((m.name for m in self.measures), self.kinds, strict=True))
        try:
            facts = self.facts(row)
        except Exception as error:  # one game that cannot be built does not sink the sweep
            return {measure.name: None for measure in wanted}, _said(error)
        found: dict[str, Any] = {}
        message = None
        for measure in wanted:
            try:
                value = cell(measure.read(facts))
                if value is not None and kind_of(value) != kinds[measure.name]:
                    expected = kinds[measure.name].replace("_", " or ")
                    msg = f"{measure.name}: expected a {expected} as in other rows, found {value}"
                    raise InputError(msg)
            except Exception as error:
                value = None
                message = message or _named(measure, _said(error))
            found[measure.name] = value
        return found, message

    def facts(self, row: int) -> Mapping[str, Any]:
        """Return what measures may ask about a row's game.

        Raises
        ------
        BargainingError
            If the game is not valid at the row's values.
        """
        make = None if self.design.noise else self._maker(row)
        manner = Manner(self.solution, self.deals, self.require)
        return facts_of(self.game(row), make, manner=manner)

    def _maker(self, row: int) -> MakeGame:
        """Return how to build a row's game for other parameters, as ``at`` asks for it."""

        def make(changed: Mapping[str, Any]) -> LinkageGame:
            document, name, parameters = self._written(self.design.exact(row))
            return from_document(document, name, {**parameters, **changed})

        return make

    def probed(self) -> Job:
        """Return the job with the kinds of its measures, learnt from a few of its rows.

        Raises
        ------
        BargainingError
            If a measure, or the game itself, is wrong in every row looked at.
        """
        places = np.linspace(0, self.design.rows - 1, PROBES).astype(int)
        kinds: dict[str, Kind] = {}
        answered: set[str] = set()
        problems: dict[str, str] = {}
        for row in sorted({int(place) for place in places}):
            missing = [measure for measure in self.measures if measure.name not in kinds]
            if not missing:
                break
            try:
                facts = self.facts(row)
            except Exception as error:  # other rows may do
                problems.setdefault("", _said(error, whole=True))
                continue
            answered.add("")
            for measure in missing:
                try:
                    value = cell(measure.read(facts))
                except Exception as error:
                    said = _named(measure, _said(error, whole=True))
                    problems.setdefault(measure.name, f"measure: {said}")
                    continue
                answered.add(measure.name)
                if value is not None:
                    kinds[measure.name] = kind_of(value)
        wrong = [text for name, text in problems.items() if name not in answered]
        if wrong:
            raise InputError("\n".join(dict.fromkeys(wrong)))
        return Job(
            self.document,
            self.name,
            self.design,
            self.measures,
            self.solution,
            self.deals,
            self.require,
            tuple(kinds.get(measure.name, "number") for measure in self.measures),
        )


def job_of(
    game: LinkageGame,
    design: Design,
    measures: tuple[Measure, ...],
    *,
    solution: str = "nash",
    deals: Deals = "shares",
    require: Sequence[str] = (),
) -> Job:
    """Return the work of a sweep over a game, checked on a few rows.

    Raises
    ------
    InputError
        If a path, a measure or the manner of settling is wrong.
    """
    require_game(game)
    find_solution(solution)
    check_deals(game, deals)
    if not isinstance(require, Sequence):
        msg = f"require: expected names of requirements, found {show(require)}"
        raise InputError(msg)
    check_required(game, require)
    name = game.name or game.title or "the game"
    document = json.loads(json.dumps(document_of(game), default=str))
    for key in ("claims", "expected"):
        document.pop(key, None)
    names = [measure.name for measure in measures]
    taken = [axis.name for axis in design.axes] + ["row", "draw", "status", "message"]
    problems = []
    if not names:
        problems.append("measure: expected at least one, such as linked.mutual_gain, found none")
    for k, text in enumerate(names):
        if text in names[:k] or text in taken:
            problems.append(f"measure: expected each column once, found {text} twice")
    unknown = [
        f"vary: {a.name}: expected a parameter of the game "
        f"({', '.join(game.parameters) or 'it has none'}), found {a.path.parameter}"
        for a in design.axes
        if a.path.parameter is not None and a.path.parameter not in game.parameters
    ]
    if problems or unknown:
        raise InputError("\n".join([*unknown, *problems]))
    return Job(document, name, design, measures, solution, deals, tuple(require)).probed()


def _write(at: Column, row: int, value: Any) -> None:
    at.known[row] = value is not None
    if value is not None:
        at.values[row] = value
    else:
        kinds: dict[str, Kind] = {"b": "yes_no", "f": "number", "O": "text"}
        at.values[row] = EMPTY[kinds[at.values.dtype.kind]]


def _named(measure: Measure, said: str) -> str:
    """Say which measure is meant, once."""
    return said if said.startswith(f"{measure.name}: ") else f"{measure.name}: {said}"


def _said(error: Exception, *, whole: bool = False) -> str:
    """Say what went wrong: in one short line, or as a whole."""
    text = str(error).strip() if isinstance(error, BargainingError) else ""
    text = text or f"{type(error).__name__}: {error}"
    if whole:
        return text
    line = " ".join(text.split())
    return line if len(line) <= MAX_MESSAGE else line[: MAX_MESSAGE - 1] + "…"
