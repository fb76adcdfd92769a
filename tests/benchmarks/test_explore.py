"""How fast the explore page follows: ``python -m pytest tests/benchmarks/test_explore.py -s``.

For every bundled game: from the place of a slider to the whole page, the larger of both ends of
one slider and its start; each the best of three, so that other work on the machine counts little.
Nothing timed is asserted.
"""

from __future__ import annotations

import time

from explore_pages import moved, session_of, shown

from bargaining.files.library import root

GOAL = 0.3
"""Seconds."""


def seconds(at, **values) -> float:
    taken = []
    for _ in range(3):
        started = time.perf_counter()
        shown(at, moved(at, **values))
        taken.append(time.perf_counter() - started)
    return min(taken)


def test_every_bundled_game() -> None:
    found = []
    for path in sorted(root().rglob("*.toml")):
        name = path.relative_to(root()).with_suffix("").as_posix()
        at = session_of(name)
        slider = next(iter(at.controls.sliders.values()))
        ends = [{slider.key: value} for value in (slider.values[0], slider.values[-1])]
        found.append((max(seconds(at, **values) for values in ({}, *ends)), name))
    print(f"\n{'game':<52}{'seconds':>9}{'of 0.3 s':>10}")
    for taken, name in sorted(found, reverse=True):
        print(f"{name:<52}{taken:>9.3f}{taken / GOAL:>9.0%}")
