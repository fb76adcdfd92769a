"""The agendas worth comparing: every way to group the issues into packages, while they are few.

With up to six issues these are all partitions of the issues into packages that negotiable links
connect (at most 203).  With more, they are the linked and the delinked agenda, each minimal
package with the other issues alone, and each pair of linkable issues with the others alone, as
far as the bounds reach; then the list is said not to be complete.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bargaining.linkage.packages import MinimalPackages
from bargaining.model.agenda import Agenda, components, parse_agenda
from bargaining.model.game import LinkageGame
from bargaining.settlement.package import Deals

MAX_ISSUES = 6
"""All partitions are listed up to this many issues."""
MAX_AGENDAS = 200
"""With more issues, agendas beside the linked and the delinked one."""
MAX_WORK = 10_000
"""With more issues, agendas times issues."""
SEARCH_SECONDS = 10.0

Partition = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Candidates:
    """Agendas to be compared.

    Attributes
    ----------
    agendas : tuple of Agenda
        ``delinked`` first, ``linked`` last; one only, where the two are the same.
    complete : bool
        Whether these are all there are.
    """

    agendas: tuple[Agenda, ...]
    complete: bool


def candidates(game: LinkageGame, deals: Deals = "shares") -> Candidates:
    """List the agendas worth comparing.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]], [[0, 0], [1, 1]]])
    >>> [agenda.name for agenda in candidates(game).agendas]
    ['delinked', '1+2', '0+1', '0+2', 'linked']
    """
    count = len(game.issues)
    if count <= MAX_ISSUES:
        found = [p for p in _partitions(tuple(range(count))) if _connected(game, p)]
        found.sort(key=lambda partition: (-len(partition), partition))
        named = dict.fromkeys(name_of(game, partition) for partition in found)
        return Candidates(tuple(parse_agenda(game, name) for name in named), complete=True)
    room = min(MAX_AGENDAS, MAX_WORK // count)
    listed = dict.fromkeys(itertools.islice(_packages(game, deals), room))
    partly = _partly_linked(game)[: room - len(listed)]
    chosen: list[Sequence[tuple[int, ...]]] = [*((package,) for package in listed), *partly]
    names = dict.fromkeys(["delinked", *(name_of(game, p) for p in chosen), "linked"])
    return Candidates(tuple(parse_agenda(game, name) for name in names), complete=False)


def name_of(game: LinkageGame, packages: Sequence[Sequence[int]]) -> str:
    """Name an agenda: ``"delinked"``, ``"linked"`` or its packages of more than one issue."""
    names = game.issue_names
    joint = [tuple(package) for package in packages if len(package) > 1]
    if not joint:
        return "delinked"
    if len(joint[0]) == len(game.issues) or joint == [
        package for package in parse_agenda(game, "linked").packages if len(package) > 1
    ]:
        return "linked"
    return ",".join("+".join(names[k] for k in package) for package in joint)


def _partitions(items: tuple[int, ...]) -> Iterator[Partition]:
    """Yield all partitions, blocks in the order of their first items."""
    if not items:
        yield ()
        return
    first, rest = items[0], items[1:]
    for size in range(len(rest) + 1):
        for others in itertools.combinations(rest, size):
            left = tuple(k for k in rest if k not in others)
            for blocks in _partitions(left):
                yield ((first, *others), *blocks)


def _connected(game: LinkageGame, partition: Partition) -> bool:
    near = game.neighbours
    return near is None or all(len(list(components(p, near))) == 1 for p in partition)


def _packages(game: LinkageGame, deals: Deals) -> Iterator[tuple[int, ...]]:
    """Yield minimal packages of several issues, half of the room, then pairs."""
    search = MinimalPackages(game, deals, SEARCH_SECONDS)
    joint = (p for p in itertools.islice(search, MAX_AGENDAS) if len(p) > 1)
    for package in itertools.islice(joint, MAX_AGENDAS // 2):
        yield tuple(sorted(game.position(name) for name in package))
    near = game.neighbours
    for pair in itertools.combinations(range(len(game.issues)), 2):
        if near is None or pair[1] in near[pair[0]]:
            yield pair


def _partly_linked(game: LinkageGame) -> list[list[tuple[int, ...]]]:
    """List the linked agenda with one of its packages taken apart, where it has several."""
    joint = [tuple(p) for p in parse_agenda(game, "linked").packages if len(p) > 1]
    if len(joint) == 1:
        return []
    return [[p for p in joint if p is not package] for package in joint]
