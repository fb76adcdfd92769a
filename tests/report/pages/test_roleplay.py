"""Sheets of a role play: everything a party needs, nothing of the others'."""

from __future__ import annotations

import re

import pytest
from roleplay_pages import (
    EN,
    OTHERS,
    SECRET,
    TWO_TABLES,
    TWO_VOTES,
    debrief,
    everything,
    plain,
    sheet,
    teacher,
)

from bargaining.errors import NotDefinedError
from bargaining.files.class_deals import read_class_deals
from bargaining.linkage.answer_key import answer_key
from bargaining.linkage.roleplay import judge_class
from bargaining.loading import load, loads
from bargaining.model.game import LinkageGame
from bargaining.model.played_types import chosen_types
from bargaining.report.pages.debrief import debrief_page
from bargaining.report.pages.party import check_playable, parties
from bargaining.report.pages.words import words


@pytest.mark.parametrize("player", list(OTHERS))
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_sheet_holds_nothing_of_the_others(player, language):
    page = sheet(loads(SECRET), player, language)
    numbers = {int(n) for n in re.findall(r"\d+", everything(page))}
    assert numbers.isdisjoint(OTHERS[player])
    assert not any(str(n) in page for n in OTHERS[player] if n > 1_000)


def test_a_sheet_holds_all_of_its_own():
    text = plain(sheet(loads(SECRET), "ana"))
    for own in ("-41", "+1013", "+2027", "+3037", "add up to at least 17 for you", "3 → -1.5"):
        assert own in text
    assert "shows more than 1181 in all" in plain(sheet(loads(SECRET), "ben"))
    assert "+4447" in everything(sheet(loads(SECRET), "cy"))


def test_a_type_is_known_to_its_player_alone():
    game = load("us_mexico/foreign_agents_law")
    (draw,) = [d for d in game.draws if len(d.possible) > 1][:1]
    other = next(p for p in game.players if p != draw.player)
    pages = {}
    for s in draw.possible:
        types = {**chosen_types(game), game.draws.index(draw): s}
        assert "you alone know" in sheet(game, draw.player, types=types)
        pages[s] = sheet(game, other, types=types)
    assert len(set(pages.values())) == 1  # the other side's sheet does not tell
    assert len({sheet(game, draw.player, types={0: s}) for s in draw.possible}) > 1


def test_without_a_status_quo_the_reservation_is_the_walk_away():
    rows = "issue,option,a,b\nx,one,3,1\nx,two,1,3\nreservation,,5/2,1\n"
    text = plain(sheet(loads(rows, format="csv"), "a"))
    assert "without an agreement your total is 2.5 in points" in text


def test_what_cannot_be_played_is_refused():
    with pytest.raises(NotDefinedError, match="expected issues to negotiate, found none"):
        check_playable(load("classic/glove"))
    many = LinkageGame.from_payoffs([[[0, 0], [1, 1]]] * 21)
    with pytest.raises(NotDefinedError, match=r"at most 20 issues .* found 21"):
        check_playable(many)


def test_who_gets_a_sheet():
    assert parties(load("us_mexico/two_ratifiers")) == ("us", "mexico", "committee", "morena")
    quiet = LinkageGame.from_payoffs([[[0, 0, 0], [1, 1, 0]]])
    assert parties(quiet) == ("1", "2")
    assert "You sign nothing, you ratify" in sheet(load("us_mexico/two_ratifiers"), "morena")


def test_the_teacher_sees_everybody_and_the_frontier():
    text = everything(teacher(load("us_mexico/guns_for_fentanyl")))
    for part in ("-4", "+6", "+5", "-3", "+1", "+3", "Plan for 45 minutes",
                 "Issue by issue, nothing can be signed", "Southbound firearms + Fen"):  # fmt: skip
        assert part in text, part


HOSTILE = ["<script>alert(1)</script>", "'\"&<b>", "\u05e9\u05dc\u05d5\u05dd \u202e", "x" * 300]


def hostile_game() -> LinkageGame:
    from bargaining.model.issue import Issue

    a, b = HOSTILE[0] + "a", HOSTILE[2]
    issues = [
        Issue.from_options(
            name, (a, b), [HOSTILE[1], HOSTILE[3] + "{x}"], {a: [0, x], b: [0, y]},
            status_quo=HOSTILE[1], title=name,
        )
        for name, x, y in ((HOSTILE[0], -1, 3), (HOSTILE[3], 3, -1))
    ]  # fmt: skip
    return LinkageGame((a, b), {i.name: i for i in issues}, title=HOSTILE[0])


def test_hostile_names_are_harmless():
    game = hostile_game()
    pages = [sheet(game, game.players[0]), sheet(game, game.players[1], "es"), teacher(game)]
    from bargaining.files.class_deals import empty_table

    groups = read_class_deals(empty_table(game), "deals.csv", game)
    results = judge_class(game, groups)
    pages.append(debrief_page(results, answer_key(game), EN))
    for page in pages:
        assert "<script>alert" not in page
        assert "<b>" not in page
        assert "\u202e" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_an_untitled_game_is_called_by_its_file(tmp_path):
    (tmp_path / "old_deal.toml").write_text(TWO_VOTES, encoding="utf-8")
    text = everything(sheet(load(tmp_path / "old_deal.toml"), "us"))
    assert "old_deal" in text
    assert str(tmp_path) not in text


def test_missing_links_are_told():
    """Only x and y may be linked: z has its own table, in `solve` too."""
    game = loads(TWO_TABLES)
    said = "x and y on one table; z on its own"
    pages = [sheet(game, "a"), teacher(game), debrief(game, "1,linked,yes,yes,", "2,delinked,,,")]
    assert all(said in plain(page) for page in pages)
    assert "all issues on one table, signed together" not in plain(pages[0])
    assert "on shared tables (linked)" in plain(pages[2])
    spanish = plain(sheet(game, "b", "es"))
    assert "x y y en una mesa; z por su cuenta" in spanish
    whole = load("us_mexico/guns_for_fentanyl")
    assert "all issues on one table, signed together" in plain(sheet(whole, "us"))
    assert EN("treatment.linked") in plain(debrief(whole, "1,linked,,"))


@pytest.mark.parametrize("language", ["en", "es"])
def test_deals_that_fail_at_home_are_counted(language):
    """Operations and aid in full fail for Mexico City: 6 - (e^4 - 1) < 0, and (2, ·) beats all."""
    game = load("us_mexico/sovereignty_premium")
    page = plain(teacher(game, language))
    key = answer_key(game)
    assert key.failing > 0
    assert words(language)("teacher.frontier_fail", count=key.failing) in page
    free = plain(teacher(load("us_mexico/guns_for_fentanyl"), language))
    assert words(language)("teacher.frontier_note", count=3) in free
