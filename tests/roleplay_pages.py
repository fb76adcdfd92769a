"""What tests of role play share: a game full of secrets, and its pages."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from bargaining.files.class_deals import read_class_deals
from bargaining.linkage.answer_key import answer_key
from bargaining.linkage.roleplay import judge_class
from bargaining.loading import load, loads
from bargaining.model.game import LinkageGame
from bargaining.model.played_types import at_types, chosen_types
from bargaining.report.pages.debrief import debrief_page
from bargaining.report.pages.party import parties, party_page
from bargaining.report.pages.teacher import teacher_page
from bargaining.report.pages.words import words

SECRET = """
format = "bargaining-game/1"
title = "Secret"
players = ["ana", "ben", "cy"]
[issues.guns]
actions.ana = ["none", "some", "many"]
payoffs = { ana = [0, -41, 1013], ben = [0, 7727, 8831], cy = [0, 6661, 5557] }
status_quo.ana = "none"
[issues.aid]
options = ["no", "yes"]
payoffs = { ana = [0, 2027], ben = [0, -9949], cy = [0, 4447] }
visibility = { ana = [0, 3], ben = [0, 1193] }
status_quo = "no"
[[links]]
between = ["guns", "aid"]
[[links.spillovers]]
when.guns.ana = "many"
when.aid = "yes"
payoffs = { ana = 3037, ben = 5563, cy = -7879 }
[floors]
ana = 17
ben = 6269
[caps]
ben = 1181
[premium]
ana = { scale = 1, rate = "1/2", form = "linear" }
ben = { scale = 2221, rate = 1, form = "linear" }
"""
OTHERS = {
    "ana": (7727, 8831, 6661, 5557, 9949, 4447, 1193, 5563, 7879, 6269, 1181, 2221),
    "ben": (41, 1013, 6661, 5557, 2027, 4447, 3037, 7879, 17),
    "cy": (41, 1013, 7727, 8831, 2027, 9949, 1193, 3037, 5563, 17, 6269, 1181, 2221),
}
EN = words("en")


class Reader(HTMLParser):
    """Collects text and attributes, comments too: everything that could carry a number."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found += [value or "" for _, value in attrs]

    def handle_data(self, data):
        self.found.append(data)

    def handle_comment(self, data):
        self.found.append(data)


def everything(page: str) -> str:
    reader = Reader()
    body = re.sub(r"<style>.*?</style>|<script>.*?</script>", "", page, flags=re.DOTALL)
    reader.feed(body)
    return "\n".join(reader.found)


def plain(page: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", page))


def sheet(game: LinkageGame, player: str, language: str = "en", **options) -> str:
    types = options.pop("types", chosen_types(game))
    return party_page(game, player, words(language), types=types, **options)


def teacher(game: LinkageGame, language: str = "en", deals: str = "pure") -> str:
    types = chosen_types(game)
    key = answer_key(at_types(game, types), deals=deals)
    files = [f"party_{n}.html" for n, _ in enumerate(parties(game))]
    return teacher_page(
        game, key, words(language), types=types, files=files, command="bargaining roleplay"
    )


def debrief(game: LinkageGame, *rows: str, language: str = "en", deals: str | None = None) -> str:
    head = ",".join(("group", "treatment", *game.issue_names))
    groups = read_class_deals("\n".join((head, *rows)), "deals.csv", game)
    results = judge_class(game, groups, deals=deals)
    return debrief_page(results, answer_key(game, deals=results.deals), words(language))


TWO_VOTES = """
format = "bargaining-game/1"
players = ["us", "mexico"]
[issues.guns]
options = ["no", "yes"]
payoffs = { us = [0, 1], mexico = [0, 2] }
status_quo = "no"
[issues.aid]
options = ["no", "yes"]
payoffs = { us = [0, 1], mexico = [0, 2] }
status_quo = "no"
[[types]]
player = "us"
labels = ["for", "against"]
probability = ["1/2", "1/2"]
payoffs.guns.us = [[0, 3], [0, -5]]
[[types]]
player = "us"
labels = ["for", "against"]
probability = ["1/2", "1/2"]
payoffs.aid.us = [[0, 4], [0, -6]]
"""
RESERVED = "issue,option,a,b\nx,one,3,1\nx,two,1,3\ny,one,2,0\ny,two,0,2\nreservation,,1,1\n"
RATIFIED = "us_mexico/two_ratifiers"


def test_a_stake_that_only_some_type_has_gets_a_sheet():
    """Myerson and Satterthwaite's seller: payoffs of 0 in the file, a cost as the dear type."""
    game = load("classic/bilateral_trade")
    assert parties(game) == ("buyer", "seller")
    text = plain(sheet(game, "seller", types=chosen_types(game, [("seller", "dear")])))
    assert "-7/8" in text or "-0.875" in text


def test_who_has_nothing_at_stake_is_told_to_the_teacher():
    game = load("us_mexico/canada_joins")
    assert parties(game) == ("us", "mexico")
    text = plain(teacher(game))
    assert "Without a sheet" in text
    assert "People per group: 2" in text
    assert "Without a sheet" not in plain(teacher(load("us_mexico/guns_for_fentanyl")))


def test_draws_are_told_apart_by_their_issues():
    game = loads(TWO_VOTES)
    types = chosen_types(game, [("us", "for / against")])
    text = plain(sheet(game, "us", types=types))
    assert "About guns, you alone know how things are on your side: for." in text
    assert "About aid, you alone know how things are on your side: against." in text
    assert "About aid, you do not know how things are with us." in plain(sheet(game, "mexico"))


@pytest.mark.parametrize("language", ["en", "es"])
def test_games_with_one_way_speak_of_one(language):
    single = LinkageGame.from_payoffs([[[0, 0], [1, 1]]])
    for game in (loads(RESERVED, format="csv"), single):
        speak = words(language)
        page = unescape(teacher(game, language))
        for key in ("teacher.plan_start", "teacher.before_halves", "teacher.board_left",
                    "teacher.discuss_6", "teacher.theory_caption", "treatment.delinked",
                    "teacher.minimal_none", "plane.apart"):  # fmt: skip
            assert speak(key) not in page, key
        assert speak("party.rule_treatment") not in unescape(sheet(game, game.players[0], language))


def test_the_reserved_sheet_says_everything_or_nothing():
    text = plain(sheet(loads(RESERVED, format="csv"), "a"))
    assert "An agreement settles every issue" in text
    assert "leave the line empty" not in text
    assert "a row with only some cells filled is refused" in plain(
        teacher(loads(RESERVED, format="csv"))
    )


def test_a_ratifier_reads_his_own_rule():
    """DESIGN: he ratifies his issue, counting all issues of the package that holds it."""
    game = load(RATIFIED)
    text = plain(sheet(game, "morena"))
    assert "Do not sign what leaves you worse off" not in text
    assert "the whole package, all its issues counted, is worth at least 0 to you" in text
    assert "the package is everything on it, also where your issue stays as today" in text
    assert "On other packages you have no say" in text
    for player in ("us", "morena"):
        shown = plain(sheet(game, player))
        assert "Everything agreed must be signed by: us and mexico." in shown
    assert "Do not sign what leaves you worse off" in plain(sheet(game, "us"))


def test_ratifiers_have_their_own_line():
    """Issue by issue MORENA only sees operations (+1) and ends at -2 + 1 = -1."""
    text = plain(debrief(load(RATIFIED), "1,delinked,accord,accord", "2,linked,accord,accord"))
    assert "Nobody who negotiates loses" in text
    assert "morena ratifies" in text
    assert "Worse off, though no signature of theirs was needed: morena." in text


TWO_TABLES = """
format = "bargaining-game/1"
players = ["a", "b"]
issues.x = { options = ["no", "yes"], payoffs = { a = [0, -4], b = [0, 6] }, status_quo = "no" }
issues.y = { options = ["no", "yes"], payoffs = { a = [0, 5], b = [0, -3] }, status_quo = "no" }
issues.z = { options = ["no", "yes"], payoffs = { a = [0, 1], b = [0, -1] }, status_quo = "no" }
links = [{ between = ["x", "y"] }]
"""
