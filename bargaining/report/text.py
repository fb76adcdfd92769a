"""Answers as text for a terminal, readable at 80 columns.

Everything that comes from a game file is printed as plain text: no markup in a label is
interpreted, and control characters are shown, not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import islice, repeat
from typing import Any

from rich.console import Group, RenderableType

from bargaining.equilibrium.answers import EquilibriumSet
from bargaining.equilibrium.conflict import conflict_index, zero_sum_rate
from bargaining.equilibrium.dominance import Dominance
from bargaining.linkage.packages import MinimalPackages
from bargaining.report.facts import sections
from bargaining.report.parts import (
    MAX_ROWS,
    deal_table,
    heading_line,
    indented,
    more_rows,
    new_table,
    plain,
    plain_lines,
    title_lines,
)
from bargaining.results import Number, Status, in_figures
from bargaining.settlement.frontier import Frontier
from bargaining.settlement.settlement import Settlement
from bargaining.settlement.solutions import SOLUTIONS


def settlement_text(settlement: Settlement) -> RenderableType:
    """One agenda, one solution concept."""
    concept = SOLUTIONS[settlement.solution]
    table = new_table()
    for column in ("", "gains", "payoffs"):
        table.add_column(column, justify="right" if column else "left")
    for player in settlement.game.players:
        table.add_row(
            plain(player),
            in_figures(settlement.gains[player]),
            in_figures(settlement.payoffs[player]),
        )
    words = str(settlement.status).replace("_", " ")
    parts = title_lines(settlement.game.title or settlement.game.name, None)
    parts += [
        plain(f"{concept.title}: {concept.idea}"),
        plain(f"agenda {settlement.agenda}, {settlement.deals}: {words}"),
        plain(""),
        indented(table),
        plain(""),
        indented(deal_table(settlement)),
    ]
    for heading, lines in sections(settlement):
        parts += [plain(""), heading_line(heading), indented(plain_lines(lines))]
    if len(settlement.ties) > 1:
        parts += [plain(""), plain(f"{settlement.tie_count:,} equally good deals:")]
        for tie in settlement.ties[:MAX_ROWS]:
            named = ", ".join(f"{k}: {next(iter(v))}" for k, v in tie.items())
            parts.append(indented(plain(named)))
    return Group(*parts)


def frontier_text(frontier: Frontier, *, packages: bool = False) -> RenderableType:
    """Return the frontier as a table of points, with one package for each if asked."""
    table = new_table()
    for player in frontier.players:
        table.add_column(plain(player), justify="right")
    if frontier.packages is not None:
        table.add_column("packages", justify="right")
    named: Iterable[Mapping[str, str]] = repeat({})
    if packages:
        table.add_column("for example")
        named = frontier.witnesses()
    for i, package in zip(range(min(len(frontier), MAX_ROWS)), named, strict=False):
        row: list[RenderableType] = [in_figures(g) for g in frontier.point(i)]
        if frontier.packages is not None:
            row.append(f"{frontier.packages[i]:,}")
        if packages:
            row.append(plain("; ".join(f"{k}: {v}" for k, v in package.items())))
        table.add_row(*row)
    more_rows(table, len(frontier) - MAX_ROWS, "points")
    kind = "corner points" if frontier.deals == "shares" else "undominated packages"
    unit = "payoffs" if frontier.game.reserved else "gains"
    head = f"Pareto frontier, {frontier.agenda}: {len(frontier):,} {kind} ({unit})"
    parts = [*title_lines(frontier.game.title or frontier.game.name, None), heading_line(head)]
    if frontier.status == Status.LIMIT_REACHED:
        note = "There are too many undominated packages; these are some, each feasible."
        parts.append(indented(plain(note)))
    return Group(*parts, indented(table))


def packages_text(search: MinimalPackages) -> RenderableType:
    """Return the minimal packages, one a line."""
    lines: list[RenderableType] = title_lines(search.game.title or search.game.name, None)
    shown = list(islice(search, MAX_ROWS))
    if not shown and search.status == Status.SOLVED:
        lines.append(plain("No package helps everyone with a stake."))
        return Group(*lines)
    lines.append(heading_line("Minimal packages (no smaller connected part helps everyone)"))
    for package in shown:
        alone = " (attained separately too)" if search.clears_alone(package) else ""
        lines.append(indented(plain(" + ".join(search.ordered(package)) + alone)))
    if next(islice(search, MAX_ROWS, None), None) is not None:
        lines.append(indented(plain("… and more (--format csv lists them)")))
    elif search.status == Status.LIMIT_REACHED:
        lines.append(indented(plain("The search reached its limit; there may be more.")))
    return Group(*lines)


def equilibria_text(found: Mapping[str, Any], title: str, *, exact: bool = False) -> RenderableType:
    """Equilibria per issue, strategies by action name; or of the linked game, or a mediator's."""
    figures = partial(in_figures, exact=exact)
    lines: list[RenderableType] = title_lines(title, None)
    for name, answer in found.items():
        if isinstance(answer, Dominance):
            lines += [
                heading_line(f"{name}: iterated strict dominance"),
                *_dominance(answer, figures),
            ]
            continue
        if not isinstance(answer, EquilibriumSet):
            lines += [
                heading_line(name),
                indented(plain_lines(answer.described(exact=exact).splitlines())),
            ]
            continue
        count = len(answer.equilibria)
        note = "" if answer.complete else " (there may be others)"
        if answer.pure_count is not None and answer.pure_count > len(answer.pure):
            note = f" (the first of {answer.pure_count:,} pure ones; mixed ones are not listed)"
        elif not count:
            note = f" found by {answer.method} (every game has one: try --method exact)"
        words = "equilibrium" if count == 1 else "equilibria"
        lines.append(heading_line(f"{name}: {count} {words}{note}"))
        conflict, opposed = conflict_index(answer.issue), zero_sum_rate(answer.issue)
        facts = [] if conflict is None else [f"conflict index {in_figures(conflict)}"]
        if opposed is not None:
            facts.append(f"strictly opposed at the rate {in_figures(opposed)}")
        if answer.status_quo_is_equilibrium is not None:
            stays = "is" if answer.status_quo_is_equilibrium else "is not"
            facts.append(f"the status quo {stays} an equilibrium")
        lines.append(indented(plain("; ".join(facts), "dim")))
        for equilibrium in answer.equilibria:
            payoffs = ", ".join(f"{p} {figures(v)}" for p, v in equilibrium.payoffs.items())
            described = equilibrium.outcome or "; ".join(
                f"{player}: "
                + ", ".join(
                    f"{label} {figures(p)}"
                    for label, p in zip(answer.issue.actions[player], mix, strict=True)
                    if p
                )
                for player, mix in equilibrium.strategies.items()
            )
            lines.append(indented(plain(f"{described}   [{payoffs}]")))
        lines += [indented(plain(line, "dim")) for line in _connected(answer)]
    return Group(*lines)


def _connected(answer: EquilibriumSet) -> list[str]:
    """Say which equilibria form connected sets, and their index where it is defined."""
    sets = [c for c in answer.components if len(c.equilibria) > 1]
    lines = []
    for component in sets[:MAX_ROWS]:
        numbers = ", ".join(str(k + 1) for k in component.equilibria)
        index = "" if component.index is None else f", index {component.index}"
        lines.append(f"equilibria {numbers} are the ends of one connected set{index}")
    if answer.degenerate and not sets:
        lines.append("degenerate: an unused best reply exists")
    return lines


def _dominance(answer: Dominance, figures: Callable[[Number], str]) -> list[RenderableType]:
    """Say what was removed, why, and what is left."""
    labels = answer.issue.actions
    lines = []
    for step in answer.removed:
        by = ", ".join(
            labels[step.player][a] + ("" if w == 1 else f" {figures(w)}")
            for a, w in step.by.items()
        )
        removed = labels[step.player][step.action]
        lines.append(f"round {step.round}: {step.player} drops {removed}, dominated by {by}")
    left = "; ".join(
        f"{player}: {', '.join(labels[player][a] for a in kept)}"
        for player, kept in answer.remaining.items()
    )
    lines.append(f"left: {left}")
    return [indented(plain(line)) for line in lines]


def games_text(rows: Iterable[Mapping[str, object]]) -> RenderableType:
    """Return the bundled games."""
    table = new_table()
    table.add_column("name", no_wrap=True)
    for column in ("title", "players", "issues"):
        table.add_column(column)
    for row in rows:
        players, issues = row["players"], row["issues"]
        assert isinstance(players, Sequence)
        assert isinstance(issues, Sequence)
        table.add_row(
            plain(str(row["name"])),
            plain(str(row["title"])),
            plain(", ".join(map(str, players))),
            str(len(issues)),
        )
    return table
