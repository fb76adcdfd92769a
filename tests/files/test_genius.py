"""Genius scenarios, against answers worked out by hand and, where present, a validation set."""

from __future__ import annotations

import itertools
import json
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest
from validation import FOLDER

import bargaining as bg
from bargaining.errors import BargainingError, GameFileError, InputError
from bargaining.files.xml import MAX_ELEMENTS, parse_xml

VALIDATION = FOLDER / "genius"
"""Scenarios with answers by full enumeration; their folder is named in the environment."""
SCENARIOS = sorted(path.parent for path in VALIDATION.glob("*/expected.json"))

DOMAIN = """<?xml version="1.0"?>
<negotiation_template><utility_space number_of_issues="2">
  <objective index="0" name="Car">
    <issue index="4" name="Price" type="discrete">
      <item index="1" value="low"/><item index="2" value="high"/>
    </issue>
    <issue index="5" name="Colour" type="discrete">
      <item index="1" value="red"/><item index="2" value="blue"/><item index="3" value="none"/>
    </issue>
  </objective>
</utility_space></negotiation_template>"""


def profile(
    prices: tuple[Any, Any] = (4, 1), colours: tuple[Any, Any, Any] = (2, 1, 0), extra: str = ""
) -> str:
    items = [
        [f'<item value="{v}" evaluation="{e}"/>' for v, e in zip(values, numbers, strict=True)]
        for values, numbers in ((("low", "high"), prices), (("red", "blue", "none"), colours))
    ]
    return f"""<utility_space><objective index="0" name="Car">
      <issue index="4" name="Price" type="discrete">{"".join(items[0])}</issue>
      <issue index="5" name="Colour" type="discrete">{"".join(items[1])}</issue>
      <weight index="4" value="0.75"/><weight index="5" value=".25"/>
    </objective>{extra}</utility_space>"""


def scenario(folder: Path, *texts: str | bytes) -> bg.LinkageGame:
    names = ["domain.xml", "buyer.xml", "seller.xml", "third.xml"]
    paths = [folder / name for name in names[: len(texts)]]
    for path, text in zip(paths, texts, strict=True):
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return bg.load(tuple(paths))


def payoffs(game: bg.LinkageGame, issue: str, player: str) -> list[F]:
    column = game.players.index(player)
    return list(game.issues[issue].exact_payoffs[:, column])


def test_utilities_are_weights_times_shares_of_the_largest_evaluation(tmp_path: Path) -> None:
    seller = profile((1, 5), (0, 3, "1.5"), '<deep><reservation value="0.3"/></deep>')
    game = scenario(tmp_path, DOMAIN, profile(), seller)
    assert game.players == ("buyer", "seller")
    assert game.title == "Car"
    assert payoffs(game, "Price", "buyer") == [F(3, 4), F(3, 16)]
    assert payoffs(game, "Price", "seller") == [F(3, 20), F(3, 4)]
    assert payoffs(game, "Colour", "buyer") == [F(1, 4), F(1, 8), 0]
    assert payoffs(game, "Colour", "seller") == [0, F(1, 4), F(1, 8)]
    assert game.reservation == (0, F(3, 10))
    assert game.reserved
    assert game.warnings == ()


def test_missing_reservations_are_zero_totals(tmp_path: Path) -> None:
    game = scenario(tmp_path, DOMAIN, profile(), profile())
    assert game.document["reservation"] == {"buyer": 0, "seller": 0}
    assert all(issue.status_quo_index is None for issue in game.issues.values())


def test_three_parties_and_names_of_their_own(tmp_path: Path) -> None:
    named = [
        profile().replace("<utility_space>", f'<utility_space name="{n}">') for n in ("a", "b", "c")
    ]
    assert scenario(tmp_path, DOMAIN, *named).players == ("a", "b", "c")
    same = [named[0], named[0]]
    assert scenario(tmp_path, DOMAIN, *same).players == ("buyer", "seller")


def test_items_of_other_elements_are_no_evaluations(tmp_path: Path) -> None:
    other = '<similarity_function><item value="low" evaluation="99"/></similarity_function>'
    strange = profile().replace('"discrete">', f'"discrete">{other}', 1)
    game = scenario(tmp_path, DOMAIN, strange, profile())
    assert payoffs(game, "Price", "buyer") == [F(3, 4), F(3, 16)]


ODD: list[tuple[str, str, str, str, list[F]]] = [
    ("twice", '<item value="low" evaluation="4"/>',
     '<item value="low" evaluation="1"/><item value="low" evaluation="2"/>',
     "listed more than once", [F(3, 4), F(3, 8)]),
    ("spelling", 'value="low"', 'value=" L ow"', "taken for option", [F(3, 4), F(3, 16)]),
    ("missing", '<item value="low" evaluation="4"/>', "", "has no evaluation", [F(0), F(3, 4)]),
    ("null", 'evaluation="4"', 'evaluation="null"', "has no evaluation", [F(0), F(3, 4)]),
    ("unknown", '<item value="low" evaluation="4"/>',
     '<item value="low" evaluation="4"/><item value="mid" evaluation="8"/>',
     'no option "mid"', [F(3, 8), F(3, 32)]),
    ("weight", 'value="0.75"', 'value="0.5"', "add up to 0.75", [F(1, 2), F(1, 8)]),
    ("no weight", '<weight index="4" value="0.75"/>', "", "has no weight", [F(0), F(0)]),
    ("name", 'name="Price"', 'name="PRICE "', "taken for the domain's", [F(3, 4), F(3, 16)]),
    ("by index", 'name="Price"', 'name="Cost"', "by its index", [F(3, 4), F(3, 16)]),
    ("wrong index", 'issue index="4" name="Price"', 'issue index="5" name="Price"',
     "its name counts", [F(1, 4), F(1, 16)]),
    ("zero", 'evaluation="4"', 'evaluation="0.000001"', "", [F(3, 4000000), F(3, 4)]),
    ("negative", 'evaluation="1"/></issue><issue', 'evaluation="-4"/></issue><issue',
     "is negative", [F(3, 4), F(-3, 4)]),
    ("discount", "</objective>", '</objective><discount_factor value="0.9"/>',
     "discount factor 0.9 is not used", [F(3, 4), F(3, 16)]),
    ("reservation", "</objective>", '</objective><reservation value="3"/>',
     "not between 0 and 1", [F(3, 4), F(3, 16)]),
]  # fmt: skip


@pytest.mark.parametrize("case", ODD, ids=lambda case: case[0])
def test_odd_profiles_are_mended_with_a_warning(
    case: tuple[str, str, str, str, list[F]], tmp_path: Path
) -> None:
    _, old, new, warning, expected = case
    text = "".join(line.strip() for line in profile().splitlines())
    assert old in text
    game = scenario(tmp_path, DOMAIN, text.replace(old, new, 1), profile())
    assert payoffs(game, "Price", "buyer") == expected
    assert any(warning in found and "buyer.xml" in found for found in game.warnings) or not warning
    assert all("seller" not in found for found in game.warnings)


def test_names_that_a_game_file_forbids_are_changed_with_a_warning(tmp_path: Path) -> None:
    domain = DOMAIN.replace('name="Price"', 'name="a+b, c"').replace('name="Colour"', 'name=""')
    domain = domain.replace('value="red"', 'value="blue "')
    party = profile().replace('name="Price"', 'name="a+b, c"').replace('name="Colour"', 'name=""')
    game = scenario(tmp_path, domain, party, party)
    assert list(game.issues) == ["a&b; c", "issue 2"]
    assert game.issues["issue 2"].options == ("blue", "blue (2)", "none")
    for found in ('"a+b, c" is called "a&b; c"', "issue 2 has no name", '"blue (2)"'):
        assert any(found in warning for warning in game.warnings)


def numeric(kind: str, low: str, high: str, evaluator: str) -> tuple[str, str]:
    issue = (
        f'<issue index="1" name="x" type="{kind}"><range lowerbound="{low}" upperbound="{high}"/>'
    )
    return (
        f"<utility_space><objective>{issue}</issue></objective></utility_space>",
        f'<utility_space><objective>{issue}{evaluator}</issue><weight index="1" value="1"/>'
        "</objective></utility_space>",
    )


@pytest.mark.parametrize(
    ("evaluator", "expected"),
    [
        ('<evaluator ftype="linear" slope="0.25" offset="0.5"/>', [F(1, 2), F(3, 4), 1, 1]),
        ('<evaluator ftype="linear" slope="-1" offset="1"/>', [1, 0, 0, 0]),
        ('<evaluator ftype="linear" parameter1="0.1" parameter0="0"/>',
         [F(3, 10), F(2, 5), F(1, 2), F(3, 5)]),
        ('<evaluator ftype="constant" parameter0="0.4"/>', [F(2, 5)] * 4),
        ('<evaluator ftype="TRIANGULAR" parameter0="3" parameter1="6" parameter2="5"/>',
         [0, F(1, 2), 1, 0]),
    ],
)  # fmt: skip
def test_integer_issues(evaluator: str, expected: list[F], tmp_path: Path) -> None:
    domain, party = numeric("integer", "3", "6", evaluator)
    game = scenario(tmp_path, domain, party, party)
    assert game.issues["x"].options == ("3", "4", "5", "6")
    assert payoffs(game, "x", "buyer") == expected
    assert payoffs(game, "x", "seller") == expected


def test_real_issues_have_21_values_and_the_tops_of_triangles(tmp_path: Path) -> None:
    domain, line = numeric(
        "real", "0", "10", '<evaluator ftype="linear" parameter1="0.1" parameter0="0"/>'
    )
    _, peak = numeric(
        "real",
        "0",
        "10",
        '<evaluator ftype="triangular" parameter0="0" parameter1="10" parameter2="3.3"/>',
    )
    plain = scenario(tmp_path, domain, line, line)
    assert plain.issues["x"].options == tuple(
        str(F(k, 2)) if k % 2 == 0 else f"{k / 2}" for k in range(21)
    )
    assert payoffs(plain, "x", "buyer") == [F(k, 20) for k in range(21)]
    both = scenario(tmp_path, domain, line, peak)
    assert both.issues["x"].size == 22
    top = both.issues["x"].outcome("3.3")
    assert list(both.issues["x"].exact_payoffs[top]) == [F(33, 100), 1]
    assert payoffs(both, "x", "seller")[1] == F(1, 2) / F(33, 10)


HOSTILE = [
    ("laughs", '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><a>&y;</a>', "document type"),
    ("external", '<!DOCTYPE a SYSTEM "http://example.com/x.dtd"><a/>', "document type"),
    ("file", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "document type"),
    ("undeclared", "<a>&x;</a>", "not valid XML: undefined entity"),
    ("deep", "<a>" * 100_000, "nested at most 50 deep"),
    ("many", "<a>" + "<b/>" * (MAX_ELEMENTS + 1), "expected at most 500,000 elements"),
    ("cut", "<a>\n<b>", "line 2: not valid XML: no element found"),
    ("crossed", "<a>\n</b>", "line 2: not valid XML: mismatched tag"),
    ("empty", "", "not valid XML: no element found"),
    ("text", "once upon a time", "line 1: not valid XML: syntax error"),
    ("null", "\x00" * 1000, "not valid XML"),
    ("encoding", '<?xml version="1.0" encoding="zip"?><a/>', "not valid XML"),
    ("rot13", '<?xml version="1.0" encoding="rot13"?><a/>', "not valid XML"),
]


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case[0])
@pytest.mark.parametrize("position", [0, 1])
def test_hostile_files_are_refused_in_one_line(
    case: tuple[str, str, str], position: int, tmp_path: Path
) -> None:
    texts = [DOMAIN, profile(), profile()]
    texts[position] = case[1]
    with pytest.raises(GameFileError) as caught:
        scenario(tmp_path, *texts)
    assert case[2] in str(caught.value)
    assert len(caught.value.problems) == 1
    assert len(str(caught.value)) < 400
    assert ("domain.xml", "buyer.xml")[position] in str(caught.value)


def test_other_encodings_are_read() -> None:
    root = parse_xml('<?xml version="1.0" encoding="ISO-8859-1"?><é/>'.encode("latin-1"), "x")
    assert root.tag == "é"
    assert parse_xml("<é/>".encode("utf-16"), "x").tag == "é"


WRONG = [
    ("number", 'evaluation="4"', 'evaluation="4,5"', 'found "4,5" (decimals are written'),
    ("huge", 'evaluation="4"', 'evaluation="1e999999"', "between 1e-100 and 1e100"),
    ("weight", 'value="0.75"', 'value="x"', "<weight> value: expected a number"),
    ("no value", 'value="0.75"', "", "<weight> value: expected a number, found none"),
    ("reservation", "</objective>", '</objective><reservation value="?"/>', "<reservation>"),
]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case[0])
def test_wrong_profiles_are_refused_with_line(
    case: tuple[str, str, str, str], tmp_path: Path
) -> None:
    with pytest.raises(GameFileError, match=r"buyer\.xml: line \d+: ") as caught:
        scenario(tmp_path, DOMAIN, profile().replace(case[1], case[2], 1), profile())
    assert case[3] in str(caught.value)


def test_wrong_domains_and_wrong_numbers_of_files(tmp_path: Path) -> None:
    for texts, message in (
        ([DOMAIN], "found no profile"),
        ([DOMAIN, profile()], "found one profile"),
        ([profile(), profile(), profile()], "found a profile (it has weights)"),
        (["<a/>", profile(), profile()], "found none in <a>"),
        ([DOMAIN, DOMAIN, profile()], "expected a profile with weights"),
        ([DOMAIN, "<a/>", profile()], "expected a profile with issues"),
        ([DOMAIN.replace("discrete", "fuzzy"), profile(), profile()], 'found "fuzzy"'),
        ([numeric("integer", "0", "99999999", "")[0]] * 3, "expected at most 10,000,000"),
        ([numeric("integer", "0", "0.5", "")[0]] * 3, "expected a rising range"),
        ([numeric("real", "1", "0", "")[0]] * 3, "expected a rising range"),
        ([numeric("real", "0", "1", "")[0],
          *[numeric("real", "0", "1", '<evaluator ftype="faratin"/>')[1]] * 2], "faratin"),
    ):  # fmt: skip
        with pytest.raises(GameFileError) as caught:
            scenario(tmp_path, *texts)
        assert message in str(caught.value)


def test_one_file_says_how_to_give_all(tmp_path: Path) -> None:
    scenario(tmp_path, DOMAIN, profile(), profile())
    with pytest.raises(InputError, match=r"bargaining convert DOMAIN\.xml PROFILE1\.xml"):
        bg.load(tmp_path / "domain.xml")
    for wrong in ((), ("a.xml", "b.json"), ("a", "b"), (5,), ("", "x.xml"), ("a\n.xml",)):
        with pytest.raises(BargainingError):
            bg.load(wrong)  # type: ignore[arg-type]
    with pytest.raises(GameFileError, match="cannot be read: no such file"):
        bg.load((tmp_path / "nowhere.xml", tmp_path / "a.xml", tmp_path / "b.xml"))


def loaded(folder: Path) -> tuple[bg.LinkageGame, dict[str, Any]]:
    game = bg.load(tuple(folder / f"{name}.xml" for name in ("domain", "profile1", "profile2")))
    return game, json.loads((folder / "expected.json").read_text())


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda folder: folder.name)
def test_validation_set_frontiers(folder: Path) -> None:
    game, expected = loaded(folder)
    assert [issue.size for issue in game.issues.values()] == expected["issue_sizes"]
    assert [float(r) for r in game.reservation] == expected["reservation"]
    front = bg.frontier(game, deals="pure")
    assert len(front) == expected["pareto_distinct_points"]
    assert sum(front.packages) == expected["pareto_outcomes"]
    totals = [
        [float(sum(row[i] for row in rows)) for i in range(2)]
        for rows in itertools.product(*(i.exact_payoffs for i in game.issues.values()))
    ]
    for player, (low, high) in enumerate(expected["utility_range"]):
        column = [total[player] for total in totals]
        assert min(column) == pytest.approx(low, abs=1e-12)
        assert max(column) == pytest.approx(high, abs=1e-12)
    beaten = sorted(map(tuple, totals))
    for point in expected["pareto_points"]:
        assert any(abs(a - point[0]) + abs(b - point[1]) < 1e-11 for a, b in beaten)


POINTS = [
    ("nash", "pure", "nash"),
    ("egalitarian", "pure", "kalai_egalitarian"),
    ("kalai_smorodinsky", "pure", "ks_maxmin_ideal_rational"),
    ("nash", "shares", "lottery_nash"),
    ("egalitarian", "shares", "lottery_kalai"),
]


@pytest.mark.parametrize("case", POINTS, ids=lambda case: case[2])
@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda folder: folder.name)
def test_validation_set_solutions(folder: Path, case: tuple[str, Any, str]) -> None:
    game, expected = loaded(folder)
    solution, deals, key = case
    answer = bg.settle(game, solution=solution, deals=deals)
    if key not in expected:
        assert not expected["individually_rational_outcome_exists"]
        assert answer.status == "no_agreement"
        return
    points = expected[key].get("points", [expected[key]])
    found = [float(p) for p in answer.payoffs.values()]
    assert any(found == pytest.approx(point["u"], abs=1e-9) for point in points)
    for point in points:
        if "exact" in point and len(points) == 1 and deals == "pure":
            assert list(answer.payoffs.values()) == [F(text) for text in point["exact"]]


def test_two_issues_of_one_name_are_told_apart_by_index(tmp_path: Path) -> None:
    domain = """<negotiation_template><utility_space><objective index="0" name="D">
      <issue index="1" name="A" type="discrete"><item value="x"/><item value="y"/></issue>
      <issue index="2" name="A" type="discrete"><item value="u"/><item value="v"/></issue>
    </objective></utility_space></negotiation_template>"""
    text = """<utility_space><objective index="0" name="D">
      <issue index="1" name="A" type="discrete">
        <item value="x" evaluation="1"/><item value="y" evaluation="2"/></issue>
      <issue index="2" name="A" type="discrete">
        <item value="u" evaluation="4"/><item value="v" evaluation="1"/></issue>
      <weight index="1" value="0.25"/><weight index="2" value="0.75"/>
      <weight index="9" value="0.5"/>
    </objective><reservation/></utility_space>"""
    game = scenario(tmp_path, domain, text, text)
    first, second = game.issues.values()
    assert list(first.exact_payoffs[:, 0]) == [F(1, 8), F(1, 4)]
    assert list(second.exact_payoffs[:, 0]) == [F(3, 4), F(3, 16)]
    assert any("no issue of this profile has its index" in w for w in game.warnings)
    assert any("without a value" in w for w in game.warnings)
