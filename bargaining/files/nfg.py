r"""Gambit's strategic games (``.nfg``): one issue, ``game``, in which all players act.

A file holds a title, the players, their strategies (named or only counted), perhaps a comment,
and a body: either the payoffs of every combination of strategies in turn, or a list of outcomes
followed by each combination's outcome number (0 for none, worth 0 to everyone).  The first
player's strategy varies fastest; in a game file the last one's does.  Numbers are exact.  A
quotation mark inside a quoted text is preceded by a backslash.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import GameFileError, InputError
from bargaining.files.imported import Imported, Warnings, legal_names
from bargaining.files.numerals import decimal, numeral, plain
from bargaining.files.schema import FORMAT
from bargaining.model.game import MAX_PLAYERS
from bargaining.model.issue import Issue, check_cells
from bargaining.model.spelling import show

ISSUE = "game"
NOTHING_TO_DO = "-"
"""The one strategy written for a player who has no actions in an issue."""
_TOKEN = re.compile(r'"(?:[^"\\]++|\\"|\\(?!"))*+"|[{}]|[^\s{}",]++|"')


@dataclass(frozen=True)
class _Token:
    text: str
    line: int

    @property
    def quoted(self) -> bool:
        return len(self.text) > 1 and self.text[0] == '"'

    @property
    def value(self) -> str:
        return self.text[1:-1].replace('\\"', '"') if self.quoted else self.text


class _Tokens:
    """The file's tokens in turn; a comma counts as white space."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.end = text.count("\n", 0, len(text.rstrip())) + 1
        self._rest = self._scan(text)
        self.next = next(self._rest, None)

    @staticmethod
    def _scan(text: str) -> Iterator[_Token]:
        line, at = 1, 0
        for found in _TOKEN.finditer(text):
            line += text.count("\n", at, found.start())
            at = found.start()
            yield _Token(found[0], line)

    def take(self, wanted: str) -> _Token:
        """Return the next token, whatever it is; without one, say what was wanted."""
        token = self.next
        if token is None:
            self.refuse(wanted, None)
        self.next = next(self._rest, None)
        return token

    def expect(self, text: str, wanted: str) -> None:
        token = self.take(wanted)
        if token.text != text:
            self.refuse(wanted, token)

    def skip(self, text: str) -> bool:
        """Take the next token if it is this one."""
        if self.next is None or self.next.text != text:
            return False
        self.take(text)
        return True

    def number(self, wanted: str) -> Fraction:
        token = self.take(wanted)
        try:
            if not token.quoted:
                return numeral(token.text)
        except InputError:
            pass
        self.refuse(wanted, token)

    def count(self, wanted: str, least: int) -> int:
        token = self.take(wanted)
        if not re.fullmatch(r"[0-9]{1,9}", token.text) or int(token.text) < least:
            self.refuse(wanted, token)
        return int(token.text)

    def refuse(self, wanted: str, found: _Token | None) -> NoReturn:
        line = self.end if found is None else found.line
        what = "the end of the file" if found is None else show(found.text)
        if found is not None and found.text == '"':
            what = "a quotation mark that is never closed"
        raise GameFileError(self.name, [f"line {line}: expected {wanted}, found {what}"])


def read_nfg(text: str, name: str) -> Imported:
    """Read a strategic game.

    Raises
    ------
    GameFileError
        With the line and what was expected there.

    Examples
    --------
    >>> text = 'NFG 1 R "PD" { "Row" "Column" } { 2 2 }  3 3 4 0 0 4 1 1'
    >>> read_nfg(text, "pd.nfg").document["issues"]["game"]["payoffs"]["Row"]
    [[3, 0], [4, 1]]
    """
    tokens = _Tokens(text, name)
    title = _header(tokens)
    raw_players = _labels(tokens, "the players' names", MAX_PLAYERS)
    raw_strategies = _strategies(tokens, len(raw_players))
    shape = tuple(len(labels) for labels in raw_strategies)
    comment = ""
    if tokens.next is not None and tokens.next.quoted:
        comment = tokens.take("a comment").value.strip()
    if tokens.next is not None and tokens.next.text == "{":
        flat = _outcome_body(tokens, shape)
    else:
        flat = _payoff_body(tokens, shape)
    if tokens.next is not None:
        tokens.refuse("the end of the file", tokens.next)
    warnings = Warnings()
    players = legal_names(raw_players, "player", name, warnings)
    strategies = {
        player: legal_names(labels, "strategy", f"{name}: {player}", warnings, separators=False)
        for player, labels in zip(players, raw_strategies, strict=True)
    }
    _tell_apart(strategies, name, warnings)
    n = len(players)
    tensor = flat.reshape(*reversed(shape), n).transpose(*reversed(range(n)), n)
    entry: dict[str, Any] = {"title": " ".join(title.split())} if title.strip() else {}
    if comment:
        entry["description"] = comment
    entry["actions"] = strategies
    entry["payoffs"] = {player: tensor[..., i].tolist() for i, player in enumerate(players)}
    document = {"format": FORMAT, "title": entry.get("title", ""), "players": players,
                "issues": {ISSUE: entry}}  # fmt: skip
    return Imported(document, warnings.all())


def _header(tokens: _Tokens) -> str:
    for word, wanted in (("NFG", "NFG (a Gambit strategic game)"), ("1", "version 1")):
        tokens.expect(word, wanted)
    token = tokens.take("R")
    if token.text not in ("R", "D"):
        tokens.refuse("R", token)
    token = tokens.take("a title in quotation marks")
    if not token.quoted:
        tokens.refuse("a title in quotation marks", token)
    return token.value


def _labels(tokens: _Tokens, what: str, most: int) -> list[str]:
    """Read ``{ "a" "b" … }``."""
    tokens.expect("{", f"{{ before {what}")
    labels: list[str] = []
    while not tokens.skip("}"):
        token = tokens.take(f"}} after {what}")
        if token.text in ("{", '"') or len(labels) >= most:
            wanted = f"at most {most:,} of {what}" if len(labels) >= most else what
            tokens.refuse(wanted, token)
        labels.append(token.value)
    if not labels:
        raise GameFileError(tokens.name, [f"expected {what}, found none"])
    return labels


def _strategies(tokens: _Tokens, players: int) -> list[list[str]]:
    """Read the strategies' names, or only their numbers; the whole must be of bearable size."""
    found: list[list[str]] = []
    sizes: list[int] = []
    tokens.expect("{", "{ before the strategies")
    named = tokens.next is not None and tokens.next.text == "{"
    most = 10_000_000
    while not tokens.skip("}"):
        if len(sizes) == players:
            tokens.refuse(f"strategies of {players} players", tokens.next)
        if named:
            found.append(_labels(tokens, "strategies", most))
            sizes.append(len(found[-1]))
        else:
            sizes.append(tokens.count("a number of strategies, at least 1", 1))
        try:
            check_cells("strategies", sizes, players)
        except InputError as error:
            raise GameFileError(tokens.name, [str(error)]) from None
    if len(sizes) < players:
        raise GameFileError(
            tokens.name, [f"expected strategies of {players} players, found those of {len(sizes)}"]
        )
    return found if named else [[str(i + 1) for i in range(size)] for size in sizes]


def _payoff_body(tokens: _Tokens, shape: Sequence[int]) -> NDArray[Any]:
    """Read the payoffs of every combination in turn, one number per player."""
    total = int(np.prod(shape, dtype=object)) * len(shape)
    values = np.empty(total, dtype=object)
    for i in range(total):
        values[i] = plain(tokens.number(f"a payoff ({i + 1:,} of {total:,})"))
    return values


def _outcome_body(tokens: _Tokens, shape: Sequence[int]) -> NDArray[Any]:
    """Read the list of outcomes and each combination's outcome number."""
    players = len(shape)
    outcomes: list[list[int | str]] = [[0] * players]
    tokens.expect("{", "{ before the outcomes")
    while not tokens.skip("}"):
        tokens.expect("{", "{ before an outcome")
        if tokens.next is not None and tokens.next.quoted:
            tokens.take("an outcome's name")
        which = f"of outcome {len(outcomes)}"
        outcomes.append(
            [plain(tokens.number(f"payoff {i + 1} of {players} {which}")) for i in range(players)]
        )
        tokens.expect("}", f"}} after {players} payoffs {which}")
    cells = int(np.prod(shape, dtype=object))
    values = np.empty((cells, players), dtype=object)
    for i in range(cells):
        wanted = f"an outcome from 0 to {len(outcomes) - 1} ({i + 1:,} of {cells:,})"
        token = tokens.next
        number = tokens.count(wanted, 0)
        if number >= len(outcomes):
            tokens.refuse(wanted, token)
        values[i] = outcomes[number]
    return values


def _tell_apart(strategies: dict[str, list[str]], name: str, warnings: Warnings) -> None:
    """Mend labels whose combinations, joined by " / ", would read the same."""
    if not any(" / " in label for labels in strategies.values() for label in labels):
        return
    joined = [" / ".join(profile) for profile in itertools.product(*strategies.values())]
    if len(set(joined)) == len(joined):
        return
    for player, labels in strategies.items():
        raw = [label.replace(" / ", "/") for label in labels]
        if raw != labels:
            warnings.add(name, f'" / " in strategies of {show(player)} is written "/"')
        strategies[player] = legal_names(raw, "strategy", name, warnings, separators=False)


def write_nfg(issue: Issue, title: str, *, body: str = "payoffs", comment: str = "") -> str:
    """Write an issue as a strategic game.

    Parameters
    ----------
    issue : Issue
        A normal form; players without actions get one strategy, "-".
    title : str
    body : {"payoffs", "outcomes"}
    comment : str, optional

    Examples
    --------
    >>> pd = Issue.normal_form("pd", ["a", "b"], {"a": ["C", "D"], "b": ["C", "D"]},
    ...     {"a": [[3, 0], [4, 1]], "b": [[3, 4], [0, 1]]})
    >>> print(write_nfg(pd, "PD"), end="")
    NFG 1 R "PD" { "a" "b" }
    { { "C" "D" }
      { "C" "D" } }
    ""
    <BLANKLINE>
    3 3
    4 0
    0 4
    1 1
    """
    labels = [issue.actions.get(player, (NOTHING_TO_DO,)) for player in issue.players]
    shape = [len(own) for own in labels]
    n = len(shape)
    order = np.arange(issue.size).reshape(shape).transpose(*reversed(range(n))).ravel()
    rows = [[decimal(value) for value in issue.exact_payoffs[k]] for k in order]
    names = " ".join(_quoted(player) for player in issue.players)
    lists = "\n  ".join("{ " + " ".join(_quoted(label) for label in own) + " }" for own in labels)
    lines = [f"NFG 1 R {_quoted(title)} {{ {names} }}", f"{{ {lists} }}", _quoted(comment), ""]
    if body == "payoffs":
        lines += [" ".join(row) for row in rows]
    else:
        lines += ["{", *(f'{{ "" {", ".join(row)} }}' for row in rows), "}"]
        lines.append(" ".join(str(k + 1) for k in range(len(rows))))
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Quote a text; one that ends in a backslash gets a space, or its end would not be seen."""
    escaped = text.replace('"', '\\"')
    return f'"{escaped} "' if text.endswith("\\") else f'"{escaped}"'
