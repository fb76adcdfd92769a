"""The teacher's sheet of a role play: the answer key, timing, questions, how to use the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from bargaining.files.class_deals import treatments_of
from bargaining.linkage.answer_key import AnswerKey
from bargaining.model.game import LinkageGame
from bargaining.report.pages.class_parts import (
    changed,
    deal_lines,
    expected,
    gains_plane,
    tables,
)
from bargaining.report.pages.party import drawn_issues, parties, party_sheet
from bargaining.report.pages.render import render
from bargaining.report.pages.saying import Saying, title_of
from bargaining.report.pages.scores import points
from bargaining.report.pages.words import Words
from bargaining.results import Number

MAX_ROWS = 40
MARKS = ("solution", "apart", "point")
MINUTES_AROUND = 25
"""Minutes of the plan beside the negotiation itself."""


@dataclass(frozen=True)
class Line:
    """An outcome with everybody's points."""

    label: str
    today: bool
    points: tuple[str, ...]
    sum: str


@dataclass(frozen=True)
class Point:
    """A deal on the frontier."""

    points: tuple[str, ...]
    sum: str
    deal: tuple[Markup, ...]


def teacher_page(
    game: LinkageGame,
    key: AnswerKey,
    speak: Words,
    *,
    types: dict[int, int],
    files: Sequence[str],
    command: str,
    minutes: int = 20,
) -> str:
    """Return the teacher's sheet as a page.

    Parameters
    ----------
    game : LinkageGame
        With its draws of private types, if any; ``key`` is about the types played.
    key : AnswerKey
    speak : Words
    types : mapping of int to int
        The type of each draw that is played.
    files : sequence of str
        Names of the party sheets.
    command : str
        The command that makes the debrief.
    minutes : int
        For the negotiation.
    """
    say, played = Saying(speak), key.game
    sheets = [
        party_sheet(game, player, say, types=types, deals=key.deals) for player in parties(game)
    ]
    usually = {
        "breaks_deadlock": speak("teacher.usually_breaks_deadlock"),
        "enlarges": speak("teacher.usually_enlarges"),
        "redistributes": speak("teacher.usually_redistributes"),
        "no_effect": speak("teacher.usually_no_effect"),
        "harms": speak("teacher.usually_harms"),
        "not_defined": speak("teacher.usually_not_defined"),
        "single": speak("teacher.usually_single"),
        "unknown": speak("teacher.usually_unknown"),
    }
    return render(
        "teacher.html.j2",
        speak,
        say=say,
        title=title_of(game),
        players=game.players,
        sheets=sheets,
        files=files,
        drawn=_drawn(game, types, say),
        issues=_scores(played),
        totals=", ".join(
            f"{p} {points(r, sign=False)}"
            for p, r in zip(game.players, played.reservation, strict=True)
        ),
        points=_frontier(key, say),
        plane=gains_plane(key, [], says=_says(key, speak), name="frontier"),
        key=key,
        expected=expected(key, say),
        usually=usually[_effect(key)],
        single=len(treatments_of(game)) == 1,
        one_issue=len(game.issues) == 1,
        bystanders=[p for p in game.players if p not in parties(game)],
        packages=_packages(key),
        tables=tables(played, say),
        example=_example(played),
        command=command,
        minutes=minutes,
        total=minutes + MINUTES_AROUND,
        marks=("solution", "point") if len(treatments_of(game)) == 1 else MARKS,
    )


def _effect(key: AnswerKey) -> str:
    """Return what is to be said of linking."""
    if key.game.reserved:
        return "not_defined"
    if len(key.game.issues) < 2:
        return "single"
    return "unknown" if key.verdict is None else str(key.verdict.effect)


def _drawn(game: LinkageGame, types: dict[int, int], say: Saying) -> Markup:
    return say.listed(
        say(
            "teacher.drawn",
            player=draw.player,
            issues=drawn_issues(game, draw, say),
            type=draw.labels[types[position]],
        )
        for position, draw in enumerate(game.draws)
    )


def _scores(game: LinkageGame) -> list[tuple[str, tuple[Line, ...]]]:
    """Everybody's points per issue and outcome."""
    found = []
    for name, issue in game.issues.items():
        table = issue.exact_payoffs if game.reserved else issue.exact_gains
        lines = tuple(
            Line(
                label,
                a == issue.status_quo_index,
                tuple(points(v, sign=not game.reserved) for v in table[a]),
                points(_sum(game, table[a]), sign=not game.reserved),
            )
            for a, label in enumerate(issue.outcomes)
        )
        found.append((issue.title or name, lines))
    return found


def _sum(game: LinkageGame, row: Sequence[Number]) -> Number:
    return sum((row[i] for i in game.interested), start=Fraction(0))


def _frontier(key: AnswerKey, say: Saying) -> list[Point]:
    """List the frontier's deals, the first of a long one."""
    game = key.game
    return [
        Point(
            tuple(points(gain) for gain in point.gains.values()),
            points(_sum(game, list(point.gains.values()))),
            deal_lines(game, changed(game, point.deal), say),
        )
        for point in key.points[:MAX_ROWS]
    ]


def _says(key: AnswerKey, speak: Words) -> str:
    names = [key.game.players[i] for i in key.game.interested]
    if len(names) != 2:
        return ""
    first, second = names
    return speak("teacher.frontier_says", first=first, second=second, count=key.count)


def _packages(key: AnswerKey) -> str:
    game = key.game
    return "; ".join(
        " + ".join(game.issues[name].title or name for name in package)
        for package in key.minimal_packages
    )


def _example(game: LinkageGame) -> str:
    """Return shares of the first issue as they are typed into the table."""
    issue = next(iter(game.issues.values()))
    return f"{issue.outcomes[-1]} 50%; {issue.outcomes[0]} 50%"
