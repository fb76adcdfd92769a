"""Paths to the numbers of a game file."""

from __future__ import annotations

import copy
from fractions import Fraction as F
from typing import Any

import pytest

from bargaining.errors import InputError
from bargaining.sweeps.paths import MAX_LENGTH, MAX_STEPS, parse_path

DOCUMENT: dict[str, Any] = {
    "format": "bargaining-game/1",
    "title": "7",
    "players": ["us", "mexico", "9"],
    "discount": {"us": "0.9"},
    "premium": {"mexico": {"scale": "kappa", "rate": 1, "form": "exponential"}},
    "parameters": {"kappa": 1, "w": "2*kappa"},
    "issues": {
        "guns": {
            "actions": {"us": ["1", "2"]},
            "payoffs": {"us": [0, "1/(kappa - 1/3)"], "mexico": [[0, 1], [2, 3]]},
            "status_quo": {"us": "1"},
        },
        "no. 1": {"options": ["a"], "payoffs": {"us": [4]}, "status_quo": "a"},
    },
    "links": [{"between": ["guns", "no. 1"], "negotiable": True}],
}


def put(text: str, value: F = F(3, 2)) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    parse_path(text).put(document, value)
    return document


def refused(text: str) -> str:
    with pytest.raises(InputError) as caught:
        put(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("discount", ("discount",)),
        (" discount.us ", ("discount", "us")),
        ("issues.guns.payoffs.mexico[1][0]", ("issues", "guns", "payoffs", "mexico", 1, 0)),
        ('issues."no. 1".payoffs.us[0]', ("issues", "no. 1", "payoffs", "us", 0)),
        ('issues."a[0]".payoffs.us[0]', ("issues", "a[0]", "payoffs", "us", 0)),
        ("issues.two words.payoffs.us[0]", ("issues", "two words", "payoffs", "us", 0)),
    ],
)
def test_steps(text: str, steps: tuple[str | int, ...]) -> None:
    path = parse_path(text)
    assert path.steps == steps
    assert path.text == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", ".discount", "discount.", "discount..us", "[0]", "a.[0]", "a[x]", "a[-1]", "a[0",
        'a"b"', '"a""b"', 'a."b', "a. .b", 'a.""', "a[9999999999]", "a\nb", "a\x1b[31m",
        "a" * (MAX_LENGTH + 1), ".".join("a" * (MAX_STEPS + 1)), None, 3, ["discount"],
    ],
)  # fmt: skip
def test_no_paths(text: object) -> None:
    with pytest.raises(InputError, match="vary: ") as caught:
        parse_path(text)
    assert len(str(caught.value)) < 2 * MAX_LENGTH
    assert "\x1b" not in str(caught.value)


def test_puts_an_exact_number_in_its_place() -> None:
    assert put("issues.guns.payoffs.mexico[1][0]")["issues"]["guns"]["payoffs"]["mexico"] == [
        [0, 1],
        ["3/2", 3],
    ]
    assert put('issues."no. 1".payoffs.us[0]')["issues"]["no. 1"]["payoffs"]["us"] == ["3/2"]


def test_a_formula_may_be_replaced_even_if_it_divides_by_zero_somewhere() -> None:
    assert put("issues.guns.payoffs.us[1]")["issues"]["guns"]["payoffs"]["us"][1] == "3/2"
    assert put("premium.mexico.scale")["premium"]["mexico"]["scale"] == "3/2"


def test_discount_moves_the_factor_of_every_player() -> None:
    assert put("discount")["discount"] == {"us": "3/2", "mexico": "3/2", "9": "3/2"}
    assert put("discount.mexico")["discount"] == {"us": "0.9", "mexico": "3/2"}


def test_tables_of_players_may_get_an_entry() -> None:
    assert put("floors.us")["floors"] == {"us": "3/2"}
    assert put("weights.us.guns")["weights"] == {"us": {"guns": "3/2"}}


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("issues.gans.payoffs.us[0]", '"guns"'),
        ("issues.guns.payofs.us[0]", '"payoffs"'),
        ("isues.guns", '"issues"'),
        ("premium.mexico.skale", '"scale"'),
    ],
)
def test_unknown_names_get_a_suggestion(text: str, hint: str) -> None:
    said = refused(text)
    assert text in said
    assert hint in said.split("found", 1)[1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("issues.guns.payoffs", "found a table; go on to .us, .mexico"),
        ("issues.guns.payoffs.mexico", "found a list; go on to [0], [1]"),
        ("issues.guns.payoffs.us[2]", "a position below 2"),
        ("issues.guns.payoffs[0]", "expected one of us, mexico"),
        ("issues.guns.payoffs.us.first", "a position below 2"),
        ("issues.guns.payoffs.us[0].x", "found nothing"),
        ("links[0].negotiable", "found yes or no"),
        ("format", "found the text"),
        ("premium.mexico.form", "found the text"),
    ],
)
def test_wrong_kinds(text: str, found: str) -> None:
    assert found in refused(text)


@pytest.mark.parametrize(
    "text",
    ["players[2]", "issues.guns.actions.us[0]", "issues.guns.status_quo.us", "links[0].between[1]"],
)
def test_names_that_look_like_numbers_are_none(text: str) -> None:
    assert "found the text" in refused(text)
