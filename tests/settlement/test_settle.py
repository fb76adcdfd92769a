"""Settlements against the closed forms of the theory notes (C1.* are its case numbers)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from small_games import FENTANYL, GUNS, whole_gains

import bargaining as bg
from bargaining.errors import InputError, VerificationError
from bargaining.model.deal import Deal
from bargaining.settlement.checker import check_package
from bargaining.settlement.solutions import OPTIMA, SOLUTIONS

NUMERICAL = 1e-6


@dataclass(frozen=True)
class Case:
    name: str
    issues: list[Any]
    solution: str
    gains: tuple[Any, ...]
    agenda: str = "linked"
    weights: tuple[Any, ...] | None = None


CASES = [
    Case("C1.1 nash", [GUNS, FENTANYL], "nash", (F(3, 2), F(9, 4))),
    Case("C1.1 ks", [GUNS, FENTANYL], "kalai_smorodinsky", (F(5, 3), 2)),
    Case("C1.1 egal", [GUNS, FENTANYL], "egalitarian", (F(9, 5), F(9, 5))),
    Case("C1.1 util", [GUNS, FENTANYL], "utilitarian", (1, 3)),
    Case("C1.2 delinked", [GUNS, FENTANYL], "egalitarian", (0, 0), "delinked"),
    Case("C1.3 same rate", [GUNS, [[0, 0], [6, -9]]], "nash", (0, 0)),
    Case(
        "C1.4 rates 1 and 3, nash",
        [[[0, 0], [1, -1], [-1, 1]], [[0, 0], [1, -3], [-1, 3]]],
        "nash",
        (F(1, 3), 1),
    ),
    Case(
        "C1.4 egal",
        [[[0, 0], [1, -1], [-1, 1]], [[0, 0], [1, -3], [-1, 3]]],
        "egalitarian",
        (F(1, 2), F(1, 2)),
    ),
    Case(
        "C1.4 equal rates",
        [[[0, 0], [1, -1], [-1, 1]], [[0, 0], [1, -1], [-1, 1]]],
        "egalitarian",
        (0, 0),
    ),
    Case(
        "C1.8 linked hurts",
        [[[0, 0], [1, 0], [0, 1], [1, 1]], [[0, 0], [4, 0], [0, 2], [0, 0]]],
        "nash",
        (F(7, 2), F(7, 4)),
    ),
    Case(
        "C1.8 delinked",
        [[[0, 0], [1, 0], [0, 1], [1, 1]], [[0, 0], [4, 0], [0, 2], [0, 0]]],
        "nash",
        (3, 2),
        "delinked",
    ),
    Case("C1.13 nash S", [[[0, 0], [0, 1], [F(3, 4), F(3, 4)], [1, 0]]], "nash", (F(3, 4),) * 2),
    Case("C1.13 nash T", [[[0, 0], [0, 1], [1, F(7, 10)], [1, 0]]], "nash", (1, F(7, 10))),
    Case(
        "C1.13 ks T",
        [[[0, 0], [0, 1], [1, F(7, 10)], [1, 0]]],
        "kalai_smorodinsky",
        (F(10, 13), F(10, 13)),
    ),
    Case(
        "C1.14 weighted",
        [[[0, 0], [1, 0], [0, 1]]],
        "nash",
        (F(1, 3), F(2, 3)),
        weights=(F(1, 3), F(2, 3)),
    ),
    Case(
        "C1.5 three parties",
        [[[0, 0, 0], [3, -1, -1]], [[0, 0, 0], [-1, 3, -1]], [[0, 0, 0], [-1, -1, 3]]],
        "nash",
        (1, 1, 1),
    ),
    Case("C1.15 two share a pie", [[[0, 0], [1, 0], [0, 1]]], "nash", (F(1, 2), F(1, 2))),
    Case(
        "C1.15 three share a pie",
        [[[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]],
        "nash",
        (F(1, 3),) * 3,
    ),
    Case("D3 delinked", [[[0, 0], [5, 0]], [[0, 0], [-4, 3]]], "egalitarian", (5, 0), "delinked"),
    Case("D3 linked", [[[0, 0], [5, 0]], [[0, 0], [-4, 3]]], "egalitarian", (F(15, 7),) * 2),
    Case("one side cannot gain", [[[0, 0], [3, 0], [-1, 0]]], "nash", (3, 0)),
    Case("held at no loss", [[[0, 0], [0, 2], [-1, 9]]], "kalai_smorodinsky", (0, 2)),
    Case("efficient, not equal", [[[0, 0], [3, 1]]], "egalitarian", (3, 1)),
    Case("tie shared evenly", [[[0, 0], [4, 0], [0, 4]]], "utilitarian", (2, 2)),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_closed_forms(case: Case) -> None:
    game = bg.LinkageGame.from_payoffs(np.array(case.issues, dtype=object))
    weights = dict(zip(game.players, case.weights, strict=True)) if case.weights else None
    found = bg.settle(game, solution=case.solution, agenda=case.agenda, weights=weights)
    assert tuple(found.gains.values()) == case.gains
    assert found.verify()
    assert (found.status == "no_agreement") == (not any(case.gains))


@pytest.mark.parametrize(("a", "ratio"), [(F(1, 2), F(4, 3)), (F(1, 10), F(20, 11))])
def test_c1_9_price_of_delinking(a: F, ratio: F) -> None:
    pies = [[[0, 0], [1, 0], [0, a]], [[0, 0], [a, 0], [0, 1]]]
    game = bg.LinkageGame.from_payoffs(np.array(pies, dtype=object))
    linked, delinked = (bg.settle(game, agenda=name) for name in ("linked", "delinked"))
    for player in game.players:
        assert linked.gains[player] / delinked.gains[player] == ratio


def test_c1_12_risk_aversion() -> None:
    """Divide the dollar with u2 = sqrt(1 - x), on a fine grid that contains x = 2/3."""
    x = np.arange(3001) / 3000
    outcomes = np.column_stack([x, np.sqrt(1 - x)])
    game = bg.LinkageGame.from_payoffs(np.concatenate([[[0, 0]], outcomes])[None])
    found = bg.settle(game).gains
    assert abs(float(found["1"]) - 2 / 3) <= NUMERICAL
    assert abs(float(found["2"]) - (1 / 3) ** 0.5) <= NUMERICAL


def test_c1_17_price_of_delinking_is_at_most_two() -> None:
    rng = np.random.default_rng(17)
    above_one = 0
    for _ in range(60):
        points = whole_gains(rng, (3, 6, 2), 0, 10)
        points[:, 4, 1], points[:, 5, 0] = 0, 0
        points[:, 4, 0], points[:, 5, 1] = rng.integers(1, 12, size=(2, 3))
        game = bg.LinkageGame.from_payoffs(points)
        nash = bg.settle(game, agenda="delinked").gains
        ideal = points.max(axis=1).sum(axis=0)
        for player, most in zip(game.players, ideal, strict=True):
            assert most <= 2 * nash[player]
            above_one += most > nash[player]
    assert above_one


@pytest.mark.parametrize("solution", OPTIMA)
@pytest.mark.parametrize("deals", ["shares", "pure"])
@pytest.mark.parametrize("limit", [0, 80])
def test_programmes_and_geometry_agree(
    solution: str, deals: str, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three independent ways to the same gains: exact hulls, cvxpy, and exact programmes."""
    from bargaining.settlement import one_package
    from bargaining.settlement.program_package import program_package

    rng = np.random.default_rng(5)
    for _ in range(12):
        data = whole_gains(rng, (3, 3, 2), -5, 7)
        game = bg.LinkageGame.from_payoffs(data)
        exact = bg.settle(game, solution=solution, deals=deals)
        with monkeypatch.context() as patch:
            if deals == "shares":
                patch.setattr(one_package, "planar_package", lambda *a: program_package(*a[:4]))
                patch.setattr("bargaining.settlement.exact_program.MAX_ROWS", limit)
            other = bg.settle(game, solution=solution, deals=deals)
        for player in game.players:
            assert abs(float(exact.gains[player] - other.gains[player])) <= NUMERICAL


@pytest.mark.parametrize("limit", [0, 80])
def test_spillovers_settle_the_same_by_programmes(
    limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bargaining.settlement import one_package
    from bargaining.settlement.program_package import program_package

    game = bg.load("us_mexico/guns_for_fentanyl", parameters={"w": 3})
    for solution in OPTIMA:
        exact = bg.settle(game, solution=solution)
        with monkeypatch.context() as patch:
            patch.setattr(one_package, "planar_package", lambda *a: program_package(*a[:4]))
            patch.setattr("bargaining.settlement.exact_program.MAX_ROWS", limit)
            other = bg.settle(game, solution=solution)
            assert other.method != "frontier"
        for player in game.players:
            assert abs(float(exact.gains[player] - other.gains[player])) <= NUMERICAL


def test_spillovers_across_packages_are_realised_but_not_promised() -> None:
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
        payoffs = {a = [0, 2], b = [0, 1]}
        status_quo = "no"
        [[links]]
        between = ["x", "y"]
        [[links.spillovers]]
        when = {x = "yes", y = "yes"}
        payoffs = {a = -4, b = 3}
        """
    )
    found = bg.settle(game, agenda="delinked")
    assert found.promised == {"a": 3, "b": 2}
    assert found.gains == {"a": -1, "b": 5}
    assert found.verify()


def test_payoffs_are_totals() -> None:
    game = bg.loads(
        """
        format = "bargaining-game/1"
        players = ["a", "b"]
        [issues.x]
        actions.a = ["no", "yes"]
        payoffs = {a = [10, 9], b = [20, 25]}
        status_quo.a = "no"
        [issues.y]
        actions.b = ["no", "yes"]
        payoffs = {a = [1, 5], b = [2, 0]}
        status_quo.b = "no"
        """
    )
    found = bg.settle(game, solution="utilitarian")
    assert found.gains == {"a": 3, "b": 3}
    assert found.payoffs == {"a": 14, "b": 25}


def test_tampered_answers_do_not_verify() -> None:
    game = bg.load("us_mexico/six_issue_table")
    good = bg.settle(game)
    better = {"us": F(8), "mexico": F(15, 4)}
    with pytest.raises(VerificationError, match="not the stated"):
        replace(good, gains=better, payoffs=better).verify()
    other = bg.settle(game, solution="egalitarian")
    with pytest.raises(VerificationError, match="form that nash requires"):
        replace(other, solution="nash").verify()
    for field, value in (
        ("gains", better),
        ("promised", better),
        ("payoffs", better),
        ("mutual_gain", False),
        ("status", bg.Status.NO_AGREEMENT),
        ("agenda", "delinked"),
        ("parts", other.parts),
        ("lotteries", other.lotteries),
        ("plan", bg.settle(game, agenda="delinked").plan),
    ):
        with pytest.raises(VerificationError):
            replace(good, **{field: value}).verify()
    nothing = bg.settle(game, agenda="delinked")
    everything = Deal(game.origin, issues=np.arange(6))
    part = replace(nothing.parts[0], package=tuple(range(6)), deal=everything)
    with pytest.raises(VerificationError, match="about other issues"):
        check_package(game, replace(part, package=(1,)), SOLUTIONS["nash"], nothing.weights, 0.0)
    with pytest.raises(VerificationError, match="a trade is worth"):
        check_package(game, part, SOLUTIONS["nash"], nothing.weights, 0.0)


def test_wrong_arguments() -> None:
    game = bg.load("us_mexico/guns_for_fentanyl")
    with pytest.raises(InputError, match='did you mean "nash"'):
        bg.settle(game, solution="nahs")
    with pytest.raises(InputError, match="shares"):
        bg.settle(game, deals="mixed")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="positive"):
        bg.settle(game, weights={"us": 0})
    with pytest.raises(InputError, match="did you mean"):
        bg.settle(game, weights={"mexcio": 1})
    with pytest.raises(InputError, match="ratification or enforcement"):
        bg.settle(game, require=["unanimity"])
    with pytest.raises(InputError, match="reversion"):
        bg.settle(game, require=["enforcement"], reversion="forgive")  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [1_000, 10**5, 10**9])
def test_a_deal_by_a_hair_is_found(size: int) -> None:
    """Three players near the threshold: gains are tiny beside the payoffs."""
    rows = [[size, -1, 0], [0, 1, -size], [-size, 0, size + 1]]
    game = bg.LinkageGame.from_payoffs([[[0, 0, 0], row] for row in rows])
    for solution in OPTIMA:
        found = bg.settle(game, solution=solution)
        assert found.verify()
        assert found.mutual_gain
        assert min(found.gains.values()) >= 0
    assert min(bg.settle(game).gains.values()) > 0


@pytest.mark.parametrize("digits", [8, 10, 12, 15])
def test_a_gain_tiny_beside_the_payoffs(digits: int) -> None:
    tiny = F(1, 10**digits)
    data = [[[0, 0, 0], [1, 0, tiny]], [[0, 0, 0], [1, 1, -1]]]
    found = bg.settle(bg.LinkageGame.from_payoffs(np.array(data, dtype=object)))
    assert found.verify()
    for gain, expected in zip(found.gains.values(), (1, tiny / 2, tiny / 2), strict=True):
        assert abs(float(gain / expected) - 1) <= 1e-3


def test_links_may_be_written_in_either_order() -> None:
    text = """
        format = "bargaining-game/1"
        players = ["a", "b"]
        [issues.x]
        options = ["no", "yes"]
        payoffs = {{a = [0, 3], b = [0, -1]}}
        status_quo = "no"
        [issues.y]
        options = ["no", "yes"]
        payoffs = {{a = [0, -3], b = [0, 2]}}
        status_quo = "no"
        [[links]]
        between = [{0}]
        [[links.spillovers]]
        when = {{x = "no", y = "yes"}}
        payoffs = {{a = 2, b = 2}}
        """
    for between in ('"x", "y"', '"y", "x"'):
        game = bg.loads(text.format(between))
        found = bg.settle(game)
        assert tuple(found.gains.values()) == (F(11, 10), F(11, 8))
        assert found.verify()
        assert bg.solve(game).verify()
        assert bg.frontier(game).verify()


def test_units_of_very_different_size() -> None:
    """Kalai-Smorodinsky of three players whose payoffs differ by 15 orders of magnitude."""
    rows = np.array(
        [[[1, F(-4, 3), 2], [5, F(2, 3), 2], [F(-1, 2), 1, -1], [1, F(-1, 3), -5]]], dtype=object
    )
    unit = np.array([F(1000), F(1, 10**12), F(1, 10**12)], dtype=object)
    found = bg.settle(bg.LinkageGame.from_payoffs(rows * unit), solution="kalai_smorodinsky")
    assert [g / u for g, u in zip(found.gains.values(), unit, strict=True)] == [4, 2, 0]
    assert found.verify()


@pytest.mark.parametrize("players", [3, 4])
def test_random_games_with_many_players_are_certified(players: int) -> None:
    rng = np.random.default_rng(players)
    for _ in range(6):
        data = whole_gains(rng, (6, 3, players), -6, 8)
        game = bg.LinkageGame.from_payoffs(data)
        for solution in OPTIMA:
            found = bg.settle(game, solution=solution)
            assert found.verify()
