"""``bargaining games``: the bundled games."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bargaining.cli import common


@click.group("games", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List, show or copy the bundled games.

    \b
    Example:
      bargaining games list
      bargaining games show us_mexico/mexico_delinks
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_games, style="text")


@command.command("list")
@common.format_option
def list_games(style: str) -> None:
    """List the bundled games with title, players and issues.

    \b
    Example:
      bargaining games list --format csv
    """
    rows = [_row(name, path) for name, path in _bundled().items()]
    if style == "json":
        common.print_json({"games": rows})
    elif style == "csv":
        common.print_csv(
            ("name", "title", "players", "issues"),
            [(r["name"], r["title"], "+".join(r["players"]), "+".join(r["issues"])) for r in rows],
        )
    else:
        from bargaining.report.text import games_text

        common.print_text(games_text(rows))


@command.command("show")
@click.argument("name")
def show_game(name: str) -> None:
    """Print the file of a bundled game.

    \b
    Example:
      bargaining games show classic/prisoners_dilemma
    """
    from bargaining.files.library import find

    click.echo(find(name).read_text(encoding="utf-8"), nl=False)


@command.command("copy")
@click.argument("name")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
def copy_game(name: str, folder: Path, force: bool) -> None:
    """Copy the file of a bundled game into DIR, to be changed.

    \b
    Example:
      bargaining games copy us_mexico/guns_for_fentanyl .
    """
    from bargaining.errors import InputError
    from bargaining.files.library import find

    source = find(name)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / source.name
    if target.exists() and not force:
        msg = f"{target}: there is a file of that name already; use --force to replace it"
        raise InputError(msg)
    target.write_bytes(source.read_bytes())
    click.echo(f"{target}")
    click.echo(f"Next: bargaining solve {target}", err=True)


@command.command("table")
def table() -> None:
    """Print the table of the bundled games that stands in games/README.md.

    \b
    Example:
      bargaining games table
    """
    from bargaining.loading import load
    from bargaining.report.games_table import games_table

    for line in games_table(load(name, ask=False) for name in _bundled()):
        click.echo(line)


def _bundled() -> dict[str, Path]:
    from bargaining.files.library import bundled

    return bundled()


def _row(name: str, path: Path) -> dict[str, Any]:
    from bargaining.files.toml import parse, read_text

    document = parse(read_text(path), name, "toml")
    return {
        "name": name,
        "title": document.get("title", ""),
        "players": list(document.get("players", [])),
        "issues": list(document.get("issues", {})),
    }
