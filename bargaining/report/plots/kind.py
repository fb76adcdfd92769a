"""What a kind of picture declares, and how a game becomes one.

A kind finds what it shows, paints it on the Axes it is given, and tells it in words; the numbers
of the picture and those of the words are the same objects.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bargaining.errors import NotDefinedError
from bargaining.model.game import LinkageGame
from bargaining.report.pages.words import Words, words
from bargaining.report.plots.frame import LEGEND_ROW, headed, legend
from bargaining.report.plots.labels import Label, place, stack
from bargaining.report.plots.style import (
    CENTIMETRE,
    WIDTH,
    Picture,
    blank,
    look,
    shortened,
)

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Painted:
    """What was drawn, and what is still to be put around it.

    Attributes
    ----------
    entries : list
        Of a legend.
    labels : list of Label
        To be placed once the layout is known.
    spots : list of (x, y)
        Points that labels should not cover.
    lines : list of arrays, shape (m, 2)
        Lines that labels should not cover.
    column : list of Label
        To be stacked beside the axes, on the right.
    """

    entries: list[Any] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    spots: list[tuple[float, float]] = field(default_factory=list)
    lines: list[NDArray[np.float64]] = field(default_factory=list)

    column: list[Label] = field(default_factory=list)

    def placed(self, axes: Axes) -> None:
        """Write the labels."""
        stack(axes, self.column)
        place(axes, self.labels, spots=self.spots, lines=self.lines)


@dataclass(frozen=True)
class Ask:
    """What is asked beside the game.

    Attributes
    ----------
    solution : str
        The concept by which agendas are settled.
    issue : str or None
        For pictures of one issue: which.
    """

    solution: str = "nash"
    issue: str | None = None


PLAIN = Ask()
FILES = (".toml", ".json", ".yaml", ".yml")


@dataclass(frozen=True)
class Kind:
    """One kind of picture.

    Attributes
    ----------
    id : str
    title_key : str
        In the catalogue.
    why_not : callable
        (game, speak, ask) to why it cannot be drawn, or None; quick.
    find : callable
        (game, ask) to what is shown.
    paint : callable
        (axes, found, speak): draws it and returns what belongs around it.
    tell : callable
        (found, speak) to the picture in words, with its numbers.
    left_out : callable
        (found, speak) to lines that say what the picture leaves out.
    height : callable
        found to centimetres.
    """

    id: str
    title_key: str
    why_not: Callable[[LinkageGame, Words, Ask], str | None]
    find: Callable[[LinkageGame, Ask], Any]
    paint: Callable[[Axes, Any, Words], Painted]
    tell: Callable[[Any, Words], str]
    left_out: Callable[[Any, Words], tuple[str, ...]]
    height: Callable[[Any], float]

    def applies(
        self, game: LinkageGame, speak: Words | None = None, ask: Ask = PLAIN
    ) -> str | None:
        """Say why it cannot be drawn of a game; None if it can."""
        speak = speak or words("en")
        if not len(game.issues):
            return speak("plot.no_issues")
        return self.why_not(game, speak, ask)

    def draw(self, axes: Axes, game: LinkageGame, speak: Words, ask: Ask = PLAIN) -> Axes:
        """Draw on Axes of one's own, with a legend where it needs one."""
        with look():
            painted = self.paint(axes, self.found(game, speak, ask), speak)
            if painted.entries:
                names = [str(entry.get_label()) for entry in painted.entries]
                axes.legend(painted.entries, names)
            painted.placed(axes)
        return axes

    def describe(self, game: LinkageGame, speak: Words, ask: Ask = PLAIN) -> str:
        """Say in words what the picture shows, with its numbers."""
        return self._described(self.found(game, speak, ask), speak)

    def found(self, game: LinkageGame, speak: Words, ask: Ask = PLAIN) -> Any:
        """Work out what is shown.

        Raises
        ------
        NotDefinedError
            If there is no such picture of the game.
        """
        reason = self.applies(game, speak, ask)
        if reason is not None:
            name = shortened(game.name or game.title or speak("plot.the_game"))
            msg = f"{name}: {self.id}: {reason}"
            raise NotDefinedError(msg)
        return self.find(game, ask)

    def _described(self, found: Any, speak: Words) -> str:
        return " ".join([self.tell(found, speak), *self.left_out(found, speak)])

    def picture(
        self,
        game: LinkageGame,
        speak: Words,
        ask: Ask = PLAIN,
        *,
        title: str | None = None,
        width: float = WIDTH,
        height: float | None = None,
    ) -> Picture:
        """Draw a game as a figure of its own.

        Parameters
        ----------
        game : LinkageGame
        speak : Words
            The catalogue in a language.
        ask : Ask
        title : str, optional
            Default: the game's.
        width, height : float
            In centimetres.

        Raises
        ------
        NotDefinedError
            If there is no such picture of the game.
        InputError
            If the size cannot be drawn.
        """
        found = self.found(game, speak, ask)
        heading = title if title is not None else heading_of(game) or speak("plot.the_game")
        kind, notes = speak(self.title_key), self.left_out(found, speak)
        with look():
            figure = blank(width, self.height(found) if height is None else height)
            axes = figure.add_subplot()
            headed(axes, heading, [kind, *notes], width)
            painted = self.paint(axes, found, speak)
            if painted.entries:
                rows = legend(figure, painted.entries, width)
                if height is None:
                    grown = figure.get_figheight() + (rows - 1) * LEGEND_ROW * CENTIMETRE
                    figure.set_figheight(grown)
            # Labels come last: where there is room depends on all the rest.
            painted.placed(axes)
        line = f"{shortened(heading, 240)}: {kind}"
        return Picture(figure, line, self._described(found, speak), notes)


def heading_of(game: LinkageGame) -> str:
    """Return the title of a game; without one the name of its file."""
    called = Path(game.name)
    return game.title or (called.stem if called.suffix in FILES else game.name)


def nothing_left_out(found: Any, speak: Words) -> tuple[str, ...]:
    """For kinds that always show everything."""
    return ()
