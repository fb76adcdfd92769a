"""Settlements that must survive ratification and enforcement at once, at scale.

Run by hand: ``python -m pytest -s tests/benchmarks/test_requirements_scale.py``.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import bargaining as bg
from bargaining.model.issue import Issue

ISSUES = 500
SEEDS = range(20)
PLAYERS = ("us", "mexico")


def draw(seed: int, issues: int, audience: str) -> bg.LinkageGame:
    """Favours in both directions, some at two intensities, visible at both homes."""
    rng = np.random.default_rng(seed)
    made = []
    for k in range(issues):
        actor = PLAYERS[k % 2]
        acts = int(rng.integers(2, 4))
        cost = np.sort(rng.integers(1, 20, acts - 1))
        benefit = np.sort(rng.integers(1, 40, acts - 1))
        payoffs = {
            actor: [0, *(-c for c in cost.tolist())],
            PLAYERS[1 - k % 2]: [0, *benefit.tolist()],
        }
        issue = Issue.normal_form(
            f"issue{k}",
            PLAYERS,
            {actor: [f"act{a}" for a in range(acts)]},
            payoffs,
            status_quo={actor: "act0"},
        )
        seen = np.sort(rng.integers(0, 5, acts - 1)).tolist()
        made.append(seen_at_home(issue, seen))
    return at_home(made, audience, us=Fraction(3, 8), mexico=Fraction(1, 3))


def draw_mutual(seed: int, issues: int, audience: str) -> bg.LinkageGame:
    """Favours that both do each other in every issue, worth more or less together."""
    rng = np.random.default_rng(seed)
    made = []
    for k in range(issues):
        benefit, cost = rng.integers(2, 20, 2).tolist(), rng.integers(1, 12, 2).tolist()
        together = int(rng.integers(-3, 4))
        both = [benefit[i] - cost[i] + together for i in range(2)]
        issue = Issue.normal_form(
            f"issue{k}",
            PLAYERS,
            {p: ["no", "yes"] for p in PLAYERS},
            {
                "us": [[0, benefit[0]], [-cost[0], both[0]]],
                "mexico": [[0, -cost[1]], [benefit[1], both[1]]],
            },
            status_quo=dict.fromkeys(PLAYERS, "no"),
        )
        made.append(seen_at_home(issue, rng.integers(0, 5, 3).tolist()))
    return at_home(made, audience, us=Fraction(2, 5), mexico=Fraction(2, 5))


def seen_at_home(issue: Issue, seen: list[int]) -> Issue:
    shown = {p: (Fraction(0), *(Fraction(v) for v in seen)) for p in PLAYERS}
    return replace(issue, visibility=shown)


def at_home(issues: list[Issue], audience: str, **patience: Fraction) -> bg.LinkageGame:
    # One audience of everything, or one per issue: the same total cost at full depth, roughly.
    parts = 1 if audience == "issue" else len(issues)
    premium = {"scale": Fraction(4 * parts), "rate": Fraction(1, 4 * parts), "audience": audience}
    channels = {"premium": dict.fromkeys(PLAYERS, premium)}
    return bg.LinkageGame(PLAYERS, issues, discount=patience, channels=channels)


@pytest.mark.parametrize("drawn", [draw, draw_mutual], ids=["favours", "mutual"])
@pytest.mark.parametrize("audience", ["national", "package", "issue"])
def test_five_hundred_issues_all_certified(
    audience: str, drawn: Callable[[int, int, str], bg.LinkageGame]
) -> None:
    times, busy, binding = [], [], 0
    bg.settle(drawn(0, 20, audience), require=("ratification", "enforcement"))  # imports
    for seed in SEEDS:
        game = drawn(seed, ISSUES, audience)
        started, worked = time.perf_counter(), time.process_time()
        answer = bg.settle(game, require=("ratification", "enforcement"))
        times.append(time.perf_counter() - started)
        busy.append(time.process_time() - worked)
        assert answer.status == "agreement", seed
        assert answer.verify()
        binding += any(
            entry["binding"] for name, entry in answer.requirements.items() if "enforce" in name
        )
    print(
        f"\n{ISSUES} issues, {drawn.__name__}, audience {audience}: {len(times)} certified, median "
        f"{statistics.median(times):.2f} s, worst {max(times):.2f} s "
        f"(of the processor {max(busy):.2f} s), enforcement binds in {binding}"
    )


THRESHOLD = """
format = "bargaining-game/1"
players = ["us", "mexico"]
discount = {us = "d", mexico = "d"}
premium.mexico = {scale = "kappa", rate = 1}
[issues.operations]
actions.mexico = ["none", "joint operations"]
payoffs = {us = [0, 12], mexico = [0, -2]}
visibility.mexico = [0, 4]
status_quo.mexico = "none"
[issues.money]
actions.us = ["no aid", "aid"]
payoffs = {us = [0, -4], mexico = [0, 4]}
status_quo.us = "no aid"
[parameters]
kappa = 1
d = "9/10"
"""
# Share x of the operations, y of the aid: at the status quo's steepness Mexico gains from
# y > (2 + 4κ)/4 x and the US from y < 3x.  They keep their word, at κ = 1, while
# y >= (2 + 4d)/(4d) x and y <= 3dx: possible if and only if 12d² - 4d - 2 > 0.
KAPPA, PATIENCE = Fraction(5, 2), Fraction(607625, 1_000_000)


@pytest.mark.parametrize("what", ["kappa", "d"])
def test_across_a_threshold_every_point_is_certified(what: str) -> None:
    centre = KAPPA if what == "kappa" else PATIENCE
    answers = {}
    started = time.perf_counter()
    for step in range(-200, 200):
        value = centre + Fraction(step, 4_000)
        game = bg.loads(THRESHOLD, parameters={what: str(value)})
        require = ("enforcement",) if what == "d" else ()
        answer = bg.settle(game, require=require)
        assert answer.status in ("agreement", "no_agreement"), value
        assert answer.verify()
        answers[value] = answer.status
    spent = time.perf_counter() - started
    flips = sum(
        a != b for a, b in zip(list(answers.values())[:-1], list(answers.values())[1:], strict=True)
    )
    print(f"\n400 points across a threshold in {what}: all certified, {spent:.1f} s, {flips} flip")
    for value, status in answers.items():
        works = value < KAPPA if what == "kappa" else 12 * value**2 - 4 * value - 2 > 0
        assert (status == "agreement") == works, value
