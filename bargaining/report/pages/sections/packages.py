"""Which issues a deal needs: minimal packages, and the pairs that unlock each other."""

from __future__ import annotations

from itertools import islice

from markupsafe import Markup

from bargaining.linkage.packages import MinimalPackages
from bargaining.report.pages.blocks import Block, Cell, Grid, Paragraph
from bargaining.report.pages.saying import name
from bargaining.report.pages.study import Study
from bargaining.results import Status

SECONDS = 3.0
MAX_FOUND = 200
MAX_SHOWN = 30


def packages(study: Study) -> list[Block]:
    """Return one row per minimal package."""
    say, how = study.say, study.manner
    if study.verdict is None or study.game.reserved:
        return []
    search = MinimalPackages(study.game, how.deals, SECONDS, how.require)
    found = [search.ordered(package) for package in islice(search, MAX_FOUND)]
    more = len(found) == MAX_FOUND or search.status == Status.LIMIT_REACHED
    blocks: list[Block] = [Paragraph(say("report_packages.intro"))]
    if not found:
        words = "none_asked" if study.at_home else "none"
        words = "report_packages.unknown" if more else f"report_packages.{words}"
        return [*blocks, Paragraph(say(words))]
    rows = []
    for package in found[:MAX_SHOWN]:
        if len(package) == 1:
            note = say("report_packages.single")
        elif search.clears_alone(frozenset(package)):
            note = say("report_packages.clears")
        elif len(package) == 2:
            note = say("report_packages.unlock")
        else:
            note = say("report_packages.jointly")
        issues = Markup(" + ").join(map(name, package))
        rows.append((Cell(issues), say.figure(len(package)), Cell(note)))
    head = (
        say("report_packages.package"), say("report_packages.size"), say("report_packages.note")
    )  # fmt: skip
    hidden = len(found) - MAX_SHOWN
    rest = say("report.more", count=hidden) if hidden > 0 else Markup()
    blocks.append(Grid(say("report_packages.caption"), head, tuple(rows), rest=rest))
    if more:
        blocks.append(Paragraph(say("report_packages.stopped"), "faint"))
    return blocks
