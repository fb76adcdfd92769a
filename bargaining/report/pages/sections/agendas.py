"""Who wants which table: every agenda settled, and which of them hold."""

from __future__ import annotations

from markupsafe import Markup

from bargaining.linkage.agenda_game import AgendaGame, agenda_game
from bargaining.report.pages.blocks import Block, Cell, Fold, Grid, Paragraph, Points
from bargaining.report.pages.saying import agenda_name, measure, name
from bargaining.report.pages.study import Study
from bargaining.results import Status, in_figures

MOST, MOST_PARTIES, MOST_AT_HOME = 8, 4, 4
"""Issues up to which agendas are compared: two players, more of them, with rules at home."""
MAX_OUTCOMES = 300
MAX_SHOWN, MAX_LISTED = 8, 100


def agendas(study: Study) -> list[Block]:
    """Return gains under every agenda, who prefers which, and what comes of it."""
    say, game, how = study.say, study.game, study.manner
    if study.verdict is None or game.reserved or len(game.issues) < 2:
        return []
    most = MOST if len(game.interested) <= 2 else MOST_PARTIES
    most = min(most, MOST_AT_HOME) if study.at_home else most
    if len(game.issues) > most or study.outcomes > MAX_OUTCOMES:
        words = say(
            "report_agendas.left_out",
            most=most,
            outcomes=MAX_OUTCOMES,
            found=len(game.issues),
            size=study.outcomes,
        )
        return [Paragraph(words, "faint")]
    found = agenda_game(game, solution=how.solution, deals=how.deals, require=how.require)
    found.verify()
    blocks: list[Block] = [Paragraph(say("report_agendas.intro"))]
    blocks.append(Points(tuple(_sentences(study, found))))
    shown = _chosen(found)
    blocks.append(_grid(study, found, shown))
    if len(shown) < len(found.agendas):
        listed = list(found.agendas)[:MAX_LISTED]
        count = len(found.agendas)
        title = (
            say("report_agendas.all")
            if len(listed) == count
            else say("report_agendas.first", shown=len(listed), count=count)
        )
        blocks.append(Fold(title, (_grid(study, found, listed),), "key"))
    if found.status == Status.LIMIT_REACHED:
        blocks.append(Paragraph(say("report_agendas.some"), "faint"))
    return blocks


def _sentences(study: Study, found: AgendaGame) -> list[Markup]:
    say = study.say
    lines = []
    for player in study.voices:
        best = found.preferred.get(player, ())
        if len(best) == len(found.agendas):
            lines.append(say("report_agendas.same", player=player))
        elif best:
            gain = in_figures(found.agendas[best[0]].gains[player])
            which = _called(study, "linked" if "linked" in best else best[0])
            lines.append(say("report_agendas.best", player=player, agenda=which, gain=gain))
        missed = found.most_missed.get(player)
        if missed:
            lines.append(say("report_agendas.missed", player=player, issues=say.listed(missed)))
    if found.refusing:
        lines.append(say("report_agendas.refuse", who=say.listed(found.refusing)))
    elif {e.outcome for e in found.linking.equilibria if e.undominated} == {"linked"}:
        lines.append(say("report_agendas.consent"))
    return lines


def _called(study: Study, agenda: str) -> Markup:
    """Return an agenda as it is called in a sentence."""
    if agenda in ("delinked", "linked"):
        return study.say(f"report_called.{agenda}")
    return agenda_name(agenda)


def _agenda(study: Study, agenda: str) -> Markup:
    if agenda in ("delinked", "linked"):
        return study.say(f"report_gains.{agenda}")
    return agenda_name(agenda)


def _chosen(found: AgendaGame) -> list[str]:
    """Return all agendas if they are few; else the two ends, each party's best, the best in sum."""
    if len(found.agendas) <= MAX_SHOWN:
        return list(found.agendas)
    first = [names[0] for names in found.preferred.values()]
    ends = [*list(found.agendas)[:1], *list(found.agendas)[-1:]]
    totals = sorted(
        found.agendas, key=lambda agenda: float(sum(found.agendas[agenda].gains.values())),
        reverse=True,
    )  # fmt: skip
    kept = set(list(dict.fromkeys([*ends, *first, *totals]))[:MAX_SHOWN])
    return [agenda for agenda in found.agendas if agenda in kept]


def _grid(study: Study, found: AgendaGame, shown: list[str]) -> Grid:
    say = study.say
    rows = []
    for agenda in shown:
        gained = found.agendas[agenda].gains
        figures = [
            say.figure(gained[player], measure("agendas", agenda, "gains", player))
            for player in found.players
        ]
        objections = found.objections.get(agenda, {})
        who = list(dict.fromkeys(p for players in objections.values() for p in players))
        note = say("report_agendas.apart", who=say.listed(who)) if who else None
        rows.append((Cell(_agenda(study, agenda)), *figures,
                     Cell(note or say("report_agendas.stable"))))  # fmt: skip
    head = (say("report_agendas.agenda"), *map(name, found.players), say("report_agendas.holds"))
    hidden = len(found.agendas) - len(shown)
    rest = say("report.more", count=hidden) if hidden > 0 else Markup()
    return Grid(say("report_agendas.caption"), head, tuple(rows), rest=rest)
