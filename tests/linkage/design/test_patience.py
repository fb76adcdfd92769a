"""The factor from which something lasts, and who is short of it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import pytest

import bargaining as bg
from bargaining.errors import VerificationError


def guns(us: str, mexico: str) -> bg.LinkageGame:
    game = bg.load("us_mexico/guns_for_fentanyl")
    return replace(game, discount={"us": F(us), "mexico": F(mexico)})


def test_who_is_short() -> None:
    """Something lasts from sqrt(2/5) = 0.632… on (C3.5), the settlement from 7/10."""
    found = bg.design(guns("1/2", "9/10"), by="patience")
    assert found.verify()
    assert found.cost == pytest.approx(0.4**0.5, abs=1e-12)
    assert found.details["any_closed_form"] == "sqrt(2/5)"
    assert found.details["settlement"] == F(7, 10)
    assert [(c["change"], c["player"]) for c in found.changes] == [("raise", "us")]
    assert found.changes[0]["short"] == pytest.approx(0.4**0.5 - 0.5)
    assert bg.design(guns("9/10", "7/10"), by="patience").already


def test_keeping_it() -> None:
    found = bg.design(guns("1/2", "9/10"), by="patience", goal="keep")
    assert (found.exceeded, found.already) == (True, False)
    assert [(c["change"], c["player"]) for c in found.changes] == [("lower", "mexico")]
    assert bg.design(guns("1/2", "3/5"), by="patience", goal="keep").already


def test_no_factor_works() -> None:
    game = bg.load("us_mexico/guns_for_fentanyl", parameters={"a": "1/5"})
    found = bg.design(game, by="patience")
    assert found.verify()
    assert (found.status, found.cost) == ("infeasible", None)
    assert bg.design(game, by="patience", goal="keep").already


def test_tampering() -> None:
    found = bg.design(guns("1/2", "9/10"), by="patience")
    with pytest.raises(VerificationError, match="cost"):
        replace(found, cost=F(1, 2)).verify()
    lowest = replace(found.certificate.found.lowest, high=F(1, 2), low=F(1, 2))
    lower = replace(found.certificate, found=replace(found.certificate.found, lowest=lowest))
    with pytest.raises(VerificationError):
        bg.Design.of(found.game, "break", "patience", "shares", lower).verify()
