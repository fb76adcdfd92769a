"""``bargaining check``: every problem of a game file at once."""

from __future__ import annotations

import click

from bargaining.cli import common


@click.command("check")
@common.options(
    click.argument("games", metavar="GAME...", nargs=-1, required=True), common.set_option
)
def command(games: tuple[str, ...], settings: tuple[str, ...]) -> None:
    """Check game files and list every problem found, with its place and the remedy.

    \b
    Example:
      bargaining check us_mexico/six_issue_table us_mexico/guns_for_fentanyl
    """
    from bargaining.errors import BargainingError
    from bargaining.files.schema import printable

    failed = 0
    for game in games:
        try:
            found = common.load_game(game, settings)
        except BargainingError as error:
            failed += 1
            click.echo(f"error: {error}", err=True)
        else:
            size = f"{len(found.players)} players, {len(found.issues)} issues"
            click.echo(f"{printable(game)}: ok ({size})")
    if failed:
        raise click.exceptions.Exit(1)
