"""Signalling games: beer and quiche, brute force over beliefs on a grid, forgeries."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import bargaining as bg
from bargaining.equilibrium.beliefs import justifying
from bargaining.equilibrium.signalling import signalling_equilibria
from bargaining.errors import InputError, NotDefinedError, NotSupportedError, VerificationError
from bargaining.model.information import Draw
from bargaining.model.issue import Issue
from bargaining.model.links import Link
from bargaining.results import Status

BEER_QUICHE = """
format = "bargaining-game/1"
players = ["a", "b"]
[issues.breakfast]
actions.a = ["beer", "quiche"]
payoffs.a = [1, 0]
status_quo.a = "beer"
[issues.duel]
actions.b = ["fight", "leave"]
payoffs = { a = [0, 2], b = [0, 1] }
status_quo.b = "leave"
[[types]]
player = "a"
labels = ["surly", "wimp"]
probability = ["9/10", "1/10"]
payoffs.breakfast.a = [[1, 0], [0, 1]]
payoffs.duel.b = [[0, 1], [1, 0]]
"""


def test_beer_and_quiche() -> None:
    """Cho and Kreps 1987, section II: two pooling outcomes, of which only beer is intuitive."""
    found = signalling_equilibria(bg.loads(BEER_QUICHE))
    assert found.verify()
    assert found.status is Status.SOLVED
    by_message = {e.messages["surly"]: e for e in found.equilibria}
    assert len(found.equilibria) == 2
    assert {e.kind for e in found.equilibria} == {"pooling"}
    beer, quiche = by_message["beer"], by_message["quiche"]
    assert beer.responses == {"beer": "leave", "quiche": "fight"}
    assert quiche.responses == {"beer": "fight", "quiche": "leave"}
    assert beer.payoffs == {"surly": 3, "wimp": 2}
    assert quiche.payoffs == {"surly": 2, "wimp": 3}
    assert beer.intuitive
    assert quiche.ruled_out_by == ("beer", "surly")
    off = beer.beliefs["quiche"]
    assert (off.low["wimp"], off.high["wimp"]) == (F(1, 2), 1)
    assert not off.reached
    assert beer.beliefs["beer"].witness == {"surly": F(9, 10), "wimp": F(1, 10)}
    assert beer.receiver_payoff == F(9, 10)


def test_beer_and_quiche_with_many_wimps() -> None:
    """With wimps the majority a message of everyone is met with a fight, so no pooling is left."""
    text = BEER_QUICHE.replace('["9/10", "1/10"]', '["2/5", "3/5"]')
    found = signalling_equilibria(bg.loads(text))
    assert found.equilibria == ()
    assert found.status is Status.NO_EQUILIBRIUM
    assert found.verify()


def random_signals(
    rng: np.random.Generator, types: int, messages: int, responses: int, *, first: str = "a"
) -> bg.LinkageGame:
    """Payoffs of both players depend on type, message and response, through spillovers too."""
    other = "b" if first == "a" else "a"
    sizes = {"m": (first, messages), "r": (other, responses)}
    issues = [
        Issue.normal_form(
            name, ("a", "b"), {player: [f"{name}{k}" for k in range(count)]},
            {p: rng.integers(-3, 4, count).tolist() for p in ("a", "b")},
        )
        for name, (player, count) in sizes.items()
    ]  # fmt: skip
    payoffs: Any = {
        name: {
            p: tuple(tuple(F(int(x)) for x in rng.integers(-3, 4, count)) for _ in range(types))
            for p in ("a", "b")
        }
        for name, (_, count) in sizes.items()
    }
    weights = [int(w) for w in rng.integers(1, 4, types)]
    draw = Draw(
        first,
        tuple(f"t{s}" for s in range(types)),
        tuple(F(w, sum(weights)) for w in weights),
        payoffs,
    )
    table = np.array([F(int(x)) for x in rng.integers(-2, 3, messages * responses * 2)],
                     dtype=object).reshape(messages, responses, 2)  # fmt: skip
    link = Link(("m", "r"), True, table)
    return bg.LinkageGame(("a", "b"), issues, (link,), channels={"types": (draw,)})


def grid_equilibria(game: bg.LinkageGame, first: str, steps: int) -> set[Any]:
    """Pairs of strategies with an explicit belief after every message, those on a grid only."""
    (draw,) = game.draws
    types = range(len(draw.labels))
    messages, responses = (range(i.size) for i in game.issues.values())
    spill = game.links[0].spillovers  # type: ignore[index]

    def pay(player: str, s: int, m: int, r: int) -> Any:
        i = game.players.index(player)
        extra = spill[m, r, i]  # type: ignore[index]
        return draw.payoffs["m"][player][s][m] + draw.payoffs["r"][player][s][r] + extra

    receiver = "b" if first == "a" else "a"
    corners = itertools.product(range(steps + 1), repeat=len(types))
    grid = [[F(c, steps) for c in cell] for cell in corners if sum(cell) == steps]

    def best(m: int, r: int, belief: Any) -> bool:
        worth = [sum(belief[s] * pay(receiver, s, m, q) for s in types) for q in responses]
        return bool(worth[r] == max(worth))

    found = set()
    for sent in itertools.product(messages, repeat=len(types)):
        for answer in itertools.product(responses, repeat=len(messages)):
            if any(
                pay(first, s, sent[s], answer[sent[s]]) < pay(first, s, m, answer[m])
                for s in types
                for m in messages
            ):
                continue
            good = True
            for m in messages:
                senders = [s for s in types if sent[s] == m]
                total = sum(draw.probability[s] for s in senders)
                if senders:
                    exact = [draw.probability[s] / total if s in senders else F(0) for s in types]
                    good &= best(m, answer[m], exact)
                else:
                    good &= any(best(m, answer[m], belief) for belief in grid)
            if good:
                found.add((sent, answer))
    return found


@pytest.mark.parametrize(
    ("types", "messages", "responses", "steps"), [(2, 2, 2, 60), (2, 3, 2, 60), (3, 2, 3, 24)]
)
@pytest.mark.parametrize("first", ["a", "b"])
def test_against_beliefs_on_a_grid(
    types: int, messages: int, responses: int, steps: int, first: str
) -> None:
    """With whole payoffs from -3 to 3 the thresholds of two types have denominators up to 24."""
    total = 0
    for seed in range(12):
        game = random_signals(np.random.default_rng(seed), types, messages, responses, first=first)
        answer = signalling_equilibria(game)
        assert answer.verify()
        listed = {
            (tuple(int(e.messages[f"t{s}"][1:]) for s in range(types)),
             tuple(int(e.responses[f"m{m}"][1:]) for m in range(messages)))
            for e in answer.equilibria
        }  # fmt: skip
        assert listed >= grid_equilibria(game, first, steps)
        total += len(listed)
        for one in answer.equilibria:
            for message, belief in one.beliefs.items():
                if not belief.reached:
                    _grid_stays_within(belief, answer.form, message, one.responses[message], steps)
    assert total > 5


def _grid_stays_within(belief: Any, form: Any, message: str, response: str, steps: int) -> None:
    for cell in itertools.product(range(steps + 1), repeat=len(form.types)):
        if sum(cell) != steps:
            continue
        trial = {s: F(c, steps) for s, c in zip(form.types, cell, strict=True)}
        worth = {
            r: sum(trial[s] * form.receives(s, message, r) for s in form.types)
            for r in form.responses
        }
        if worth[response] == max(worth.values()):
            assert all(belief.low[s] <= p <= belief.high[s] for s, p in trial.items())


def test_ranges_of_beliefs_by_hand() -> None:
    """x is best iff P(s) >= 2/3, y iff P(s) <= 2/3; z is never best; w only at 2/3."""
    pays = {
        "x": {"s": F(1), "t": F(0)},
        "y": {"s": F(0), "t": F(2)},
        "z": {"s": F(1, 2), "t": F(1, 2)},
        "w": {"s": F(1, 2), "t": F(1)},
    }
    ranges = {}
    for response in pays:
        belief = justifying(pays, response, ["s", "t"])
        if belief is not None:
            belief.check(pays, response)
            ranges[response] = (belief.low["s"], belief.high["s"])
    assert ranges == {"x": (F(2, 3), 1), "y": (0, F(2, 3)), "w": (F(2, 3), F(2, 3))}


def test_which_issues() -> None:
    game = bg.load("us_mexico/abrazos")
    named = signalling_equilibria(game, sender_issue="posture", receiver_issue="response")
    assert len(named.equilibria) == 3
    with pytest.raises(InputError, match="found none"):
        signalling_equilibria(game, sender_issue="response")
    with pytest.raises(NotDefinedError, match="private types"):
        signalling_equilibria(bg.load("us_mexico/guns_for_fentanyl"))
    another = Issue.normal_form("aid", game.players, {"us": ["no", "yes"]}, {})
    wider = bg.LinkageGame(
        game.players, [*game.issues.values(), another], channels={"types": game.draws}
    )
    with pytest.raises(InputError, match="posture and then aid"):
        signalling_equilibria(wider)
    assert len(signalling_equilibria(wider, receiver_issue="response").equilibria) == 3
    with pytest.raises(InputError, match="posture"):
        signalling_equilibria(game, sender_issue="postur")


def test_a_limit() -> None:
    game = random_signals(np.random.default_rng(0), 5, 6, 6)
    with pytest.raises(NotSupportedError, match="50,000"):
        signalling_equilibria(game)


def test_many_issues_must_be_named() -> None:
    game = random_signals(np.random.default_rng(0), 2, 2, 2)
    more = [Issue.normal_form(f"{p}{k}", ("a", "b"), {p: ["0", "1"]}, {})
            for p in ("a", "b") for k in range(600)]  # fmt: skip
    wide = bg.LinkageGame(
        ("a", "b"), [*game.issues.values(), *more], game.links, channels={"types": game.draws}
    )
    with pytest.raises(InputError, match="name both"):
        signalling_equilibria(wide)
    named = signalling_equilibria(wide, sender_issue="m", receiver_issue="r")
    assert len(named.equilibria) == len(signalling_equilibria(game).equilibria)


def test_forgeries_are_found() -> None:
    found = signalling_equilibria(bg.loads(BEER_QUICHE))
    beer = next(e for e in found.equilibria if e.intuitive)
    (other,) = (e for e in found.equilibria if e is not beer)
    off = beer.beliefs["quiche"]

    def with_belief(**changes: Any) -> Any:
        return replace(beer, beliefs={**beer.beliefs, "quiche": replace(off, **changes)})

    forged = [
        replace(beer, kind="separating"),
        replace(beer, messages={"surly": "beer", "wimp": "quiche"}),
        replace(beer, responses={"beer": "leave", "quiche": "leave"}),
        replace(beer, payoffs={"surly": F(3), "wimp": F(3)}),
        replace(beer, receiver_payoff=F(1)),
        replace(beer, ruled_out_by=("quiche", "wimp")),
        replace(other, ruled_out_by=None),
        with_belief(low={"surly": F(0), "wimp": F(1, 4)}),
        with_belief(high={"surly": F(1), "wimp": F(1)}),
        with_belief(witness={"surly": F(1), "wimp": F(0)}),
        with_belief(prices={}),
        with_belief(reached=True),
        replace(beer, beliefs={"beer": off, "quiche": off}),
    ]
    for one in forged:
        wrong = replace(found, equilibria=(one,))
        with pytest.raises(VerificationError):
            wrong.verify()
    with pytest.raises(VerificationError, match="all"):
        replace(found, equilibria=(beer,)).verify()
    with pytest.raises(VerificationError, match="all"):
        replace(found, equilibria=(beer, beer)).verify()
