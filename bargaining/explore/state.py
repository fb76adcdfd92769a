"""From what stands on the page to a game: the document with other numbers and fewer links.

A pure function of the game file and the controls.  What the file's own rules refuse is returned
as a list of sentences, each with its place, what was expected and what was found.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from bargaining.errors import BargainingError, GameFileError
from bargaining.explore.controls import Controls, Slider, Tick
from bargaining.files.document import document_of
from bargaining.files.layout import toml_text
from bargaining.loading import from_document
from bargaining.model.game import LinkageGame
from bargaining.sweeps.paths import VaryPath


@dataclass(frozen=True, eq=False)
class Changed:
    """A game file with some of its numbers moved.

    Attributes
    ----------
    document : mapping
    game : LinkageGame or None
        None where the document is refused.
    problems : tuple of str
        Why it is refused.
    changes : tuple of str
        What was moved: ``"parameters.w = 3"``, ``"guns + trade: not linked"``.
    """

    document: Mapping[str, Any]
    game: LinkageGame | None
    problems: tuple[str, ...]
    changes: tuple[str, ...]

    @property
    def toml(self) -> str:
        """The game file, to keep; expected answers are those of the original and are left out."""
        return toml_text(self.document)


def document_to_move(game: LinkageGame) -> dict[str, Any]:
    """Return a game's document; a status quo that its file leaves open stays open.

    So it follows the payoffs, as it does when the file is edited.
    """
    document = document_of(game)
    stated = game.document.get("issues") or {}
    for name, entry in (document.get("issues") or {}).items():
        if name in stated and stated[name].get("status_quo") is None:
            entry.pop("status_quo", None)
    return document


def changed(
    document: Mapping[str, Any],
    name: str,
    controls: Controls,
    *,
    numbers: Mapping[tuple[str | int, ...], Fraction],
    apart: Collection[Tick] = (),
    ask: bool = True,
) -> Changed:
    """Return the game with sliders and tick boxes where they are.

    Parameters
    ----------
    document : mapping
        The game file as it was read.
    name : str
        What the game is called.
    controls : Controls
    numbers : mapping of places to Fraction
        Where sliders stand; those left out stand at their start.
    apart : collection of Tick
        Boxes that are not ticked.
    ask : bool
        Whether a status quo that the file leaves open must be known.

    Examples
    --------
    >>> from bargaining.explore.controls import controls_of
    >>> from bargaining.files.document import document_of
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> document = document_of(game)
    >>> controls = controls_of(game, document)
    >>> place = ("issues", "0", "payoffs", "2", 1)
    >>> found = changed(document, "game", controls, numbers={place: Fraction(2)})
    >>> found.changes, found.game.issues["0"].exact_gains[1][1]
    (('issues.0.payoffs.2[1] = 2',), Fraction(2, 1))
    """
    moved = copy.deepcopy(dict(document))
    changes = []
    for steps, value in numbers.items():
        slider = controls.sliders[steps]
        if value != slider.start:
            _put(moved, slider, value)
            changes.append(f"{slider.key} = {value}")
    if apart:
        _unlink(moved, controls.ticks, apart)
        changes += [f"{' + '.join(t.issues)}: not linked" for t in controls.ticks if t in apart]
    if changes:
        moved.pop("expected", None)
    game, problems = _built(moved, name, ask=ask)
    return Changed(moved, game, problems, tuple(changes))


def _put(document: dict[str, Any], slider: Slider, value: Fraction) -> None:
    VaryPath(slider.key, slider.steps).put(document, value)


def _unlink(document: dict[str, Any], ticks: Sequence[Tick], apart: Collection[Tick]) -> None:
    """Take links away: those of the file become not negotiable, others are no longer listed."""
    gone = {frozenset(tick.issues) for tick in apart}
    if document.get("links") is not None:
        for entry in document["links"]:
            if frozenset(entry["between"]) in gone:
                entry["negotiable"] = False
        return
    alone = {name for pair in gone if len(pair) == 1 for name in pair}
    document["links"] = [
        {"between": [first, second]}
        for first, second in itertools.combinations(document["issues"], 2)
        if frozenset((first, second)) not in gone and not {first, second} & alone
    ]


def _built(
    document: Mapping[str, Any], name: str, *, ask: bool
) -> tuple[LinkageGame | None, tuple[str, ...]]:
    try:
        return from_document(document, name, ask=ask), ()
    except GameFileError as error:
        return None, error.problems
    except BargainingError as error:
        return None, (str(error),)
