"""Sheets of a role play: everything a party needs, nothing of the others'."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from bargaining.errors import NotDefinedError
from bargaining.files.class_deals import read_class_deals
from bargaining.linkage.answer_key import answer_key
from bargaining.linkage.roleplay import judge_class
from bargaining.loading import load, loads
from bargaining.model.game import LinkageGame
from bargaining.model.played_types import at_types, chosen_types
from bargaining.report.pages.debrief import debrief_page
from bargaining.report.pages.party import check_playable, parties, party_page
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


TWO_TABLES = """
format = "bargaining-game/1"
players = ["a", "b"]
issues.x = { options = ["no", "yes"], payoffs = { a = [0, -4], b = [0, 6] }, status_quo = "no" }
issues.y = { options = ["no", "yes"], payoffs = { a = [0, 5], b = [0, -3] }, status_quo = "no" }
issues.z = { options = ["no", "yes"], payoffs = { a = [0, 1], b = [0, -1] }, status_quo = "no" }
links = [{ between = ["x", "y"] }]
"""


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
