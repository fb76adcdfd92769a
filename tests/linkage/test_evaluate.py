"""Draft deals judged: against the definitions, against brute force, and by hand."""

from __future__ import annotations

import itertools
from fractions import Fraction as F

import numpy as np
import pytest
from small_games import whole_gains

import bargaining as bg
from bargaining.errors import InputError, VerificationError
from bargaining.model.deal import gains
from bargaining.model.draft import DraftError, read_draft, seen_from


@pytest.fixture
def game() -> bg.LinkageGame:
    return bg.load("us_mexico/guns_for_fentanyl")


def test_the_status_quo_as_a_draft(game: bg.LinkageGame) -> None:
    """From nothing the nearest better deal is the egalitarian solution, 9/5 each (C1.2)."""
    answer = bg.evaluate(game, {})
    assert answer.distance == F(9, 5)
    assert answer.improvement == {"us": F(9, 5), "mexico": F(9, 5)}
    assert answer.reopen == (("guns", "fentanyl"),)
    assert answer.trades == {"guns": "deadlock", "fentanyl": "deadlock"}
    assert not answer.efficient
    assert answer.verify()


def test_an_efficient_draft(game: bg.LinkageGame) -> None:
    draft = {"guns": {"egress checks": "7/8"}, "fentanyl": "lab raids"}
    answer = bg.evaluate(game, draft)
    assert answer.gains == {"us": F(3, 2), "mexico": F(9, 4)}
    assert answer.efficient
    assert answer.distance == 0
    assert answer.reopen == ()
    assert all(r.met for r in answer.requirements)


def test_a_half_hearted_draft(game: bg.LinkageGame) -> None:
    """Half of each leaves (1/2, 3/2); the frontier beyond is u2 = 9/2 - 3/2 u1: 21/10 on top."""
    half = {"guns": {"egress checks": "1/2"}, "fentanyl": {"lab raids": "0.5"}}
    answer = bg.evaluate(game, half)
    assert answer.gains == {"us": F(1, 2), "mexico": F(3, 2)}
    # (1/2 + t, 3/2 + t) on u2 = 9/2 - 3/2 u1: t = 9/10
    assert answer.distance == F(9, 10)
    assert answer.verify()
    data = answer.to_dict(exact=True)
    assert data["exact"]["distance"] == "9/10"
    assert bg.evaluate(game, answer.deal).gains == answer.gains


def test_actions_by_player(game: bg.LinkageGame) -> None:
    answer = bg.evaluate(game, {"guns": {"us": "egress checks"}})
    assert answer.gains == {"us": -4, "mexico": 6}
    assert [r.met for r in answer.requirements] == [False, True]
    assert answer.efficient


def test_everything_wrong_at_once(game: bg.LinkageGame) -> None:
    with pytest.raises(DraftError) as caught:
        bg.evaluate(game, {"gun": "x", "guns": "egress check", "fentanyl": {"lab raids": "3/2"}})
    assert len(caught.value.problems) == 3
    assert 'did you mean "guns"' in caught.value.problems[0]
    for wrong in ({"guns": 3}, {"guns": {"egress checks": "much"}}, {"guns": {"us": "x"}}):
        with pytest.raises(InputError):
            bg.evaluate(game, wrong)
    with pytest.raises(InputError, match="deals"):
        bg.evaluate(game, {}, deals="mixed")  # type: ignore[arg-type]


def test_an_altered_answer_is_found_out(game: bg.LinkageGame) -> None:
    from dataclasses import replace

    answer = bg.evaluate(game, {})
    with pytest.raises(VerificationError):
        replace(answer, gains={"us": F(1), "mexico": F(0)}).verify()


@pytest.mark.parametrize("seed", range(12))
def test_pure_drafts_against_enumeration(seed: int) -> None:
    rng = np.random.default_rng(seed)
    array = whole_gains(rng, (4, 3, 2), -6, 7)
    game = bg.LinkageGame.from_payoffs(array)
    draft = rng.integers(0, 3, 4)
    here = array[np.arange(4), draft].sum(axis=0)
    answer = bg.evaluate(game, {str(k): str(a) for k, a in enumerate(draft)}, deals="pure")
    everything = [
        (package, array[np.arange(4), list(package)].sum(axis=0))
        for package in itertools.product(range(3), repeat=4)
    ]
    helping = [
        (frozenset(k for k in range(4) if package[k] != draft[k]), total - here)
        for package, total in everything
        if (total > here).all()
    ]
    assert answer.distance == max((min(change) for _, change in helping), default=0)
    better = [t for _, t in everything if (t >= here).all() and (t > here).any()]
    assert answer.efficient == (not better)
    changed = {who for who, _ in helping}
    smallest = {who for who in changed if not any(other < who for other in changed)}
    assert {frozenset(map(int, package)) for package in answer.reopen} == smallest
    assert answer.verify()


@pytest.mark.parametrize("seed", range(8))
def test_the_game_seen_from_a_draft(seed: int) -> None:
    """Any deal is worth as much more as it is, spillovers and shares included."""
    game = bg.load("us_mexico/guns_for_fentanyl", parameters={"w": seed})
    rng = np.random.default_rng(seed)
    share = F(int(rng.integers(1, 5)), 5)
    draft = read_draft(game, {"guns": {"egress checks": share}, "fentanyl": {"lab raids": "1/3"}})
    there = seen_from(game, draft)
    before = gains(game, draft)
    for outcomes in itertools.product(range(2), repeat=2):
        deal = bg.Deal(np.array(outcomes))
        assert gains(there, deal) == tuple(
            a - b for a, b in zip(gains(game, deal), before, strict=True)
        )
    assert gains(there, bg.Deal(there.origin.copy())) == (0, 0)


def test_drafts_that_are_not_allowed() -> None:
    game = bg.loads(
        """
        format = "bargaining-game/1"
        players = ["a", "b"]
        [issues.x]
        options = ["no", "yes"]
        payoffs = {a = [0, 3], b = [0, -1]}
        status_quo = "no"
        [issues.y]
        options = ["no", "yes"]
        payoffs = {a = [0, -1], b = [0, 3]}
        status_quo = "no"
        [issues.z]
        options = ["no", "yes"]
        payoffs = {a = [0, 1], b = [0, 1]}
        status_quo = "no"
        [[constraints]]
        forbid = {x = "yes", y = "yes"}
        """
    )
    answer = bg.evaluate(game, {"x": "yes", "y": "yes"})
    assert [r.met for r in answer.requirements] == [True, True, False]
    assert answer.efficient  # (2, 2): with x or y alone and z the most is (4, 0), (0, 4), halves
    assert answer.reopen == ()
    assert answer.verify()
    legal = bg.evaluate(game, {"x": "yes"})
    assert legal.distance == 1
    assert legal.better.deal["z"] == {"yes": 1}


def test_drafts_of_domains_without_status_quo() -> None:
    game = bg.loads(
        """
        format = "bargaining-game/1"
        players = ["a", "b"]
        [reservation]
        a = 1
        b = 1
        [issues.x]
        options = ["p", "q"]
        payoffs = {a = [0, 3], b = [2, 0]}
        [issues.y]
        options = ["p", "q"]
        payoffs = {a = [0, 2], b = [3, 0]}
        """
    )
    answer = bg.evaluate(game, {"x": "p", "y": "q"})
    assert answer.payoffs == {"a": 2, "b": 2}
    assert answer.gains == {"a": 1, "b": 1}
    assert answer.distance == 1
    with pytest.raises(DraftError, match="no status quo"):
        bg.evaluate(game, {"x": "p"})


def test_a_settled_deal_comes_back_as_it_was() -> None:
    """What goes together is part of a deal: 4/9 and 5/9 exclude each other, and are allowed."""
    game = bg.loads(
        """
        format = "bargaining-game/1"
        players = ["a", "b"]
        [issues.x]
        options = ["no", "yes"]
        payoffs = {a = [0, -4], b = [0, 6]}
        status_quo = "no"
        [issues.y]
        options = ["no", "yes"]
        payoffs = {a = [0, 5], b = [0, -3]}
        status_quo = "no"
        [[constraints]]
        forbid = {x = "yes", y = "yes"}
        """
    )
    settled = bg.settle(game)
    assert settled.gains == {"a": 1, "b": 1}
    answer = bg.evaluate(game, settled.deal, together=settled.together)
    assert answer.gains == settled.gains
    assert all(r.met for r in answer.requirements)
    assert answer.efficient
    assert answer.verify()
    assert not all(r.met for r in bg.evaluate(game, settled.deal).requirements)
    spilling = bg.load("us_mexico/guns_for_fentanyl", parameters={"w": 3})
    again = bg.settle(spilling, solution="egalitarian")
    assert bg.evaluate(spilling, again.deal, together=again.together).gains == again.gains
    for wrong in ([{"issues": ["x"]}], [{}], [{"issues": ["x", "z"], "packages": []}], ["x"]):
        with pytest.raises(DraftError, match="together"):
            bg.evaluate(game, {}, together=wrong)  # type: ignore[arg-type]


def test_shares_printed_as_decimals() -> None:
    """1/3 and 2/3 to 16 digits do not quite add up to 1; that is no fault of the draft."""
    game = bg.LinkageGame.from_payoffs([[[0, 0], [-4, 6], [1, 1]], [[0, 0], [5, -3], [1, 1]]])
    answer = bg.evaluate(game, {"0": {"1": 0.3333333333333333, "2": 0.6666666666666666}})
    assert sum(answer.deal.marginal(0).values()) == 1
    with pytest.raises(DraftError, match="add up to 1"):
        bg.evaluate(game, {"0": {"1": 0.8, "2": 0.3}})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("efficient", True),
        ("distance", F(0)),
        ("improvement", {}),
        ("requirements", ()),
        ("draft", {}),
        ("trades", {}),
        ("asks", {}),
        ("status", "limit_reached"),
        ("players", ("mexico", "us")),
        ("payoffs", {"us": F(1), "mexico": F(0)}),
    ],
)
def test_tampering_with_an_evaluation(name: str, value: object) -> None:
    from dataclasses import replace

    answer = bg.evaluate(bg.load("us_mexico/guns_for_fentanyl"), {"guns": {"egress checks": "1/2"}})
    with pytest.raises(VerificationError):
        replace(answer, **{name: value}).verify()  # type: ignore[arg-type]
