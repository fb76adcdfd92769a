"""The lessons: complete, their pages current, and every number in them the library's."""

from __future__ import annotations

import html
import io
import itertools
import math
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
ROUNDED = 5e-4
"""Irrational answers are given with three decimals."""

SHOWN = {
    1: ("5/7 to 1", "us +3/2 and mexico +3/2"),
    2: ("3/5 to 1", "0 to 3/8", "us +3/2 and mexico +9/4", "egress checks 7/8"),
    3: ("245/43", "357/86"),
    4: ("in full: from 4/5.", "in full: from 1/2.", "us together 5 5 1/2", "lasts from 1/5"),
    5: ("us +1.27259 and mexico +1.27259",),
    6: ("delinked 3 2* stable", "linked 7/2* 7/4", "us -1/2, mexico +1/4", "mexico refuses"),
    7: ("us +4/3, mexico +4/5 and canada +1", "lab raids 1/15"),
}
"""What the command of a lesson must print."""
PRINTED = {
    1: ("5 5/7 1 49/58", "9/10"),
    2: ("mexico +9/4", "us +9/28 and mexico +27/80"),
    3: ("egalitarian 14/3 14/3", "utilitarian 8 3", "nash 7 7/2", "raiffa 89/15 121/30"),
    4: ("0 1/2 1/2", "1 7/10 1/2", "3/2 4/5 1/2", "2 9/10 1/2", "4/5 7/10 2/3 0.632456"),
    5: ("1 1 3.14", "2 0.6931", "4 0.1732", "2.71006", "1.18821", "2.95249"),
    6: ("'us': Fraction(23, 5), 'mexico': Fraction(31, 8)", "('migration+slack,security+trade',)"),
    7: (
        "'us': Fraction(3, 2), 'mexico': Fraction(9, 10)",
        "'us': Fraction(4, 3), 'mexico': Fraction(4, 5), 'canada': Fraction(1, 1)",
        "'us': Fraction(9, 2), 'mexico': Fraction(3, 1)",
    ),
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
def test_only_what_answers_nothing_stands_before_the_prediction(path):
    lesson, text = lesson_of(path), path.with_suffix(".html").read_text(encoding="utf-8")
    before, after = text.split('<div class="after" hidden>')
    for inside in ('id="picture"', 'id="says"', 'id="readouts"', 'id="reveal" class="key"'):
        assert inside in after
        assert inside not in before
    assert '<section class="after" aria-labelledby="exercises" hidden>' in after
    assert set(re.findall(r"<details[^>]*>", before)) == {"<details>"}
    opening = notebook.opening(lesson)
    for name, formula in lesson.formulas:
        assert html.escape(formula) in after
        assert html.escape(formula) not in before
        assert formula not in opening
        assert formula in notebook.reveal(lesson), name


@pytest.mark.parametrize("predicted", [False, True])
@each
def test_notebook_waits_for_the_prediction(path, predicted, monkeypatch):
    import marimo

    lesson = lesson_of(path)
    monkeypatch.setattr(marimo, "running_in_notebook", lambda: not predicted)
    shown, defined = runpy.run_path(str(path))["app"].run()
    text = "".join(output.text for output in shown if hasattr(output, "text"))
    assert lesson.goals[0] in html.unescape(text)
    folds = 1 + predicted * (1 + len(lesson.questions))
    assert text.count("<marimo-accordion") == folds, "the teaching note, and what is still locked"
    assert ('id="exercise-1"' in text) is predicted
    assert ("at" in defined) is predicted


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
            asked = bg.load(question.game) if question.game else lesson.load()
            found = measured(game_with(asked, question.at), question.source)
            if isinstance(found, Fraction):
                assert Fraction(question.answer) == found, question
            else:
                assert Fraction(question.answer) == pytest.approx(found, abs=ROUNDED), question


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


def test_promises_need_the_patience_of_the_formula():
    lesson, data = lesson_of(NOTEBOOKS[3]), embedded(NOTEBOOKS[3])
    for (d, x), frame in zip(positions(lesson), data["frames"], strict=True):
        apart = Fraction(1, 2) + Fraction(x) / 5
        assert frame["numbers"][:2] == [str(apart), "1/2"]
        kept = [Fraction(d) >= apart, Fraction(d) >= Fraction(1, 2)]
        assert frame["numbers"][2:4] == ["yes" if held else "no" for held in kept]
        lengths = [bar["high"] for bar in frame["picture"]["bars"]]
        assert [lengths[0] <= lengths[1], lengths[4] <= lengths[5]] == kept


def test_premium_lets_pass_what_the_closed_form_says():
    lesson, data = lesson_of(NOTEBOOKS[4]), embedded(NOTEBOOKS[4])
    for (kappa, beta, v), frame in zip(positions(lesson), data["frames"], strict=True):
        steep, shown = Fraction(kappa) * Fraction(beta) * Fraction(v), frame["numbers"][1]
        best = math.log(8 / steep) / float(Fraction(beta) * Fraction(v))
        assert float(Fraction(shown)) == pytest.approx(min(max(best, 0.0), 1.0), abs=1e-5)
        assert (float(Fraction(frame["numbers"][0])) > 0) is (steep < 2)
        assert frame["numbers"][6:] == ["yes" if steep < limit else "no" for limit in (2, 8)]


def test_linking_redistributes_as_the_formula_says():
    lesson, data = lesson_of(NOTEBOOKS[5]), embedded(NOTEBOOKS[5])
    for values, frame in zip(positions(lesson), data["frames"], strict=True):
        a, b = map(Fraction, values)
        shown = [number.split(" ≈ ")[0] for number in frame["numbers"]]
        assert shown[2] == str((a - b) / (2 * b))
        assert shown[5] == str((b - a) / (2 * a))
        assert shown[6] == shown[7] == str((a + b + a * b) / (a + b))


@pytest.mark.parametrize(
    ("lesson", "name", "above", "deal"),
    [(5, "beta", False, {"kappa": "1", "v": "4"}), (7, "c", True, {"f": "1"})],
)
def test_thresholds_of_exercises(lesson, name, above, deal):
    asked = next(q for q in lesson_of(NOTEBOOKS[lesson - 1]).questions if isinstance(q, Exercise))
    limit, step = Fraction(asked.answer), Fraction(1, 10**3)
    game = lesson_of(NOTEBOOKS[lesson - 1]).game
    for value, expected in ((limit - step, not above), (limit, False), (limit + step, above)):
        found = bg.load(game, parameters={**deal, name: str(value)})
        assert bg.settle(found).mutual_gain is expected


def test_other_numbers_of_the_lessons():
    favours = bg.critical_discount(bg.load("us_mexico/guns_for_fentanyl"))
    assert float(favours.any) == pytest.approx(math.sqrt(2 / 5), abs=1e-9)
    quiet = bg.load("us_mexico/one_audience")
    assert bg.win_set(quiet).cross_premium == pytest.approx((math.e - 1) ** 2, abs=1e-9)
    apart = bg.settle(quiet, agenda="delinked").gains
    together = bg.settle(quiet).gains
    assert [float(g) for g in apart.values()] == pytest.approx([4, 2.56], abs=5e-3)
    assert [float(g) for g in together.values()] == pytest.approx([2.71, 1.19], abs=5e-3)
    four = bg.load("us_mexico/migration_for_slack")
    split = bg.settle(four, agenda="migration+slack,security+trade").gains
    assert [*split.values(), *bg.settle(four).gains.values()] == [
        Fraction(23, 5), Fraction(31, 8), 4, 5,
    ]  # fmt: skip
    ratified = bg.load("us_mexico/two_ratifiers")
    gains = [bg.settle(ratified, agenda=a).gains for a in ("delinked", "linked")]
    assert [(g["us"], g["mexico"]) for g in gains] == [(5, 3), (4, 2)]
    guest = bg.load("us_mexico/canada_joins", parameters={"e": "-1"})
    assert not bg.settle(guest).mutual_gain
