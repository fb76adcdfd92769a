"""What coalitions are worth and how their gains could be shared, in one question.

Who could do without whom, what each player adds on average (Shapley, Myerson), whether any division
leaves no coalition a better answer (core, least core), and the one that makes the largest complaint
as small as possible (nucleolus).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, get_args

import numpy as np

from bargaining.errors import InputError, NotDefinedError, SolverError
from bargaining.linkage.coalitions.answer import CoalitionAnalysis, Utility, worths_of
from bargaining.linkage.coalitions.core import core
from bargaining.linkage.coalitions.dense import MAX_DENSE, Dense
from bargaining.linkage.coalitions.nucleolus import nucleolus
from bargaining.linkage.coalitions.stated import Player
from bargaining.linkage.coalitions.values import ORDERS, communicating, graph_of, shapley
from bargaining.linkage.coalitions.worths import Outsiders, Worths
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status


def coalitions(
    game_or_worths: LinkageGame | Mapping[Any, Any],
    *,
    outsiders: Outsiders | None = None,
    utility: Utility = "transferable",
    communication: Any = None,
    seed: int | np.random.Generator | None = None,
) -> CoalitionAnalysis:
    """Analyse what coalitions can reach, and how the gains of all could be divided.

    Parameters
    ----------
    game_or_worths : LinkageGame, or mapping of coalition to number
        Coalitions are sets of players or names joined by "+"; those left out are worth 0.
    outsiders : {"status_quo", "minmax", "best_reply"}, optional
        What those outside a coalition do; default: they keep to their status-quo acts (without a
        status quo: they hold the coalition down).
    utility : {"transferable", "nontransferable"}
        Whether money (or what serves as such) passes freely inside a coalition; it joins all
        tables.  Without it issues share a table only where their links are negotiable, and worths
        are listed, but not divided.
    communication : networkx.Graph, pairs of players, or text such as "us-mexico,mexico-canada"
        Who can talk to whom, for Myerson's value.
    seed : int or numpy.random.Generator, optional
        At least 0; for orders drawn, with more than sixteen players.

    Returns
    -------
    CoalitionAnalysis

    Raises
    ------
    InputError
        If an argument or a stated worth is wrong.
    NotSupportedError
        If the game has requirements at home or reservation totals.

    Examples
    --------
    >>> found = coalitions({("left", "r1"): 1, ("left", "r2"): 1, ("left", "r1", "r2"): 1})
    >>> found.shapley
    {'left': Fraction(2, 3), 'r1': Fraction(1, 6), 'r2': Fraction(1, 6)}
    >>> found.nucleolus["left"], found.core.empty, found.verify()
    (Fraction(1, 1), False, True)
    """
    if utility not in get_args(Utility):
        msg = f"utility: expected one of {', '.join(get_args(Utility))}, found {utility!r}"
        raise InputError(msg)
    if utility == "nontransferable" and communication is not None:
        msg = "communication: Myerson's value divides sums; it is not defined without side payments"
        raise InputError(msg)
    _check_seed(seed)
    table = worths_of(game_or_worths, outsiders, utility)
    graph = None if communication is None else graph_of(table.players, communication)
    worth, best, notes = _listed(table)
    parts: dict[str, Any] = {}
    if None in worth.values():
        status, method = Status.NOT_DEFINED, "pure equilibria of every partial game"
    elif utility == "nontransferable":
        status, method = Status.SOLVED, "a linear programme per coalition"
    else:
        status, method, parts, more = _divided(table, graph, seed)
        notes += more
    return CoalitionAnalysis(
        players=table.players,
        utility=utility,
        outsiders=table.convention,
        status=status,
        worth=worth,
        best_worth=best,
        shapley=parts.get("shapley"),
        errors=parts.get("errors", {}),
        nucleolus=parts.get("nucleolus"),
        nucleolus_kind=parts["proof"].kind if parts.get("proof") else "nucleolus",
        core=parts.get("core"),
        least_core=parts["core"].least if parts.get("core") else None,
        myerson=parts.get("myerson"),
        myerson_errors=parts.get("myerson_errors", {}),
        monotone=parts.get("monotone"),
        superadditive=parts.get("superadditive"),
        convex=parts.get("convex"),
        method=method,
        notes=tuple(notes),
        worths=table,
        proof=parts.get("proof"),
        game=game_or_worths if isinstance(game_or_worths, LinkageGame) else None,
        communication=graph,
    )


def _check_seed(seed: object) -> None:
    """Refuse a wrong seed even where no orders are drawn."""
    whole = isinstance(seed, (int, np.integer)) and not isinstance(seed, bool) and seed >= 0
    if seed is not None and not whole and not isinstance(seed, np.random.Generator):
        msg = f"seed: expected a whole number of at least 0, found {seed!r}"
        raise InputError(msg)


def _divided(
    table: Worths, graph: Any, seed: int | np.random.Generator | None
) -> tuple[Status, str, dict[str, Any], list[str]]:
    """Work out all divisions of the gains."""

    def named(shares: Sequence[Number]) -> dict[Player, Number]:
        return dict(zip(table.players, shares, strict=True))

    notes: list[str] = []
    value = shapley(table, seed)
    status = Status.LIMIT_REACHED if value.errors else Status.SOLVED
    method = "all coalitions, in rationals"
    if value.errors:
        method = f"{ORDERS:,} orders drawn in pairs with their reverse"
    parts: dict[str, Any] = {"shapley": named(value.shares)}
    if value.errors:
        parts["errors"] = named(value.errors)
    if graph is not None:
        spoken = communicating(table, graph)
        heard = shapley(spoken, seed)
        parts["myerson"] = named(heard.shares)
        if heard.errors:
            parts["myerson_errors"] = named(heard.errors)
    if len(table.players) > MAX_DENSE:
        notes.append(
            f"The core and the nucleolus are worked out for at most {MAX_DENSE} players; "
            f"here are {len(table.players)}."
        )
        return Status.LIMIT_REACHED, method, parts, notes
    game = Dense.of(table)
    parts |= {
        "monotone": game.monotone,
        "superadditive": game.superadditive,
        "convex": game.convex,
    }
    try:
        proof = nucleolus(game)
        parts |= {"proof": proof, "nucleolus": named(proof.shares)}
        parts["core"] = core(table, game, proof)
    except SolverError as error:
        return Status.NUMERICAL_TROUBLE, method, parts, [*notes, str(error)]
    if proof.kind == "prenucleolus":
        notes.append(
            "What the players are worth alone adds up to more than what all are worth together: "
            "there is no imputation, so the prenucleolus stands for the nucleolus."
        )
    return status, method, parts, notes


def _listed(table: Worths) -> tuple[dict[str, Fraction | None], dict[str, Fraction], list[str]]:
    """Return worths by name, the best where there are several, and what to say about them."""
    if len(table.players) <= MAX_DENSE:
        masks: tuple[int, ...] = table.masks
    elif table.stated is not None:
        masks = tuple(table.stated)
    else:
        masks = (*(1 << i for i in range(len(table.players))), table.everyone)
    worth: dict[str, Fraction | None] = {}
    best: dict[str, Fraction] = {}
    missing: list[str] = []
    for mask in masks:
        name = table.name(mask)
        try:
            low, high = table.between(mask)
        except NotDefinedError as error:
            worth[name] = None
            missing = missing or [str(error)]
            continue
        worth[name] = low
        if high > low:
            best[name] = high
    notes = [*table.notes, *missing]
    if table.stated is not None and table.everyone not in table.stated:
        notes.append("No worth is stated for the coalition of all players: it counts as 0.")
    if best:
        names = ", ".join(list(best)[:5]) + (", …" if len(best) > 5 else "")
        notes.append(
            f"Several equilibria leave {names} different totals: the worst counts as the worth."
        )
    return worth, best, notes
