"""The deals of a class (``deals.csv``): one row per group, one column per issue.

    group,treatment,guns,fentanyl
    1,linked,egress checks,lab raids
    2,delinked,,0.5*lab raids

A cell holds an outcome, or shares of outcomes (``egress checks 50%``, ``0.5*egress checks +
0.5*no checks``), or nothing: no agreement on that issue.  Columns are separated by commas,
semicolons or tabs; shares may be written with a decimal comma.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from bargaining.errors import GameFileError
from bargaining.files.class_messages import hint, message
from bargaining.files.spreadsheet import defused, restored
from bargaining.model.deal import Deal
from bargaining.model.draft import DraftError, read_draft
from bargaining.model.game import LinkageGame
from bargaining.model.spelling import printable, show

Treatment = Literal["linked", "delinked"]
FIRST = {"en": ("group", "treatment"), "es": ("grupo", "tratamiento")}
TREATMENTS: Mapping[str, Treatment] = {
    "linked": "linked", "delinked": "delinked", "vinculado": "linked", "separado": "delinked",
}  # fmt: skip
SPOKEN = {"en": ("linked", "delinked"), "es": ("vinculado", "separado")}
DELIMITERS = (",", ";", "\t")
EMPTY_GROUPS = 8
MAX_GROUPS = 1_000
MAX_PROBLEMS = 100
MAX_CELL = 5_000
SEPARATOR = re.compile(r'"?sep=.?"?', re.IGNORECASE)
"""A first line by which spreadsheets name the sign between columns."""
NUMBER = r"\d{1,12}(?:[.,]\d{1,12})?(?:\s*/\s*\d{1,12})?"


@dataclass(frozen=True, eq=False)
class GroupDeal:
    """What a group agreed.

    Attributes
    ----------
    group : str
    treatment : {"linked", "delinked"}
    deal : Deal
        About no issue where nothing was agreed and gains are measured from reservation totals.
    signed : tuple of str
        Issues with an agreement: their cells are not empty.  None where all that is written
        stays at the status quo.
    """

    group: str
    treatment: Treatment
    deal: Deal
    signed: tuple[str, ...]


def treatments_of(game: LinkageGame) -> tuple[Treatment, ...]:
    """Return the ways in which a game can be negotiated.

    Issue by issue needs at least two issues, and a status quo for each.

    >>> treatments_of(LinkageGame.from_payoffs([[[0, 0], [1, 1]]]))
    ('linked',)
    """
    return ("linked",) if game.reserved or len(game.issues) < 2 else ("linked", "delinked")


def empty_table(game: LinkageGame, language: str = "en") -> str:
    """Return a table to type the deals into: a row per group, treatments taking turns.

    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> empty_table(game).splitlines()[:3]
    ['group,treatment,0,1', '1,linked,,', '2,delinked,,']
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    names = [defused(printable(name)) for name in game.issue_names]
    writer.writerow([*FIRST[language], *names])
    ways = SPOKEN[language][: len(treatments_of(game))]
    for number in range(EMPTY_GROUPS):
        treatment = ways[number % len(ways)]
        writer.writerow([str(number + 1), treatment, *[""] * len(names)])
    return buffer.getvalue()


def read_class_deals(
    text: str, name: str, game: LinkageGame, language: str = "en"
) -> tuple[GroupDeal, ...]:
    r"""Read the deals of a class.

    Parameters
    ----------
    text, name : str
        The table, and its file's name for messages.
    game : LinkageGame
    language : {"en", "es"}
        What is said of problems is said in it; tables are read in both.

    Raises
    ------
    GameFileError
        With every problem: row, column, what was expected, the nearest label.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> found = read_class_deals("group;treatment;0;1\na;linked;1;1 0,5\n", "deals.csv", game)
    >>> found[0].deal.marginal(1)
    {1: Fraction(1, 2), 0: Fraction(1, 2)}
    """
    table = _Table(name, game, language)
    try:
        table.read(text)
    except csv.Error as error:
        raise GameFileError(name, [table.say("csv", error=error)]) from None
    if not table.problems and not table.deals:
        table.problems.append(table.say("no_rows"))
    if table.problems:
        shown = table.problems[:MAX_PROBLEMS]
        if len(table.problems) > len(shown):
            shown.append(table.say("more", count=len(table.problems) - len(shown)))
        raise GameFileError(name, shown)
    return tuple(table.deals)


class _Table:
    """Reads the table; problems are collected, not raised."""

    def __init__(self, name: str, game: LinkageGame, language: str) -> None:
        self.name, self.game, self.language = name, game, language
        self.first, self.spoken = FIRST[language], SPOKEN[language]
        self.problems: list[str] = []
        self.deals: list[GroupDeal] = []
        self.terms = {issue: _term(game.issues[issue].outcomes) for issue in game.issue_names}

    def say(self, key: str, **values: object) -> str:
        return message(self.language, key, **values)

    def report(self, line: int, column: str, key: str, **values: object) -> None:
        sentence = self.say(key, **values)
        place = self.say("at", line=line, column=show(column), sentence=sentence)
        self.problems.append(printable(place))

    def read(self, text: str) -> None:
        rows = _rows(text)
        line, header = next(rows, (1, []))
        columns = self._header(line, header)
        listed = list(rows)
        if len(listed) > MAX_GROUPS:
            problem = self.say("too_many", most=MAX_GROUPS, found=len(listed))
            raise GameFileError(self.name, [problem])
        seen: dict[str, int] = {}
        for line, cells in listed:
            self._row(line, cells, columns, seen)

    def _header(self, line: int, cells: Sequence[str]) -> dict[int, str]:
        """Which issue each column is about."""
        if tuple(cell.casefold() for cell in cells[:2]) not in FIRST.values():
            expected = show(",".join((*self.first, *self.game.issue_names)))
            found = show(",".join(cells)) if cells else self.say("empty_file")
            sentence = self.say("header", expected=expected, found=found)
            problem = self.say("line", line=line, sentence=sentence)
            raise GameFileError(self.name, [printable(problem)])
        known = {name.casefold(): name for name in self.game.issue_names}
        known |= {name: name for name in self.game.issue_names}
        columns: dict[int, str] = {}
        for place, cell in enumerate(cells[2:], 2):
            issue = known.get(cell) or known.get(cell.casefold())
            if issue is None and cell:
                listed = ", ".join(show(k) for k in list(self.game.issue_names)[:20])
                near = hint(self.language, cell, self.game.issue_names)
                self.report(line, cell, "issue", known=listed, found=show(cell), hint=near)
            elif issue in columns.values():
                self.report(line, cell, "issue_twice", found=show(cell))
            elif issue:
                columns[place] = issue
        missing = [k for k in self.game.issue_names if k not in columns.values()]
        for issue in missing:
            sentence = self.say("no_column", issue=show(issue))
            self.problems.append(self.say("line", line=line, sentence=sentence))
        return columns

    def _row(
        self, line: int, cells: list[str], columns: Mapping[int, str], seen: dict[str, int]
    ) -> None:
        width = max(columns, default=1) + 1
        cells = cells + [""] * (width - len(cells))
        if any(cells[width:]):
            sentence = self.say("too_wide", most=width, found=len(cells))
            self.problems.append(self.say("line", line=line, sentence=sentence))
            return
        group, treatment = cells[0], TREATMENTS.get(cells[1].casefold())
        if not group:
            self.report(line, self.first[0], "no_group")
        elif group in seen:
            self.report(line, self.first[0], "group_twice", found=show(group), first=seen[group])
        seen.setdefault(group, line)
        if treatment is None:
            found = show(cells[1]) if cells[1] else self.say("nothing")
            linked, delinked = self.spoken
            near = hint(self.language, cells[1], self.spoken)
            values = {"linked": linked, "delinked": delinked, "found": found, "hint": near}
            self.report(line, self.first[1], "treatment", **values)
        elif treatment not in treatments_of(self.game):
            why = self.say("reserved" if self.game.reserved else "single")
            values = {"linked": self.spoken[0], "why": why, "found": show(cells[1])}
            self.report(line, self.first[1], "one_way", **values)
        draft = {}
        empty = [issue for place, issue in columns.items() if not cells[place]]
        if self.game.reserved and empty and len(empty) < len(columns):
            for issue in empty:
                self.report(line, issue, "all_issues", group=show(group))
            return
        for place, issue in columns.items():
            if cells[place]:
                shares = self._shares(line, issue, cells[place])
                if shares is not None:
                    draft[issue] = {label: str(share) for label, share in shares.items()}
        if treatment is not None:
            self._add(line, group, treatment, draft)

    def _add(
        self, line: int, group: str, treatment: Treatment, draft: Mapping[str, Mapping[str, str]]
    ) -> None:
        if self.game.reserved and not draft:
            nothing = np.zeros(0, dtype=np.intp)
            self.deals.append(GroupDeal(group, treatment, Deal(nothing, issues=nothing), ()))
            return
        try:
            deal = read_draft(self.game, draft)
        except DraftError as error:
            self.problems += [
                printable(self.say("line", line=line, sentence=problem))
                for problem in error.problems
            ]
            return
        moved = (
            self.game.reserved
            or bool(deal.shares)
            or bool((deal.outcomes != self.game.origin).any())
        )
        # the status quo, even if written out, is nothing signed
        self.deals.append(GroupDeal(group, treatment, deal, tuple(draft) if moved else ()))

    def _shares(self, line: int, issue: str, cell: str) -> dict[str, Fraction] | None:
        """Shares of outcomes in a cell; None after a problem."""
        outcomes = self.game.issues[issue].outcomes
        exact = next((label for label in outcomes if label == cell), None)
        folded = [label for label in outcomes if label.casefold() == cell.casefold()]
        if exact is not None or len(folded) == 1:
            return {exact if exact is not None else folded[0]: Fraction(1)}
        found = _read_terms(cell, self.terms[issue], outcomes) if len(cell) <= MAX_CELL else None
        if found is None:
            known = ", ".join(show(label) for label in outcomes[:10])
            words = re.sub(rf"{NUMBER}\s*[%*]?|[%*]", " ", cell).strip()
            near = hint(self.language, words or cell, outcomes)
            example = outcomes[-1][:40]
            values = {"known": known, "example": example, "found": show(cell), "hint": near}
            self.report(line, issue, "outcome", **values)
            return None
        if isinstance(found, str):
            self.report(line, issue, "shares", wrong=self.say(found), found=show(cell))
            return None
        return found


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, each with the line on which it ends."""
    lines = [line for line in text.splitlines() if line.strip()]
    told = SEPARATOR.fullmatch(lines[0].strip()) if lines else None
    head = next(iter(lines[1 if told else 0 :]), "")
    separator = next((d for d in DELIMITERS if _starts_well(head, d)), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    for cells in reader:
        if told is not None:  # the spreadsheet's note, on the first line that is not empty
            told = None if any(cell.strip() for cell in cells) else told
        elif any(cell.strip() for cell in cells):
            yield reader.line_num, [restored(cell.strip()) for cell in cells]


def _starts_well(line: str, delimiter: str) -> bool:
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return False
    return tuple(cell.strip().casefold() for cell in cells[:2]) in FIRST.values()


def _term(labels: Sequence[str]) -> re.Pattern[str]:
    """One outcome with its share, before or behind it; longer labels first."""
    known = "|".join(re.escape(label) for label in sorted(labels, key=len, reverse=True))
    return re.compile(
        rf"\s*(?:(?P<before>{NUMBER})\s*(?P<percent>%)?\s*\*?\s*)?(?P<label>{known})"
        rf"(?:\s*[:*]?\s*(?P<after>{NUMBER})\s*(?P<percents>%)?)?\s*(?:[+;&]|$)",
        re.IGNORECASE,
    )


def _read_terms(
    cell: str, term: re.Pattern[str], labels: Sequence[str]
) -> dict[str, Fraction] | str | None:
    """Read terms one after another: shares, or which message fits; None if not outcomes."""
    shares: dict[str, Fraction] = {}
    place = 0
    while place < len(cell):
        found = term.match(cell, place)
        if found is None:
            return None
        text = found["before"] or found["after"]
        if text is None or (found["before"] and found["after"]):
            return "one_share"
        share = _number(text)
        if share is None:
            return "share"
        if found["percent"] or found["percents"]:
            share /= 100
        written = found["label"]
        spelt = {k.casefold(): k for k in labels} | {k: k for k in labels}
        label = spelt.get(written) or spelt.get(written.casefold())
        if label is None:
            return None
        if label in shares:
            return "once"
        shares[label] = share
        place = found.end()
    if sum(shares.values(), start=Fraction(0)) > 1:
        return "whole"
    return shares


def _number(text: str) -> Fraction | None:
    over, _, under = text.replace(",", ".").partition("/")
    if under and not int(under):
        return None
    return Fraction(over.strip()) / (Fraction(under.strip()) if under else 1)
