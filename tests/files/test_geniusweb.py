"""GeniusWeb profiles, against utilities worked out by hand."""

from __future__ import annotations

import contextlib
import copy
import json
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest

import bargaining as bg
from bargaining.errors import BargainingError, GameFileError, InputError

DOMAIN: dict[str, Any] = {
    "name": "jobs",
    "issuesValues": {
        "car": {"values": ["no", "yes"]},
        "pay": {"range": {"low": 1.5, "high": 2.6, "step": 0.5}},
    },
}
PROFILE: dict[str, Any] = {
    "LinearAdditiveUtilitySpace": {
        "name": "worker",
        "domain": DOMAIN,
        "issueUtilities": {
            "car": {"DiscreteValueSetUtilities": {"valueUtilities": {"no": 0, "yes": 0.9}}},
            "pay": {
                "NumberValueSetUtilities": {
                    "lowValue": 1.5, "lowUtility": 0.1, "highValue": 3, "highUtility": 1,
                }
            },
        },
        "issueWeights": {"car": 0.4, "pay": 0.6},
        "reservationBid": {"issuevalues": {"car": "yes", "pay": 2.0}},
    }
}  # fmt: skip


def other(name: str | None = "boss", **changes: Any) -> dict[str, Any]:
    result = copy.deepcopy(PROFILE)
    space = result["LinearAdditiveUtilitySpace"]
    space.update({"name": name, "reservationBid": None, **changes})
    return result


def scenario(folder: Path, *contents: Any) -> bg.LinkageGame:
    paths = []
    for number, content in enumerate(contents):
        path = folder / f"file{number}.json"
        path.write_text(json.dumps(content))
        paths.append(path)
    return bg.load(paths)


def test_utilities_and_reservation(tmp_path: Path) -> None:
    game = scenario(tmp_path, PROFILE, other())
    assert game.players == ("worker", "boss")
    assert game.title == "jobs"
    assert game.issues["pay"].options == ("1.5", "2", "2.5")
    assert game.issues["car"].exact_payoffs.tolist() == [[0, 0], [F(9, 25), F(9, 25)]]
    pay = [F(6, 10) * (F(1, 10) + F(9, 10) * x / F(3, 2)) for x in (0, F(1, 2), 1)]
    assert list(game.issues["pay"].exact_payoffs[:, 0]) == pay
    assert game.reservation == (F(9, 25) + pay[1], 0)
    assert game.warnings == ()


def test_a_domain_may_come_first_and_older_names_are_read(tmp_path: Path) -> None:
    old = other()
    utilities = old["LinearAdditiveUtilitySpace"]["issueUtilities"]
    utilities["car"] = {"discreteutils": utilities["car"]["DiscreteValueSetUtilities"]}
    utilities["pay"] = {"numberutils": utilities["pay"]["NumberValueSetUtilities"]}
    game = scenario(tmp_path, DOMAIN, PROFILE, old)
    plain = scenario(tmp_path, PROFILE, other())
    assert game.issues["pay"].exact_payoffs.tolist() == plain.issues["pay"].exact_payoffs.tolist()


def test_what_is_missing_is_worth_nothing_and_said(tmp_path: Path) -> None:
    sparse = other(
        name=None,
        issueUtilities={
            "car": {"DiscreteValueSetUtilities": {"valueUtilities": {"yes": 1, "maybe": 1}}},
            "boat": {"DiscreteValueSetUtilities": {"valueUtilities": {}}},
        },
        issueWeights={"car": 0.5},
    )
    game = scenario(tmp_path, PROFILE, sparse)
    assert game.players == ("file0", "file1")
    assert list(game.issues["car"].exact_payoffs[:, 1]) == [0, F(1, 2)]
    assert not any(game.issues["pay"].exact_payoffs[:, 1])
    for part in ('value "no" has no utility', 'no value "maybe"', '"pay" has no weight',
                 '"pay" has no utilities', 'no issue "boat"', "add up to 0.5"):  # fmt: skip
        assert any(part in warning for warning in game.warnings)


def test_numbers_outside_the_stated_range_are_worth_nothing(tmp_path: Path) -> None:
    line = {"lowValue": 1.9, "lowUtility": 1, "highValue": 2.1, "highUtility": 0}
    utilities = {**PROFILE["LinearAdditiveUtilitySpace"]["issueUtilities"],
                 "pay": {"NumberValueSetUtilities": line}}  # fmt: skip
    game = scenario(tmp_path, PROFILE, other(issueUtilities=utilities))
    assert list(game.issues["pay"].exact_payoffs[:, 1]) == [0, F(3, 10), 0]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, item in items if isinstance(value, (dict, list)) else ():
        found.append((*path, key))
        found += places(item, (*path, key)) if isinstance(item, (dict, list)) else []
    return found


@pytest.mark.parametrize("place", places(PROFILE), ids=lambda p: ".".join(map(str, p[1:])) or "all")
def test_wrong_kinds_anywhere_are_reported(place: tuple[Any, ...], tmp_path: Path) -> None:
    for wrong in (3, "x", None, True, [], {}, [None], {"a": None}, -1.5, 1e300):
        content = copy.deepcopy(PROFILE)
        parent: Any = content
        for key in place[:-1]:
            parent = parent[key]
        parent[place[-1]] = wrong
        for contents in ((content, other()), (PROFILE, content)):
            with contextlib.suppress(BargainingError):  # anything else fails the test
                assert len(scenario(tmp_path, *contents).players) == 2


def test_wrong_scenarios(tmp_path: Path) -> None:
    endless = copy.deepcopy(DOMAIN)
    endless["issuesValues"]["pay"]["range"]["step"] = 1e-9
    for contents, message in (
        ((PROFILE,), "found one profile"),
        ((DOMAIN, PROFILE), "found one profile"),
        ((DOMAIN, DOMAIN, PROFILE), "expected a profile"),
        ((endless, PROFILE, other()), "expected at most 10,000,000"),
        (
            (PROFILE, other(reservationBid={"issuevalues": {"car": "maybe"}})),
            "a value of the domain",
        ),
    ):
        with pytest.raises(GameFileError) as caught:
            scenario(tmp_path, *contents)
        assert message in str(caught.value)
    path = tmp_path / "alone.json"
    path.write_text(json.dumps(PROFILE))
    with pytest.raises(InputError, match=r"PROFILE1\.json"):
        bg.load(path)
