"""Scale of copies: by hand with ``python -m pytest tests/benchmarks/test_copies_scale.py -s``.

Every figure is measured in this run; what is timed is verified, nothing timed is asserted.
"""

from __future__ import annotations

import time

import pytest
from copied_games import OVERLAP, VOTING, setting_of

import bargaining as bg
from bargaining.settlement.mechanism.copies import solve_copies
from bargaining.settlement.mechanism.quota import quota_mechanism


@pytest.mark.parametrize("copies", [1, 2, 3, 4, 6, 8])
@pytest.mark.parametrize("paid", [False, True], ids=["voting", "trade"])
def test_best_mechanism(copies: int, paid: bool) -> None:
    setting = setting_of(OVERLAP if paid else VOTING)
    started, busy = time.perf_counter(), time.process_time()
    found = solve_copies(
        setting,
        copies,
        transfers="expected" if paid else "none",
        rationality="interim" if paid else "none",
    )
    solved, worked = time.perf_counter(), time.process_time() - busy
    assert found.verify()
    checked = time.perf_counter()
    cells = found.rule.shares[..., 0].size
    gap = float(found.bound - found.second_best)
    name = "trade with payments" if paid else "voting"
    print(
        f"{name + f', {copies} copies':<32}{cells:>9,} cells{solved - started:>9.2f} s "
        f"({worked:.2f} s CPU){checked - solved:>8.2f} s   {float(found.second_best):.9f} of "
        f"{float(found.first_best):.6f}, gap {gap:.0e}, {found.status}, {found.method}"
    )


@pytest.mark.parametrize("copies", [4, 8, 16, 32, 64, 100])
def test_quota(copies: int) -> None:
    game = bg.loads(VOTING)
    started = time.perf_counter()
    found = quota_mechanism(game, copies)
    solved = time.perf_counter()
    assert found.verify()
    print(
        f"{f'quotas, voting, {copies} copies':<32}{solved - started:>9.2f} s"
        f"{time.perf_counter() - solved:>8.2f} s   loss {float(found.loss):.6f}"
    )
