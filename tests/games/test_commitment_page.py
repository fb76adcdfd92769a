"""The page's sentences on conditional acts hold for the page's game."""

from __future__ import annotations

import re
from pathlib import Path

import bargaining as bg
from bargaining.equilibrium.linked_all import linked_equilibria

PAGE = (Path(__file__).resolve().parents[2] / "games" / "README.md").read_text(encoding="utf-8")


def test_the_escrow() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (text,) = (block for block in blocks if "[commitment]" in block)
    game = bg.loads(text)
    bare = linked_equilibria(game, commitment=False)
    assert [tuple(e.payoffs.values()) for e in bare.equilibria] == [(0, 0)]
    assert bare.complete
    found = {tuple(e.payoffs.values()): e.sample for e in linked_equilibria(game).equilibria}
    assert set(found) == {(0, 0), (1, 3)}
    labels = linked_equilibria(game).form.game.issues["guns & fentanyl"].actions["us"]
    assert labels[-1] == "egress checks iff the other acts"
