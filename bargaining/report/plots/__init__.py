"""Pictures, one idea per file; none needs a display, and none leaves a trace in Matplotlib."""

from __future__ import annotations

from bargaining.report.plots import (
    agendas,
    best_reply,
    frontier,
    gains,
    linkage_graph,
    rates,
    repeated,
    win_set,
)
from bargaining.report.plots.kind import Kind

KINDS: dict[str, Kind] = {
    kind.id: kind
    for kind in (
        frontier.KIND,
        rates.KIND,
        linkage_graph.KIND,
        gains.KIND,
        best_reply.KIND,
        repeated.KIND,
        win_set.KIND,
        agendas.KIND,
    )
}
"""Pictures of games, by the word that asks for them."""
