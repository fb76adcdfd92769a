"""What the teacher's sheet and the debrief share: deals in words, solutions, the plane of gains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from bargaining.files.class_deals import treatments_of
from bargaining.linkage.answer_key import CONCEPTS, AnswerKey, shown_deal
from bargaining.model.agenda import parse_agenda
from bargaining.model.draft import DRAFT
from bargaining.model.game import LinkageGame
from bargaining.report.pages.deal_plane import Dot, Plane, plane
from bargaining.report.pages.saying import Saying, name
from bargaining.report.pages.scores import points, share
from bargaining.results import Number, Status
from bargaining.settlement.settlement import Settlement

Shares = Mapping[str, Number]


@dataclass(frozen=True)
class Expected:
    """What a solution concept gives under an agenda."""

    concept: str
    idea: str
    agenda: str
    gains: tuple[str, ...]
    deal: tuple[Markup, ...]
    agreed: bool


def deal_lines(game: LinkageGame, deal: Mapping[str, Shares], say: Saying) -> tuple[Markup, ...]:
    """Write a deal, one issue a line."""
    lines = []
    for issue, shares in deal.items():
        terms = [_term(label, value, say) for label, value in shares.items()]
        title = game.issues[issue].title or issue
        lines.append(say("treatment.line", issue=title, terms=Markup(" + ").join(terms)))
    return tuple(lines)


def _term(label: str, value: Number, say: Saying) -> Markup:
    text = say.words("treatment.as_agreed") if label.startswith(DRAFT) else label
    if value == 1:
        return name(text)
    return say("treatment.term", share=share(value), outcome=text)


def changed(game: LinkageGame, outcomes: Mapping[str, str]) -> dict[str, Shares]:
    """Return the issues of a deal that leave the status quo; all, where none is known."""
    return {
        name: {label: 1}
        for name, label in outcomes.items()
        if game.reserved or label != game.issues[name].status_quo
    }


def expected(key: AnswerKey, say: Saying) -> tuple[Expected, ...]:
    """Return every concept under both agendas."""
    names = {
        "nash": say.words("concepts.nash"),
        "egalitarian": say.words("concepts.egalitarian"),
        "utilitarian": say.words("concepts.utilitarian"),
    }
    ideas = {
        "nash": say.words("concepts.nash_idea"),
        "egalitarian": say.words("concepts.egalitarian_idea"),
        "utilitarian": say.words("concepts.utilitarian_idea"),
    }
    ways = treatments(key.game, say)
    return tuple(
        Expected(
            names[concept],
            ideas[concept],
            ways[agenda],
            tuple(points(gain) for gain in answer.gains.values()),
            deal_lines(key.game, shown_deal(answer), say),
            answer.status == Status.AGREEMENT,
        )
        for concept in CONCEPTS
        for agenda, answer in sorted(key.settlements[concept].items(), reverse=True)
    )


def tables(game: LinkageGame, say: Saying) -> Markup:
    """Name the tables that the links allow; nothing where one table holds everything."""
    packages = parse_agenda(game, "linked").named_packages(game)
    if len(packages) == 1 or len(treatments_of(game)) == 1:
        return Markup()
    return Markup("; ").join(
        say("treatment.table", issues=say.listed(titles))
        if len(titles) > 1
        else say("treatment.alone", issue=titles[0])
        for titles in ([game.issues[k].title or k for k in package] for package in packages)
    )


def treatments(game: LinkageGame, say: Saying) -> dict[str, str]:
    """Return the names of the ways of negotiating that a game has."""
    if len(treatments_of(game)) == 1:
        return {"linked": say.words("treatment.single")}
    together = "treatment.linked_tables" if tables(game, say) else "treatment.linked"
    return {
        "linked": say.words(together),
        "delinked": say.words("treatment.delinked"),
    }


def gains_plane(key: AnswerKey, groups: Iterable[Dot], *, says: str, name: str) -> Plane | None:
    """Return the picture of two parties' gains; None where another number has a stake."""
    game = key.game
    if len(game.interested) != 2:
        return None
    one, two = (game.players[i] for i in game.interested)

    def place(gains: Mapping[str, Number]) -> tuple[float, float]:
        return float(gains[one]), float(gains[two])

    def letters(agenda: str, kind: str) -> list[Dot]:
        return [
            Dot(kind, place(answer.gains), concept[0].upper())
            for concept in CONCEPTS
            if (answer := _agreed(key.settlements[concept].get(agenda))) is not None
        ]

    dots = [Dot("point", place(point.gains), "") for point in key.points]
    dots = list(dict.fromkeys(dots))
    dots += [*letters("delinked", "apart"), *letters("linked", "solution"), *groups]
    corners = [(float(a), float(b)) for a, b in key.line]
    return plane((one, two), corners=corners, dots=dots, says=says, name=name)


def _agreed(answer: Settlement | None) -> Settlement | None:
    return answer if answer is not None and answer.status == Status.AGREEMENT else None
