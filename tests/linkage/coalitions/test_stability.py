"""Who signs, who rides free, and which linkage holds everyone."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction as F

import pytest
from party_games import act, public_good, treaty

import bargaining as bg
from bargaining.errors import InputError, NotSupportedError, VerificationError
from bargaining.linkage.coalitions.stability import signing_coalitions
from bargaining.report.parties_text import signing_words

TRADE = ("trade_north_south", "trade_north_island", "trade_south_island")
ALL = frozenset({"north", "south", "island"})
PAIRS = {frozenset(pair) for pair in itertools.combinations(ALL, 2)}


def climate_club(t: str) -> bg.LinkageGame:
    return bg.load("classic/climate_club", parameters={"t": t})


def test_climate_alone_is_signed_by_pairs() -> None:
    """By hand, in the game file: 4 for a signer and 16 for the outsider; 12 for all three."""
    found = signing_coalitions(climate_club("3"))
    assert found.verify()
    alone = found.of("climate")
    assert set(alone.stable) == PAIRS
    for pair in PAIRS:
        gained = dict(zip(found.players, alone.signed[pair].gains, strict=True))
        assert gained == {p: 4 if p in pair else 16 for p in found.players}
        assert alone.joiners[pair] == ()
    assert alone.signed[ALL].gains == (12, 12, 12)
    assert set(alone.leavers[ALL]) == ALL


@pytest.mark.parametrize(
    ("t", "stable"),
    [
        ("1", PAIRS),  # 12 + 2 < 16
        ("2", PAIRS | {ALL}),  # 12 + 4 = 16: nobody gains by leaving, nor by joining
        ("3", {ALL}),
        ("4", {ALL}),
    ],
)
def test_linked_with_trade(t: str, stable: set[frozenset[str]]) -> None:
    """The three are stable if and only if 12 + 2t >= 16; pairs if and only if 12 + 2t <= 16."""
    found = signing_coalitions(climate_club(t))
    assert found.verify()
    linked = found.of("+".join(("climate", *TRADE)))
    assert set(linked.stable) == stable
    assert linked.signed[ALL].gains == (12 + 2 * int(t),) * 3
    pair = frozenset({"north", "south"})
    assert linked.signed[pair].gains == (4 + int(t), 4 + int(t), 16)
    assert found.all_sign("linked") == (ALL in stable)
    assert not found.all_sign("delinked")


def test_smallest_linkage_that_holds_all() -> None:
    """With one trade issue left out two of three gain 12 + t: enough from t = 4 on."""
    whole = ("climate", *TRADE)
    found = signing_coalitions(climate_club("3"))
    assert found.clubs == TRADE
    assert found.stabilising == {"climate": (whole,)}
    found = signing_coalitions(climate_club("4"))
    two = {("climate", *pair) for pair in itertools.combinations(TRADE, 2)}
    assert set(found.stabilising["climate"]) == two
    assert signing_coalitions(climate_club("1")).stabilising == {"climate": ()}


@pytest.mark.parametrize(
    ("count", "benefit", "cost", "size"), [(3, 2, 3, 2), (4, 2, 3, 2), (4, 2, 5, 3), (4, 1, 3, 4)]
)
def test_public_good(count: int, benefit: int, cost: int, size: int) -> None:
    """Linear public good: stable are the coalitions just large enough to gain, s*b > c.

    Where s members gain s*b - c > 0 and (s - 1)*b <= c, the one who leaves ends everything; in
    larger coalitions he gets (s - 1)*b instead of s*b - c, which is more as c > b.
    """
    game = public_good(count, benefit, cost)
    found = signing_coalitions(game)
    assert found.verify()
    package = found.of("air")
    assert set(package.stable) == {frozenset(s) for s in itertools.combinations(game.players, size)}
    for members in package.stable:
        gained = dict(zip(found.players, package.signed[members].gains, strict=True))
        inside, outside = size * benefit - cost, size * benefit
        assert gained == {p: inside if p in members else outside for p in game.players}


def test_best_replies_leave_nothing_to_sign_where_all_abate_anyway() -> None:
    """With benefit 3 and cost 2 everybody abates by himself: 3*3 - 2 = 7 each, signed or not."""
    game = public_good(3, 3, 2)
    found = signing_coalitions(game, outsiders="best_reply")
    assert found.verify()
    package = found.of("air")
    assert package.signed[frozenset()].gains == (7, 7, 7)
    assert package.signed[frozenset({"p1"})].gains == (7, 7, 7)
    everyone = package.signed[frozenset(game.players)]
    assert everyone.gains == (7, 7, 7)
    kept = signing_coalitions(game).of("air")
    assert kept.signed[frozenset()].gains == (0, 0, 0)


def test_best_replies_undo_a_signature() -> None:
    """Strategic substitutes: one abatement is enough, so the outsider stops when a pair acts."""
    players = ["a", "b", "c"]
    acts = {player: ["no", "yes"] for player in players}
    table: dict[str, list[list[list[int]]]] = {}
    for i, player in enumerate(players):
        table[player] = [
            [[(5 if any((x, y, z)) else 0) - 2 * (x, y, z)[i] for z in (0, 1)] for y in (0, 1)]
            for x in (0, 1)
        ]
    issue = bg.Issue.normal_form(
        "dam", players, acts, table, status_quo=dict.fromkeys(players, "no")
    )
    found = signing_coalitions(bg.LinkageGame(players, [issue]), outsiders="best_reply")
    assert found.verify()
    dam = found.of("dam")
    # Nobody signs: one of three equilibria, in which one of them builds; it is said so.
    assert sorted(dam.signed[frozenset()].gains) == [3, 5, 5]
    assert found.unsettled == ("dam",)
    assert any("several" in line for line in signing_words(found))


def test_accession_needs_consent() -> None:
    """A third claimant to a pie would gain 1/3 by joining; the two who share it would lose."""
    players = ["a", "b", "c"]
    zero = [0, 0, 0, 0]
    one = {"a": [0, 1, 0, 0], "b": [0, 0, 1, 0], "c": [0, 0, 0, 1]}
    pie = bg.Issue.normal_form(
        "pie",
        players,
        {"a": ["no", "yes"], "b": ["to nobody", "to a", "to b", "to c"]},
        {p: [zero, share] for p, share in one.items()},
        status_quo={"a": "no", "b": "to nobody"},
    )
    found = signing_coalitions(bg.LinkageGame(players, [pie])).of("pie")
    two = frozenset({"a", "b"})
    assert found.signed[two].gains == (F(1, 2), F(1, 2), 0)
    assert found.signed[frozenset(players)].gains == (F(1, 3),) * 3
    assert set(found.stable) == {two, frozenset(players)}


def test_club_of_acts() -> None:
    """Who keeps out gets nothing: a club; an abatement that all breathe is none."""
    players = ["a", "b"]
    both = {p: [[0, 0], [0, 2]] for p in players}
    acts = {p: ["out", "in"] for p in players}
    club = bg.Issue.normal_form("club", players, acts, both, status_quo={"a": "out", "b": "out"})
    air = act("air", players, "a", {"a": -1, "b": 2})
    found = signing_coalitions(bg.LinkageGame(players, [club, air]))
    assert found.clubs == ("club",)


def test_circle_of_three_is_signed_only_as_a_whole() -> None:
    """SCENARIOS 5: no issue and no pair of issues is signed, the triple by all with (1, 1, 1)."""
    found = signing_coalitions(treaty())
    assert found.verify()
    for key, signers in found.packages.items():
        assert bool(signers.stable) == (len(signers.package) == 3), key
    triple = ("guns", "mining", "precursors")
    assert found.stabilising == dict.fromkeys(triple, (triple,))
    assert found.agendas["linked"] == ("+".join(triple),)


def test_many_issues_are_looked_at_in_part() -> None:
    players = ["a", "b"]
    issues = [act(f"f{k}", players, "ab"[k % 2], {"a": -1, "b": 2}) for k in range(6)]
    found = signing_coalitions(bg.LinkageGame(players, issues))
    assert found.status == bg.Status.LIMIT_REACHED
    assert next(iter(found.agendas)) == "delinked"
    assert list(found.agendas)[-1] == "linked"
    assert found.verify()
    assert any("Not all packages" in line for line in signing_words(found))


def test_progress_counts_settlements() -> None:
    """Of a package of three parties four coalitions settle, of two parties one."""
    seen: list[tuple[int, int]] = []
    signing_coalitions(climate_club("3"), progress=lambda done, total: seen.append((done, total)))
    pairs_only = 3  # each trade issue alone
    assert {total for _, total in seen} == {pairs_only + 4 * (15 - pairs_only)}
    assert [done for done, _ in seen] == list(range(1, seen[0][1] + 1))


def test_wrong_arguments() -> None:
    with pytest.raises(InputError, match="outsiders: expected"):
        signing_coalitions(treaty(), outsiders="minmax")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="solution"):
        signing_coalitions(treaty(), solution="nahs")
    with pytest.raises(NotSupportedError, match="at most 8 parties"):
        signing_coalitions(public_good(9, 2, 3))


def test_tampered_answers_are_refused() -> None:
    found = signing_coalitions(treaty())
    key = "guns+mining+precursors"
    signers = found.packages[key]
    everyone = frozenset(found.players)
    better = replace(signers.signed[everyone], gains=(F(2), F(1), F(1)))
    for changed in (
        replace(signers, leavers={**signers.leavers, everyone: ("us",)}),
        replace(signers, signed={**signers.signed, everyone: better}),
        replace(signers, parties=("us", "mexico")),
        replace(signers, signed={everyone: signers.signed[everyone]}),
    ):
        with pytest.raises(VerificationError):
            replace(found, packages={**found.packages, key: changed}).verify()
    for wrong in (
        replace(found, stabilising={}),
        replace(found, clubs=("guns",)),
        replace(found, solution="egalitarian"),
        replace(found, agendas={"linked": ("guns",)}),
    ):
        with pytest.raises(VerificationError):
            wrong.verify()


def test_json() -> None:
    data = signing_coalitions(climate_club("3")).to_dict(exact=True)
    assert data["packages"]["climate"]["stable"] == ["north+south", "north+island", "south+island"]
    assert data["packages"]["climate"]["coalitions"]["north+south"]["gains"]["island"] == 16.0
    assert data["agendas"][-1] == {
        "name": "linked",
        "packages": ["+".join(("climate", *TRADE))],
        "all_sign": True,
    }
