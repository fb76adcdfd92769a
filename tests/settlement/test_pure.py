"""Pure deals: one outcome per issue."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from small_games import whole_gains

import bargaining as bg


def test_pure_ties_are_listed() -> None:
    issue = [[0, 0], [1, 3], [3, 1], [1, 3]]
    game = bg.LinkageGame.from_payoffs([issue])
    found = bg.settle(game, deals="pure", all=True)
    assert len(found.ties) == 3  # every package, also those with the same gains
    assert found.verify()
    assert bg.settle(game, deals="pure").ties == ()


def test_kalai_smorodinsky_is_lexicographic_for_pure_deals() -> None:
    game = bg.LinkageGame.from_payoffs([[[0, 0], [2, 2], [2, 3]]])
    for solution in ("kalai_smorodinsky", "egalitarian"):
        assert bg.settle(game, solution=solution, deals="pure").gains == {"1": 2, "2": 3}


def test_pure_utilitarian_ties_leave_out_who_cannot_gain() -> None:
    game = bg.LinkageGame.from_payoffs(
        [[[0, 0, 0], [2, 0, 0], [1, 1, 0]], [[0, 0, 0], [-9, -9, 1], [0, 0, 0]]]
    )
    for deals in ("pure", "shares"):
        found = bg.settle(game, solution="utilitarian", deals=deals)  # type: ignore[arg-type]
        assert tuple(found.gains.values()) == (1, 1, 0)


def test_pure_deals_on_a_path_of_spillovers() -> None:
    rng = np.random.default_rng(1)
    issues = [
        bg.Issue.from_options(
            f"i{k}", ["a", "b"], ["s", "t", "u"],
            {p: [0, *rng.integers(-9, 9, size=2).tolist()] for p in "ab"}, status_quo="s",
        )
        for k in range(9)
    ]  # fmt: skip
    links = []
    for k in range(8):
        table = np.full((3, 3, 2), F(0), dtype=object)
        table[1, 2] = [F(int(x)) for x in rng.integers(-3, 9, size=2)]
        links.append(bg.Link((f"i{k + 1}", f"i{k}"), True, table))
    game = bg.LinkageGame(("a", "b"), issues, tuple(links))
    pure, shares = (bg.settle(game, deals=d).gains for d in ("pure", "shares"))  # type: ignore[arg-type]
    assert pure["a"] * pure["b"] <= shares["a"] * shares["b"]
    assert bg.settle(game, deals="pure").verify()


def test_weighted_products_are_compared_exactly() -> None:
    """(B, B + 2) against (B + 1, B) with weights 2 and 3: B^2 (B + 2)^3 is the larger."""
    size = 10**20
    game = bg.LinkageGame.from_payoffs([[[0, 0], [size, size + 2], [size + 1, size]]])
    found = bg.settle(game, deals="pure", weights={"1": 2, "2": 3}, all=True)
    assert found.tie_count == 1
    assert found.gains == {"1": size, "2": size + 2}


def test_sets_of_gainers_are_compared_by_the_same_powers() -> None:
    """6^3 4^2 = 3456 against 3^3 3^1 = 81."""
    game = bg.LinkageGame.from_payoffs([[[0, 0, 0], [6, 4, 0], [3, 0, 3]]])
    found = bg.settle(game, deals="pure", weights={"1": 3, "2": 2, "3": 1})
    assert found.gains == {"1": 6, "2": 4, "3": 0}
    fine = bg.settle(game, deals="pure", weights={"1": "3000.1", "2": "2000.3", "3": 1})
    assert fine.gains == found.gains


def test_more_issues_than_python_recurses() -> None:
    gains = np.zeros((1_100, 2, 2), dtype=np.int64)
    gains[::2, 1], gains[1::2, 1] = [3, -1], [-1, 3]
    found = bg.settle(bg.LinkageGame.from_payoffs(gains), deals="pure", all=True)
    assert found.gains == {"1": 1_100, "2": 1_100}
    assert found.tie_count == 1


def test_many_issues_and_players_stop_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less work is allowed; what is found is feasible, and said not to be all."""
    monkeypatch.setattr("bargaining.geometry.pure.WORK", 200_000)
    monkeypatch.setattr("bargaining.geometry.pure.MAX_MERGED", 15)
    rng = np.random.default_rng(0)
    for players in (2, 3, 5):
        gains = whole_gains(rng, (20, 4, players), -9, 10)
        game = bg.LinkageGame.from_payoffs(gains)
        found = bg.settle(game, deals="pure")
        assert found.verify()
        if found.status == "limit_reached":
            low, high = found.brackets[0]["score"]
            assert 0 <= low <= high
        frontier = bg.frontier(game, deals="pure")
        assert frontier.status == "limit_reached"
        assert frontier.verify()
