"""Signing coalitions: who signs a package, who rides free on it, and which linkage holds all.

Every coalition of signers settles a package among its members; outsiders keep what the deal does to
them.  A coalition is internally stable if no member gains by leaving it (the others then settle
without him), and externally stable if no outsider gains by joining where no member loses by that:
accession by consent (d'Aspremont, Jacquemin, Gabszewicz and Weymark 1983; Barrett 1994).  A public
good alone is signed by few; linked with a club good, whose benefits members can keep to themselves,
the grand coalition can become stable (Carraro and Marchiori 2003).  A coalition that agrees on
nothing is not called stable.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bargaining.errors import NotSupportedError, VerificationError
from bargaining.linkage.agendas import candidates, name_of
from bargaining.linkage.coalitions.reach import Reach, Replies, check_coalitional, reach, same_deals
from bargaining.linkage.coalitions.signing import (
    Coalition,
    PackageSigners,
    coalitions_of,
    only,
    parties_of,
    realised,
    sign_package,
    stability,
)
from bargaining.model.agenda import components, parse_agenda
from bargaining.model.game import LinkageGame, require_game
from bargaining.results import Status, checked, in_figures, with_exact
from bargaining.settlement.solutions import solution as find_solution

MAX_ISSUES = 5
"""All packages are looked at up to this many issues."""
MAX_PARTIES = 8
MAX_SETTLEMENTS = 2_000
Progress = Callable[[int, int], None]
Package = tuple[int, ...]
Names = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class SigningCoalitions:
    """Who signs what, package by package and agenda by agenda.

    Attributes
    ----------
    solution, outsiders : str
    status : Status
        ``solved``; ``limit_reached`` when not all packages were looked at, and
        ``numerical_trouble`` if a settlement could not be certified.
    players : tuple of str
    packages : mapping of str to PackageSigners
        By the issues' names joined by "+".
    agendas : mapping of str to tuple of str
        The packages of each agenda; ``delinked`` first, ``linked`` last.  In each package a
        coalition of its own signs; ``linked`` is one coalition that signs all.
    clubs : tuple of str
        Issues whose benefits members can keep to themselves: what a coalition agrees on changes no
        outsider's payoff.
    stabilising : mapping of str to tuple of tuple of str
        Per issue that not all sign when it stands alone: the smallest packages with it that all
        their parties sign and nobody gains by leaving.
    """

    solution: str
    outsiders: Replies
    status: Status
    players: tuple[str, ...]
    packages: Mapping[str, PackageSigners]
    agendas: Mapping[str, tuple[str, ...]]
    clubs: tuple[str, ...]
    stabilising: Mapping[str, tuple[Names, ...]]
    game: LinkageGame = field(repr=False)

    def of(self, package: str) -> PackageSigners:
        """Return who signs a package, named in any order such as ``"guns+fentanyl"``."""
        (found, *_) = parse_agenda(self.game, package).packages
        return self.packages[_key(self.game, found)]

    def all_sign(self, agenda: str) -> bool:
        """Whether in every package of an agenda the coalition of all its parties is stable."""
        return all(self.packages[key].grand_is_stable for key in self.agendas[agenda])

    @property
    def unsettled(self) -> tuple[str, ...]:
        """Issues in which the outsiders' best replies were several, or none was stable."""
        found = {
            name
            for signers in self.packages.values()
            for one in signers.signed.values()
            for name in one.reach.unsettled
        }
        return tuple(name for name in self.game.issue_names if name in found)

    @checked
    def verify(self) -> bool:
        """Check every settlement from its definition, and recompute every comparison."""
        for key, signers in self.packages.items():
            package = tuple(self.game.position(name) for name in signers.package)
            if key != _key(self.game, package) or signers.parties != parties_of(self.game, package):
                msg = f"{key}: the parties are those of another package"
                raise VerificationError(msg)
            if set(signers.signed) != set(coalitions_of(signers.parties)):
                msg = f"{key}: not every coalition is there"
                raise VerificationError(msg)
            part = only(self.game, package)
            for members, one in signers.signed.items():
                who = members if len(members) > 1 else ()
                again = reach(part, who, outsiders=self.outsiders)
                self._check_one(f"{key}: {'+'.join(sorted(members))}", one, again)
            leavers, joiners = stability(self.game, signers.parties, signers.signed)
            if (leavers, joiners) != (signers.leavers, signers.joiners):
                msg = f"{key}: who leaves and who joins does not follow from the gains"
                raise VerificationError(msg)
        for name, keys in self.agendas.items():
            plan = parse_agenda(self.game, name)
            if keys != tuple(_key(self.game, tuple(p)) for p in plan.packages):
                msg = f"agenda {name}: the packages are those of another agenda"
                raise VerificationError(msg)
        if self.clubs != _clubs(self.game) or self.stabilising != _stabilising(self.packages):
            msg = "the club issues, or the packages that hold all, are not the ones stated"
            raise VerificationError(msg)
        return True

    def _check_one(self, place: str, one: Any, again: Reach) -> None:
        if not same_deals(again, one.reach):
            msg = f"{place}: the game settled is not that of this coalition"
            raise VerificationError(msg)
        expected = again.start
        if one.settlement is not None:
            right = one.settlement.solution == self.solution
            if not right or one.settlement.game is not one.reach.inner:
                msg = f"{place}: settled for another game or by another concept"
                raise VerificationError(msg)
            one.settlement.verify()
            expected = realised(again, one.settlement)
        if one.gains != expected:
            msg = f"{place}: the gains are not those of the deal carried out"
            raise VerificationError(msg)

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return the command line's JSON; with ``exact=True`` fractions also as strings."""
        data = {
            "schema": "bargaining-signing/1",
            "game": self.game.name or self.game.title,
            "players": self.players,
            "solution": self.solution,
            "outsiders": self.outsiders,
            "status": self.status,
            "clubs": self.clubs,
            "packages": {key: self._package(signers) for key, signers in self.packages.items()},
            "agendas": [
                {"name": name, "packages": keys, "all_sign": self.all_sign(name)}
                for name, keys in self.agendas.items()
            ],
            "stabilising": self.stabilising,
            "unsettled": self.unsettled,
        }
        return with_exact(data, exact=exact)

    def _package(self, signers: PackageSigners) -> dict[str, Any]:
        def name(members: Coalition) -> str:
            return "+".join(p for p in self.players if p in members)

        return {
            "issues": signers.package,
            "parties": signers.parties,
            "stable": [name(s) for s in signers.stable],
            "coalitions": {
                name(s): {
                    "gains": dict(zip(self.players, one.gains, strict=True)),
                    "leave": signers.leavers[s],
                    "join": signers.joiners[s],
                }
                for s, one in signers.signed.items()
                if s in signers.leavers
            },
        }

    def __str__(self) -> str:
        lines = [f"{self.game.title or self.game.name}: who signs ({self.solution})"]
        for key, signers in self.packages.items():
            for members in signers.stable:
                gained = zip(self.players, signers.signed[members].gains, strict=True)
                shown = ", ".join(f"{p} {in_figures(g)}" for p, g in gained)
                who = "+".join(p for p in self.players if p in members)
                lines.append(f"  {key}: {who} ({shown})")
            if not signers.stable:
                lines.append(f"  {key}: nobody")
        return "\n".join(lines)


def signing_coalitions(
    game: LinkageGame,
    *,
    solution: str = "nash",
    outsiders: Replies = "status_quo",
    progress: Progress | None = None,
) -> SigningCoalitions:
    """Find the stable coalitions of signers, for every package, linked and delinked.

    Parameters
    ----------
    game : LinkageGame
        With a status quo per issue.
    solution : str
        How the members of a coalition settle a package, without side payments.
    outsiders : {"status_quo", "best_reply"}
        What those who do not sign do meanwhile.
    progress : callable, optional
        Called with settlements so far, and how many there are.

    Returns
    -------
    SigningCoalitions

    Raises
    ------
    NotSupportedError
        If the game has too many players, or data that this question does not use.
    NotDefinedError
        If issues have no status quo of their own.

    References
    ----------
    Carraro, C. and Marchiori, C. (2003). Endogenous strategic issue linkage in international
    negotiations. In: Carraro and Fragnelli (eds), Game Practice and the Environment.
    d'Aspremont, C., Jacquemin, A., Gabszewicz, J. and Weymark, J. (1983). On the stability of
    collusive price leadership. Canadian Journal of Economics 16, 17-25.

    Examples
    --------
    >>> import bargaining as bg
    >>> found = signing_coalitions(bg.load("us_mexico/guns_for_fentanyl"))
    >>> found.all_sign("delinked"), found.all_sign("linked")
    (False, True)
    """
    require_game(game)
    find_solution(solution)
    check_coalitional(game, "signing coalitions", outsiders)
    chosen, complete = _worth_looking_at(game)
    total = sum(_settlements(game, package) for package in chosen)
    done = itertools.count(1)

    def tick() -> None:
        if progress is not None:
            progress(next(done), total)

    packages = {
        _key(game, package): sign_package(
            game, package, solution=solution, outsiders=outsiders, done=tick
        )
        for package in chosen
    }
    certain = all(one.certain for signers in packages.values() for one in signers.signed.values())
    status = Status.SOLVED if complete else Status.LIMIT_REACHED
    return SigningCoalitions(
        solution,
        outsiders,
        status if certain else Status.NUMERICAL_TROUBLE,
        game.players,
        packages,
        _agendas(game, chosen, complete=complete),
        _clubs(game),
        _stabilising(packages),
        game,
    )


def _worth_looking_at(game: LinkageGame) -> tuple[list[Package], bool]:
    """Return the packages to look at, small ones first, and whether these are all."""
    count = len(game.issues)
    if count <= MAX_ISSUES:
        every = [
            package
            for size in range(1, count + 1)
            for package in itertools.combinations(range(count), size)
            if _connected(game, package)
        ]
        if _affordable(game, every):
            return every, True
    few = dict.fromkeys([*((k,) for k in range(count)), *_with_clubs(game), *_linked(game)])
    chosen = sorted(few, key=lambda package: (len(package), package))
    if not _affordable(game, chosen):
        msg = (
            f"signing coalitions: expected at most {MAX_PARTIES} parties per package and "
            f"{MAX_SETTLEMENTS:,} settlements, found more: take issues off the table "
            "(game.without), or merge players who always act together"
        )
        raise NotSupportedError(msg)
    return chosen, False


def _with_clubs(game: LinkageGame) -> Iterator[Package]:
    """Yield each issue with one club issue, and with all of them."""
    clubs = [game.position(name) for name in _clubs(game)]
    for k in range(len(game.issues)):
        for extra in [*((club,) for club in clubs), tuple(clubs)]:
            package = tuple(sorted({k, *extra}))
            if _connected(game, package):
                yield package


def _linked(game: LinkageGame) -> list[Package]:
    return [tuple(package) for package in parse_agenda(game, "linked").packages]


def _affordable(game: LinkageGame, packages: Sequence[Package]) -> bool:
    if any(len(parties_of(game, package)) > MAX_PARTIES for package in packages):
        return False
    return sum(_settlements(game, package) for package in packages) <= MAX_SETTLEMENTS


def _settlements(game: LinkageGame, package: Package) -> int:
    """Return how many coalitions of two or more parties a package has."""
    count = len(parties_of(game, package))
    return int(2**count) - count - 1


def _connected(game: LinkageGame, package: Package) -> bool:
    near = game.neighbours
    return near is None or len(list(components(package, near))) == 1


def _agendas(
    game: LinkageGame, packages: Sequence[Package], *, complete: bool
) -> dict[str, tuple[str, ...]]:
    """Return the agendas that can be made of the packages looked at."""
    if complete:
        plans = [agenda.packages for agenda in candidates(game).agendas]
    else:
        alone = [tuple((k,) for k in range(len(game.issues)))]
        joint = [(package,) for package in packages if len(package) > 1]
        plans = [*alone, *joint, tuple(parse_agenda(game, "linked").packages)]
    names = dict.fromkeys(name_of(game, plan) for plan in plans)
    if "linked" in names:
        names["linked"] = names.pop("linked")
    return {
        name: tuple(_key(game, tuple(p)) for p in parse_agenda(game, name).packages)
        for name in names
    }


def _clubs(game: LinkageGame) -> tuple[str, ...]:
    """Return issues in which who keeps to his status-quo act is touched by nobody's deal."""
    tied = {k for pair in game.interactions for k in (pair.first, pair.second)}
    found = []
    for k, (name, issue) in enumerate(game.issues.items()):
        if k in tied or not bool(np.any(issue.exact_gains != 0)):
            continue
        if issue.is_options:
            found.append(name)
            continue
        kept = np.ones((issue.size, len(game.players)), dtype=bool)
        places = np.unravel_index(np.arange(issue.size), issue.shape)
        origin = np.unravel_index(int(game.origin[k]), issue.shape)
        for axis, player in enumerate(issue.actions):
            kept[:, game.players.index(player)] = places[axis] == origin[axis]
        if not bool(np.any((issue.exact_gains != 0) & kept)):
            found.append(name)
    return tuple(found)


def _stabilising(packages: Mapping[str, PackageSigners]) -> dict[str, tuple[Names, ...]]:
    """Return per issue that not all sign alone the smallest packages that hold all parties."""
    found = {}
    holding = [signers.package for signers in packages.values() if signers.grand_is_stable]
    for signers in packages.values():
        if len(signers.package) > 1 or signers.grand_is_stable:
            continue
        (issue,) = signers.package
        with_it = [set(package) for package in holding if issue in package]
        found[issue] = tuple(
            package
            for package in holding
            if issue in package and not any(other < set(package) for other in with_it)
        )
    return found


def _key(game: LinkageGame, package: Sequence[int]) -> str:
    return "+".join(game.issue_names[k] for k in package)
