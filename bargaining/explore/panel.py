"""The controls of the page as widgets, and what they stand at.

Names come from game files, and labels of widgets are read as Markdown: every sign of a name that
is neither letter nor digit is written as a character reference, so that it stays what it is.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from markupsafe import Markup

from bargaining.explore.controls import Controls, Slider, Step, Tick, controls_of
from bargaining.explore.state import Changed, changed
from bargaining.explore.view import view
from bargaining.files.toml import parse
from bargaining.loading import from_document
from bargaining.model.game import LinkageGame
from bargaining.model.spelling import printable
from bargaining.report.pages.words import Words, words

SMALLEST = Fraction(1, 10**6)
"""Browsers write smaller steps in powers of ten, which the slider does not read."""
FEW = 8
"""More lines of links stand below the numbers of the chosen issue."""


@dataclass(frozen=True, eq=False)
class Session:
    """What the page is opened with.

    Attributes
    ----------
    document : mapping
        The game file as it was read.
    game : LinkageGame
    controls : Controls
    speak : Words
    solution : str
        The concept that is chosen at first.
    """

    document: Mapping[str, Any]
    game: LinkageGame
    controls: Controls
    speak: Words
    solution: str

    @property
    def asks(self) -> bool:
        """Whether every status quo was known when the page was opened, and must stay known."""
        return all(issue.status_quo_index is not None for issue in self.game.issues.values())

    def standing(self, sliders: Mapping[str, float], ticked: Mapping[str, bool]) -> Changed:
        """Return the game with sliders and tick boxes where they stand."""
        moved, gone = numbers(self, sliders), apart(self, ticked)
        return changed(
            self.document, self.game.name, self.controls, numbers=moved, apart=gone, ask=self.asks
        )

    @property
    def heading(self) -> str:
        """Title and question of the game, as HTML."""
        title = printable(str(self.game.title or self.game.name))
        question = printable(str(self.document.get("question") or ""))
        kind = self.speak("explore.page")
        shown = Markup(
            '<header class="explore" lang="{}"><p class="faint">{}</p><h1><bdi>{}</bdi></h1>'
        ).format(self.speak.language, kind, title)
        if question:
            shown += Markup('<p class="lead"><bdi>{}</bdi></p>').format(question)
        return str(shown + Markup("</header>"))

    @property
    def file_name(self) -> str:
        """What the changed game is called when it is kept."""
        stem = Path(self.game.name).stem
        plain = "".join(c if c.isalnum() or c in "-_" else "_" for c in stem)[:60].strip("_")
        return f"{plain or 'game'}_changed.toml"


def opened(folder: str | Path) -> Session:
    """Return the session that :func:`bargaining.explore.serve.serve` wrote to a folder."""
    game, manner = (Path(folder, name).read_text("utf-8") for name in ("game.json", "session.json"))
    return session(parse(game, "the game", "json"), **json.loads(manner))


def session(document: Mapping[str, Any], name: str, language: str, solution: str) -> Session:
    """Return a session over a document that holds a game."""
    game = from_document(document, name)
    controls = controls_of(game, document)
    return Session(document, game, controls, words(language), solution)


def slider_widgets(of: Session) -> dict[str, Any]:
    """Return a widget for every slider, by its position among all."""
    import marimo as mo

    def widget(slider: Slider) -> Any:
        named, start = label(slider_name(of, slider)), float(slider.start)
        if slider.step is None or slider.step < SMALLEST:
            values = [float(value) for value in slider.values]
            return mo.ui.slider(
                steps=values, value=start, label=named, show_value=True, full_width=True
            )
        # real bounds and steps, so that a screen reader is told the value and not its position
        return mo.ui.slider(
            float(slider.values[0]),
            float(slider.values[-1]),
            float(slider.step),
            start,
            label=named,
            show_value=True,
            full_width=True,
        )

    sliders = of.controls.sliders.values()
    return {str(position): widget(slider) for position, slider in enumerate(sliders)}


def tick_widgets(of: Session) -> dict[str, Any]:
    """Return a widget for every tick box, by its position."""
    import marimo as mo

    return {
        str(position): mo.ui.checkbox(value=True, label=label(tick_name(of, tick)))
        for position, tick in enumerate(of.controls.ticks)
    }


def concept_widget(of: Session) -> Any:
    """Return the choice of a solution concept."""
    import marimo as mo

    named = {of.speak(f"report_concept.{name}"): name for name in of.controls.solutions}
    first = next((text for text, name in named.items() if name == of.solution), None)
    return mo.ui.dropdown(named, value=first or next(iter(named), None),
                          label=label(of.speak("explore.concept")), full_width=True)  # fmt: skip


def issue_widget(of: Session) -> Any:
    """Return the choice of the issue whose numbers are shown."""
    import marimo as mo

    named = {f"{k}. {printable(name)}"[:120]: name for k, name in enumerate(of.controls.issues, 1)}
    return mo.ui.dropdown(named, value=next(iter(named), None),
                          label=label(of.speak("explore.issue")), full_width=True)  # fmt: skip


def panel(of: Session, sliders: Any, ticks: Any, concept: Any, issue: Any) -> Any:
    """Lay the controls out: tables, the chosen issue, links."""
    import marimo as mo

    widgets = dict(zip(of.controls.sliders, sliders.values(), strict=True))
    parts: list[Any] = [concept] if of.controls.solutions else []
    for table, group in of.controls.tables.items():
        parts.append(_heading(of, of.speak(f"explore_table.{table}")))
        parts += [widgets[slider.steps] for slider in group]
    links = [_heading(of, of.speak("explore.links")), *ticks.values()] if ticks.value else []
    chosen = [mo.Html("<hr>"), issue] if of.controls.issues else []
    if of.controls.issues:
        chosen += [widgets[slider.steps] for slider in of.controls.issues[issue.value]]
    parts += [*links, *chosen] if len(links) <= FEW else [*chosen, *links]
    if of.controls.left_out:
        parts.append(_heading(of, of.speak("explore.left_out", count=of.controls.left_out)))
    return mo.vstack([mo.Html('<div class="explore-panel"></div>'), *parts], gap=0.6)


def shown(of: Session, now: Changed, solution: str) -> list[Any]:
    """Return what is shown of the changed game, and a way to keep it."""
    import marimo as mo

    found: list[Any] = [mo.Html(view(now, solution, of.speak.language))]
    if now.game is not None:
        keep = mo.download(
            now.toml.encode(),
            filename=of.file_name,
            mimetype="application/toml",
            label=label(of.speak("explore.keep")),
        )
        found.append(keep)
    return found


def _heading(of: Session, text: str) -> Any:
    import marimo as mo

    shown = Markup('<h2 class="panel" lang="{}">{}</h2>').format(of.speak.language, text)
    return mo.Html(str(shown))


def numbers(of: Session, standing: Mapping[str, float]) -> dict[tuple[Step, ...], Fraction]:
    """Return where sliders stand, exactly; those at their start are left out."""
    found = {}
    for position, slider in enumerate(of.controls.sliders.values()):
        at = standing[str(position)]
        if at != float(slider.start):
            found[slider.steps] = _nearest(slider, at)
    return found


def _nearest(slider: Slider, at: float) -> Fraction:
    return min(slider.values, key=lambda value: abs(float(value) - at))


def apart(of: Session, ticked: Mapping[str, bool]) -> list[Tick]:
    """Return the links that are taken away."""
    return [tick for k, tick in enumerate(of.controls.ticks) if not ticked[str(k)]]


def slider_name(of: Session, slider: Slider) -> str:
    """Return what a slider moves, in a few words."""
    first, *rest = slider.steps
    if first == "weights":
        return of.speak("explore.weight_of", player=rest[0])
    if first == "issues":
        return of.speak("explore.payoff_of", player=rest[2], outcome=_outcome(of, rest))
    if first == "premium":
        return of.speak(f"explore_premium.{rest[1]}", player=rest[0])
    if first == "transfers":
        return of.speak("explore.efficiency")
    return str(rest[0])


def _outcome(of: Session, rest: list[Step]) -> str:
    entry = of.document["issues"][rest[0]]
    places = [int(step) for step in rest[3:]]
    if entry.get("options") is not None:
        return str(entry["options"][places[0]])
    acting = [entry["actions"][player] for player in of.game.players if player in entry["actions"]]
    return " / ".join(
        str(labels[at]) for labels, at in zip(acting, places, strict=True) if len(labels) > 1
    )


def tick_name(of: Session, tick: Tick) -> str:
    """Return what a tick box links."""
    if len(tick.issues) == 1:
        return of.speak("explore.alone", issue=tick.issues[0])
    return of.speak("explore.pair", first=tick.issues[0], second=tick.issues[1])


def label(text: str) -> str:
    r"""Return a text that stays itself when it is read as Markdown or HTML.

    >>> label("*a* <b>")
    '<bdi>&#42;a&#42; &#60;b&#62;</bdi>'
    """
    grouped = itertools.groupby(text, key=lambda c: c.isalnum() or c == " ")
    kept = "".join(
        "".join(part) if plain else "".join(f"&#{ord(c)};" for c in part) for plain, part in grouped
    )
    return f"<bdi>{kept}</bdi>"
