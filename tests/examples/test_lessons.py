"""The lessons: complete, their pages current, and every number in them the library's."""

from __future__ import annotations

import html
import io
import itertools
import re
import runpy
import shlex
from contextlib import redirect_stdout
from fractions import Fraction

import pytest
from click.testing import CliRunner
from lesson_pages import EXAMPLES, NOTEBOOKS, embedded, game_with, lesson_of, measured, same

import bargaining as bg
from bargaining.cli import cli
from bargaining.files.document import document_of
from bargaining.loading import loads
from bargaining.report.pages import notebook
from bargaining.report.pages.lesson import Choice, Exercise

LARGEST_PAGE = 300_000
SAMPLE = 5
"""Frames of each lesson that are solved again."""

SHOWN = {
    1: ("5/7 to 1", "us +3/2 and mexico +3/2"),
    2: ("3/5 to 1", "0 to 3/8", "us +3/2 and mexico +9/4", "egress checks 7/8"),
    3: ("245/43", "357/86"),
}
"""What the command of a lesson must print."""
PRINTED = {
    1: ("5 5/7 1 49/58", "9/10"),
    2: ("mexico +9/4", "us +9/28 and mexico +27/80"),
    3: ("egalitarian 14/3 14/3", "utilitarian 8 3", "nash 7 7/2", "raiffa 89/15 121/30"),
}
"""What its Python lines must print."""

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)


def positions(lesson):
    """List the sliders' values in the order of the frames."""
    return list(itertools.product(*(slider.values for slider in lesson.sliders)))


def test_pages_are_current(capsys):
    main = runpy.run_path(str(EXAMPLES / "build_lessons.py"))["main"]
    status = main(["--check"])
    assert status == 0, capsys.readouterr().out


def test_check_names_a_page_that_is_not_current(tmp_path, capsys):
    for path in (NOTEBOOKS[0], EXAMPLES / "build_lessons.py"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    page = NOTEBOOKS[0].with_suffix(".html")
    stale = page.read_text(encoding="utf-8").replace("<h1>", "<h1>Old ")
    (tmp_path / page.name).write_text(stale, encoding="utf-8")
    main = runpy.run_path(str(tmp_path / "build_lessons.py"))["main"]
    assert main(["--check"]) == 1
    assert page.name in capsys.readouterr().out
    assert (tmp_path / page.name).read_text(encoding="utf-8") == stale
    assert main([]) == 0
    assert (tmp_path / page.name).read_bytes() == page.read_bytes()


@each
def test_lesson_is_complete(path):
    lesson = lesson_of(path)
    assert path.stem.startswith(f"lesson_{lesson.number}_")
    assert lesson.minutes == 45
    assert len(lesson.goals) >= 3
    assert 1 <= len(lesson.sliders) <= 3
    assert 3 <= len(lesson.questions) <= 5
    assert any(isinstance(q, Exercise) and q.source for q in lesson.questions)
    texts = [lesson.level, lesson.hook, lesson.play, lesson.model, lesson.caption]
    texts += [lesson.leaves_out, lesson.teaching, lesson.sources, lesson.prediction.solution]
    assert all(text.strip() for text in texts)
    for question in lesson.questions:
        assert question.hints
        assert question.solution.strip()
    for question in (lesson.prediction, *lesson.questions):
        if isinstance(question, Choice):
            assert 0 <= question.right < len(question.options) > 1
    assert "| minutes |" in lesson.teaching
    assert "**Board plan.**" in lesson.teaching
    assert "**Common errors.**" in lesson.teaching
    assert "illustrative" in lesson.sources
    assert len(lesson.python.splitlines()) <= 8


@each
def test_page_is_one_modest_file(path):
    text = path.with_suffix(".html").read_text(encoding="utf-8")
    assert len(text.encode()) < LARGEST_PAGE
    assert "default-src 'none'" in text
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in text


@each
def test_game_file_on_the_page_is_the_game(path):
    lesson = lesson_of(path)
    shown = re.search(
        r"<details><summary>The game file</summary><pre[^>]*>(.*?)</pre>",
        path.with_suffix(".html").read_text(encoding="utf-8"),
        re.S,
    )
    kept = document_of(lesson.load())
    text = html.unescape(shown[1])
    assert "\n\n[" in text
    assert document_of(loads(text)) == {
        key: part for key, part in kept.items() if key not in ("claims", "expected")
    }


@each
def test_readouts_are_the_librarys(path):
    lesson, data = lesson_of(path), embedded(path)
    places = positions(lesson)
    assert len(places) == len(data["frames"])
    assert [s["values"] for s in data["sliders"]] == [
        [str(v) for v in s.values] for s in lesson.sliders
    ]
    for row in sorted({round(k * (len(places) - 1) / (SAMPLE - 1)) for k in range(SAMPLE)}):
        values = {s.path: str(v) for s, v in zip(lesson.sliders, places[row], strict=True)}
        game = game_with(lesson.load(), values)
        for readout, shown in zip(lesson.readouts, data["frames"][row]["numbers"], strict=True):
            found = measured(game, readout.measure)
            assert same(shown, found, readout.says), (values, readout.measure, shown, found)


@each
def test_answers_are_the_librarys(path):
    lesson = lesson_of(path)
    for question in lesson.questions:
        if isinstance(question, Exercise) and question.source:
            found = measured(game_with(lesson.load(), question.at), question.source)
            assert Fraction(question.answer) == pytest.approx(float(found), abs=1e-9), question
            if isinstance(found, Fraction):
                assert Fraction(question.answer) == found, question


@each
def test_command_and_lines_give_the_numbers(path):
    lesson = lesson_of(path)
    program, *arguments = shlex.split(lesson.command)
    assert program == "bargaining"
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    shown = " ".join(done.stdout.split())
    assert SHOWN[lesson.number]
    assert [text for text in SHOWN[lesson.number] if text not in shown] == []
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(lesson.python, f"{path.stem}: python", "exec"), {})
    assert PRINTED[lesson.number]
    assert [text for text in PRINTED[lesson.number] if text not in printed.getvalue()] == []


@each
def test_notebook_shows_what_the_page_shows(path):
    lesson, data = lesson_of(path), embedded(path)
    for row in (0, len(data["frames"]) - 1):
        at = notebook.position(lesson, positions(lesson)[row])
        frame = data["frames"][row]
        assert (list(at.numbers), at.says) == (frame["numbers"], frame["says"])
        assert at.picture.to_dict() == frame["picture"]
        assert notebook.svg(at.picture).startswith("<svg")


@pytest.mark.parametrize("number", [1, 2])
def test_bars_are_the_exchange_rates(number):
    path = NOTEBOOKS[number - 1]
    lesson, data = lesson_of(path), embedded(path)
    for values, frame in zip(positions(lesson), data["frames"], strict=True):
        at = {s.path: str(v) for s, v in zip(lesson.sliders, values, strict=True)}
        rates = bg.exchange_rates(game_with(lesson.load(), at)).values()
        drawn = [(bar["low"], bar["high"]) for bar in frame["picture"]["bars"]]
        assert drawn == [pytest.approx(tuple(map(float, r.interval))) for r in rates]
        apart = max(low for low, _ in drawn) > min(high for _, high in drawn) + 1e-9
        assert frame["numbers"][0] == ("yes" if apart else "no")


def test_logrolling_has_a_deal_exactly_above_the_product_of_the_costs():
    lesson, data = lesson_of(NOTEBOOKS[1]), embedded(NOTEBOOKS[1])
    for (a, b), frame in zip(positions(lesson), data["frames"], strict=True):
        deal = 5 * Fraction(b) * 6 * Fraction(a) > 4 * 3
        assert frame["numbers"][0] == ("yes" if deal else "no"), (a, b)


def test_threshold_of_the_logrolling_exercise():
    (question,) = (q for q in lesson_of(NOTEBOOKS[1]).questions if "**Above**" in q.question)
    limit = Fraction(question.answer)
    for a, deal in ((limit, False), (limit + Fraction(1, 10**6), True)):
        game = bg.load("us_mexico/guns_for_fentanyl", parameters={"a": str(a), "b": "1/2"})
        assert bg.settle(game).mutual_gain is deal


def test_units_move_only_what_compares_points():
    data = embedded(NOTEBOOKS[2])
    lesson = lesson_of(NOTEBOOKS[2])
    by = dict(zip(positions(lesson), data["frames"], strict=True))
    ours = {r.measure: k for k, r in enumerate(lesson.readouts) if r.column == "US"}
    moved = {m for m, k in ours.items() if by["1", "6"]["numbers"][k] != by["2", "6"]["numbers"][k]}
    assert moved == {'gain("us", "egalitarian")', 'gain("us", "utilitarian")'}


def test_classroom_deals_lie_on_the_frontier():
    game = bg.load("lessons/fair_shares")
    points = [tuple(p) for p in bg.frontier(game, rational_only=True).points]
    for u, v in ((8, 3), (7, 3.5), (5.5, 4.25), (14 / 3, 14 / 3), (2, 6)):
        (ax, ay), (bx, by) = next(
            (a, b) for a, b in itertools.pairwise(points) if a[0] <= u <= b[0]
        )
        assert v == pytest.approx(ay + (by - ay) * (u - ax) / (bx - ax))
