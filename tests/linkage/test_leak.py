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


def by_hand(game: bg.LinkageGame, agenda: str) -> F:
    """SCENARIOS-style closed form: alone no menu separates, linked the vetted type vets at 1/3.

    Alone the United States shares with both or not at all; linked, a vetting intensity that a
    compromised unit does not imitate leaves sharing with the vetted unit only.
    """
    (draw,) = game.draws
    good, bad = draw.probability
    us, mexico = draw.payoffs["channel"]["us"], draw.payoffs["channel"]["mexico"]
    if agenda == "delinked":
        mean = good * us[0][1] + bad * us[1][1]
        return good * mexico[0][1] + bad * mexico[1][1] + mean if mean >= 0 else F(0)
    intensity = mexico[1][1] / -draw.payoffs["vetting"]["mexico"][1][1]
    return good * (us[0][1] + mexico[0][1] - intensity)


@pytest.mark.parametrize(("harm", "threshold"), [(3, F(2, 3)), (1, F(6, 7)), ("5/2", F(12, 17))])
def test_alone_sharing_pays_until_harm_outweighs_it(harm: object, threshold: F) -> None:
    game = bg.loads(CHANNEL, parameters={"harm": harm})
    found = leak_threshold(game, "l", by_hand, agenda="delinked")
    (one,) = found.thresholds
    assert (one.at, one.below, one.above, one.holds_at) == (threshold, True, False, True)
    assert found.verify()


def test_linked_it_pays_until_a_leak_is_certain() -> None:
    found = leak_threshold(bg.loads(CHANNEL), "l", by_hand)
    (one,) = found.thresholds
    assert (one.at, one.holds_at) == (1, False)


def test_numerical_totals_need_more_than_rounding() -> None:
    game = bg.loads(CHANNEL)
    found = leak_threshold(game, "l", lambda g, a: max(0.5 - float(g.parameters["l"]), 1e-9))
    assert found.at is None or abs(found.at - F(1, 2)) < 1e-6
    (one,) = found.thresholds
    assert abs(float(one.low) - 0.5) < 1e-5
