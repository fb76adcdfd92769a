"""Mediators who hear reports: brute force over every lie and disobedience, limits, forgeries."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from bayesian_games import random_bayesian
from linked_games import CHICKEN, game, path, random_game
from scipy.optimize import linprog
from small_games import DILEMMA, matrix_issue

import bargaining as bg
from bargaining.equilibrium.communication import communication_equilibrium
from bargaining.equilibrium.correlated import correlated_equilibrium
from bargaining.errors import InputError, NotDefinedError, NotSupportedError, VerificationError
from bargaining.model.information import Draw
from bargaining.model.issue import Issue
from bargaining.results import Status

NUMERICAL = 1e-6


def dense(found: bg.LinkageGame, *, coarse: bool) -> tuple[Any, Any]:
    """Chances of type profiles and payoffs (profile, joint act, player), play by play."""
    types = []
    for player in found.players:
        mine = [d for d in found.draws if d.player == player]
        types.append(list(itertools.product(*(range(len(d.labels)) for d in mine))))
    issues = list(found.issues.values())
    own = [
        list(itertools.product(*(range(len(i.actions.get(p, ("",)))) for i in issues)))
        for p in found.players
    ]
    return types, own


def payoff(found: bg.LinkageGame, drawn: dict[int, int], acts: Any) -> list[F]:
    """What the players get, from the payoff tables as they stand."""
    place = {}
    for k, one in enumerate(found.issues.values()):
        shape = [len(one.actions[p]) for p in one.actions]
        cell = [acts[found.players.index(p)][k] for p in one.actions]
        place[one.name] = int(np.ravel_multi_index(cell, shape))
    totals = [F(0)] * len(found.players)
    for one in found.issues.values():
        for i, player in enumerate(found.players):
            value = one.exact_payoffs[place[one.name], i]
            for n, draw in enumerate(found.draws):
                rows = draw.payoffs.get(one.name, {}).get(player)
                if rows is not None:
                    value = rows[drawn[n]][place[one.name]]
            totals[i] += value
    for link in found.links or ():
        if link.spillovers is not None:
            extra = link.spillovers[tuple(place[name] for name in link.between)]
            totals = [a + b for a, b in zip(totals, extra, strict=True)]
    return totals


def brute_force(found: bg.LinkageGame, *, coarse: bool, weights: list[float]) -> float:
    """The best weighted sum, with one row for every (type, report, map from what is heard)."""
    types, own = dense(found, coarse=coarse)
    owned = [[n for n, d in enumerate(found.draws) if d.player == p] for p in found.players]
    profiles, plays = list(itertools.product(*types)), list(itertools.product(*own))
    column = {pair: j for j, pair in enumerate(itertools.product(profiles, plays))}

    def chance(profile: Any, leave: int | None = None) -> F:
        p = F(1)
        for i, drawn in enumerate(profile):
            for n, s in zip(owned[i], drawn, strict=True):
                p *= found.draws[n].probability[s] if i != leave else 1
        return p

    def paid(profile: Any, play: Any) -> list[F]:
        drawn = {n: s for i, t in enumerate(profile) for n, s in zip(owned[i], t, strict=True)}
        return payoff(found, drawn, play)

    worth = {pair: [float(x) for x in paid(*pair)] for pair in column}
    cost = np.zeros(len(column))
    for (profile, play), j in column.items():
        cost[j] = float(chance(profile)) * sum(
            w * u for w, u in zip(weights, worth[profile, play], strict=True)
        )
    rows = []
    for i in range(len(found.players)):
        plans = [dict(zip(own[i], image, strict=True))
                 for image in itertools.product(own[i], repeat=len(own[i]))]  # fmt: skip
        if coarse:
            same = {a: a for a in own[i]}
            plans = [p for p in plans if p == same or len(set(p.values())) == 1]
        for s, report, plan in itertools.product(types[i], types[i], plans):
            row = np.zeros(len(column))
            for (profile, play), j in column.items():
                if profile[i] == s:
                    row[j] -= float(chance(profile, leave=i)) * worth[profile, play][i]
                if profile[i] == report:
                    true = (*profile[:i], s, *profile[i + 1 :])
                    done = (*play[:i], plan[play[i]], *play[i + 1 :])
                    row[j] += float(chance(profile, leave=i)) * worth[true, done][i]
            rows.append(row)
    totals = np.kron(np.eye(len(profiles)), np.ones(len(plays)))
    best = linprog(-cost, A_ub=np.array(rows), b_ub=np.zeros(len(rows)), A_eq=totals,
                   b_eq=np.ones(len(profiles)), method="highs")  # fmt: skip
    assert best.status == 0
    return -float(best.fun)


SHAPES: list[dict[str, Any]] = [
    {"types": (2, 1), "acts": [(2, 2)]},
    {"types": (2, 2), "acts": [(2, 2)]},
    {"types": (3, 2), "acts": [(1, 3)]},
    {"types": (2, 2), "acts": [(3, 2)]},
    {"types": (2, 1), "acts": [(2, 2), (1, 2)], "spillover": True},
    {"types": (2, 2), "acts": [(2, 1), (1, 2)], "spillover": True},
    {"types": (2, 1, 2), "acts": [(2, 2, 1)]},
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("coarse", [True, False])
@pytest.mark.parametrize("seed", range(2))
def test_against_a_row_for_every_lie(shape: Any, coarse: bool, seed: int) -> None:
    found = random_bayesian(np.random.default_rng(seed), **shape)
    for objective, weights in (("total", [1.0, 1.0, 1.0]), ("a", [1.0, 0.0, 0.0])):
        answer = communication_equilibrium(found, coarse=coarse, objective=objective)
        assert answer.exact
        assert answer.verify()
        wanted = brute_force(found, coarse=coarse, weights=weights[: len(found.players)])
        assert answer.value is not None
        assert float(answer.value) == pytest.approx(wanted, abs=NUMERICAL)
        if objective == "total":
            assert sum(answer.payoffs.values()) == answer.value == answer.bound


@pytest.mark.parametrize("coarse", [True, False])
@pytest.mark.parametrize("objective", ["total", "egalitarian", "a"])
@pytest.mark.parametrize("edges", [[], path(2)])
def test_without_types_it_is_a_correlated_equilibrium(
    coarse: bool, objective: str, edges: Any
) -> None:
    for seed in range(3):
        found = random_game(np.random.default_rng(seed), [2, 2], edges)
        one = communication_equilibrium(found, coarse=coarse, objective=objective)
        other = correlated_equilibrium(found, coarse=coarse, objective=objective, linked=True)
        assert one.value == other.value
        alone = communication_equilibrium(found, issue="k0", coarse=coarse, objective=objective)
        apart = correlated_equilibrium(found.issues["k0"], coarse=coarse, objective=objective)
        assert alone.value == apart.value


def test_known_totals_without_types() -> None:
    """C2.2 and C2.13: chicken 21/2, the dilemma 2."""
    assert communication_equilibrium(game([CHICKEN])).value == F(21, 2)
    assert communication_equilibrium(game([DILEMMA]), coarse=True).value == 2


def test_a_mediator_by_hand() -> None:
    """23/6, as derived in the game's file: a vetted unit that lies gets 0 * 2/3 - 1 * 1/3."""
    found = bg.load("us_mexico/reporting_mediator")
    best = communication_equilibrium(found)
    assert (best.value, best.bound) == (F(23, 6), F(23, 6))
    vetted, leaky = best.recommendations
    assert vetted.types == {"mexico": "vetted"}
    assert {play["intelligence"]: p for play, p in vetted.lottery} == {
        "raw intelligence": F(2, 3), "summaries": F(1, 3),
    }  # fmt: skip
    assert {play["intelligence"]: p for play, p in leaky.lottery} == {
        "summaries": F(2, 3), "nothing": F(1, 3),
    }  # fmt: skip
    assert best.slacks["mexico"]["leaky"]["vetted"] == 0
    assert best.slacks["mexico"]["vetted"]["leaky"] == F(4, 3) - (-F(1, 3))


def test_types_of_probability_zero_and_idle_draws_do_not_count() -> None:
    rows = ((F(0), F(0)), (F(9), F(9)))
    one = matrix_issue("g", *CHICKEN)
    four = tuple(tuple(F(x) for x in (6, 2, 7, 0)) for _ in range(2))
    sure = Draw("a", ("x", "y"), (F(1), F(0)), {"g": {"a": four}})
    idle = Draw("b", ("x", "y"), (F(1, 2), F(1, 2)), {"h": {"a": rows}})
    other = Issue.normal_form("h", ("a", "b"), {"a": ["0", "1"]}, {"a": [0, 0]})
    found = bg.LinkageGame(("a", "b"), [one, other], channels={"types": (sure, idle)})
    answer = communication_equilibrium(found, issue="g")
    assert answer.form.type_counts == (1, 1)
    assert answer.value == F(21, 2)


def test_options_stay_at_their_status_quo() -> None:
    deal = Issue.from_options("d", ("a", "b"), ["no", "yes"], {"a": [1, 5], "b": [0, 5]},
                              status_quo="no")  # fmt: skip
    answer = communication_equilibrium(
        bg.LinkageGame(("a", "b"), [matrix_issue("g", *CHICKEN), deal])
    )
    assert answer.value == F(21, 2) + 1
    assert all(play["d"] == "no" for one in answer.recommendations for play, _ in one.lottery)
    unnamed = Issue.from_options("d", ("a", "b"), ["no", "yes"], {"a": [1, 5], "b": [0, 5]})
    with pytest.raises(NotDefinedError, match="status quo"):
        communication_equilibrium(
            bg.LinkageGame(("a", "b"), [matrix_issue("g", *CHICKEN), unnamed])
        )


def test_a_numerical_answer_is_bracketed() -> None:
    found = random_bayesian(np.random.default_rng(5), types=(5, 5), acts=[(5, 5)])
    for coarse in (True, False):
        answer = communication_equilibrium(found, coarse=coarse)
        assert answer.status is Status.SOLVED
        assert not answer.exact
        assert answer.verify()
        assert answer.value is not None
        assert answer.bound is not None
        assert answer.bound - answer.value <= NUMERICAL * 10
        assert "reported a: a0, b: b0" in str(answer)


def test_limits() -> None:
    wide = random_bayesian(np.random.default_rng(0), types=(12, 12), acts=[(12, 12)])
    with pytest.raises(NotSupportedError, match="144 profiles"):
        communication_equilibrium(wide)
    dense_game = random_bayesian(np.random.default_rng(0), types=(11, 11), acts=[(12, 12)])
    with pytest.raises(NotSupportedError, match="coefficients"):
        communication_equilibrium(dense_game)
    rows = ((F(0), F(0)), (F(1), F(1)))
    issues = [Issue.normal_form(f"i{k}", ("a", "b"), {"a": ["0", "1"]}, {}) for k in range(60)]
    draws = tuple(
        Draw("b", ("x", "y"), (F(1, 2), F(1, 2)), {f"i{k}": {"b": rows}}) for k in range(60)
    )
    many = bg.LinkageGame(("a", "b"), issues, channels={"types": draws})
    with pytest.raises(NotSupportedError, match="types"):
        communication_equilibrium(many)
    assert communication_equilibrium(many, issue="i3").value == F(1, 2)


def test_wrong_arguments() -> None:
    found = bg.load("us_mexico/reporting_mediator")
    with pytest.raises(InputError, match="objective"):
        communication_equilibrium(found, objective="totl")
    with pytest.raises(InputError, match="intelligence"):
        communication_equilibrium(found, issue="inteligence")
    escrow = bg.LinkageGame(
        found.players, found.issues, channels={"commitment": {"pairs": (("a", "b"),)}}
    )
    with pytest.raises(NotSupportedError, match="commitment"):
        communication_equilibrium(escrow)


def shifted(answer: Any, t: int, a: int, b: int) -> Any:
    rule = answer.rule.copy()
    rule[t, a] -= F(1, 100)
    rule[t, b] += F(1, 100)
    return rule


def test_forgeries_are_found() -> None:
    answer = communication_equilibrium(bg.load("us_mexico/reporting_mediator"))
    assert answer.rule is not None
    rule = answer.rule
    forgeries = [
        replace(answer, rule=shifted(answer, 0, 1, 2)),  # more raw for the vetted: lies pay
        replace(answer, rule=rule[:, ::-1]),
        replace(answer, rule=rule[:1]),
        replace(answer, rule=rule * 2),
        replace(answer, rule=rule - F(1, 2)),
        replace(answer, payoffs={**answer.payoffs, "us": F(3)}),
        replace(answer, payoffs={"us": F(5, 2)}),
        replace(answer, interim={**answer.interim, "mexico": {"vetted": F(2), "leaky": F(2, 3)}}),
        replace(answer, slacks={**answer.slacks, "us": {"public": {"public": F(1)}}}),
        replace(answer, value=F(4)),
        replace(answer, bound=F(4)),
        replace(answer, prices=(F(0),) * len(answer.prices)),
        replace(answer, objective="mexico"),
        replace(answer, coarse=True),
    ]
    for forged in forgeries:
        with pytest.raises(VerificationError):
            forged.verify()


def test_a_rule_that_is_not_the_best_is_found() -> None:
    """Babbling, always summaries, is an equilibrium worth 3; its prices do not prove it best."""
    answer = communication_equilibrium(bg.load("us_mexico/reporting_mediator"))
    from bargaining.equilibrium.communication_answer import consequences

    rule = np.array([[F(0), F(1), F(0)]] * 2, dtype=object)
    payoffs, interim, slacks = consequences(answer.form, rule, coarse=False)
    worse = replace(answer, rule=rule, payoffs=payoffs, interim=interim, slacks=slacks, value=F(3))
    assert min(x for own in slacks["mexico"].values() for x in own.values()) >= 0
    with pytest.raises(VerificationError, match="bound"):
        worse.verify()


def with_draw(
    stated: dict[str, list[int]], rows: dict[str, list[list[int]]], **more: Any
) -> bg.LinkageGame:
    """One issue x in which a acts; a draw of his replaces some payoffs."""
    document = {
        "format": "bargaining-game/1",
        "players": sorted({*stated, "a"}),
        "issues": {
            "x": {"actions": {"a": ["l", "r"]}, "status_quo": {"a": "l"}, "payoffs": stated},
            **more.get("issues", {}),
        },
        "types": [
            {
                "player": "a",
                "probability": more.get("probability", ["1/2", "1/2"]),
                "payoffs": {"x": rows},
            }
        ],
    }
    return bg.loads(json.dumps(document), format="json")


def test_the_least_payoff_is_of_those_whom_acts_can_touch() -> None:
    """By hand: what a table states but types replace, or what cannot occur, does not count."""
    stated = {"a": [0, 0], "b": [2, 0], "c": [1, 0]}
    found = with_draw(stated, {"c": [[0, 0], [0, 0]]})
    assert communication_equilibrium(found, objective="egalitarian").value == 2
    # c's payoffs differ by type, but nothing anybody does changes them
    by_type = with_draw(stated, {"c": [[0, 0], [1, 1]]})
    assert communication_equilibrium(by_type, objective="egalitarian").value == 2
    # a type that never occurs
    never = with_draw({**stated, "c": [0, 0]}, {"c": [[0, 0], [0, 1]]}, probability=[1, 0])
    assert communication_equilibrium(never, objective="egalitarian").value == 2
    # an option issue stays at its status quo, so that c is not touched either
    offer = {"options": ["no", "yes"], "status_quo": "no", "payoffs": {"c": [0, 1]}}
    options = with_draw(stated, {"c": [[0, 0], [0, 0]]}, issues={"offer": offer})
    assert communication_equilibrium(options, objective="egalitarian").value == 2
    # touched at one type: 1/2 * 0 + 1/2 * 1 at most
    touched = with_draw(stated, {"c": [[0, 0], [1, 0]]})
    assert communication_equilibrium(touched, objective="egalitarian").value == F(1, 2)
    # nobody is touched: all count
    idle = with_draw({"a": [0, 0], "b": [1, 0]}, {"a": [[1, 1]] * 2, "b": [[-1, -1]] * 2})
    assert communication_equilibrium(idle, objective="egalitarian").value == -1
