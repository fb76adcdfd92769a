"""``bargaining report``: the whole analysis as one page for a browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.settlement.package import Deals

MARK = "<!doctype html>"


@click.command("report")
@common.options(
    common.game_argument,
    click.option(
        "-o",
        "--output",
        "target",
        required=True,
        metavar="FILE",
        help='Where to write the page; "-" for standard output.',
    ),
    common.language_option,
    click.option("--force", is_flag=True, help="Replace a file that is there and is no HTML page."),
    common.solution_option,
    common.deals_option,
    common.require_option,
    common.set_option,
)
def command(
    game: str,
    target: str,
    language: str,
    force: bool,
    solution: str,
    deals: Deals,
    require: tuple[str, ...],
    settings: tuple[str, ...],
) -> None:
    """Write the whole analysis of GAME as one page that needs no network.

    The answer in plain words, gains, the deal, every solution concept, which issues are needed,
    what keeps the deal, what passes at home, who wants which table, and why to believe it;
    formulas are one click away. The page opens by double click and prints on A4.

    \b
    Example:
      bargaining report us_mexico/guns_for_fentanyl -o report.html
      bargaining report us_mexico/guns_for_fentanyl -o informe.html --language es
    """
    from bargaining.report.pages.report import report_page

    _check_target(target, force=force)
    found = common.load_game(game, settings)
    with common.working("writing the report"):
        page = report_page(
            found,
            language=language,
            solution=solution,
            deals=deals,
            require=require,
            source="game.toml" if game == "-" else game,
            settings=settings,
        )
    if target == "-":
        click.echo(page.encode(), nl=False)
        return
    Path(target).write_text(page, encoding="utf-8")
    click.echo(target)


def _check_target(target: str, *, force: bool) -> None:
    """Refuse to replace a file that is no page, such as the game itself."""
    from bargaining.errors import InputError

    path = Path(target)
    if target == "-" or force:
        return
    if path.is_dir():
        msg = f"{target}: expected a file to write, found a folder"
        raise InputError(msg)
    if path.exists():
        with path.open("rb") as opened:
            start = opened.read(len(MARK))
        if start.lower() != MARK.encode() and start:
            msg = (
                f"{target}: there is a file of that name already, and it is no HTML page; "
                "use --force"
            )
            raise InputError(msg)
    if path.suffix.lower() not in (".html", ".htm"):
        msg = f"{target}: expected a name that ends in .html for the page"
        raise InputError(msg)
