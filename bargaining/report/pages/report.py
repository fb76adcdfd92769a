"""The report: the whole analysis of a game as one page that needs no network.

Sections stand in the order in which questions come up: what is the answer, what is on the table,
what does each issue offer alone, who gets what, which deal, what else could be called fair, which
issues are needed, what keeps the deal, what passes at home, who wants which table.  A section
without anything to say is left out; one that cannot be worked out says so, and the rest stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bargaining.errors import BargainingError
from bargaining.linkage.facts import Manner
from bargaining.model.game import LinkageGame, require_game
from bargaining.model.spelling import printable
from bargaining.report.pages.blocks import Block, Grid, Paragraph, Picture, Section
from bargaining.report.pages.render import inline_svg, render
from bargaining.report.pages.saying import Saying, foreign
from bargaining.report.pages.sections.agendas import agendas
from bargaining.report.pages.sections.alone import alone
from bargaining.report.pages.sections.answer import answer
from bargaining.report.pages.sections.believe import believe
from bargaining.report.pages.sections.claims import claims
from bargaining.report.pages.sections.concepts import concepts
from bargaining.report.pages.sections.gains import deal, gains
from bargaining.report.pages.sections.game import game as on_the_table
from bargaining.report.pages.sections.home import home
from bargaining.report.pages.sections.lasting import lasting
from bargaining.report.pages.sections.packages import packages
from bargaining.report.pages.sections.parties import parties
from bargaining.report.pages.sections.private import private
from bargaining.report.pages.sections.reproduce import reproduce
from bargaining.report.pages.sections.robust import robust
from bargaining.report.pages.study import Study
from bargaining.report.pages.words import words
from bargaining.report.plots import KINDS
from bargaining.report.plots.kind import Ask, heading_of
from bargaining.report.plots.style import figure_svg
from bargaining.settlement.channels import check_required
from bargaining.settlement.package import Deals
from bargaining.settlement.solutions import solution as find_solution

SECTIONS: dict[str, Callable[[Study], list[Block]]] = {
    "answer": answer,
    "game": on_the_table,
    "alone": alone,
    "gains": gains,
    "deal": deal,
    "concepts": concepts,
    "packages": packages,
    "lasting": lasting,
    "home": home,
    "agendas": agendas,
    "private": private,
    "parties": parties,
    "claims": claims,
    "robust": robust,
    "believe": believe,
    "reproduce": reproduce,
}
SHOWN = {
    "game": ("bestreply",),
    "alone": ("rates",),
    "gains": ("gains",),
    "concepts": ("frontier",),
    "packages": ("graph",),
    "lasting": ("repeated",),
    "home": ("winset",),
    "agendas": ("agendas",),
}
"""Pictures by section."""
COMPARED = {"agendas"}
"""Sections whose pictures go with their table: not drawn where it is left out."""
OF_PAYOFFS = {"repeated"}
"""Pictures of payoffs alone that would contradict figures net of what is asked at home."""


def report_page(
    game: LinkageGame,
    *,
    language: str = "en",
    solution: str = "nash",
    deals: Deals = "shares",
    require: Sequence[str] = (),
    source: str = "",
    settings: Sequence[str] = (),
) -> str:
    """Return the report of a game as HTML.

    Parameters
    ----------
    game : LinkageGame
    language : {"en", "es"}
    solution, deals, require
        As for :func:`bargaining.solve`.
    source : str, optional
        How the game is called on the command line; by default its name.
    settings : sequence of str
        Parameters that were replaced when it was loaded, such as ``"w=3"``.

    Raises
    ------
    InputError
        If the language, the concept or a requirement is unknown.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> page = report_page(game)
    >>> "Linking breaks the deadlock" in page
    True
    """
    if not game.channels.get("worth"):
        require_game(game)
    speak = words(language)
    find_solution(solution)
    check_required(game, require)
    called = source or game.name or "game.toml"
    manner = Manner(solution, deals, tuple(require))
    study = Study(game, Saying(speak), manner, called, tuple(settings))
    origin = game.document.get("source") or {}
    return render(
        "report.html.j2",
        speak,
        say=study.say,
        title=heading_of(game) or Path(called).stem,
        question=game.document.get("question") or "",
        text=origin.get("text") or "",
        numbers=origin.get("numbers") or "",
        references=origin.get("references") or (),
        illustrative=illustrative(game),
        warnings=[printable(warning) for warning in game.warnings],
        sections=list(sections(study)),
    )


def sections(study: Study) -> Iterator[Section]:
    """Work the sections out, one after another."""
    say = study.say
    for key, write in SECTIONS.items():
        try:
            blocks = write(study)
        except BargainingError as error:
            blocks = [Paragraph(say("report.failed", reason=foreign(str(error))), "card")]
        if blocks:
            drawn = key not in COMPARED or any(isinstance(block, Grid) for block in blocks)
            shown = (*blocks, *(pictures(study, key) if drawn else ()))
            yield Section(key, say(f"report_title.{key}"), shown)


def illustrative(game: LinkageGame) -> bool:
    """Whether the file says that its numbers come from no source."""
    origin = game.document.get("source") or {}
    said = f"{origin.get('numbers', '')} {origin.get('text', '')}".lower()
    return any(word in said for word in ("illustrative", "invented", "ilustrativ"))


def pictures(study: Study, section: str) -> list[Block]:
    """Return the pictures of a section that apply to the game."""
    say, found = study.say, list[Block]()
    for name in SHOWN.get(section, ()):
        if name in OF_PAYOFFS and study.at_home:
            continue
        kind = KINDS[name]
        if kind.applies(study.game, say.words, Ask(study.manner.solution)) is not None:
            continue
        try:
            drawn = inline_svg(figure_svg(name, study.game, say.words))
        except BargainingError as error:
            found.append(Paragraph(say("report.failed", reason=foreign(str(error))), "card"))
        else:
            found.append(Picture(drawn, say(kind.title_key)))
    return found
