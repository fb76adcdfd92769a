"""Changed answers are caught; what cannot be certified, and what is refused, says so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ratification_games import CONCEPTS, favours

import bargaining as bg
from bargaining.errors import (
    BargainingError,
    InputError,
    NotDefinedError,
    NotSupportedError,
    VerificationError,
)
from bargaining.settlement.composed.proof import Bound


@pytest.mark.parametrize("concept", CONCEPTS)
def test_changed_answers_are_caught(concept: str) -> None:
    answer = bg.settle(bg.load("us_mexico/sovereignty_premium"), solution=concept)
    assert answer.verify()
    (evidence,) = answer.evidence
    (part,) = answer.parts
    more = {p: g + 0.01 for p, g in answer.gains.items()}
    assert evidence.bound is not None
    flat = Bound(dict.fromkeys(evidence.bound.weights, 1.0), {}, {}, {})
    forged = [
        replace(answer, gains=more),
        replace(answer, mutual_gain=False),
        replace(answer, status=bg.Status.NO_AGREEMENT),
        replace(answer, parts=(replace(part, gains=tuple(more.values())),)),
        replace(answer, evidence=(replace(evidence, bound=None),)),
        replace(answer, evidence=(replace(evidence, bound=flat),)),
        replace(answer, evidence=(replace(evidence, rules=replace(evidence.rules, premiums={})),)),
        replace(
            answer,
            requirements={
                "premium.mexico": {**answer.requirements["premium.mexico"], "premium": 0.5}
            },
        ),
    ]
    for wrong in forged:
        with pytest.raises(VerificationError):
            wrong.verify()


def test_a_worse_deal_does_not_pass_as_the_best() -> None:
    game = bg.load("us_mexico/clearinghouse")
    best, other = bg.settle(game), bg.settle(game, solution="egalitarian")
    wrong = replace(
        best,
        parts=other.parts,
        lotteries=other.lotteries,
        gains=other.gains,
        promised=other.promised,
        payoffs=other.payoffs,
        requirements=other.requirements,
    )
    with pytest.raises(VerificationError):
        wrong.verify()


def test_what_cannot_be_certified_still_says_who_can_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the fine program: mutual gain is exact, and a small deal shows it."""
    monkeypatch.setattr("bargaining.settlement.composed.fine_program.MAX_COLUMNS", 0)
    game = bg.load("us_mexico/sovereignty_premium", parameters={"kappa": "1.999999999"})
    answer = bg.solve(game)
    assert answer.verdict.linking_breaks_deadlock
    linked = answer.agendas["linked"]
    assert linked.status == "numerical_trouble"
    assert linked.mutual_gain
    assert min(linked.gains.values()) > 0
    assert sum(map(float, linked.gains.values())) <= 2.5e-19
    with pytest.raises(VerificationError, match="no solver could certify"):
        linked.verify()


def test_what_is_refused() -> None:
    plain = bg.load("us_mexico/six_issue_table")
    with pytest.raises(InputError, match="ratification needs"):
        bg.settle(plain, require=("ratification",))
    with pytest.raises(InputError, match=r"discount\.us"):
        bg.settle(plain, require=("enforcement",))
    with pytest.raises(InputError, match='did you mean "enforcement"'):
        bg.settle(plain, require=("enforcment",))
    held = bg.load("us_mexico/clearinghouse")
    with pytest.raises(NotDefinedError, match="take nash"):
        bg.settle(held, solution="raiffa")
    with pytest.raises(NotSupportedError, match="frontier does not apply"):
        bg.frontier(held)
    with pytest.raises(BargainingError, match="from 0 on"):
        bg.settle(favours((5, -4), (-3, 6), scale="-1"))
