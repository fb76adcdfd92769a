"""Agendas: which issues are bargained together.

An agenda is a spanning subgraph of the linkage graph; its connected components are the
packages, each bargained as one.  ``delinked`` has no edges, ``linked`` all negotiable ones,
and ``"guns+fentanyl,trade"`` names packages (issues left out stand alone).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError
from bargaining.model.game import LinkageGame
from bargaining.model.spelling import suggestion


@dataclass(frozen=True)
class Agenda:
    """A partition of the issues into packages.

    Attributes
    ----------
    name : str
        ``"linked"``, ``"delinked"`` or the packages' names.
    packages : tuple of sequences of int
        Positions of the issues of each package, ascending.
    """

    name: str
    packages: tuple[Sequence[int], ...]

    def named_packages(self, game: LinkageGame) -> tuple[tuple[str, ...], ...]:
        """Return the packages as names of issues."""
        names = game.issue_names
        return tuple(tuple(names[k] for k in package) for package in self.packages)


def parse_agenda(game: LinkageGame, text: str | Agenda) -> Agenda:
    """Read an agenda: ``"linked"``, ``"delinked"`` or packages such as ``"a+b,c"``.

    Raises
    ------
    InputError
        If a package names an unknown issue, names one twice, or is not connected by
        negotiable links.
    """
    if isinstance(text, Agenda):
        return text
    if not isinstance(text, str):
        msg = f'agenda: expected "linked", "delinked" or packages such as "a+b,c", found {text!r}'
        raise InputError(msg)
    count = len(game.issues)
    if text == "delinked":
        return Agenda(text, tuple((k,) for k in range(count)))
    if text == "linked":
        near = game.neighbours
        if near is None:
            return Agenda(text, (range(count),))
        return Agenda(text, tuple(components(range(count), near)))
    packages: list[tuple[int, ...]] = []
    seen: set[int] = set()
    for part in text.split(","):
        package = tuple(sorted(_issue(game, name.strip()) for name in part.split("+")))
        repeated = seen.intersection(package) or len(set(package)) < len(package)
        if repeated:
            msg = f'agenda "{text}": expected each issue once, found one named twice'
            raise InputError(msg)
        check_connected(game, package)
        seen.update(package)
        packages.append(package)
    packages.extend((k,) for k in range(count) if k not in seen)
    return Agenda(text, tuple(packages))


def _issue(game: LinkageGame, name: str) -> int:
    """Return the position of an issue that an agenda names."""
    try:
        return game.position(name)
    except InputError:
        known = list(game.issue_names[:20])
        hint = suggestion(name, ["linked", "delinked", *known])
        msg = (
            f'agenda: expected "linked", "delinked" or issues of the game ({", ".join(known)}), '
            f'found "{name}"{hint}'
        )
        raise InputError(msg) from None


def check_connected(game: LinkageGame, package: Collection[int]) -> None:
    """Raise unless negotiable links connect the package."""
    near = game.neighbours
    if near is not None and len(list(components(package, near))) > 1:
        names = "+".join(game.issue_names[k] for k in sorted(package))
        msg = (
            f'package "{names}": expected issues connected by negotiable links, found some that '
            "no link joins; add the issue between them, or open a link in the game file"
        )
        raise InputError(msg)


def positions(package: Sequence[int]) -> NDArray[np.intp]:
    """Return a package as an array of positions, without walking a range."""
    if isinstance(package, range):
        return np.arange(package.start, package.stop, package.step, dtype=np.intp)
    return np.asarray(package, dtype=np.intp)


def components(
    issues: Collection[int], near: Mapping[int, Iterable[int]]
) -> Iterable[tuple[int, ...]]:
    """Yield the connected components of some issues, each ascending, in order of their first."""
    left = set(issues)
    for start in sorted(issues):
        if start not in left:
            continue
        left.discard(start)
        component, frontier = [start], [start]
        while frontier:
            reached = left.intersection(near[frontier.pop()])
            left -= reached
            component.extend(reached)
            frontier.extend(reached)
        yield tuple(sorted(component))
