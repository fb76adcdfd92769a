"""What can be moved in a game: sliders for its numbers, tick boxes for its links.

Everything is read off the document of the game file.  A number that the file writes as a formula
over its parameters moves with them and has no slider of its own.  Sliders have exact steps, and
the value of the file is always one of them.
"""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from bargaining.errors import InputError, NotDefinedError
from bargaining.files.problems import place
from bargaining.model.expressions import number
from bargaining.model.game import LinkageGame
from bargaining.settlement.solutions import SOLUTIONS, check_defined

FACTORS = ("discount", "monitoring", "transfers")
"""Tables of numbers between 0 and 1."""
TABLES = ("parameters", "discount", "premium", "transfers", "monitoring", "floors", "caps",
          "reservation", "worth")  # fmt: skip
"""Tables whose numbers have sliders, in this order."""
REACH = 4
"""Sliders go from 0 to this many times the value of the file."""
FINE, COARSE = 200, 40
"""How many steps a slider has, at most and at least."""
FINEST = 1_000
"""Parts of the span from 0 to 1, at most."""
MAX_PAIRS = 10
"""With more issues, an issue is taken off the common table as a whole."""
MAX_ISSUES = 30
MAX_TICKS = 200
"""Games with more links (or issues) have no tick boxes."""
MAX_OF_ISSUE = 48
MAX_OF_TABLE = 40
SIZES = tuple(Fraction(10) ** power * part for power in range(6, -7, -1)
              for part in (Fraction(5), Fraction(5, 2), Fraction(2), Fraction(1)))  # fmt: skip

Step = str | int


@dataclass(frozen=True)
class Slider:
    """A number of the game file that can be moved.

    Attributes
    ----------
    steps : tuple of str or int
        Where it stands in the document.
    start : Fraction
        Its value in the file.
    values : tuple of Fraction
        All it can take, from low to high; ``start`` is one of them.
    """

    steps: tuple[Step, ...]
    start: Fraction
    values: tuple[Fraction, ...]

    @property
    def step(self) -> Fraction | None:
        """The distance of its values where it is the same everywhere, and counted from 0."""
        step = self.values[1] - self.values[0] if len(self.values) > 1 else Fraction(0)
        even = all(b - a == step for a, b in itertools.pairwise(self.values))
        return step if even and step and (self.values[0] / step).denominator == 1 else None

    @property
    def key(self) -> str:
        """Its place in words, such as ``issues.guns.payoffs.us[1]``."""
        return place(self.steps)


@dataclass(frozen=True)
class Tick:
    """A link that can be taken away: a pair of issues, or one issue and all the others.

    Attributes
    ----------
    issues : tuple of str
        Two, or one.
    """

    issues: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Controls:
    """What can be moved in a game.

    Attributes
    ----------
    tables : mapping of str to tuple of Slider
        By table of the file: parameters, discount factors, premiums, …
    issues : mapping of str to tuple of Slider
        By issue: its weights and payoffs.
    ticks : tuple of Tick
        All are ticked at first.
    solutions : tuple of str
        Concepts that are defined for the game.
    left_out : int
        Numbers without a slider because there are too many.
    """

    tables: Mapping[str, tuple[Slider, ...]]
    issues: Mapping[str, tuple[Slider, ...]]
    ticks: tuple[Tick, ...]
    solutions: tuple[str, ...]
    left_out: int = 0

    @cached_property
    def sliders(self) -> Mapping[tuple[Step, ...], Slider]:
        """All sliders by their place."""
        groups = itertools.chain(self.tables.values(), self.issues.values())
        return {slider.steps: slider for group in groups for slider in group}


def controls_of(game: LinkageGame, document: Mapping[str, Any]) -> Controls:
    """Return what can be moved in a game.

    Parameters
    ----------
    game : LinkageGame
    document : mapping
        Its game file.

    Examples
    --------
    >>> from bargaining.files.document import document_of
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> found = controls_of(game, document_of(game))
    >>> [slider.key for slider in found.issues["0"]][-2:]
    ['issues.0.payoffs.2[0]', 'issues.0.payoffs.2[1]']
    >>> found.ticks
    (Tick(issues=('0', '1')),)
    """
    scale = _largest(game)
    shares = _named_in_shares(document)
    left_out = 0
    tables, issues = {}, {}
    for key in TABLES:
        found = list(_table(key, document.get(key), scale, shares))
        left_out += max(0, len(found) - MAX_OF_TABLE)
        if found:
            tables[key] = tuple(found[:MAX_OF_TABLE])
    for number_, name in enumerate(document.get("issues") or {}):
        found = list(_issue(document, name))
        shown = found[:MAX_OF_ISSUE] if number_ < MAX_ISSUES else []
        left_out += len(found) - len(shown)
        if shown:
            issues[name] = tuple(shown)
    solutions = tuple(name for name in SOLUTIONS if _defined(game, name))
    return Controls(tables, issues, _ticks(document), solutions, left_out)


def _table(key: str, table: Any, scale: Fraction, shares: set[str]) -> Iterator[Slider]:
    """Sliders of one table: a number per name, or a table of numbers per name."""
    for steps, value in _numbers((key,), table):
        share = key in FACTORS or (key == "parameters" and steps[1] in shares)
        unit = share and 0 <= value <= 1
        yield Slider(steps, value, _unit(value) if unit else _range(value, scale))


def _issue(document: Mapping[str, Any], name: str) -> Iterator[Slider]:
    """Sliders of an issue: its weight for each player, then its payoffs."""
    entry = document["issues"][name]
    stated = document.get("weights") or {}
    for player in document["players"]:
        weight = _plain((stated.get(player) or {}).get(name, 1))
        if weight is not None and player in (entry.get("payoffs") or {}):
            one = Fraction(1)
            yield Slider(("weights", player, name), weight, _range(weight, one))
    payoffs = list(_numbers(("issues", name, "payoffs"), entry.get("payoffs")))
    scale = max((abs(value) for _, value in payoffs), default=Fraction(0)) or Fraction(1)
    for steps, value in payoffs:
        yield Slider(steps, value, _range(value, scale))


def _numbers(steps: tuple[Step, ...], value: Any) -> Iterator[tuple[tuple[Step, ...], Fraction]]:
    """Yield every plain number in a part of the document, with its place."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _numbers((*steps, str(key)), item)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _numbers((*steps, position), item)
    else:
        found = _plain(value)
        if found is not None:
            yield steps, found


def _plain(value: Any) -> Fraction | None:
    """Return a number that does not depend on parameters; None for everything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return number(value)
    except InputError:
        return None


def _range(value: Fraction, scale: Fraction) -> tuple[Fraction, ...]:
    """From 0 to four times the value; around 0, as far as the scale."""
    if value == 0:
        step = _step(scale, scale)
        reach = int(scale / step)
        return tuple(step * k for k in range(-reach, reach + 1))
    size = abs(value)
    step = _step(size, REACH * size)
    sign = 1 if value > 0 else -1
    return tuple(sorted(sign * step * k for k in range(int(REACH * size / step) + 1)))


def _step(divided: Fraction, reach: Fraction) -> Fraction:
    """Return the largest round step that divides a number, if it gives a fair number of steps."""
    for step in SIZES:
        if (divided / step).denominator == 1 and COARSE <= reach / step <= FINE:
            return step
    return divided / (COARSE // REACH)


def _unit(value: Fraction) -> tuple[Fraction, ...]:
    """From 0 to 1 in hundredths, or in finer steps or beside them where the value is between."""
    parts = math.lcm(100, value.denominator)
    if parts <= FINEST:
        return tuple(Fraction(k, parts) for k in range(parts + 1))
    others = (Fraction(k, 100) for k in range(101))
    return tuple(sorted({value, *(one for one in others if float(one) != float(value))}))


def _largest(game: LinkageGame) -> Fraction:
    """Return the largest gain in the game, for the sliders of numbers that are 0."""
    found = [abs(value) for issue in game.issues.values() for value in issue.exact_payoffs.flat]
    return max(found, default=Fraction(0)) or Fraction(1)


def _named_in_shares(document: Mapping[str, Any]) -> set[str]:
    """Names of parameters from which probabilities and factors are made."""
    texts: list[Any] = []
    for key in FACTORS:
        texts += (document.get(key) or {}).values()
    for draw in document.get("types") or ():
        texts += draw.get("probability") or ()
    found: set[str] = set()
    for text in texts:
        if isinstance(text, str):
            tree = ast.parse(text.strip(), mode="eval")
            found |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return found


def _ticks(document: Mapping[str, Any]) -> tuple[Tick, ...]:
    listed: Sequence[Mapping[str, Any]] | None = document.get("links")
    names = list(document.get("issues") or {})
    if listed is not None:
        found = [Tick(tuple(e["between"])) for e in listed if e.get("negotiable", True)]
    elif len(names) <= MAX_PAIRS:
        found = [Tick(pair) for pair in itertools.combinations(names, 2)]
    else:
        found = [Tick((name,)) for name in names]
    return tuple(found) if len(found) <= MAX_TICKS else ()


def _defined(game: LinkageGame, name: str) -> bool:
    if not game.issues:
        return False
    try:
        check_defined(SOLUTIONS[name], game, "shares")
    except NotDefinedError:
        return False
    return True
