"""What parties change, as text for a terminal: a party that joins, who signs, who blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType

from bargaining.linkage.coalitions.joining import STAGES, STEPS, AddedParty
from bargaining.linkage.coalitions.ntu_core import NontransferableCore
from bargaining.linkage.coalitions.signing import PackageSigners
from bargaining.linkage.coalitions.stability import SigningCoalitions
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
from bargaining.results import Number, Status, in_figures, signed
from bargaining.settlement.solutions import SOLUTIONS

MAX_LISTED = 8


def added_words(found: AddedParty) -> list[str]:
    """Say in sentences what a party that joins changes, for whom."""
    who = found.player
    if found.bystander:
        return [f"{who} has no act, no say and no stake: joining changes nothing."]
    lines = []
    if found.new_packages:
        shown = _packages(found.new_packages)
        lines.append(f"New trades: {shown} can be agreed on only with {who} at the table.")
    elif found.who("new_trades", loses=False):
        lines.append(f"No package needs {who}, but what {who} can do makes better trades.")
    else:
        lines.append(f"No new trades: {who} brings nothing that the others could use.")
    paying = found.who("veto", loses=True)
    if paying:
        lines.append(f"That {who} must not lose costs {_losses(found, 'veto', paying)}.")
    else:
        lines.append(f"That {who} must not lose costs nobody anything.")
    if found.lost_packages:
        lines.append(f"No longer agreed: {_packages(found.lost_packages)}.")
    diluted = found.who("dilution", loses=True)
    if diluted:
        lines.append(f"A share for {who} dilutes {_losses(found, 'dilution', diluted, ' by')}.")
    lines.append(_verdict(found))
    own = found.change[who]
    stays = f"{in_figures(found.without[who])} without joining"
    if own > 0:
        lines.append(f"{who} gains {in_figures(own)} by joining ({stays}).")
    elif own < 0:
        lines.append(f"{who} does better by staying away ({stays}).")
    else:
        lines.append(f"{who} gains the same by staying away ({stays}).")
    if found.status == Status.LIMIT_REACHED:
        lines.append("Not all minimal packages were found in time.")
    if found.status == Status.NUMERICAL_TROUBLE:
        lines.append("One of the settlements could not be certified.")
    return lines


def _verdict(found: AddedParty) -> str:
    helped, hurt = _names(found.helps), _names(found.hurts)
    if helped and hurt:
        return f"Adding {found.player} helps {helped} and hurts {hurt}."
    if helped:
        return f"Adding {found.player} helps {helped} and hurts nobody."
    if hurt:
        return f"Adding {found.player} hurts {hurt} and helps nobody."
    return f"Adding {found.player} changes nothing for the others."


def added_text(found: AddedParty) -> RenderableType:
    """Gains without and with a party, and the three steps between."""
    title = SOLUTIONS[found.solution].title
    table = new_table()
    table.add_column("")
    for name in ("without", *(step.replace("_", " ") for step in STEPS), "with"):
        table.add_column(name, justify="right")
    for player in found.players[:MAX_ROWS]:
        cells = [signed(found.steps[step][player]) for step in STEPS]
        first, last = (found.stands[stage].gains[player] for stage in (STAGES[0], STAGES[-1]))
        table.add_row(plain(player), in_figures(first), *cells, in_figures(last))
    more_rows(table, len(found.players) - MAX_ROWS, "players")
    parts = title_lines(found.game.title or found.game.name, None)
    parts += [indented(plain_lines(added_words(found))), plain("")]
    parts += [heading_line(f"Gains without and with {found.player} ({title})"), indented(table)]
    return Group(*parts)


def signing_words(found: SigningCoalitions) -> list[str]:
    """Say in sentences who signs, and which linkage holds everyone."""
    lines = []
    first, last = next(iter(found.agendas)), list(found.agendas)[-1]
    for name in dict.fromkeys((first, last)):
        held = found.all_sign(name)
        what = "All parties sign, and none gains by leaving" if held else "Not all sign"
        where = "issue by issue" if name == "delinked" else "with the issues linked"
        lines.append(f"{what}, {where}.")
    for issue, packages in list(found.stabilising.items())[:MAX_LISTED]:
        if packages:
            lines.append(f"{issue} is signed by all when linked: {_packages(packages)}.")
        else:
            lines.append(f"{issue} is signed by all its parties in no package looked at.")
    if found.clubs:
        lines.append(f"Benefits that members can keep to themselves: {_some(found.clubs)}.")
    if found.unsettled:
        lines.append(
            f"In {_some(found.unsettled)} the outsiders' best replies are several or none is "
            "stable: they keep to the status quo where it is one of them or where there is none, "
            "otherwise the first is taken."
        )
    if found.status == Status.LIMIT_REACHED:
        lines.append("Not all packages were looked at: there are too many.")
    if found.status == Status.NUMERICAL_TROUBLE:
        lines.append("One of the settlements could not be certified.")
    return lines


def signing_text(found: SigningCoalitions) -> RenderableType:
    """Stable coalitions per package, delinked and linked."""
    title = SOLUTIONS[found.solution].title
    convention = {
        "status_quo": "outsiders keep to the status quo",
        "best_reply": "outsiders play their best replies",
    }[found.outsiders]
    parts = title_lines(found.game.title or found.game.name, None)
    parts += [indented(plain_lines(signing_words(found))), plain("")]
    shown = [name for name in found.agendas if name in ("delinked", "linked")]
    for name in dict.fromkeys([*shown, list(found.agendas)[-1]]):
        table = new_table()
        table.add_column("package")
        table.add_column("stable coalition")
        for player in found.players:
            table.add_column(plain(player), justify="right")
        rows = [row for key in found.agendas[name] for row in _rows(found, found.packages[key])]
        for row in rows[:MAX_ROWS]:
            table.add_row(*(plain(cell) for cell in row))
        more_rows(table, len(rows) - MAX_ROWS, "coalitions")
        parts += [heading_line(f"Who signs, {name} ({title})"), indented(table), plain("")]
    note = (
        f"Stable: agrees on something; nobody gains by leaving, and no outsider gains by joining "
        f"without loss to a member (accession by consent); {convention}."
    )
    parts.append(indented(plain(note, "dim")))
    return Group(*parts)


def _rows(found: SigningCoalitions, signers: PackageSigners) -> list[list[str]]:
    """Return a row per stable coalition: package, members, gains of all."""
    package = "+".join(signers.package)
    if not signers.stable:
        return [[package, "none", *("" for _ in found.players)]]
    rows = []
    for members in signers.stable:
        everyone = members == signers.everyone
        name = "all" if everyone else "+".join(p for p in found.players if p in members)
        gained = [in_figures(g) for g in signers.signed[members].gains]
        rows.append([package, name, *gained])
        package = ""
    return rows


def ntu_words(found: NontransferableCore) -> list[str]:
    """Say in sentences who blocks a deal without side payments, and whether any deal holds."""
    where = "The gains given" if found.source == "given" else "The linked settlement"
    lines = []
    if found.in_core:
        lines.append(f"{where}: no coalition has a deal of its own that is better for all members.")
    elif found.out_of_reach:
        lines.append(f"{where}: out of reach even for all together.")
    elif found.in_core is None:
        lines.append(f"{where}: rounding leaves it open whether a coalition blocks.")
    lines += [
        f"{where}: {'+'.join(margin.members)} can do better, by {in_figures(margin.low)} for each "
        "member with a stake."
        for margin in found.blocking[:MAX_LISTED]
    ]
    hidden = len(found.blocking) - MAX_LISTED
    if hidden > 0:
        lines.append(f"… and {hidden:,} more coalitions")
    if found.empty:
        lines.append("Without side payments every deal is blocked by some coalition.")
    elif found.empty is None:
        lines.append("Whether some deal is blocked by nobody was not decided within the bounds.")
    elif not found.in_core:
        lines.append(f"A deal that nobody blocks: {_gains(found.core_point)}.")
    return lines


def ntu_text(found: NontransferableCore) -> RenderableType:
    """Who blocks what when nobody pays anybody."""
    return Group(heading_line("Without side payments"), indented(plain_lines(ntu_words(found))))


def _gains(gains: Mapping[str, Number]) -> str:
    return ", ".join(f"{player} {in_figures(gain)}" for player, gain in gains.items())


def _losses(found: AddedParty, step: str, players: Sequence[str], by: str = "") -> str:
    return _names([f"{p}{by} {in_figures(-found.steps[step][p])}" for p in players])


def _packages(packages: Sequence[Sequence[str]]) -> str:
    return _some(["+".join(package) for package in packages])


def _some(names: Sequence[str]) -> str:
    words = ", ".join(names[:MAX_LISTED])
    hidden = len(names) - MAX_LISTED
    return f"{words} and {hidden:,} more" if hidden > 0 else words


def _names(names: Sequence[str]) -> str:
    """Join names with commas and a last "and"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
