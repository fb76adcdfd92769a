"""Direct mechanisms: known values, an independent programme, orderings, verification."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

import bargaining as bg
from bargaining.errors import InputError, NotDefinedError, NotSupportedError, VerificationError

F = Fraction
CLOSE = 1e-6
OPTIONS = list(
    itertools.product(
        ("none", "expected", "ex_post"),
        ("interim", "ex_post", "none"),
        ("bayesian", "dominant"),
        ("total", "max-min", "a"),
    )
)


def game_of(document: dict[str, Any]) -> bg.LinkageGame:
    return bg.loads(json.dumps({"format": "bargaining-game/1", **document}), format="json")


def trade(values: list[Fraction], costs: list[Fraction]) -> bg.LinkageGame:
    """A buyer and a seller, all types equally likely."""

    def draw(player: str, worth: list[Fraction]) -> dict[str, Any]:
        return {
            "player": player,
            "probability": [str(F(1, len(worth)))] * len(worth),
            "payoffs": {"good": {player: [[0, str(v)] for v in worth]}},
        }

    return game_of(
        {
            "players": ["buyer", "seller"],
            "issues": {
                "good": {
                    "options": ["keep", "trade"],
                    "status_quo": "keep",
                    "payoffs": {"buyer": [0, 1], "seller": [0, -1]},
                }
            },
            "types": [draw("buyer", values), draw("seller", [-c for c in costs])],
        }
    )


def midpoints(n: int) -> list[Fraction]:
    return [F(2 * k + 1, 2 * n) for k in range(n)]


# Myerson and Satterthwaite 1983: for uniform types first best 1/6, second best 9/64.
@pytest.mark.parametrize(("n", "value"), [(2, F(1, 8)), (4, F(5, 32)), (10, F(1512, 10_000))])
def test_grids_of_values(n: int, value: Fraction) -> None:
    answer = bg.mechanism(trade(midpoints(n), midpoints(n)), transfers="expected")
    assert answer.second_best == value
    assert answer.verify()


def test_grids_come_close_to_the_continuum() -> None:
    found = [
        bg.mechanism(trade(midpoints(n), midpoints(n)), transfers="expected") for n in (10, 20, 40)
    ]
    firsts = [float(answer.first_best) for answer in found]
    seconds = [float(answer.second_best) for answer in found]
    assert firsts[0] < firsts[1] < firsts[2] < 1 / 6
    assert firsts[2] == pytest.approx(1 / 6, abs=2e-4)
    assert seconds[0] > seconds[1] > seconds[2] > 9 / 64
    # the distance halves with the grid; extrapolated it is the continuum's
    assert 2 * seconds[2] - seconds[1] == pytest.approx(9 / 64, abs=1e-3)
    assert all(answer.verify() for answer in found)


# Two types each: q = min(1, 1/(2 - 4a)), value (1 + 2aq)/4 (cf. Matsuo 1989).
@pytest.mark.parametrize("a", [F(0), F(1, 8), F(1, 5), F(1, 4), F(2, 5)])
@pytest.mark.parametrize("transfers", ["expected", "ex_post"])
def test_two_types(a: Fraction, transfers: Any) -> None:
    answer = bg.mechanism(trade([a, F(1)], [F(0), 1 - a]), transfers=transfers)
    q = min(F(1), 1 / (2 - 4 * a))
    assert answer.first_best == (1 + 2 * a) / 4
    assert answer.second_best == (1 + 2 * a * q) / 4
    assert answer.tolerance == 0
    assert answer.verify()


def test_no_trade_without_payments() -> None:
    assert bg.mechanism(trade([F(1, 8), F(1)], [F(1, 9), F(7, 8)])).second_best == 0


# Jackson and Sonnenschein 2007: values -2, -1, 1, 2 without money; 3/4, two linked 27/32 each.
def test_votes() -> None:
    game = bg.load("us_mexico/which_priority")
    apart = bg.mechanism(game, rationality="none", agenda="delinked")
    linked = bg.mechanism(game, rationality="none")
    assert apart.second_best == 2 * F(3, 4)
    assert linked.second_best == 2 * F(27, 32)
    assert linked.first_best == apart.first_best == apart.efficient == 2 * F(7, 8)
    assert linked.verify()
    assert apart.verify()


def test_vetted_unit() -> None:
    game = bg.load("us_mexico/foreign_agents_law")
    answer = bg.mechanism(game)
    assert answer.second_best == F(23, 12)
    assert answer.gains == {"us": F(3, 2), "mexico": F(5, 12)}
    assert answer.interim["mexico"] == {"vetted": F(5, 3), "compromised": 0}
    vetted, compromised = answer.outcome_rule
    assert vetted["types"] == {"mexico": "vetted"}
    assert vetted["deal"]["channel"] == {"share": 1}
    assert vetted["deal"]["vetting"] == {"open reports": F(2, 3), "vetted unit": F(1, 3)}
    assert compromised["deal"] == {"channel": {"withhold": 1}, "vetting": {"open reports": 1}}
    assert answer.slacks["incentive"]["slack"] == answer.slacks["rationality"]["slack"] == 0
    assert answer.slacks["incentive"]["binding"] == [
        'mexico, if "compromised", would not gain by posing as "vetted"'
    ]
    assert bg.mechanism(game, agenda="delinked").second_best == 0


def random_game(seed: int, *, players: int = 2, efficiency: str = "1") -> bg.LinkageGame:
    """A small game: two issues, draws of own and of others' payoffs, a spillover now and then."""
    rng = np.random.default_rng(seed)
    names = ["a", "b", "c"][:players]

    def row(count: int) -> list[int]:
        return [0, *rng.integers(-4, 5, count - 1).tolist()]

    sizes = {"x": 3, "y": 2}
    issues = {
        issue: {
            "options": [str(o) for o in range(size)],
            "status_quo": "0",
            "payoffs": {name: row(size) for name in names},
        }
        for issue, size in sizes.items()
    }
    draws = []
    free = {(issue, name) for issue in sizes for name in names}
    for owner in names:
        for issue in sizes:
            target = owner if rng.random() < 0.7 else names[int(rng.integers(players))]
            if (issue, target) not in free or (players > 2 and issue == "y"):
                continue
            free.discard((issue, target))
            rows = [row(sizes[issue]) for _ in range(2)]
            chance = F(int(rng.integers(1, 4)), 4)
            draws.append(
                {
                    "player": owner,
                    "probability": [str(chance), str(1 - chance)],
                    "payoffs": {issue: {target: rows}},
                }
            )
    document: dict[str, Any] = {"players": names, "issues": issues, "types": draws}
    if efficiency != "1":
        document["transfers"] = {"efficiency": efficiency}
    if rng.random() < 0.5:
        document["links"] = [
            {
                "between": ["x", "y"],
                "spillovers": [
                    {
                        "when": {"x": "1", "y": "1"},
                        "payoffs": {name: int(rng.integers(-2, 3)) for name in names},
                    }
                ],
            }
        ]
    return game_of(document)


class Dense:
    """The same question by all shares of joint outcomes and all payments, in every profile."""

    def __init__(self, game: bg.LinkageGame, efficiency: float) -> None:
        self.game, self.efficiency = game, efficiency
        document = game.document
        self.names = list(game.players)
        self.outcomes = list(itertools.product(range(3), range(2)))
        own = [[d for d in document["types"] if d["player"] == n] for n in self.names]
        self.types = [list(itertools.product(*(range(2) for _ in mine))) for mine in own]
        self.chance = [
            [
                float(
                    np.prod([float(F(d["probability"][s])) for d, s in zip(mine, t, strict=True)])
                )
                for t in types
            ]
            for mine, types in zip(own, self.types, strict=True)
        ]
        self.profiles = list(itertools.product(*(range(len(t)) for t in self.types)))
        self.own = own

    def gain(self, i: int, profile: tuple[int, ...]) -> np.ndarray:
        document = self.game.document
        tables = {k: list(v["payoffs"][self.names[i]]) for k, v in document["issues"].items()}
        for p, mine in enumerate(self.own):
            for d, s in zip(mine, self.types[p][profile[p]], strict=True):
                for issue, replaced in d["payoffs"].items():
                    if self.names[i] in replaced:
                        tables[issue] = replaced[self.names[i]][s]
        extra = 0
        for link in document.get("links", []):
            extra = link["spillovers"][0]["payoffs"][self.names[i]]
        return np.array(
            [tables["x"][x] + tables["y"][y] + extra * (x == y == 1) for x, y in self.outcomes],
            dtype=float,
        )

    def solve(
        self, transfers: str, rationality: str, incentive: str, objective: str, *, honest: bool
    ) -> float:
        n, m, count = len(self.names), len(self.outcomes), len(self.profiles)
        place = {profile: k for k, profile in enumerate(self.profiles)}
        size = count * m + 2 * count * n + 1
        stake = [i for i in range(n) if any(np.any(self.gain(i, p)) for p in self.profiles)]

        def utility(i: int, true: tuple[int, ...], told: tuple[int, ...]) -> np.ndarray:
            row = np.zeros(size)
            row[place[told] * m : place[told] * m + m] = self.gain(i, true)
            if transfers != "none" and i in stake:
                row[count * m + place[told] * n + i] = 1
                row[count * m + count * n + place[told] * n + i] = -1
            return row

        def probability(profile: tuple[int, ...], without: int | None = None) -> float:
            return float(
                np.prod([self.chance[p][t] for p, t in enumerate(profile) if p != without])
            )

        upper, equal, right = [], [], []
        for i in range(n):
            for t, s in itertools.product(range(len(self.types[i])), repeat=2):
                mine = [p for p in self.profiles if p[i] == t]
                lies = [utility(i, p, (*p[:i], s, *p[i + 1 :])) - utility(i, p, p) for p in mine]
                weights = [probability(p, i) for p in mine]
                if honest and incentive == "bayesian":
                    upper.append(np.tensordot(weights, lies, 1))
                elif honest:
                    upper += lies
                if s == t and i in stake:
                    kept = [-utility(i, p, p) for p in mine]
                    if rationality == "interim":
                        upper.append(np.tensordot(weights, kept, 1))
                    elif rationality == "ex_post":
                        upper += kept
        budget = []
        for profile in self.profiles:
            row = np.zeros(size)
            at = count * m + place[profile] * n
            row[at : at + n] = 1
            row[at + count * n : at + count * n + n] = -self.efficiency
            budget.append(row)
        if transfers == "expected":
            budget = [np.tensordot([probability(p) for p in self.profiles], budget, 1)]
        if transfers != "none":
            (upper if self.efficiency < 1 else equal).extend(budget)
        for profile in self.profiles:
            row = np.zeros(size)
            row[place[profile] * m : place[profile] * m + m] = 1
            right.append(row)
        totals = [sum(probability(p) * utility(i, p, p) for p in self.profiles) for i in range(n)]
        cost = np.zeros(size)
        if objective == "max-min":
            cost[-1] = 1
            for i in stake:
                upper.append(cost - totals[i])
        elif objective == "total":
            cost = sum(totals)
        else:
            cost = totals[self.names.index(objective)]
        found = linprog(
            -cost,
            A_ub=np.array(upper) if upper else None,
            b_ub=np.zeros(len(upper)) if upper else None,
            A_eq=np.array([*equal, *right]),
            b_eq=np.array([0.0] * len(equal) + [1.0] * len(right)),
            bounds=[(0, None)] * (size - 1) + [(None, None)],
        )
        assert found.status == 0, found.message
        return -float(found.fun)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("efficiency", ["1", "1/2"])
def test_against_a_dense_programme(seed: int, efficiency: str) -> None:
    game = random_game(seed, efficiency=efficiency)
    dense = Dense(game, float(F(efficiency)))
    for transfers, rationality, incentive, objective in OPTIONS[seed % 3 :: 3]:
        asked = (transfers, rationality, incentive, objective)
        if objective == "a" and transfers != "none" and rationality == "none":
            continue
        answer = bg.mechanism(
            game,
            transfers=transfers,
            rationality=rationality,
            incentive=incentive,
            objective=objective,
        )
        assert answer.status == "solved", asked
        assert answer.verify()
        for found, honest in ((answer.second_best, True), (answer.first_best, False)):
            wanted = dense.solve(*asked, honest=honest)
            assert float(found) == pytest.approx(wanted, abs=CLOSE), (asked, honest)


@pytest.mark.parametrize("seed", range(3))
def test_three_players_against_a_dense_programme(seed: int) -> None:
    game = random_game(seed + 100, players=3)
    dense = Dense(game, 1.0)
    for asked in (
        ("none", "interim", "bayesian", "total"),
        ("expected", "interim", "bayesian", "max-min"),
        ("ex_post", "interim", "bayesian", "total"),
        ("ex_post", "none", "dominant", "total"),
        ("none", "ex_post", "dominant", "a"),
    ):
        answer = bg.mechanism(
            game, transfers=asked[0], rationality=asked[1], incentive=asked[2], objective=asked[3]
        )
        assert answer.verify()
        wanted = dense.solve(*asked, honest=True)
        assert float(answer.second_best) == pytest.approx(wanted, abs=CLOSE), asked


@pytest.mark.parametrize("seed", range(8))
def test_orders(seed: int) -> None:
    game = random_game(seed + 50)
    values = {
        (agenda, incentive): bg.mechanism(game, incentive=incentive, agenda=agenda)
        for agenda in ("linked", "delinked")
        for incentive in ("bayesian", "dominant")
    }
    for agenda in ("linked", "delinked"):
        bayesian, dominant = values[agenda, "bayesian"], values[agenda, "dominant"]
        assert 0 <= dominant.second_best <= bayesian.second_best + CLOSE
        assert bayesian.second_best <= bayesian.first_best + CLOSE
        assert bayesian.first_best <= bayesian.efficient + CLOSE
    if not game.interactions:  # else each package counts the other at its status quo
        for incentive in ("bayesian", "dominant"):
            linked = values["linked", incentive].second_best
            assert linked >= values["delinked", incentive].second_best - CLOSE


def test_known_payoffs_cost_nothing() -> None:
    answer = bg.mechanism(bg.load("us_mexico/guns_for_fentanyl"))
    assert answer.lost == 0
    assert "incentive" not in answer.slacks
    assert answer.verify()


def test_tampering_is_found() -> None:
    answer = bg.mechanism(bg.load("us_mexico/foreign_agents_law"))
    (part,) = answer.parts
    rule = part.best.rule
    shares = rule.shares.copy()
    shares[0, 0] = [F(0), F(1), F(1), F(0)]  # shared in full, without a vetted unit

    def changed(**changes: Any) -> bg.Mechanism:
        best = replace(part.best, **changes)
        return replace(answer, parts=(replace(part, best=best),), second_best=best.value)

    with pytest.raises(VerificationError, match="value"):
        changed(rule=replace(rule, shares=shares)).verify()
    with pytest.raises(VerificationError, match="incentive"):
        changed(rule=replace(rule, shares=shares), value=F(2)).verify()
    with pytest.raises(VerificationError, match="lottery"):
        changed(rule=replace(rule, shares=rule.shares * 2)).verify()
    free = tuple(0 * table for table in part.best.prices.incentive)
    prices = replace(part.best.prices, incentive=free)
    with pytest.raises(VerificationError, match="prices"):
        changed(prices=prices).verify()
    with pytest.raises(VerificationError, match="second_best"):
        replace(answer, second_best=F(2)).verify()
    worse = replace(part, best=replace(part.best, rule=part.public.rule, value=F(2), bound=F(2)))
    with pytest.raises(VerificationError, match="incentive"):
        replace(answer, parts=(worse,), second_best=F(2)).verify()


def test_tampering_with_payments_is_found() -> None:
    answer = bg.mechanism(trade([F(1, 8), F(1)], [F(0), F(7, 8)]), transfers="ex_post")
    (part,) = answer.parts
    rule = part.best.rule
    richer = replace(rule, received=tuple(t + 1 for t in rule.received))
    best = replace(part.best, rule=richer, value=part.best.value + 2)
    with pytest.raises(VerificationError, match="budget"):
        replace(answer, parts=(replace(part, best=best),), second_best=best.value).verify()


def test_another_question_than_the_one_answered_is_found() -> None:
    answer = bg.mechanism(bg.load("classic/bilateral_trade"), transfers="expected")
    for changes in (
        {"transfers": "none"},
        {"incentive": "dominant"},
        {"rationality": "none"},
        {"objective": "max-min"},
    ):
        asked = replace(answer.question, **changes)  # type: ignore[arg-type]
        with pytest.raises(VerificationError, match="another question"):
            replace(answer, question=asked).verify()
    with pytest.raises(VerificationError, match="another question"):
        replace(answer, copies=5).verify()
    asked = replace(answer.question, efficiency=F(1, 2))
    parts = tuple(replace(part, question=asked) for part in answer.parts)
    with pytest.raises(VerificationError, match="payments arrive at 1/2"):
        replace(answer, question=asked, parts=parts).verify()


def test_another_question_about_copies_is_found() -> None:
    answer = bg.mechanism(bg.load("classic/bilateral_trade"), transfers="expected", copies=2)
    (part,) = answer.parts
    for changes in (
        {"transfers": "none"},
        {"rationality": "none"},
        {"objective": "max-min"},
        {"copies": 3},
    ):
        forged = replace(part, found=replace(part.found, **changes))
        with pytest.raises(VerificationError, match="another question"):
            replace(answer, parts=(forged,)).verify()
    with pytest.raises(VerificationError, match="another question"):
        replace(answer, copies=3).verify()
    dominant = replace(answer.question, incentive="dominant")
    with pytest.raises(VerificationError, match="another question"):
        replace(answer, question=dominant).verify()


def test_a_player_without_stake() -> None:
    answer = bg.mechanism(
        bg.load("us_mexico/foreign_agents_law"),
        agenda="delinked",
        incentive="dominant",
        rationality="ex_post",
        transfers="ex_post",
    )
    channel, vetting = answer.parts
    assert vetting.setting.stake == (1,)
    assert vetting.best.value == 0
    # ex post the compromised type would pay the United States' loss of 3 out of a gain of 1
    assert channel.best.value <= channel.public.value == 2
    assert answer.verify()


@pytest.mark.parametrize("incentive", ["bayesian", "dominant"])
@pytest.mark.parametrize("transfers", ["none", "expected", "ex_post"])
def test_nothing_to_decide(incentive: Any, transfers: Any) -> None:
    issue = {"options": ["only"], "status_quo": "only", "payoffs": {"us": [3]}}
    game = game_of({"players": ["us", "mexico"], "issues": {"x": issue}})
    answer = bg.mechanism(game, incentive=incentive, transfers=transfers)
    assert answer.second_best == answer.efficient == 0
    assert answer.verify()


def test_wrong_questions() -> None:
    game = bg.load("us_mexico/foreign_agents_law")
    with pytest.raises(InputError, match="transfers: expected one of none, expected, ex_post"):
        bg.mechanism(game, transfers="some")  # type: ignore[arg-type]
    with pytest.raises(InputError, match='did you mean "mexico"'):
        bg.mechanism(game, objective="mexiko")
    with pytest.raises(InputError, match="copies"):
        bg.mechanism(game, copies=0)
    with pytest.raises(NotDefinedError, match="objective us: not defined"):
        bg.mechanism(game, objective="us", transfers="expected", rationality="none")


@pytest.mark.parametrize("channel", ["premium", "caps", "floors", "vetoes", "utility"])
def test_other_channels_are_refused(channel: str) -> None:
    values = {
        "premium": {"us": {"scale": 1, "rate": 1}},
        "caps": {"us": 1},
        "floors": {"us": 1},
        "vetoes": {"x": ["us"]},
        "utility": {"us": {"form": "exponential", "parameter": 1}},
    }
    document = {
        "players": ["us", "mexico"],
        "issues": {
            "x": {
                "options": ["no", "yes"],
                "status_quo": "no",
                "payoffs": {"us": [0, 1], "mexico": [0, 1]},
                "visibility": {"us": [0, 1]},
            }
        },
        channel: values[channel],
    }
    with pytest.raises(NotSupportedError, match=rf"\[{channel}\]"):
        bg.mechanism(game_of(document))
