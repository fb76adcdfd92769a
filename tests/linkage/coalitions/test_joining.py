"""What one more party does: new trades, veto, dilution."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import pytest
from party_games import act, guest, public_good, random_game, treaty

import bargaining as bg
from bargaining.errors import (
    InputError,
    NotDefinedError,
    NotSupportedError,
    VerificationError,
)
from bargaining.linkage.coalitions.joining import adding_party
from bargaining.model.transfers import with_transfers
from bargaining.report.parties_text import added_words

PLAYERS = ("us", "mexico", "canada")


def by_player(*values: object) -> dict[str, F]:
    return {p: F(str(v)) for p, v in zip(PLAYERS, values, strict=True)}


def test_treaty_brings_new_trades() -> None:
    """SCENARIOS 5: nothing without Canada, (1, 1, 1) with it; the steps by hand.

    With precursors for free us = 3 - 2g and mexico = 3g are best at g = 3/4.  When Canada must not
    lose, mining pays for them with a share of 2/3: us = 3 - 2g, mexico = 3g - 4/3, at g = 35/36.
    """
    found = adding_party(treaty(), "canada")
    assert found.verify()
    assert found.without == by_player(0, 0, 0)
    assert found.stands["free"].gains == by_player("3/2", "9/4", -2)
    assert found.stands["veto"].gains == by_player("19/18", "19/12", 0)
    assert found.joined == by_player(1, 1, 1)
    assert found.new_packages == (("guns", "mining", "precursors"),)
    assert (found.helps, found.hurts, found.willing) == (("us", "mexico"), (), True)
    assert "guns+mining+precursors" in added_words(found)[0]


@pytest.mark.parametrize("e", ["1/2", "3"])
def test_guest_who_gains_changes_nothing(e: str) -> None:
    """SCENARIOS 6, e > 0: (3/2, 9/4) stays."""
    found = adding_party(guest(e), "canada")
    assert found.verify()
    assert found.joined == by_player("3/2", "9/4", e)
    assert not any(any(step.values()) for step in found.steps.values())
    assert (found.helps, found.hurts, found.bystander) == ((), (), False)


def test_guest_without_a_stake_is_a_bystander() -> None:
    found = adding_party(guest(0), "canada")
    assert found.verify()
    assert found.bystander
    assert found.joined == found.without == by_player("3/2", "9/4", 0)


@pytest.mark.parametrize("solution", ["nash", "egalitarian"])
def test_guest_who_fears_vetoes_all(solution: str) -> None:
    """SCENARIOS 6, e < 0: Canada's signature ends the trade, and saves it what it feared."""
    found = adding_party(guest(-1), "canada", solution=solution)
    assert found.verify()
    assert found.joined == by_player(0, 0, 0)
    gained = found.without
    assert gained["canada"] == -1
    assert found.steps["veto"] == {p: -g for p, g in gained.items()}
    assert not any(found.steps["dilution"].values())
    assert found.lost_packages == (("guns", "fentanyl"),)
    assert found.hurts == ("us", "mexico")
    assert found.willing


def test_pie_that_two_can_share_without_the_third() -> None:
    """C1.15: a third claimant who is not needed dilutes 1/2 to 1/3 once he has a say."""
    players = ["a", "b", "c"]
    zero, one = [0, 0, 0], {"a": [1, 0, 0], "b": [0, 1, 0], "c": [0, 0, 1]}
    pie = bg.Issue.normal_form(
        "pie",
        players,
        {"a": ["no", "yes"], "b": ["a gets it", "b gets it", "c gets it"]},
        {p: [zero, share] for p, share in one.items()},
        status_quo={"a": "no", "b": "a gets it"},
    )
    found = adding_party(bg.LinkageGame(players, [pie]), "c")
    assert found.verify()
    assert found.without == {"a": F(1, 2), "b": F(1, 2), "c": 0}
    assert found.joined == dict.fromkeys(players, F(1, 3))
    assert found.steps["dilution"] == {"a": F(-1, 6), "b": F(-1, 6), "c": F(1, 3)}
    assert not any(found.steps["new_trades"].values())
    assert found.hurts == ("a", "b")


def test_pie_that_needs_the_consent_of_all_three() -> None:
    """C1.15 as an option issue: without the third there is no pie, with him 1/3 each."""
    pie = bg.LinkageGame.from_payoffs([[[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]])
    found = adding_party(pie, "3")
    assert found.verify()
    assert list(found.without.values()) == [0, 0, 0]
    assert found.stands["veto"].gains == {"1": F(1, 2), "2": F(1, 2), "3": 0}
    assert list(found.joined.values()) == [F(1, 3)] * 3


def test_a_trade_that_leaves_him_cold_is_not_lost() -> None:
    """Open borders between south and island do nothing to north, who can have them with both."""
    found = adding_party(bg.load("classic/climate_club"), "north")
    assert found.verify()
    assert found.lost_packages == ()
    assert found.new_packages == (("trade_north_south", "trade_north_island"),)
    # Without north: 4 + 3 for the two who abate and trade, 16 for him; with him 12 + 6 for all.
    assert found.without == {"north": 16, "south": 7, "island": 7}
    assert set(found.joined.values()) == {18}


def test_outsider_who_rides_free_need_not_join() -> None:
    """Two of three who abate (benefit 2, cost 3) gain 1 each and give the third 4; all gain 3."""
    found = adding_party(public_good(3, 2, 3), "p2")
    assert found.verify()
    assert found.without == {"p0": 1, "p1": 1, "p2": 4}
    assert found.joined == {"p0": 3, "p1": 3, "p2": 3}
    assert not found.willing
    assert "p2 does better by staying away" in " ".join(added_words(found))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("spill", [False, True])
def test_steps_add_up_and_the_ends_are_settlements(seed: int, spill: bool) -> None:
    game = random_game(seed, spill=spill)
    found = adding_party(game, "canada")
    assert found.verify()
    linked = bg.settle(game)
    for player in PLAYERS:
        total = sum(step[player] for step in found.steps.values())
        assert float(total) == pytest.approx(float(found.change[player]), abs=1e-5)
        assert float(found.joined[player]) == pytest.approx(float(linked.gains[player]), abs=1e-5)
    for stage in ("without", "free"):
        assert all(found.stands[stage].gains[p] >= -1e-6 for p in ("us", "mexico")), stage
    assert found.stands["veto"].gains["canada"] >= -1e-6


def test_game_without_him_is_the_game_of_two() -> None:
    """Built by hand: only the issue of the other two, and one to which he is indifferent."""
    players = ["a", "b", "c"]
    three = bg.LinkageGame(
        players,
        [
            act("favour", players, "a", {"a": -1, "b": 4}),
            act("return", players, "b", {"a": 3, "b": -2, "c": 1}),
            act("gift", players, "c", {"a": 5, "c": -1}),
        ],
    )
    two = bg.LinkageGame(
        players[:2],
        [
            act("favour", players[:2], "a", {"a": -1, "b": 4}),
            act("return", players[:2], "b", {"a": 3, "b": -2}),
        ],
    )
    found = adding_party(three, "c", solution="kalai_smorodinsky")
    settled = bg.settle(two, solution="kalai_smorodinsky")
    assert {p: found.without[p] for p in two.players} == dict(settled.gains)


def test_wrong_arguments() -> None:
    with pytest.raises(InputError, match='found "kanada"; did you mean "canada"'):
        adding_party(treaty(), "kanada")
    with pytest.raises(NotDefinedError, match="not two parties"):
        adding_party(bg.load("us_mexico/guns_for_fentanyl"), "us")
    with pytest.raises(NotDefinedError, match="raiffa has no ratifiers"):
        adding_party(treaty(), "us", solution="raiffa")
    capped = replace(treaty(), channels={"floors": {"us": F(1)}})
    with pytest.raises(NotSupportedError, match="floors"):
        adding_party(capped, "us")


def test_side_payments_are_refused() -> None:
    """A party's acts for free would let the others empty his wallet."""
    paying = replace(treaty(), channels={"transfers": {"efficiency": F(1)}}, name="paid")
    for game in (paying, with_transfers(paying)):
        with pytest.raises(NotSupportedError, match=r"^paid: .*; remove \[transfers\]$"):
            adding_party(game, "canada")


def test_tampered_answers_are_refused() -> None:
    found = adding_party(treaty(), "canada")
    for changed in (
        replace(found, steps={**found.steps, "veto": by_player(0, 0, 0)}),
        replace(found, new_packages=()),
        replace(found, stands={**found.stands, "without": found.stands["with"]}),
        replace(found, change=by_player(2, 1, 1)),
        replace(found, solution="egalitarian"),
    ):
        with pytest.raises(VerificationError):
            changed.verify()


def test_json() -> None:
    data = adding_party(treaty(), "canada").to_dict(exact=True)
    assert data["gains"]["with"] == {"us": 1.0, "mexico": 1.0, "canada": 1.0}
    assert data["exact"]["steps"]["veto"]["us"] == "-4/9"
    assert data["deals"]["without"]["guns"] == {"no": 1.0}
