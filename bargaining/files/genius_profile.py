"""A party's utility profile in a Genius scenario: weights, evaluations, reservation value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bargaining.errors import GameFileError, InputError
from bargaining.files.evaluators import Evaluator, read_evaluator
from bargaining.files.genius_domain import MAX_PROBLEMS, bounds_of, issue_elements, place_of
from bargaining.files.imported import Warnings, key_of
from bargaining.files.numerals import numeral
from bargaining.files.xml import Element
from bargaining.model.spelling import printable, show

SMALLEST_EVALUATION = Fraction(1, 100_000)
"""Genius counts an issue whose largest evaluation is below this as worth nothing."""
_ZERO = Fraction(0)


@dataclass(frozen=True)
class ProfileIssue:
    """What one party says of an issue.

    Attributes
    ----------
    name, index : str
        As written.
    place : str
        File and line, for messages.
    weight : Fraction
    evaluations : mapping of str to Fraction
        Of the items, by label as written.
    evaluator : Evaluator or None
        A function of the option's number.
    """

    name: str
    index: str
    place: str
    weight: Fraction
    evaluations: Mapping[str, Fraction]
    evaluator: Evaluator | None

    def utilities(
        self, labels: Sequence[str], values: Sequence[Fraction] | None, warnings: Warnings
    ) -> list[Fraction]:
        """Return weight times evaluation of every option.

        Parameters
        ----------
        labels : sequence of str
            The domain's options.
        values : sequence of Fraction, or None
            The numbers they stand for, in integer and real issues.
        warnings : Warnings
        """
        if self.evaluator is not None and values is not None:
            return [self.weight * self.evaluator(value) for value in values]
        if not self.evaluations:
            warnings.add(self.place, "has no evaluations; it is worth 0 to this party")
            return [_ZERO] * len(labels)
        largest = max(self.evaluations.values())
        if largest < SMALLEST_EVALUATION:
            warnings.add(self.place, "has no positive evaluation; it is worth 0 to this party")
            return [_ZERO] * len(labels)
        unit = self.weight / largest
        return [unit * value for value in self._by_label(labels, warnings)]

    def _by_label(self, labels: Sequence[str], warnings: Warnings) -> list[Fraction]:
        spelt: dict[str, list[str]] = {}
        for label in self.evaluations:
            spelt.setdefault(key_of(label), []).append(label)
        found, used = [], set()
        for label in labels:
            near = spelt.get(key_of(label), [])
            chosen = label if label in self.evaluations else near[0] if len(near) == 1 else None
            if chosen is None:
                why = "is spelt in several ways" if near else "has no evaluation"
                warnings.add(self.place, f"option {show(label)} {why}; it is worth 0")
                found.append(_ZERO)
                continue
            if chosen != label:
                warnings.add(self.place, f"{show(chosen)} is taken for option {show(label)}")
            used.add(chosen)
            found.append(self.evaluations[chosen])
        for label in self.evaluations:
            if label not in used:
                sentence = (
                    f"the domain has no option {show(label)}; only its evaluation's size counts"
                )
                warnings.add(self.place, sentence)
        return found


@dataclass(frozen=True)
class Profile:
    """One party's profile.

    Attributes
    ----------
    file : str
    issues : tuple of ProfileIssue
    reservation : Fraction
    """

    file: str
    issues: tuple[ProfileIssue, ...]
    reservation: Fraction


def read_profile(root: Element, file: str, warnings: Warnings) -> Profile:
    """Read a party's profile.

    Raises
    ------
    GameFileError
        With every problem of the file.
    """
    return _Reader(root, file, warnings).profile()


class _Reader:
    """Reads one profile; problems are collected, not raised."""

    def __init__(self, root: Element, file: str, warnings: Warnings) -> None:
        self.root, self.file, self.warnings = root, file, warnings
        self.problems: list[str] = []
        self.parent = {id(c): e for e in root.walk() for c in e.children}
        self.weights = [e for e in root.walk() if e.tag == "weight"]
        self.by_index: dict[str, list[Element]] = {}
        for element in self.weights:
            self.by_index.setdefault(element.get("index") or "", []).append(element)

    def profile(self) -> Profile:
        elements = issue_elements(self.root)
        if not elements:
            self.problems.append(f"expected a profile with issues, found none in <{self.root.tag}>")
        elif not self.weights:
            self.problems.append("expected a profile with weights, found none")
        issues = tuple(self.issue(element) for element in elements)
        known = {element.get("index") or "" for element in elements}
        for element in self.weights:
            if (element.get("index") or "") not in known:
                sentence = "no issue of this profile has its index; it is left out"
                self.warnings.add(f"{self.file}: {place_of(element)}", sentence)
        reservation = self.value_of("reservation") or _ZERO
        discount = self.value_of("discount_factor")
        if not 0 <= reservation <= 1:
            sentence = f"the reservation value {float(reservation):g} is not between 0 and 1"
            self.warnings.add(self.file, sentence)
        if discount not in (None, 0, 1):
            assert discount is not None
            sentence = f"the discount factor {float(discount):g} is not used"
            self.warnings.add(self.file, sentence)
        if self.problems:
            shown = [printable(problem) for problem in self.problems[:MAX_PROBLEMS]]
            raise GameFileError(self.file, shown)
        return Profile(self.file, issues, reservation)

    def number(self, element: Element, name: str) -> Fraction | None:
        """Read the number in an attribute; a problem if there is none."""
        text = element.get(name)
        where = f"line {element.line}: <{element.tag}> {name}"
        if text is None:
            self.problems.append(f"{where}: expected a number, found none")
            return None
        try:
            return numeral(text)
        except InputError as error:
            self.problems.append(f"{where}: {error}")
            return None

    def value_of(self, tag: str) -> Fraction | None:
        """Return the value of an element at any depth; the last one counts."""
        every = [e for e in self.root.walk() if e.tag == tag]
        found = [e for e in every if (e.get("value") or "").strip()]
        if len(found) < len(every):
            self.warnings.add(self.file, f"<{tag}> without a value is left out")
        values = [self.number(element, "value") for element in found]
        if len(set(values)) > 1:
            self.warnings.add(self.file, f"<{tag}> stands more than once; the last one counts")
        return values[-1] if values else None

    def issue(self, element: Element) -> ProfileIssue:
        name, index = element.attributes.get("name", ""), element.get("index") or ""
        place = f"{self.file}: {place_of(element)}"
        evaluator, inner = None, element.inner("evaluator")
        try:
            bounds = bounds_of(element)
            kind = (element.get("type") or element.get("etype") or "").lower()
            lower = bounds[0] if bounds and kind == "integer" else None
            if inner and kind != "discrete":
                evaluator = read_evaluator(inner[-1], lower, self.number)
        except InputError as error:
            self.problems.append(f"{place_of(element)}: {error}")
        weight = self.weight(element, index, place)
        return ProfileIssue(name, index, place, weight, self.evaluations(element, place), evaluator)

    def evaluations(self, element: Element, place: str) -> dict[str, Fraction]:
        found: dict[str, Fraction] = {}
        for item in element.inner("item"):
            label = item.attributes.get("value", "")
            text = item.get("evaluation")
            value = None if text in (None, "null") else self.number(item, "evaluation")
            if value is None:
                continue
            if label in found:
                self.warnings.add(place, f"{show(label)} is listed more than once; the last counts")
            if value < 0:
                self.warnings.add(place, f"the evaluation of {show(label)} is negative")
            found[label] = value
        return found

    def weight(self, element: Element, index: str, place: str) -> Fraction:
        """Return the weight beside an issue that has its index; another with it, failing that."""
        same = self.by_index.get(index, [])
        beside = [e for e in same if self.parent.get(id(e)) is self.parent.get(id(element))]
        if not same:
            self.warnings.add(place, "has no weight; it is worth 0 to this party")
            return _ZERO
        if not beside:
            self.warnings.add(place, "its weight stands elsewhere in the file")
        elif len(beside) > 1:
            self.warnings.add(place, "has more than one weight; the last one counts")
        value = self.number((beside or same)[-1], "value")
        if value is not None and value < 0:
            self.warnings.add(place, f"its weight {value} is negative")
        return value or _ZERO
