"""A Nash equilibrium of the linked game of two players, without writing its matrix out.

In the linked game a player's pure strategy names an action in every issue in which he acts, and
payoffs add up over issues, plus spillovers between linked issues.  With k issues of two actions
the matrix has 2^k rows; but only each player's shares on issues and on linked pairs matter, so
each component of the spillover graph is solved in compact form
(:mod:`bargaining.equilibrium.linked_form`): by one linear programme where interests are strictly
opposed, by complementary pivoting otherwise.  Correlation within one player's plan across issues
is part of it; one player per issue would be a different, weaker game.

Every answer is checked by best replies over all joint actions: no player can gain more than the
``regret`` stated.  Option issues stay at their status quo, which nobody can leave alone.
"""

from __future__ import annotations

import numpy as np

from bargaining.equilibrium.linked_answer import (
    TOLERANCE,
    LinkedEquilibrium,
    Plans,
    answer,
    regrets,
)
from bargaining.equilibrium.linked_form import Block, LinkedForm, linked_form, opposition
from bargaining.equilibrium.linked_path import exact_path, float_path, size_of
from bargaining.equilibrium.linked_zero_sum import solve_opposed
from bargaining.errors import InputError
from bargaining.model.commitment import with_commitment
from bargaining.model.game import LinkageGame, require_game
from bargaining.results import Status

MAX_PIVOTS = 20_000
MAX_WORK = 5 * 10**9
"""The most entries changed by the pivots of one path: fewer pivots in larger problems."""
MAX_ROWS = 1_600
"""The largest complementarity problem set up (its tableau is dense)."""
SHARP_ROWS = 160
"""Problems up to this size are solved in rationals at the end of the path."""
EXACT_ROWS, EXACT_PIVOTS = 64, 400
"""Problems up to this size are followed in whole numbers if floats fail."""
STARTS = 4
"""How many priors are tried before giving up."""


def linked_equilibrium(
    game: LinkageGame, *, seed: int | None = None, commitment: bool = True
) -> LinkedEquilibrium:
    """Find a Nash equilibrium of the linked game of two players who act.

    Parameters
    ----------
    game : LinkageGame
    seed : int, optional
        Start from a random prior instead of the even one: other equilibria may be found.
    commitment : bool
        Whether the conditional acts of ``[commitment]`` may be used.

    Returns
    -------
    LinkedEquilibrium
        With ``status`` other than ``solved``, and no strategies, if none could be certified.

    Raises
    ------
    NotSupportedError
        If three or more players act, or spillovers form too dense a graph.

    Examples
    --------
    >>> from bargaining.model.issue import Issue
    >>> pennies = [Issue.normal_form(name, ["a", "b"], {"a": ["H", "T"], "b": ["H", "T"]},
    ...     {"a": [[1, -1], [-1, 1]], "b": [[-1, 1], [1, -1]]}) for name in ("one", "two")]
    >>> answer = linked_equilibrium(LinkageGame(["a", "b"], pennies))
    >>> answer.value, answer.marginals["a"]["two"].tolist()
    (Fraction(0, 1), [0.5, 0.5])
    """
    require_game(game)
    given: object = seed
    if given is not None and not (isinstance(given, int) and given >= 0):
        msg = f"seed: expected a whole number of at least 0, found {seed!r}"
        raise InputError(msg)
    form = linked_form(with_commitment(game) if commitment else game)
    found, methods = [], []
    for block in form.blocks:
        plans, method = solve_block(form, block, seed)
        methods.append(method)
        if plans is None:
            large = size_of(block) > MAX_ROWS
            status = Status.LIMIT_REACHED if large else Status.NUMERICAL_TROUBLE
            return LinkedEquilibrium(form, (), status, method, False, {}, None, None, TOLERANCE)
        found.append(plans)
    method = " and ".join(dict.fromkeys(methods)) or "nobody has a choice"
    return answer(form, tuple(found), method)


def solve_block(form: LinkedForm, block: Block, seed: int | None) -> tuple[Plans | None, str]:
    """Solve one component; the answer is an equilibrium of it, or None."""
    opposed = form.rate if len(form.blocks) == 1 else opposition(form, block.issues)
    if opposed is not None:
        plans = solve_opposed(block, form.movers[0])
        if plans is not None and _certified(form, block, plans):
            return plans, "linear programme"
    if size_of(block) > MAX_ROWS:
        return None, "complementary pivoting"
    exactly = size_of(block) <= SHARP_ROWS
    most = min(MAX_PIVOTS, MAX_WORK // size_of(block) ** 2)
    ways = ("sharp", "whole", "float") if exactly else ("whole", "float")
    for start in range(STARTS):
        prior = _prior(block, seed, start)
        for way in ways if start == 0 else ways[:1] + ways[-1:]:
            if way != "whole":
                sharp = way == "sharp"
                plans = float_path(block, form.movers, prior, max_pivots=most, sharp=sharp)
            elif size_of(block) <= EXACT_ROWS:
                plans = exact_path(block, form.movers, prior, max_pivots=EXACT_PIVOTS)
            else:
                continue
            if plans is not None and _certified(form, block, plans):
                return plans, "complementary pivoting"
    return None, "complementary pivoting"


def _prior(block: Block, seed: int | None, start: int) -> Plans:
    """Return what the sides expect of each other at first: even shares, or random ones."""
    rng = None if seed is None and start == 0 else np.random.default_rng([seed or 0, start])
    first, second = (side.spread(rng) for side in block.sides)
    return first, second


def _certified(form: LinkedForm, block: Block, plans: Plans) -> bool:
    exact = all(plan.dtype == object for plan in plans)
    if any(s.excess(p) > (0 if exact else 1e-12) for s, p in zip(block.sides, plans, strict=True)):
        return False
    return all(
        regret <= (0 if exact else TOLERANCE * block.reach(mover))
        for regret, mover in zip(regrets(form, block, plans), form.movers, strict=True)
    )
