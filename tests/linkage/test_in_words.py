"""The verdict in a sentence that does not contradict itself."""

from __future__ import annotations

import pytest

from bargaining.linkage.in_words import handed_out
from bargaining.linkage.verdict import solve
from bargaining.loading import load

PLAIN = "issue by issue nothing is signed"
HANDED = "issue by issue no deal by itself helps everyone, as one package one does"


@pytest.mark.parametrize(
    ("solution", "said"),
    [("nash", PLAIN), ("egalitarian", PLAIN), ("coco", HANDED), ("adjusted_winner", HANDED)],
)
def test_gains_that_no_deal_brings_are_told_from_deals(solution, said):
    """Guns for fentanyl: each issue alone hurts somebody, side payments or a procedure do not."""
    found = solve(load("us_mexico/guns_for_fentanyl"), solution=solution)
    assert found.verdict.effect == "breaks_deadlock"
    assert said in found.verdict.in_words
    assert handed_out(found.agendas["delinked"]) is (said == HANDED)
    assert not handed_out(found.agendas["linked"])
