"""Build a game of 100,000 issues from an array and ask who gains by linking them.

Run: python examples/many_issues.py
"""

import numpy as np

import bargaining as bg

rng = np.random.default_rng(2024)
gains = np.zeros((100_000, 3, 2))
gains[:, 1:] = rng.normal(size=(100_000, 2, 2))  # outcome 0 is the status quo
game = bg.LinkageGame.from_payoffs(gains, players=["us", "mexico"])

linked = bg.settle(game, agenda="linked")
first = next(iter(bg.minimal_packages(game)))
print(f"frontier: {len(bg.frontier(game)):,} corner points")
print("linked Nash gains:", {player: round(float(g)) for player, g in linked.gains.items()})
print("a minimal package:", sorted(first))
assert linked.verify()
