"""The debrief of a role play: every group's deal beside the frontier and the two treatments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from bargaining.files.class_deals import treatments_of
from bargaining.linkage.answer_key import AnswerKey
from bargaining.linkage.at_home import HomeCheck
from bargaining.linkage.roleplay import ClassResults, Judged, JudgedGroup, TreatmentSummary
from bargaining.report.pages.class_parts import (
    deal_lines,
    expected,
    gains_plane,
    tables,
    treatments,
)
from bargaining.report.pages.deal_plane import Dot, strip
from bargaining.report.pages.render import render
from bargaining.report.pages.saying import Saying, foreign, title_of
from bargaining.report.pages.scores import points, rounded
from bargaining.report.pages.words import Words
from bargaining.results import Number

MAX_EMPTY = 20


@dataclass(frozen=True)
class Entry:
    """A group's row."""

    group: str
    treatment: str
    deal: tuple[Markup, ...]
    gains: tuple[tuple[str, float], ...]
    joint: tuple[str, float]
    left: tuple[str, float]
    says: tuple[tuple[str, Markup], ...]


@dataclass(frozen=True)
class Way:
    """A treatment's column."""

    name: str
    groups: int
    agreed: str
    gains: tuple[str, ...]
    joint: str
    left: str
    efficient: str
    rational: str
    passed: str
    ratified: tuple[str, ...]


def debrief_page(results: ClassResults, key: AnswerKey, speak: Words) -> str:
    """Return the debrief as a page.

    Parameters
    ----------
    results : ClassResults
    key : AnswerKey
        Of the same game, with the same kind of deals.
    speak : Words
    """
    say, game = Saying(speak), results.game
    names = treatments(game, say)
    empty = [group.group for group in results.groups if not group.agreed]
    home = bool(game.ratification)
    return render(
        "debrief.html.j2",
        speak,
        say=say,
        title=title_of(game),
        players=game.players,
        results=results,
        agreed=sum(group.agreed for group in results.groups),
        empty=", ".join(empty[:MAX_EMPTY]) + (" …" if len(empty) > MAX_EMPTY else ""),
        plane=gains_plane(key, _dots(results), says=_says(results, speak), name="deals"),
        strip=_strip(results, speak, names),
        ways=[_way(summary, names, say, results) for summary in results.summaries],
        entries=[_entry(group, names, results, say) for group in results.groups],
        expected=expected(key, say),
        marks=_marks(results),
        home=home,
        tables=tables(game, say),
        at_least=any(group.judged.at_least for group in results.groups),
        single=len(treatments_of(game)) == 1,
        ratifiers=[game.players[i] for i in game.ratification.ratified],
        key=key,
    )


def _marks(results: ClassResults) -> tuple[str, ...]:
    played = tuple(summary.treatment for summary in results.summaries)
    theory = ("solution", "apart", "point")
    return (*played, *(theory if len(treatments_of(results.game)) > 1 else theory[::2]))


def _says(results: ClassResults, speak: Words) -> str:
    game = results.game
    if len(game.interested) != 2:
        return ""
    first, second = (game.players[i] for i in game.interested)
    count = len(results.groups)
    return speak("debrief.plane_says", first=first, second=second, groups=count)


def _dots(results: ClassResults) -> list[Dot]:
    game = results.game
    if len(game.interested) != 2:
        return []
    one, two = (game.players[i] for i in game.interested)
    return [
        Dot(
            group.treatment,
            (float(group.judged.gains[one]), float(group.judged.gains[two])),
            group.group,
        )
        for group in results.groups
    ]


def _strip(results: ClassResults, speak: Words, names: Mapping[str, str]) -> object:
    rows = {}
    for summary in results.summaries:
        mine = [g for g in results.groups if g.treatment == summary.treatment]
        values = [float(group.judged.joint) for group in mine]
        rows[str(summary.treatment)] = (names[summary.treatment], values, summary.joint)
    means = "; ".join(
        speak("debrief.strip_mean", name=name, mean=rounded(mean))
        for name, _, mean in rows.values()
    )
    return strip(rows, says=speak("debrief.strip_says", means=means))


def _way(
    summary: TreatmentSummary, names: Mapping[str, str], say: Saying, results: ClassResults
) -> Way:
    def of(some: int, every: int = summary.groups) -> str:
        return say.words("debrief.of", some=some, all=every)

    return Way(
        names[summary.treatment],
        summary.groups,
        of(summary.agreed),
        tuple(points(float(gain)) for gain in summary.gains.values()),
        points(summary.joint),
        "\u2013" if summary.left is None else _bound(summary.left, summary.at_least, say.words),
        of(summary.efficient, summary.known),
        of(summary.rational),
        of(summary.passed, summary.agreed),
        tuple(of(count, summary.agreed) for count in summary.ratified.values()),
    )


def _entry(
    group: JudgedGroup, names: Mapping[str, str], results: ClassResults, say: Saying
) -> Entry:
    game, judged = results.game, group.judged
    signed = {name: group.deal[name] for name in group.signed if name in group.deal}
    return Entry(
        group.group,
        names[group.treatment],
        deal_lines(game, signed, say) if group.agreed else (say("treatment.nothing"),),
        tuple(_cell(judged.gains[player]) for player in game.players),
        _cell(judged.joint),
        _left(judged, say.words),
        _judgement(group, judged, results, say),
    )


def _left(judged: Judged, speak: Words) -> tuple[str, float]:
    """Return what everybody could have gained on top; a dash for a deal that does not stand."""
    if judged.distance is None:
        return "\u2013", 0.0
    left = float(judged.distance)
    return _bound(left, judged.at_least, speak), round(left, 9)


def _bound(amount: float, at_least: bool, speak: Words) -> str:
    """Write an amount, or that it is at least so much."""
    text = rounded(amount)
    return speak("debrief.at_least", amount=text) if at_least else text


def _cell(value: Number) -> tuple[str, float]:
    """Write a number of a column: decimals in all rows."""
    return points(float(value)), round(float(value), 9)


def _judgement(
    group: JudgedGroup, judged: Judged, results: ClassResults, say: Saying
) -> tuple[tuple[str, Markup], ...]:
    """Say what can be said, good or bad, one sentence each."""
    game = results.game
    found: list[tuple[str, Markup]] = []
    losers = [game.players[i] for i in game.interested if judged.gains[game.players[i]] < 0]
    if losers:
        found.append(("bad", say("debrief.loses", players=say.listed(losers))))
    ratify = [game.players[i] for i in game.ratification.ratified]
    unasked = [p for p in ratify if judged.gains[p] < 0 and judged.passed]
    if unasked:
        found.append(("", say("debrief.ratifier_loses", players=say.listed(unasked))))
    if judged.forbidden:
        found.append(("bad", say("debrief.forbidden")))
    found += [("good" if c.met else "bad", _at_home(c, say)) for c in judged.checks]
    if judged.efficient:
        found.append(("good", say("debrief.efficient")))
    elif judged.unknown:
        found.append(("", say("debrief.not_compared") + " " + foreign(judged.unknown)))
    elif any(judged.improvement.values()):
        found.append(("", _better(group, results, say)))
    elif judged.efficient is None and judged.stands:
        found.append(("", say("debrief.unknown")))
    if group.treatment == "delinked" and not losers:
        for issue, players in judged.losers_alone.items():
            title = game.issues[issue].title or issue
            told = say("debrief.linked_anyway", players=say.listed(players), issue=title)
            found.append(("", told))
    return tuple(found)


def _better(group: JudgedGroup, results: ClassResults, say: Saying) -> Markup:
    """Name the nearest better deal: who gains how much, and what it settles otherwise."""
    game, judged = results.game, group.judged
    more = [
        Markup("{} {}").format(say.listed([player]), points(float(gain)))
        for player, gain in judged.improvement.items()
        if gain
    ]
    changes = Markup("; ").join(deal_lines(game, judged.changes, say))
    for_all = judged.distance is not None and judged.distance > 0
    rest = not set(group.signed) <= set(judged.changes)
    keys = {
        (True, False): "debrief.better",
        (True, True): "debrief.better_rest",
        (False, False): "debrief.better_some",
        (False, True): "debrief.better_some_rest",
    }
    return say(keys[for_all, rest], gains=Markup(", ").join(more), changes=changes)


def _at_home(check: HomeCheck, say: Saying) -> Markup:
    keys = {
        ("premium", True): "debrief.home_premium_met",
        ("premium", False): "debrief.home_premium_missed",
        ("cap", True): "debrief.home_cap_met",
        ("cap", False): "debrief.home_cap_missed",
        ("floor", True): "debrief.home_floor_met",
        ("floor", False): "debrief.home_floor_missed",
        ("veto", True): "debrief.home_veto_met",
        ("veto", False): "debrief.home_veto_missed",
    }
    key = keys[check.kind, check.met]
    gain = check.found + check.cost
    if check.kind == "premium" and not check.cost:
        key = "debrief.home_unseen_met" if check.met else "debrief.home_unseen_missed"
    elif check.kind == "premium" and gain < 0:
        key = "debrief.home_loss_missed"
    values = {
        "player": check.player,
        "found": points(check.found, sign=check.kind in ("premium", "veto")),
        "limit": points(check.limit, sign=False),
        "gain": points(gain),
        "cost": points(check.cost, sign=False),
    }
    return say(key, **values)
