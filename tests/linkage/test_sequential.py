"""Sequential agendas of games: known answers, orders, deals, errors, and the check."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from small_games import pie, pies, whole_gains

import bargaining as bg
from bargaining.errors import InputError, NotDefinedError, NotSupportedError, VerificationError
from bargaining.linkage.sequential import sequential_agenda, sequential_orders

A = F(1, 2)
D = F(9, 10)
PIES = pies(A, ["us", "mexico"])
PIE = pie(1, 1, players=["us", "mexico"])


def test_package_against_separate_tables() -> None:
    """C6.2: the package, and the two pies each alone at the same time."""
    whole = sequential_agenda(PIES, discount=D)
    assert whole.verify()
    assert tuple(whole.gains.values()) == (F(30, 29), F(27, 29))
    apart = [sequential_agenda(PIES, discount=D, order=k) for k in "01"]
    total = [sum(found.gains[p] for found in apart) for p in ("us", "mexico")]
    assert total == [F(15, 19), F(27, 38)]
    assert whole.limit == {"us": 1, "mexico": 1}


def test_each_side_wants_its_favourite_issue_first() -> None:
    """C6.3: and may prefer that to the package."""
    found = sequential_orders(PIES, discount=D)
    assert all(answer.verify() and answer.unique for answer in found.values())
    gains = {order: tuple(answer.gains.values()) for order, answer in found.items()}
    assert gains == {
        "0+1": (F(30, 29), F(27, 29)),
        "0,1": (F(461, 380), F(9, 19)),
        "1,0": (F(3791, 7600), F(4149, 3800)),
    }
    assert found["0,1"].limit == {"us": F(5, 4), "mexico": A}


def test_who_proposes_first() -> None:
    one, two = (sequential_agenda(PIES, discount=D, first=p) for p in ("us", "mexico"))
    assert two.verify()
    assert one.if_other_first == two.gains
    assert two.if_other_first == one.gains
    assert two.gains == {"us": F(27, 29), "mexico": F(30, 29)}
    assert [move.proposer for move in two.moves] == ["mexico"]


def test_roles_alternate_on_the_path() -> None:
    found = sequential_agenda(PIES, discount=D, order="0,1")
    assert [(m.period, m.proposer, m.package) for m in found.moves] == [
        (0, "us", ("0",)),
        (1, "mexico", ("1",)),
    ]
    for player in ("us", "mexico"):
        assert found.gains[player] == sum(m.gains[player] * D**m.period for m in found.moves)


def test_a_floor_of_the_responder() -> None:
    """C5.1."""
    for floor, share in ((F(3, 10), F(9, 19)), (F(3, 5), F(3, 5))):
        found = sequential_agenda(PIE, discount=D, floors={"mexico": floor})
        assert found.verify()
        assert found.gains["mexico"] == share
    stuck = sequential_agenda(PIE, discount=D, floors={"us": A, "mexico": F(3, 5)})
    assert stuck.verify()
    assert stuck.status == bg.Status.NO_AGREEMENT
    assert stuck.limit == {"us": 0, "mexico": 0}


def test_deadlocked_issues_need_the_package() -> None:
    found = sequential_orders(bg.load("us_mexico/guns_for_fentanyl"))
    assert found["guns,fentanyl"].gains == {"us": 0, "mexico": 0}
    assert found["guns,fentanyl"].status == bg.Status.NO_AGREEMENT
    assert found["guns+fentanyl"].limit == {"us": F(3, 2), "mexico": F(9, 4)}
    assert found["guns+fentanyl"].status == bg.Status.AGREEMENT


def test_impatience_gives_the_proposer_everything() -> None:
    found = sequential_agenda(PIE, discount=0)
    assert found.verify()
    assert found.gains == {"us": 1, "mexico": 0}


def test_a_bystander_gets_nothing() -> None:
    data = [[[0, 0, 0], [1, 0, 0], [0, 0, 1]]]
    found = sequential_agenda(bg.LinkageGame.from_payoffs(data), discount=D)
    assert found.verify()
    assert found.gains == {"1": F(10, 19), "2": 0, "3": F(9, 19)}


def test_agreed_at_the_end() -> None:
    """Each pie first as a bargaining chip: what it leaves enters the second round."""
    found = sequential_agenda(PIES, discount=D, order="0,1", implement="at_end")
    assert found.verify()
    assert found.unique
    assert found.limit is None
    total = [sum(m.gains[p] for m in found.moves) * D for p in ("us", "mexico")]
    assert total == list(found.gains.values())
    assert [m.period for m in found.moves] == [0, 1]
    assert [m.proposer for m in found.moves] == ["us", "mexico"]
    one = sequential_agenda(PIES, discount=D, implement="at_end")
    assert one.gains == sequential_agenda(PIES, discount=D).gains


@pytest.mark.parametrize("seed", range(12))
def test_random_orders_verify(seed: int) -> None:
    rng = np.random.default_rng(seed)
    data = whole_gains(rng, (3, 3, 2), -6, 7)
    game = bg.LinkageGame.from_payoffs(data)
    d = {"1": F(int(rng.integers(0, 10)), 10), "2": F(int(rng.integers(0, 10)), 10)}
    for answer in sequential_orders(game, discount=d).values():
        assert answer.verify()
        assert min(answer.gains.values()) >= 0
    two = sequential_agenda(game, discount=d, order="0,1+2", implement="at_end")
    assert two.verify()
    assert min(two.gains.values()) >= 0


def test_a_second_round_that_agrees_at_one_point_only() -> None:
    """The second package has nothing for player 2, so the first must not cost him anything."""
    data = [[[0, 0], [2, -2], [0, 0]], [[0, 0], [F(3, 4), 0], [F(3, 2), F(-1, 4)]]]
    game = bg.LinkageGame.from_payoffs(data)
    found = sequential_agenda(game, discount="1/2", order="0,1", implement="at_end")
    assert found.verify()
    assert found.gains == {"1": F(3, 8), "2": 0}


def test_tampering_is_noticed() -> None:
    for found in (
        sequential_agenda(PIES, discount=D, order="0,1"),
        sequential_agenda(PIES, discount=D, order="0,1", implement="at_end"),
    ):
        richer = {**found.gains, "us": found.gains["us"] + F(1, 100)}
        for wrong in (
            {"gains": richer},
            {"if_other_first": richer},
            {"moves": found.moves[:1]},
            {"first": "mexico"},
            {"order": found.order[::-1]},
            {"discount": {"us": D, "mexico": A}},
            {"status": bg.Status.NO_AGREEMENT},
        ):
            with pytest.raises(VerificationError):
                replace(found, **wrong).verify()


def test_a_worse_offer_is_noticed() -> None:
    """A stage in which the proposer leaves the other more than needed is no equilibrium."""
    found = sequential_agenda(PIE, discount=D)
    stage = found.stages[0]
    generous = ((F(1, 2), F(1, 2)), stage.values[1])
    with pytest.raises(VerificationError):
        replace(found, stages=(replace(stage, values=generous),)).verify()


def test_errors() -> None:
    game = PIES
    three = bg.load("us_mexico/state_inspections")
    with pytest.raises(NotDefinedError, match="discount"):
        sequential_agenda(game)
    with pytest.raises(NotDefinedError, match="two players"):
        sequential_agenda(three, discount=D)
    with pytest.raises(NotDefinedError, match="floors"):
        sequential_agenda(game, discount=D, order="0,1", floors={"us": 1})
    with pytest.raises(NotSupportedError, match="interact"):
        sequential_agenda(
            bg.load("us_mexico/health_first", parameters={"r": "1/2"}),
            discount=D,
            order="health,security",
        )
    for wrong in (
        {"order": "0,0"},
        {"order": "0,nowhere"},
        {"order": []},
        {"first": "canada"},
        {"discount": 1},
        {"discount": {"canada": A}},
        {"implement": "later"},
        {"floors": {"canada": 1}},
        {"floors": 3},
    ):
        with pytest.raises(InputError):
            sequential_agenda(game, **{"discount": D, **wrong})  # type: ignore[arg-type]
    big = bg.LinkageGame.from_payoffs(np.array([[[0, 0], [1, 0], [0, 1]]] * 6))
    with pytest.raises(InputError, match="orders"):
        sequential_orders(big, discount=D)
    with pytest.raises(NotSupportedError, match="at most two"):
        sequential_agenda(big, discount=D, order="0,1,2", implement="at_end")
