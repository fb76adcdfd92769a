"""What passes at home: the premium on what shows, caps, floors, players who only ratify."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from bargaining.report.pages.blocks import Block, Cell, Formula, Grid, Paragraph, Points
from bargaining.report.pages.formulas import FORMULAS
from bargaining.report.pages.saying import label, measure, name
from bargaining.report.pages.sections.game import MAX_ISSUES, rest
from bargaining.report.pages.study import Study
from bargaining.results import in_figures
from bargaining.settlement.win_set import PlayerWinSet, win_set


def home(study: Study) -> list[Block]:
    """Return the rules at home, what each player can have ratified, and which rules bind."""
    say, game = study.say, study.game
    if not game.ratification or game.reserved:
        return []
    answer = win_set(game)
    answer.verify()
    blocks: list[Block] = [Paragraph(say("report_home.intro")), Points(tuple(_rules(study)))]
    rows = []
    for player, found in answer.players.items():
        depth = found.largest_depth
        field = f"depth({player!r})"
        cell = Cell(say("report_home.any")) if depth is None else say.figure(depth, field)
        linked = [reached for reached in found.packages.values() if reached is not None]
        most = say.figure(max(linked)) if linked else Cell(say("report_home.open"))
        rows.append((label(player), cell, most, say.figure(found.cross_premium)))
    head = (say("report_gains.player"), say("report_home.depth"), say("report_home.linked"),
            say("report_home.cross"))  # fmt: skip
    blocks.append(Grid(say("report_home.caption"), head, tuple(rows)))
    blocks.append(_shares(study, answer.players))
    points = [point for player, found in answer.players.items()
              for point in _linking(study, player, found)]  # fmt: skip
    if points:
        blocks.append(Points(tuple(points)))
    blocks += _binding(study)
    if not game.ratification.premiums:
        return blocks
    summary, meaning = say("report_formula.home"), say("report_formula.home_means")
    return [*blocks, Formula(summary, FORMULAS["home"], meaning)]


def _rules(study: Study) -> Iterator[Markup]:
    say, game = study.say, study.game
    rules = game.ratification
    for i, premium in rules.premiums.items():
        yield say(
            "report_home.premium",
            player=game.players[i],
            scale=in_figures(premium.scale),
            rate=in_figures(premium.rate),
            form=say(f"report_form.{premium.form}"),
            audience=say(f"report_audience.{premium.audience}"),
        )
    for i, most in rules.caps.items():
        yield say("report_home.cap", player=game.players[i], most=in_figures(most))
    for i, least in rules.floors.items():
        yield say("report_home.floor", player=game.players[i], least=in_figures(least))
    for i, issues in rules.ratified.items():
        names = [game.issue_names[k] for k in issues]
        yield say("report_home.veto", player=game.players[i], issues=say.listed(names))


def _shares(study: Study, found: Mapping[str, PlayerWinSet]) -> Grid:
    say = study.say
    rows = []
    for player, one in found.items():
        for issue, outcomes in one.outcomes.items():
            for outcome, stated in outcomes.items():
                ends: list[Cell] = [Cell(say("report_home.fails")), Cell(say("report_home.fails"))]
                if stated is not None:
                    ends = [say.share(end) for end in stated]
                rows.append((label(player), label(issue), label(outcome), *ends))
    head = (say("report_gains.player"), say("report_game.issue"), say("report_game.outcome"),
            say("report_home.least"), say("report_home.most"))  # fmt: skip
    more = rest(study, len(rows))
    return Grid(say("report_home.shares"), head, tuple(rows[:MAX_ISSUES]), rest=more)


def _linking(study: Study, player: str, found: PlayerWinSet) -> Iterator[Markup]:
    if found.enlarges:
        yield study.say("report_home.enlarges", player=player)
    if found.shrinks:
        yield study.say("report_home.shrinks", player=player)


def _binding(study: Study) -> Iterator[Block]:
    """Show which requirements bind in the linked settlement."""
    say, verdict = study.say, study.verdict
    if verdict is None:
        return
    linked = verdict.agendas["linked"]
    rows = []
    for rule, entry in linked.requirements.items():
        kind, _, player = rule.partition(".")
        state = "binds" if entry["binding"] else "slack"
        if kind != "premium" and entry["slack"] < 0:
            state = "missed"
        field = measure("agendas", "linked", "requirements", rule)
        what = Cell(Markup("{} · {}").format(say(f"report_rule.{kind}"), name(player)))
        value = entry.get("depth" if kind == "premium" else "slack")
        key = "depth" if kind == "premium" else "slack"
        rows.append((what, Cell(say(f"report_home.{state}")), say.figure(value, f"{field}.{key}"),
                     say.figure(entry.get("price"))))  # fmt: skip
    if rows:
        head = (say("report_home.rule"), say("report_home.state"), say("report_home.left"),
                say("report_home.price"))  # fmt: skip
        yield Grid(say("report_home.binding"), head, tuple(rows))
    if linked.conflict:
        yield Paragraph(say("report_home.conflict", rules=say.listed(linked.conflict)), "bad")
