from __future__ import annotations

import itertools
from fractions import Fraction as F

import numpy as np
import pytest
from bimatrix_games import bimatrix, mixes

import bargaining as bg
from bargaining.equilibrium.best_replies import is_equilibrium, pure_equilibria
from bargaining.equilibrium.bimatrix import EquilibriumSet, of_issue
from bargaining.equilibrium.concepts import equilibria
from bargaining.equilibrium.conflict import conflict_index, zero_sum_rate
from bargaining.errors import GameFileError, InputError, VerificationError

PENNIES = bimatrix([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
CHICKEN = bimatrix([[6, 2], [7, 0]], [[6, 7], [2, 0]])


def test_textbook_sets() -> None:
    half = (F(1, 2), F(1, 2))
    assert mixes(of_issue(PENNIES)) == {(half, half)}
    mixed = (F(2, 3), F(1, 3))
    assert mixes(of_issue(CHICKEN)) == {
        ((1, 0), (0, 1)),
        ((0, 1), (1, 0)),
        (mixed, mixed),
    }
    found = of_issue(CHICKEN)
    assert found.complete
    assert not found.degenerate
    assert found.status_quo_is_equilibrium is False
    assert found.equilibria[2].payoffs == {"a": F(14, 3), "b": F(14, 3)}
    assert found.verify()


def test_shapley_1974_three_equilibria() -> None:
    """Gambit catalogue: journals/other/shapley1974/fig2.nfg."""
    game = bimatrix([[2, 2, 0], [0, 3, 0], [3, 0, 1]], [[3, 0, 2], [0, 3, 2], [0, 0, 1]])
    assert mixes(of_issue(game)) == {
        ((0, 1, 0), (0, 1, 0)),
        ((0, F(1, 2), F(1, 2)), (0, F(1, 4), F(3, 4))),
        ((0, 0, 1), (0, 0, 1)),
    }


@pytest.mark.parametrize("method", ["auto", "support", "vertex", "lemke_howson"])
def test_every_method_returns_only_equilibria(method: str) -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        shape = tuple(rng.integers(2, 5, size=2))
        tables = rng.integers(0, 3, size=(2, *shape))
        found = of_issue(bimatrix(tables[0].tolist(), tables[1].tolist()), method)  # type: ignore[arg-type]
        assert found.verify()
        everything = of_issue(found.issue)
        assert everything.complete
        if found.complete:
            assert mixes(found) == mixes(everything)


def test_degenerate_games_say_so() -> None:
    found = of_issue(bimatrix([[1, 1], [0, 0]], [[1, 1], [0, 0]]))
    assert found.degenerate
    assert mixes(found) == {((1, 0), (1, 0)), ((1, 0), (0, 1))}
    assert {e.component for e in found.equilibria} == {0}
    assert of_issue(bimatrix([[0, 0], [0, 0]], [[0, 0], [0, 0]])).degenerate


def test_a_segment_of_equilibria_is_not_missed() -> None:
    """x = (p, 1 - p) with 1/3 <= p <= 3/5 against c1 are equilibria besides r2 / c3."""
    first = [[2, 2, -2, -2], [2, -1, -1, 0]]
    second = [[0, -2, -2, 2], [1, -2, 2, -2]]
    found = of_issue(bimatrix(first, second))
    assert found.degenerate
    assert mixes(found) == {
        ((0, 1), (0, 0, 1, 0)),
        ((F(1, 3), F(2, 3)), (1, 0, 0, 0)),
        ((F(3, 5), F(2, 5)), (1, 0, 0, 0)),
    }
    assert found.verify()
    text = f"""
        format = "bargaining-game/1"
        players = ["a", "b"]
        [issues.x]
        actions.a = ["r1", "r2"]
        actions.b = ["c1", "c2", "c3", "c4"]
        payoffs.a = {first}
        payoffs.b = {second}
        """
    with pytest.raises(GameFileError, match="expected a status quo"):
        bg.loads(text)


def test_von_stengel_6x6_has_75_equilibria() -> None:
    """Gambit catalogue: vonstengel1999_6x6; numbers from the shared known_equilibria file."""
    first = [
        [9504, -660, 19976, -20526, 1776, -8976],
        [-111771, 31680, -130944, 168124, -8514, 52764],
        [397584, -113850, 451176, -586476, 29216, -178761],
        [171204, -45936, 208626, -263076, 14124, -84436],
        [1303104, -453420, 1227336, -1718376, 72336, -461736],
        [737154, -227040, 774576, -1039236, 48081, -300036],
    ]
    second = [
        [72336, 48081, 29216, 14124, 1776, -8514],
        [-461736, -300036, -178761, -84436, -8976, 52764],
        [1227336, 774576, 451176, 208626, 19976, -130944],
        [-1718376, -1039236, -586476, -263076, -20526, 168124],
        [1303104, 737154, 397584, 171204, 9504, -111771],
        [-453420, -227040, -113850, -45936, -660, 31680],
    ]
    found = of_issue(bimatrix(first, second))  # type: ignore[arg-type]
    assert len(found.equilibria) == 75
    assert not found.degenerate


def test_single_actor_and_options() -> None:
    alone = bg.Issue.normal_form("x", ["a", "b"], {"a": ["no", "yes"]}, {"a": [0, -4]})
    assert [e.outcome for e in of_issue(alone).equilibria] == ["no"]
    joint = bg.Issue.from_options("x", ["a", "b"], ["s", "t"], {"a": [0, 9]}, status_quo="s")
    found = of_issue(joint)
    assert [e.outcome for e in found.equilibria] == ["s"]
    assert found.complete
    assert found.verify()


def test_pure_equilibria_of_three_players_by_definition() -> None:
    rng = np.random.default_rng(2)
    for _ in range(10):
        table = rng.integers(0, 4, size=(2, 3, 2, 3))
        issue = bg.Issue.normal_form(
            "x",
            ["a", "b", "c"],
            {"a": ["0", "1"], "b": ["0", "1", "2"], "c": ["0", "1"]},
            {p: table[..., i].tolist() for i, p in enumerate("abc")},
        )
        expected = []
        for profile in itertools.product(range(2), range(3), range(2)):
            stable = True
            for axis, size in enumerate((2, 3, 2)):
                for action in range(size):
                    other = list(profile)
                    other[axis] = action
                    stable &= bool(table[(*other, axis)] <= table[(*profile, axis)])
            if stable:
                expected.append(int(np.ravel_multi_index(profile, (2, 3, 2))))
        assert pure_equilibria(issue) == expected
        found = of_issue(issue)
        assert len(found.pure) == len(expected)


def test_verify_catches_a_false_equilibrium() -> None:
    found = of_issue(CHICKEN)
    wrong = EquilibriumSet(PENNIES, found.equilibria, True, False, "none")
    with pytest.raises(VerificationError, match="no equilibrium"):
        wrong.verify()
    assert not is_equilibrium(PENNIES, {"a": (F(1), F(1)), "b": (F(1), F(0))})


def test_games_give_a_dict_by_issue() -> None:
    found = equilibria(bg.load("us_mexico/five_issue_core"))
    assert isinstance(found, dict)
    assert [e.outcome for e in found["trade"].equilibria] == ["tariffs / evasion"]
    with pytest.raises(InputError, match="expected one of"):
        equilibria(CHICKEN, method="magic")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="expected one of"):
        equilibria(CHICKEN, concept="correlate")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="several issues"):
        equilibria(CHICKEN, linked=True)
    assert bg.equilibria(CHICKEN, concept="coarse").verify()


def test_conflict_index() -> None:
    assert conflict_index(PENNIES) == 1
    common = bimatrix([[3, 0], [0, 1]], [[3, 0], [0, 1]])
    assert conflict_index(common) == 0
    assert conflict_index(bimatrix([[2, 2], [2, 2]], [[0, 0], [0, 0]])) is None
    # A = C + Z, B = C - Z by hand: C = [[1, 0], [0, -1]], Z = [[0, 1], [-1, 0]]
    assert conflict_index(bimatrix([[1, 1], [-1, -1]], [[1, -1], [1, -1]])) == F(1, 2)


def test_strict_opposition() -> None:
    assert zero_sum_rate(PENNIES) == 1
    assert zero_sum_rate(bimatrix([[0, 2], [4, 6]], [[9, 8], [7, 6]])) == F(1, 2)
    assert zero_sum_rate(CHICKEN) is None
    assert zero_sum_rate(bimatrix([[0, 1], [1, 0]], [[0, 1], [1, 0]])) is None
    # strategically zero-sum with mu = 1/3, but not strictly opposed
    assert zero_sum_rate(bimatrix([[5, -3], [3, -1]], [[-1, 5], [8, 2]])) is None
