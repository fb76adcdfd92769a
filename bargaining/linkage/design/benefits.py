"""Breaking a deadlock by an extra benefit: to whom, on which link or outcome, and how much.

A benefit b on a link is paid when both its issues end in a named outcome other than the status
quo (a spillover on the joint full act); a benefit on an issue is paid for one outcome.  It goes
to one player, or b to each of all players with a stake; what is compared is the total.

Linking attains mutual gain for every b above a threshold and for none below it.  Let v say who
gets b, and let the boosted outcomes be those that earn it.  A deal with a unit of boosted
outcomes in which nobody loses at b proves that b is enough (a little more lifts everyone);
exchange rates at which no outcome is worth anything at b prove that no smaller benefit is.  The
two are one linear programme, for any number of players,

    min b  over combinations y of outcomes, with Σ y over boosted outcomes >= 1
           and  Σ y gain_i + b v_i >= 0 for every player i,

and its dual.  Where it has no solution, or somebody without the benefit stays blocked whatever b
is, no benefit of this kind helps.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.errors import InputError, NotSupportedError, SolverError, VerificationError
from bargaining.geometry.exchange_rates import Vector, gainers
from bargaining.geometry.rational import Column, maximise
from bargaining.geometry.support import support
from bargaining.linkage.design.answer import Figures
from bargaining.linkage.design.rows import Row, known, mixed, package_groups
from bargaining.linkage.design.table import Table
from bargaining.model.agenda import parse_agenda
from bargaining.model.game import LinkageGame
from bargaining.model.links import Link
from bargaining.model.transfers import NAME as TRANSFERS
from bargaining.results import Status
from bargaining.settlement.linearised import HomeTest

MAX_CANDIDATES = 2_000
STEP = Fraction(1, 1000)
"""How much more than an infimum the changed game gives, as a share of it (or of one)."""


@dataclass(frozen=True)
class Place:
    """Where a benefit is earned and who gets it.

    Attributes
    ----------
    chosen : mapping of int to int
        One issue, or the two of a link, with the outcome that earns it.
    to : tuple of int
        Who gets b each.
    """

    chosen: Mapping[int, int]
    to: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Threshold:
    """The least benefit at one place, with the proof of both sides.

    Attributes
    ----------
    place : Place
    package : tuple of int
    benefit : Fraction or None
        Per player who gets it; None when none helps.
    exceeded : bool
    weights : tuple of Fraction, one per player
        Exchange rates that block the package at the benefit (with none: at every benefit).
    rows : tuple of (Row, Fraction)
        A deal in which nobody loses at the benefit.
    """

    place: Place
    package: tuple[int, ...]
    benefit: Fraction | None
    exceeded: bool
    weights: Vector
    rows: tuple[tuple[Row, Fraction], ...] = ()

    @property
    def total(self) -> Fraction | None:
        """What all who get it get together."""
        return None if self.benefit is None else self.benefit * len(self.place.to)


def boosted(game: LinkageGame, place: Place, benefit: Fraction) -> LinkageGame:
    """Return the game with the benefit: a spillover, or added to the outcome's payoffs."""
    names = game.issue_names
    gift = np.array([benefit * (i in place.to) for i in range(len(game.players))], dtype=object)
    gift = gift + Fraction(0)
    if len(place.chosen) == 1:
        ((k, a),) = place.chosen.items()
        issue = game.issues[names[k]]
        exact = issue.exact_payoffs.copy()
        exact[a] = exact[a] + gift
        issues = {**game.issues, names[k]: replace(issue, exact_payoffs=exact)}
        return replace(game, issues=issues, document={})
    pair = {names[k]: a for k, a in place.chosen.items()}
    links = list(_every_link(game) if game.links is None else game.links)
    for n, link in enumerate(links):
        if set(link.between) == set(pair):
            sizes = [len(game.issues[name].outcomes) for name in link.between]
            table = np.full((*sizes, len(game.players)), Fraction(0), dtype=object)
            if link.spillovers is not None:
                table = link.spillovers.copy()
            at = tuple(pair[name] for name in link.between)
            table[at] = table[at] + gift
            links[n] = Link(link.between, link.negotiable, table)
            # issues written out: an array of whole numbers has no place for a fractional benefit
            return replace(game, issues={**game.issues}, links=tuple(links), document={})
    msg = f"links: expected a link between {' and '.join(pair)}, found none"
    raise InputError(msg)


def _every_link(game: LinkageGame) -> Iterator[Link]:
    return (Link(pair) for pair in itertools.combinations(game.issue_names, 2))


def places(game: LinkageGame) -> Iterator[Place]:
    """Yield all places: every negotiable link and every outcome, each to one player or to all."""
    names, able = game.issue_names, game.interested
    towards = [(i,) for i in able] + ([able] if len(able) > 1 else [])
    acts = {
        k: [a for a in range(len(game.flat.rows(k))) if a != game.origin[k]]
        for k in range(len(names))
        if names[k] != TRANSFERS
    }
    near = game.neighbours
    for k, m in itertools.combinations(acts, 2):
        if near is None or m in near[k]:
            for a, c in itertools.product(acts[k], acts[m]):
                yield from (Place({k: a, m: c}, to) for to in towards)
    for k, outcomes in acts.items():
        for a in outcomes:
            yield from (Place({k: a}, to) for to in towards)


class Search:
    """Finds thresholds in a game, with what the packages do without the benefit."""

    def __init__(self, game: LinkageGame) -> None:
        self.game, self.table, self.home = game, Table(game), HomeTest(game)
        self.packages = [tuple(p) for p in parse_agenda(game, "linked").packages]
        if self.home.rules.premiums and len(self.packages) > 1:
            msg = (
                "design by benefits: [premium] with several packages is not supported; link all "
                "issues, or remove the premium"
            )
            raise NotSupportedError(msg)
        self._groups: dict[tuple[int, ...], list[list[Row]]] = {}

    def package(self, place: Place) -> tuple[int, ...]:
        """Return the package that holds a place."""
        k = next(iter(place.chosen))
        return next(p for p in self.packages if k in p)

    def wanting(self, package: tuple[int, ...]) -> frozenset[int]:
        """Players whom no other package helps."""
        others = [self.table.families(p)[0] for p in self.packages if p != package]
        return self.table.everyone.difference(*others)

    def groups(self, package: tuple[int, ...]) -> list[list[Row]]:
        """Return the outcomes of a package, linearised, those that a cap of 0 forbids left out."""
        if package not in self._groups:
            linear, closed = self.home.linear(self.home.closed), self.home.closed
            starts = self.game.flat.offsets
            self._groups[package] = [
                [
                    row
                    for row in group
                    if closed.isdisjoint(int(starts[k]) + a for k, a in row.chosen.items())
                ]
                for group in package_groups(linear, package)
            ]
        return self._groups[package]

    def rows(self, place: Place) -> tuple[list[Row], list[Row]]:
        """Outcomes that do not earn the benefit, and those that do."""
        plain: list[Row] = []
        parts: list[list[Row]] = []
        left = dict(place.chosen)
        for group in self.groups(self.package(place)):
            mine = {k: a for k, a in left.items() if k in group[0].chosen}
            earning = [
                row for row in group if mine and all(row.chosen[k] == a for k, a in mine.items())
            ]
            if mine:
                parts.append(earning)
            whole = len(mine) == len(place.chosen)
            plain += [r for r in group if any(r.gains) and not (whole and r in earning)]
        both = [
            Row(
                {k: a for row in pick for k, a in row.chosen.items()},
                tuple(
                    sum(column, Fraction(0))
                    for column in zip(*(r.gains for r in pick), strict=True)
                ),
            )
            for pick in itertools.product(*parts)
        ]
        return plain, both

    def threshold(self, place: Place) -> Threshold:
        """Find the least benefit at a place."""
        package = self.package(place)
        players = self.home.players(package)
        plain, earning = self.rows(place)
        count, want = len(players), self.wanting(package)
        columns: list[Column] = [{n: -1 for n, i in enumerate(players) if i in place.to}]
        for n, row in enumerate((*plain, *earning)):
            column: dict[int, Fraction | int] = {
                m: -row.gains[i] for m, i in enumerate(players) if row.gains[i]
            }
            columns.append({**column, count: -1} if n >= len(plain) else column)
        try:
            solved = maximise([-1, *([0] * (len(columns) - 1))], columns, [*([0] * count), -1])
        except SolverError:
            return self._hopeless(place, Fraction(1))
        benefit = -solved.value
        more = gainers(self._lifted(place, plain, earning, benefit + 1), count)
        if not want <= {players[i] for i in more.who}:
            return self._hopeless(place, benefit + 1)
        at = gainers(self._lifted(place, plain, earning, benefit), count)
        weights = [Fraction(0)] * len(self.game.players)
        for n, i in enumerate(players):
            weights[i] = solved.dual[n]
        deal = zip((*plain, *earning), solved.primal[1:], strict=True)
        return Threshold(
            place,
            package,
            benefit,
            not want <= {players[i] for i in at.who},
            tuple(weights),
            tuple((row, y) for row, y in deal if y),
        )

    def _lifted(
        self, place: Place, plain: Sequence[Row], earning: Sequence[Row], benefit: Fraction
    ) -> list[Vector]:
        players = self.home.players(self.package(place))
        rows = [tuple(row.gains[i] for i in players) for row in plain]
        return rows + [
            tuple(row.gains[i] + benefit * (i in place.to) for i in players) for row in earning
        ]

    def _hopeless(self, place: Place, benefit: Fraction) -> Threshold:
        """Prove by exchange rates that give no weight to who gets it that no benefit helps."""
        package = self.package(place)
        players = [i for i in self.home.players(package) if i not in place.to]
        plain, earning = self.rows(place)
        rows = [tuple(row.gains[i] for i in players) for row in (*plain, *earning)]
        found = gainers(rows, len(players)).weights
        weights = [Fraction(0)] * len(self.game.players)
        for i, w in zip(players, found or (), strict=bool(found)):
            weights[i] = w
        return Threshold(place, package, None, False, tuple(weights))


@dataclass(frozen=True, eq=False)
class Benefits:
    """The least benefit at every place."""

    game: LinkageGame
    thresholds: tuple[Threshold, ...]

    @property
    def best(self) -> Threshold | None:
        """The place that takes the least in all."""
        able = [t for t in self.thresholds if t.benefit is not None]
        return min(able, key=lambda t: t.total or 0, default=None)

    @property
    def figures(self) -> Figures:
        """What the proof says."""
        best = self.best
        listed = {"candidates": tuple(self._words(t) for t in self.thresholds)}
        if best is None:
            return Figures(Status.INFEASIBLE, None, details=listed)
        change = {"change": "give", **self._words(best)}
        return Figures(Status.SOLVED, best.total, None, best.exceeded, False, (change,), listed)

    def _words(self, found: Threshold) -> dict[str, Any]:
        names, issues = self.game.issue_names, self.game.issues
        chosen = found.place.chosen
        return {
            "on": "link" if len(chosen) == 2 else "issue",
            "outcomes": {names[k]: issues[names[k]].outcomes[a] for k, a in chosen.items()},
            "to": tuple(self.game.players[i] for i in found.place.to),
            "each": found.benefit,
            "total": found.total,
            "exceeded": found.exceeded,
        }

    def changed(self, game: LinkageGame) -> LinkageGame | None:
        """Give the best benefit, and a little more where it must be exceeded."""
        best = self.best
        if best is None or best.benefit is None:
            return None
        more = STEP * (best.benefit or 1) if best.exceeded else Fraction(0)
        return boosted(game, best.place, best.benefit + more)

    def check(self, game: LinkageGame) -> None:
        """Recompute every threshold from its deal and its exchange rates."""
        if [t.place for t in self.thresholds] != list(places(game)):
            msg = "benefits: the places looked at are not those of the game"
            raise VerificationError(msg)
        search = Search(game)
        for found in self.thresholds:
            self._check_one(search, found)

    def _check_one(self, search: Search, found: Threshold) -> None:
        game, place, w = search.game, found.place, found.weights
        benefit = found.benefit if found.benefit is not None else Fraction(1)
        package = search.package(place)
        want = search.wanting(package)
        there = boosted(game, place, benefit)
        home = HomeTest(there)
        blocks = all(x >= 0 for x in w) and support(home.linear(home.closed), package, w) <= 0
        if found.benefit is None:
            aside = not any(w[i] for i in place.to)
            useless = all(
                sum((x * g for x, g in zip(w, row.gains, strict=True)), Fraction(0)) < 0
                for row in search.rows(place)[1]
            )
            if not (blocks and aside and (useless or any(w[i] for i in want))):
                msg = "benefits: the exchange rates said to block every benefit do not"
                raise VerificationError(msg)
            return
        weighty = sum((w[i] for i in place.to), Fraction(0)) > 0
        listed = known(found.rows, itertools.chain(*search.rows(place)))
        earned = sum(
            (
                y
                for r, y in found.rows
                if all(r.chosen.get(k) == a for k, a in place.chosen.items())
            ),
            Fraction(0),
        )
        net = mixed(found.rows)
        fair = all(net[i] + benefit * (i in place.to) >= 0 for i in search.home.players(package))
        works = search.table.everyone <= search.table.everyone.difference(want).union(
            Table(boosted(game, place, benefit + 1)).families(package)[0]
        )
        at = want <= Table(there).families(package)[0]
        right = blocks and (weighty or not benefit) and listed and earned == 1 and fair and works
        if not right or at == found.exceeded:
            msg = f"benefits: the threshold {benefit} does not follow from its certificate"
            raise VerificationError(msg)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, numbers exact."""
        players = self.game.players
        return {
            "kind": "exchange_rates",
            "weights": [dict(zip(players, t.weights, strict=True)) for t in self.thresholds],
        }


def benefits(game: LinkageGame) -> Benefits:
    """Find the least benefit at every link and outcome; see the module."""
    listed = list(itertools.islice(places(game), MAX_CANDIDATES + 1))
    if len(listed) > MAX_CANDIDATES:
        msg = (
            f"design by benefits: expected at most {MAX_CANDIDATES:,} links and outcomes times "
            "recipients, found more: leave issues out, or state fewer [[links]]"
        )
        raise InputError(msg)
    search = Search(game)
    return Benefits(game, tuple(search.threshold(place) for place in listed))
