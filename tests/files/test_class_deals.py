"""The table of a class's deals: what cells may hold, and every problem with its place."""

from __future__ import annotations

import contextlib
import csv
import io
from fractions import Fraction
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargaining.errors import GameFileError
from bargaining.files.class_deals import EMPTY_GROUPS, MAX_GROUPS, empty_table, read_class_deals
from bargaining.files.class_messages import MESSAGES
from bargaining.loading import load, loads
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue

GUNS = load("us_mexico/guns_for_fentanyl")
HEAD = "group,treatment,guns,fentanyl\n"


def marginal(cell: str, *, game: LinkageGame = GUNS) -> dict[str, Fraction]:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(
        [["group", "treatment", *game.issue_names],
         ["1", "linked", cell, *[""] * (len(game.issues) - 1)]]
    )  # fmt: skip
    (found,) = read_class_deals(buffer.getvalue(), "deals.csv", game)
    return found.deal.named(game)[game.issue_names[0]]


def problems(text: str, game: LinkageGame = GUNS) -> tuple[str, ...]:
    with pytest.raises(GameFileError) as caught:
        read_class_deals(text, "deals.csv", game)
    return caught.value.problems


@pytest.mark.parametrize(
    ("cell", "checks"),
    [
        ("egress checks", 1),
        ("Egress Checks", 1),
        ("", 0),
        ("no checks", 0),
        ("egress checks 50%", Fraction(1, 2)),
        ("50% egress checks", Fraction(1, 2)),
        ("0.5*egress checks + 0.5*no checks", Fraction(1, 2)),
        ("0,25 * egress checks", Fraction(1, 4)),
        ("1/3 egress checks; 2/3 no checks", Fraction(1, 3)),
        ("egress checks: 12,5 %", Fraction(1, 8)),
        ("egress checks 0 %", 0),
    ],
)
def test_cells(cell, checks):
    assert marginal(cell).get("egress checks", 0) == checks


def test_labels_with_signs_and_numbers():
    labels = ["quota 50", "quota 50 + fee", "=1+1", "10%"]
    issue = Issue.from_options("q", ("a", "b"), labels, {"a": [0, 1, 2, 3]}, status_quo="quota 50")
    game = LinkageGame(("a", "b"), {"q": issue})
    assert marginal("quota 50 + fee", game=game) == {"quota 50 + fee": 1}
    assert marginal("'=1+1", game=game) == {"=1+1": 1}
    assert marginal("quota 50 + fee 25%", game=game)["quota 50 + fee"] == Fraction(1, 4)
    assert marginal("1/2 quota 50 + 1/2 10%", game=game) == {
        "quota 50": Fraction(1, 2), "10%": Fraction(1, 2),
    }  # fmt: skip


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_and_order_of_columns(separator):
    text = "group,treatment,fentanyl,guns\nx,delinked,lab raids,egress checks\n"
    (found,) = read_class_deals(text.replace(",", separator), "deals.csv", GUNS)
    assert (found.group, found.treatment, found.signed) == ("x", "delinked", ("fentanyl", "guns"))
    assert found.deal.outcomes.tolist() == [1, 1]


def test_spanish_header_and_treatments():
    text = "grupo;tratamiento;guns;fentanyl\n1;vinculado;;lab raids\n2;Separado;;\n"
    found = read_class_deals(text, "deals.csv", GUNS)
    assert [f.treatment for f in found] == ["linked", "delinked"]
    assert [f.signed for f in found] == [("fentanyl",), ()]


def test_every_problem_at_once():
    text = (
        HEAD
        + "1,linked,egres checks,\n1,linkd,,lab raids 120%\n,linked,,\n"
        + "4,delinked,egress checks 70% + no checks 40%,lab raids 1/0\n5,linked,a,b,c\n"
    )
    found = "\n".join(problems(text))
    for part in (
        'line 2, column "guns": expected one of "no checks", "egress checks", or shares such as',
        'found "egres checks"; did you mean "egress checks"?',
        'line 3, column "group": expected each group once, found "1"; it stands in line 2 too',
        'line 3, column "treatment": expected linked or delinked, found "linkd"; did you mean "lin',
        'line 3, column "fentanyl": expected shares that add up to at most 100%',
        'line 4, column "group": expected the group\'s name, found nothing',
        'line 5, column "guns": expected shares that add up to at most 100%',
        'line 5, column "fentanyl": expected a share such as 0.5, 1/2 or 50%',
        "line 6: expected at most 4 cells, found 5",
    ):
        assert part in found, part


def test_headers():
    (only,) = problems("team,treatment,guns\n")
    assert only.startswith('line 1: expected the header "group,treatment,guns,fentanyl", found')
    found = problems("group,treatment,gun,gun\n1,linked,,\n")
    assert 'expected an issue ("guns", "fentanyl"), found "gun"; did you mean "guns"?' in found[0]
    assert any("expected a column for every issue" in problem for problem in found)
    assert problems("")[0].endswith("found an empty file")
    assert problems(HEAD) == ("expected a row for each group, found none",)


def test_too_many_rows_are_refused_in_one_line():
    text = HEAD + "".join(f"{i},linked,,\n" for i in range(10_000))
    (only,) = problems(text)
    assert f"expected at most {MAX_GROUPS:,} groups, found 10,000 rows" in only


def test_the_empty_table_reads_back():
    for language in ("en", "es"):
        found = read_class_deals(empty_table(GUNS, language), "deals.csv", GUNS)
        assert len(found) == EMPTY_GROUPS
        assert {f.treatment for f in found} == {"linked", "delinked"}
        assert all(f.signed == () and f.deal.outcomes.tolist() == [0, 0] for f in found)


def test_names_that_a_spreadsheet_would_run_are_defused_and_read_back():
    issue = Issue.from_options("=cmd()", ("a", "b"), ["x", "y"], {"a": [0, 1]}, status_quo="x")
    game = LinkageGame(("a", "b"), {"=cmd()": issue})
    text = empty_table(game)
    assert "'=cmd()" in text.splitlines()[0]
    assert read_class_deals(text, "deals.csv", game)


def test_without_a_status_quo_everything_or_nothing():
    game = loads("issue,option,a,b\nx,one,3,1\nx,two,1,3\ny,one,2,0\ny,two,0,2\n", format="csv")
    head = "group,treatment,x,y\n"
    nothing, all_of_it = read_class_deals(head + "1,linked,,\n2,linked,one,two\n", "d", game)
    assert nothing.deal.named(game) == {}
    assert all_of_it.deal.named(game) == {"x": {"one": 1}, "y": {"two": 1}}
    (only,) = problems(head + "1,linked,one,\n", game)
    assert only.startswith('line 2, column "y": expected an outcome in the row of group "1"')
    assert "leave all cells of the row empty" in only
    (only,) = problems(head + "1,linked,one,two\n2,delinked,one,two\n", game)
    assert 'line 3, column "treatment": expected linked, since this game states no status' in only


def test_a_single_issue_has_one_treatment():
    game = LinkageGame.from_payoffs([[[0, 0], [1, 1]]])
    assert {row.split(",")[1] for row in empty_table(game).splitlines()[1:]} == {"linked"}
    (only,) = problems("group,treatment,0\n1,delinked,1\n", game)
    assert "since this game has a single issue and there is one way to negotiate it" in only


@pytest.mark.parametrize("note", ["sep=;", '"sep=;"', "\nSEP=;"])
def test_a_spreadsheets_note_on_the_separator_is_skipped(note):
    text = f"{note}\ngroup;treatment;guns;fentanyl\n1;linked;egress checks;lab raids\n"
    (group,) = read_class_deals(text, "d", GUNS)
    assert group.signed == ("guns", "fentanyl")
    assert problems(text.replace("linked", "x"), GUNS)[0].startswith("line ")


@given(st.text(max_size=60))
def test_any_cell_is_read_or_refused(cell):
    found: dict[str, Fraction] = {}
    with contextlib.suppress(GameFileError):
        found = marginal(cell)
    assert sum(found.values()) in (0, 1)


def test_problems_are_told_in_spanish():
    text = (
        "grupo,tratamiento,guns,fentanyl\n1,vinculdo,,\n1,separado,egres checks,\n"
        ",enlazado,egress checks 90% + no checks 20%,lab raids 1/0\n"
    )
    with pytest.raises(GameFileError) as caught:
        read_class_deals(text, "deals.csv", GUNS, "es")
    found = str(caught.value)
    for part in (
        'línea 2, columna "tratamiento": se esperaba vinculado o separado, se encontró "vinculdo"; '
        '¿quisiste decir "vinculado"?',
        'línea 3, columna "grupo": se esperaba cada grupo una vez, se encontró "1"; también está '
        "en la línea 2",
        '¿quisiste decir "egress checks"?',
        'línea 4, columna "grupo": se esperaba el nombre del grupo',
        "se esperaban partes que sumen a lo más 100%",
    ):
        assert part in found
    assert "expected" not in found
    with pytest.raises(GameFileError, match='encabezado "grupo,tratamiento,guns,fentanyl"'):
        read_class_deals("a,b\n", "deals.csv", GUNS, "es")
    with pytest.raises(GameFileError, match='columna por tema, falta la de "fentanyl"'):
        read_class_deals("grupo,tratamiento,guns\n1,vinculado,\n", "deals.csv", GUNS, "es")


def test_messages_are_the_same_in_both_languages():
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    english, spanish = MESSAGES["en"], MESSAGES["es"]
    assert list(english) == list(spanish)
    assert all(places(english[key]) == places(spanish[key]) for key in english)


def test_the_status_quo_written_out_is_not_signed():
    text = (
        HEAD
        + "1,linked,no checks,no raids\n2,linked,no checks,lab raids\n3,linked,no checks 50%,\n"
    )
    found = read_class_deals(text, "deals.csv", GUNS)
    assert [group.signed for group in found] == [(), ("guns", "fentanyl"), ()]
