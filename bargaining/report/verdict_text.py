"""The verdict as text for a terminal, readable at 80 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import islice

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bargaining.linkage.agenda_game import AgendaGame
from bargaining.linkage.coalitions.answer import CoalitionAnalysis
from bargaining.linkage.issue_report import IssueReport
from bargaining.linkage.verdict import Verdict
from bargaining.model.spelling import printable
from bargaining.report.agenda_text import agenda_words
from bargaining.report.coalitions_text import parties_words
from bargaining.report.enforcement_text import threshold_line
from bargaining.report.facts import payment_lines
from bargaining.report.mechanism_text import private_words
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
from bargaining.results import Number, Status, in_figures, signed
from bargaining.settlement.mechanism.answer import Mechanism
from bargaining.settlement.solutions import SOLUTIONS

BAR = 30
STATUS_WORDS = {
    "mutual": "a deal alone",
    "one_sided": "helps one side",
    "deadlock": "deadlock",
    "inert": "nobody gains",
}


def verdict_text(
    verdict: Verdict,
    *,
    verified: bool,
    agendas: AgendaGame | None = None,
    private: Mapping[str, Mechanism] | None = None,
    parties: CoalitionAnalysis | None = None,
    ascii_only: bool = False,
) -> RenderableType:
    """Return the main answer: who gets what, the deal, the bars, and why to believe it.

    With ``agendas``, who wants which table, if not all want all issues on one; with ``private``,
    the best mechanisms issue by issue and linked; with ``parties``, what coalitions are worth.
    """
    game = verdict.game
    title = SOLUTIONS[verdict.solution].title
    origin = "the reservation" if game.reserved else "the status quo"
    parts: list[RenderableType] = title_lines(
        game.title or game.name, game.document.get("question")
    )
    parts += [indented(plain(verdict.verdict.in_words, "bold")), plain("")]
    parts += [heading_line(f"What each side gets ({title}, gains over {origin})")]
    parts += [indented(_gains_table(verdict)), plain("")]
    linked = verdict.agendas["linked"]
    if linked.status == Status.AGREEMENT:
        one = (
            "as one package" if len(linked.packages) == 1 else f"in {len(linked.packages)} packages"
        )
        parts += [heading_line(f"The deal, {one}"), indented(deal_table(linked))]
        parts += [indented(plain(line)) for line in payment_lines(linked)]
        parts += [plain("")]
    if not game.reserved:
        parts += _rates(verdict, ascii_only=ascii_only)
        parts += [heading_line("Which issues a deal needs"), _packages_line(verdict), plain("")]
    if game.discount and "linked" in verdict.critical_discounts:
        lasting = verdict.critical_discounts["linked"]
        parts += [heading_line("How long it lasts"), indented(plain(threshold_line(lasting)))]
        parts += [plain("")]
    if agendas is not None and any("linked" not in names for names in agendas.preferred.values()):
        words = plain_lines(agenda_words(agendas))
        parts += [heading_line("Who wants which table"), indented(words), plain("")]
    if private:
        words = plain_lines(private_words(private["delinked"], private["linked"]))
        parts += [heading_line("What each side alone knows"), indented(words), plain("")]
    if parties is not None:
        words = plain_lines(parties_words(parties))
        parts += [heading_line("Who needs whom"), indented(words), plain("")]
    parts += [heading_line("Why you can believe it"), *_reasons(verdict, verified=verified)]
    return Group(*parts)


def _gains_table(verdict: Verdict) -> Table:
    table = new_table()
    table.add_column("")
    for player in verdict.players:
        table.add_column(plain(player), justify="right")
    table.add_column("")
    names = {"delinked": "issue by issue", "linked": "as one package"}
    if len(verdict.agendas["linked"].packages) > 1:
        names["linked"] = "linked"
    for name, settlement in verdict.agendas.items():
        known = settlement.gains
        figures = [in_figures(known[p]) if p in known else "" for p in verdict.players]
        words = str(settlement.status).replace("_", " ")
        table.add_row(names[name], *figures, words)
    if verdict.game.reserved:
        return table
    change = [signed(verdict.verdict.linkage_gain[p]) for p in verdict.players]
    words = verdict.verdict.effect.replace("_", " ")
    if verdict.verdict.worse_off:
        words += ": worse for " + ", ".join(map(printable, verdict.verdict.worse_off))
    table.add_row("linking brings", *change, words)
    return table


def _rates(verdict: Verdict, *, ascii_only: bool) -> list[RenderableType]:
    """One bar per issue: the weights at which it offers no trade."""
    names = list(islice(verdict.issues, MAX_ROWS))
    reports = {name: verdict.issues[name] for name in names}
    table = new_table(header=len(verdict.players) == 2)
    if len(verdict.players) == 2:
        first = printable(verdict.players[0])
        table.add_column("")
        table.add_column(plain("0" + "1/2".center(BAR - 2) + "1"), no_wrap=True)
        table.add_column("")
        table.add_column("")
        for name, report in reports.items():
            interval = report.interval
            words = _status_words(report)
            table.add_row(
                plain(name), _bar(interval, ascii_only=ascii_only), _interval(interval), words
            )
            home = _interval_at_home(report)
            if home != interval:
                bar = _bar(home, ascii_only=ascii_only)
                table.add_row(plain("  at home"), bar, _interval(home), "")
        heading = f"Exchange rates: the weights on {first} at which an issue offers no trade"
        note = _bars_note(verdict, reports)
    else:
        table.add_column("")
        table.add_column("")
        for name, report in reports.items():
            table.add_row(plain(name), _status_words(report))
        heading, note = "The issues by themselves", ""
    more_rows(table, len(verdict.issues) - len(names), "issues")
    lines: list[RenderableType] = [heading_line(heading), indented(table)]
    if note:
        lines.append(indented(plain(note, "dim")))
    return [*lines, plain("")]


def _status_words(report: IssueReport) -> str:
    """Say how an issue stands by its payoffs, and at home where that differs."""
    words, home = STATUS_WORDS[report.status], report.status_with_requirements
    if home is None or home == report.status:
        return words
    return f"{words}; at home: {STATUS_WORDS[home]}"


def _bars_note(verdict: Verdict, reports: Mapping[str, IssueReport]) -> str:
    """Say what the bars show in this game."""
    notes = []
    intervals = {name: _interval_at_home(report) for name, report in reports.items()}
    pairs = [package for package in verdict.minimal_packages if len(package) == 2]
    if verdict.game.interactions:
        notes.append("Payoffs depend on several issues together: bars alone do not decide.")
    elif any(_common([intervals.get(name) for name in pair]) is False for pair in pairs):
        notes.append("Two bars that do not overlap: these two issues unlock each other.")
    elif len(reports) == len(verdict.issues) > 1 and _common(list(intervals.values())):
        notes.append("All bars share a point: no package offers a trade.")
    helping = (report.status_with_requirements or report.status for report in reports.values())
    if any(status == "mutual" for status in helping):
        names = [printable(verdict.players[i]) for i in verdict.game.interested]
        whom = (
            "both"
            if len(names) == 2
            else "".join(f"{name}, who alone has a stake" for name in names)
        )
        notes.append(f"No bar: nothing blocks this issue, a deal on it helps {whom}.")
    return " ".join(notes)


def _common(intervals: Sequence[tuple[Fraction, Fraction] | None]) -> bool | None:
    """Whether bars have a point in common; None where one is missing."""
    known = [interval for interval in intervals if interval is not None]
    if len(known) < len(intervals):
        return None
    return max(low for low, _ in known) <= min(high for _, high in known)


def _interval_at_home(report: IssueReport) -> tuple[Fraction, Fraction] | None:
    """Return the interval at home, or of the payoffs where nothing is asked there."""
    rates = report.rates_at_home
    return report.interval if rates is None or len(rates.everyone) != 2 else rates.interval


def _bar(interval: tuple[Fraction, Fraction] | None, *, ascii_only: bool) -> Text:
    full, none = ("#", ".") if ascii_only else ("█", "·")
    if interval is None:
        return Text(none * BAR)
    low = min(int(interval[0] * BAR), BAR - 1)
    high = max(low + 1, round(interval[1] * BAR))
    return Text(none * low + full * (high - low) + none * (BAR - high))


def _interval(interval: tuple[Fraction, Fraction] | None) -> str:
    if interval is None:
        return "none"
    if interval[0] == interval[1]:
        return in_figures(interval[0])
    return f"{in_figures(interval[0])} to {in_figures(interval[1])}"


def _packages_line(verdict: Verdict) -> RenderableType:
    packages = verdict.minimal_packages
    if not packages:
        asked = " that meets every requirement" if verdict.agendas["linked"].requirements else ""
        return indented(plain(f"No package{asked} helps everyone."))
    alone = [p[0] for p in packages if len(p) == 1]
    joint = [" + ".join(p) for p in packages if len(p) > 1]
    lines = []
    if alone:
        lines.append(f"signed alone: {', '.join(alone[:MAX_ROWS])}")
    lines += joint[:MAX_ROWS]
    hidden = max(0, len(alone) - MAX_ROWS) + max(0, len(joint) - MAX_ROWS)
    if verdict.minimal_packages_status == Status.LIMIT_REACHED:
        lines.append("… and more; the search was stopped")
    elif hidden:
        lines.append(f"… and {hidden:,} more")
    return indented(plain_lines(lines))


def _reasons(verdict: Verdict, *, verified: bool) -> list[RenderableType]:
    linked, delinked = verdict.agendas["linked"], verdict.agendas["delinked"]
    lines = []
    asked = bool(verdict.game.ratification)
    apart: Mapping[str, Mapping[str, Number]] = verdict.verdict.certificate["delinked"]
    together: Mapping[str, Mapping[str, Number]] = verdict.verdict.certificate["linked"]
    if not delinked.mutual_gain and apart:
        name, weights = next(iter(apart.items()))
        what = "weights" if asked else "exchange rates"
        net = ", net of what it costs at home," if asked else ""
        lines.append(
            f"Issue by issue: there are {what} at which no outcome is worth{net} more than the "
            f"status quo, such as {_weights(weights)} for {name}."
        )
    if linked.mutual_gain:
        lines.append("As one package: the deal above leaves everyone with a stake better off.")
        short = any(linked.gains[verdict.players[i]] <= 0 for i in verdict.game.interested)
        if short or any(linked.transfers.values()):
            lines[-1] = "As one package: a deal exists that leaves everyone better off."
    for name, weights in islice(together.items(), 0 if linked.mutual_gain else 3):
        which = "As one package" if len(together) == 1 else name.replace("+", " + ")
        rates = "weights" if asked else "exchange rates"
        lines.append(
            f"{which}: at the {rates} {_weights(weights)} every issue is blocked at once, "
            "so no deal helps everyone."
        )
    if linked.conflict:
        lines.append(f"As one package: ruled out by {' with '.join(linked.conflict)}.")
    if Status.NUMERICAL_TROUBLE in (linked.status, delinked.status):
        lines.append(
            "The best deal could not be certified: gains shown are those of some deal that helps."
        )
    how = "exactly" if linked.tolerance == 0 else f"to {linked.tolerance:g}"
    lines.append(
        f"Checked {how} against the definitions, apart from the solver."
        if verified
        else "Not checked again: ask with verify()."
    )
    return [indented(plain(line)) for line in lines]


def _weights(weights: Mapping[str, Number]) -> str:
    return ", ".join(f"{player} {in_figures(w)}" for player, w in weights.items())
