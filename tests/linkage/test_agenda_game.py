"""Agendas compared: preferred, stable, link or delink, price; what the theory says they are."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from small_games import pies, whole_gains

import bargaining as bg
from bargaining.errors import NotDefinedError, NotSupportedError, VerificationError
from bargaining.linkage.agendas import candidates
from bargaining.linkage.link_game import link_game

SQUARE_AND_TRIANGLE = [
    [[0, 0], [1, 0], [0, 1], [1, 1]],
    [[0, 0], [4, 0], [0, 2], [0, 0]],
]
BELL = {1: 1, 2: 2, 3: 5, 4: 15, 5: 52, 6: 203}


def test_strategic_delinking() -> None:
    """C1.8: the delinked point is efficient, and linking only moves it."""
    found = bg.agenda_game(bg.LinkageGame.from_payoffs(SQUARE_AND_TRIANGLE))
    assert found.verify()
    assert found.delinked.gains == {"1": 3, "2": 2}
    assert found.linked.gains == {"1": F(7, 2), "2": F(7, 4)}
    assert found.preferred == {"1": ("linked",), "2": ("delinked",)}
    assert found.stable == ("delinked",)
    assert found.objections == {"linked": {"delinked": ("2",)}}
    assert found.refusing == ("2",)
    assert {e.outcome for e in found.linking.equilibria} == {"delinked"}
    assert [e.outcome for e in found.linking.equilibria if e.undominated] == ["delinked"]


def test_the_egalitarian_rule_is_indifferent() -> None:
    found = bg.agenda_game(bg.LinkageGame.from_payoffs(SQUARE_AND_TRIANGLE), solution="egalitarian")
    assert found.linked.gains == found.delinked.gains == {"1": F(7, 3), "2": F(7, 3)}
    assert found.preferred["1"] == ("delinked", "linked")
    assert found.stable == ("delinked", "linked")
    assert {e.outcome for e in found.linking.equilibria} == {"linked", "delinked"}
    assert all(e.undominated for e in found.linking.equilibria)
    assert found.price.factor is None  # the egalitarian rule has no midpoint domination


@pytest.mark.parametrize("a", [F(1, 2), F(1, 10)])
def test_price_of_delinking(a: F) -> None:
    """C1.9: two pies with opposite weights, ratio 2 / (1 + a), at most n = 2."""
    price = bg.agenda_game(pies(a)).price
    assert price.total_ratio == price.ratio["1"] == 2 / (1 + a)
    assert price.factor == 2
    assert price.within
    assert price.bound == dict.fromkeys("12", 1 + a)  # twice the delinked (1 + a) / 2


def test_the_bound_on_random_games() -> None:
    """C1.17: the ideal points of the issues are at most n times the delinked gains."""
    rng = np.random.default_rng(17)
    sharp = 0.0
    for _ in range(60):
        data = np.zeros((3, 6, 2), dtype=np.int64)
        data[:, 1:4] = rng.integers(0, 10, (3, 3, 2))
        data[:, 4, 0], data[:, 5, 1] = rng.integers(1, 12, (2, 3))
        found = bg.agenda_game(bg.LinkageGame.from_payoffs(data))
        ideal = data.max(axis=1).sum(axis=0)
        for i, player in enumerate("12"):
            assert ideal[i] <= found.price.bound[player]
            sharp = max(sharp, float(ideal[i] / found.delinked.gains[player]))
    assert sharp > 1.2  # the bound says something


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6])
def test_all_partitions(count: int) -> None:
    rng = np.random.default_rng(count)
    data = whole_gains(rng, (count, 2, 2), -5, 6)
    found = candidates(bg.LinkageGame.from_payoffs(data))
    assert found.complete
    assert len({frozenset(map(tuple, a.packages)) for a in found.agendas}) == BELL[count]
    assert len(found.agendas) == BELL[count]
    assert found.agendas[0].name == "delinked"
    assert found.agendas[-1].name == ("linked" if count > 1 else "delinked")


def test_partitions_keep_to_the_links() -> None:
    """A star of three spokes: packages hold the hub or are single, so 2^3 agendas."""
    game = bg.load("us_mexico/security_keystone")
    names = [agenda.name for agenda in candidates(game).agendas]
    assert len(names) == 8
    assert all(name in ("delinked", "linked") or name.startswith("security") for name in names)


def test_more_issues_than_can_be_partitioned() -> None:
    rng = np.random.default_rng(3)
    data = whole_gains(rng, (9, 3, 2), -9, 10)
    game = bg.LinkageGame.from_payoffs(data)
    found = bg.agenda_game(game)
    assert found.status == bg.Status.LIMIT_REACHED
    assert found.verify()
    for package in bg.minimal_packages(game):
        if len(package) > 1:
            assert "+".join(sorted(package)) in found.agendas
    assert all(f"{i}+{j}" in found.agendas for i in range(9) for j in range(i + 1, 9))


def test_unanimity_of_three() -> None:
    found = link_game(
        ("a", "b", "c"), {"a": F(1), "b": F(2), "c": F(3)}, dict.fromkeys("abc", F(0))
    )
    linked = [e for e in found.equilibria if e.outcome == "linked"]
    assert len(linked) == 1
    assert linked[0].undominated
    assert any(
        all(mix["delink"] == 1 for mix in e.strategies.values()) and not e.undominated
        for e in found.equilibria
    )


def test_a_bystander_has_no_voice() -> None:
    data = [[[0, 0, 0], [-4, 0, 6]], [[0, 0, 0], [5, 0, -3]]]
    found = bg.agenda_game(bg.LinkageGame.from_payoffs(data))
    assert found.verify()
    assert found.linking.players == ("1", "3")
    assert set(found.preferred) == {"1", "3"}
    assert found.agendas["linked"].gains == {"1": F(3, 2), "2": 0, "3": F(9, 4)}


def test_three_players_numerically() -> None:
    """Each act helps the next in a circle: only everything together helps everyone."""
    data = np.zeros((3, 2, 3), dtype=np.int64)
    for k in range(3):
        data[k, 1, k], data[k, 1, (k + 1) % 3] = -2, 3
    found = bg.agenda_game(bg.LinkageGame.from_payoffs(data))
    assert found.verify()
    assert found.linked.gains == pytest.approx(dict.fromkeys("123", 1), abs=1e-6)
    assert found.preferred == dict.fromkeys("123", ("linked",))
    assert [e.outcome for e in found.linking.equilibria if e.undominated] == ["linked"]


def test_one_issue_has_one_agenda() -> None:
    found = bg.agenda_game(bg.LinkageGame.from_payoffs([[[0, 0], [1, 2]]]))
    assert found.verify()
    assert list(found.agendas) == ["delinked"]
    assert found.price.total == 0
    assert found.keystone == {}


def test_totals_cannot_be_taken_apart() -> None:
    game = bg.loads("""
        format = "bargaining-game/1"
        players = ["a", "b"]
        [issues.x]
        options = ["s", "t"]
        payoffs = { a = [0, 3], b = [0, 1] }
        [issues.y]
        options = ["s", "t"]
        payoffs = { a = [0, -1], b = [0, 2] }
        [reservation]
        a = 1
    """)
    with pytest.raises(NotDefinedError):
        bg.agenda_game(game)


def test_requirements_reach_the_settlements() -> None:
    game = bg.LinkageGame.from_payoffs(SQUARE_AND_TRIANGLE)
    with pytest.raises((NotSupportedError, bg.BargainingError)):
        bg.agenda_game(game, require=["no such requirement"])


def test_tampering_is_noticed() -> None:
    found = bg.agenda_game(bg.LinkageGame.from_payoffs(SQUARE_AND_TRIANGLE))
    for wrong in (
        {"preferred": {"1": ("delinked",), "2": ("delinked",)}},
        {"stable": ("delinked", "linked")},
        {"objections": {}, "stable": ("delinked", "linked")},
        {"price": replace(found.price, total=F(1))},
        {"linking": replace(found.linking, equilibria=())},
        {"keystone": {"0": {"1": F(0), "2": F(0)}}},
        {"agendas": dict(reversed(found.agendas.items()))},
    ):
        with pytest.raises(VerificationError):
            replace(found, **wrong).verify()


def test_dictionary() -> None:
    data = bg.agenda_game(bg.load("us_mexico/mexico_delinks")).to_dict(exact=True)
    assert data["preferred"]["mexico"] == [["border_services"], ["priorities"]]
    assert data["preferred"]["us"] == [["border_services", "priorities"]]
    assert data["stable"] == [[["border_services"], ["priorities"]]]
    assert data["agendas"][1]["gains"] == {"us": 3.5, "mexico": 1.75}
    assert data["exact"]["price_of_delinking"] == {"us": "1/2", "mexico": "-1/4"}
    assert {e["outcome"] for e in data["equilibria"]} == {"delinked"}


def test_ratifiers_of_an_issue_off_the_table_still_only_ratify() -> None:
    game = bg.load("us_mexico/two_ratifiers")
    left = game.without("commerce")
    assert [left.players[i] for i in left.interested] == ["us", "mexico"]
    assert left.ratification.ratified[game.players.index("committee")] == ()
    found = bg.agenda_game(game)
    linked = bg.solve(game).agendas["linked"].gains["us"]
    apart = bg.solve(left).agendas["linked"].gains["us"]
    assert found.keystone["commerce"]["us"] == pytest.approx(linked - apart)
