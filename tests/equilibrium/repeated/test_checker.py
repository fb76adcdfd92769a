"""Forged payoff sets do not pass."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import pytest
from repeated_games import ABREU_SANNIKOV, FAVOURS, MATCHING, game

import bargaining as bg
from bargaining.equilibrium.repeated.answer import PayoffSet
from bargaining.equilibrium.repeated.region import Region
from bargaining.equilibrium.repeated.search import Link
from bargaining.errors import VerificationError
from bargaining.results import Status


def forged(found: PayoffSet, **changes: object) -> PayoffSet:
    """Change the only package, and state the sums that go with it."""
    part = replace(found.packages[0], **changes)  # type: ignore[arg-type]
    return replace(
        found,
        packages=(part,),
        exact_vertices=part.exact_vertices,
        exact_outer_vertices=part.exact_outer_vertices,
    )


def lowered(link: Link, k: int) -> Link:
    levels = list(link.region.levels)
    levels[k] -= F(1, 1000)
    return replace(link, region=Region(link.region.normals, tuple(levels)))


def test_nothing_forged_passes() -> None:
    found = bg.repeated_payoffs(game(FAVOURS), "7/10")
    part = found.packages[0]
    corners = list(part.corners)
    larger = [corners[0], (corners[1][0] + F(1, 100), corners[1][1]), *corners[2:]]
    way = part.ways[1][0]
    attempts = [
        forged(found, corners=larger),
        forged(found, corners=corners[:3], ways=part.ways[:3]),
        forged(found, ways=(part.ways[0], part.ways[0], *part.ways[2:])),
        forged(found, ways=(part.ways[0], ((F(1, 2), way[1]),), *part.ways[2:])),
        forged(found, empty=True),
        forged(found, chain=part.chain[1:]),
        forged(found, chain=part.chain[:1]),
        replace(found, status=Status.NO_EQUILIBRIUM),
        replace(found, status=Status.LIMIT_REACHED),
        replace(found, exact_vertices=found.exact_vertices[:3]),
        replace(found, exact_outer_vertices=found.exact_vertices[:3]),
        replace(found, discount={"a": F(1, 2), "b": F(1, 2)}),
        replace(found, packages=()),
    ]
    for attempt in attempts:
        with pytest.raises(VerificationError):
            attempt.verify()


@pytest.mark.parametrize("place", [0, 1, 2, -1])
def test_outer_sets_that_cut_off_too_much(place: int) -> None:
    found = bg.repeated_payoffs(game(ABREU_SANNIKOV), "3/10")
    chain = list(found.packages[0].chain)
    for k in range(4):
        wrong = [*chain]
        wrong[place] = lowered(chain[place], k)
        with pytest.raises(VerificationError):
            forged(found, chain=tuple(wrong)).verify()


@pytest.mark.parametrize("factors", [0.66, {"a": 0.1, "b": 0.3}])
def test_each_link_is_checked(factors: object) -> None:
    """A level lowered below what the next sets need, in steps and jumps alike."""
    tables = FAVOURS if factors == 0.66 else ([[0, 0], [2, 0], [0, 4]], [[0, 0], [0, 0], [0, 1]])
    found = bg.repeated_payoffs(game(tables), factors)
    assert found.verify()
    part = found.packages[0]
    assert {link.how for link in part.chain} >= {"start", "cut", "jump"}
    true = list(part.corners)
    kinds = {link.how: place for place, link in reversed(list(enumerate(part.chain)))}
    for place in kinds.values():
        link = part.chain[place]
        count = len(link.region.normals)
        for k in range(0, count, max(1, count // 8)):
            a, b = link.region.normals[k]
            level = max(a * x + b * y for x, y in true) - F(1, 1000)
            levels = [*link.region.levels[:k], level, *link.region.levels[k + 1 :]]
            region = Region(link.region.normals, tuple(levels))
            wrong = [*part.chain[:place], replace(link, region=region)]
            with pytest.raises(VerificationError):
                forged(found, chain=tuple(wrong)).verify()


def test_an_inner_set_of_a_more_patient_pair() -> None:
    patient = bg.repeated_payoffs(game(FAVOURS), "9/10").packages[0]
    found = bg.repeated_payoffs(game(FAVOURS), "7/10")
    with pytest.raises(VerificationError, match=r"deviating|lottery pays|leaves"):
        forged(found, corners=patient.corners, ways=patient.ways).verify()


def test_emptiness_needs_a_proof() -> None:
    nothing = bg.repeated_payoffs(game(MATCHING), "1/20")
    assert nothing.verify()
    something = bg.repeated_payoffs(game(FAVOURS), "1/20")
    part = something.packages[0]
    empty = replace(part, empty=True, corners=[], ways=())
    claim = replace(
        something,
        packages=(empty,),
        exact_vertices=(),
        exact_outer_vertices=(),
        status=Status.NO_EQUILIBRIUM,
    )
    with pytest.raises(VerificationError, match="nothing can be sustained"):
        claim.verify()
