"""What the page shows of a game: the verdict, pictures, gains, the deal, how long it lasts.

The sections are those of the report; the pictures are drawn small and fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import islice

from markupsafe import Markup

from bargaining.errors import BargainingError
from bargaining.explore.drawing import svg
from bargaining.explore.state import Changed
from bargaining.linkage.common_rate import common_rate
from bargaining.linkage.facts import Manner
from bargaining.linkage.verdict import Verdict
from bargaining.model.game import LinkageGame
from bargaining.report.pages.blocks import Block, Formula, Paragraph, Picture, Section
from bargaining.report.pages.pictures import Bar, Bars, Line, Plane, Spot
from bargaining.report.pages.render import render
from bargaining.report.pages.saying import Saying, foreign
from bargaining.report.pages.sections.answer import answer
from bargaining.report.pages.sections.gains import deal, gains
from bargaining.report.pages.sections.lasting import lasting
from bargaining.report.pages.sections.parties import parties
from bargaining.report.pages.study import Study
from bargaining.report.pages.words import words
from bargaining.results import Number, Status, in_figures, signed
from bargaining.settlement.frontier import frontier

MAX_BARS = 30
MAX_POINTS = 2_000
SECTIONS = {"gains": gains, "deal": deal, "lasting": lasting}


def view(changed: Changed, solution: str, language: str) -> str:
    """Return what the page shows, as HTML.

    Parameters
    ----------
    changed : Changed
    solution : str
    language : {"en", "es"}

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> "breaks the deadlock" in view(Changed({}, game, (), ()), "nash", "en")
    True
    """
    say = Saying(words(language))
    found = [] if changed.game is None else list(sections(changed.game, solution, say))
    problems = [foreign(problem) for problem in changed.problems]
    return render(
        "explore.html.j2",
        words(language),
        problems=problems,
        sections=found,
        changes=[foreign(change) for change in changed.changes],
    )


def sections(game: LinkageGame, solution: str, say: Saying) -> Iterator[Section]:
    """Work out what is shown of a game, one section after another."""
    study = Study(game, say, Manner(solution, "shares", ()), game.name)
    if not game.issues:
        yield Section("parties", say("report_title.parties"), _blocks(study, parties))
        return
    opening: list[Block] = [b for b in answer(study) if isinstance(b, Paragraph)]
    yield Section("answer", say("report_title.answer"), tuple(opening))
    if study.verdict is None:
        return
    pictures = tuple(_pictures(study, study.verdict))
    if pictures:
        yield Section("pictures", say("explore.pictures"), pictures)
    for key, write in SECTIONS.items():
        blocks = _blocks(study, write)
        if blocks:
            yield Section(key, say(f"report_title.{key}"), blocks)


def _blocks(study: Study, write: Callable[[Study], list[Block]]) -> tuple[Block, ...]:
    """Work out a section, without its formulas: they stand in the report."""
    try:
        blocks = write(study)
    except BargainingError as error:
        blocks = [Paragraph(study.say("report.failed", reason=foreign(str(error))), "card")]
    return tuple(block for block in blocks if not isinstance(block, Formula))


def _pictures(study: Study, verdict: Verdict) -> Iterator[Picture]:
    """Yield the frontier or the gains, then the exchange rates."""
    if len(verdict.players) == 2 and not study.game.reserved:
        yield _frontier(study, verdict)
        if verdict.issues:
            yield _rates(study, verdict)
    else:
        yield _gains(study, verdict)


def _frontier(study: Study, verdict: Verdict) -> Picture:
    """Draw what the two sides can reach linked, and where the two agendas end."""
    say, game = study.say, study.game
    first, second = verdict.players
    spots: dict[tuple[Number, ...], list[str]] = {(Fraction(0), Fraction(0)): ["now"]}
    for agenda in ("delinked", "linked"):
        settlement = verdict.agendas[agenda]
        if settlement.status in (Status.AGREEMENT, Status.NO_AGREEMENT):
            at = tuple(settlement.gains[player] for player in verdict.players)
            spots.setdefault(at, []).append(agenda)
    marks = {"now": "ring", "delinked": "square", "linked": "diamond"}
    speak = say.words
    drawn = tuple(
        Spot((at[0], at[1]), ", ".join(speak(f"explore.{one}") for one in names), marks[names[-1]])  # type: ignore[arg-type]
        for at, names in spots.items()
    )
    title = speak("explore.frontier")
    described = speak(
        "explore.frontier_says",
        **{
            f"{agenda}_{side}": in_figures(verdict.agendas[agenda].gains[player])
            for agenda in ("delinked", "linked")
            for side, player in (("first", first), ("second", second))
        },
        first=first,
        second=second,
    )
    plane = Plane(
        speak("explore.gain_of", player=first),
        speak("explore.gain_of", player=second),
        tuple(_front(game)),
        drawn,
    )
    return Picture(svg(plane, title, described), say("explore.frontier"))


def _front(game: LinkageGame) -> Iterator[Line]:
    """Yield the linked frontier, where the game has one that can be drawn."""
    try:
        points = frontier(game).points
    except BargainingError:
        return
    if 1 < len(points) <= MAX_POINTS:
        yield Line(tuple((float(x), float(y)) for x, y in points))


def _rates(study: Study, verdict: Verdict) -> Picture:
    """Draw the weights at which each issue offers no trade, and one they all share, if any."""
    say, speak = study.say, study.say.words
    shown = {name: verdict.issues[name] for name in islice(verdict.issues, MAX_BARS)}
    rates = {name: report.rates_at_home or report.rates for name, report in shown.items()}
    bars = []
    ends = []
    for name, found in rates.items():
        interval = None if found is None else found.interval
        ends.append(interval)
        if interval is None:
            bars.append(Bar(name, 0, 0, speak("explore.no_bar"), "faint"))
            continue
        low, high = interval
        text = f"{in_figures(low)} – {in_figures(high)}" if low != high else in_figures(low)
        bars.append(Bar(name, high, low, text, "first"))
    common = common_rate(ends)
    shared = len(bars) == len(verdict.issues) == len(common.members)
    title = speak("explore.rates", first=verdict.players[0])
    described = "; ".join(f"{bar.label}: {bar.text}" for bar in bars)
    picture = Bars(
        speak("explore.weight", first=verdict.players[0]),
        (*bars,),
        common.rate if shared else None,
        speak("explore.shared") if shared else "",
    )
    more = len(verdict.issues) - len(bars)
    caption = say("explore.rates", first=verdict.players[0])
    if more:
        caption += Markup(" ") + say("report.more", count=more)
    return Picture(svg(picture, title, described, (0.0, 1.0)), caption)


def _gains(study: Study, verdict: Verdict) -> Picture:
    """Draw each side's gain, issue by issue and linked."""
    say, speak = study.say, study.say.words
    strokes = {"delinked": "first", "linked": "second"}
    bars = [
        Bar(f"{player}, {speak(f'explore.{agenda}')}", gain, Fraction(0), signed(gain), stroke)  # type: ignore[arg-type]
        for player in verdict.players[:MAX_BARS]
        for agenda, stroke in strokes.items()
        for gain in (verdict.agendas[agenda].gains.get(player),)
        if gain is not None
    ]
    title = speak("explore.gains")
    described = "; ".join(f"{bar.label}: {bar.text}" for bar in bars)
    picture = Bars(title, tuple(bars))
    return Picture(svg(picture, title, described), say("explore.gains"))
