"""What can be agreed under private information, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from bargaining.model.game import LinkageGame
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
from bargaining.settlement.mechanism.answer import Mechanism

NEGLIGIBLE = 1e-6
"""Shares and payments up to this size, in floating point, are not shown."""
MAX_CASES = 20
"""Cases of the rule shown."""
MAX_LISTED = 100_000
"""Profiles looked through for something to show."""

OPTIONS = {
    "bayesian": "honesty is best in expectation",
    "dominant": "honesty is best whatever the others report",
    "interim": "no type expects a loss",
    "ex_post": "nobody loses in any case",
    "none": "nobody need agree",
}
PAYMENTS = {
    "none": "no payments",
    "expected": "payments cancel in expectation",
    "ex_post": "payments cancel in every case",
}


def mechanism_text(answer: Mechanism, apart: Mechanism | None = None) -> RenderableType:
    """Values, gains by type, the rule, and what they mean.

    Parameters
    ----------
    answer : Mechanism
    apart : Mechanism, optional
        The same question issue by issue, for comparison.
    """
    game = answer.game
    parts = title_lines(game.title or game.name, game.document.get("question"))
    heading = (
        f"{answer.agenda}: {OPTIONS[answer.incentive]}; {OPTIONS[answer.rationality]}; "
        f"{PAYMENTS[answer.transfers]}"
    )
    parts += [heading_line(heading), indented(_values(answer, apart)), plain("")]
    parts += [heading_line("Expected gains"), indented(_gains(answer)), plain("")]
    parts += [heading_line("The rule"), indented(_rule(answer)), plain("")]
    parts += [heading_line("In words"), indented(plain_lines(list(_sentences(answer, apart))))]
    return Group(*parts)


def private_words(apart: Mechanism, linked: Mechanism) -> list[str]:
    """Say what private information changes in a verdict, which takes the payoffs as known."""
    paid = {
        "none": "",
        "expected": "with payments that cancel in expectation ",
        "ex_post": "with payments that cancel in every case ",
    }[linked.transfers]
    known = ", ".join(f"{player} {in_figures(gain)}" for player, gain in linked.gains.items())
    return [
        "All above takes the payoffs of the issues as known. Of the types in the file each player "
        f"knows only his own: under the best honest rule {paid}by which nobody expects to lose, "
        f"expected gains are {known}.",
        _recovered(linked, apart),
        _cost(linked),
    ]


def _values(answer: Mechanism, apart: Mechanism | None) -> Table:
    table = new_table()
    aim = "total" if answer.objective == "total" else f"best for {answer.objective}"
    aim = "least gain" if answer.objective == "max-min" else aim
    for column in ("", aim if answer.copies == 1 else f"{aim}, per copy"):
        table.add_column(column, justify="right" if column else "left")
    rows = [("types known", answer.first_best), ("types private", answer.second_best)]
    if answer.objective == "total" and answer.efficient != answer.first_best:
        rows.insert(0, ("types known, nobody asked", answer.efficient))
    if apart is not None:
        rows += [
            ("types known, issue by issue", apart.first_best),
            ("types private, issue by issue", apart.second_best),
        ]
    for words, value in rows:
        table.add_row(words, in_figures(value))
    return table


def _gains(answer: Mechanism) -> Table:
    table = new_table()
    for column in ("", "type", "gain"):
        table.add_column(column, justify="right" if column == "gain" else "left")
    rows = 0
    for player, gain in answer.gains.items():
        table.add_row(plain(player), "", in_figures(gain))
        types = answer.interim[player]
        for label, worth in types.items() if len(types) > 1 else ():
            rows += 1
            if rows <= MAX_ROWS:
                table.add_row("", plain(label), in_figures(worth))
    more_rows(table, rows - MAX_ROWS, "types")
    return table


def _rule(answer: Mechanism) -> Table:
    """Cases in which something changes, as far as there is room."""
    table = new_table()
    several = len(answer.parts) > 1
    paid = answer.transfers != "none"
    for column in ("if", "chance", "then", *(["and receives"] if paid else [])):
        table.add_column(column, justify="right" if column == "chance" else "left")
    shown = hidden = still = 0
    cases = ((part.setting.game, entry) for part in answer.parts for entry in part.entries())
    for game, entry in islice(cases, MAX_LISTED):
        deal = _deal(game, entry["deal"])
        received = _received(entry.get("transfers", {}))
        if not deal and not received:
            still += 1
            continue
        shown += 1
        if shown > MAX_CASES:
            hidden += 1
            continue
        types = case_words(entry)
        place = "+".join(entry["package"]) + (", if " if types else "") if several else ""
        table.add_row(
            plain(place + types or "always"),
            in_figures(entry["probability"]),
            plain(deal or "as now"),
            *([plain(received)] if paid else []),
        )
    more_rows(table, hidden, "cases")
    if not shown and not still:
        table.add_row("more cases than can be listed", "", "")
    if still:
        words = "all cases" if not shown else f"{still:,} other {'case' if still == 1 else 'cases'}"
        table.add_row(words, "", "as now", *([""] if paid else []))
    return table


def case_words(entry: Mapping[str, Any]) -> str:
    """Say who reports what: types, or with copies the type here and how often each is reported."""
    if "types" in entry:
        return "; ".join(f"{player}: {label}" for player, label in entry["types"].items())
    words = []
    for player, report in entry["reports"].items():
        counts = ", ".join(f"{n} {label}" for label, n in report["counts"].items() if n)
        words.append(f"{player}: {report['type']} here of {counts}")
    return "; ".join(words)


def _deal(game: LinkageGame, deal: Mapping[str, Mapping[str, Number]]) -> str:
    """Shares of what changes, issue by issue."""
    words = []
    for name, shares in deal.items():
        origin = game.issues[name].status_quo
        for outcome, share in shares.items():
            if outcome != origin and share > NEGLIGIBLE:
                whole = share > 1 - NEGLIGIBLE
                place = f"{name}: " if len(deal) > 1 else ""
                words.append(place + (outcome if whole else f"{outcome} {in_figures(share)}"))
    return "; ".join(words)


def _received(transfers: Mapping[str, Number]) -> str:
    """Who receives (+) or pays (-) how much."""
    return ", ".join(
        f"{player} {signed(amount)}"
        for player, amount in transfers.items()
        if not -NEGLIGIBLE <= amount <= NEGLIGIBLE
    )


def _sentences(answer: Mechanism, apart: Mechanism | None) -> Iterator[str]:
    yield _cost(answer)
    if apart is not None:
        yield _recovered(answer, apart)
    for kind, words in (("incentive", "Honesty"), ("rationality", "Rationality")):
        entry = answer.slacks.get(kind)
        if entry is not None:
            yield _binding(words, entry)


def _cost(answer: Mechanism) -> str:
    if answer.status != Status.SOLVED:
        return f"The rule is not proved to be the best ({answer.status})."
    lost, first = answer.lost, answer.first_best
    if not lost > NEGLIGIBLE * max(abs(float(first)), 1e-9):
        return "Private information costs nothing: the best rule is as good as if types were known."
    part = f" ({100 * float(lost / first):.3g} %)" if first > 0 else ""
    return f"Private information costs {in_figures(lost)} of {in_figures(first)}{part}."


def _recovered(answer: Mechanism, apart: Mechanism) -> str:
    more = answer.second_best - apart.second_best
    near = NEGLIGIBLE * max(abs(float(answer.first_best)), 1e-9)
    alone, linked = in_figures(apart.second_best), in_figures(answer.second_best)
    if not more > near:
        if more < -near:
            return f"Issue by issue the rules bring {alone}, more than linked ({linked})."
        return f"Issue by issue the rules bring as much ({alone}): linking changes nothing."
    missing = answer.first_best - apart.second_best
    part = f", {100 * float(more / missing):.3g} % of what was missing" if missing > near else ""
    return f"Issue by issue the rules bring {alone}; linked they bring {linked}{part}."


def _binding(words: str, entry: Mapping[str, Any]) -> str:
    if not entry["count"] and not abs(entry["slack"]) > NEGLIGIBLE:
        return f"{words} binds."
    if not entry["count"]:
        return f"{words} binds nowhere (smallest slack {in_figures(entry['slack'])})."
    named = "; ".join(entry["binding"][:3])
    more = entry["count"] - min(3, len(entry["binding"]))
    rest = f"; and {more:,} more" if more > 0 else ""
    return f"{words} binds: {named}{rest}."
