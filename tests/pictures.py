"""Reading pictures back: what stands on the Axes, and in the SVG."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import numpy as np

from bargaining.model.game import LinkageGame
from bargaining.report.pages.words import words
from bargaining.report.plots import KINDS
from bargaining.report.plots.kind import Ask
from bargaining.report.plots.style import blank, encoded

SVG = "{http://www.w3.org/2000/svg}"
EN, ES = words("en"), words("es")
HOSTILE = "<script>alert('1')</script> & \"$x^2$\" {key} \\frac{1} مرحبا \u202e " + "y" * 300


def drawn(kind: str, game: LinkageGame, **ask: Any) -> Any:
    """Axes with the picture."""
    axes = blank().add_subplot()
    returned = KINDS[kind].draw(axes, game, EN, Ask(**ask))
    assert returned is axes
    return axes


def lines(axes: Any, gid: str) -> list[np.ndarray]:
    """Points of the lines that carry a name (a prefix)."""
    return [
        np.column_stack([np.asarray(line.get_xdata()), np.asarray(line.get_ydata())])
        for line in axes.get_lines()
        if str(line.get_gid()).startswith(gid)
    ]


def line(axes: Any, gid: str) -> np.ndarray:
    """Points of the only line of that name."""
    (found,) = lines(axes, gid)
    return found


def texts(axes: Any) -> list[str]:
    """Texts on the Axes, line breaks and hard spaces made plain."""
    return [" ".join(text.get_text().split()) for text in axes.texts if text.get_text()]


def svg(kind: str, game: LinkageGame, speak: Any = EN, **ask: Any) -> ET.Element:
    """The picture as a tree."""
    return ET.fromstring(encoded(KINDS[kind].picture(game, speak, Ask(**ask)), ".svg"))


def hostile_game() -> LinkageGame:
    """Two players, two issues, names that want to break something."""
    from bargaining.model.issue import Issue

    players = [f"{HOSTILE}1", f"{HOSTILE}2"]
    issues = []
    for k, rows in enumerate(([[3, 0], [4, 1]], [[3, 0], [4, 1]])):
        name = f"{HOSTILE}{k}".replace("+", " ").replace(",", " ")
        labels = [f"{HOSTILE}a", f"{HOSTILE}b"]
        first = np.array(rows)
        issues.append(
            Issue.normal_form(
                name, players, dict.fromkeys(players, labels),
                {players[0]: first.tolist(), players[1]: first.T.tolist()},
                status_quo=dict.fromkeys(players, labels[1]),
            )
        )  # fmt: skip
    premium = {players[0]: {"scale": 1, "rate": 1}}
    seen = {players[0]: [0, 1, 1, 0]}
    from dataclasses import replace
    from fractions import Fraction

    issues = [
        replace(i, visibility={p: tuple(map(Fraction, v)) for p, v in seen.items()}) for i in issues
    ]
    channels = {"premium": {p: {k: Fraction(v) for k, v in t.items()} for p, t in premium.items()}}
    return LinkageGame(players, issues, title=HOSTILE, channels=channels)
