"""The ledger of claims."""

from dataclasses import replace
from fractions import Fraction as F

import pytest

import bargaining as bg
from bargaining.errors import InputError, VerificationError
from bargaining.linkage.claims import claims, judged
from bargaining.linkage.nearby import moved, noise, ranges


def test_thresholds_of_the_scenarios() -> None:
    """Each stated in the source of its game, derived there by hand."""
    known = {
        "guns_for_fentanyl": [{"a": F(2, 5), "b": F(2, 5)}],
        "straw_purchases": [{"q": F(12, 25)}, {"s": F(4)}],
        "border_scanning": [{"minutes": F(1250, 117)}],
        "merida_hardware": [{"m": F(2), "c": F(2)}, {"c": F(4)}],
        "nearshoring_tax": [{"tau": F(4)}, {"tau": F(4)}],
        "demand_or_interdiction": [{"eta": F(2, 13)}, {"v": F(2)}],
    }
    for name, expected in known.items():
        ledger = claims(bg.load(f"us_mexico/{name}"), samples=0)
        assert ledger.verify()
        for claim, thresholds in zip(ledger.claims, expected, strict=True):
            for parameter, value in thresholds.items():
                assert value in {flip.threshold for flip in claim.threshold[parameter]}, name


def test_what_is_held_refuted_and_open() -> None:
    ledger = claims(
        [bg.load(f"us_mexico/{name}") for name in ("mexico_delinks", "border_scanning")], samples=0
    )
    assert [claim.status for claim in ledger.claims] == ["held", "refuted", "held", "depends"]
    assert ledger.claims[0].game == "us_mexico/mexico_delinks"
    words = [flip.in_words() for flip in ledger.claims[-1].threshold["minutes"]]
    assert words == ["true above 1250/117"]


GAME = """
format = "bargaining-game/1"
players = ["a", "b"]
[parameters]
x = 1
[issues.one]
options = ["no", "yes"]
payoffs = {{a = [0, "x"], b = [0, 1]}}
status_quo = "no"
[[claims]]
says = "It works."
source = "A test"
holds_when = '''{predicate}'''
{more}
"""


def test_shares_of_nearby_games() -> None:
    """A gain of 1 with range 1 turns negative where two independent moves add up to more than 1.

    Within 50 % of the range the gain of each player is 1 + (u - v)/2 with u, v in [-1, 1], never
    negative: it fails only at the very corner.
    """
    game = bg.loads(GAME.format(predicate="agendas.linked.mutual_gain", more=""))
    (claim,) = claims(game, samples=200).claims
    assert claim.status == "held"
    assert set(claim.robust.values()) == {1}
    # At a range of 1 and a threshold of 3/4 the moves matter: P(1 + (u - v)/2 > 3/4) = 23/32.
    game = bg.loads(GAME.format(predicate='gain("a") > 3/4', more=""))
    (claim,) = claims(game, samples=400, seed=3).claims
    assert claim.robust[F(1, 10)] == 1
    assert abs(float(claim.robust[F(1, 2)]) - 23 / 32) < 4 * (23 / 32 * 9 / 32 / 400) ** 0.5
    again = claims(game, samples=400, seed=3).claims[0]
    assert again.robust == claim.robust
    assert claims(game, samples=400, seed=4).claims[0].robust != claim.robust


def test_claims_without_an_answer() -> None:
    with pytest.raises(bg.BargainingError, match="unknown name"):
        bg.loads(GAME.format(predicate="gian('a') > 0", more=""))
    game = bg.loads(GAME.format(predicate="gain('c') > 0", more=""))
    (claim,) = claims(game, samples=3).claims
    assert claim.status == "not_defined"
    assert "expected a player (a, b)" in claim.reason
    assert claim.robust == {}


def test_a_changed_ledger_is_caught() -> None:
    ledger = claims(bg.load("us_mexico/guns_for_fentanyl"), samples=0)
    wrong = replace(ledger, claims=(replace(ledger.claims[0], status="held"),))
    with pytest.raises(VerificationError, match="does not follow"):
        wrong.verify()


def test_what_is_refused() -> None:
    game = bg.load("us_mexico/guns_for_fentanyl")
    with pytest.raises(InputError, match="samples"):
        claims(game, samples=-1)
    with pytest.raises(bg.BargainingError, match=r"over\.z: expected a parameter"):
        bg.loads(GAME.format(predicate="true", more="over.z = [0, 1]"))
    with pytest.raises(bg.BargainingError, match=r"over\.x"):
        bg.loads(GAME.format(predicate="true", more="over.x = [0]"))
    with pytest.raises(bg.BargainingError, match="found 3 and 0"):
        bg.loads(GAME.format(predicate="true", more="over.x = [3, 0]"))
    entry = {"says": "s", "source": "t", "holds_when": "at(x=2).agendas.linked.gains.a == 2"}
    game = bg.loads(GAME.format(predicate="true", more=""))
    assert judged(game, entry, samples=2).status == "held"


def test_moves_stay_within_their_box() -> None:
    import numpy as np

    game = bg.load("us_mexico/five_issue_core")
    moves = noise(game, np.random.default_rng(1))
    near = moved(game, moves, F(1, 4))
    for name, issue in game.issues.items():
        change = near.issues[name].exact_payoffs - issue.exact_payoffs
        assert (abs(change) <= F(1, 4) * ranges(issue)).all()
        assert (change != 0).any()
