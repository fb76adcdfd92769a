"""The domain of a Genius scenario: the issues and what can be chosen in each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from bargaining.errors import GameFileError, InputError
from bargaining.files.imported import Warnings
from bargaining.files.numerals import numeral
from bargaining.files.xml import Element
from bargaining.model.issue import check_cells
from bargaining.model.spelling import printable, show

KINDS = ("discrete", "integer", "real")
CONTAINERS = ("negotiation_template", "utility_space", "objective")
MAX_PROBLEMS = 100


@dataclass(frozen=True)
class DomainIssue:
    """An issue of the domain.

    Attributes
    ----------
    name, index : str
        As written; the index is empty if there is none.
    kind : str
        ``"discrete"``, ``"integer"`` or ``"real"``.
    labels : tuple of str
        The options of a discrete issue, as written.
    bounds : tuple of two Fraction, or None
        The range of an integer or real issue.
    """

    name: str
    index: str
    kind: str
    labels: tuple[str, ...] = ()
    bounds: tuple[Fraction, Fraction] | None = None


def read_domain(root: Element, file: str, warnings: Warnings) -> list[DomainIssue]:
    """Read the issues of a domain.

    Raises
    ------
    GameFileError
        With every problem of the file.
    """
    problems: list[str] = []
    issues: list[DomainIssue] = []
    elements = issue_elements(root)
    if any(element.tag == "weight" for element in root.walk()):
        problems.append(
            "expected a domain, found a profile (it has weights); name the domain first"
        )
    elif not elements:
        problems.append(f"expected a domain with issues, found none in <{root.tag}>")
    for element in elements:
        try:
            issues.append(_domain_issue(element, file, warnings))
        except InputError as error:
            problems.append(f"{place_of(element)}: {error}")
    if problems:
        raise GameFileError(file, [printable(problem) for problem in problems[:MAX_PROBLEMS]])
    return issues


def issue_elements(root: Element) -> list[Element]:
    """Return the issues in the order of the file, those inside foreign elements left out."""
    found, waiting = [], [root]
    while waiting:
        element = waiting.pop()
        if element.tag == "issue":
            found.append(element)
        elif element.tag in CONTAINERS or element is root:
            waiting.extend(reversed(element.children))
    return found


def place_of(issue: Element) -> str:
    """Return where an issue stands, in words."""
    return f"line {issue.line}: issue {show(issue.attributes.get('name', ''))}"


def bounds_of(issue: Element) -> tuple[Fraction, Fraction] | None:
    """Return the range of an issue, which stands on it or on a ``range`` inside it."""
    for holder in (issue, *issue.inner("range")):
        low, high = holder.get("lowerbound"), holder.get("upperbound")
        if low is not None and high is not None:
            return numeral(low), numeral(high)
    return None


def _domain_issue(element: Element, file: str, warnings: Warnings) -> DomainIssue:
    name, index = element.attributes.get("name", ""), element.get("index") or ""
    items = [item.attributes.get("value", "") for item in element.inner("item")]
    stated = element.get("type") or element.get("etype") or element.get("vtype") or "discrete"
    kind = stated.lower()
    if kind not in KINDS:
        msg = f"expected type {', '.join(KINDS)}, found {show(kind)}"
        raise InputError(msg)
    if kind == "discrete":
        if not items:
            msg = "expected items, found none"
            raise InputError(msg)
        for label, count in Counter(items).items():
            if count > 1:
                sentence = f"option {show(label)} is listed {count} times; it counts once"
                warnings.add(f"{file}: {place_of(element)}", sentence)
        return DomainIssue(name, index, kind, tuple(dict.fromkeys(items)))
    bounds = bounds_of(element)
    if bounds is None:
        msg = "expected lowerbound and upperbound, found none"
        raise InputError(msg)
    whole = all(bound.denominator == 1 for bound in bounds)
    if bounds[0] > bounds[1] or (kind == "integer" and not whole):
        msg = f"expected a rising range of {kind} numbers, found {bounds[0]} to {bounds[1]}"
        raise InputError(msg)
    if kind == "integer":
        check_cells("range", (int(bounds[1] - bounds[0]) + 1,), 2)
    return DomainIssue(name, index, kind, (), bounds)
