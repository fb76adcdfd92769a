"""Settings: types, their probabilities, and gains by profile."""

from __future__ import annotations

import json
from fractions import Fraction as F

import numpy as np
import pytest

import bargaining as bg
from bargaining.errors import NotSupportedError
from bargaining.model.agenda import parse_agenda
from bargaining.model.information import gains_of_types
from bargaining.settlement.mechanism.setting import Setting, settings


def setting(game: bg.LinkageGame, agenda: str = "linked") -> Setting:
    return settings(game, parse_agenda(game, agenda))[0]


def game_with(types: list[dict[str, object]], **more: object) -> bg.LinkageGame:
    document = {
        "format": "bargaining-game/1",
        "players": ["us", "mexico", "canada"],
        "issues": {
            "x": {
                "options": ["no", "yes"],
                "status_quo": "no",
                "payoffs": {"us": [0, 1], "mexico": [1, 3]},
            },
            "y": {
                "options": ["as now", "less", "more"],
                "status_quo": "as now",
                "payoffs": {"us": [0, 1, 2], "mexico": [0, -1, -2]},
            },
        },
        "types": types,
        **more,
    }
    return bg.loads(json.dumps(document), format="json")


OWN = {
    "player": "us",
    "labels": ["low", "never", "high"],
    "probability": ["1/3", 0, "2/3"],
    "payoffs": {"x": {"us": [[0, 1], [0, 9], [0, 5]]}},
}
OTHERS = {
    "player": "us",
    "probability": ["1/2", "1/2"],
    "payoffs": {"y": {"mexico": [[0, -1, -2], [1, 1, 1]]}},
}
BESIDE = {
    "player": "mexico",
    "probability": ["1/2", "1/2"],
    "payoffs": {"x": {"mexico": [[2, 3], [5, 6]]}},
}


def test_types_are_combinations_that_can_occur() -> None:
    us, mexico, canada = setting(game_with([OWN, OTHERS])).spaces
    assert us.labels == ("low / 1", "low / 2", "high / 1", "high / 2")
    assert us.probability == (F(1, 6), F(1, 6), F(1, 3), F(1, 3))
    assert mexico.labels == canada.labels == ("",)


def test_a_draw_that_changes_no_gain_is_left_out() -> None:
    # mexico gains 1 from x whatever it is worth without a deal
    found = setting(game_with([OWN, BESIDE]))
    assert found.shape == (2, 1, 1)
    assert found.gains((0, 0, 0))[1].tolist() == [1, 1, 0]


def test_whose_types_matter_to_whom() -> None:
    found = setting(game_with([OWN, OTHERS]))
    assert found.relevant(0) == ()
    assert found.relevant(1) == (0,)
    assert found.stake == (0, 1)
    assert found.exact(0).shape == (4, 1, 1, 5)
    apart = setting(game_with([OWN, OTHERS]), "delinked")
    assert apart.shape == (2, 1, 1)
    assert apart.relevant(1) == ()


@pytest.mark.parametrize("linked", [False, True])
def test_gains_are_those_of_the_draws(linked: bool) -> None:
    spill = {
        "between": ["x", "y"],
        "spillovers": [{"when": {"x": "yes", "y": "more"}, "payoffs": {"us": 10, "mexico": 20}}],
    }
    game = game_with([OWN, OTHERS], **({"links": [spill]} if linked else {}))
    found = setting(game)
    for profile in found.each_profile():
        drawn = dict(zip((0, 1), found.spaces[0].choices[profile[0]], strict=True))
        for x in range(2):
            for y in range(3):
                wanted = sum(
                    gains_of_types(game.issues[k], game.draws, drawn)[outcome]
                    for k, outcome in (("x", x), ("y", y))
                )
                if linked and (x, y) == (1, 2):
                    wanted = wanted + np.array([10, 20, 0])
                columns = found.columns
                if linked:
                    on = (columns[0] == x) & (columns[1] == y)
                else:
                    on = (columns[0] == x) | (columns[1] == y)
                assert found.gains(profile)[on].sum(axis=0).tolist() == wanted.tolist()


def test_too_many_profiles_are_refused() -> None:
    many = [
        {
            "player": player,
            "probability": ["1/1000"] * 1000,
            "payoffs": {"x": {player: [[0, n] for n in range(1000)]}},
        }
        for player in ("us", "mexico")
    ]
    with pytest.raises(NotSupportedError, match="1,000,000 profiles of types"):
        setting(game_with(many))
