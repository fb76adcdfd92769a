"""Mechanisms against a dense programme written independently."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from heavy import some
from mechanism_games import CLOSE, OPTIONS, F, random_game
from scipy.optimize import linprog

import bargaining as bg


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


@pytest.mark.parametrize("seed", some((0, 1), (2, 3, 4, 5)))
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
