"""``bargaining check``: every problem of a game file at once."""

from __future__ import annotations

from typing import Any

import click

from bargaining.cli import common


@click.command("check")
@common.options(
    click.argument("games", metavar="GAME...", nargs=-1, required=True),
    common.set_option,
    click.option(
        "--format",
        "style",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="How to print the report.",
    ),
)
def command(games: tuple[str, ...], settings: tuple[str, ...], style: str) -> None:
    """Check game files and list every problem found, with its place and the remedy.

    \b
    Example:
      bargaining check us_mexico/six_issue_table us_mexico/guns_for_fentanyl
    """
    from bargaining.errors import BargainingError, GameFileError
    from bargaining.model.spelling import printable

    reports: list[dict[str, Any]] = []
    for game in games:
        try:
            found = common.load_game(game, settings)
        except BargainingError as error:
            problems = error.problems if isinstance(error, GameFileError) else (str(error),)
            reports.append({"game": game, "ok": False, "problems": list(problems), "warnings": []})
            if style == "text":
                click.echo(f"error: {error}", err=True)
        else:
            warnings = list(found.warnings)
            reports.append({"game": game, "ok": True, "problems": [], "warnings": warnings})
            if style == "text":
                size = f"{len(found.players)} players, {len(found.issues)} issues"
                click.echo(f"{printable(game)}: ok ({size})")
    if style == "json":
        common.print_json({"games": reports})
    if not all(report["ok"] for report in reports):
        raise click.exceptions.Exit(1)
