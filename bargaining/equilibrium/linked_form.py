"""The linked game of two players in compact form: payoffs bilinear in the players' plans.

Issues that no spillover joins are separate games: pure addition changes nobody's best reply.  So
spillovers that only add up, f(outcome of k) + g(outcome of l), are counted in the issues, and the
rest splits the game into components.  In each, with x and y the players' plans on their junction
trees (:mod:`bargaining.equilibrium.linked_side`), payoffs are x'Ay and x'By, where A and B have a
block for every two bags that share a term: their size grows with the number of issues, not
exponentially.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.linked_side import Plan, Side, side_of
from bargaining.errors import NotSupportedError
from bargaining.model.agenda import components
from bargaining.model.game import LinkageGame

MAX_ENTRIES = 1_200_000
"""The largest number of payoffs between both players' joint acts in a component."""

Scope = tuple[int, ...]
Tables = dict[Scope, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Block:
    """A component of the linked game.

    Attributes
    ----------
    issues : tuple of int
    sides : tuple of two Side
    rows, columns : ndarray of int, shape (entries,)
        Cells of the two plans that an entry of the payoff matrices belongs to.
    values : ndarray of int, shape (entries, players)
        Payoffs times the player's unit.
    units : tuple of int, one per player
    """

    issues: tuple[int, ...]
    sides: tuple[Side, Side]
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    values: NDArray[Any]
    units: tuple[int, ...]

    @cached_property
    def floats(self) -> NDArray[np.float64]:
        """The payoffs in floating point."""
        return np.asarray(self.values / np.array(self.units, dtype=object), dtype=np.float64)

    def worth(self, side: int, player: int, other: Plan) -> NDArray[Any]:
        """Return what each cell of one side's plan pays a player against the other side's plan."""
        mine, theirs = (self.rows, self.columns) if side == 0 else (self.columns, self.rows)
        size = self.sides[side].cells
        if other.dtype != object:
            products = self.floats[:, player] * other[theirs]
            return np.bincount(mine, weights=products, minlength=size)
        found = np.full(size, Fraction(0), dtype=object)
        np.add.at(found, mine, self.values[:, player] * other[theirs])
        return found / self.units[player]

    def payoff(self, player: int, plans: tuple[Plan, Plan]) -> Any:
        """Return a player's payoff."""
        return plans[0] @ self.worth(0, player, plans[1])

    def matrix(self, player: int) -> NDArray[np.float64]:
        """Return a player's payoff matrix, dense."""
        dense = np.zeros((self.sides[0].cells, self.sides[1].cells))
        np.add.at(dense, (self.rows, self.columns), self.floats[:, player])
        return dense

    def whole_matrix(self, player: int) -> NDArray[Any]:
        """Return a player's payoff matrix times his unit, dense and exact."""
        dense = np.zeros((self.sides[0].cells, self.sides[1].cells), dtype=object)
        np.add.at(dense, (self.rows, self.columns), self.values[:, player])
        return dense

    def reach(self, player: int) -> float:
        """Return the range of a player's payoffs in one pair of bags: his unit of rounding."""
        return float(np.ptp(self.floats[:, player])) or 1.0


@dataclass(frozen=True, eq=False)
class LinkedForm:
    """A linked game of two players who act, and any number who do not.

    Attributes
    ----------
    game : LinkageGame
    movers : tuple of two int
        Positions of the players who act.
    tables : mapping of tuple of int to ndarray of int
        Payoffs times units per issue over the two players' actions, shape (a, b, players), and
        per pair that does not merely add up, shape (a, b, a', b', players).
    units : tuple of int, one per player
    blocks : tuple of Block
        The components; issues in which nobody has a choice are in none.
    constant : tuple of Fraction, one per player
        What those issues pay.
    """

    game: LinkageGame
    movers: tuple[int, int]
    tables: Mapping[Scope, NDArray[Any]]
    units: tuple[int, ...]
    blocks: tuple[Block, ...]
    constant: tuple[Fraction, ...]

    @cached_property
    def rate(self) -> Fraction | None:
        """The μ > 0 with B = -μ A + constant over all joint plays; None if there is none."""
        return opposition(self, [k for block in self.blocks for k in block.issues])

    @cached_property
    def _owner(self) -> Mapping[int, int]:
        return {k: b for b, block in enumerate(self.blocks) for k in block.issues}

    def block_of(self, issue: int) -> int | None:
        """Position of the component that holds an issue; None where nobody has a choice."""
        return self._owner.get(issue)

    def outcomes(self, chosen: tuple[Mapping[int, int], Mapping[int, int]]) -> dict[str, str]:
        """Return the outcome of every issue when the two players choose these actions."""
        named = {}
        for k, (name, issue) in enumerate(self.game.issues.items()):
            if issue.is_options:
                named[name] = issue.status_quo
                continue
            place = 0
            for player, labels in issue.actions.items():
                action = 0
                for mine, mover in zip(chosen, self.movers, strict=True):
                    if self.game.players[mover] == player:
                        action = mine.get(k, 0)
                place = place * len(labels) + action
            named[name] = issue.outcomes[place]
        return named


def linked_form(game: LinkageGame) -> LinkedForm:
    """Write the linked game in compact form.

    Raises
    ------
    NotSupportedError
        If three or more players act, or spillovers form too dense a graph.
    NotDefinedError
        If an option issue has no status quo to stay at.
    """
    movers = _movers(game)
    exact = action_tables(game, movers)
    units = common_units(exact.values())
    tables = folded({scope: whole(table, units) for scope, table in exact.items()})
    fixed = {s for s, t in tables.items() if len(s) == 1 and t.shape[:2] == (1, 1)}
    constant = [Fraction(0)] * len(game.players)
    for alone in fixed:
        paid = zip(constant, tables[alone][0, 0], units, strict=True)
        constant = [c + Fraction(v, unit) for c, v, unit in paid]
    free = [s[0] for s in tables if len(s) == 1 and s not in fixed]
    near: dict[int, set[int]] = {k: set() for k in free}
    for scope in tables:
        if len(scope) == 2:
            near[scope[0]].add(scope[1])
            near[scope[1]].add(scope[0])
    owner = {}
    groups = list(components(free, near))
    for number, issues in enumerate(groups):
        owner.update(dict.fromkeys(issues, number))
    members: list[Tables] = [{} for _ in groups]
    for scope, table in tables.items():
        if scope not in fixed:
            members[owner[scope[0]]][scope] = table
    blocks = tuple(
        _block(game, movers, issues, mine, units)
        for issues, mine in zip(groups, members, strict=True)
    )
    return LinkedForm(game, movers, tables, units, blocks, tuple(constant))


def _movers(game: LinkageGame) -> tuple[int, int]:
    """Return positions of the two players who act, filled up where fewer do."""
    acting = {
        p
        for issue in game.issues.values()
        for p, labels in issue.actions.items()
        if len(labels) > 1
    }
    if len(acting) > 2:
        msg = (
            "the linked game is solved for two players who act; here act "
            f"{', '.join(p for p in game.players if p in acting)} (correlated equilibria are "
            "computed for any number)"
        )
        raise NotSupportedError(msg)
    names = [p for p in game.players if p in acting]
    names += [p for p in game.players if p not in acting]
    first, second = sorted(game.players.index(p) for p in names[:2])
    return first, second


def action_tables(game: LinkageGame, movers: Sequence[int]) -> Tables:
    """Return payoffs over the movers' actions, per issue and per pair with spillovers.

    Shapes (a, b, …, players) per issue and (a, b, …, a', b', …, players) per pair: one axis per
    mover and issue, of length 1 where he has nothing to do.  Option issues stay at their status
    quo, since nobody can leave it alone.
    """
    names = [game.players[i] for i in movers]
    kept: dict[int, list[int]] = {}
    shapes: dict[int, tuple[int, ...]] = {}
    tables: Tables = {}
    for k, issue in enumerate(game.issues.values()):
        if issue.is_options:
            kept[k], shapes[k] = [issue.outcome(issue.status_quo)], (1,) * len(names)
        else:
            kept[k] = list(range(issue.size))
            shapes[k] = tuple(len(issue.actions.get(p, ("",))) for p in names)
        tables[k,] = issue.exact_payoffs[kept[k]].reshape(*shapes[k], len(game.players))
    for link in game.links or ():
        if link.spillovers is None:
            continue
        k, m = (game.position(name) for name in link.between)
        table = link.spillovers if k < m else link.spillovers.transpose(1, 0, 2)
        k, m = min(k, m), max(k, m)
        part = table[np.ix_(kept[k], kept[m])]
        part = part.reshape(*shapes[k], *shapes[m], len(game.players))
        tables[k, m] = tables[k, m] + part if (k, m) in tables else part
    return tables


def common_units(tables: Iterable[NDArray[Any]]) -> tuple[int, ...]:
    """Return per player the common denominator of some exact payoffs (…, players)."""
    units: list[int] = []
    for table in tables:
        flat = table.reshape(-1, table.shape[-1])
        units = units or [1] * flat.shape[1]
        for i, unit in enumerate(units):
            units[i] = math.lcm(unit, *{v.denominator for v in flat[:, i]})
    return tuple(units)


def whole(table: NDArray[Any], units: Sequence[int]) -> NDArray[Any]:
    """Return exact payoffs times the players' units, as whole numbers."""
    flat = table.reshape(-1, table.shape[-1])
    scaled = np.empty(flat.shape, dtype=object)
    for i, unit in enumerate(units):
        scaled[:, i] = [v.numerator * (unit // v.denominator) for v in flat[:, i]]
    return scaled.reshape(table.shape)


def folded(tables: Tables) -> Tables:
    """Count spillovers that only add up, f(a) + g(b), in the issues; keep the others."""
    result: Tables = {scope: table for scope, table in tables.items() if len(scope) == 1}
    for (k, *rest), table in tables.items():
        if not rest:
            continue
        m = rest[0]
        first, second = result[k,].shape[:-1], result[m,].shape[:-1]
        flat = table.reshape(result[k,][..., 0].size, result[m,][..., 0].size, -1)
        mine = flat[:, 0]
        theirs = flat[0] - flat[0, 0]
        if bool(np.all(flat == mine[:, None] + theirs[None])):
            result[k,] = result[k,] + mine.reshape(*first, -1)
            result[m,] = result[m,] + theirs.reshape(*second, -1)
        else:
            result[k, m] = table
    return result


def _block(
    game: LinkageGame,
    movers: tuple[int, int],
    issues: tuple[int, ...],
    tables: Tables,
    units: tuple[int, ...],
) -> Block:
    sides = []
    for position, mover in enumerate(movers):
        actions = {k: tables[k,].shape[position] for k in issues if tables[k,].shape[position] > 1}
        scopes = [tuple(k for k in s if k in actions) for s in tables if len(s) == 2]
        sides.append(side_of(game.players[mover], actions, scopes))
    first, second = sides
    _check_entries(first, second, tables)
    parts: dict[tuple[int, int], NDArray[Any]] = {}
    for scope, table in tables.items():
        mine = tuple(k for k in scope if k in first.actions)
        theirs = tuple(k for k in scope if k in second.actions)
        if len(scope) == 2:
            table = table.transpose(0, 2, 1, 3, 4)
        size = int(np.prod([first.actions[k] for k in mine], dtype=int))
        flat: NDArray[Any] = table.reshape(size, -1, len(game.players))
        homes = first.home(mine), second.home(theirs)
        states = first.bags[homes[0]].states(mine), second.bags[homes[1]].states(theirs)
        block = flat[np.ix_(*states)]
        parts[homes] = parts[homes] + block if homes in parts else block
    rows, columns, values = [], [], []
    for (a, b), part in parts.items():
        grid = np.indices(part.shape[:2]).reshape(2, -1)
        rows.append(grid[0] + first.bags[a].start)
        columns.append(grid[1] + second.bags[b].start)
        values.append(part.reshape(-1, len(game.players)))
    return Block(
        issues,
        (first, second),
        np.concatenate(rows),
        np.concatenate(columns),
        np.concatenate(values),
        units,
    )


def _check_entries(first: Side, second: Side, tables: Tables) -> None:
    """Refuse payoffs between the sides' joint tables that are too many to work with."""
    homes = {
        tuple(side.home(tuple(k for k in scope if k in side.actions)) for side in (first, second))
        for scope in tables
    }
    sizes = [[bag.stop - bag.start for bag in side.bags] for side in (first, second)]
    entries = sum(sizes[0][a] * sizes[1][b] for a, b in homes)
    if entries > MAX_ENTRIES:
        msg = (
            f"spillovers tie {len(first.actions)} issues so densely that the players' joint acts "
            f"meet in a table of {entries:,} payoffs (at most {MAX_ENTRIES:,}); take issues off "
            "the table"
        )
        raise NotSupportedError(msg)


def opposition(form: LinkedForm, issues: Sequence[int]) -> Fraction | None:
    """Return the μ > 0 with B = -μ A + constant on some components; exact, no play enumerated.

    1 where neither player's payoff changes.
    A sum of functions of single issues and of pairs is constant iff each of its parts is zero,
    once each is measured from the first outcomes (an interaction is what is left of a pair when
    its values along the first row and column are taken out).
    """
    inside = set(issues)
    singles: dict[int, NDArray[Any]] = {}
    pairs: list[NDArray[Any]] = []
    movers = list(form.movers)
    for scope, table in form.tables.items():
        if set(scope) <= inside and len(scope) == 1:
            flat = table[..., movers].reshape(-1, 2)
            singles[scope[0]] = flat - flat[0]
    for scope, table in form.tables.items():
        if set(scope) <= inside and len(scope) == 2:
            k, m = scope
            joint = table[..., movers].reshape(len(singles[k]), len(singles[m]), 2)
            singles[k] = singles[k] + joint[:, 0] - joint[0, 0]
            singles[m] = singles[m] + joint[0] - joint[0, 0]
            pairs.append((joint - joint[:, :1] - joint[:1] + joint[0, 0]).reshape(-1, 2))
    steps = np.concatenate([*singles.values(), *pairs]) if singles else np.zeros((0, 2))
    changing = np.flatnonzero(steps[:, 0] != 0)
    if not len(changing):
        return Fraction(1) if not np.any(steps[:, 1] != 0) else None
    mine, theirs = (int(v) for v in steps[changing[0]])
    if not (mine < 0 < theirs or theirs < 0 < mine):
        return None
    if not bool(np.all(steps[:, 1] * mine == theirs * steps[:, 0])):
        return None
    own, other = (form.units[i] for i in form.movers)
    return Fraction(-theirs * own, mine * other)
