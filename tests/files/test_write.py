"""Written games: every bundled one comes back the same, and so do random ones."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.errors import InputError, NotSupportedError
from bargaining.files.document import document_of, same_game
from bargaining.files.layout import WIDTH, folded, json_text, toml_text
from bargaining.files.library import bundled
from bargaining.files.numerals import decimal, numeral, plain
from bargaining.files.write import write

GAMES = list(bundled())


@pytest.mark.parametrize("name", GAMES)
def test_bundled_games_survive_toml_json_toml(name: str) -> None:
    game = bg.load(name)
    written = write(game, "toml")
    assert written.warnings == ()
    first = bg.loads(written.text)
    second = bg.loads(write(first, "json").text, format="json")
    third = bg.loads(write(second, "toml").text)
    for again in (first, second, third):
        assert same_game(again, game)
        for key, issue in game.issues.items():
            assert again.issues[key].exact_payoffs.tolist() == issue.exact_payoffs.tolist()
        for part in ("parameters", "claims", "expected", "source", "title"):
            assert again.document.get(part) == first.document.get(part)
    assert first.document.get("issues", {}).keys() == game.document.get("issues", {}).keys()
    assert first.parameters == game.parameters


def test_formulas_are_kept_and_replaced_parameters_written() -> None:
    game = bg.load("us_mexico/guns_for_fentanyl", parameters={"w": "7/3"})
    written = write(game, "toml")
    assert '"6*a"' in written.text
    assert bg.loads(written.text).parameters["w"] == F(7, 3)
    assert written.warnings == ("left out: expected",)
    changed = bg.loads(written.text, parameters={"a": "1/2"})
    assert changed.issues["guns"].exact_payoffs[1, 1] == 3


def test_a_changed_game_is_written_from_its_data() -> None:
    game = bg.load("us_mexico/guns_for_fentanyl")
    guns = game.issues["guns"]
    other = replace(guns, exact_payoffs=guns.exact_payoffs * F(1, 3))
    changed = replace(game, issues={**game.issues, "guns": other})
    again = bg.loads(write(changed, "toml").text)
    assert same_game(again, changed)
    assert again.issues["guns"].exact_payoffs[1, 0] == F(-4, 3)
    fewer = game.without("guns")
    assert list(bg.loads(write(fewer, "json").text, format="json").issues) == ["fentanyl"]


def test_channels_links_and_visibility_come_back() -> None:
    text = """
        format = "bargaining-game/1"
        players = ["a", "b", "c"]
        discount = {a = 0.9}
        [issues.g]
        actions = {a = ["x", "y"], b = ["z", "w"]}
        payoffs.a = [[0, 1], [2, "1/3"]]
        status_quo = {a = "x", b = "w"}
        visibility.a = [1, 0, 0, "1/2"]
        [issues.o]
        options = ["s", "t"]
        payoffs.b = [0, 5]
        status_quo = "s"
        [[links]]
        between = ["g", "o"]
        negotiable = false
        [[links.spillovers]]
        when.g.b = "w"
        when.o = "t"
        payoffs.a = "2/7"
        [floors]
        a = "1/9"
        [premium]
        a = {scale = 1, rate = "1/2", form = "linear"}
        [vetoes]
        o = ["c"]
    """
    game = bg.loads(text)
    from_data = replace(game, document={})
    for source in (game, from_data):
        for style in ("toml", "json"):
            again = bg.loads(write(source, style).text, format=style)  # type: ignore[arg-type]
            assert same_game(again, game)


@settings(deadline=None)
@given(
    st.integers(2, 3).flatmap(
        lambda n: st.lists(
            st.lists(
                st.lists(st.fractions(-99, 99, max_denominator=99), min_size=n, max_size=n),
                min_size=2,
                max_size=2,
            ),
            min_size=1,
            max_size=3,
        )
    ),
    st.sampled_from(["toml", "json", "csv"]),
)
def test_games_from_arrays_come_back(gains: list[list[list[F]]], style: Any) -> None:
    game = bg.LinkageGame.from_payoffs(np.array(gains, dtype=object))
    assert same_game(bg.loads(write(game, style).text, format=style), game)


names = st.text(min_size=1, max_size=12).filter(
    lambda t: bool(t.strip()) and not set(t) & {"+", ","} and t.isprintable()
)


@settings(deadline=None)
@given(names, names, st.text(alphabet='[]{}",\\\n \t#=é', min_size=1).filter(str.strip))
def test_any_label_survives(player: str, issue: str, label: str) -> None:
    players = [player, "z" if player != "z" else "y"]
    made = bg.Issue.from_options(issue, players, [label, "~"], {player: [0, 1]}, status_quo="~")
    game = bg.LinkageGame(players, {issue: made})
    for style in ("toml", "json"):
        again = bg.loads(write(game, style).text, format=style)  # type: ignore[arg-type]
        assert same_game(again, game)


def test_what_nfg_cannot_hold_is_named() -> None:
    for game, issue, error, message in (
        ("us_mexico/five_issue_core", None, InputError, "expected the name of one of"),
        ("us_mexico/five_issue_core", "trad", InputError, 'did you mean "trade"'),
        ("us_mexico/mexico_delinks", "priorities", NotSupportedError, "list of joint options"),
        ("us_mexico/guns_for_fentanyl", "guns", NotSupportedError, "cannot hold the spillovers"),
    ):
        with pytest.raises(error, match=message):
            write(bg.load(game), "nfg", issue=issue)
    chicken = bg.load("classic/chicken")
    floors = bg.loads(
        json.dumps({**chicken.document, "floors": {"row": 1}}, default=str), format="json"
    )
    with pytest.raises(NotSupportedError, match=r"floors: a \.nfg file cannot hold floors"):
        write(floors, "nfg")
    with pytest.raises(InputError, match="body"):
        write(chicken, "nfg", body="all")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="format"):
        write(chicken, "xml")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="issue: expected none"):
        write(chicken, "toml", issue="game")


def test_an_issue_of_a_larger_game_as_nfg() -> None:
    game = bg.load("us_mexico/five_issue_core")
    written = write(game, "nfg", issue="guns")
    assert any("status quo (no checks)" in warning for warning in written.warnings)
    again = bg.loads(written.text, format="nfg").issues["game"]
    assert again.actions == {"us": game.issues["guns"].actions["us"], "mexico": ("-",)}
    assert again.exact_payoffs.tolist() == game.issues["guns"].exact_payoffs.tolist()


def test_an_nfg_game_without_status_quo_says_so_when_written() -> None:
    battle = bg.loads('NFG 1 R "" { "a" "b" } { 2 2 }  3 2 0 0 0 0 2 3', format="nfg")
    written = write(battle, "toml")
    assert any("has no status quo; name one" in warning for warning in written.warnings)
    named = written.text + '\n[issues.game.status_quo]\na = "1"\nb = "1"\n'
    assert bg.loads(named).issues["game"].exact_payoffs.tolist() == (
        battle.issues["game"].exact_payoffs.tolist()
    )


nested: Any = st.recursive(
    st.integers() | st.text(alphabet='[]{}",\\a b') | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=12)
        | st.dictionaries(st.text(alphabet="a[]{", min_size=1), inner, max_size=3)
    ),
    max_leaves=40,
)


@settings(deadline=None)
@given(st.dictionaries(st.text(alphabet='ab[]"', min_size=1), nested, max_size=4))
def test_folding_changes_the_look_only(document: dict[str, Any]) -> None:
    assert tomllib.loads(toml_text(document)) == document
    assert json.loads(json_text(document)) == document


def test_long_lists_fill_lines() -> None:
    text = toml_text({"numbers": list(range(200)), "rows": [[1, 2], [3, 4]]})
    assert all(len(line) <= WIDTH for line in text.splitlines())
    assert len(text.splitlines()) < 14
    assert "rows = [[1, 2], [3, 4]]" in text
    assert folded("") == ""


@settings(deadline=None)
@given(st.fractions(-(10**9), 10**9))
def test_numbers_are_written_exactly(value: F) -> None:
    assert numeral(decimal(value)) == value
    assert numeral(str(plain(value))) == value


@pytest.mark.parametrize("text", ["", "1,5", "1/0", "0x1", "nan", "inf", "1e", "1/2/3", "1_000",
                                  "1" * 5_000, "1e5000", "--1", "१"])  # fmt: skip
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        numeral(text)


def test_the_document_of_a_game_from_a_file_is_not_the_game_s_own() -> None:
    game = bg.load("classic/chicken")
    document_of(game)["players"].append("third")
    assert game.document["players"] == ["row", "column"]


def test_constraints_and_side_payments_survive() -> None:
    text = """
        format = "bargaining-game/1"
        players = ["a", "b"]
        [transfers]
        efficiency = 0.9
        [issues.x]
        options = ["no", "some", "all"]
        payoffs = {a = [0, 1, 2], b = [0, 1, 2]}
        status_quo = "no"
        [issues.y]
        actions.a = ["no", "yes"]
        payoffs = {a = [0, -1], b = [0, 3]}
        status_quo.a = "no"
        [[constraints]]
        if = {x = ["some", "all"]}
        require = {y = "yes"}
        [[constraints]]
        at_most = 0
        of = {x = "all"}
        """
    game = bg.loads(text)
    for to in ("toml", "json"):
        again = bg.loads(write(game, to).text, format=to)
        assert same_game(again, game)
        rebuilt = bg.loads(write(replace(game, document={}), to).text, format=to)
        assert same_game(rebuilt, game)
        assert bg.settle(rebuilt).gains == bg.settle(game).gains
