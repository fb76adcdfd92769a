"""``bargaining roleplay``: sheets for a class, and the debrief of its deals."""

from __future__ import annotations

import shlex
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.model.game import LinkageGame
    from bargaining.report.pages.words import Words

TEACHER, TABLE = "teacher.html", "deals.csv"
LONGEST_NAME = 40
MAX_LISTED = 8


@click.command("roleplay")
@common.options(
    common.game_argument,
    click.option(
        "-o",
        "--output",
        required=True,
        metavar="PATH",
        type=click.Path(path_type=Path, allow_dash=True),
        help="The folder for the sheets; with --debrief the page (- for standard output).",
    ),
    click.option(
        "--debrief",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The class's deals: make the debrief instead of the sheets.",
    ),
    common.language_option,
    click.option(
        "--deals",
        type=click.Choice(["shares", "pure"]),
        help="Whether shares may be agreed on.  [default: pure; in the debrief shares if any "
        "group agreed on some]",
    ),
    click.option(
        "--minutes",
        type=click.IntRange(5, 180),
        default=20,
        show_default=True,
        help="For the negotiation; the plan adds 25.",
    ),
    click.option(
        "--type",
        "types",
        metavar="PLAYER=TYPE",
        multiple=True,
        help="The private type that is played, of several draws joined by ' / '.  "
        "[default: the first]",
    ),
    common.set_option,
    click.option("--force", is_flag=True, help="Replace sheets that are there already."),
)
def command(
    game: str,
    output: Path,
    debrief: Path | None,
    language: str,
    deals: str | None,
    minutes: int,
    types: tuple[str, ...],
    settings: tuple[str, ...],
    force: bool,
) -> None:
    """Make a role play for a class of GAME: party sheets, the teacher's sheet, a table of deals.

    Each party_NAME.html is one page with that party's scores only; teacher.html is the answer
    key; the class's deals are typed into deals.csv.  With --debrief the deals become a page that
    shows each group beside the frontier, and the two ways of negotiating.  A deals.csv that is
    there already is never replaced.

    \b
    Example:
      bargaining roleplay us_mexico/guns_for_fentanyl -o class
      bargaining roleplay --debrief class/deals.csv us_mexico/guns_for_fentanyl -o debrief.html
    """
    from bargaining.model.played_types import chosen_types
    from bargaining.report.pages.party import check_playable
    from bargaining.report.pages.words import words

    found = common.load_game(game, settings)
    check_playable(found)
    drawn = chosen_types(found, [_type(text) for text in types])
    speak = words(language)
    if debrief is not None:
        _debrief(found, drawn, debrief, output, speak, deals)
        return
    flags = [f for text in types for f in ("--type", text)]
    flags += [f for text in settings for f in ("--set", text)]
    flags += ["--deals", "shares"] if deals == "shares" else []
    flags += ["--language", language] if language != "en" else []
    _sheets(found, drawn, output, speak, deals or "pure", minutes, force, (game, *flags))


def _type(text: str) -> tuple[str, str]:
    player, sign, label = text.partition("=")
    if not sign:
        msg = f'expected PLAYER=TYPE such as --type us=hawk, found "{text}"'
        raise click.BadParameter(msg, param_hint="--type")
    return player.strip(), label.strip()


def _sheets(
    game: LinkageGame,
    types: dict[int, int],
    folder: Path,
    speak: Words,
    deals: Any,
    minutes: int,
    force: bool,
    asked: Sequence[str],
) -> None:
    """Write one sheet per party, the teacher's sheet and the empty table."""
    from bargaining.errors import InputError
    from bargaining.files.class_deals import empty_table
    from bargaining.linkage.answer_key import answer_key
    from bargaining.model.played_types import at_types
    from bargaining.model.spelling import show
    from bargaining.report.pages.party import parties, party_page, party_sheet
    from bargaining.report.pages.saying import Saying
    from bargaining.report.pages.teacher import teacher_page

    players = parties(game)
    names = sheet_names(players)
    if str(folder) == "-" or (folder.exists() and not folder.is_dir()):
        msg = f"{folder}: expected a folder for the sheets, found a file"
        raise InputError(msg)
    there = [name for name in (*names, TEACHER, TABLE) if (folder / name).exists()]
    if there and not force:
        listed = ", ".join(there[:MAX_LISTED]) + (", …" if len(there) > MAX_LISTED else "")
        msg = f"{folder}: there already: {listed}; use --force to replace sheets, or another folder"
        raise InputError(msg)
    with common.working("writing the sheets"):
        key = answer_key(at_types(game, types), deals=deals)
        pages = {
            name: party_page(game, player, speak, types=types, deals=deals, minutes=minutes)
            for name, player in zip(names, players, strict=True)
        }
        table = str(folder / TABLE)
        told = ["bargaining", "roleplay", "--debrief", table, *asked, "-o", "debrief.html"]
        pages[TEACHER] = teacher_page(
            game, key, speak, types=types, files=names, command=shlex.join(told), minutes=minutes
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in pages.items():
        (folder / name).write_text(page, encoding="utf-8")
        click.echo(folder / name)
    if (folder / TABLE).exists():
        click.echo(
            f"kept: {table} (it may hold a class's deals; delete it for a new one)", err=True
        )
    else:
        text = empty_table(game, speak.language)
        (folder / TABLE).write_text(text, encoding="utf-8-sig", newline="")
        click.echo(table)
    sheets = [party_sheet(game, p, Saying(speak), types=types, deals=deals) for p in players]
    long = [sheet.player for sheet in sheets if sheet.long]
    if long:
        listed = ", ".join(map(show, long[:MAX_LISTED])) + (", …" if long[MAX_LISTED:] else "")
        click.echo(f"two pages or more: the sheets of {listed}; print on both sides", err=True)
    click.echo(f"Next: {shlex.join(told)}", err=True)


def _debrief(
    game: LinkageGame,
    types: dict[int, int],
    table: Path,
    target: Path,
    speak: Words,
    deals: Any,
) -> None:
    """Read the deals of a class and write the page."""
    from bargaining.errors import InputError
    from bargaining.files.class_deals import read_class_deals
    from bargaining.files.toml import read_text
    from bargaining.linkage.answer_key import answer_key
    from bargaining.linkage.roleplay import judge_class
    from bargaining.model.played_types import at_types
    from bargaining.report.pages.debrief import debrief_page

    if str(target) != "-" and target.suffix.lower() not in (".html", ".htm"):
        msg = f"{target}: expected a name that ends in .html for the debrief, or -"
        raise InputError(msg)
    played = at_types(game, types)
    groups = read_class_deals(read_text(table), str(table), played, speak.language)
    with common.working("judging the deals"):
        results = judge_class(played, groups, deals=deals)
        page = debrief_page(results, answer_key(played, deals=results.deals), speak)
    if str(target) == "-":
        click.echo(page.encode(), nl=False)
        return
    target.write_text(page, encoding="utf-8")
    click.echo(target)


def sheet_names(players: Sequence[str]) -> tuple[str, ...]:
    """Return a file name per player, safe on every file system and no two the same.

    >>> sheet_names(["a/b", "A\\\\b", "..", "México"])
    ('party_a_b.html', 'party_A_b_2.html', 'party_player.html', 'party_México.html')
    """
    taken: set[str] = set()
    found = []
    for player in players:
        text = unicodedata.normalize("NFC", player)
        kept = "".join(c if c.isalnum() or c == "-" else "_" for c in text)
        stem = kept.strip("_-")[:LONGEST_NAME] or "player"
        name, number = stem, 1
        while unicodedata.normalize("NFKD", name).casefold() in taken:
            number += 1
            name = f"{stem}_{number}"
        taken.add(unicodedata.normalize("NFKD", name).casefold())
        found.append(f"party_{name}.html")
    return tuple(found)
