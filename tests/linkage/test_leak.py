"""Leak thresholds: against the closed forms of a channel that nothing makes safer."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

import bargaining as bg
from bargaining.linkage.leak import leak_threshold

CHANNEL = """
format = "bargaining-game/1"
players = ["us", "mexico"]
[parameters]
l = "3/4"
harm = 3
[issues.channel]
actions.us = ["withhold", "share"]
payoffs = { us = [0, 6], mexico = [0, 2] }
status_quo.us = "withhold"
[issues.vetting]
actions.mexico = ["open", "vetted"]
payoffs.mexico = [0, -1]
status_quo.mexico = "open"
[[types]]
player = "mexico"
labels = ["vetted", "compromised"]
probability = ["1 - l", "l"]
payoffs.channel.us = [[0, 6], [0, "-harm"]]
payoffs.channel.mexico = [[0, 2], [0, 1]]
payoffs.vetting.mexico = [[0, -1], [0, -3]]
"""


@pytest.mark.parametrize(("harm", "threshold"), [(3, F(2, 3)), (1, F(6, 7)), ("5/2", F(12, 17))])
def test_alone_sharing_pays_until_harm_outweighs_it(harm: object, threshold: F) -> None:
    """No menu separates the types: the US shares with both iff 6(1 - l) >= harm l."""
    game = bg.loads(CHANNEL, parameters={"harm": harm})
    (one,) = leak_threshold(game, "l", agenda="delinked")
    assert (one.threshold, one.true_below, one.true_at) == (threshold, True, True)
    assert one.verify()


def test_linked_it_pays_until_a_leak_is_certain() -> None:
    """A vetting intensity of 1/3 is imitated by nobody, so the vetted unit alone is shared with."""
    (one,) = leak_threshold(bg.loads(CHANNEL), "l")
    assert (one.threshold, one.true_below, one.true_at) == (1, True, False)
