"""Coco value and variable threats: known answers, brute force, and their axioms."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_games import guns_for_fentanyl

import bargaining as bg
from bargaining.errors import InputError, NotDefinedError, NotSupportedError, VerificationError
from bargaining.settlement import threats
from bargaining.settlement.checker import check_package
from bargaining.settlement.solutions import SOLUTIONS

CLOSE = 1e-7
PROPERTY = settings(
    deadline=None, max_examples=40, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
TRUCKS = """
format = "bargaining-game/1"
players = ["us", "mexico"]
[issues.migration]
actions.mexico = ["transit", "control"]
payoffs = { us = [0, 6], mexico = [0, -4] }
status_quo.mexico = "transit"
[issues.trucks]
actions.us = ["normal", "full inspections"]
payoffs = { us = [0, -1], mexico = [0, -5] }
status_quo.us = "normal"
"""


@pytest.fixture(name="trucks")
def trucks_game() -> bg.LinkageGame:
    return bg.loads(TRUCKS)


def normal_form(name: str, first: Any, second: Any) -> bg.Issue:
    rows, columns = np.array(first).shape
    return bg.Issue.normal_form(
        name,
        ["a", "b"],
        {"a": [f"r{i}" for i in range(rows)], "b": [f"c{j}" for j in range(columns)]},
        {"a": first, "b": second},
        status_quo={"a": "r0", "b": "c0"},
    )


@pytest.mark.parametrize(
    ("agenda", "gains"), [("migration", (1, 1)), ("trucks", (2, -2)), ("linked", (3, -1))]
)
def test_c8_2_blackmail_with_side_payments(
    trucks: bg.LinkageGame, agenda: str, gains: tuple[int, int]
) -> None:
    game = trucks if agenda == "linked" else trucks.without(
        "trucks" if agenda == "migration" else "migration"
    )  # fmt: skip
    found = bg.settle(game, solution="coco")
    assert tuple(found.gains.values()) == gains
    assert sum(found.transfers.values()) == 0
    assert found.verify()


def test_side_payments_make_up_the_difference(trucks: bg.LinkageGame) -> None:
    found = bg.settle(trucks, solution="coco")
    assert found.deal["migration"] == {"control": 1}
    assert found.transfers == {"us": -3, "mexico": 3}
    data = found.to_dict(exact=True)
    assert data["exact"]["transfers"] == {"us": "-3", "mexico": "3"}
    assert data["details"]["migration+trucks"]["value"] == 4
    assert bg.settle(trucks).transfers == {"us": 0, "mexico": 0}


def test_c8_2_blackmail_without_side_payments(trucks: bg.LinkageGame) -> None:
    """Scenario 18: control share 13/24, gains (13/4, -13/6)."""
    for commit in (None, ["us"], ["us", "mexico"]):
        found = bg.settle(trucks, solution="nash_variable_threat", commit=commit)
        assert found.gains == {"us": F(13, 4), "mexico": F(-13, 6)}
        assert found.deal["migration"]["control"] == F(13, 24)
        assert found.details["migration+trucks"]["disagreement"] == {"us": -1, "mexico": -5}
        assert found.verify()


@pytest.mark.parametrize("commit", [[], ["mexico"]])
def test_without_commitment_the_threat_is_empty(trucks: bg.LinkageGame, commit: list[str]) -> None:
    found = bg.settle(trucks, solution="nash_variable_threat", commit=commit)
    assert found.status == "no_agreement"
    assert found.gains == {"us": 0, "mexico": 0}
    assert found.verify()


@pytest.mark.parametrize("solution", ["coco", "nash_variable_threat"])
def test_verdicts_of_threats(trucks: bg.LinkageGame, solution: str) -> None:
    verdict = bg.solve(trucks, solution=solution)
    assert verdict.verify()
    assert verdict.verdict.linking_breaks_deadlock is False
    expected = {"coco": "no_effect", "nash_variable_threat": "redistributes"}
    assert verdict.verdict.effect == expected[solution]


def test_c8_3_coco_adds_up() -> None:
    rng = np.random.default_rng(83)
    for _ in range(15):
        issues = [
            normal_form(
                f"i{k}", *rng.integers(-5, 6, size=(2, *rng.integers(1, 4, size=2))).tolist()
            )
            for k in range(3)
        ]
        game = bg.LinkageGame(("a", "b"), issues)
        linked, delinked = (
            bg.settle(game, solution="coco", agenda=name) for name in ("linked", "delinked")
        )
        assert linked.gains == delinked.gains
        assert linked.verify()
        assert delinked.verify()


def coupled(seed: int) -> bg.LinkageGame:
    rng = np.random.default_rng(seed)
    issues = [normal_form(f"i{k}", *rng.integers(-5, 6, size=(2, 2, 2)).tolist()) for k in range(2)]
    table = np.array([F(int(x)) for x in rng.integers(-4, 5, size=32)], dtype=object)
    return bg.LinkageGame(
        ("a", "b"), issues, (bg.Link(("i1", "i0"), True, table.reshape(4, 4, 2)),)
    )


@pytest.mark.parametrize("seed", range(8))
def test_coco_of_interacting_issues_by_hand(seed: int) -> None:
    """The difference game written out from payoffs, solved by another solver."""
    from scipy.optimize import linprog

    game = coupled(seed)
    first, second = game.issues.values()
    spill = game.links[0].spillovers  # type: ignore[index]
    cells: dict[tuple[int, int, int, int], np.ndarray] = {}
    for r0, c0, r1, c1 in itertools.product(range(2), repeat=4):
        one, two = 2 * r0 + c0, 2 * r1 + c1
        cells[r0, c0, r1, c1] = (
            first.exact_payoffs[one] + second.exact_payoffs[two] + spill[two, one]
        ).astype(float)
    base = cells[0, 0, 0, 0]
    pairs = list(itertools.product(range(2), repeat=2))
    table = np.array([
        [float(np.subtract(*(cells[r0, c0, r1, c1] - base))) for c0, c1 in pairs]
        for r0, r1 in pairs
    ])  # fmt: skip
    value = linprog(
        [0] * 4 + [1],
        A_ub=np.column_stack([table, -np.ones(4)]),
        b_ub=np.zeros(4),
        A_eq=[[1] * 4 + [0]],
        b_eq=[1],
        bounds=[(0, 1)] * 4 + [(None, None)],
    ).fun
    total = max(sum(u - base) for u in cells.values())
    found = bg.settle(game, solution="coco")
    assert float(found.gains["a"]) == pytest.approx((total + value) / 2, abs=CLOSE)
    assert float(found.gains["b"]) == pytest.approx((total - value) / 2, abs=CLOSE)
    assert found.tolerance == 0
    assert found.verify()


def test_too_many_joint_acts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threats, "MAX_CELLS", 15)
    with pytest.raises(NotSupportedError, match=r"16 cells .at most 15"):
        bg.settle(coupled(0), solution="coco")
    bg.settle(coupled(0), solution="coco", agenda="delinked")


def bargained(frontier: list[tuple[float, float]], d: tuple[float, float]) -> tuple[float, float]:
    """Return the Nash solution from d, by trying every edge: for brute force only."""
    best = (-1.0, frontier[0])
    for a, b in itertools.pairwise(frontier):
        step = (b[0] - a[0], b[1] - a[1])
        part = -(step[0] * (a[1] - d[1]) + step[1] * (a[0] - d[0])) / (2 * step[0] * step[1])
        for t in (0.0, min(max(part, 0.0), 1.0), 1.0):
            u = (a[0] + t * step[0], a[1] + t * step[1])
            if u[0] >= d[0] - 1e-9 and u[1] >= d[1] - 1e-9:
                best = max(best, ((u[0] - d[0]) * (u[1] - d[1]), u))
    if len(frontier) == 1:
        return frontier[0]
    return best[1]


def mixtures(size: int, rng: np.random.Generator) -> list[np.ndarray]:
    return [*np.eye(size), *rng.dirichlet(np.ones(size), size=40)]


@st.composite
def conflicts(draw: st.DrawFn) -> bg.LinkageGame:
    issues = []
    for k in range(draw(st.integers(1, 2))):
        rows, columns = draw(st.integers(1, 3)), draw(st.integers(1, 3))
        cells = draw(
            st.lists(st.integers(-5, 6), min_size=2 * rows * columns, max_size=2 * rows * columns)
        )
        issues.append(normal_form(f"i{k}", *np.array(cells).reshape(2, rows, columns).tolist()))
    return bg.LinkageGame(("a", "b"), issues)


@PROPERTY
@given(conflicts(), st.sampled_from([("a", "b"), ("a",), ("b",)]))
def test_nobody_can_threaten_better(game: bg.LinkageGame, commit: tuple[str, ...]) -> None:
    """Re-bargain from what pure and random mixed deviations of a committed player lead to."""
    found = bg.settle(game, solution="nash_variable_threat", commit=commit)
    assert found.verify()
    frontier = bg.frontier(game)
    corners = [tuple(map(float, frontier.point(i))) for i in range(len(frontier))]
    facts = found.details["+".join(game.issue_names)]
    rng = np.random.default_rng(0)
    tables = {}
    for name, issue in game.issues.items():
        shape = (len(issue.actions["a"]), len(issue.actions["b"]), 2)
        tables[name] = issue.exact_gains.astype(float).reshape(shape)
    played = {
        (player, name): np.array([
            float(facts["threats"][player].get(name, {}).get(act, 0))
            for act in game.issues[name].actions[player]
        ])
        for player in ("a", "b") for name in tables
    }  # fmt: skip
    for key, mix in played.items():
        if mix.sum() == 0:
            mix[0] = 1  # a single act has no choice
        assert key
    for side, player in enumerate(("a", "b")):
        if player not in commit:
            continue
        other = "ba"[side]
        for trial in range(25):
            d = np.zeros(2)
            for name, table in tables.items():
                options = mixtures(table.shape[side], rng)
                mine = options[(trial * 7 + len(name)) % len(options)]
                reply = played[other, name]
                line = np.tensordot(mine, table, axes=(0, side))
                if other not in commit:  # the best reply, ties in the deviator's disfavour
                    best = line[:, 1 - side].max()
                    choices = [j for j in range(len(line)) if line[j, 1 - side] >= best - 1e-9]
                    j = min(choices, key=lambda j: line[j, side])
                    reply = np.eye(len(line))[j]
                d += reply @ line
            u = bargained(corners, (d[0], d[1]))
            assert u[side] <= float(found.gains[player]) + 1e-6 * (1 + abs(u[side]))


@PROPERTY
@given(conflicts(), st.integers(1, 9))
def test_variable_threats_do_not_depend_on_units(game: bg.LinkageGame, factor: int) -> None:
    issues = [
        replace(issue, exact_payoffs=issue.exact_payoffs * np.array([F(factor), F(1)]))
        for issue in game.issues.values()
    ]
    scaled = bg.LinkageGame(game.players, issues)
    before, after = (bg.settle(g, solution="nash_variable_threat") for g in (game, scaled))
    assert after.gains == {"a": factor * before.gains["a"], "b": before.gains["b"]}


@PROPERTY
@given(conflicts())
def test_without_commitment_it_is_the_nash_solution(game: bg.LinkageGame) -> None:
    found = bg.settle(game, solution="nash_variable_threat", commit=())
    nash = bg.settle(game)
    if len(nash.parts[0].gainers) == 2:
        assert found.gains == nash.gains
    assert found.verify()


@PROPERTY
@given(conflicts())
def test_coco_by_its_formula(game: bg.LinkageGame) -> None:
    found = bg.settle(game, solution="coco")
    assert found.verify()
    corners = bg.frontier(game).points
    assert float(sum(found.gains.values())) == pytest.approx(corners.sum(axis=1).max())
    swapped = bg.LinkageGame(("b", "a"), [
        bg.Issue.normal_form(
            issue.name, ["b", "a"], {"b": issue.actions["b"], "a": issue.actions["a"]},
            {p: issue.exact_payoffs[:, i].reshape(issue.shape).T.tolist()
             for i, p in enumerate(issue.players)},
            status_quo={"a": "r0", "b": "c0"},
        )
        for issue in game.issues.values()
    ])  # fmt: skip
    assert bg.settle(swapped, solution="coco").gains == found.gains


def test_option_issues_threaten_nobody() -> None:
    game = guns_for_fentanyl()
    coco = bg.settle(game, solution="coco")
    assert coco.gains == {"1": 2, "2": 2}
    assert bg.settle(game, solution="nash_variable_threat").gains == bg.settle(game).gains


def test_threats_need_a_status_quo_of_their_own(trucks: bg.LinkageGame) -> None:
    reserved = bg.loads(TRUCKS + "[reservation]\nus = 1\n")
    for solution in ("coco", "nash_variable_threat"):
        with pytest.raises(NotDefinedError, match="threats are not defined"):
            bg.settle(reserved, solution=solution)


def test_wrong_commitments(trucks: bg.LinkageGame) -> None:
    with pytest.raises(InputError, match='did you mean "mexico"'):
        bg.settle(trucks, solution="nash_variable_threat", commit=["mexcio"])
    with pytest.raises(InputError, match="expected a list of players"):
        bg.settle(trucks, solution="nash_variable_threat", commit="us")
    with pytest.raises(InputError, match="only nash_variable_threat"):
        bg.settle(trucks, commit=["us"])


def test_tampered_threats_do_not_verify(trucks: bg.LinkageGame) -> None:
    for solution, commit in (("coco", None), ("nash_variable_threat", None),
                             ("nash_variable_threat", ["us"])):  # fmt: skip
        found = bg.settle(trucks, solution=solution, commit=commit)
        concept, (part,) = SOLUTIONS[solution], found.parts
        evidence = part.evidence
        quiet = tuple((F(1), F(0)) if len(m) == 2 else m for m in evidence.above.first)  # type: ignore[attr-defined]
        weak = replace(evidence.above, first=quiet)  # type: ignore[attr-defined]
        for wrong in (
            replace(part, evidence=None),
            replace(part, evidence=replace(evidence, below=weak, above=weak)),  # type: ignore[type-var]
            replace(part, evidence=replace(evidence, games=())),  # type: ignore[type-var]
            replace(part, gains=(F(1), F(1))),
            replace(part, transfers=(F(1), F(1))),
        ):
            with pytest.raises((VerificationError, ValueError)):
                check_package(trucks, wrong, concept, found.weights, 0.0)


@pytest.mark.parametrize("size", [30, pytest.param(70, marks=pytest.mark.slow)])
def test_large_threat_games(size: int) -> None:
    """Exactly up to 4,096 cells, numerically beyond; certified both ways."""
    rng = np.random.default_rng(size)
    issue = normal_form("x", *rng.integers(-9, 10, size=(2, size, size)).tolist())
    game = bg.LinkageGame(("a", "b"), [issue])
    for solution in ("coco", "nash_variable_threat"):
        found = bg.settle(game, solution=solution)
        assert found.verify()
        assert (found.tolerance == 0) == (size == 30)
