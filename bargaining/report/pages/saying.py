"""The catalogue as HTML: every name isolated and escaped, every figure as the library writes it.

Names come from game files: they may hold markup, quotes, or letters that run from right to left.
They are escaped and stand in ``<bdi>``, so that they cannot change what stands around them.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePath

from markupsafe import Markup, escape

from bargaining.model.game import LinkageGame
from bargaining.model.spelling import printable
from bargaining.report.pages.blocks import Cell
from bargaining.report.pages.words import Words, and_before, catalogue
from bargaining.results import Number, in_figures, signed

PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Saying:
    """The catalogue in one language, as markup.

    Examples
    --------
    >>> print(Saying(Words("en"))("list.and", first="<b>", last="trade"))
    <bdi>&lt;b&gt;</bdi> and <bdi>trade</bdi>
    """

    words: Words

    def __call__(self, key: str, **values: object) -> Markup:
        """Return a text, its named places filled in: markup as it is, names isolated."""
        filled = {
            place: value if isinstance(value, (int, float, Markup)) else name(str(value))
            for place, value in values.items()
        }
        text = Markup(escape(catalogue()[key][self.words.language]))
        return text.format_map(filled)

    def listed(self, items: Iterable[str]) -> Markup:
        """Return names (or markup) as a list in a sentence."""
        parts = [item if isinstance(item, Markup) else name(item) for item in items]
        if len(parts) < 2:
            return Markup().join(parts)
        key = and_before(parts[-1].striptags())
        return self(key, first=Markup(", ").join(parts[:-1]), last=parts[-1])

    def gains(self, gained: Mapping[str, Number], players: Sequence[str]) -> Markup:
        """Say who gains what."""
        return self.listed(
            Markup("{} {}").format(name(player), signed(gained[player])) for player in players
        )

    def figure(self, value: Number | None, measure: str = "", *, change: bool = False) -> Cell:
        """Return a number as a cell; None is "none"."""
        if value is None:
            return Cell(self("report.none"), measure=measure, exact="none")
        text = signed(value) if change else in_figures(value)
        shown = Markup("{}").format(text)
        if "/" in text:
            shown += Markup(' <span class="faint">({})</span>').format(f"{float(value):.4g}")
        return Cell(shown, float(value), measure, text)

    def share(self, value: Number, measure: str = "") -> Cell:
        """Return a share as a cell with its percentage and a bar."""
        text = in_figures(value)
        shown = percent(value)
        if isinstance(value, Fraction) and value.denominator > 1 and "/" in text:
            shown += Markup(' <span class="faint">({})</span>').format(text)
        return Cell(shown, float(value), measure, text, min(1.0, max(0.0, float(value))))


def percent(value: Number, digits: int = 4) -> Markup:
    """Return a share of one in percent.

    >>> print(percent(Fraction(5, 12)))
    41.67%
    """
    return Markup("{}%").format(f"{100 * float(value):.{digits}g}")


def name(text: str) -> Markup:
    """Return a name from a game file.

    >>> print(name("<script>"))
    <bdi>&lt;script&gt;</bdi>
    """
    return Markup("<bdi>{}</bdi>").format(printable(text))


def title_of(game: LinkageGame) -> str:
    """Return a game's title; of a game without one the name of its file, no folders, no ending.

    >>> from dataclasses import replace
    >>> game = LinkageGame.from_payoffs([[[0, 0], [1, 1]]])
    >>> title_of(replace(game, name="games/old/fish.toml"))
    'fish'
    """
    return game.title or PurePath(game.name).stem


def agenda_name(text: str) -> Markup:
    """Return packages such as ``guns+fentanyl,trade``, which may break into lines between names.

    >>> print(agenda_name("guns+trade"))
    <bdi>guns</bdi>+<wbr><bdi>trade</bdi>
    """
    tables = (Markup("+<wbr>").join(map(name, table.split("+"))) for table in text.split(","))
    return Markup(",<wbr>").join(tables)


def label(text: str) -> Cell:
    """Return a name as a cell."""
    return Cell(name(text))


def foreign(text: str) -> Markup:
    """Return a sentence of the library, which speaks English."""
    return Markup('<span lang="en">{}</span>').format(printable(text))


def measure(*steps: str) -> str:
    """Return a field of the verdict in the language of sweeps.

    >>> measure("agendas", "linked", "gains", "us")
    'agendas.linked.gains.us'
    >>> measure("issues", "ports of entry", "status")
    "issues['ports of entry'].status"
    """
    found = steps[0]
    for step in steps[1:]:
        simple = PLAIN_NAME.fullmatch(step) and not keyword.iskeyword(step)
        found += f".{step}" if simple else f"[{step!r}]"
    return found
