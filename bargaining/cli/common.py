"""What commands share: the GAME argument, formats, printing, a sign of life on long work."""

from __future__ import annotations

import csv
import io
import json
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from bargaining.model.game import LinkageGame

F = TypeVar("F", bound=Callable[..., Any])
PATIENCE = 2.0
"""Seconds before a sign of life is shown."""

game_argument = click.argument("game", metavar="GAME")
exact_option = click.option("--exact", is_flag=True, help="Repeat rational numbers as fractions.")
format_option = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="How to print the answer.",
)
set_option = click.option(
    "--set",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    help="Replace a parameter of the game file (may be repeated).",
)
solution_option = click.option(
    "--solution",
    default="nash",
    show_default=True,
    metavar="NAME",
    help="nash, kalai_smorodinsky, egalitarian, utilitarian, perles_maschler, raiffa, "
    "raiffa_continuous, coco, nash_variable_threat or adjusted_winner.",
)
deals_option = click.option(
    "--deals",
    type=click.Choice(["shares", "pure"]),
    default="shares",
    show_default=True,
    help="Divisible shares, or one outcome per issue.",
)
agenda_option = click.option(
    "--agenda",
    default="linked",
    show_default=True,
    metavar="AGENDA",
    help='linked, delinked, or packages such as "guns+fentanyl,trade".',
)
require_option = click.option(
    "--require", multiple=True, metavar="NAME", help="A requirement the deal must survive."
)
language_option = click.option(
    "--language",
    type=click.Choice(["en", "es"]),
    default="en",
    show_default=True,
    help="What the pages speak.",
)
exit_code_option = click.option(
    "--exit-code", is_flag=True, help='Exit with status 4 when the answer is "no agreement".'
)


def options(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Apply several click decorators, first one first in the help."""

    def apply(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return apply


def load_game(
    source: str | Sequence[str], settings: Sequence[str] = (), *, ask: bool = True
) -> LinkageGame:
    """Load a game with the parameters given on the command line; warnings go to standard error."""
    from bargaining.loading import load

    parameters = {}
    for setting in settings:
        name, sign, value = setting.partition("=")
        if not sign or not name.strip():
            msg = f'expected NAME=VALUE such as --set w=3, found "{setting}"'
            raise click.BadParameter(msg, param_hint="--set")
        parameters[name.strip()] = value.strip()
    game = load(source, parameters=parameters, ask=ask)
    for warning in game.warnings:
        click.echo(f"warning: {warning}", err=True)
    return game


def print_json(data: Any) -> None:
    """Print JSON to standard output; escaped where the output is not in Unicode."""
    unicode = (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")
    click.echo(json.dumps(data, indent=2, ensure_ascii=not unicode, allow_nan=False))


def print_csv(
    header: Sequence[str], rows: Iterator[Sequence[Any]] | Sequence[Sequence[Any]]
) -> None:
    """Print CSV; text that a spreadsheet would take for a formula is quoted."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([_safe(cell) for cell in header])
    for number, row in enumerate(rows):
        writer.writerow([_safe(cell) for cell in row])
        if number % 10_000 == 9_999:
            click.echo(buffer.getvalue(), nl=False)
            buffer.seek(0)
            buffer.truncate()
    click.echo(buffer.getvalue(), nl=False)


def _safe(cell: Any) -> Any:
    from bargaining.files.spreadsheet import defused
    from bargaining.model.spelling import printable

    if not isinstance(cell, str):
        return "" if cell is None else cell
    return defused(printable(cell))


def console() -> Console:
    """Return a console on standard output."""
    from rich.console import Console

    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False, soft_wrap=False)


def print_text(renderable: RenderableType) -> None:
    """Print a text answer to standard output."""
    from bargaining.report.parts import show

    show(renderable, console())


def ascii_only() -> bool:
    """Whether standard output cannot print block characters."""
    try:
        "█·…".encode(sys.stdout.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return True
    return False


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show a sign of life on standard error when work takes longer, on a terminal only."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    status = Console(stderr=True).status(what)
    timer = threading.Timer(PATIENCE, status.start)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        status.stop()


def settlement_rows(settlement: Any) -> Iterator[Sequence[Any]]:
    """Return a settlement as rows of one long table."""
    from fractions import Fraction

    def number(value: Any) -> tuple[Any, Any]:
        return float(value), str(value) if isinstance(value, Fraction) else ""

    yield "status", settlement.agenda, "", "", str(settlement.status), ""
    for player, value in settlement.gains.items():
        yield ("gains", settlement.agenda, "", player, *number(value))
    for player, value in settlement.transfers.items():
        if value:
            yield ("transfer", settlement.agenda, "", player, *number(value))
    for name, facts in settlement.details.items():
        for what, inner in facts.items():
            yield from _fact_rows(what, settlement.agenda, name, "", inner)
    for issue, shares in settlement.deal.items():
        for outcome, share in shares.items():
            yield ("share", settlement.agenda, issue, outcome, *number(share))
    for group in settlement.together:
        for package in group["packages"]:
            names = json.dumps(package["outcomes"], ensure_ascii=False)
            issues = "+".join(group["issues"])
            yield ("together", settlement.agenda, issues, names, *number(package["share"]))


def _fact_rows(
    what: str, agenda: str, package: str, name: str, value: Any
) -> Iterator[Sequence[Any]]:
    """Rows of what a concept shows beside gains and deal; tables become one row per entry."""
    from fractions import Fraction

    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _fact_rows(what, agenda, package, f"{name}/{key}" if name else key, inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _fact_rows(what, agenda, package, name, inner)
    elif value is not None:
        number = isinstance(value, (Fraction, float)) and not isinstance(value, bool)
        exact = str(value) if isinstance(value, Fraction) else ""
        yield what, agenda, package, name, float(value) if number else str(value), exact


LONG_HEADER = ("what", "agenda", "issue", "name", "value", "exact")
