"""GeniusWeb scenarios: one linear additive profile per party in JSON, perhaps a domain first.

A party's utility of a package is the sum over issues of weight · utility of the value.  Discrete
values have stated utilities; numbers have one at both ends of a range and a straight line in
between (0 outside), here exactly, where GeniusWeb rounds to eight places.  Values left out are
worth 0.  The reservation is the utility of the profile's reservation bid, 0 without one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

from bargaining.errors import GameFileError, InputError
from bargaining.files.imported import (
    Imported,
    OptionTable,
    Warnings,
    legal_names,
    option_document,
)
from bargaining.files.numerals import decimal
from bargaining.files.toml import parse, read_text
from bargaining.model.expressions import number
from bargaining.model.issue import check_cells
from bargaining.model.spelling import printable, show

SPACE = "LinearAdditiveUtilitySpace"
DISCRETE = ("DiscreteValueSetUtilities", "discreteutils")
NUMBERS = ("NumberValueSetUtilities", "numberutils")
"""Names of the two kinds of utilities, newer and older."""
_ZERO = Fraction(0)
_Values = dict[str, Fraction | None]
"""Labels of an issue's values, each with its number in an issue of numbers."""


class _File:
    """One JSON file; asks for values of the right kind, and names the place of wrong ones."""

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, printable(str(path))
        self.content = parse(read_text(path), self.name, "json")
        space = self.content.get(SPACE)
        self.is_profile = space is not None
        self.table = self.mapping(space, SPACE) if self.is_profile else self.content

    def refuse(self, place: str, wanted: str, found: Any) -> NoReturn:
        problem = f"{place}: expected {wanted}, found {show(found)}"
        raise GameFileError(self.name, [printable(problem)])

    def mapping(self, value: Any, place: str) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            self.refuse(place, "a table", value)
        return value

    def number(self, value: Any, place: str) -> Fraction:
        try:
            return number(value)
        except InputError as error:
            raise GameFileError(self.name, [printable(f"{place}: {error}")]) from None

    def domain(self) -> dict[str, _Values]:
        """Return the issues and their values."""
        table = self.table
        if self.is_profile:
            table = self.mapping(table.get("domain"), "domain")
        issues = self.mapping(table.get("issuesValues"), "issuesValues")
        if not issues:
            self.refuse("issuesValues", "at least one issue", issues)
        return {name: self._values(entry, f"issuesValues.{name}") for name, entry in issues.items()}

    def _values(self, entry: Any, place: str) -> _Values:
        table = self.mapping(entry, place)
        if "range" in table:
            return self._range(self.mapping(table["range"], f"{place}.range"), f"{place}.range")
        values = table.get("values")
        if not isinstance(values, list) or not values:
            self.refuse(place, "values or a range", values)
        for value in values:
            if not isinstance(value, str):
                self.refuse(f"{place}.values", "texts", value)
        return dict.fromkeys(values)

    def _range(self, table: Mapping[str, Any], place: str) -> _Values:
        low, high, step = (
            self.number(table.get(key), f"{place}.{key}") for key in ("low", "high", "step")
        )
        if high < low or step <= 0:
            self.refuse(place, "low <= high and a positive step", f"{low}, {high}, {step}")
        count = (high - low) // step + 1
        try:
            check_cells("range", (count,), 2)
        except InputError as error:
            raise GameFileError(self.name, [f"{place}: {error}"]) from None
        return {decimal(x): x for x in (low + step * k for k in range(count))}


def read_geniusweb(paths: Sequence[Path]) -> Imported:
    """Read the profile files of the parties, perhaps with a domain file first.

    Raises
    ------
    GameFileError
        With the first problem found.
    """
    files = [_File(path) for path in paths]
    profiles = files if files[0].is_profile else files[1:]
    for file in profiles:
        if not file.is_profile:
            file.refuse("the file", f"a profile ({SPACE})", ", ".join(file.content) or "{}")
    if len(profiles) < 2:
        found = "one profile" if profiles else "no profile"
        problem = (
            "expected the profile files of at least two parties, perhaps with a domain first, as "
            f"in load((profile1, profile2)); found {found}"
        )
        raise GameFileError(files[0].name, [problem])
    warnings = Warnings()
    domain = files[0].domain()
    players = _players(profiles, warnings)
    parties = [_Party(file, domain, warnings) for file in profiles]
    names = legal_names(domain, "issue", files[0].name, warnings)
    issues = {}
    for name, (raw, values) in zip(names, domain.items(), strict=True):
        place = f"{files[0].name}: issue {show(raw)}"
        labels = legal_names(values, "option", place, warnings, separators=False)
        columns = {
            player: [party.worth(raw, label, x) for label, x in values.items()]
            for player, party in zip(players, parties, strict=True)
        }
        issues[name] = OptionTable(labels, columns)
    reservation = {p: party.reservation() for p, party in zip(players, parties, strict=True)}
    table = files[0].table
    title = table.get("name") if files[0] not in profiles else table["domain"].get("name")
    source = f"GeniusWeb scenario: {', '.join(path.name for path in paths)}"
    document = option_document(
        title if isinstance(title, str) else "", players, issues, reservation, source
    )
    return Imported(document, warnings.all())


class _Party:
    """What the values are worth to one party."""

    def __init__(self, file: _File, domain: Mapping[str, _Values], warnings: Warnings) -> None:
        self.file, self.domain, self.warnings = file, domain, warnings
        weights = file.mapping(file.table.get("issueWeights"), "issueWeights")
        self.weights = {k: file.number(v, f"issueWeights.{k}") for k, v in weights.items()}
        utilities = file.mapping(file.table.get("issueUtilities"), "issueUtilities")
        self.utilities = {
            k: self._utilities(v, f"issueUtilities.{k}") for k, v in utilities.items()
        }
        if file.domain() != domain:
            warnings.add(file.name, "its domain differs from the first one, which counts")
        for issue in domain:
            for what, table in (("weight", self.weights), ("utilities", self.utilities)):
                if issue not in table:
                    sentence = f"issue {show(issue)} has no {what}; it is worth 0 to this party"
                    warnings.add(file.name, sentence)
        for issue in dict.fromkeys([*self.weights, *self.utilities]):
            if issue not in domain:
                warnings.add(file.name, f"the domain has no issue {show(issue)}; it is left out")
        total = sum((self.weights.get(k, _ZERO) for k in domain), start=_ZERO)
        if abs(total - 1) > Fraction(1, 10**9):
            sentence = f"the weights add up to {float(total):.9g}, not to 1; used as they are"
            warnings.add(file.name, sentence)
        for issue, values in domain.items():
            self._compare(issue, values)

    def _utilities(self, entry: Any, place: str) -> dict[str, Fraction] | tuple[Fraction, ...]:
        """Return utilities by label, or a line's ends: (low, utility, high, utility)."""
        table = self.file.mapping(entry, place)
        for kind in DISCRETE:
            if kind in table:
                inner = self.file.mapping(table[kind], f"{place}.{kind}")
                stated = self.file.mapping(inner.get("valueUtilities"), f"{place}.valueUtilities")
                return {k: self.file.number(v, f"{place}.{k}") for k, v in stated.items()}
        for kind in NUMBERS:
            if kind in table:
                inner = self.file.mapping(table[kind], f"{place}.{kind}")
                keys = ("lowValue", "lowUtility", "highValue", "highUtility")
                line = tuple(self.file.number(inner.get(k), f"{place}.{k}") for k in keys)
                if line[2] <= line[0]:
                    self.file.refuse(place, "lowValue < highValue", f"{line[0]}, {line[2]}")
                return line
        self.file.refuse(place, f"{DISCRETE[0]} or {NUMBERS[0]}", ", ".join(table) or "{}")

    def _compare(self, issue: str, values: _Values) -> None:
        """Say which values the party leaves out, and which the domain does not have."""
        stated = self.utilities.get(issue)
        if not isinstance(stated, dict):
            return
        place = f"{self.file.name}: issue {show(issue)}"
        for label in values:
            if label not in stated:
                self.warnings.add(place, f"value {show(label)} has no utility; it is worth 0")
        for label in stated:
            if label not in values:
                self.warnings.add(place, f"the domain has no value {show(label)}; it is left out")

    def worth(self, issue: str, label: str, x: Fraction | None) -> Fraction:
        """Return weight times utility of a value."""
        stated = self.utilities.get(issue, {})
        weight = self.weights.get(issue, _ZERO)
        if isinstance(stated, dict):
            return weight * stated.get(label, _ZERO)
        low, low_utility, high, high_utility = stated
        if x is None or not low <= x <= high:
            return _ZERO
        return weight * (low_utility + (high_utility - low_utility) * (x - low) / (high - low))

    def reservation(self) -> Fraction:
        """Return the utility of the reservation bid."""
        bid = self.file.table.get("reservationBid")
        if bid is None:
            return _ZERO
        table = self.file.mapping(bid, "reservationBid")
        chosen = self.file.mapping(table.get("issuevalues"), "reservationBid.issuevalues")
        total = _ZERO
        for issue, value in chosen.items():
            place = f"reservationBid.issuevalues.{issue}"
            if issue not in self.domain:
                self.file.refuse(place, "an issue of the domain", issue)
            x = None if isinstance(value, str) else self.file.number(value, place)
            label = value if isinstance(value, str) else decimal(x or _ZERO)
            if label not in self.domain[issue]:
                self.file.refuse(place, "a value of the domain", value)
            total += self.worth(issue, label, x)
        return total


def _players(files: Sequence[_File], warnings: Warnings) -> list[str]:
    """Name the parties by their profiles' names where all differ, else by the files."""
    names = [file.table.get("name") for file in files]
    texts = [name.strip() for name in names if isinstance(name, str) and name.strip()]
    own = len(set(texts)) == len(files)
    chosen = texts if own else [file.path.stem for file in files]
    return legal_names(chosen, "player", "profiles", warnings)
