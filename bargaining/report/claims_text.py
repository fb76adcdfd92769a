"""The ledger of claims as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table

from bargaining.linkage.flip import POINTS
from bargaining.report.parts import plain
from bargaining.results import in_figures

if TYPE_CHECKING:
    from bargaining.linkage.claims import Claim, Ledger

MARKS: Mapping[str, str] = {
    "held": "held",
    "refuted": "refuted",
    "depends": "depends",
    "not_defined": "no answer",
}


def claims_text(ledger: Ledger) -> RenderableType:
    """Return the ledger, one claim after another, and a count."""
    parts: list[RenderableType] = []
    game = ""
    for claim in ledger.claims:
        if claim.game != game:
            game = claim.game
            parts += [*([plain("")] if parts else []), plain(game, "bold")]
        parts.append(_claim(claim))
    if any(claim.ranges for claim in ledger.claims):
        note = f"Flips are looked for at {POINTS + 1} values of each parameter, and between those"
        parts += [plain(""), plain(f"{note} that differ.", "dim")]
    parts += [plain(""), plain(_count(ledger))]
    return Group(*parts)


def _claim(claim: Claim) -> RenderableType:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0), expand=False)
    table.add_column(width=9, no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(MARKS[claim.status], plain(claim.says))
    table.add_row("", plain(claim.source, "dim"))
    table.add_row("", plain(f"holds when {claim.holds_when}"))
    if claim.reason:
        table.add_row("", plain(claim.reason))
    for name, found in claim.threshold.items():
        low, high = claim.ranges[name]
        where = f"{name} from {in_figures(low)} to {in_figures(high)}"
        table.add_row("", plain(f"flips over {where}: " + "; ".join(f.in_words() for f in found)))
    if claim.robust:
        shares = ", ".join(
            f"{float(share):.0%} within {float(level):.0%}" for level, share in claim.robust.items()
        )
        table.add_row("", plain(f"true of {shares} of every payoff's range"))
    if claim.note:
        table.add_row("", plain(claim.note, "dim"))
    return table


def _count(ledger: Ledger) -> str:
    states = [claim.status for claim in ledger.claims]
    counts = ", ".join(f"{states.count(s)} {word}" for s, word in MARKS.items() if s in states)
    claims = "1 claim" if len(states) == 1 else f"{len(states)} claims"
    return f"{claims}: {counts}" if states else "no claims in these games"
