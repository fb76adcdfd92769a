"""What a report's sections are made of: paragraphs, lists, tables, pictures, formulas, listings.

Sections say what there is to say as blocks; the template turns blocks into HTML.  Texts are
markup that was escaped where it was made (:mod:`.saying`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

NOTHING = Markup()
LONG = 40
"""Texts of more characters do not fit into a narrow column."""


@dataclass(frozen=True)
class Cell:
    """One cell of a table.

    Attributes
    ----------
    text : Markup
    value : float or None
        The number shown, for sorting and for tests.
    measure : str
        Which field of the verdict it is, in the language of sweeps; "" for none.
    exact : str
        The number as the library writes it; "" for texts.
    share : float or None
        Drawn as a bar from 0 to 1.
    """

    text: Markup
    value: float | None = None
    measure: str = ""
    exact: str = ""
    share: float | None = None

    @property
    def numeric(self) -> bool:
        """Whether it is set flush right."""
        return bool(self.exact)

    @property
    def long(self) -> bool:
        """Whether it needs room on a narrow screen."""
        return len(self.text.striptags()) > LONG


@dataclass(frozen=True)
class Paragraph:
    """One paragraph; ``style`` is a class of the style sheet."""

    kind: ClassVar[str] = "paragraph"
    text: Markup
    style: str = ""


@dataclass(frozen=True)
class Points:
    """A list."""

    kind: ClassVar[str] = "points"
    items: tuple[Markup, ...]


@dataclass(frozen=True)
class Grid:
    """A table; the first column names its rows.

    Attributes
    ----------
    caption : Markup
    head : tuple of Markup
    rows : tuple of tuple of Cell
    sortable : bool
    rest : Markup
        What is left out, if anything.
    """

    kind: ClassVar[str] = "grid"
    caption: Markup
    head: tuple[Markup, ...]
    rows: tuple[tuple[Cell, ...], ...]
    sortable: bool = True
    rest: Markup = NOTHING

    def flush(self, column: int) -> bool:
        """Whether a column holds numbers."""
        return any(row[column].numeric for row in self.rows)


@dataclass(frozen=True)
class Picture:
    """A picture as SVG, with its caption."""

    kind: ClassVar[str] = "picture"
    svg: Markup
    caption: Markup


@dataclass(frozen=True)
class Formula:
    """A formula, one click away, with what its signs mean."""

    kind: ClassVar[str] = "formula"
    summary: Markup
    formula: Markup
    meaning: Markup


@dataclass(frozen=True)
class Listing:
    """Commands, code or a file, as it is typed."""

    kind: ClassVar[str] = "listing"
    label: Markup
    text: str
    folded: bool = False

    @property
    def lines(self) -> Markup:
        """The text, its line ends written so that no template drops an empty line."""
        return Markup("&#10;").join(self.text.rstrip("\n").split("\n"))


@dataclass(frozen=True)
class Fold:
    """Blocks, one click away; with the style "key" they are printed only where they are open."""

    kind: ClassVar[str] = "fold"
    summary: Markup
    blocks: tuple[Paragraph | Points | Grid, ...]
    style: str = ""


@dataclass(frozen=True)
class Columns:
    """Small tables side by side, as far as there is room."""

    kind: ClassVar[str] = "columns"
    grids: tuple[Grid, ...]


Block = Paragraph | Points | Grid | Columns | Picture | Formula | Listing | Fold


@dataclass(frozen=True)
class Section:
    """One section of a report."""

    key: str
    title: Markup
    blocks: tuple[Block, ...]
