"""Random games for the tests of programmes, and the two programmes of a package."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction as F

import numpy as np

import bargaining as bg
from bargaining.geometry.marginals import package_terms
from bargaining.geometry.mutual import mutual_gain
from bargaining.settlement.exact_program import ExactProgram
from bargaining.settlement.layout import Layout
from bargaining.settlement.program import Program


def random_game(
    rng: np.random.Generator,
    players: int,
    issues: int,
    outcomes: int,
    *,
    edges: Sequence[tuple[int, int]] = (),
    reservation: Sequence[int] | None = None,
    low: int = -6,
    high: int = 7,
) -> bg.LinkageGame:
    """Whole payoffs, outcome 0 worth nothing; spillovers on edges; totals as origin if given."""
    names = tuple("abcdefghijklmnop"[:players])
    found = []
    for k in range(issues):
        payoffs = rng.integers(low, high, size=(outcomes, players))
        if reservation is None:
            payoffs[0] = 0
        table = np.array([[F(int(x)) for x in row] for row in payoffs], dtype=object)
        labels = tuple(f"o{a}" for a in range(outcomes))
        found.append(bg.Issue(f"i{k}", names, {}, labels, table, 0))
    links = []
    for k, m in edges:
        extra = rng.integers(-3, 4, size=(outcomes, outcomes, players))
        extra[0, 0] = 0
        table = np.array([F(int(x)) for x in extra.flat], dtype=object).reshape(extra.shape)
        links.append(bg.Link((f"i{k}", f"i{m}"), True, table))
    if links:
        joined = {frozenset(link.between) for link in links}
        every = [(f"i{k}", f"i{m}") for m in range(issues) for k in range(m)]
        links += [bg.Link(pair) for pair in every if frozenset(pair) not in joined]
    channels = {}
    if reservation is not None:
        channels = {"reservation": dict(zip(names, map(F, reservation), strict=True))}
    return bg.LinkageGame(names, found, tuple(links) if links else None, channels=channels)


def treewidth_three(rng: np.random.Generator, issues: int) -> list[tuple[int, int]]:
    """Edges of a random 3-tree: each issue is tied to three that are tied to each other."""
    cliques = [(0, 1, 2)]
    edges = [(0, 1), (0, 2), (1, 2)]
    for k in range(3, issues):
        a, b, c = cliques[int(rng.integers(len(cliques)))]
        edges += [(a, k), (b, k), (c, k)]
        cliques += [(a, b, k), (a, c, k), (b, c, k)]
    return edges


def programmes(game: bg.LinkageGame) -> tuple[ExactProgram, Program, frozenset[int]]:
    """The exact and the convex programme of all issues, and who can gain."""
    package = range(len(game.issues))
    terms = package_terms(game, package)
    layout = Layout(game, terms.singles, terms.components)
    found = mutual_gain(game, package)
    exact = ExactProgram(game, layout, game.interested)
    return exact, Program(game, package, game.interested, layout, found.weights), found.gainers
