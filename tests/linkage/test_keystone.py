"""What the absence of an issue costs, and the Shapley value of the issues."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from small_games import whole_gains

import bargaining as bg
from bargaining.errors import InputError, VerificationError
from bargaining.linkage.keystone import Worths, issue_values, keystones


def random_game(rng: np.random.Generator, issues: int, players: int = 2) -> bg.LinkageGame:
    data = whole_gains(rng, (issues, 3, players), -6, 7)
    return bg.LinkageGame.from_payoffs(data)


def by_orders(game: bg.LinkageGame, solution: str) -> dict[str, dict[str, F]]:
    """The definition: averages over all orders, one settlement per prefix."""
    names = list(game.issue_names)
    value = {name: dict.fromkeys(game.players, F(0)) for name in names}
    orders = list(itertools.permutations(names))
    for order in orders:
        before = dict.fromkeys(game.players, F(0))
        for place, name in enumerate(order):
            absent = order[place + 1 :]
            after = bg.settle(game.without(*absent), solution=solution).gains
            for player in game.players:
                value[name][player] += (after[player] - before[player]) / len(orders)
            before = dict(after)
    return value


@pytest.mark.parametrize("solution", ["nash", "egalitarian", "kalai_smorodinsky"])
def test_shapley_by_definition(solution: str) -> None:
    rng = np.random.default_rng(5)
    for count in (1, 2, 3, 4):
        game = random_game(rng, count)
        found = issue_values(game, solution=solution)
        assert found.values == by_orders(game, solution)
        assert found.verify()


def test_equal_issues_have_equal_values() -> None:
    """Symmetry: twins contribute the same; a dummy nothing."""
    twin = [[0, 0], [5, -3]]
    game = bg.LinkageGame.from_payoffs([[[0, 0], [-4, 6]], twin, twin, [[0, 0], [-1, -1]]])
    values = issue_values(game).values
    assert values["1"] == values["2"]
    assert values["3"] == {"1": 0, "2": 0}
    total = {p: sum(v[p] for v in values.values()) for p in "12"}
    assert total == bg.settle(game).gains


def test_the_keystone_depends_on_the_graph() -> None:
    """Scenario 28: in the star everything falls apart without security, not in the full graph."""
    star = bg.load("us_mexico/security_keystone")
    full = replace(star, links=None)
    assert bg.settle(full).gains == {"us": F(7, 2), "mexico": F(21, 4)}
    nash = keystones(Worths(full, "nash", "shares"))
    assert nash["security"] == {"us": F(7, 2) - F(7, 5), "mexico": F(21, 4) - F(7, 3)}
    assert max(nash, key=lambda name: nash[name]["mexico"]) == "guns"
    equal = keystones(Worths(full, "egalitarian", "shares"))
    assert {k: F(21, 5) - v["us"] for k, v in equal.items()} == {
        "security": F(7, 4),
        "trade": F(8, 3),
        "migration": F(13, 5),
        "guns": F(7, 3),
    }
    assert keystones(Worths(star, "egalitarian", "shares"))["security"]["us"] == F(21, 5)


def test_drawn_orders_come_with_their_error() -> None:
    """Payoffs that clear issue by issue add up under the egalitarian rule: no error at all."""
    data = np.zeros((14, 2, 2), dtype=np.int64)
    data[:, 1] = np.arange(1, 15)[:, None]
    found = issue_values(bg.LinkageGame.from_payoffs(data), solution="egalitarian", orders=6)
    assert found.status == bg.Status.LIMIT_REACHED
    assert [found.values[str(k)]["1"] for k in range(14)] == list(range(1, 15))
    assert max(e for row in found.errors.values() for e in row.values()) == 0
    assert found.verify()


def test_drawing_agrees_with_all_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    game = random_game(np.random.default_rng(8), 6)
    exact = issue_values(game)
    monkeypatch.setattr("bargaining.linkage.keystone.MAX_EXACT", 3)
    drawn = issue_values(game, orders=400, seed=1)
    again = issue_values(game, orders=400, seed=1)
    assert drawn.values == again.values
    assert drawn.verify()
    for name, row in drawn.values.items():
        for player, value in row.items():
            error = drawn.errors[name][player]
            assert abs(float(value - exact.values[name][player])) <= 5 * error + 1e-9


def test_progress_is_told() -> None:
    seen: list[tuple[int, int]] = []
    issue_values(
        random_game(np.random.default_rng(2), 4), progress=lambda a, b: seen.append((a, b))
    )
    assert seen[-1] == (15, 15)
    assert [made for made, _ in seen] == sorted(made for made, _ in seen)


def test_tampering_is_noticed() -> None:
    found = issue_values(random_game(np.random.default_rng(4), 3))
    shifted = {k: dict(v) for k, v in found.values.items()}
    shifted["0"]["1"] += 1
    with pytest.raises(VerificationError):
        replace(found, values=shifted).verify()
    shifted["1"]["1"] -= 1  # efficient again, but wrong
    with pytest.raises(VerificationError):
        replace(found, values=shifted).verify()


def test_arguments() -> None:
    game = random_game(np.random.default_rng(4), 3)
    with pytest.raises(InputError, match="orders"):
        issue_values(game, orders=1)
