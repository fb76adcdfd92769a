"""Rows solved one by one: each is what is said of the game written down with its numbers."""

from __future__ import annotations

import copy
import json
import math
import pickle
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import pytest

import bargaining as bg
from bargaining.errors import InputError
from bargaining.files.document import document_of
from bargaining.linkage.nearby import ranges
from bargaining.sweeps.design import design
from bargaining.sweeps.job import FAILED, MAX_MESSAGE, OK, Job, job_of
from bargaining.sweeps.measures import parse_measure

GUNS = """
format = "bargaining-game/1"
players = ["us", "mexico"]
discount = { us = "d", mexico = 0.9 }
[parameters]
d = 0.9
w = "d/2"
[issues.guns]
actions.us = ["no checks", "egress checks"]
payoffs = { us = [0, -4], mexico = [0, "6/(1 + w)"] }
status_quo.us = "no checks"
[issues.fentanyl]
actions.mexico = ["no raids", "lab raids"]
payoffs = { us = [0, 5], mexico = [0, -3] }
status_quo.mexico = "no raids"
"""


def job(game: Any, vary: Any, *measures: str, how: Any = None, **plan: Any) -> Job:
    loaded = bg.loads(game) if isinstance(game, str) and "\n" in game else game
    loaded = bg.load(loaded) if isinstance(loaded, str) else loaded
    return job_of(
        loaded, design(vary=vary, **plan), tuple(map(parse_measure, measures)), **(how or {})
    )


def cells(found: Any, name: str) -> list[Any]:
    column = found[name]
    return [v if k else None for v, k in zip(column.values.tolist(), column.known, strict=True)]


def test_every_row_is_the_game_written_with_its_numbers() -> None:
    vary = {
        "parameters.w": "0:1:3",
        "issues.guns.payoffs.us[1]": "-6:-2:3",
        "discount.us": "1/2,9/10",
    }
    names = ["linked.gains.us", "linked.mutual_gain", "verdict.effect",
             "linked.critical_discount.any", "linked.lasts", "minimal_packages"]  # fmt: skip
    work = job(GUNS, vary, *names)
    found = work.solve(0, work.design.rows)
    assert set(cells(found, "message")) == {None}
    for row in range(work.design.rows):
        w, guns, patience = work.design.exact(row)
        text = (
            GUNS.replace('w = "d/2"', f'w = "{w}"')
            .replace("us = [0, -4]", f'us = [0, "{guns}"]')
            .replace('us = "d"', f'us = "{patience}"')
        )
        game = bg.loads(text)
        verdict = bg.solve(game).to_dict()
        linked = verdict["agendas"]["linked"]
        assert cells(found, "linked.gains.us")[row] == float(linked["gains"]["us"])
        assert cells(found, "linked.mutual_gain")[row] is linked["mutual_gain"]
        assert cells(found, "verdict.effect")[row] == verdict["verdict"]["effect"]
        lowest = linked["critical_discount"]["any"]
        stated = cells(found, "linked.critical_discount.any")[row]
        assert stated is None if lowest is None else stated == pytest.approx(lowest, abs=1e-10)
        lasts = bg.critical_discount(game, agenda="linked").lasts
        assert cells(found, "linked.lasts")[row] is lasts
        packages = json.loads(cells(found, "minimal_packages")[row])
        assert packages == [list(package) for package in verdict["minimal_packages"]]


GAMES = [
    ("us_mexico/canada_joins", "discount", "0.5:0.9:2", ["linked.gains.us", 'worth("us+mexico")']),
    ("us_mexico/one_audience", "premium.mexico.rate", "0.5:1:2", ["linked.gains.mexico"]),
]


@pytest.mark.parametrize(("name", "path", "values", "measures"), GAMES)
def test_bundled_games_row_by_row(
    name: str, path: str, values: str, measures: list[str], tmp_path: Any
) -> None:
    game = bg.load(name)
    work = job(game, {path: values}, *measures)
    found = work.solve(0, 2)
    for row in range(2):
        document = json.loads(json.dumps(document_of(game), default=str))
        for key in ("claims", "expected"):
            document.pop(key, None)
        work.design.axes[0].path.put(document, work.design.exact(row)[0])
        written = tmp_path / f"{row}.json"
        written.write_text(json.dumps(document))
        from bargaining.linkage.facts import facts_of

        facts = facts_of(bg.load(written))
        for measure in work.measures:
            assert cells(found, measure.name)[row] == float(measure.read(facts))


@pytest.mark.parametrize("how", [{"deals": "pure"}, {"solution": "egalitarian"}])
def test_the_manner_of_settling_counts(how: Any) -> None:
    work = job(GUNS, {"issues.guns.payoffs.us[1]": "-4,-3"}, "linked.gains.mexico", how=how)
    for row, gained in enumerate(cells(work.solve(0, 2), "linked.gains.mexico")):
        settled = bg.settle(work.game(row), **{"agenda": "linked", **how})
        assert gained == float(settled.gains["mexico"])


def test_parts_of_a_span_are_the_span() -> None:
    work = job(GUNS, {"parameters.w": "0:1:6"}, "linked.gains.us")
    whole = cells(work.solve(0, 6), "linked.gains.us")
    assert cells(work.solve(4, 6), "linked.gains.us") == whole[4:]
    assert cells(pickle.loads(pickle.dumps(work)).solve(1, 3), "linked.gains.us") == whole[1:3]


def test_rows_that_fail_say_why_and_leave_the_others_alone() -> None:
    work = job(GUNS, {"parameters.w": "-1,0", "discount.mexico": "0.9,1.2"}, "linked.gains.us",
               "linked.mutual_gain")  # fmt: skip
    found = work.solve(0, 4)
    assert cells(found, "status") == [FAILED, FAILED, OK, FAILED]
    messages = cells(found, "message")
    assert "zero" in messages[0]
    assert messages[2] is None
    assert "discount.mexico" in messages[3]
    assert "6/5" in messages[3] or "1.2" in messages[3]
    assert [v is None for v in cells(found, "linked.gains.us")] == [True, True, False, True]
    assert all(m is None or (len(m) <= MAX_MESSAGE and "\n" not in m) for m in messages)


def test_one_measure_that_fails_leaves_the_others_of_its_row() -> None:
    text = "1 / parameters.w"
    work = job(GUNS, {"parameters.w": "0,1/2"}, text, "linked.mutual_gain")
    found = work.solve(0, 2)
    assert cells(found, text) == [None, 2.0]
    assert cells(found, "linked.mutual_gain") == [True, True]
    assert cells(found, "status") == [FAILED, OK]
    assert text in cells(found, "message")[0]


def test_an_answer_of_another_kind_is_a_failure_of_its_row() -> None:
    text = "[discount.us, verdict.effect][len(minimal_packages)]"
    work = job(GUNS, {"issues.guns.payoffs.us[1]": "-40,-4"}, text)
    found = work.solve(0, 2)
    assert work.kinds == ("number",)
    assert cells(found, text) == [0.9, None]
    assert "expected a number as in other rows" in cells(found, "message")[1]


def test_no_answer_is_no_failure() -> None:
    work = job(GUNS, {"issues.guns.payoffs.us[1]": "-4,4"}, "issues.guns.exchange_rates[0]")
    found = work.solve(0, 2)
    assert cells(found, "status") == [OK, OK]
    assert cells(found, "issues.guns.exchange_rates[0]")[1] is None


def test_rows_that_cannot_be_built_do_not_hide_what_kind_a_measure_has() -> None:
    vary = {"parameters.w": "-1,0", "issues.guns.payoffs.us[1]": "4,-4"}
    work = job(GUNS, vary, "issues.guns.exchange_rates[0]")
    assert work.kinds == ("number",)


@pytest.mark.parametrize(
    ("vary", "measures", "said"),
    [
        ({"parameters.v": "0,1"}, ["linked.gains.us"], "expected a parameter of the game (d, w)"),
        ({"parameters.w": "0,1"}, ["linked.gains.uss"], '"us"'),
        ({"parameters.w": "0,1"}, [], "at least one"),
        ({"parameters.w": "0,1"}, ["linked.gains.us"] * 2, "twice"),
        ({"parameters.w": "0,1"}, ["parameters.w"], "twice"),
        ({"parameters.w": "-1"}, ["linked.gains.us"], "zero"),
        ({"issues.gans.payoffs.us[1]": "1"}, ["linked.gains.us"], '"guns"'),
        ({"premium.mexico.scale": "1"}, ["linked.gains.us"], "premium"),
        ({"title": "1"}, ["linked.gains.us"], "title"),
    ],
)
def test_wrong_jobs_are_refused_at_once(vary: Any, measures: list[str], said: str) -> None:
    with pytest.raises(InputError) as caught:
        job(GUNS, vary, *measures)
    assert said in str(caught.value)


def test_the_key_is_about_the_game_not_about_its_file(tmp_path: Any) -> None:
    vary, measure = {"parameters.w": "0:1:3"}, "linked.gains.us"
    first = job(GUNS, vary, measure)
    document = json.loads(json.dumps(document_of(bg.loads(GUNS)), default=str))
    turned = {key: document[key] for key in reversed(document)} | {"title": "Other words"}
    path = tmp_path / "other.json"
    path.write_text(json.dumps(turned))
    assert job(str(path), vary, measure).key == first.key
    assert pickle.loads(pickle.dumps(first)).key == first.key
    others = [
        job(GUNS.replace("-4", "-5"), vary, measure),
        job(GUNS, {"parameters.w": "0:1:4"}, measure),
        job(GUNS, vary, "linked.gains.mexico"),
        job(GUNS, vary, measure, seed=1),
        job(GUNS, vary, measure, how={"solution": "egalitarian"}),
        job(GUNS, vary, measure, how={"deals": "pure"}),
    ]
    assert len({first.key, *(other.key for other in others)}) == 7


def test_replaced_parameters_are_part_of_the_game() -> None:
    game = bg.load("us_mexico/guns_for_fentanyl", parameters={"a": "1/2"})
    path = "issues.guns.payoffs.mexico[1]"
    work, plain = (job(g, {path: "6"}, "linked.gains.us") for g in (game, bg.load(game.name)))
    assert work.key != plain.key
    assert work.game(0).parameters["a"] == F(1, 2)


def test_the_job_leaves_the_document_alone() -> None:
    work = job(GUNS, {"discount": "0.5,0.6", "issues.guns.payoffs.us[1]": "-1"}, "linked.gains.us")
    before = copy.deepcopy(work.document)
    work.solve(0, 2)
    assert work.document == before


def test_noise_follows_the_rows_own_seed_and_stays_within_its_share() -> None:
    share = F(1, 8)
    work = job(GUNS, {"parameters.w": "0,1"}, "linked.gains.us", noise=share, draws=3, seed=5)
    tables = []
    for row in range(6):
        moved = work.game(row)
        still = work.game_at(work.design.exact(row))
        steps = []
        for name, issue in still.issues.items():
            change = moved.issues[name].exact_payoffs - issue.exact_payoffs
            assert (abs(change) <= share * ranges(issue)).all()
            steps += change.ravel().tolist()
        assert any(steps)
        tables.append(tuple(steps))
    assert len(set(tables)) == 6
    other = job(GUNS, {"parameters.w": "0,1"}, "linked.gains.us", noise=share, draws=3, seed=6)
    assert other.game(0).issues["guns"].exact_payoffs.tolist() != (
        work.game(0).issues["guns"].exact_payoffs.tolist()
    )
    gains = cells(work.solve(0, 6), "linked.gains.us")
    assert cells(work.solve(4, 5), "linked.gains.us") == gains[4:5]
    assert gains[4] == float(bg.settle(work.game(4), agenda="linked").gains["us"])


def test_other_parameters_of_a_row() -> None:
    """The measure ``at`` builds on the row's own numbers."""
    text = "at(d=1/2).parameters.w"
    work = job(GUNS, {"parameters.w": "0.3,0.4"}, text, "at(w=1).discount.us")
    found = work.solve(0, 2)
    assert cells(found, text) == [0.3, 0.4]
    assert cells(found, "at(w=1).discount.us") == [0.9, 0.9]


def test_rows_under_a_premium_do_not_depend_on_each_other() -> None:
    vary = {"premium.mexico.scale": "1/4,1,3/2", "issues.money.payoffs.mexico[1]": "3,4"}
    work = job("us_mexico/sovereignty_premium", vary, "linked.gains.mexico", "verdict.effect")
    whole = work.solve(0, 6)
    for row in (3, 0, 5, 1, 4, 2):
        alone = work.solve(row, row + 1)
        for name in ("linked.gains.mexico", "verdict.effect", "status"):
            assert cells(alone, name) == cells(whole, name)[row : row + 1]


def test_mutual_gain_under_a_premium_is_decided_exactly() -> None:
    """The money buys depth if and only if the premium's first unit costs less than 2."""
    just = f"{2 * 10**15 - 1}/{10**15}"
    work = job("us_mexico/sovereignty_premium", {"premium.mexico.scale": f"1,{just},2,3"},
               "linked.mutual_gain", "verdict.effect", "linked.gains.mexico")  # fmt: skip
    found = work.solve(0, 4)
    assert cells(found, "linked.mutual_gain") == [True, True, False, False]
    assert cells(found, "verdict.effect") == ["breaks_deadlock"] * 2 + ["no_effect"] * 2
    gains = cells(found, "linked.gains.mexico")
    # At scale 1 the closed form of the file: ln 2 - 1/2.
    assert gains[0] == pytest.approx(math.log(2) - 0.5, abs=1e-6)
    assert 0 < gains[1] < 1e-15
    assert gains[2:] == [0.0, 0.0]


def test_a_message_names_its_measure_once() -> None:
    work = job(GUNS, {"parameters.w": [0, 1]}, "issues.guns.exchange_rates[0]")
    wrong = parse_measure("issues.guns.exchange_rates[7]")
    _, message = replace(work, measures=(wrong,))._one(0, [wrong])
    assert message is not None
    assert message.startswith("issues.guns.exchange_rates[7]: expected a position from 0 to 1")
    assert message.count("exchange_rates[7]") == 1


def test_where_nothing_is_agreed_there_is_no_first_package() -> None:
    """Mexico at 2 for checks that cost the US 4, and 5 against 3 the other way: no trade."""
    game = bg.load("us_mexico/guns_for_fentanyl")
    work = job(game, {"issues.guns.payoffs.mexico[1]": [2, 6]}, "minimal_packages[0]")
    found = work.solve(0, 2)
    assert cells(found, "minimal_packages[0]") == [None, '["guns", "fentanyl"]']
    assert found["status"].values.tolist() == ["ok", "ok"]
