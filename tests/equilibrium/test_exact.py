"""All equilibria of two players: other programs' answers, brute force, invariance."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from bimatrix_games import bimatrix, extreme_by_definition, mixes
from hypothesis import given, settings
from hypothesis import strategies as st
from validation import FOLDER

import bargaining as bg
from bargaining.equilibrium import exact as engine
from bargaining.equilibrium.bimatrix import of_issue
from bargaining.equilibrium.exact import extreme_equilibria
from bargaining.equilibrium.tight_choices import brute_force
from bargaining.equilibrium.vertices import most_vertices, vertices
from bargaining.errors import VerificationError

KNOWN = FOLDER / "cases" / "known_equilibria.json"


@dataclass(frozen=True)
class Case:
    name: str
    source: str
    first: list[list[int]]
    second: list[list[int]]
    equilibria: set[Any]
    components: list[tuple[tuple[int, ...], int]]
    """Extreme equilibria and dimension."""


CASES = [
    Case(
        "degenerate 3 x 2",
        "von Stengel 2002, Handbook of Game Theory 45; nashpy unit/test_game.py",
        [[3, 3], [2, 5], [0, 6]],
        [[3, 3], [2, 6], [3, 1]],
        {
            ((1, 0, 0), (1, 0)),
            ((1, 0, 0), (F(2, 3), F(1, 3))),
            ((0, F(1, 3), F(2, 3)), (F(1, 3), F(2, 3))),
        },
        [((0, 1), 1), ((2,), 0)],
    ),
    Case(
        "where naive Lemke-Howson cycles",
        "QuantEcon.py tests/test_lemke_howson.py",
        [[0, 0, 0], [0, 1, 1], [1, 1, 0]],
        [[1, 1, 0], [0, 1, 0], [1, 0, 2]],
        {((0, 1, 0), (0, 1, 0)), ((0, F(2, 3), F(1, 3)), (0, 1, 0))},
        [((0, 1), 1)],
    ),
    Case(
        "support enumeration misses (2/7, 5/7)",
        "nashpy issue 222",
        [[-3, 3], [-3, 5]],
        [[2, 7], [4, 2]],
        {((0, 1), (1, 0)), ((F(2, 7), F(5, 7)), (1, 0))},
        [((0, 1), 1)],
    ),
    Case(
        "a ring of segments around a square",
        "nashpy unit/test_lemke_howson.py:79",
        [[1, 3, 3], [3, 1, 3], [1, 3, 3]],
        [[3, 3, 1], [1, 1, 3], [3, 1, 3]],
        {
            ((1, 0, 0), (0, 1, 0)),
            ((1, 0, 0), (F(1, 2), F(1, 2), 0)),
            ((F(1, 2), F(1, 2), 0), (F(1, 2), F(1, 2), 0)),
            ((F(1, 2), F(1, 2), 0), (0, 0, 1)),
            ((0, 1, 0), (0, 0, 1)),
            ((0, 0, 1), (0, 0, 1)),
        },
        [((0, 1, 2, 3, 4, 5), 2)],
    ),
    Case(
        "all payoffs 0: everything is an equilibrium",
        "Gambit test_games/2x2_bimatrix_all_zero_payoffs.nfg",
        [[0, 0], [0, 0]],
        [[0, 0], [0, 0]],
        {((1, 0), (1, 0)), ((1, 0), (0, 1)), ((0, 1), (1, 0)), ((0, 1), (0, 1))},
        [((0, 1, 2, 3), 2)],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_published_degenerate_games(case: Case) -> None:
    found = of_issue(bimatrix(case.first, case.second))
    assert mixes(found) == case.equilibria
    assert found.complete
    assert found.degenerate
    assert sorted((len(c.equilibria), c.dimension) for c in found.components) == sorted(
        (len(members), dimension) for members, dimension in case.components
    )
    assert sum(c.index for c in found.components if c.index is not None) == 1
    assert found.verify()


def test_every_game_of_the_collection() -> None:
    if not KNOWN.is_file():
        pytest.skip(f"no {KNOWN.name} in the validation folder")
    for game in json.loads(KNOWN.read_text())["games"]:
        players = [f"p{i}" for i in range(game["players"])]
        shape = np.array(game["payoffs"][0], dtype=object).shape
        actions = {p: [str(a) for a in range(k)] for p, k in zip(players, shape, strict=True)}
        payoffs = dict(zip(players, game["payoffs"], strict=True))
        found = of_issue(bg.Issue.normal_form("game", players, actions, payoffs))
        wanted = {tuple(tuple(F(q) for q in mix) for mix in e) for e in game["equilibria"]}
        assert mixes(found) == wanted, game["name"]
        assert len(found.equilibria) == game["count"], game["name"]
        assert found.degenerate == game["degenerate"], game["name"]
        assert found.complete, game["name"]
        assert found.verify()


def test_indices_of_isolated_equilibria_alternate() -> None:
    """Coordination on three actions: of 7 equilibria, those with two actions in use have -1."""
    unit = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    found = of_issue(bimatrix(unit, unit))
    assert {len(e.support["a"]): e.index for e in found.equilibria} == {1: 1, 2: -1, 3: 1}
    assert len(found.equilibria) == 7
    data = found.to_dict()
    assert data["components"][0]["index"] == 1
    assert data["equilibria"][0]["support"] == {"a": [0], "b": [0]}


def test_the_index_of_a_component_that_can_be_perturbed_away() -> None:
    """a's first action is as good as his second only while b plays c0: (r0, c0) can vanish."""
    found = of_issue(bimatrix([[1, 0], [1, 1]], [[1, 1], [0, 1]]))
    assert mixes(found) == extreme_by_definition([[1, 0], [1, 1]], [[1, 1], [0, 1]])
    assert {c.equilibria: c.index for c in found.components} == {(0,): 0, (1,): 1}


small = st.integers(1, 4)


@st.composite
def games(draw: st.DrawFn) -> tuple[list[list[int]], list[list[int]]]:
    rows, columns = draw(small), draw(small)
    entry = st.integers(0, draw(st.integers(0, 3)))
    line = st.lists(entry, min_size=columns, max_size=columns)
    table = st.lists(line, min_size=rows, max_size=rows)
    return draw(table), draw(table)


@settings(max_examples=80, deadline=None)
@given(games())
def test_the_list_is_that_of_brute_force(game: tuple[list[list[int]], list[list[int]]]) -> None:
    first, second = game
    found = extreme_equilibria(first, second)
    assert found is not None
    wanted = extreme_by_definition(first, second)
    assert set(found.pairs) == wanted
    assert len(found.pairs) == len(wanted)
    assert brute_force(first, second) == wanted
    assert sum(part.index for part in found.components if part.index is not None) == 1


@settings(max_examples=40, deadline=None)
@given(games(), st.data())
def test_units_and_what_the_other_decides_do_not_matter(
    game: tuple[list[list[int]], list[list[int]]], data: st.DataObject
) -> None:
    first, second = (np.array(table, dtype=object) for table in game)
    fraction = st.fractions(-5, 5, max_denominator=7)
    shift = np.array(data.draw(st.lists(fraction, min_size=len(first.T), max_size=len(first.T))))
    moved = np.array(data.draw(st.lists(fraction, min_size=len(first), max_size=len(first))))
    factor = data.draw(st.fractions(F(1, 9), 9))
    before = extreme_equilibria(first.tolist(), second.tolist())
    after = extreme_equilibria(
        (factor * first + shift).tolist(), (second + moved[:, None]).tolist()
    )
    assert after == before


def test_huge_fractions_and_large_indices() -> None:
    """The same game in units beyond 64 bits, and a game whose determinants exceed them."""
    first, second = [[F(3), F(0)], [F(0), F(2)]], [[F(2), F(0)], [F(0), F(3)]]
    unit = F(10**400 + 1, 3**300)
    grown = [[[v * unit for v in row] for row in table] for table in (first, second)]
    assert extreme_equilibria(*grown) == extreme_equilibria(first, second)
    table = [[10**k + (3 if i == k else i * k) for k in range(5)] for i in range(5)]
    turned = [list(line) for line in zip(*table, strict=True)]
    found = extreme_equilibria(table, turned)
    assert found is not None
    assert set(found.pairs) == extreme_by_definition(table, turned)


@pytest.mark.parametrize("shape", [(1, 1), (1, 6), (2, 60), (40, 2), (3, 9)])
def test_unequal_numbers_of_actions(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(5)
    first, second = rng.integers(0, 9, size=(2, *shape)).tolist()
    found = of_issue(bimatrix(first, second))
    assert found.complete
    assert found.verify()
    if shape[1] < 10 and shape[0] < 10:
        assert mixes(found) == extreme_by_definition(first, second)


def test_duplicate_actions_span_products() -> None:
    """Two copies of each action of matching pennies: one square of equilibria."""
    first = [[1, 1, -1, -1]] * 2 + [[-1, -1, 1, 1]] * 2
    found = of_issue(bimatrix(first, (-np.array(first)).tolist()))
    assert len(found.equilibria) == 16
    assert [(c.dimension, len(c.subsets or ()), c.index) for c in found.components] == [(4, 1, 1)]
    assert found.verify()


def test_games_too_large_to_list_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    game = bimatrix(*rng.integers(0, 9, size=(2, 4, 4)).tolist())
    assert of_issue(game).complete
    monkeypatch.setattr(engine, "MAX_VERTICES", 3)
    monkeypatch.setattr(engine, "MAX_PAIRS", 0)
    for method in ("auto", "exact"):
        found = of_issue(game, method)  # type: ignore[arg-type]
        assert not found.complete
        assert found.equilibria
        assert found.verify()


def test_false_components_do_not_verify() -> None:
    found = of_issue(bimatrix([[1, 0], [0, 1]], [[1, 0], [0, 1]]))
    whole = replace(found.components[0], equilibria=(0, 1), subsets=((0, 1),))
    with pytest.raises(VerificationError, match="exchangeable"):
        replace(found, components=(whole, *found.components[2:])).verify()
    with pytest.raises(VerificationError, match="add up to 1"):
        replace(found, components=found.components[:2]).verify()
    with pytest.raises(VerificationError, match="complete is not"):
        replace(found, equilibria=found.equilibria[:1], components=()).verify()


def test_the_upper_bound_on_vertices_is_attained() -> None:
    """Cubes attain it in three dimensions (8 = 2**3 corners), simplices always."""
    assert most_vertices(3, 6) == 8
    assert most_vertices(4, 5) == 5
    corners = vertices([[9, 1, 1], [1, 9, 1], [1, 1, 9]], [9, 9, 9], most=8)
    assert corners is not None
    assert len(corners.points) == 7
    assert vertices([[9, 1, 1], [1, 9, 1], [1, 1, 9]], [9, 9, 9], most=6) is None


def test_a_segment_has_the_index_of_what_it_splits_into() -> None:
    """Von Stengel's 3 x 2 game with 2 for one payoff of 3: its segment is a pair, +1 and -1."""
    first, second = [[3, 3], [2, 5], [0, 6]], [[3, 3], [2, 6], [3, 1]]
    merged = of_issue(bimatrix(first, second))
    assert [(c.dimension, c.index) for c in merged.components] == [(1, 0), (0, 1)]
    split = of_issue(bimatrix(first, [[3, 2], *second[1:]]))
    assert [e.index for e in split.equilibria] == [1, -1, 1]
    ones = {((1, 0, 0), (1, 0)): 1, ((F(4, 5), F(1, 5), 0), (F(2, 3), F(1, 3))): -1}
    assert {e.key: e.index for e in split.equilibria[:2]} == ones
