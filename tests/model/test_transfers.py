"""Side payments as an issue: exchange rates, deals, links, and wrong files."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

import bargaining as bg
from bargaining.errors import GameFileError, NotDefinedError

GUNS = """
format = "bargaining-game/1"
players = ["us", "mexico"]
[issues.guns]
actions.us = ["no checks", "egress checks"]
payoffs = { us = [0, -4], mexico = [0, 6] }
status_quo.us = "no checks"
"""


def game_with(efficiency: str, text: str = GUNS) -> bg.LinkageGame:
    return bg.loads(f"{text}\n[transfers]\nefficiency = {efficiency}\n")


@pytest.mark.parametrize("efficiency", [F(1), F(9, 10), F(1, 2), F(1, 100)])
def test_exchange_rates(efficiency: F) -> None:
    rates = bg.exchange_rates(game_with(f'"{efficiency}"'))
    low, high = efficiency / (1 + efficiency), 1 / (1 + efficiency)
    assert rates["transfers"].interval == (low, high)


def test_free_payments_clear_what_is_worth_doing() -> None:
    """Guns: joint surplus 2, shared equally: Mexico pays 5."""
    found = bg.settle(game_with("1"))
    assert found.gains == {"us": 1, "mexico": 1}
    share = found.deal["transfers"]["mexico pays us"]
    option = found.game.issues["transfers"].exact_payoffs[2]
    assert share * option[0] == 5
    assert set(found.deal["transfers"]) == {"none", "mexico pays us"}
    assert found.verify()


def test_nobody_pays_in_a_circle() -> None:
    rows = [[[0, 0, 0], [9, -1, -1]], [[0, 0, 0], [-2, 5, -1]], [[0, 0, 0], [-1, -2, 6]]]
    text = 'format = "bargaining-game/1"\nplayers = ["a", "b", "c"]\n'
    for k, issue in enumerate(rows):
        columns = ", ".join(f"{p} = {[row[i] for row in issue]}" for i, p in enumerate("abc"))
        text += f'[issues.i{k}]\noptions = ["no", "yes"]\nstatus_quo = "no"\n'
        text += f"payoffs = {{ {columns} }}\n"
    for solution in ("nash", "egalitarian", "kalai_smorodinsky", "raiffa"):
        found = bg.settle(game_with("1", text), solution=solution)
        assert found.verify()
        options = [o for o, share in found.deal["transfers"].items() if share and o != "none"]
        payers = {option.partition(" pays ")[0] for option in options}
        assert not payers & {option.partition(" pays ")[2] for option in options}
        assert abs(float(sum(found.gains.values())) - 12) <= 1e-6


@pytest.mark.parametrize(("efficiency", "works"), [("0.67", True), ("2/3", False), ("0.5", False)])
def test_leaky_payments_stop_working(efficiency: str, works: bool) -> None:
    """The US needs 4 of at most 6: mutual gain if and only if e > 2/3."""
    verdict = bg.solve(game_with(f'"{efficiency}"'))
    assert verdict.verdict.linking_breaks_deadlock is works
    assert verdict.verify()


def test_payments_agree_with_the_coco_value() -> None:
    """With free payments the Nash solution of guns for fentanyl shares the largest total, 4."""
    text = (
        GUNS
        + """
[issues.fentanyl]
actions.mexico = ["no raids", "lab raids"]
payoffs = { us = [0, 5], mexico = [0, -3] }
status_quo.mexico = "no raids"
"""
    )
    assert bg.settle(game_with("1", text)).gains == {"us": 2, "mexico": 2}


def test_links_reach_the_payments() -> None:
    text = GUNS.replace("guns", "a") + GUNS.partition("[issues")[2].join(["[issues", ""]).replace(
        "guns", "b"
    )
    text += '[[links]]\nbetween = ["a", "b"]\nnegotiable = false\n'
    game = game_with("1", text)
    assert set(game.graph.edges) == {("a", "b"), ("a", "transfers"), ("b", "transfers")}
    assert frozenset({"a", "transfers"}) in set(bg.minimal_packages(game))


def test_payments_never_bind() -> None:
    """Three players, one of whom gains a lot: the deal is inside the most that can be paid."""
    game = game_with(
        "1",
        """
format = "bargaining-game/1"
players = ["a", "b", "c"]
[issues.x]
options = ["no", "yes"]
payoffs = { a = [0, 90], b = [0, -1], c = [0, -2] }
status_quo = "no"
""",
    )
    found = bg.settle(game, solution="egalitarian")
    assert tuple(found.gains.values()) == (29, 29, 29)
    assert len(game.issues["transfers"].outcomes) == 7
    assert found.deal["transfers"]["none"] > 0


def test_pure_deals_are_not_defined() -> None:
    for question in (bg.settle, bg.solve):
        with pytest.raises(NotDefinedError, match="payments are divisible"):
            question(game_with("1"), deals="pure")


@pytest.mark.parametrize("efficiency", ["0", "-1", "1.5"])
def test_wrong_efficiency(efficiency: str) -> None:
    with pytest.raises(GameFileError, match=r"transfers.efficiency: expected the part"):
        game_with(efficiency)


def test_wrong_names() -> None:
    with pytest.raises(GameFileError, match="adds an issue of this name"):
        game_with("1", GUNS.replace("guns", "transfers"))
    with pytest.raises(GameFileError, match='did you mean "efficiency"'):
        bg.loads(GUNS + "[transfers]\neficiency = 1\n")
