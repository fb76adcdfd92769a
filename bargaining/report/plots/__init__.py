"""Pictures, one idea per file; none needs a display, and none leaves a trace in Matplotlib."""

from __future__ import annotations

from bargaining.report.plots import frontier, gains, linkage_graph, rates
from bargaining.report.plots.kind import Kind

KINDS: dict[str, Kind] = {
    kind.id: kind
    for kind in (
        frontier.KIND,
        rates.KIND,
        linkage_graph.KIND,
        gains.KIND,
    )
}
"""Pictures of games, by the word that asks for them."""
