"""What tests of the explore page share: controls of a game, and figures on a page."""

from __future__ import annotations

from fractions import Fraction

import report_pages

import bargaining as bg
from bargaining.explore.panel import Session, session
from bargaining.explore.state import Changed, changed, document_to_move
from bargaining.explore.view import view
from bargaining.model.game import LinkageGame


def session_of(game: LinkageGame | str, language: str = "en") -> Session:
    found = bg.load(game) if isinstance(game, str) else game
    return session(document_to_move(found), found.name, language, "nash")


def moved(at: Session, *apart, **values) -> Changed:
    """Move sliders by their key, with dots and brackets as they are; take links away."""
    keys = {slider.key: steps for steps, slider in at.controls.sliders.items()}
    numbers = {keys[key]: Fraction(value) for key, value in values.items()}
    return changed(
        at.document, at.game.name, at.controls, numbers=numbers, apart=apart, ask=at.asks
    )


def figures(page: str) -> dict[str, str]:
    """Return what a page shows, as the library writes it, by measure."""
    return {cell.measure: cell.exact for cell in report_pages.read(page).found}


def shown(at: Session, what: Changed, solution: str = "nash") -> str:
    return view(what, solution, at.speak.language)
