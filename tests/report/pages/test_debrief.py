"""The class's deals beside what could be had: what was left, for whom, and why."""

from __future__ import annotations

import re

import pytest
from roleplay_pages import EN, RATIFIED, TWO_TABLES, TWO_VOTES, debrief, everything, plain, teacher

from bargaining.loading import load, loads
from bargaining.report.pages.words import words

LOSS = """
format = "bargaining-game/1"
players = ["a", "b"]
[issues.x]
options = ["no", "yes", "loud"]
payoffs = { a = [0, 3, 3], b = [0, -1, -1] }
visibility.b = [0, 0, 1]
status_quo = "no"
[premium.b]
scale = 1
rate = 2
form = "linear"
"""


@pytest.mark.parametrize("language", ["en", "es"])
def test_debrief_names_what_was_left(language):
    game = load("us_mexico/guns_for_fentanyl")
    page = debrief(game, "1,linked,egress checks,lab raids", "2,delinked,,", language=language)
    text = everything(page)
    said = {"en": "Better for everyone (us +1, mexico +3 on top)",
            "es": "Mejor para todos (us +1, mexico +3 además)"}[language]  # fmt: skip
    assert said in plain(page)
    assert {"en": "1 of 1", "es": "1 de 1"}[language] in text
    assert f'<html lang="{language}">' in page


def test_debrief_of_three_parties_has_no_plane():
    game = load("us_mexico/north_american_treaty")
    page = debrief(game, "1,linked,,,", "2,delinked,,,")
    assert page.count("<svg class=") == 1
    assert "svg class" in debrief(load("us_mexico/guns_for_fentanyl"), "1,linked,,")


def test_two_hundred_groups():
    game = load("us_mexico/six_issue_table")
    labels = [issue.outcomes for issue in game.issues.values()]
    rows = [
        f"{n},{'linked' if n % 2 else 'delinked'},"
        + ",".join(options[(n >> k) % 2] for k, options in enumerate(labels))
        for n in range(200)
    ]
    page = debrief(game, *rows)
    assert page.count("<tr data-group=") == 200
    assert len(page) < 1_000_000


def test_what_does_not_stand_is_not_called_the_frontier():
    text = """
format = "bargaining-game/1"
players = ["a", "b"]
issues.x = { options = ["no", "yes"], payoffs = { a = [0, 2], b = [0, 1] }, status_quo = "no" }
issues.y = { options = ["no", "yes"], payoffs = { a = [0, 1], b = [0, 2] }, status_quo = "no" }
[[constraints]]
forbid = { x = "yes", y = "yes" }
"""
    page = plain(debrief(loads(text), "1,linked,yes,yes"))
    assert EN("debrief.forbidden") in page
    assert EN("debrief.efficient") not in page
    assert "0 of 1" in page
    refused = plain(debrief(load(RATIFIED), "1,linked,accord,accord"))
    assert "morena refuses to ratify" in refused
    assert EN("debrief.efficient") not in refused


@pytest.mark.parametrize("language", ["en", "es"])
def test_lower_bounds_are_marked_wherever_they_stand(language):
    """x + y + z in full bring (2, 2), and with several tables nothing better is certified."""
    game = loads(TWO_TABLES + 'floors = { a = "1/2" }')
    page = plain(
        debrief(game, "1,linked,,,", "2,linked,yes,yes,yes", language=language, deals="shares")
    )
    speak = words(language)
    assert page.count(speak("debrief.at_least", amount="2")) == 1
    assert speak("debrief.at_least", amount="0") in page
    assert speak("debrief.at_least", amount="1") in page  # the mean
    assert speak("debrief.left_at_least") in page
    assert "not all issues may share a table" in page
    assert "?" not in page.partition("</style>")[2]
    assert speak("debrief.left_at_least") not in plain(debrief(loads(TWO_TABLES), "1,linked,,,"))


def test_a_rule_across_issues_does_not_sink_the_benchmark():
    text = """
format = "bargaining-game/1"
players = ["a", "b"]
issues.x = { options = ["no", "yes"], payoffs = { a = [0, 2], b = [0, 1] }, status_quo = "no" }
issues.y = { options = ["no", "yes"], payoffs = { a = [0, 1], b = [0, 2] }, status_quo = "no" }
floors = { a = "1/2" }
[[constraints]]
forbid = { x = "yes", y = "yes" }
"""
    page = plain(debrief(loads(text), "1,linked,yes 50%,", "2,delinked,,yes"))
    assert "constraints[0] reaches across packages" in page  # the delinked solution concepts
    assert EN("debrief.left_out") not in page
    assert "+0.5" in page
    assert EN("teacher.usually_unknown") in plain(teacher(loads(text)))


def test_the_yardstick_is_the_same_for_both_treatments():
    """With a cap of 1 sharing and half of the checks bring (2, 2), by hand."""
    game = load("us_mexico/coordination_without_subordination")
    page = debrief(game, "1,linked,,,", "2,delinked,,,", "3,linked,,real-time sharing 40%,")
    rows = re.findall(r'<tr data-group="([12])">(.*?)</tr>', page)
    assert len(rows) == 2
    assert all("us +2, mexico +2" in plain(row) and ">2<" in row for _, row in rows)
    assert "the same yardstick, however they negotiated" in page


def test_numbers_of_a_column_are_written_alike():
    """A third of the checks and of the raids bring (1/3, 1): decimals beside whole numbers."""
    game = load("us_mexico/guns_for_fentanyl")
    page = debrief(
        game, "1,linked,egress checks 1/3,lab raids 1/3", "2,linked,egress checks,lab raids"
    )
    cells = re.findall(r'<td class="number" data-value[^>]*>([^<]*)<', page)
    assert "+0.33" in cells
    assert not any("/" in cell for cell in cells)


@pytest.mark.parametrize(
    ("payoff", "outcome", "said"),
    [
        (-1, "yes", "b: the deal itself brings -1; nothing shows at home."),
        (-1, "loud", "b: the deal itself brings -1, and costs another 2 at home (-3 net)."),
        (1, "loud", "b: costs more at home than it brings (-1 net)."),
        (1, "yes", "b: nothing shows at home; the deal brings +1."),
        (5, "loud", "b: worth its price at home (+3 net)."),
    ],
)
def test_a_loss_is_blamed_on_what_brings_it(payoff, outcome, said):
    game = loads(LOSS.replace("[0, -1, -1]", f"[0, {payoff}, {payoff}]"))
    assert said in plain(debrief(game, f"1,linked,{outcome}"))


def test_the_status_quo_written_out_is_nothing_signed():
    page = debrief(load("us_mexico/guns_for_fentanyl"), "1,linked,no checks,no raids", "2,linked,,")
    assert "Signed something: 0." in page
    assert page.count(EN("treatment.nothing")) == 2


def test_a_better_deal_says_that_the_rest_stays():
    text = loads(TWO_VOTES.partition("[[types]]")[0])
    assert "change aid: yes (the rest as agreed)" in plain(debrief(text, "1,linked,yes,"))
    assert "(the rest as agreed)" not in plain(debrief(text, "1,linked,,"))
