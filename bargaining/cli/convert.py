"""``bargaining convert``: a game in another format."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.files.write import Body, Format
    from bargaining.model.game import LinkageGame

FORMATS = ("toml", "json", "nfg", "csv")


@click.command("convert")
@common.options(
    click.argument("sources", metavar="IN...", nargs=-1, required=True),
    click.argument("target", metavar="OUT"),
    click.option("--issue", metavar="NAME", help="The issue to write, for .nfg."),
    click.option(
        "--body",
        type=click.Choice(["payoffs", "outcomes"]),
        default="payoffs",
        show_default=True,
        help="How .nfg states payoffs.",
    ),
    click.option("--to", type=click.Choice(FORMATS), help="The format, if OUT is -."),
    common.set_option,
    click.option("--force", is_flag=True, help="Replace a file that is there already."),
)
def command(
    sources: tuple[str, ...],
    target: str,
    issue: str | None,
    body: Body,
    to: Format | None,
    settings: tuple[str, ...],
    force: bool,
) -> None:
    """Write a game in another format: .toml, .json, .nfg or .csv, by the suffix of OUT.

    IN is a game as elsewhere: a game file, a Gambit strategic game (.nfg), a score table (.csv),
    "-" or a bundled game; or the files of a Genius scenario, DOMAIN.xml PROFILE1.xml
    PROFILE2.xml …; or of a GeniusWeb scenario, PROFILE1.json PROFILE2.json …  OUT "-" is
    standard output.  Payoffs stay exact.  What a format cannot hold is an error; what is lost
    without harm is a warning.

    \b
    Example:
      bargaining convert us_mexico/mexico_delinks mexico_delinks.csv
      bargaining convert classic/chicken - --to nfg --body outcomes
    """
    from bargaining.errors import InputError
    from bargaining.files.write import write

    style = _format(target, to)
    if target != "-" and os.path.lexists(target) and not force:
        msg = f"{target}: there is a file of that name already; use --force to replace it"
        raise InputError(msg)
    written = write(_load(sources, settings), style, issue=issue, body=body)
    for warning in written.warnings:
        click.echo(f"warning: {warning}", err=True)
    if target == "-":
        click.echo(written.text.encode(), nl=False)
        return
    place = Path(target)
    try:
        _replace(place.resolve() if place.is_symlink() else place, written.text)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        msg = f"{target}: cannot be written: {reason.lower()}"
        raise InputError(msg) from None
    click.echo(target)
    if style != "nfg":
        click.echo(f"Next: bargaining check {target}", err=True)


def _format(target: str, to: Format | None) -> Format:
    if target == "-":
        if to is None:
            msg = f"expected one of {', '.join(FORMATS)} when OUT is -"
            raise click.BadParameter(msg, param_hint="--to")
        return to
    suffix = Path(target).suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        known = ", ".join(f".{name}" for name in FORMATS)
        also = " (.xml is only read)" if suffix == "xml" else ""
        msg = f"expected a name that ends in {known}{also}, found {target!r}"
        raise click.BadParameter(msg, param_hint="OUT")
    if to is not None and to != suffix:
        msg = f"expected {suffix}, the suffix of OUT, or none; found {to}"
        raise click.BadParameter(msg, param_hint="--to")
    return suffix  # type: ignore[return-value]


def _load(sources: tuple[str, ...], settings: tuple[str, ...]) -> LinkageGame:
    return common.load_game(sources[0] if len(sources) == 1 else sources, settings, ask=False)


def _replace(path: Path, text: str) -> None:
    """Write a file as a whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    """Return the rights that new files do not get."""
    current = os.umask(0)
    os.umask(current)
    return current
