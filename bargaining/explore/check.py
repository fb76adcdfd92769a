"""What the page would show, as a few lines of text: for ``bargaining explore --check``."""

from __future__ import annotations

from bargaining.explore.panel import session
from bargaining.explore.state import changed, document_to_move
from bargaining.explore.view import view
from bargaining.model.game import LinkageGame


def summary(game: LinkageGame, solution: str, language: str) -> str:
    """Build the page's content once; return the verdict and what can be moved.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> print(summary(game, "nash", "en").splitlines()[-1])
    sliders: 12, tick boxes: 1, solution concepts: 10
    """
    from markupsafe import Markup

    at = session(document_to_move(game), game.name, language, solution)
    now = changed(at.document, game.name, at.controls, numbers={}, ask=at.asks)
    page = view(now, solution, language)
    lead = page.partition("</h2>")[2].partition("</p>")[0]
    controls = at.controls
    speak = at.speak
    counts = ", ".join(
        speak(f"explore_counts.{what}", count=len(found))
        for what, found in (
            ("sliders", controls.sliders),
            ("ticks", controls.ticks),
            ("concepts", controls.solutions),
        )
    )
    return f"{Markup(lead).striptags()}\n{counts}"
