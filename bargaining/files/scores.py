"""Score tables (``.csv``): one row per option, one column of points per player.

    issue,option,us,mexico,status_quo
    guns,no checks,0,0,x
    guns,egress checks,-4,6,
    reservation,,30,25

Every issue is a list of joint options.  A mark in the column ``status_quo`` says where things
stand; a row ``reservation`` without an option states what each player gets without agreement,
in total.  With neither, the reservation totals are 0.  Numbers are whole, decimals with a point,
or fractions; columns are separated by commas, semicolons or tabs.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from bargaining.errors import GameFileError, InputError
from bargaining.files.imported import Imported, OptionTable, option_document
from bargaining.files.numerals import decimal, numeral
from bargaining.files.problems import Reading
from bargaining.files.spreadsheet import defused, restored
from bargaining.model.game import LinkageGame
from bargaining.model.spelling import printable, show

DELIMITERS = (",", ";", "\t")
RESERVATION = "reservation"
STATUS_QUO = "status_quo"
MARKS = ("x", "yes", "true", "1")
NO_MARKS = ("", "no", "false", "0")
MAX_PROBLEMS = 100


@dataclass
class _Rows:
    """The rows of one issue."""

    line: int
    options: dict[str, list[Fraction]] = field(default_factory=dict)
    marked: list[str] = field(default_factory=list)


class _Table:
    """Reads a table; problems are collected, not raised."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.reading = Reading()
        self.issues: dict[str, _Rows] = {}
        self.reservation: dict[str, Fraction] | None = None
        self.players: list[str] = []
        self.mark: int | None = None
        rows = self._rows(text)
        try:
            first = next(rows, None)
            self._header(first)
            for line, cells in rows:
                self._row(line, cells)
        except csv.Error as error:
            self.report(text.count("\n") + 1, f"not valid CSV: {error}")
        self._check_issues()

    def report(self, line: int, sentence: str) -> None:
        self.reading.problems.append(printable(f"line {line}: {sentence}"))

    def _rows(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows that are not empty, each with the line on which it ends."""
        head = next((line for line in text.splitlines() if line.strip()), "")
        separator = next((d for d in DELIMITERS if _starts_well(head, d)), ",")
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [restored(cell.strip()) for cell in cells]

    def _header(self, first: tuple[int, list[str]] | None) -> None:
        line, cells = first or (1, [])
        if [cell.casefold() for cell in cells[:2]] != ["issue", "option"]:
            found = show(",".join(cells)) if cells else "an empty file"
            problem = (
                f"line {line}: expected the header issue,option,PLAYER,PLAYER,… (separated by "
                f"commas, semicolons or tabs), found {found}"
            )
            raise GameFileError(self.name, [printable(problem)])
        marks = [i for i, cell in enumerate(cells) if cell.casefold() == STATUS_QUO]
        self.mark = marks[0] if marks else None
        self.width = len(cells)
        self.columns = [i for i in range(2, len(cells)) if i not in marks]
        self.players = [cells[i] for i in self.columns]
        if len(marks) > 1:
            self.report(line, f"expected one column {STATUS_QUO}, found {len(marks)}")
        if len(self.players) < 2:
            self.report(line, f"expected at least two players, found {len(self.players)}")
        place = (f"line {line}",)
        self.reading.check_labels(place, self.players)
        for player in self.players:
            self.reading.check_name(place, player)

    def _row(self, line: int, cells: list[str]) -> None:
        cells += [""] * (self.width - len(cells))
        if len(cells) > self.width:
            hint = "; a decimal comma? write 0.5" if any(c.isdecimal() for c in cells[2:]) else ""
            self.report(line, f"expected {self.width} cells, found {len(cells)}{hint}")
            return
        issue, option = cells[0], cells[1]
        values = [self._number(line, i, cells[i]) for i in self.columns]
        if issue.casefold() == RESERVATION and not option:
            if self.reservation is not None:
                self.report(line, f"expected one row {RESERVATION}, found a second one")
            self.reservation = dict(zip(self.players, values, strict=True))
            return
        if not issue or not option:
            missing = "an option" if issue else "an issue"
            self.report(line, f"expected {missing}, found an empty cell")
            return
        if issue not in self.issues:
            self.reading.check_name((f"line {line}",), issue)
        rows = self.issues.setdefault(issue, _Rows(line))
        if option in rows.options:
            self.report(line, f"expected each option once, found {show(option)} again")
        rows.options[option] = values
        self._mark(line, rows, option, cells)

    def _number(self, line: int, column: int, cell: str) -> Fraction:
        try:
            return numeral(cell)
        except InputError as error:
            player = show(self.players[self.columns.index(column)])
            self.report(line, f"points of {player}: {error}")
            return Fraction(0)

    def _mark(self, line: int, rows: _Rows, option: str, cells: Sequence[str]) -> None:
        if self.mark is None:
            return
        mark = cells[self.mark].casefold()
        if mark in MARKS:
            rows.marked.append(option)
        elif mark not in NO_MARKS:
            self.report(line, f"{STATUS_QUO}: expected x or nothing, found {show(mark)}")

    def _check_issues(self) -> None:
        if not self.issues:
            self.report(1, "expected at least one row with an issue and an option, found none")
        needed = self.mark is not None and self.reservation is None
        for name, rows in self.issues.items():
            if len(rows.marked) > 1 or (needed and not rows.marked):
                listed = ", ".join(show(option) for option in rows.marked[:5]) or "none"
                self.report(
                    rows.line,
                    f"issue {show(name)}: expected one option marked as {STATUS_QUO}, "
                    f"found {listed}",
                )


def read_scores(text: str, name: str) -> Imported:
    r"""Read a score table.

    Raises
    ------
    GameFileError
        With every problem found and its line.

    Examples
    --------
    >>> table = "issue,option,us,mexico\nguns,as now,0,0\nguns,checks,-4,1/3\n"
    >>> document = read_scores(table, "scores.csv").document
    >>> document["issues"]["guns"]["payoffs"], document["reservation"]
    ({'us': [0, -4], 'mexico': [0, '1/3']}, {'us': 0, 'mexico': 0})
    """
    table = _Table(text, name)
    problems = table.reading.problems
    if problems:
        shown = problems[:MAX_PROBLEMS]
        if len(problems) > len(shown):
            shown.append(f"… and {len(problems) - len(shown):,} more problems")
        raise GameFileError(name, shown)
    issues = {
        issue: OptionTable(
            list(rows.options),
            dict(zip(table.players, zip(*rows.options.values(), strict=True), strict=True)),
            rows.marked[0] if rows.marked else None,
        )
        for issue, rows in table.issues.items()
    }
    totals = table.reservation
    if totals is None and table.mark is None:
        totals = {}
    return Imported(option_document("", table.players, issues, totals, ""))


def write_scores(game: LinkageGame) -> str:
    """Write a game of joint options as a score table.

    Raises
    ------
    InputError
        If a name or label does not survive in a table.

    Examples
    --------
    >>> print(write_scores(LinkageGame.from_payoffs([[[0, 0], [-4, 6]]])), end="")
    issue,option,1,2,status_quo
    0,0,0,0,x
    0,1,-4,6,
    """
    marked = any(issue.status_quo_index is not None for issue in game.issues.values())
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    header = ["issue", "option", *(_cell("player", player) for player in game.players)]
    writer.writerow(header + [STATUS_QUO] * marked)
    for name, issue in game.issues.items():
        for k, option in enumerate(issue.options):
            points = [decimal(value) for value in issue.exact_payoffs[k]]
            mark = ["x" if k == issue.status_quo_index else ""] * marked
            writer.writerow([_cell("issue", name), _cell("option", option), *points, *mark])
    if game.reserved:
        totals = [decimal(value) for value in game.reservation]
        writer.writerow([RESERVATION, "", *totals, *[""] * marked])
    return buffer.getvalue()


def _cell(kind: str, text: str) -> str:
    """Return a label as a cell that is read back the same."""
    control = any(unicodedata.category(c) == "Cc" for c in text)
    clash = kind == "player" and text.casefold() == STATUS_QUO
    if control or clash or text != text.strip():
        msg = f"{kind} {show(text)}: expected a name that a table can hold"
        raise InputError(msg)
    return defused(text)


def _starts_well(line: str, delimiter: str) -> bool:
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return False
    return [cell.strip().casefold() for cell in cells[:2]] == ["issue", "option"]
