"""Axioms and theorems as properties of random games."""

from __future__ import annotations

import itertools
from fractions import Fraction as F

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.geometry.mutual import mutual_gain
from bargaining.geometry.support import support
from bargaining.linkage.agenda_control import agenda_control
from bargaining.linkage.agendas import candidates
from bargaining.linkage.keystone import issue_values
from bargaining.linkage.sequential import sequential_agenda
from bargaining.model.deal import gains
from bargaining.settlement.solutions import OPTIMA

NUMERICAL = 1e-6
settings.register_profile(
    "project",
    deadline=None,
    max_examples=60,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("project")


@st.composite
def games(
    draw: st.DrawFn, players: tuple[int, ...] = (2,), most_issues: int = 4, low: int = -5
) -> bg.LinkageGame:
    count = draw(st.sampled_from(players))
    issues = draw(st.integers(1, most_issues))
    outcomes = draw(st.integers(2, 4))
    numbers = st.integers(low, 5)
    cells = draw(
        st.lists(numbers, min_size=issues * (outcomes - 1) * count,
                 max_size=issues * (outcomes - 1) * count)
    )  # fmt: skip
    data = np.zeros((issues, outcomes, count), dtype=np.int64)
    data[:, 1:] = np.array(cells).reshape(issues, outcomes - 1, count)
    return bg.LinkageGame.from_payoffs(data)


@given(games(players=(2, 3, 4), most_issues=5))
def test_helly_bound(game: bg.LinkageGame) -> None:
    """If any package works, one of at most n issues does (n = interested players)."""
    packages = list(bg.minimal_packages(game))
    everything = mutual_gain(game, range(len(game.issues)))
    assert bool(packages) == everything.everyone
    assert all(len(p) <= len(game.interested) for p in packages)


@given(games(players=(2, 3), most_issues=4))
def test_linked_least_gain_is_at_least_the_sum(game: bg.LinkageGame) -> None:
    """C1.18: a package in which somebody cannot gain counts 0."""
    assume(game.interested)

    def least(agenda: str, part: int | None = None) -> float:
        settled = bg.settle(game, solution="egalitarian", agenda=agenda)
        parts = settled.parts if part is None else settled.parts[part : part + 1]
        return sum(
            float(min(p.gains[i] for i in game.interested))
            for p in parts
            if p.gainers == set(game.interested)
        )

    assert least("linked") >= least("delinked") - NUMERICAL


@given(games(players=(2, 3, 4), most_issues=4))
def test_a_deal_and_a_deadlock_certificate_never_both_verify(game: bg.LinkageGame) -> None:
    found = mutual_gain(game, range(len(game.issues)))
    gained = gains(game, found.deal)
    deal_helps = bool(game.interested) and min(gained[i] for i in game.interested) > 0
    blocked = (
        found.weights is not None
        and any(found.weights[i] > 0 for i in game.interested)
        and support(game, range(len(game.issues)), found.weights) <= 0
    )
    assert deal_helps != blocked or not game.interested
    assert deal_helps == found.everyone
    for i in game.interested:
        assert gained[i] >= 0
        assert (gained[i] > 0) == (i in found.gainers)
        if i not in found.gainers:
            assert found.weights is not None
            assert found.weights[i] > 0


@given(games(), st.fractions(F(1, 9), 9), st.integers(0, 1))
def test_nash_and_kalai_smorodinsky_do_not_depend_on_units(
    game: bg.LinkageGame, factor: F, player: int
) -> None:
    data = np.array(
        [[[F(x) for x in row] for row in issue.exact_gains] for issue in game.issues.values()],
        dtype=object,
    )
    data[:, :, player] *= factor
    scaled = bg.LinkageGame.from_payoffs(data)
    name = game.players[player]
    for solution in ("nash", "kalai_smorodinsky"):
        for agenda in ("linked", "delinked"):
            before = bg.settle(game, solution=solution, agenda=agenda).gains
            after = bg.settle(scaled, solution=solution, agenda=agenda).gains
            assert after[name] == before[name] * factor
            other = game.players[1 - player]
            assert after[other] == before[other]


@given(games(most_issues=3))
def test_settlements_against_brute_force_over_the_frontier(game: bg.LinkageGame) -> None:
    """Every concept is at least as good as every other point found on a fine grid."""
    frontier = bg.frontier(game, rational_only=True)
    corners = [frontier.point(i) for i in range(len(frontier))]
    grid = [
        tuple(float(a[i] + (b[i] - a[i]) * F(step, 12)) for i in range(2))
        for a, b in itertools.pairwise(corners)
        for step in range(13)
    ] or [tuple(map(float, corners[0]))]
    best = [max(u[i] for u in grid) for i in range(2)]
    found = {s: [float(g) for g in bg.settle(game, solution=s).gains.values()] for s in OPTIMA}
    if min(best) > 0:
        assert np.prod(found["nash"]) >= max(u[0] * u[1] for u in grid) - NUMERICAL
        assert min(found["egalitarian"]) >= max(map(min, grid)) - NUMERICAL
        ratio = [[u[i] / best[i] for i in range(2)] for u in (*grid, found["kalai_smorodinsky"])]
        assert min(ratio[-1]) >= max(map(min, ratio)) - NUMERICAL
        assert sum(found["utilitarian"]) >= max(map(sum, grid)) - NUMERICAL
    else:
        for gained in found.values():
            assert gained == [max(b, 0.0) for b in best]


@given(games(players=(2, 3), most_issues=3))
def test_every_answer_verifies_and_nobody_loses(game: bg.LinkageGame) -> None:
    for solution in OPTIMA:
        for agenda in ("linked", "delinked"):
            settled = bg.settle(game, solution=solution, agenda=agenda)
            assert settled.verify()
            assert min(float(g) for g in settled.gains.values()) >= -NUMERICAL
    verdict = bg.solve(game)
    assert verdict.verify()
    assert verdict.search.verify()


@given(games(players=(2, 3), most_issues=4))
def test_pure_deals_against_enumeration(game: bg.LinkageGame) -> None:
    sizes = [len(game.flat.rows(k)) for k in range(len(game.issues))]
    everything = [
        tuple(F(g) for g in gains(game, bg.Deal(np.array(outcome))))
        for outcome in itertools.product(*map(range, sizes))
    ]
    undominated = {
        u
        for u in everything
        if not any(v != u and all(a >= b for a, b in zip(v, u, strict=True)) for v in everything)
    }
    frontier = bg.frontier(game, deals="pure")
    assert frontier.packages is not None
    found = {frontier.point(i): frontier.packages[i] for i in range(len(frontier))}
    assert found == {u: everything.count(u) for u in undominated}
    for solution in OPTIMA:
        assert bg.settle(game, solution=solution, deals="pure").verify()


@given(games(players=(2,), most_issues=5))
def test_plane_and_general_pruning_agree(game: bg.LinkageGame) -> None:
    from bargaining.geometry import pure

    package = range(len(game.issues))
    fast = pure.pure_frontier(game, package, (0, 1))
    slow = pure.pure_frontier(bg.LinkageGame(game.players, _big(game)), package, (0, 1))
    assert slow.points.shape[-1] > 1 or not game.interested
    assert [fast.gains(j) for j in range(len(fast))] == [
        tuple(g / 2**80 for g in slow.gains(j)) for j in range(len(slow))
    ]
    assert fast.counts == slow.counts


def _big(game: bg.LinkageGame) -> dict[str, bg.Issue]:
    """The same issues in units too small for machine integers."""
    from dataclasses import replace

    return {
        name: replace(issue, exact_payoffs=issue.exact_payoffs * 2**80)
        for name, issue in game.issues.items()
    }


@given(games())
def test_frontier_points_are_feasible_and_undominated(game: bg.LinkageGame) -> None:
    frontier = bg.frontier(game)
    points = [frontier.point(i) for i in range(len(frontier))]
    for i, point in enumerate(points):
        assert gains(game, frontier.deal(i)) == point
    for (a, b), (c, d) in itertools.pairwise(points):
        assert a < c
        assert b > d
    pure = bg.frontier(game, deals="pure")
    for i in range(len(pure)):
        u = pure.point(i)
        for a, b in itertools.pairwise(points):
            normal = (a[1] - b[1], b[0] - a[0])
            assert normal[0] * u[0] + normal[1] * u[1] <= normal[0] * a[0] + normal[1] * a[1]


@given(games(players=(2, 3), most_issues=4))
def test_linking_contains_delinking(game: bg.LinkageGame) -> None:
    """With payoffs that add up, whoever can gain apart can gain together."""
    apart: set[int] = set()
    for k in range(len(game.issues)):
        apart |= mutual_gain(game, (k,)).gainers
    assert apart <= mutual_gain(game, range(len(game.issues))).gainers


@given(games(players=(2, 3), most_issues=4))
def test_coarser_agendas_attain_more(game: bg.LinkageGame) -> None:
    """With payoffs that add up, joining packages never takes a joint gain away."""
    count = len(game.issues)
    attained = {
        agenda.name: (agenda.packages, bg.settle(game, solution="utilitarian", agenda=agenda))
        for agenda in candidates(game).agendas
    }
    for fine, one in attained.values():
        for coarse, two in attained.values():
            if not all(any(set(p) <= set(q) for q in coarse) for p in fine):
                continue
            assert two.mutual_gain or not one.mutual_gain
            totals = [float(sum(s.gains.values())) for s in (one, two)]
            assert totals[1] >= totals[0] - NUMERICAL * (1 + 5 * count)


@given(games(most_issues=4), st.sampled_from(["nash", "egalitarian"]))
def test_values_of_issues(game: bg.LinkageGame, solution: str) -> None:
    """Efficiency, and equal values of issues with equal payoffs."""
    found = issue_values(game, solution=solution)
    whole = bg.settle(game, solution=solution).gains
    for player in game.players:
        assert sum(values[player] for values in found.values.values()) == whole[player]
    names = list(found.values)
    for one, two in itertools.combinations(names, 2):
        if (game.issues[one].exact_payoffs == game.issues[two].exact_payoffs).all():
            assert found.values[one] == found.values[two]


@given(games(players=(2, 3), most_issues=4))
def test_control_is_dual_to_minimal_packages(game: bg.LinkageGame) -> None:
    """What is kept off meets every minimal package; what is brought in holds one."""
    found = agenda_control(game)
    packages = list(bg.minimal_packages(game))
    assert all(package & set(found.keep_off) for package in packages)
    assert (found.bring_in is None) == (not packages)
    if packages:
        assert len(found.bring_in or ()) == min(map(len, packages))
        assert len(found.keep_off) >= 1


@given(games(most_issues=3), st.integers(0, 9), st.integers(0, 9))
def test_alternating_offers_leave_nobody_worse(game: bg.LinkageGame, one: int, two: int) -> None:
    """Gains at least 0, on the frontier for a package, the same whoever is called first."""
    assume(len(game.interested) == 2)
    d = {"1": F(one, 10), "2": F(two, 10)}
    found = sequential_agenda(game, discount=d)
    assert found.verify()
    assert min(found.gains.values()) >= 0
    able = mutual_gain(game, range(len(game.issues))).everyone
    assert able == all(g > 0 for g in sequential_agenda(game, discount="1/2").gains.values())
    turned = sequential_agenda(game, discount=d, first="2")
    assert turned.gains == found.if_other_first
