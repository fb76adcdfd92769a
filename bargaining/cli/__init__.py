"""The command line: one file per command, each imported only when it is run."""

from __future__ import annotations

import importlib
import io
import os
import sys

import click

import bargaining
from bargaining.errors import BargainingError

COMMANDS = {
    "solve": "Answer the main question: does linking break the deadlock?",
    "settle": "What an agenda leads to under a solution concept.",
    "frontier": "The Pareto frontier of a package.",
    "evaluate": "Judge a draft deal: what it brings, what it leaves on the table.",
    "ratify": "What each side can have ratified at home, alone and linked.",
    "packages": "Which issues must share a table for a deal to exist.",
    "agenda": "Who wants which issues on which table, and in which order.",
    "coalitions": "What coalitions of players can reach, and how gains could be divided.",
    "design": "The least change that breaks a deadlock, or keeps it.",
    "enforce": "How much tomorrow must weigh for promises to keep each other.",
    "mechanism": "What can be agreed when each side alone knows its types.",
    "equilibria": "What each side does without an agreement.",
    "roleplay": "Sheets for a class that plays a game, and the debrief of its deals.",
    "claims": "What the sources assert, tested: held, refuted, where it flips.",
    "plot": "Draw a sweep: maps, lines, and where the answer flips.",
    "robust": "How far payoffs must move before the verdict is another.",
    "sweep": "Ask the same of many games: grids, random points, noise.",
    "report": "The whole analysis as one page for a browser.",
    "explore": "Move the numbers of a game on a local page, and see what becomes of it.",
    "check": "Check game files and list every problem.",
    "convert": "Write a game in another format, or read another program's.",
    "games": "List, show or copy the bundled games.",
    "schema": "Print the JSON Schema of the game file.",
}


class _Commands(click.Group):
    """Commands known by name; the module is imported when one is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"bargaining.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from bargaining.model.spelling import suggestion

            hint = suggestion(args[0], COMMANDS)
            msg = f'no command "{args[0]}"{hint}'
            raise click.UsageError(msg, ctx)
        return super().resolve_command(ctx, args)


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(bargaining.__version__, prog_name="bargaining")
def cli() -> None:
    """When does putting several issues on one table turn a deadlock into a deal?

    GAME is a game file (.toml or .json), a Gambit strategic game (.nfg), a score table (.csv),
    "-" for standard input, or the name of a bundled game ("bargaining games" lists them);
    "bargaining convert" reads Genius scenarios.  Results go to standard output, everything
    else to standard error.  Exit status: 0 answered ("no agreement" is an answer), 1 wrong
    input or failed solve, 2 wrong usage.

    \b
    Example:
      bargaining solve us_mexico/six_issue_table
    """


def main() -> None:
    """Run the command line; user errors end in one message, never in a traceback."""
    if sys.stdout is None:  # closed by the caller
        sys.stdout = io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names that the terminal cannot show
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        code = done.exit_code
    except click.Abort:
        click.echo("interrupted", err=True)
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except BargainingError as error:
        click.echo(f"error: {error}", err=True)
        code = 1
    except BrokenPipeError:
        code = 0
    except OSError as error:
        place = error.filename or "standard output"
        click.echo(f"error: {place}: {(error.strerror or str(error)).lower()}", err=True)
        code = 1
    except MemoryError:
        click.echo("error: not enough memory for this game", err=True)
        code = 1
    try:
        sys.stdout.flush()
    except OSError:  # a closed pipe or a full disk: what was lost has been reported above
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(code if isinstance(code, int) else 0)
