"""From a parsed game file to a game: every problem of the file in one report."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import GameFileError, InputError
from bargaining.files.schema import printable, show, structural_problems
from bargaining.model.expressions import check_predicate, number
from bargaining.model.game import Link, LinkageGame
from bargaining.model.issue import Issue, check_cells
from bargaining.model.spelling import suggestion

MAX_PROBLEMS = 100
SEPARATORS = ("+", ",")


def build(
    document: Mapping[str, Any],
    source: str,
    *,
    name: str = "",
    parameters: Mapping[str, Any] | None = None,
) -> LinkageGame:
    """Build a game from a parsed file.

    Parameters
    ----------
    document : mapping
        The file as read.
    source : str
        The file's name, for messages.
    name : str
        What the game is called in answers.
    parameters : mapping of str to number or formula, optional
        Values that replace those of the file's ``[parameters]``.

    Raises
    ------
    GameFileError
        With every problem found.
    """
    structural = structural_problems(document)
    usable = _without(document, [location for location, _ in structural])
    builder = _Builder(usable, document, parameters or {})
    game = builder.game(name or source)
    problems = [f"{place(location)}: {sentence}" for location, sentence in structural]
    problems += builder.problems
    if problems:
        shown = problems[:MAX_PROBLEMS]
        if len(problems) > len(shown):
            shown.append(f"… and {len(problems) - len(shown):,} more problems")
        raise GameFileError(source, shown)
    assert game is not None
    return game


def place(location: Sequence[Any]) -> str:
    """Return a location in words: ``issues.guns.payoffs.us``, ``links[0].between``."""
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + printable(str(part))[:80]
    return text or "the file"


def _without(document: Mapping[str, Any], locations: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    """Return the document without the parts that are structurally wrong, to check the rest."""
    rest: dict[str, Any] = copy.deepcopy(dict(document))
    for location in sorted(locations, key=len, reverse=True):
        table: Any = rest
        for part in location[:-1]:
            try:
                table = table[part]
            except (KeyError, IndexError, TypeError):
                table = None
                break
        if isinstance(table, dict):
            table.pop(location[-1], None)
        elif isinstance(table, list) and isinstance(location[-1], int):
            table[location[-1]] = None
    return rest


class _Builder:
    """Reads one document; problems are collected, not raised."""

    def __init__(
        self, usable: dict[str, Any], document: Mapping[str, Any], override: Mapping[str, Any]
    ) -> None:
        self.usable, self.document, self.override = usable, document, override
        self.problems: list[str] = []
        self.players = self._players()
        self.parameters = self._parameters()
        raw = document.get("issues")
        self.issue_names = [str(k) for k in raw] if isinstance(raw, Mapping) else []

    def report(self, where: Sequence[Any], sentence: str) -> None:
        """Note a problem."""
        self.problems.append(f"{place(where)}: {sentence}")

    def game(self, name: str) -> LinkageGame | None:
        """Build everything; None when something essential is missing."""
        issues = self._issues()
        links = self._links(issues)
        discount = self._numbers("discount", self._discount)
        channels: dict[str, Any] = {
            "floors": self._numbers("floors"),
            "caps": self._numbers("caps"),
            "reservation": self._numbers("reservation"),
            "premium": self._premium(),
            "vetoes": self._vetoes(),
            "types": self.usable.get("types", []),
            "constraints": self.usable.get("constraints", []),
        }
        self._claims()
        if self.problems or len(self.players) < 2 or not issues:
            return None
        return LinkageGame(
            self.players,
            issues,
            links,
            title=str(self.usable.get("title", "")),
            name=name,
            discount=discount,
            parameters=self.parameters,
            channels={k: v for k, v in channels.items() if v},
            document=self.document,
        )

    def _claims(self) -> None:
        for position, claim in enumerate(self.usable.get("claims") or ()):
            if isinstance(claim, dict) and isinstance(claim.get("holds_when"), str):
                try:
                    check_predicate(claim["holds_when"])
                except InputError as error:
                    self.report(("claims", position, "holds_when"), str(error))

    def _players(self) -> tuple[str, ...]:
        listed = self.usable.get("players")
        if not isinstance(listed, list):
            return ()
        names = [p for p in listed if isinstance(p, str)]
        if len(names) == len(listed):
            if len(names) < 2:
                self.report(("players",), f"expected at least two players, found {len(names)}")
            self._labels(("players",), names)
            for name in names:
                self._separators(("players",), name)
        return tuple(dict.fromkeys(names))

    def _separators(self, where: Sequence[Any], name: str) -> None:
        used = [c for c in SEPARATORS if c in name]
        if used:
            signs = '"+" or ","'
            self.report(where, f"expected a name without {signs}, found {show(name)}")

    def _labels(self, where: Sequence[Any], labels: Sequence[str]) -> None:
        if not all(label.strip() for label in labels):
            self.report(where, "expected names, found an empty one")
        repeated = sorted({label for label in labels if labels.count(label) > 1})[:5]
        if repeated:
            twice = ", ".join(show(label) for label in repeated)
            self.report(where, f"expected different names, found {twice} more than once")

    def _parameters(self) -> dict[str, Fraction]:
        values: dict[str, Fraction] = {}
        stated = self.usable.get("parameters", {})
        given = stated if isinstance(stated, dict) else {}
        for name in self.override:
            if name not in given:
                hint = suggestion(name, given)
                known = ", ".join(given) or "none"
                self.report(
                    ("parameters",),
                    f"expected a parameter of this game ({known}), found {show(name)}{hint}",
                )
        for name, value in given.items():
            found = self._number(("parameters", name), self.override.get(name, value), values)
            values[name] = found
        return values

    def _number(
        self, where: Sequence[Any], value: Any, parameters: Mapping[str, Fraction] | None = None
    ) -> Fraction:
        try:
            return number(value, self.parameters if parameters is None else parameters)
        except InputError as error:
            self.report(where, str(error))
            return Fraction(0)

    def _numbers(
        self, key: str, check: Callable[[Sequence[Any], Fraction], None] | None = None
    ) -> dict[str, Fraction]:
        """Return a table of one number per player."""
        values = {}
        table = self.usable.get(key, {})
        for player, value in table.items() if isinstance(table, dict) else ():
            where = (key, player)
            if self._known_player(where, player):
                values[player] = self._number(where, value)
                if check:
                    check(where, values[player])
        return values

    def _discount(self, where: Sequence[Any], value: Fraction) -> None:
        if not 0 <= value < 1:
            self.report(where, f"expected a discount factor from 0 to below 1, found {value}")

    def _known_player(self, where: Sequence[Any], player: str) -> bool:
        if player in self.players:
            return True
        known = ", ".join(show(p) for p in self.players[:20])
        hint = suggestion(player, self.players)
        self.report(where, f"expected a player ({known}), found {show(player)}{hint}")
        return False

    def _premium(self) -> dict[str, dict[str, Any]]:
        result = {}
        for player, table in dict(self.usable.get("premium") or {}).items():
            if self._known_player(("premium", player), player) and isinstance(table, dict):
                result[player] = {
                    **table,
                    **{
                        key: self._number(("premium", player, key), table[key])
                        for key in ("scale", "rate")
                        if key in table
                    },
                }
        return result

    def _vetoes(self) -> dict[str, tuple[str, ...]]:
        result = {}
        for issue, names in dict(self.usable.get("vetoes") or {}).items():
            self._known_issue(("vetoes", issue), issue)
            for player in names or ():
                self._known_player(("vetoes", issue), player)
            result[issue] = tuple(names or ())
        return result

    def _known_issue(self, where: Sequence[Any], issue: str) -> bool:
        if issue in self.issue_names:
            return True
        known = ", ".join(show(k) for k in self.issue_names[:20])
        hint = suggestion(issue, self.issue_names)
        self.report(where, f"expected an issue ({known}), found {show(issue)}{hint}")
        return False

    def _issues(self) -> dict[str, Issue]:
        tables = self.usable.get("issues")
        if not isinstance(tables, dict):
            return {}
        if not self.issue_names:
            self.report(("issues",), "expected at least one issue, found none")
        built = {}
        weights = self._weights()
        for name, table in tables.items():
            self._separators(("issues", name), name)
            if not name.strip():
                self.report(("issues", name), "expected a name, found an empty one")
            if isinstance(table, dict):
                issue = self._issue(name, table, weights.get(name, {}))
                if issue is not None:
                    built[name] = issue
        return built

    def _weights(self) -> dict[str, dict[str, Fraction]]:
        result: dict[str, dict[str, Fraction]] = {}
        for player, table in dict(self.usable.get("weights") or {}).items():
            if not self._known_player(("weights", player), player) or not isinstance(table, dict):
                continue
            for issue, value in table.items():
                where = ("weights", player, issue)
                if self._known_issue(where, issue):
                    weight = self._number(where, value)
                    if weight < 0:
                        self.report(where, f"expected a weight of at least 0, found {weight}")
                    result.setdefault(issue, {})[player] = weight
        return result

    def _issue(
        self, name: str, table: dict[str, Any], weights: Mapping[str, Fraction]
    ) -> Issue | None:
        where = ("issues", name)
        raw = self.document["issues"][name]
        forms = [key for key in ("actions", "options") if isinstance(raw, dict) and key in raw]
        if len(forms) != 1:
            found = "both" if forms else "neither"
            self.report(where, f"expected either actions or options, found {found}")
            return None
        before = len(self.problems)
        actions, options = self._form(where, table)
        if len(self.problems) > before or not (actions or options):
            return None
        axes = [
            (f"one per action of {player}", len(labels)) for player, labels in actions.items()
        ] or [("one per option", len(options))]
        shape = tuple(length for _, length in axes)
        try:
            outcomes = check_cells(name, shape, len(self.players))
        except InputError as error:
            self.report(where, str(error).partition(": ")[2])
            return None
        payoffs = np.full((outcomes, len(self.players)), Fraction(0), dtype=object)
        given = table.get("payoffs", {})
        for player, nested in given.items() if isinstance(given, dict) else ():
            at = (*where, "payoffs", player)
            if self._known_player(at, player):
                flat = self._nested(at, nested, axes)
                weight = weights.get(player, Fraction(1))
                if flat is not None:
                    payoffs[:, self.players.index(player)] = [weight * v for v in flat]
        index = self._status_quo((*where, "status_quo"), table, actions, options)
        issue = Issue(
            name,
            self.players,
            actions,
            options,
            payoffs,
            index,
            str(table.get("title", "")),
            self._visibility(where, table, outcomes),
        )
        if len(set(issue.outcomes)) < outcomes:
            self.report(where, 'expected labels that do not contain " / " in confusing places')
        return issue

    def _form(
        self, where: Sequence[Any], table: dict[str, Any]
    ) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
        """Return the action labels of each acting player, or the options."""
        options = table.get("options")
        if isinstance(options, list):
            if not options:
                self.report((*where, "options"), "expected at least one option, found none")
            self._labels((*where, "options"), options)
            return {}, tuple(options)
        given = table.get("actions")
        if not isinstance(given, dict):
            return {}, ()
        if not given:
            self.report((*where, "actions"), "expected at least one acting player, found none")
        for player, labels in given.items():
            at = (*where, "actions", player)
            self._known_player(at, player)
            if not labels:
                self.report(at, "expected at least one action, found none")
            else:
                self._labels(at, labels)
        return {p: tuple(given[p]) for p in self.players if given.get(p)}, ()

    def _nested(
        self, where: Sequence[Any], nested: Any, axes: Sequence[tuple[str, int]]
    ) -> list[Fraction] | None:
        """Read nested lists of the shape that the axes require, in row-major order."""
        before = len(self.problems)
        values: list[Fraction] = []

        def walk(item: Any, depth: int, path: tuple[Any, ...]) -> None:
            if depth == len(axes):
                values.append(self._number((*where, *path), item))
                return
            words, length = axes[depth]
            if not isinstance(item, list):
                kind = "numbers" if depth == len(axes) - 1 else "rows"
                self.report(
                    (*where, *path), f"expected {length} {kind} ({words}), found {show(item)}"
                )
            elif len(item) != length:
                kind = "numbers" if depth == len(axes) - 1 else "rows"
                self.report(
                    (*where, *path), f"expected {length} {kind} ({words}), found {len(item)}"
                )
            else:
                for i, child in enumerate(item):
                    walk(child, depth + 1, (*path, i))

        walk(nested, 0, ())
        complete = len(values) == math.prod(length for _, length in axes)
        return values if complete and len(self.problems) == before else None

    def _status_quo(
        self,
        where: Sequence[Any],
        table: dict[str, Any],
        actions: Mapping[str, tuple[str, ...]],
        options: tuple[str, ...],
    ) -> int | None:
        given = table.get("status_quo")
        if given is None:
            if options:
                known = ", ".join(show(label) for label in options[:10])
                self.report(where, f"expected one of the options ({known}), found none")
            return None
        if options:
            return self._choose(where, given, options)
        if not isinstance(given, dict):
            first = next(iter(actions))
            self.report(
                where,
                f"expected an action per player (status_quo.{first} = …), found {show(given)}",
            )
            return None
        for player in given:
            if player not in actions:
                hint = suggestion(player, actions)
                self.report(
                    (*where, player),
                    f"expected players who act here ({', '.join(actions)}){hint}",
                )
        chosen = []
        for player, labels in actions.items():
            if player in given:
                chosen.append(self._choose((*where, player), given[player], labels))
            elif len(labels) == 1:
                chosen.append(0)
            else:
                self.report((*where, player), "expected an action, found none")
                chosen.append(None)
        if None in chosen:
            return None
        return int(np.ravel_multi_index(chosen, [len(v) for v in actions.values()]))  # type: ignore[arg-type]

    def _choose(self, where: Sequence[Any], given: Any, labels: Sequence[str]) -> int | None:
        if isinstance(given, str) and given in labels:
            return list(labels).index(given)
        known = ", ".join(show(label) for label in labels[:10])
        hint = suggestion(given, labels) if isinstance(given, str) else ""
        self.report(where, f"expected one of {known}, found {show(given)}{hint}")
        return None

    def _visibility(
        self, where: Sequence[Any], table: dict[str, Any], outcomes: int
    ) -> dict[str, tuple[Fraction, ...]]:
        result = {}
        for player, values in dict(table.get("visibility") or {}).items():
            at = (*where, "visibility", player)
            if not self._known_player(at, player) or not isinstance(values, list):
                continue
            if len(values) != outcomes:
                self.report(
                    at, f"expected {outcomes} numbers (one per outcome), found {len(values)}"
                )
            result[player] = tuple(self._number((*at, i), v) for i, v in enumerate(values))
        return result

    def _links(self, issues: Mapping[str, Issue]) -> tuple[Link, ...] | None:
        listed = self.usable.get("links")
        if not isinstance(listed, list):
            return None
        links, seen = [], set()
        for position, table in enumerate(listed):
            where: tuple[Any, ...] = ("links", position)
            between = table.get("between") if isinstance(table, dict) else None
            if not (isinstance(between, list) and len(between) == 2):
                continue
            if not all(self._known_issue((*where, "between"), str(k)) for k in between):
                continue
            if between[0] == between[1]:
                self.report((*where, "between"), "expected two different issues, found one twice")
                continue
            if frozenset(between) in seen:
                self.report((*where, "between"), "expected each pair once, found a second link")
            seen.add(frozenset(between))
            first, second = str(between[0]), str(between[1])
            pair = [issues[k] for k in (first, second) if k in issues]
            spillovers = None
            if len(pair) == 2 and table.get("spillovers"):
                spillovers = self._spillovers(where, table["spillovers"], pair[0], pair[1])
            links.append(Link((first, second), bool(table.get("negotiable", True)), spillovers))
        return tuple(links)

    def _spillovers(
        self, where: tuple[Any, ...], entries: Sequence[Any], first: Issue, second: Issue
    ) -> NDArray[Any] | None:
        try:
            check_cells("spillovers", (first.size, second.size), len(self.players))
        except InputError as error:
            self.report(where, str(error).partition(": ")[2])
            return None
        table = np.full((first.size, second.size, len(self.players)), Fraction(0), dtype=object)
        for position, entry in enumerate(entries):
            if not isinstance(entry, dict):
                continue
            at = (*where, "spillovers", position)
            when = entry.get("when", {})
            masks = []
            for issue in (first, second):
                condition = when.get(issue.name) if isinstance(when, dict) else None
                masks.append(self._matching((*at, "when", issue.name), issue, condition))
            for name in when if isinstance(when, dict) else ():
                if name not in (first.name, second.name):
                    self.report(
                        (*at, "when", name),
                        f"expected the linked issues ({first.name}, {second.name})"
                        f"{suggestion(name, (first.name, second.name))}",
                    )
            values = entry.get("payoffs", {})
            for player, value in values.items() if isinstance(values, dict) else ():
                if self._known_player((*at, "payoffs", player), player):
                    amount = self._number((*at, "payoffs", player), value)
                    layer = table[:, :, self.players.index(player)]
                    layer[np.ix_(masks[0], masks[1])] += amount
        return table

    def _matching(self, where: Sequence[Any], issue: Issue, condition: Any) -> NDArray[np.bool_]:
        """Outcomes that a condition names; all of them without one."""
        every = np.ones(issue.size, dtype=bool)
        if condition is None:
            return every
        if isinstance(condition, str) and issue.is_options:
            chosen = self._choose(where, condition, issue.options)
            every[:] = False
            if chosen is not None:
                every[chosen] = True
            return every
        if isinstance(condition, dict) and not issue.is_options:
            grid = np.indices(issue.shape).reshape(len(issue.shape), -1)
            for player, label in condition.items():
                at = (*where, player)
                if player not in issue.actions:
                    known = ", ".join(issue.actions)
                    self.report(
                        at,
                        f"expected players who act here ({known})"
                        f"{suggestion(player, issue.actions)}",
                    )
                    continue
                chosen = self._choose(at, label, issue.actions[player])
                if chosen is not None:
                    every &= grid[list(issue.actions).index(player)] == chosen
            return every
        kind = "an option's label" if issue.is_options else "an action per player"
        self.report(where, f"expected {kind}, found {show(condition)}")
        return every
