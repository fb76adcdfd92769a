"""What stands around a picture: the title, what is shown in small letters, and the legend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bargaining.report.plots.style import shortened, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEGEND_ROW = 0.52
"""Centimetres; a picture whose height is not given grows with its legend."""
MAX_ABOVE = 4
"""Lines between the title and the picture."""


def headed(
    axes: Axes, heading: str, above: Sequence[str], width: float, *, start: float = 6.0
) -> None:
    """Write the title, and below it in smaller letters what is shown; ``start`` points up."""
    small = [wrapped(shortened(line, 200), int(width * 5.2), 2) for line in above[:MAX_ABOVE]]
    lines = sum(text.count("\n") + 1 for text in small)
    for text, size, weight, up in (
        ("\n".join(small), 9.0, "normal", start),
        (wrapped(heading, int(width * 3.8), 2), 11.0, "bold", start + 5 + lines * 11.5),
    ):
        axes.annotate(
            text, (0.0, 1.0), xycoords=("figure fraction", "axes fraction"), xytext=(6, up),
            textcoords="offset points", ha="left", va="bottom", fontsize=size, fontweight=weight,
        )  # fmt: skip


def legend(figure: Figure, entries: Sequence[Any], width: float) -> int:
    """Write the legend below, in one row where it fits; return how many rows it has."""
    labels = [shortened(entry.get_label(), max(16, int(width * 4.4))) for entry in entries]
    room, columns = width * 5.5, len(labels)
    if sum(len(label) + 10 for label in labels) > room:
        columns = max(1, min(columns, int(room / (10 + max(map(len, labels))))))
    shown = figure.legend(
        list(entries), [str(k) for k in range(len(labels))], loc="outside lower center",
        ncols=columns, handlelength=3.6, handleheight=1.2,
    )  # fmt: skip
    # Given to the legend itself, a label that begins with "_" would be left out.
    for text, label in zip(shown.get_texts(), labels, strict=True):
        text.set_text(label)
    return -(-len(labels) // columns)
