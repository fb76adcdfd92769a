"""Reading private types and stated worths."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest

import bargaining as bg
from bargaining.errors import GameFileError, NotDefinedError
from bargaining.files.document import document_of
from bargaining.model.information import gains_of_types

HEAD = """
format = "bargaining-game/1"
players = ["us", "mexico"]
[parameters]
l = "1/4"
[weights.mexico]
channel = 2
[issues.channel]
options = ["withhold", "share"]
payoffs = {us = [0, 6], mexico = [1, 3]}
status_quo = "withhold"
[issues.vetting]
actions.mexico = ["open", "unit"]
payoffs.mexico = [0, -1]
status_quo.mexico = "open"
"""
TYPES = """
[[types]]
player = "mexico"
labels = ["vetted", "compromised"]
probability = ["1 - l", "l"]
payoffs.channel.us = [[0, 6], [0, -3]]
payoffs.channel.mexico = [[1, 3], [1, 2]]
"""


def test_types_replace_payoffs() -> None:
    game = bg.loads(HEAD + TYPES)
    (draw,) = game.draws
    assert draw.probability == (Fraction(3, 4), Fraction(1, 4))
    gains = gains_of_types(game.issues["channel"], game.draws, {0: 1})
    assert gains.tolist() == [[0, 0], [-3, 2]]  # the weight of 2 applies to the rows too
    assert gains_of_types(game.issues["vetting"], game.draws, {0: 1}).tolist() == [[0, 0], [0, -1]]
    assert game.without("channel").draws == ()
    assert game.without("vetting").draws == game.draws


def test_types_survive_writing() -> None:
    game = bg.loads(HEAD + TYPES)
    again = bg.loads(json.dumps(document_of(replace(game, document={}))), format="json")
    assert again.draws == game.draws


def test_all_problems_at_once() -> None:
    wrong = """
[[types]]
player = "mexiko"
labels = ["one"]
probability = ["1/2", "1/4"]
payoffs.chanel.us = [[0, 6], [0, -3]]
[[types]]
player = "mexico"
probability = ["1/2", "1/2"]
payoffs.channel.us = [[0, 6, 1]]
surprise = 1
"""
    with pytest.raises(GameFileError) as error:
        bg.loads(HEAD + wrong)
    text = str(error.value)
    for part in (
        "types[0].player",
        "types[0].labels: expected 2 labels",
        "types[0].probability: expected probabilities that add up to 1, found 3/4",
        "types[0].payoffs.chanel: expected an issue",
        "types[1].payoffs.channel.us: expected 2 rows",
        "types[1].surprise: expected one of the keys player, labels, probability, payoffs",
    ):
        assert part in text, part


def test_two_draws_may_not_replace_the_same_payoffs() -> None:
    with pytest.raises(
        GameFileError, match=r"types\[1\].payoffs.channel.us: expected payoffs that"
    ):
        bg.loads(HEAD + TYPES + TYPES)


def test_worths_need_no_issues() -> None:
    text = """
        format = "bargaining-game/1"
        players = ["us", "mexico", "canada"]
        [worth]
        "canada + us" = 6
        "us+mexico+canada" = 12
        """
    game = bg.loads(text)
    assert game.channels["worth"] == {"us+canada": 6, "us+mexico+canada": 12}
    with pytest.raises(NotDefinedError, match="no issues"):
        bg.solve(game)
    with pytest.raises(GameFileError, match="once"):
        bg.loads(text + '"canada+canada" = 1\n')


def test_what_shows_at_home_is_checked_with_everything_else() -> None:
    text = """
        format = "bargaining-game/1"
        players = ["us", "mexico"]
        premium.mexico = {scale = -1, rate = "-1/2"}
        caps.us = -2
        [issues.channel]
        options = ["withhold", "share"]
        payoffs = {us = [0, 6], mexico = [1, 3]}
        status_quo = "withhold"
        visibility = {us = [1, 2], mexico = [0, -1]}
        """
    with pytest.raises(GameFileError) as error:
        bg.loads(text)
    for part in (
        "premium.mexico.scale: expected a number from 0 on, found -1",
        "premium.mexico.rate: expected a number from 0 on, found -1/2",
        "caps.us: expected a number from 0 on, found -2",
        "issues.channel.visibility.us[0]: expected 0 at the status quo, found 1",
        "issues.channel.visibility.mexico[1]: expected a number from 0 on, found -1",
    ):
        assert part in str(error.value), part
