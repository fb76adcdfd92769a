"""Scale of critical discounts: run by hand with ``python -m pytest tests/benchmarks -s``.

Times are those of ``critical_discount`` and of its ``verify()`` on games already built; nothing
timed is asserted, that both ends of every bracket are proved is.
"""

from __future__ import annotations

import time

import numpy as np
import pytest

from bargaining import Issue, LinkageGame, critical_discount

PLAYERS = ["us", "mexico"]


def favours(count: int, rng: np.random.Generator) -> LinkageGame:
    """One act each, costs 6 to 9 and benefits 1 to 9, the actors taking turns."""
    issues = []
    for k in range(count):
        actor, other = PLAYERS[k % 2], PLAYERS[1 - k % 2]
        payoffs = {
            actor: [0, -int(rng.integers(6, 10))],
            other: [0, int(rng.integers(1, 10))],
        }
        acts = {actor: ["no", "yes"]}
        issues.append(Issue.normal_form(f"k{k}", PLAYERS, acts, payoffs, status_quo={actor: "no"}))
    return LinkageGame(PLAYERS, issues)


def dilemmas(count: int, rng: np.random.Generator) -> LinkageGame:
    """Two acts each, defection dominant, cooperation better for both."""
    issues = []
    for k in range(count):
        tables = []
        for _ in PLAYERS:
            gain, tempt, lose = (int(rng.integers(1, 10)) for _ in range(3))
            tables.append([[gain, -lose], [gain + tempt, 0]])
        payoffs = {"us": tables[0], "mexico": [list(r) for r in zip(*tables[1], strict=True)]}
        acts = {p: ["C", "D"] for p in PLAYERS}
        quo = dict.fromkeys(PLAYERS, "D")
        issues.append(Issue.normal_form(f"k{k}", PLAYERS, acts, payoffs, status_quo=quo))
    return LinkageGame(PLAYERS, issues)


def tense(count: int, rng: np.random.Generator) -> LinkageGame:
    """Three acts each, the best swap depends on the other's act, so that mixing matters.

    Staying at the status quo is dominant, each other pair of acts helps one at the other's cost.
    """
    issues = []
    acts = {p: ["0", "1", "2"] for p in PLAYERS}
    for k in range(count):
        first = rng.integers(-9, 0, (3, 3))
        second = rng.integers(-9, 0, (3, 3))
        first[0], second[:, 0] = 0, 0
        for a, b in ((1, 1), (1, 2), (2, 1), (2, 2)):
            helped = rng.integers(0, 2)
            (first if helped else second)[a, b] = rng.integers(1, 8)
        first[0, 1:], second[1:, 0] = rng.integers(1, 4, 2), rng.integers(1, 4, 2)
        payoffs = {"us": first.tolist(), "mexico": second.tolist()}
        quo = dict.fromkeys(PLAYERS, "0")
        issues.append(Issue.normal_form(f"k{k}", PLAYERS, acts, payoffs, status_quo=quo))
    return LinkageGame(PLAYERS, issues)


@pytest.mark.parametrize("kind", [favours, dilemmas, tense], ids=lambda f: f.__name__)
@pytest.mark.parametrize("agenda", ["linked", "delinked"])
def test_many_issues(kind, agenda) -> None:
    for count in (50, 500):
        game = kind(count, np.random.default_rng(count))
        start = time.perf_counter()
        answer = critical_discount(game, agenda=agenda)
        found = time.perf_counter() - start
        start = time.perf_counter()
        assert answer.verify()
        checked = time.perf_counter() - start
        print(
            f"{kind.__name__:>9} {agenda:>9} {count:4d} issues: {found:6.2f} s, "
            f"verify {checked:6.2f} s, any {answer.any}"
        )
