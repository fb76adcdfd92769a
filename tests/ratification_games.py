"""Games whose deals must pass at home, and the concepts that settle them."""

from __future__ import annotations

from dataclasses import replace

import bargaining as bg

CONCEPTS = ("nash", "egalitarian", "kalai_smorodinsky", "utilitarian")

VETOED = """
format = "bargaining-game/1"
players = ["a", "b", "c", "v"]
[issues.x]
options = ["no", "yes"]
payoffs = { a = [0, 2], b = [0, 2], c = [0, 1], v = [0, 1] }
status_quo = "no"
[issues.y]
options = ["no", "yes"]
payoffs = { a = [0, 2], b = [0, 1], c = [0, 3], v = [0, -2] }
status_quo = "no"
[vetoes]
x = ["v"]
"""
"""Three who all gain by either issue; who ratifies the first would lose by the second."""


def favours(
    us: tuple[int, int],
    mexico: tuple[int, int],
    visibility: tuple[int, int] = (1, 0),
    *,
    scale: str = "1",
    rate: str = "1",
    form: str = "exponential",
    audience: str = "package",
    extra: str = "",
) -> bg.LinkageGame:
    """Mexico acts on `first`, the United States on `second`; Mexico's audience watches."""
    return bg.loads(
        f"""
        format = "bargaining-game/1"
        players = ["us", "mexico"]
        premium.mexico = {{scale = "{scale}", rate = "{rate}", form = "{form}",
                          audience = "{audience}"}}
        {extra}
        [issues.first]
        actions.mexico = ["no", "yes"]
        payoffs = {{us = [0, {us[0]}], mexico = [0, {mexico[0]}]}}
        visibility.mexico = [0, {visibility[0]}]
        status_quo.mexico = "no"
        [issues.second]
        actions.us = ["no", "yes"]
        payoffs = {{us = [0, {us[1]}], mexico = [0, {mexico[1]}]}}
        visibility.mexico = [0, {visibility[1]}]
        status_quo.us = "no"
    """.replace("\n                          ", " ")
    )


def floor_game(floor: str, extra: str = "") -> bg.LinkageGame:
    """Operations in full bring (6, 2), the money (-4, 4): mexico reaches 6 and no more."""
    return bg.loads(f"""
        format = "bargaining-game/1"
        players = ["us", "mexico"]
        floors.mexico = "{floor}"
        {extra}
        [issues.operations]
        options = ["none", "all"]
        payoffs = {{us = [0, 6], mexico = [0, 2]}}
        visibility.mexico = [0, 1]
        status_quo = "none"
        [issues.money]
        options = ["none", "aid"]
        payoffs = {{us = [0, -4], mexico = [0, 4]}}
        status_quo = "none"
    """)


def with_audience(game: bg.LinkageGame, audience: str) -> bg.LinkageGame:
    premium = {p: {**t, "audience": audience} for p, t in game.channels["premium"].items()}
    return replace(game, channels={**game.channels, "premium": premium})
