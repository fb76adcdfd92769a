"""The table of the bundled games in Markdown, from the games themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bargaining.errors import BargainingError
from bargaining.linkage.facts import facts_of
from bargaining.linkage.predicates import holds
from bargaining.linkage.verdict import solve
from bargaining.model.game import LinkageGame
from bargaining.results import in_figures

EFFECTS = {
    "breaks_deadlock": "linking breaks the deadlock",
    "enlarges": "linking enlarges what all gain",
    "redistributes": "linking helps some and hurts others",
    "no_effect": "linking changes nothing",
    "harms": "linking only hurts",
    "not_defined": "no status quo per issue",
}


def games_table(games: Iterable[LinkageGame]) -> Iterator[str]:
    """Yield the lines: name, question, what Nash bargaining leads to, and the claims."""
    yield "| game | question | linked, by Nash bargaining | claims |"
    yield "|---|---|---|---|"
    for game in games:
        question = str(game.document.get("question", "")).replace("|", "/")
        yield f"| `{game.name}` | {question} | {_answer(game)} | {_claims(game)} |"


def _answer(game: LinkageGame) -> str:
    if not game.issues:
        return "a game of coalitions"
    try:
        found = solve(game)
    except BargainingError:
        return "no status quo"
    gains = ", ".join(f"{p} {in_figures(g)}" for p, g in found.agendas["linked"].gains.items())
    words = EFFECTS[found.verdict.effect] if len(game.issues) > 1 else "one issue"
    return f"{words}: {gains}"


def _claims(game: LinkageGame) -> str:
    """Count the claims that are true and false at the numbers of the file."""
    counts = {"held": 0, "refuted": 0, "open": 0}
    facts = facts_of(game)
    for claim in game.document.get("claims") or ():
        try:
            counts["held" if holds(claim["holds_when"], facts) else "refuted"] += 1
        except BargainingError:
            counts["open"] += 1
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "–"
