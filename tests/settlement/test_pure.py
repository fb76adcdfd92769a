"""Pure deals: one outcome per issue."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np

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
