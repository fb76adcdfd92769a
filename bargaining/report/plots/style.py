"""The one place for how pictures look, and for how they are written.

Colours are Okabe and Ito's, which colour-blind readers tell apart; whatever a colour says, a
hatch, a marker or a line style says too, so that a picture survives a photocopier.  Figures are
made from :class:`matplotlib.figure.Figure` alone: no window, no pyplot, no state.  The same
picture gives the same bytes.

References
----------
Okabe, M. and Ito, K. (2002). Color Universal Design.
"""

from __future__ import annotations

import hashlib
import io
import math
import re
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from bargaining import __version__
from bargaining.errors import InputError
from bargaining.model.spelling import printable, show
from bargaining.results import Number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bargaining.model.game import LinkageGame
    from bargaining.report.pages.words import Words

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILLION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
PALE, GREY = "#F2F2F2", "#777777"
INK = "#222222"
COLOURS = (BLUE, ORANGE, GREEN, VERMILLION, PURPLE, SKY, BLACK, GREY)
"""For lines, in this order; yellow would be lost on white."""
FILLS = (SKY, YELLOW, PURPLE, GREEN, ORANGE, BLUE, VERMILLION, "#999999")
"""For areas, in this order."""
HATCHES = ("", "///", "..", "\\\\\\", "---", "oo", "xxx", "+++")
"""For areas, beside the colour."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES: tuple[Any, ...] = (
    "-", "--", ":", "-.", (0, (6, 2)), (0, (1, 1)), (0, (3, 1, 1, 1)), (0, (8, 2, 1, 2)),
)  # fmt: skip
NUMBERS = "viridis"
"""A scale of colours that grows from dark to light, in grey too."""
FORMATS = (".svg", ".pdf", ".png")
CENTIMETRE = 1 / 2.54
WIDTH, HEIGHT = 16.0, 12.0
"""Default size in centimetres."""
SMALLEST, LARGEST = 5.0, 100.0
DOTS = 200
"""Per inch in a .png file."""
RULES: dict[str, Any] = {
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "Helvetica"],
    "font.size": 9.0,
    "axes.titlesize": 11.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 10.0,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 9.0,
    "lines.linewidth": 1.6,
    "lines.markersize": 5.0,
    "figure.facecolor": "white",
    "savefig.dpi": DOTS,
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "image.composite_image": False,
}
UNKNOWN_LETTERS = r"Glyph .* missing from (current )?font"
_NO_ROOM = "constrained_layout not applied"


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure, and what it shows in words.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
    title : str
        One line.
    description : str
        What somebody who does not see the picture should know.
    notes : tuple of str
        What was left out or rounded, for the person who asked for the picture.
    """

    figure: Figure
    title: str
    description: str
    notes: tuple[str, ...] = ()


@contextmanager
def look() -> Iterator[None]:
    """Draw in this package's look, whatever settings the user has; they are put back after."""
    from matplotlib import style

    with style.context(["default", RULES]):
        yield


def blank(width: float = WIDTH, height: float = HEIGHT) -> Figure:
    """Return an empty figure; sizes in centimetres.

    Raises
    ------
    InputError
        If a size is not within 5 to 100 cm.
    """
    from matplotlib.figure import Figure

    for name, size in (("width", width), ("height", height)):
        if not (math.isfinite(size) and SMALLEST <= size <= LARGEST):
            msg = f"{name}: expected {SMALLEST:g} to {LARGEST:g} centimetres, found {size:g}"
            raise InputError(msg)
    figure = Figure((width * CENTIMETRE, height * CENTIMETRE), layout="constrained")
    engine = figure.get_layout_engine()
    assert engine is not None
    engine.set(w_pad=0.09, h_pad=0.07)
    return figure


def shortened(text: str, length: int = 48) -> str:
    """Return a name on one line, printable, its middle left out where it is too long.

    >>> shortened("issues.guns.payoffs.mexico[1]", 15)
    'issues.…xico[1]'
    """
    line = printable(" ".join(str(text).split()))
    if len(line) <= length:
        return line
    tail = (length - 1) // 2
    return line[: length - 1 - tail] + "…" + line[-tail:]


def brief(value: Number) -> str:
    """Write a number beside a point: small fractions as such, others to four digits.

    >>> brief(Fraction(9, 4)), brief(Fraction(105, 126)), brief(1.68377), brief(Fraction(355, 113))
    ('9/4', '5/6', '1.684', '3.142')
    """
    if isinstance(value, Fraction) and value.denominator < 100 and abs(value) < 10**6:
        return str(value)
    text = f"{float(value):.4g}"
    return "0" if text == "-0" else text


def wrapped(text: str, width: int, lines: int = 2) -> str:
    r"""Return a heading on a few lines, cut where it needs more.

    >>> wrapped("Guns for fentanyl", 10)
    'Guns for\nfentanyl'
    """
    line = printable(" ".join(str(text).split()))
    return "\n".join(textwrap.wrap(line, width, max_lines=lines, placeholder=" …"))


def suffix_of(path: str | Path) -> str:
    """Return the format that a file's name asks for.

    Raises
    ------
    InputError
        If it is none that pictures are written in.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        found = show(suffix) if suffix else "none"
        msg = f"{path}: expected a name that ends in {', '.join(FORMATS)}, found {found}"
        raise InputError(msg)
    return suffix


def save(picture: Picture, path: str | Path) -> None:
    """Write a picture, in the format that the file's name asks for.

    Raises
    ------
    InputError
        If the name ends in none of .svg, .pdf and .png, or the file cannot be written.
    """
    data = encoded(picture, suffix_of(path))
    try:
        Path(path).write_bytes(data)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        msg = f"{path}: the picture could not be written: {reason}"
        raise InputError(msg) from None


def encoded(picture: Picture, suffix: str) -> bytes:
    """Return the bytes of a picture in one of the formats; equal pictures give equal bytes.

    Raises
    ------
    InputError
        If its labels do not fit in it.
    """
    title, words = printable(picture.title), printable(picture.description)
    maker = f"bargaining {__version__}"
    metadata: dict[str, dict[str, Any]] = {
        ".svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
        ".pdf": {"Title": title, "Subject": words, "Creator": maker, "CreationDate": None},
        ".png": {"Title": title, "Description": words, "Software": maker},
    }
    # Names inside the file are its own, so that several pictures fit on one page.
    salt = hashlib.sha256(f"{title}\n{words}".encode()).hexdigest()[:12]
    from matplotlib import rc_context

    buffer = io.BytesIO()
    with look(), rc_context({"svg.hashsalt": salt}), warnings.catch_warnings():
        # A reader's own fonts may have the letters that the font shipped with Matplotlib lacks.
        warnings.filterwarnings("ignore", message=UNKNOWN_LETTERS, category=UserWarning)
        warnings.filterwarnings("error", message=_NO_ROOM, category=UserWarning)
        try:
            picture.figure.savefig(buffer, format=suffix[1:], metadata=metadata[suffix])
        except UserWarning:
            msg = "the picture is too small for its labels: make it wider, or higher"
            raise InputError(msg) from None
    data = buffer.getvalue()
    return _accessible(data.decode(), title, words, salt).encode() if suffix == ".svg" else data


def figure_svg(kind: str, game: LinkageGame, speak: Words) -> str:
    """Return a picture of a game for a page: SVG with title and description in its language.

    Raises
    ------
    InputError
        If the kind is unknown.
    NotDefinedError
        If there is no such picture of the game; ``KINDS[kind].applies(game)`` says why.
    """
    from bargaining.report.plots import KINDS

    if kind not in KINDS:
        msg = f"kind: expected one of {', '.join(KINDS)}, found {show(kind)}"
        raise InputError(msg)
    svg = encoded(KINDS[kind].picture(game, speak), ".svg").decode()
    return svg[svg.index("<svg") :]


def _accessible(svg: str, title: str, words: str, name: str) -> str:
    """Give an SVG its title and description, and take out the reference to a distant DTD."""
    svg = re.sub(r"<!DOCTYPE[^>]*>\s*", "", svg, count=1)
    opening = re.search(r"<svg\b[^>]*>", svg)
    assert opening is not None
    ids = f"title-{name} description-{name}"
    root = f'{opening.group()[:-1]} role="img" aria-labelledby="{ids}">'
    head = (
        f'\n <title id="title-{name}">{escape(title)}</title>'
        f'\n <desc id="description-{name}">{escape(words)}</desc>'
    )
    return svg[: opening.start()] + root + head + svg[opening.end() :]
