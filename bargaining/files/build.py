"""From a parsed game file to a game: every problem of the file in one report."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from bargaining.errors import GameFileError, InputError
from bargaining.files.commitment import read_commitment
from bargaining.files.constraints import read_constraints
from bargaining.files.issues import read_issue
from bargaining.files.links import read_links
from bargaining.files.problems import Reading, place
from bargaining.files.repeated_play import read_monitoring, read_utilities
from bargaining.files.schema import structural_problems
from bargaining.files.types import read_types, read_worth
from bargaining.model.expressions import check_predicate
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue
from bargaining.model.spelling import printable, show, suggestion
from bargaining.model.transfers import NAME as TRANSFERS

MAX_PROBLEMS = 100
LISTS_OF_TABLES = ("links", "spillovers", "claims", "types", "constraints", "settlements",
                   "frontiers", "at")  # fmt: skip


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
    problems += builder.reading.problems
    problems = [printable(problem) for problem in problems]
    if problems:
        shown = problems[:MAX_PROBLEMS]
        if len(problems) > len(shown):
            shown.append(f"… and {len(problems) - len(shown):,} more problems")
        raise GameFileError(source, shown)
    assert game is not None
    return game


def _without(document: Mapping[str, Any], locations: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    """Return the document without the parts that are structurally wrong, to check the rest."""
    rest: dict[str, Any] = copy.deepcopy(dict(document))
    spoilt: list[tuple[Any, ...]] = []
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
            if location[-2] not in LISTS_OF_TABLES:
                spoilt.append(location[:-1])
    if spoilt:
        return _without(rest, spoilt)
    return rest


class _Builder:
    """Reads one document; problems are collected, not raised."""

    def __init__(
        self, usable: dict[str, Any], document: Mapping[str, Any], override: Mapping[str, Any]
    ) -> None:
        self.usable, self.document, self.override = usable, document, override
        self.reading = Reading()
        self.reading.players = self._players()
        self.reading.parameters = self._parameters()
        self.reading.reserved = isinstance(document.get("reservation"), Mapping)
        raw = document.get("issues")
        self.reading.issue_names = [str(k) for k in raw] if isinstance(raw, Mapping) else []

    def game(self, name: str) -> LinkageGame | None:
        """Build everything; None when something essential is missing."""
        weights = self._weights()
        issues = self._issues(weights)
        links = read_links(self.reading, self.usable.get("links"), issues)
        discount = self._numbers("discount", self._discount)
        channels: dict[str, Any] = {
            "floors": self._numbers("floors"),
            "caps": self._numbers("caps", self._not_negative),
            "reservation": self._reservation(),
            "transfers": self._transfers(),
            "commitment": read_commitment(
                self.reading, self.usable.get("commitment"), issues, links
            ),
            "premium": self._premium(),
            "vetoes": self._vetoes(issues),
            "monitoring": read_monitoring(self.reading, self.usable.get("monitoring")),
            "utility": read_utilities(self.reading, self.usable.get("utility")),
            "types": read_types(self.reading, self.usable.get("types"), issues, weights),
            "worth": read_worth(self.reading, self.usable.get("worth")),
            "constraints": read_constraints(self.reading, self.usable.get("constraints"), issues),
        }
        self._claims()
        if self.reading.problems or len(self.reading.players) < 2:
            return None
        return LinkageGame(
            self.reading.players,
            issues,
            links,
            title=str(self.usable.get("title", "")),
            name=name,
            discount=discount,
            parameters=self.reading.parameters,
            channels={k: v for k, v in channels.items() if v},
            document=self.document,
        )

    def _claims(self) -> None:
        for position, claim in enumerate(self.usable.get("claims") or ()):
            if isinstance(claim, dict) and isinstance(claim.get("holds_when"), str):
                try:
                    check_predicate(claim["holds_when"])
                except InputError as error:
                    self.reading.report(("claims", position, "holds_when"), str(error))
                over = claim.get("over")
                for name, pair in over.items() if isinstance(over, dict) else ():
                    where = ("claims", position, "over", name)
                    if name not in self.reading.parameters:
                        known = ", ".join(self.reading.parameters) or "none"
                        hint = suggestion(name, self.reading.parameters)
                        self.reading.report(
                            where, f"expected a parameter ({known}), found {show(name)}{hint}"
                        )
                    ends = [self.reading.number((*where, i), v) for i, v in enumerate(pair)]
                    if len(ends) == 2 and ends[0] >= ends[1]:
                        self.reading.report(
                            where, f"expected [low, high], found {ends[0]} and {ends[1]}"
                        )

    def _players(self) -> tuple[str, ...]:
        listed = self.usable.get("players")
        if not isinstance(listed, list):
            return ()
        names = [p for p in listed if isinstance(p, str)]
        if len(names) == len(listed):
            if len(names) < 2:
                self.reading.report(
                    ("players",), f"expected at least two players, found {len(names)}"
                )
            self.reading.check_labels(("players",), names)
            for name in names:
                self.reading.check_name(("players",), name)
        return tuple(dict.fromkeys(names))

    def _parameters(self) -> dict[str, Fraction]:
        values: dict[str, Fraction] = {}
        stated = self.usable.get("parameters", {})
        given = stated if isinstance(stated, dict) else {}
        for name in self.override:
            if name not in given:
                hint = suggestion(name, given)
                known = ", ".join(given) or "none"
                self.reading.report(
                    ("parameters",),
                    f"expected a parameter of this game ({known}), found {show(name)}{hint}",
                )
        for name, value in given.items():
            found = self.reading.number(
                ("parameters", name), self.override.get(name, value), values
            )
            values[name] = found
        return values

    def _numbers(
        self, key: str, check: Callable[[Sequence[Any], Fraction], None] | None = None
    ) -> dict[str, Fraction]:
        """Return a table of one number per player."""
        values = {}
        table = self.usable.get(key, {})
        for player, value in table.items() if isinstance(table, dict) else ():
            where = (key, player)
            if self.reading.known_player(where, player):
                values[player] = self.reading.number(where, value)
                if check:
                    check(where, values[player])
        return values

    def _reservation(self) -> dict[str, Fraction]:
        """Return totals for all players, 0 for those left out, if the file states any."""
        if not self.reading.reserved:
            return {}
        stated = self._numbers("reservation")
        return {player: stated.get(player, Fraction(0)) for player in self.reading.players}

    def _discount(self, where: Sequence[Any], value: Fraction) -> None:
        if not 0 <= value < 1:
            self.reading.report(
                where, f"expected a discount factor from 0 to below 1, found {value}"
            )

    def _premium(self) -> dict[str, dict[str, Any]]:
        result = {}
        for player, table in dict(self.usable.get("premium") or {}).items():
            if self.reading.known_player(("premium", player), player) and isinstance(table, dict):
                result[player] = dict(table)
                for key in ("scale", "rate"):
                    if key in table:
                        where = ("premium", player, key)
                        result[player][key] = self.reading.number(where, table[key])
                        self._not_negative(where, result[player][key])
        return result

    def _not_negative(self, where: Sequence[Any], value: Fraction) -> None:
        if value < 0:
            self.reading.report(where, f"expected a number from 0 on, found {value}")

    def _transfers(self) -> dict[str, Fraction]:
        """Read the efficiency of side payments; their issue is added when the game is loaded."""
        table = self.usable.get("transfers")
        if not isinstance(table, dict):
            return {}
        where = ("transfers", "efficiency")
        efficiency = self.reading.number(where, table.get("efficiency", 1))
        if not 0 < efficiency <= 1:
            self.reading.report(
                where,
                "expected the part of a payment that arrives, above 0 and at most 1, "
                f"found {efficiency}",
            )
        if TRANSFERS in self.reading.issue_names:
            self.reading.report(
                ("issues", TRANSFERS),
                "expected another name, since [transfers] adds an issue of this name, "
                f'found "{TRANSFERS}"',
            )
        return {"efficiency": efficiency}

    def _vetoes(self, issues: Mapping[str, Issue]) -> dict[str, tuple[str, ...]]:
        result = {}
        acting = {player: name for name, issue in issues.items() for player in issue.actions}
        for issue, names in dict(self.usable.get("vetoes") or {}).items():
            self.reading.known_issue(("vetoes", issue), issue)
            for player in names or ():
                self.reading.known_player(("vetoes", issue), player)
                if player in acting:
                    self.reading.report(
                        ("vetoes", issue),
                        "expected players who only ratify, found "
                        f"{show(player)}, who acts in {show(acting[player])}: who acts has a say "
                        "anyway; leave him out, or give his veto to another player",
                    )
            result[issue] = tuple(names or ())
        return result

    def _issues(self, weights: Mapping[str, Mapping[str, Fraction]]) -> dict[str, Issue]:
        tables = self.usable.get("issues")
        if not self.reading.issue_names and not self.usable.get("worth"):
            problem = "expected at least one issue, found none"
            if "worth" in self.usable:
                problem = "expected at least one issue, or a coalition in [worth], found neither"
            self.reading.report(("issues",), problem)
        if not isinstance(tables, dict):
            return {}
        built = {}
        for name, table in tables.items():
            self.reading.check_name(("issues", name), name)
            if not name.strip():
                self.reading.report(("issues", name), "expected a name, found an empty one")
            if isinstance(table, dict):
                raw = self.document["issues"][name]
                issue = read_issue(self.reading, name, table, raw, weights.get(name, {}))
                if issue is not None:
                    built[name] = issue
        return built

    def _weights(self) -> dict[str, dict[str, Fraction]]:
        result: dict[str, dict[str, Fraction]] = {}
        for player, table in dict(self.usable.get("weights") or {}).items():
            if not self.reading.known_player(("weights", player), player) or not isinstance(
                table, dict
            ):
                continue
            for issue, value in table.items():
                where = ("weights", player, issue)
                if self.reading.known_issue(where, issue):
                    weight = self.reading.number(where, value)
                    if weight < 0:
                        self.reading.report(
                            where, f"expected a weight of at least 0, found {weight}"
                        )
                    result.setdefault(issue, {})[player] = weight
        return result
