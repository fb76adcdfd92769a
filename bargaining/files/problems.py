"""Collecting the problems of a game file, each with its place and the nearest right spelling."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from bargaining.errors import InputError
from bargaining.model.expressions import number as read_number
from bargaining.model.spelling import printable, show, suggestion

SEPARATORS = ("+", ",")


def place(location: Sequence[Any]) -> str:
    """Return a location in words: ``issues.guns.payoffs.us``, ``links[0].between``."""
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + printable(str(part))[:80]
    return text or "the file"


@dataclass
class Reading:
    """What is known while a file is read; problems are collected, not raised.

    Attributes
    ----------
    players, issue_names : sequence of str
    parameters : mapping of str to Fraction
    problems : list of str
    reserved : bool
        Whether the file states reservation totals, so that issues need no status quo.
    """

    players: tuple[str, ...] = ()
    issue_names: list[str] = field(default_factory=list)
    parameters: dict[str, Fraction] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    reserved: bool = False

    def report(self, where: Sequence[Any], sentence: str) -> None:
        """Note a problem."""
        self.problems.append(f"{place(where)}: {sentence}")

    def check_name(self, where: Sequence[Any], name: str) -> None:
        """Names may not hold the signs that separate packages."""
        used = [c for c in SEPARATORS if c in name]
        if used:
            signs = '"+" or ","'
            self.report(where, f"expected a name without {signs}, found {show(name)}")

    def check_labels(self, where: Sequence[Any], labels: Sequence[str]) -> None:
        """Labels must be different and not empty."""
        if not all(label.strip() for label in labels):
            self.report(where, "expected names, found an empty one")
        repeated = sorted(label for label, count in Counter(labels).items() if count > 1)[:5]
        if repeated:
            twice = ", ".join(show(label) for label in repeated)
            self.report(where, f"expected different names, found {twice} more than once")

    def number(
        self, where: Sequence[Any], value: Any, parameters: Mapping[str, Fraction] | None = None
    ) -> Fraction:
        """Read a number or formula; 0 after a problem."""
        try:
            return read_number(value, self.parameters if parameters is None else parameters)
        except InputError as error:
            self.report(where, str(error))
            return Fraction(0)

    def known_player(self, where: Sequence[Any], player: str) -> bool:
        """Whether a name is a player's; a problem if not."""
        if player in self.players:
            return True
        known = ", ".join(show(p) for p in self.players[:20])
        hint = suggestion(player, self.players)
        self.report(where, f"expected a player ({known}), found {show(player)}{hint}")
        return False

    def known_issue(self, where: Sequence[Any], issue: str) -> bool:
        """Whether a name is an issue's; a problem if not."""
        if issue in self.issue_names:
            return True
        known = ", ".join(show(k) for k in self.issue_names[:20])
        hint = suggestion(issue, self.issue_names)
        self.report(where, f"expected an issue ({known}), found {show(issue)}{hint}")
        return False

    def choose(self, where: Sequence[Any], given: Any, labels: Sequence[str]) -> int | None:
        """Position of a label; a problem with the nearest one if it is unknown."""
        if isinstance(given, str) and given in labels:
            return list(labels).index(given)
        known = ", ".join(show(label) for label in labels[:10])
        hint = suggestion(given, labels) if isinstance(given, str) else ""
        self.report(where, f"expected one of {known}, found {show(given)}{hint}")
        return None
