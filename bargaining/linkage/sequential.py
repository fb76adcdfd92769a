"""Sequential agendas: issues bargained one after the other by alternating offers.

The packages of an order are bargained in turn.  In each period one player proposes a deal on the
package at hand and the other accepts or rejects; the roles are exchanged every period.  With
``implement="at_once"`` an accepted deal is carried out at once and for good, and the next package
is taken up in the next period; with ``"at_end"`` nothing is carried out before everything is
agreed.  An order of one package is Rubinstein's game over the whole package.  A rejection costs a
period of patience and nothing else; who never agrees stays at the status quo.

The answer is a stationary subgame-perfect equilibrium, exact in fractions, solved backwards from
the last package (:mod:`.alternating_offers`, :mod:`.at_the_end`).  The check recomputes, for every
package and proposer, that no single departure from it pays, which with discounting is enough:
no acceptable deal is worth more to the proposer (weights at which no deal of the package is
worth more prove it), waiting is not worth more, and the responder accepts what he should.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, get_args

from bargaining.errors import InputError, NotDefinedError, NotSupportedError, SolverError
from bargaining.geometry.frontier import PlanarFrontier, planar_frontier
from bargaining.linkage.agreed_at_end import solve_at_end
from bargaining.linkage.alternating_offers import Curve, Play, Round, stationary
from bargaining.linkage.patience import patient
from bargaining.linkage.sequential_answer import SequentialAgenda, Stage, staged
from bargaining.model.agenda import check_connected
from bargaining.model.expressions import Operand, number_at
from bargaining.model.game import LinkageGame, require_game
from bargaining.model.spelling import suggestion

Implement = Literal["at_once", "at_end"]
Order = str | Sequence[str | Sequence[str]]
MAX_ORDERED = 5
"""All orders are compared up to this many issues (120 orders)."""
Pair = tuple[Fraction, Fraction]
"""Of the two players with a stake."""


@dataclass(frozen=True)
class Table:
    """What is common to all orders of one game."""

    game: LinkageGame
    columns: tuple[int, int]
    discount: Pair
    first: int
    implement: Implement
    floors: tuple[Fraction | None, Fraction | None]
    frontiers: dict[tuple[int, ...], PlanarFrontier] = field(default_factory=dict)
    known: dict[tuple[tuple[int, ...], ...], Stage] = field(default_factory=dict)

    def curve(self, package: tuple[int, ...]) -> Curve:
        """Return a package's frontier in fractions."""
        if package not in self.frontiers:
            self.frontiers[package] = planar_frontier(self.game, package, self.columns)
        frontier = self.frontiers[package]
        points = (frontier.vertex(run) for run in range(len(frontier)))
        return Curve(tuple((Fraction(x), Fraction(y)) for x, y in points))


def sequential_agenda(
    game: LinkageGame,
    *,
    order: Order | None = None,
    discount: Operand | Mapping[str, Operand] | None = None,
    first: str | None = None,
    implement: Implement = "at_once",
    floors: Mapping[str, Operand] | None = None,
) -> SequentialAgenda:
    """Bargain packages one after the other by alternating offers.

    Parameters
    ----------
    game : LinkageGame
        With two players who have a stake, and a status quo per issue.
    order : str or sequence, optional
        Issues in the order in which they are bargained, ``"guns,fentanyl"`` or a list; ``+``
        joins issues into a package.  Issues left out stay at their status quo.  Default: all
        issues as one package.
    discount : number or mapping of str to number, optional
        Factor per period, of both or of each player, from 0 to below 1; the game's by default.
    first : str, optional
        Who proposes in the first period; the first player by default.
    implement : {"at_once", "at_end"}
        When agreed deals are carried out.  ``"at_end"`` is solved for at most two packages.
    floors : mapping of str to number, optional
        The least total gain that a player can accept (a ratifier's demand); the game's
        ``[floors]`` by default.  For a single package only.

    Returns
    -------
    SequentialAgenda

    Raises
    ------
    NotDefinedError
        If not exactly two players have a stake, a discount factor is missing, or floors are
        given for several packages.
    NotSupportedError
        If spillovers or constraints tie packages of the order to other issues, or more than two
        packages are to be carried out at the end.

    Examples
    --------
    >>> pies = [[[0, 0], [2, 0], [0, 1]], [[0, 0], [1, 0], [0, 2]]]
    >>> game = LinkageGame.from_payoffs(pies, ["us", "mexico"])
    >>> sequential_agenda(game, discount="9/10").gains
    {'us': Fraction(60, 29), 'mexico': Fraction(54, 29)}
    >>> sequential_agenda(game, discount="9/10", order="0,1").gains
    {'us': Fraction(461, 190), 'mexico': Fraction(18, 19)}
    """
    table = _table(game, discount, first, implement, floors)
    return _solve(table, _read(game, order))


def sequential_orders(
    game: LinkageGame,
    *,
    discount: Operand | Mapping[str, Operand] | None = None,
    first: str | None = None,
    implement: Implement = "at_once",
) -> dict[str, SequentialAgenda]:
    """Bargain the issues one by one in every order, and all as one package.

    Parameters
    ----------
    game : LinkageGame
        With at most five issues.
    discount, first, implement
        As for :func:`sequential_agenda`.

    Returns
    -------
    dict of str to SequentialAgenda
        By order; the package comes first, where links connect all issues.

    Examples
    --------
    >>> pies = [[[0, 0], [2, 0], [0, 1]], [[0, 0], [1, 0], [0, 2]]]
    >>> game = LinkageGame.from_payoffs(pies, ["us", "mexico"])
    >>> [(k, str(v.gains["us"])) for k, v in sequential_orders(game, discount="9/10").items()]
    [('0+1', '60/29'), ('0,1', '461/190'), ('1,0', '3791/3800')]
    """
    table = _table(game, discount, first, implement, None)
    if len(game.issues) > MAX_ORDERED:
        msg = (
            f"orders: expected at most {MAX_ORDERED} issues (120 orders), found "
            f"{len(game.issues):,}; name the orders of interest with order="
        )
        raise InputError(msg)
    found: dict[str, SequentialAgenda] = {}
    if len(game.issues) > 1 and _joined(game):
        whole = _solve(table, (tuple(range(len(game.issues))),))
        found[whole.order_name] = whole
    for order in itertools.permutations(range(len(game.issues))):
        answer = _solve(table, tuple((k,) for k in order))
        found[answer.order_name] = answer
    return found


def _joined(game: LinkageGame) -> bool:
    from bargaining.model.agenda import parse_agenda

    return len(parse_agenda(game, "linked").packages) == 1


def _solve(table: Table, packages: tuple[tuple[int, ...], ...]) -> SequentialAgenda:
    """Solve an order backwards; the end of an order is shared with all orders that have it."""
    floors = table.floors
    if len(packages) > 1:
        if any(floor is not None for floor in floors):
            msg = (
                "floors are about the total, and with several packages nobody knows his total "
                "when he signs the first: give an order of one package"
            )
            raise NotDefinedError(msg)
        _check_apart(table.game, packages)
    curves = [table.curve(package) for package in packages]
    if table.implement == "at_end" and len(packages) > 1:
        frontiers = [table.frontiers[package] for package in packages]
        return solve_at_end(
            table.game, table.columns, table.first, table.discount, frontiers, curves
        )
    stages: list[Stage] = []
    zero: Pair = (Fraction(0), Fraction(0))
    values: tuple[Pair, Pair] = (zero, zero)
    for position in reversed(range(len(packages))):
        rest = packages[position:]
        if rest not in table.known:
            d = table.discount
            after = tuple((d[0] * values[1 - i][0], d[1] * values[1 - i][1]) for i in (0, 1))
            game_round = Round(curves[position], d, (after[0], after[1]), floors)
            table.known[rest] = _stage(table, packages[position], game_round)
        stages.insert(0, table.known[rest])
        values = table.known[rest].values
    unique = all(stage.unique for stage in stages)
    limit = patient(curves, floors) if unique else None
    return staged(table.game, table.columns, table.first, tuple(stages), limit)


def _stage(table: Table, package: tuple[int, ...], game_round: Round) -> Stage:
    """Solve one package; without any acceptable deal both keep what they have."""
    plays = stationary(game_round)
    play = plays.found[0] if plays.found else _apart(game_round)
    return Stage.of(table.frontiers[package], package, game_round, play, plays)


def _apart(game_round: Round) -> Play:
    """Nobody ever agrees, if nobody would rather make an acceptable offer."""
    zero: Pair = (Fraction(0), Fraction(0))
    for proposer in (0, 1):
        place = game_round.curve.best(proposer, game_round.least(1 - proposer, Fraction(0)))
        if place is not None and game_round.worth(proposer, place)[proposer] > 0:
            floor = game_round.floors[proposer]
            if floor is None or game_round.worth(proposer, place)[proposer] >= floor:
                msg = "no stationary equilibrium of the alternating offers was found"
                raise SolverError(msg)
    return Play((None, None), (zero, zero))


def _table(
    game: LinkageGame,
    discount: Operand | Mapping[str, Operand] | None,
    first: str | None,
    implement: str,
    floors: Mapping[str, Operand] | None,
) -> Table:
    """Read the arguments."""
    require_game(game)
    if implement not in get_args(Implement):
        msg = f'implement: expected "at_once" or "at_end", found "{implement}"'
        raise InputError(msg)
    if game.reserved:
        msg = "sequential bargaining: not defined: no status quo per issue, only reservation totals"
        raise NotDefinedError(msg)
    if len(game.interested) != 2:
        found = ", ".join(game.players[i] for i in game.interested) or "none"
        msg = f"alternating offers are between two players with a stake, found {found}"
        raise NotDefinedError(msg)
    if not game.flat.exact:
        msg = "alternating offers are solved in fractions: give payoffs as whole numbers"
        raise NotSupportedError(msg)
    columns = (game.interested[0], game.interested[1])
    names = (game.players[columns[0]], game.players[columns[1]])
    proposer = names[0] if first is None else first
    if proposer not in names:
        hint = suggestion(str(proposer), names)
        msg = f'first: expected one of {", ".join(names)}, found "{proposer}"{hint}'
        raise InputError(msg)
    patience = _factors(game, names, discount)
    given = game.channels.get("floors") if floors is None else floors
    least = _floors(game, names, given or {})
    return Table(game, columns, patience, names.index(proposer), implement, least)  # type: ignore[arg-type]


def _factors(
    game: LinkageGame, names: tuple[str, str], discount: Operand | Mapping[str, Operand] | None
) -> Pair:
    given: Mapping[str, Operand]
    if isinstance(discount, Mapping):
        _known(game, discount, "discount")
        given = {**game.discount, **discount}
    elif discount is None:
        given = game.discount
    else:
        given = dict.fromkeys(names, discount)
    for name in names:
        if name not in given:
            msg = (
                f"alternating offers need a discount factor of {name}: add [discount] to the "
                "game file, or give discount="
            )
            raise NotDefinedError(msg)
    one, two = (number_at(f"discount of {name}", given[name]) for name in names)
    for name, value in zip(names, (one, two), strict=True):
        if not 0 <= value < 1:
            msg = f"discount.{name}: expected a number from 0 to below 1, found {value}"
            raise InputError(msg)
    return one, two


def _floors(
    game: LinkageGame, names: tuple[str, str], floors: Mapping[str, Operand]
) -> tuple[Fraction | None, Fraction | None]:
    if not isinstance(floors, Mapping):
        msg = f"floors: expected a table of players, found {floors!r}"
        raise InputError(msg)
    _known(game, floors, "floors")
    one, two = (
        number_at(f"floor of {name}", floors[name]) if name in floors else None for name in names
    )
    return one, two


def _known(game: LinkageGame, given: Mapping[str, Any], place: str) -> None:
    for player in given:
        if player not in game.players:
            msg = (
                f"{place}: expected players ({', '.join(game.players)}), "
                f'found "{player}"{suggestion(str(player), game.players)}'
            )
            raise InputError(msg)


def _read(game: LinkageGame, order: Order | None) -> tuple[tuple[int, ...], ...]:
    """Read an order of packages."""
    if order is None:
        packages = [tuple(range(len(game.issues)))]
    else:
        parts = order.split(",") if isinstance(order, str) else list(order)
        packages = []
        for part in parts:
            names = part.split("+") if isinstance(part, str) else list(part)
            packages.append(tuple(sorted(game.position(str(name).strip()) for name in names)))
    listed = [k for package in packages for k in package]
    if not listed or len(listed) != len(set(listed)):
        msg = (
            "order: expected each issue once, found one named twice"
            if listed
            else ("order: expected at least one issue, found none")
        )
        raise InputError(msg)
    for package in packages:
        check_connected(game, package)
    return tuple(packages)


def _check_apart(game: LinkageGame, packages: Sequence[Sequence[int]]) -> None:
    """Refuse spillovers and constraints between packages of an order."""
    home = {k: number for number, package in enumerate(packages) for k in package}
    pairs = [(pair.first, pair.second) for pair in game.interactions]
    for rule in game.constraints:
        issues = sorted({game.position(name) for name, _ in rule.statements})
        pairs += itertools.combinations(issues, 2)
    for one, two in pairs:
        if one in home and two in home and home[one] != home[two]:
            names = game.issue_names
            msg = (
                f"order: {names[one]} and {names[two]} interact (a spillover or a constraint), so "
                "what the later one is worth depends on what was agreed before: this version "
                f'bargains them only as one package, "{names[one]}+{names[two]}"'
            )
            raise NotSupportedError(msg)
