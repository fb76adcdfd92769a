"""The examples of other programs' files on the page about the game file."""

from __future__ import annotations

import re
from pathlib import Path

import bargaining as bg
from bargaining.files.document import same_game

PAGE = (Path(__file__).resolve().parents[2] / "games" / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_score_tables() -> None:
    first, second = blocks("csv")
    assert bg.solve(bg.loads(first, format="csv")).verdict.linking_breaks_deadlock
    reserved = bg.loads(second, format="csv")
    answer = bg.settle(reserved, deals="pure")
    # 12.5 and 40 give (7, 9), 10 and 36 give (4, 17/2), 12.5 and 36 give (10, 11/2):
    # the products of gains over (4, 5) are 12, 0 and 3
    assert answer.payoffs == {"union": 7, "firm": 9}
    assert bg.solve(reserved).verdict.effect == "not_defined"


def test_strategic_game() -> None:
    (text,) = blocks("nfg")
    game = bg.loads(text, format="nfg")
    assert game.issues["game"].status_quo_index is None
    from bargaining.files.write import write

    line = 'status_quo = { Row = "Fight", Column = "Opera" }'
    assert line in " ".join(PAGE.split())
    named = write(game, "toml").text.replace("[issues.game]\n", f"[issues.game]\n{line}\n")
    again = bg.loads(named)
    assert again.issues["game"].status_quo == "Fight / Opera"
    assert not same_game(again, game)
    assert bg.solve(again).verify()
