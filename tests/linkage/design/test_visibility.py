"""Factors on visibility: closed forms by hand, brackets, and both sides of each threshold."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

import bargaining as bg
from bargaining.errors import InputError, NotDefinedError, VerificationError
from bargaining.linkage.design.visibility import scaled


@pytest.mark.parametrize(("beta", "factor"), [("2", F(1)), ("3", F(2, 3)), ("4", F(1, 2))])
def test_sovereignty_premium(beta: str, factor: F) -> None:
    """Linking works if and only if kappa * beta < 2 (SCENARIOS): cut by the factor 2 / beta."""
    found = bg.design(
        bg.load("us_mexico/sovereignty_premium", parameters={"beta": beta}), by="visibility"
    )
    assert found.verify()
    assert (found.cost, found.exceeded, found.bracket) == (1 - factor, True, None)
    assert found.changes == ({"change": "cut", "players": ("mexico",), "factor": factor},)


def test_keeping_it() -> None:
    """The same threshold from below: at today's premium of 1 visibility must double."""
    found = bg.design(bg.load("us_mexico/sovereignty_premium"), by="visibility", goal="keep")
    assert found.verify()
    assert (found.cost, found.exceeded) == (1, False)
    quiet = bg.design(bg.load("us_mexico/clearinghouse"), by="visibility", goal="keep")
    assert quiet.cost == 1  # 2 per unit of depth against a premium of 1


def test_no_cut_helps() -> None:
    game = two_premiums([[0, 0], [3, -1]], [[0, 0], [1, -2]], (0, 1))
    found = bg.design(game, by="visibility")
    assert found.verify()
    assert (found.status, found.cost, found.changed) == ("infeasible", None, None)


def two_premiums(first: object, second: object, seen: tuple[int, int]) -> bg.LinkageGame:
    """Two issues; both players have a premium of 1 per unit and see ``seen`` of each act."""
    players = ("us", "mexico")
    issues = {}
    for name, rows in (("a", first), ("b", second)):
        table = np.array(rows)
        issue = bg.Issue.from_options(
            name,
            players,
            ["now", "act"],
            {p: table[:, i].tolist() for i, p in enumerate(players)},
            status_quo="now",
        )
        shown = {p: (F(0), F(v)) for p, v in zip(players, seen, strict=True)}
        issues[name] = replace(issue, visibility=shown)
    premium = {p: {"scale": F(1), "rate": F(1)} for p in players}
    return bg.LinkageGame(players, issues, channels={"premium": premium})


def test_two_audiences() -> None:
    """Acts (4 - 2c, -1 - 2c) and (-2 - 2c, 3 - 2c), proportional at c = 1/2.

    Rates meet where (4 - 2c)(3 - 2c) = (1 + 2c)(2 + 2c), that is 12 - 14c = 2 + 6c.
    """
    found = bg.design(two_premiums([[0, 0], [4, -1]], [[0, 0], [-2, 3]], (2, 2)), by="visibility")
    assert found.verify()
    assert found.details["factors"][0]["factor"] == F(1, 2)
    # (4 - c)(3 - 2c) = (1 + 2c)(2 + c): 12 - 11c + 2c^2 = 2 + 5c + 2c^2 has the root 5/8
    one = bg.design(two_premiums([[0, 0], [4, -1]], [[0, 0], [-2, 3]], (1, 2)), by="visibility")
    assert one.verify()
    assert one.details["factors"][0]["factor"] == F(5, 8)


def test_bracket_of_an_irrational_threshold() -> None:
    """Acts (4 - 4c, -1) and (-2, 3 - 3c): rates meet where 12 (1 - c)^2 = 2."""
    game = two_premiums([[0, 0], [4, -1]], [[0, 0], [-2, 3]], (1, 1))
    first, second = game.issues["a"], game.issues["b"]
    issues = {
        "a": replace(first, visibility={"us": (F(0), F(4))}),
        "b": replace(second, visibility={"mexico": (F(0), F(3))}),
    }
    found = bg.design(replace(game, issues=issues), by="visibility")
    assert found.verify()
    low, high = found.certificate.factors[0].low, found.certificate.factors[0].high
    assert low is not None
    assert high is not None
    assert 6 * (1 - high) ** 2 <= 1 <= 6 * (1 - low) ** 2
    assert high - low <= F(1, 2**40)
    assert found.bracket == (1 - high, 1 - low)


def test_tampering() -> None:
    game = bg.load("us_mexico/sovereignty_premium", parameters={"beta": 4})
    found = bg.design(game, by="visibility")
    first = found.certificate.factors[0]
    for wrong in (
        replace(first, low=F(2, 5), high=F(2, 5)),
        replace(first, low=F(3, 5), high=F(3, 5)),
        replace(first, deal=()),
        replace(first, low=F(2, 5)),
        replace(first, at_zero=False),
    ):
        certificate = replace(found.certificate, factors=(wrong,))
        with pytest.raises(VerificationError):
            bg.Design.of(game, "break", "visibility", "shares", certificate).verify()


def test_both_sides() -> None:
    game = bg.load("us_mexico/sovereignty_premium", parameters={"beta": 3})
    for tenths in range(11):
        factor = F(tenths, 10)
        assert bg.settle(scaled(game, (1,), factor)).mutual_gain == (factor < F(2, 3))


def test_refused() -> None:
    with pytest.raises(NotDefinedError, match="expected visibility"):
        bg.design(bg.load("us_mexico/guns_for_fentanyl", parameters={"a": "1/5"}), by="visibility")
    game = bg.load("us_mexico/sovereignty_premium", parameters={"beta": 4})
    with pytest.raises(InputError, match="answers at home"):
        bg.design(game, by="visibility", player="us")
    with pytest.raises(InputError, match="expected one of us, mexico"):
        bg.design(game, by="visibility", player="canada")
