"""``bargaining equilibria``: what each side does without an agreement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.equilibrium.bimatrix import EquilibriumSet


@click.command("equilibria")
@common.options(
    common.game_argument,
    click.option("--issue", metavar="NAME", help="Only this issue."),
    click.option(
        "--method",
        default="auto",
        show_default=True,
        metavar="NAME",
        help="auto, exact, or support, vertex, lemke_howson (nashpy, checked exactly).",
    ),
    common.set_option,
    common.format_option,
    common.exact_option,
)
def command(
    game: str,
    issue: str | None,
    method: str,
    settings: tuple[str, ...],
    style: str,
    exact: bool,
) -> None:
    """List the Nash equilibria of each issue of GAME.

    \b
    Example:
      bargaining equilibria classic/chicken
      bargaining equilibria us_mexico/five_issue_core --issue trade --format json
    """
    from bargaining.equilibrium.bimatrix import EquilibriumSet, equilibria

    found = common.load_game(game, settings, ask=False)
    names = list(found.issues) if issue is None else [found.issue_names[found.position(issue)]]
    answers: dict[str, EquilibriumSet] = {}
    with common.working("looking for equilibria"):
        for name in names:
            answer = equilibria(found.issues[name], method=method)  # type: ignore[arg-type]
            assert isinstance(answer, EquilibriumSet)
            answer.verify()
            answers[name] = answer
    if style == "json":
        data = {name: answer.to_dict() for name, answer in answers.items()}
        common.print_json({"schema": "bargaining-equilibria/1", "issues": data})
    elif style == "csv":
        common.print_csv(
            ("issue", "equilibrium", "player", "action", "probability", "exact"), _rows(answers)
        )
    else:
        from bargaining.report.text import equilibria_text

        common.print_text(equilibria_text(answers, found.title or found.name))


def _rows(answers: Mapping[str, EquilibriumSet]) -> Iterator[Sequence[Any]]:
    for name, answer in answers.items():
        for number, equilibrium in enumerate(answer.equilibria, start=1):
            if not equilibrium.strategies:
                yield name, number, "", equilibrium.outcome, 1.0, "1"
            for player, mix in equilibrium.strategies.items():
                for label, share in zip(answer.issue.actions[player], mix, strict=True):
                    yield name, number, player, label, float(share), str(share)
