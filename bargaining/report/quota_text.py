"""What quotas on reports achieve, as text for a terminal, readable at 80 columns."""

from __future__ import annotations

from rich.console import Group, RenderableType

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
from bargaining.settlement.mechanism.quota import QuotaMechanism, QuotaPackage


def quota_words(found: QuotaMechanism) -> list[str]:
    """Say in sentences what quotas yield and who would rather stay away."""
    copies = f"{found.copies} cop{'y' if found.copies == 1 else 'ies'}"
    lines = [
        f"With {copies} and quotas on reports the total is {in_figures(found.total)} per copy,",
        f"{in_figures(found.loss)} less than the {in_figures(found.first_best)} with public types.",
    ]
    if found.optimum is not None:
        lines.append(f"The best mechanism yields {in_figures(found.optimum)} per copy.")
    losers = {
        player.name: in_figures(player.absent)
        for package in found.packages
        for player in package.players
        if player.absent
    }
    for name, chance in losers.items():
        lines.append(f"{name} would rather stay away with probability {chance}.")
    if not losers:
        lines.append("Nobody would rather stay away, whatever his types.")
    return lines


def quota_text(found: QuotaMechanism) -> RenderableType:
    """Totals and losses, then quotas and gains player by player."""
    parts = title_lines(found.game.title or found.game.name, None)
    parts += [indented(plain_lines(quota_words(found))), plain("")]
    for package in found.packages:
        names = "+".join(package.setting.issues)
        parts += [heading_line(f"Per copy of {names}"), indented(_players(package)), plain("")]
        if any(len(player.labels) > 1 for player in package.players):
            title = heading_line("How often each type must be reported")
            parts += [title, indented(_quotas(package))]
    return Group(*parts)


def _players(package: QuotaPackage) -> RenderableType:
    table = new_table()
    table.add_column("player")
    for name in ("gain", "at worst", "true reports"):
        table.add_column(name, justify="right")
    for player in package.players:
        cells = (in_figures(v) for v in (player.gain, player.lowest, player.truthful))
        table.add_row(plain(player.name), *cells)
    return table


def _quotas(package: QuotaPackage) -> RenderableType:
    table = new_table()
    for name in ("player", "type"):
        table.add_column(name)
    for name in ("reports", "true"):
        table.add_column(name, justify="right")
    rows = [
        (player.name, label, number, player.reports[s, s] * package.copies)
        for player in package.players
        if len(player.labels) > 1
        for s, (label, number) in enumerate(zip(player.labels, player.quota, strict=True))
    ]
    for name, label, number, true in rows[:MAX_ROWS]:
        table.add_row(plain(name), plain(label), str(number), in_figures(true))
    more_rows(table, len(rows) - MAX_ROWS, "types")
    return table
