"""Temptations and reversions against a search by brute force."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from enforcement_games import brute_temptation, dilemma, favours, identical, mirrored, random_game
from small_games import fractions, guns_for_fentanyl

from bargaining import Deal, Issue, Link, LinkageGame, settle
from bargaining.errors import InputError, NotDefinedError, NotSupportedError
from bargaining.settlement.enforcement.reversion import reversion
from bargaining.settlement.enforcement.temptation import swap_groups, temptations

SHAPES = [
    [{"a": 2, "b": 3}, {"a": 2}, 3],
    [{"b": 2}, {"a": 3, "b": 2}],
    [{"a": 2, "b": 2}, 2, {"a": 2}],
]


def random_lottery(rng, game):
    """A few full outcomes with simple shares."""
    sizes = [issue.size for issue in game.issues.values()]
    cells = {tuple(int(rng.integers(s)) for s in sizes) for _ in range(4)}
    weights = rng.integers(1, 6, len(cells))
    return {c: Fraction(int(w), int(weights.sum())) for c, w in zip(cells, weights, strict=True)}


def deal_of(game, lottery):
    """The deal that a lottery over full outcomes is, all issues tied together."""
    count = len(game.issues)
    shares = {k: {} for k in range(count)}
    for cell, share in lottery.items():
        for k, a in enumerate(cell):
            shares[k][a] = shares[k].get(a, Fraction(0)) + share
    return Deal(game.origin.copy(), shares, {tuple(range(count)): lottery})


@pytest.mark.parametrize("seed", range(30))
def test_temptation_of_issues_that_add_up(seed):
    rng = np.random.default_rng(seed)
    game = random_game(rng, shapes=SHAPES[seed % 3])
    lottery = random_lottery(rng, game)
    deal = deal_of(game, lottery)
    expected = [brute_temptation(game, lottery, i, jointly=False) for i in range(2)]
    package = range(len(game.issues))
    assert list(temptations(game, package, deal)) == expected
    assert from_groups(game, package, deal, lottery) == expected


@pytest.mark.parametrize("seed", range(30))
def test_temptation_of_issues_tied_by_spillovers(seed):
    rng = np.random.default_rng(100 + seed)
    shapes = SHAPES[seed % 3]
    linked = list(itertools.pairwise(range(len(shapes))))
    game = random_game(rng, shapes=shapes, linked=linked)
    lottery = random_lottery(rng, game)
    deal = deal_of(game, lottery)
    expected = [brute_temptation(game, lottery, i, jointly=True) for i in range(2)]
    package = range(len(shapes))
    assert list(temptations(game, package, deal)) == expected
    assert from_groups(game, package, deal, lottery) == expected


def from_groups(game, package, deal, lottery):
    """Temptations from the groups: the sum of the best changes."""
    totals = [Fraction(0)] * len(game.players)
    for group in swap_groups(game, package):
        if len(group.issues) == 1:
            shares = deal.marginal(group.issues[0])
        else:
            sizes = [game.issues[game.issue_names[k]].size for k in group.issues]
            shares = {int(np.ravel_multi_index(cell, sizes)): s for cell, s in lottery.items()}
        mix = [shares.get(int(a), Fraction(0)) for a in group.outcomes]
        best = max(sum(c * s for c, s in zip(row, mix, strict=True)) for row in group.changes)
        totals[group.player] += max(Fraction(0), best)
    return [t / d for t, d in zip(totals, game.flat.denominators, strict=True)]


def test_pairs_are_drawn_along_the_chain():
    """A chain stated pair by pair is the lottery in which each issue depends on its neighbour."""
    rng = np.random.default_rng(5)
    game = random_game(rng, shapes=[{"a": 2}, {"b": 2}, {"a": 2}], linked=[(0, 1), (1, 2)])
    half, third = Fraction(1, 2), Fraction(1, 3)
    first = {(0, 0): half, (1, 1): half}
    second = {(0, 0): third, (0, 1): half - third, (1, 1): half}
    deal = Deal(
        game.origin.copy(),
        {0: {0: half, 1: half}, 1: {0: half, 1: half}, 2: {0: third, 1: 1 - third}},
        {(0, 1): first, (1, 2): second},
    )
    lottery = {(0, 0, 0): third, (0, 0, 1): half - third, (1, 1, 1): half}
    expected = [brute_temptation(game, lottery, i, jointly=True) for i in range(2)]
    assert list(temptations(game, (0, 1, 2), deal)) == expected


def test_a_ring_of_pairs_leaves_open_what_is_told():
    rng = np.random.default_rng(6)
    ring = [(0, 1), (1, 2), (0, 2)]
    game = random_game(rng, shapes=[{"a": 2}, {"b": 2}, {"a": 2}], linked=ring)
    half = Fraction(1, 2)
    both = {(0, 0): half, (1, 1): half}
    deal = Deal(
        game.origin.copy(),
        {k: {0: half, 1: half} for k in range(3)},
        dict.fromkeys(ring, both),
    )
    with pytest.raises(NotSupportedError, match="ring"):
        temptations(game, (0, 1, 2), deal)


def test_constraints_do_not_tie_what_a_defector_does():
    """A forbidden combination may not be agreed, but nobody asks a defector for his agreement."""
    game = random_game(np.random.default_rng(1), shapes=[{"a": 2}, {"a": 2}])
    from bargaining import loads
    from bargaining.files.document import document_of
    from bargaining.files.layout import toml_text

    text = toml_text(document_of(game)) + '\n[[constraints]]\nforbid = {k0 = "a1", k1 = "a1"}\n'
    bound = loads(text)
    deal = Deal(np.array([1, 0]))
    assert temptations(bound, (0, 1), deal) == temptations(game, (0, 1), deal)
    assert len(swap_groups(bound, (0, 1))) == len(swap_groups(game, (0, 1)))


def test_large_pure_deal_of_a_chain():
    """A deviation over 40 linked issues at once: as many as can be listed only along the tree."""
    count = 40
    issues = [
        Issue.normal_form(
            f"k{k}",
            ["a", "b"],
            {"a": ["0", "1"]},
            {"a": [0, -1], "b": [0, 2]},
            status_quo={"a": "0"},
        )
        for k in range(count)
    ]
    bonus = np.zeros((2, 2, 2), dtype=int)
    bonus[1, 1, 0] = 3
    links = tuple(Link((f"k{k}", f"k{k + 1}"), True, fractions(bonus)) for k in range(count - 1))
    game = LinkageGame(["a", "b"], issues, links)
    nothing = Deal(np.zeros(count, dtype=np.intp))
    assert temptations(game, range(count), nothing) == (3 * (count - 1) - count, 0)
    with pytest.raises(NotSupportedError, match="pure deal"):
        swap_groups(game, range(count))


def test_issues_outside_the_package_count_at_their_status_quo():
    table = np.zeros((2, 2, 2), dtype=int)
    table[1, 0] = [5, 0]
    issues = [
        Issue.normal_form(n, ["a", "b"], {"a": ["0", "1"]}, {"a": [0, -1]}, status_quo={"a": "0"})
        for n in ("x", "y")
    ]
    game = LinkageGame(["a", "b"], issues, (Link(("x", "y"), True, fractions(table)),))
    assert temptations(game, (0,), Deal(np.array([0, 0]))) == (4, 0)
    assert temptations(game, (0, 1), Deal(np.array([1, 1]))) == (6, 0)


def test_walking_out_of_a_joint_choice():
    game = guns_for_fentanyl()
    found = settle(game).lotteries
    assert temptations(game, (0, 1), found) == (Fraction(7, 2), 3)
    assert temptations(game, (0,), found) == (Fraction(7, 2), 0)


def test_inexact_deals_give_floats():
    game = mirrored()
    deal = Deal(game.origin.copy(), {0: {0: 0.25, 3: 0.75}})
    assert temptations(game, (0, 1), deal) == (1.0, 0.25)


def test_reversion_falls_back_to_the_status_quo_or_to_the_worst_equilibrium():
    game = identical()
    assert reversion(game, (0, 1)).modes == {(0,): "status_quo", (1,): "status_quo"}
    tense = Issue.normal_form(
        "chicken",
        ["us", "mexico"],
        {p: ["yield", "dare"] for p in ("us", "mexico")},
        {"us": [[0, -7], [7, -10]], "mexico": [[0, 7], [-7, -10]]},
        status_quo={"us": "yield", "mexico": "yield"},
    )
    found = reversion(LinkageGame(["us", "mexico"], [tense]), (0,))
    # equilibria pay (-7, 7), (7, -7) and, mixing 3/10 yield, (-49/10, -49/10)
    assert found.gains == (-7, -7)
    assert found.credible
    assert found.modes == {(0,): "nash"}
    stay = reversion(LinkageGame(["us", "mexico"], [tense]), (0,), "status_quo")
    assert stay.gains == (0, 0)
    assert not stay.credible


def test_minmax_of_matching_pennies_and_of_a_bystander():
    pennies = Issue.normal_form(
        "p",
        ["a", "b", "c"],
        {"a": ["H", "T"], "b": ["H", "T"]},
        {"a": [[1, -1], [-1, 1]], "b": [[-1, 1], [1, -1]], "c": [[0, 3], [-2, 0]]},
        status_quo={"a": "H", "b": "H"},
    )
    found = reversion(LinkageGame(["a", "b", "c"], [pennies]), (0,), "minmax")
    assert found.gains == (-1, 1, -2)  # values 0 and 0; the bystander gets what the others choose
    assert not found.credible


def test_minmax_is_credible_where_it_is_an_equilibrium():
    assert reversion(identical(), (0, 1), "minmax").credible


def test_reversion_of_issues_tied_by_spillovers():
    """Scenario 2 with a bonus of 5: both acts together are one equilibrium, no acts another."""
    game = favours([4, 3], [[0, 5], [6, 0]])
    bonus = np.zeros((2, 2, 2), dtype=int)
    bonus[1, 1] = 5
    tied = LinkageGame(
        game.players, game.issues, (Link(tuple(game.issues), True, fractions(bonus)),)
    )
    assert reversion(tied, (0, 1)).gains == (0, 0)
    assert reversion(tied, (0, 1), "nash").gains == (0, 0)
    started = LinkageGame(
        game.players,
        [
            Issue.normal_form(
                issue.name,
                issue.players,
                issue.actions,
                {p: issue.exact_payoffs[:, i].tolist() for i, p in enumerate(issue.players)},
                status_quo={p: "yes" if p == "a" else "no" for p in issue.actions},
            )
            for issue in game.issues.values()
        ],
        tied.links,
    )
    # status quo: a acts, b does not, which pays (-4, 6); b would rather act than wait
    found = reversion(started, (0, 1))
    assert found.modes == {(0, 1): "nash"}
    assert found.gains == (4, -6)


def test_option_issues_fall_back_to_their_status_quo():
    game = guns_for_fentanyl()
    for mode in ("auto", "status_quo", "nash", "minmax"):
        found = reversion(game, (0, 1), mode)
        assert found.gains == (0, 0)
        assert found.credible


def test_unknown_modes_and_reservation_totals_are_refused():
    with pytest.raises(InputError, match="minmax"):
        reversion(identical(), (0,), "min_max")
    game = LinkageGame(
        ["a", "b"],
        [Issue.from_options("x", ["a", "b"], ["0", "1"], {"a": [0, 1], "b": [1, 0]})],
        channels={"reservation": {"a": Fraction(0)}},
    )
    with pytest.raises(NotDefinedError, match="status quo"):
        temptations(game, (0,), Deal(np.array([1])))


def test_a_dilemma_alone():
    game = LinkageGame(["us", "mexico"], [dilemma("one", [[3, 0], [5, 1]], [[3, 5], [0, 1]])])
    assert temptations(game, (0,), Deal(np.array([0]))) == (2, 2)
    assert temptations(game, (0,), Deal(np.array([3]))) == (0, 0)
