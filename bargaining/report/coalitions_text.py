"""What coalitions are worth and how gains could be divided, as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from rich.console import Group, RenderableType

from bargaining.linkage.coalitions.answer import CoalitionAnalysis
from bargaining.model.spelling import printable
from bargaining.report.parts import (
    MAX_ROWS,
    heading_line,
    indented,
    more_rows,
    new_table,
    plain,
    plain_lines,
    title_lines,
)
from bargaining.results import in_figures

OUTSIDERS = {
    "status_quo": "outsiders keep to their status-quo acts",
    "minmax": "outsiders hold a coalition down as far as they can",
    "best_reply": "a coalition acts as one, outsiders each at their best reply",
    "stated": "as stated",
}
MAX_WEIGHTS = 12


def coalitions_text(found: CoalitionAnalysis) -> RenderableType:
    """Return worths, divisions and the core, with what proves them."""
    game = found.game
    title = "Coalitions" if game is None else game.title or game.name
    question = None if game is None else game.document.get("question")
    parts: list[RenderableType] = title_lines(title, question)
    convention = OUTSIDERS[found.outsiders]
    money = "" if found.utility == "transferable" else ", members cannot pay each other"
    parts += [heading_line(f"What coalitions are worth ({convention}{money})")]
    parts += [indented(_worths(found)), plain("")]
    if found.shapley is not None:
        parts += [heading_line("How the gains of all could be divided")]
        parts += [indented(_divisions(found)), plain("")]
    words = [*core_words(found), *_nature(found), *found.notes]
    parts.append(plain_lines([printable(line) for line in words]))
    return Group(*parts)


def parties_words(found: CoalitionAnalysis) -> list[str]:
    """Say in a verdict what coalitions could reach if their members could pay each other."""
    lines = []
    worth = {name: value for name, value in found.worth.items() if value and "+" in name}
    listed = ", ".join(f"{name} {in_figures(v)}" for name, v in islice(worth.items(), MAX_WEIGHTS))
    more = ", …" if len(worth) > MAX_WEIGHTS else ""
    lines.append(
        f"If members could pay each other, coalitions are worth: {listed or 'nothing'}{more}."
    )
    if found.shapley is not None:
        lines.append(f"Shapley value: {_listed(found.shapley)}.")
    if found.core is not None:
        empty = "empty: whatever the division, some coalition does better alone"
        lines.append(f"The core is {empty if found.core.empty else 'not empty'}.")
    return lines


def core_words(found: CoalitionAnalysis) -> list[str]:
    """Say whether some division leaves no coalition a better answer, and why."""
    core = found.core
    if core is None:
        return []
    if core.point is not None:
        kept = -core.least
        words = "The core is not empty: no coalition does better alone than under "
        words += _listed(core.point) + "."
        if kept > 0:
            words += f" Every smaller coalition can be given {in_figures(kept)} beyond its worth."
        return [words]
    weights = core.certificate.weights
    shown = ", ".join(f"{name} {in_figures(w)}" for name, w in islice(weights.items(), MAX_WEIGHTS))
    more = ", …" if len(weights) > MAX_WEIGHTS else ""
    return [
        "The core is empty: whatever the division, some coalition does better alone. Proof: "
        f"these weights count every player once and are worth more than all together: {shown}"
        f"{more}.",
        f"Some coalition always misses {in_figures(core.least)} or more; "
        f"{_listed(core.least_point)} lets none miss more.",
    ]


def _worths(found: CoalitionAnalysis) -> RenderableType:
    table = new_table()
    table.add_column("coalition")
    table.add_column("worth", justify="right")
    if found.best_worth:
        table.add_column("at best", justify="right")
    for name, worth in islice(found.worth.items(), MAX_ROWS):
        cells = ["not defined" if worth is None else in_figures(worth)]
        if found.best_worth:
            cells.append(in_figures(found.best_worth[name]) if name in found.best_worth else "")
        table.add_row(plain(name), *cells)
    more_rows(table, len(found.worth) - MAX_ROWS, "coalitions")
    return table


def _divisions(found: CoalitionAnalysis) -> RenderableType:
    columns: dict[str, Mapping[Any, Any] | None] = {
        "Shapley value": found.shapley,
        "± standard error": found.errors or None,
        found.nucleolus_kind: found.nucleolus,
        "Myerson value": found.myerson,
    }
    shown = {what: shares for what, shares in columns.items() if shares is not None}
    table = new_table()
    table.add_column("player")
    for what in shown:
        table.add_column(what, justify="right")
    for player in found.players[:MAX_ROWS]:
        table.add_row(plain(str(player)), *(in_figures(x[player]) for x in shown.values()))
    more_rows(table, len(found.players) - MAX_ROWS, "players")
    return table


def _nature(found: CoalitionAnalysis) -> list[str]:
    """Say what kind of game the worths make."""
    if found.convex:
        return ["Players add the more, the larger the coalition they join (a convex game)."]
    if found.superadditive is False:
        return ["Some coalitions lose by merging (the worths are not superadditive)."]
    return []


def _listed(shares: Mapping[Any, Any]) -> str:
    return ", ".join(f"{player} {in_figures(share)}" for player, share in shares.items())
