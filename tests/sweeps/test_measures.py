"""Measures: fields of a verdict and expressions over them."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import pytest

import bargaining as bg
from bargaining.errors import BargainingError, InputError
from bargaining.linkage.facts import facts_of
from bargaining.results import Status
from bargaining.sweeps.measures import cell, kind_of, parse_measure, split_measures

GUNS_NAME = "us_mexico/guns_for_fentanyl"
GUNS = facts_of(bg.load(GUNS_NAME))
AT_ONE = facts_of(bg.load(GUNS_NAME, parameters={"w": 1}))
PARAMETERS = facts_of(
    bg.load(GUNS_NAME), lambda changed: bg.load(GUNS_NAME, parameters=dict(changed))
)
PREMIUM = facts_of(bg.load("us_mexico/sovereignty_premium"))


def read(text: str, facts: Any = GUNS) -> Any:
    return parse_measure(text).read(facts)


def test_the_prefix_agendas_may_be_left_out() -> None:
    assert read("linked.gains.mexico") == read("agendas.linked.gains.mexico")
    assert read("linked.gains.mexico + 0") == read("agendas.linked.gains.mexico")
    assert read('agendas["guns+fentanyl"].gains.mexico') == read("linked.gains.mexico")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("linked.mutual_gain", True),
        ("delinked.mutual_gain", False),
        ("verdict.effect", "breaks_deadlock"),
        ("issues.guns.exchange_rates[0]", F(3, 5)),
        ("issues.guns.exchange_rates[-1]", F(1)),
        ("linked.gains['us'] > 0 and not delinked.mutual_gain", True),
        ('gain("us", "egalitarian")', F(9, 5)),
        ("len(minimal_packages)", 1),
        ("  linked.mutual_gain\n", True),
    ],
)
def test_values(text: str, value: Any) -> None:
    assert read(text) == value


def test_whether_the_settlement_lasts_at_the_files_own_factors() -> None:
    """At 9/10 against a critical factor below it; at 1/10 not."""
    game = bg.load("us_mexico/guns_for_fentanyl")
    lowest = bg.critical_discount(game, agenda="linked").settlement
    assert lowest is not None
    for factor, lasts in ((lowest, True), (lowest - F(1, 10**6), False)):
        facts = facts_of(bg.LinkageGame(**{**_parts(game), "discount": _both(game, factor)}))
        assert read("linked.lasts", facts) is lasts
        assert read("linked.critical_discount.settlement", facts) == lowest


def _parts(game: bg.LinkageGame) -> dict[str, Any]:
    return {"players": game.players, "issues": game.issues, "links": game.links}


def _both(game: bg.LinkageGame, factor: F) -> dict[str, F]:
    return dict.fromkeys(game.players, factor)


def test_depths_at_home_are_measures() -> None:
    # Alone operations bring Mexico 1/2 per unit of depth, less than the premium's first unit.
    assert read('depth("mexico")', PREMIUM) == 0
    assert read('depth("mexico") == 0 and linked.mutual_gain', PREMIUM) is True
    assert read('linked.requirements["premium.mexico"].depth', PREMIUM) == pytest.approx(
        0.6931471805599453
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("linked.gain.us", '"gains"'),
        ("linked.gains.uss", '"us"'),
        ("issues.gun.status", '"guns"'),
        ("issues.guns.exchange_rates[5]", "a position from 0 to 1"),
        ("linked.mutual_gain.us", "expected a table"),
        ("linked.gains[0]", "expected one of us, mexico"),
        ('gain("uss")', '"us"'),
        ("gain", "call it"),
        ("1 / 0 + gain('us')", "zero"),
    ],
)
def test_unknown_fields(text: str, said: str) -> None:
    measure = parse_measure(text)
    with pytest.raises(BargainingError) as caught:
        cell(measure.read(GUNS))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "lnked.gains.us", "__import__('os')", "().__class__", "linked.__class__",
        "[x for x in (1).__class__.__mro__]", "lambda: 1", "open('x')", "a := 1", "1;2",
        "x" * 5_000, "(" * 300, None, 5, "f'{linked}'", "linked.gains.us = 3", "gain(*[1])",
    ],
)  # fmt: skip
def test_hostile_and_empty_ones_are_refused(text: Any) -> None:
    with pytest.raises(BargainingError):
        cell(parse_measure(text).read(GUNS))


def test_split_at_commas_outside_brackets_and_quotes() -> None:
    text = "linked.gains.us, gain('a,b', \"c,]\"),issues.guns.exchange_rates[0],len([1,2])"
    assert split_measures(text) == [
        "linked.gains.us",
        "gain('a,b', \"c,]\")",
        "issues.guns.exchange_rates[0]",
        "len([1,2])",
    ]


@pytest.mark.parametrize(
    ("value", "found", "kind"),
    [
        (True, True, "yes_no"),
        (F(1, 4), 0.25, "number"),
        (3, 3.0, "number"),
        ("text", "text", "text"),
        (Status.AGREEMENT, "agreement", "text"),
        ([("guns", F(1, 2))], '[["guns", 0.5]]', "text"),
        ({"us": None}, '{"us": null}', "text"),
    ],
)
def test_cells(value: Any, found: Any, kind: str) -> None:
    assert cell(value) == found
    assert type(cell(value)) is type(found)
    assert kind_of(found) == kind


def test_no_cells() -> None:
    assert cell(None) is None
    for value in (F(10) ** 400, float("inf"), float("nan"), ["x" * 20_000], len):
        with pytest.raises(InputError):
            cell(value)


def test_tables_become_json() -> None:
    # The largest product on the line from (5, -3), fentanyl alone, to (1, 3), both.
    assert cell(read("linked.gains")) == '{"us": 1.5, "mexico": 2.25}'


def test_the_prefix_may_be_left_out_in_other_games_too() -> None:
    assert read('without("guns").linked.mutual_gain') is False
    assert read('without("guns").linked.gains.us') == 0
    assert read("linked.gains.us", AT_ONE) == read("at(w=1).agendas.linked.gains.us", PARAMETERS)
    assert read("at(w=1).linked.gains.us", PARAMETERS) == read("linked.gains.us", AT_ONE)
    assert read("at(w=1).at(w=0).linked.gains.us", PARAMETERS) == read("linked.gains.us")


def test_a_place_in_an_empty_list_is_no_answer() -> None:
    assert read("minimal_packages[0]") == ("guns", "fentanyl")
    empty = 'without("guns").minimal_packages'
    assert read(f"len({empty})") == 0
    with pytest.raises(InputError) as caught:
        read(f"{empty}[0]")
    assert str(caught.value).startswith("expected a list that holds something, found an empty one")
    assert read("minimal_packages[0]", facts_of(bg.load(GUNS_NAME).without("guns"))) is None
