"""Gains from reservation totals, and constraints that reach across packages."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from scipy.optimize import linprog

import bargaining as bg
from bargaining.errors import NotDefinedError, VerificationError
from bargaining.settlement.solutions import OPTIMA

DOMAIN = """
format = "bargaining-game/1"
players = ["a", "b"]
[reservation]
a = {0}
b = {0}
[issues.x]
options = ["p", "q", "r"]
payoffs = {{a = [0, 3, 5], b = [5, 4, 0]}}
[issues.y]
options = ["p", "q", "r"]
payoffs = {{a = [0, 2, 5], b = [5, 4, 0]}}
"""


def test_settlements_over_a_reservation() -> None:
    """On the edge (5, 8) - (8, 4) of payoffs, from (3, 3): u2 = 23/3 - 4/3 u1."""
    game = bg.loads(DOMAIN.format(3))
    settled = bg.settle(game)
    assert settled.gains == {"a": F(23, 8), "b": F(23, 6)}
    assert settled.payoffs == {"a": F(47, 8), "b": F(41, 6)}
    assert settled.verify()
    assert bg.settle(game, solution="egalitarian").gains == {"a": F(23, 7), "b": F(23, 7)}
    pure = bg.settle(game, deals="pure")
    assert pure.payoffs == {"a": 5, "b": 8}
    frontier = bg.frontier(game, deals="pure")
    assert frontier.points.tolist() == [[0, 10], [3, 9], [5, 8], [8, 4], [10, 0]]
    rational = bg.frontier(game, deals="pure", rational_only=True)
    assert rational.points.tolist() == [[3, 9], [5, 8], [8, 4]]
    assert frontier.verify()
    shares = bg.frontier(game)
    assert shares.points.tolist() == [[0, 10], [3, 9], [5, 8], [8, 4], [10, 0]]
    assert shares.verify()


def test_what_totals_leave_undefined() -> None:
    game = bg.loads(DOMAIN.format(3))
    for question in (bg.exchange_rates, bg.minimal_packages):
        with pytest.raises(NotDefinedError, match="no status quo per issue"):
            question(game)
    with pytest.raises(NotDefinedError, match="no status quo per issue"):
        bg.settle(game, agenda="delinked")
    with pytest.raises(NotDefinedError, match="reservation"):
        game.without("x")
    verdict = bg.solve(game)
    assert verdict.verify()
    data = verdict.to_dict()
    assert data["agendas"]["delinked"]["status"] == "not_defined"
    assert data["agendas"]["linked"]["status"] == "agreement"
    assert data["verdict"]["effect"] == "not_defined"
    assert data["verdict"]["linking_breaks_deadlock"] is False
    assert {issue["status"] for issue in data["issues"].values()} == {"not_defined"}


@pytest.mark.parametrize("deals", ["shares", "pure"])
@pytest.mark.parametrize("level", [7, 9, 20])
def test_no_agreement_where_too_much_is_asked(deals: str, level: int) -> None:
    """The best equal payoffs are on u2 = 44/3 - 4/3 u1: 44/7 each, less than 7."""
    game = bg.loads(DOMAIN.format(level))
    for solution in OPTIMA:
        settled = bg.settle(game, solution=solution, deals=deals)  # type: ignore[arg-type]
        assert settled.status == "no_agreement"
        assert settled.gains == {"a": 0, "b": 0}
        assert settled.payoffs == {"a": level, "b": level}
        assert settled.deal == {}
        assert settled.verify()
    forged = replace(bg.settle(bg.loads(DOMAIN.format(6))), status=settled.status)
    with pytest.raises(VerificationError):
        forged.verify()


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("way", ["exact", "numerical"])
def test_three_players_over_a_reservation(
    seed: int, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "numerical":
        monkeypatch.setattr("bargaining.settlement.exact_program.MAX_ROWS", 0)
    rng = np.random.default_rng(seed)
    who = ("a", "b", "c")
    array = rng.integers(0, 10, (3, 3, 3))
    issues = {
        str(k): bg.Issue.from_options(
            str(k), who, ["0", "1", "2"], {p: array[k, :, i].tolist() for i, p in enumerate(who)}
        )
        for k in range(3)
    }
    totals = dict(zip(who, map(F, rng.integers(9, 20, 3).tolist()), strict=True))
    game = bg.LinkageGame(who, issues, channels={"reservation": totals})
    points = np.array(
        [
            array[0, a] + array[1, b] + array[2, c] - [float(v) for v in totals.values()]
            for a in range(3)
            for b in range(3)
            for c in range(3)
        ]
    )
    found = linprog(
        [*([0.0] * 27), -1.0],
        A_ub=[[*(-points[:, i]), 1.0] for i in range(3)],
        b_ub=[0.0] * 3,
        A_eq=[[*([1.0] * 27), 0.0]],
        b_eq=[1.0],
        bounds=[*([(0, None)] * 27), (None, None)],
    )
    settled = bg.settle(game, solution="egalitarian")
    assert settled.verify()
    assert (settled.status == "agreement") == (-found.fun > 0) or abs(found.fun) < 1e-9
    if settled.mutual_gain:
        assert abs(float(min(settled.gains.values())) + found.fun) < 1e-6
    assert bg.settle(game).verify()


def test_packages_that_together_break_a_constraint() -> None:
    """Each alone is allowed with the other at the status quo; both together are not."""
    game = bg.loads(
        """
        format = "bargaining-game/1"
        players = ["a", "b"]
        [issues.x]
        options = ["no", "yes"]
        payoffs = {a = [0, 3], b = [0, 1]}
        status_quo = "no"
        [issues.y]
        options = ["no", "yes"]
        payoffs = {a = [0, 1], b = [0, 3]}
        status_quo = "no"
        [[constraints]]
        forbid = {x = "yes", y = "yes"}
        """
    )
    apart = bg.settle(game, agenda="delinked")
    assert apart.status == "agreement"
    assert apart.mutual_gain
    assert apart.gains == {"a": 3, "b": 1}  # either alone: products 3 and 3, the first one stays
    assert apart.verify()
    together = bg.settle(game)
    assert together.gains == {"a": 2, "b": 2}  # half of the time each
    assert together.verify()
    assert bg.settle(game, deals="pure", all=True).tie_count == 2
    verdict = bg.solve(game)
    assert verdict.verify()
    assert not verdict.verdict.linking_breaks_deadlock
    assert verdict.verdict.effect == "redistributes"
    assert {name: report.status for name, report in verdict.issues.items()} == {
        "x": "mutual",
        "y": "mutual",
    }
    parts = tuple(replace(part, within=None) for part in apart.parts)
    with pytest.raises(VerificationError):
        replace(apart, parts=parts).verify()


def test_what_a_constraint_allows_is_shared_out_well() -> None:
    """Of three issues two may change: with the third, which is worth most to both."""
    game = bg.loads(
        """
        format = "bargaining-game/1"
        players = ["a", "b"]
        [issues.x]
        options = ["no", "yes"]
        payoffs = {a = [0, 1], b = [0, 1]}
        status_quo = "no"
        [issues.y]
        options = ["no", "yes"]
        payoffs = {a = [0, 3], b = [0, 1]}
        status_quo = "no"
        [issues.z]
        options = ["no", "yes"]
        payoffs = {a = [0, 4], b = [0, 4]}
        status_quo = "no"
        [[constraints]]
        at_most = 2
        of = {x = "yes", y = "yes", z = "yes"}
        """
    )
    for deals in ("shares", "pure"):
        apart = bg.settle(game, agenda="delinked", deals=deals)  # type: ignore[arg-type]
        assert apart.gains == {"a": 7, "b": 5}  # 35, against 25 with x and z and 8 without z
        assert apart.verify()
    pair = bg.settle(game, agenda="x+y")
    assert pair.gains == {"a": 7, "b": 5}


@pytest.mark.slow
def test_too_many_ways_to_share_constraints_out() -> None:
    """A chain of exclusive issues: some way is found, and it is said that others were not tried."""
    lines = ['format = "bargaining-game/1"', 'players = ["a", "b"]']
    for k in range(24):
        lines += [f"[issues.i{k}]", 'options = ["no", "yes"]', 'status_quo = "no"']
        lines += [f"payoffs = {{a = [0, {1 + k % 3}], b = [0, {1 + k % 2}]}}"]
    for k in range(23):
        lines += ["[[constraints]]", f'forbid = {{i{k} = "yes", i{k + 1} = "yes"}}']
    game = bg.loads("\n".join(lines))
    apart = bg.settle(game, agenda="delinked")
    assert apart.status == "limit_reached"
    assert apart.mutual_gain
    assert apart.verify()
    assert min(apart.gains.values()) > 0
    assert not bg.solve(game).verdict.linking_breaks_deadlock


def test_a_constraint_on_one_issue_alone() -> None:
    game = bg.loads(
        """
        format = "bargaining-game/1"
        players = ["a", "b"]
        [issues.x]
        options = ["no", "some", "all"]
        payoffs = {a = [0, 1, 2], b = [0, 1, 2]}
        status_quo = "no"
        [[constraints]]
        forbid = {x = "all"}
        """
    )
    for deals in ("shares", "pure"):
        settled = bg.settle(game, deals=deals)  # type: ignore[arg-type]
        assert settled.gains == {"a": 1, "b": 1}
        assert settled.verify()
    assert bg.solve(game).verify()
    assert [sorted(p) for p in bg.minimal_packages(game)] == [["x"]]
    without = game.without("x") if len(game.issues) > 1 else None
    assert without is None


def test_constraints_follow_issues_off_the_table() -> None:
    text = """
        format = "bargaining-game/1"
        players = ["a", "b"]
        [issues.x]
        options = ["no", "yes"]
        payoffs = {a = [0, 1], b = [0, 1]}
        status_quo = "no"
        [issues.y]
        options = ["no", "yes"]
        payoffs = {a = [0, 1], b = [0, 1]}
        status_quo = "no"
        [[constraints]]
        if = {x = "yes"}
        require = {y = "yes"}
        """
    game = bg.loads(text)
    assert bg.settle(game).gains == {"a": 2, "b": 2}
    assert bg.settle(game.without("y")).status == "no_agreement"
    assert bg.settle(game.without("x")).gains == {"a": 1, "b": 1}


def test_huge_totals_do_not_overflow() -> None:
    """One option worth 10^19 (or 10^30): more than a machine integer holds."""
    for size in (19, 30):
        game = bg.loads(
            f"""
            format = "bargaining-game/1"
            players = ["a", "b"]
            [reservation]
            a = 0
            [issues.x]
            options = ["x0", "x1"]
            payoffs = {{a = [3, 0], b = ["1e{size}", "1e{size} + 3"]}}
            """
        )
        frontier = bg.frontier(game)
        assert [frontier.point(i) for i in range(2)] == [(0, 10**size + 3), (3, 10**size)]
        for deals in ("shares", "pure"):
            settled = bg.settle(game, deals=deals)  # type: ignore[arg-type]
            assert settled.verify()
            assert settled.gains == {"a": 3, "b": 10**size}


def test_a_reservation_beyond_what_constraints_allow() -> None:
    game = bg.loads(
        """
        format = "bargaining-game/1"
        players = ["a", "b"]
        [reservation]
        a = 4
        b = 2
        [issues.x]
        options = ["o0", "o1"]
        payoffs = {a = [5, 5], b = [0, 0]}
        [[constraints]]
        forbid = {x = "o0"}
        """
    )
    for deals in ("shares", "pure"):
        settled = bg.settle(game, deals=deals)  # type: ignore[arg-type]
        assert settled.status == "no_agreement"
        assert settled.verify()


def test_a_frontier_of_packages_that_a_constraint_ties_together() -> None:
    game = bg.loads(
        """
        format = "bargaining-game/1"
        players = ["a", "b"]
        [issues.x]
        options = ["no", "yes"]
        payoffs = {a = [0, 3], b = [0, 1]}
        status_quo = "no"
        [issues.y]
        options = ["no", "yes"]
        payoffs = {a = [0, 1], b = [0, 3]}
        status_quo = "no"
        [[constraints]]
        forbid = {x = "yes", y = "yes"}
        """
    )
    for deals in ("shares", "pure"):
        with pytest.raises(NotDefinedError, match="reaches across"):
            bg.frontier(game, agenda="delinked", deals=deals)  # type: ignore[arg-type]
    assert len(bg.frontier(game)) == 2
