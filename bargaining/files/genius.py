"""Genius scenarios: a domain (what is negotiated) and one utility profile per party, in XML.

A party's utility of a package is the sum over issues of weight · evaluation, where the
evaluation of a discrete option is divided by the largest one that the party's profile gives in
that issue; weights are taken as they stand.  Integer issues have every whole number of their
range as options; real issues the 21 evenly spaced values that Genius uses, and the top of each
party's triangular function besides.  The reservation value, on the same scale, may stand at any
depth and is 0 if missing; discount factors are not used.  All arithmetic is exact.

Profiles are matched to the domain's issues by name, else by spelling, else by index.  Whatever
does not fit is reported as a warning and, unless it can be read in one way only, worth 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from bargaining.errors import GameFileError
from bargaining.files.evaluators import Evaluator, Triangular
from bargaining.files.genius_domain import DomainIssue, read_domain
from bargaining.files.genius_profile import Profile, ProfileIssue, read_profile
from bargaining.files.imported import (
    Imported,
    OptionTable,
    Warnings,
    key_of,
    legal_names,
    option_document,
)
from bargaining.files.numerals import decimal
from bargaining.files.xml import Element, read_xml
from bargaining.model.spelling import printable, show

REAL_STEPS = 21
"""Values into which Genius divides the range of a real issue."""
CLOSE = Fraction(1, 10**9)
"""Weights are written as rounded decimals; their sum is called 1 within this."""


def read_genius(paths: Sequence[Path]) -> Imported:
    """Read a domain file and the profile files of the parties.

    Raises
    ------
    GameFileError
        With the problems of the first file that has any.
    """
    domain_path, *profile_paths = paths
    if len(profile_paths) < 2:
        found = "one profile" if profile_paths else "no profile"
        problem = (
            "expected a domain file followed by one profile file per party, at least two, as in "
            f"load((domain, profile1, profile2)); found {found}"
        )
        raise GameFileError(printable(str(domain_path)), [problem])
    warnings = Warnings()
    file = printable(str(domain_path))
    root = read_xml(domain_path)
    domain = read_domain(root, file, warnings)
    roots = [read_xml(path) for path in profile_paths]
    profiles = [
        read_profile(tree, printable(str(path)), warnings)
        for tree, path in zip(roots, profile_paths, strict=True)
    ]
    players = _players(roots, profile_paths, warnings)
    matched = [_matched(domain, profile, warnings) for profile in profiles]
    names = legal_names([issue.name for issue in domain], "issue", file, warnings)
    issues: dict[str, OptionTable] = {}
    for number, (name, issue) in enumerate(zip(names, domain, strict=True)):
        theirs = [found.get(number) for found in matched]
        labels, values = _options(issue, [t.evaluator for t in theirs if t is not None])
        columns = {
            player: mine.utilities(labels, values, warnings)
            if mine is not None
            else [Fraction(0)] * len(labels)
            for player, mine in zip(players, theirs, strict=True)
        }
        place = f"{file}: issue {show(issue.name)}"
        options = legal_names(labels, "option", place, warnings, separators=False)
        issues[name] = OptionTable(options, columns)
    reservation = {p: profile.reservation for p, profile in zip(players, profiles, strict=True)}
    source = f"Genius scenario: {', '.join(path.name for path in paths)}"
    document = option_document(
        _title([root, *roots], domain_path), players, issues, reservation, source
    )
    return Imported(document, warnings.all())


def _matched(
    domain: Sequence[DomainIssue], profile: Profile, warnings: Warnings
) -> dict[int, ProfileIssue]:
    """Return a profile's issues by the position of the domain's issue they belong to."""
    positions = list(reversed(list(enumerate(domain))))  # the first of several wins
    named = {issue.name.strip(): k for k, issue in positions}
    numbered = {issue.index: k for k, issue in positions if issue.index}
    spelt: dict[str, list[int]] = {}
    for position, issue in enumerate(domain):
        spelt.setdefault(key_of(issue.name), []).append(position)
    found: dict[int, ProfileIssue] = {}
    for mine in profile.issues:
        near, by_index = spelt.get(key_of(mine.name), []), numbered.get(mine.index)
        k: int | None = named.get(mine.name.strip())
        if by_index is not None and domain[by_index].name.strip() == mine.name.strip():
            k = by_index  # of several issues with one name, the one with this index
        if k is None and len(near) == 1:
            k = near[0]
            warnings.add(mine.place, f"taken for the domain's {show(domain[k].name)}")
        if k is None and by_index is not None:
            k = by_index
            warnings.add(mine.place, f"taken for the domain's {show(domain[k].name)} by its index")
        if k is None:
            warnings.add(mine.place, "the domain has no such issue; it is left out")
            continue
        if by_index is not None and by_index != k:
            other = show(domain[by_index].name)
            warnings.add(mine.place, f"its index is that of {other} in the domain; its name counts")
        if k in found:
            warnings.add(mine.place, "stands more than once; the last one counts")
        found[k] = mine
    for position, issue in enumerate(domain):
        if position not in found:
            sentence = f"has no issue {show(issue.name)}; it is worth 0 to this party"
            warnings.add(profile.file, sentence)
    total = sum((mine.weight for mine in found.values()), start=Fraction(0))
    if abs(total - 1) > CLOSE:
        sentence = f"the weights add up to {float(total):.9g}, not to 1; they are used as they are"
        warnings.add(profile.file, sentence)
    return found


def _options(
    issue: DomainIssue, evaluators: Sequence[Evaluator | None]
) -> tuple[list[str], list[Fraction] | None]:
    """Return an issue's options and, where they are numbers, their values."""
    if issue.bounds is None:
        return list(issue.labels), None
    low, high = issue.bounds
    if issue.kind == "integer":
        values = [Fraction(x) for x in range(int(low), int(high) + 1)]
    else:
        step = (high - low) / (REAL_STEPS - 1)
        tops = {e.top for e in evaluators if isinstance(e, Triangular) and low <= e.top <= high}
        values = sorted(tops | {low + step * i for i in range(REAL_STEPS)})
    return [decimal(value) for value in values], values


def _players(roots: Sequence[Element], paths: Sequence[Path], warnings: Warnings) -> list[str]:
    """Name the parties by the profiles' own names where all differ, else by the files."""
    names = [root.get("name") or "" for root in roots]
    own = all(names) and len(set(names)) == len(names)
    return legal_names(names if own else [p.stem for p in paths], "player", "profiles", warnings)


def _title(roots: Sequence[Element], domain: Path) -> str:
    """Return the first objective's name that says something; the domain file's, failing that."""
    for root in roots:
        for element in root.walk():
            name = element.get("name") if element.tag == "objective" else None
            if name and name.lower() != "root":
                return " ".join(name.split())
    return domain.stem
