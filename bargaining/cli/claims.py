"""``bargaining claims``: what the sources assert, tested."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.linkage.claims import Claim
    from bargaining.model.game import LinkageGame


@click.command("claims")
@click.argument("source", metavar="[GAME|DIR]", required=False)
@common.options(
    click.option(
        "--samples",
        type=click.IntRange(0, 100_000),
        default=100,
        show_default=True,
        help="Nearby games per claim and size of move; 0 for none.",
    ),
    click.option("--seed", type=click.IntRange(0), default=0, show_default=True),
    common.set_option,
    common.format_option,
    common.exact_option,
)
def command(
    source: str | None, samples: int, seed: int, settings: tuple[str, ...], style: str, exact: bool
) -> None:
    """Test the claims of a game, of all games in DIR, or of all bundled games.

    \b
    Each claim is held, refuted, or depends on a number that its source leaves open; where a
    parameter flips it; and for what share of nearby payoffs it is true.
    \b
    Example:
      bargaining claims us_mexico/guns_for_fentanyl --samples 10
      bargaining claims us_mexico/straw_purchases --samples 0 --format csv
    """
    from bargaining.linkage.claims import LEVELS, claims
    from bargaining.results import with_exact

    games, broken = _games(source, settings)

    def progress(name: str) -> None:
        if len(games) > 1 and sys.stderr.isatty():
            click.echo(f"testing {name}", err=True)

    with common.working("testing claims"):
        ledger = claims(games, samples=samples, seed=seed, progress=progress)
    if style == "json":
        common.print_json(with_exact(ledger.to_dict(), exact=exact))
    elif style == "csv":
        levels = [f"within {float(level):.0%}" for level in LEVELS if samples]
        header = ("game", "status", "says", "source", "holds_when", "flips", *levels)
        common.print_csv(header, [_row(claim) for claim in ledger.claims])
    else:
        from bargaining.report.claims_text import claims_text

        common.print_text(claims_text(ledger))
    if broken:
        raise click.exceptions.Exit(1)


def _row(claim: Claim) -> list[object]:
    flips = "; ".join(
        f"{name}: {flip.in_words()}" for name, found in claim.threshold.items() for flip in found
    )
    shares = [float(share) for share in claim.robust.values()]
    return [claim.game, claim.status, claim.says, claim.source, claim.holds_when, flips, *shares]


def _games(source: str | None, settings: tuple[str, ...]) -> tuple[list[LinkageGame], int]:
    """Load the game, or every game of a folder that has claims; count files that are broken."""
    from bargaining.errors import BargainingError, InputError
    from bargaining.files.library import bundled

    names = bundled()
    folder = f"{(source or '').rstrip('/')}/"
    if source is None:
        listed = list(names)
    elif Path(source).is_dir():
        listed = [str(p) for p in sorted(Path(source).glob("**/*.toml")) if p.is_file()]
    else:
        listed = [name for name in names if name.startswith(folder)]
    loaded, broken = [], 0
    if listed:
        if settings:
            msg = "--set replaces a parameter of one game; name the game"
            raise click.UsageError(msg)
        for name in listed:
            try:
                loaded.append(common.load_game(name))
            except BargainingError as error:
                broken += 1
                click.echo(f"error: {error}", err=True)
    else:
        loaded.append(common.load_game(source or "", settings))
    games = [game for game in loaded if game.document.get("claims")]
    if not games:
        msg = f"{source or 'the bundled games'}: expected games with [[claims]], found none"
        raise InputError(msg)
    return games, broken
