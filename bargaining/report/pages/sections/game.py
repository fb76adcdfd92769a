"""What is on the table: who acts in each issue, and what each outcome brings to whom."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from markupsafe import Markup

from bargaining.model.issue import Issue
from bargaining.report.pages.blocks import Block, Cell, Columns, Grid, Paragraph
from bargaining.report.pages.saying import label, name
from bargaining.report.pages.study import Study

MAX_SPELLED = 12
"""Issues whose outcomes are all shown."""
MAX_ISSUES = 40
MAX_OUTCOMES = 20
MAX_SPILLOVERS = 20
SORTABLE = 4
"""Tables of outcomes with more rows can be sorted."""


def game(study: Study) -> list[Block]:
    """Return one table per issue, or one of all issues where there are many."""
    say, found = study.say, study.game
    if not found.issues:
        return []
    ratify = {found.players[i] for i in found.ratification.ratified}
    who = say.listed([player for player in found.players if player not in ratify][:MAX_ISSUES])
    count = len(found.issues)
    origin = say("report_game.reserved") if found.reserved else say("report_game.origin")
    between = say("report_game.between", who=who, count=count)
    blocks: list[Block] = [Paragraph(between + " " + origin)]
    if count > MAX_SPELLED:
        blocks.append(_all_issues(study))
    else:
        blocks.append(Columns(tuple(_issue(study, issue) for issue in found.issues.values())))
    blocks += _spillovers(study)
    return blocks


def _all_issues(study: Study) -> Grid:
    say, found = study.say, study.game
    rows = tuple(
        (label(issue.name), Cell(_acting(study, issue)), say.figure(len(issue.outcomes)))
        for issue in islice(found.issues.values(), MAX_ISSUES)
    )
    head = (say("report_game.issue"), say("report_game.who"), say("report_game.outcomes"))
    return Grid(say("report_game.many"), head, rows, rest=rest(study, len(found.issues)))


def rest(study: Study, count: int, shown: int = MAX_ISSUES) -> Markup:
    """Say how many rows are left out."""
    return study.say("report.more", count=count - shown) if count > shown else Markup()


def _acting(study: Study, issue: Issue) -> Markup:
    say = study.say
    if issue.is_options:
        return say("report_game.joint")
    who = [player for player, labels in issue.actions.items() if len(labels) > 1]
    return say("report_game.acts", who=say.listed(who)) if who else say("report_game.nobody")


def _issue(study: Study, issue: Issue) -> Grid:
    say = study.say
    caption = Markup("<strong>{}</strong>").format(name(issue.name))
    if issue.title and issue.title != issue.name:
        caption += Markup(" · ") + name(issue.title)
    caption += Markup(" · ") + _acting(study, issue)
    origin = issue.status_quo_index
    gains = issue.exact_payoffs if origin is None else issue.exact_gains
    rows = []
    for position, outcome in enumerate(issue.outcomes[:MAX_OUTCOMES]):
        now = Markup(" ") + say("report_game.now") if position == origin else Markup()
        figures = [say.figure(value) for value in gains[position]]
        rows.append((Cell(name(outcome) + now), *figures))
    head = (say("report_game.outcome"), *map(name, study.game.players))
    more = rest(study, len(issue.outcomes), MAX_OUTCOMES)
    return Grid(caption, head, tuple(rows), sortable=len(rows) > SORTABLE, rest=more)


def _spillovers(study: Study) -> Iterator[Grid]:
    """Show what depends on two issues together."""
    say, found = study.say, study.game
    for link in found.links or ():
        if link.spillovers is None:
            continue
        first, second = (found.issues[issue] for issue in link.between)
        rows = [
            (label(first.outcomes[a]), label(second.outcomes[b]), *map(say.figure, values))
            for a, table in enumerate(link.spillovers)
            for b, values in enumerate(table)
            if any(values)
        ]
        if rows:
            head = (name(first.name), name(second.name), *map(name, found.players))
            more = rest(study, len(rows), MAX_SPILLOVERS)
            yield Grid(say("report_game.both"), head, tuple(rows[:MAX_SPILLOVERS]), rest=more)
