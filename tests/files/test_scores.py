"""Score tables: what is read, what is refused and where, exact round trips."""

from __future__ import annotations

import csv
import io
from fractions import Fraction as F
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.errors import GameFileError, InputError, NotSupportedError
from bargaining.files.document import same_game
from bargaining.files.spreadsheet import defused, restored
from bargaining.files.write import write

TABLE = """issue,option,us,mexico,status_quo
guns,no checks,0,0,x
guns,egress checks,-4,6.5,
trade, as now ,0,0,YES
trade,free,1/3,1e1,no
"""


def read(text: str) -> bg.LinkageGame:
    return bg.loads(text, format="csv")


def test_a_table_with_a_status_quo() -> None:
    game = read(TABLE)
    assert game.players == ("us", "mexico")
    assert game.issues["guns"].status_quo == "no checks"
    assert game.issues["trade"].options == ("as now", "free")
    assert game.issues["trade"].exact_payoffs.tolist() == [[0, 0], [F(1, 3), 10]]
    assert not game.reserved
    assert bg.settle(game).verify()


@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_separators_marks_at_the_beginning_and_empty_lines(separator: str, tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_bytes(
        b"\xef\xbb\xbf\r\n" + TABLE.replace(",", separator).replace("\n", "\r\n").encode()
    )
    assert same_game(bg.load(path), read(TABLE))


def test_reservation_totals() -> None:
    without = "\n".join(line.rpartition(",")[0] for line in TABLE.splitlines())
    assert read(without).reservation == (0, 0)
    assert read(without).reserved
    stated = read(without + "\nreservation,,0.25,1/3\n")
    assert stated.reservation == (F(1, 4), F(1, 3))
    both = read(TABLE + "reservation,,1,2,\n")
    assert both.reservation == (1, 2)
    assert both.issues["guns"].status_quo == "no checks"


def test_every_problem_is_reported_with_its_line() -> None:
    text = """issue,option,us,us,a+b,status_quo
guns,no checks,"0,5",0,0,x
guns,no checks,1,,0,perhaps
guns,checks,1,2,3,x
,none,1,2,3,
a+b,,1,2,3,
trade,free,1,2,3
trade,freer,1,2,3,,7,8
"""
    with pytest.raises(GameFileError) as caught:
        read(text)
    report = "\n".join(caught.value.problems)
    for line in (
        'line 1: expected different names, found "us" more than once',
        'line 1: expected a name without "+" or ",", found "a+b"',
        'line 2: points of "us": expected a number such as 3, -0.25 or 1/3, found "0,5" '
        "(decimals are written with a point, such as 0.5)",
        'line 3: points of "us": expected a number such as 3, -0.25 or 1/3, found ""',
        'line 3: expected each option once, found "no checks" again',
        'line 3: status_quo: expected x or nothing, found "perhaps"',
        'line 2: issue "guns": expected one option marked as status_quo, '
        'found "no checks", "checks"',
        "line 5: expected an issue, found an empty cell",
        "line 6: expected an option, found an empty cell",
        'line 7: issue "trade": expected one option marked as status_quo, found none',
        "line 8: expected 6 cells, found 8; a decimal comma? write 0.5",
    ):
        assert line in report
    assert len(caught.value.problems) == 11


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: expected the header issue,option,PLAYER"),
        ("a,b\n1,2\n", 'found "a,b"'),
        ("issue,option\nx,y\n", "expected at least two players, found 0"),
        ("issue,option,a\nx,y,1\n", "expected at least two players, found 1"),
        ("issue,option,a,b\n", "expected at least one row"),
        ("issue,option,a,b\nreservation,,1,2\nreservation,,1,2\n", "found a second one"),
        ("issue,option,a,b,status_quo,status_quo\nx,y,1,2,x,\n", "found 2"),
        ('issue,option,a,b\nx,"' + "y" * 200_000 + '",1,2\n', "not valid CSV: field larger"),
        ("issue,option,a,b\nx,y,=1+1,2\n", 'found "=1+1"'),
    ],
)
def test_wrong_tables(text: str, message: str) -> None:
    with pytest.raises(GameFileError) as caught:
        read(text)
    assert message in str(caught.value)


def test_what_a_table_cannot_hold_is_named() -> None:
    for name, message in (
        ("us_mexico/five_issue_core", "here players act"),
        ("us_mexico/guns_for_fentanyl", "here players act"),
    ):
        with pytest.raises(NotSupportedError, match=message):
            write(bg.load(name), "csv")
    base = bg.load("us_mexico/mexico_delinks").document
    import json

    def changed(**more: object) -> bg.LinkageGame:
        text = json.dumps({**base, **more}, default=str)
        return bg.loads(text, format="json")

    rows = [[0] * len(base["issues"]["priorities"]["options"])]
    draw = {"player": "us", "probability": [1], "payoffs": {"priorities": {"us": rows}}}
    for more, message in (
        ({"links": [{"between": ["border_services", "priorities"], "negotiable": False}]}, "links"),
        ({"floors": {"us": 1}}, "cannot hold floors"),
        ({"types": [draw]}, "cannot hold types"),
        (
            {"constraints": [{"forbid": {"border_services": "joint services"}}]},
            "cannot hold constraints",
        ),
    ):
        with pytest.raises(NotSupportedError, match=message):
            write(changed(**more), "csv")
    open_link = changed(links=[{"between": ["border_services", "priorities"]}])
    assert write(open_link, "csv").text.startswith("issue,option,us,mexico,status_quo")


def test_labels_that_would_not_survive_are_refused() -> None:
    for option in (" a", "a\nb", "a\x07"):
        issue = bg.Issue.from_options("x", ["a", "b"], ["o", option], {"a": [0, 1]}, status_quo="o")
        with pytest.raises(InputError, match="a table can hold"):
            write(bg.LinkageGame(["a", "b"], {"x": issue}), "csv")


def test_formulas_are_defused_and_come_back() -> None:
    options = ["=1+1", "'=1", "@x", "-1", "+a", "''-b", "-1/2", "'quoted'"]
    values = list(range(len(options)))
    issue = bg.Issue.from_options("=i", ["+p", "q"], options, {"q": values}, status_quo="-1")
    with pytest.raises(InputError):
        bg.LinkageGame(["+p", "q"], {"=i": issue})
    issue = bg.Issue.from_options("=i", ["=p", "q"], options, {"q": values}, status_quo="-1")
    game = bg.LinkageGame(["=p", "q"], {"=i": issue})
    text = write(game, "csv").text
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert all(cell[:1] not in ("=", "@", "+") for cell in cells)
    assert same_game(read(text), game)


@settings(deadline=None)
@given(st.text(alphabet="'=+-@1./a ", max_size=8))
def test_defusing_is_undone(text: str) -> None:
    assert restored(defused(text)) == text
    harmless = defused(text).lstrip("+-").replace(".", "").replace("/", "").isdecimal()
    assert harmless or not defused(text).startswith(("=", "+", "-", "@"))


number = st.fractions(min_value=-(10**6), max_value=10**6)
label = st.text(alphabet="ab,;\t\"'=+-@ é1\u00a0", min_size=1, max_size=6)
name = st.text(alphabet="ab;\"'=-@ é1", min_size=1, max_size=6)


@settings(max_examples=40)
@given(st.data(), st.booleans())
def test_round_trips(data: st.DataObject, reserved: bool) -> None:
    def clean(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return texts.map(lambda t: "".join(t.split("\t")).strip()).filter(bool)

    players = data.draw(st.lists(clean(name), min_size=2, max_size=3, unique=True))
    issues = {}
    for issue in data.draw(st.lists(clean(name), min_size=1, max_size=3, unique=True)):
        options = data.draw(st.lists(clean(label), min_size=1, max_size=4, unique=True))
        count = len(options)
        columns = {p: data.draw(st.lists(number, min_size=count, max_size=count)) for p in players}
        issues[issue] = bg.Issue.from_options(
            issue, players, options, columns, status_quo=None if reserved else options[-1]
        )
    totals = {p: data.draw(number) for p in players}
    channels = {"reservation": totals} if reserved else {}
    game = bg.LinkageGame(players, issues, channels=channels)
    again = read(write(game, "csv").text)
    assert same_game(again, game)
    assert all(
        np.array_equal(again.issues[k].exact_payoffs, game.issues[k].exact_payoffs) for k in issues
    )
