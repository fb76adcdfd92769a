"""``bargaining plot``: pictures."""

from __future__ import annotations

from pathlib import Path

import click

from bargaining.cli import common


@click.command("plot")
@common.options(
    click.argument("source", metavar="DIR"),
    click.option("--x", metavar="PATH", help="Path that varies, across the picture."),
    click.option("--y", metavar="PATH", help="Path that varies, up the picture."),
    click.option("--z", metavar="MEASURE", help="What is drawn of each game."),
    click.option(
        "--at",
        "fixed",
        metavar="PATH=VALUE",
        multiple=True,
        help="Value of a path that is not drawn; the nearest on the grid is taken.",
    ),
    click.option(
        "--map/--lines",
        "as_map",
        default=None,
        help="Cells in colours, or a line for each value of --y (8 at most).  [default: lines "
        "for numbers where --y has at most 8 values]",
    ),
    click.option("--title", metavar="TEXT", help="Title.  [default: the game's]"),
    click.option("--width", metavar="CM", type=float, default=16.0, show_default=True),
    click.option("--height", metavar="CM", type=float, help="[default: 12]"),
    click.option(
        "--no-threshold", is_flag=True, help="Do not look for the line where the answer flips."
    ),
    click.option(
        "-o",
        "--output",
        "target",
        metavar="FILE",
        required=True,
        help="File to write: .svg, .pdf or .png.",
    ),
)
def command(
    source: str,
    x: str | None,
    y: str | None,
    z: str | None,
    fixed: tuple[str, ...],
    as_map: bool | None,
    title: str | None,
    width: float,
    height: float | None,
    no_threshold: bool,
    target: str,
) -> None:
    """Draw the sweep in DIR, which "bargaining sweep" wrote.

    Two paths give a map of what was found, one a line; points drawn at random give points.
    Where an answer flips, the line is worked out from the games themselves.

    \b
    Example:
      bargaining sweep us_mexico/guns_for_fentanyl --vary parameters.a=0:1:9 --vary parameters.b=0:2:9 --measure linked.mutual_gain -o OUT
      bargaining plot OUT --x parameters.a --y parameters.b --z linked.mutual_gain -o map.svg
    """  # noqa: E501
    from bargaining.report.plots.style import save, suffix_of

    suffix_of(target)
    if not Path(source).is_dir():
        msg = (
            f"{source}: expected the directory of a sweep; "
            "write one first with bargaining sweep GAME --vary … --measure … -o DIR"
        )
        from bargaining.errors import InputError

        raise InputError(msg)
    from bargaining.report.plots.sweep_picture import sweep_picture

    with common.working("drawing"):
        picture = sweep_picture(
            source,
            x=x,
            y=y,
            z=z,
            at=_places(fixed),
            form={None: "auto", True: "map", False: "lines"}[as_map],  # type: ignore[arg-type]
            title=title,
            width=width,
            height=height,
            threshold=not no_threshold,
        )
        save(picture, target)
    for note in picture.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(target)


def _places(fixed: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in fixed:
        name, sign, value = text.rpartition("=")
        if not sign or not name.strip() or not value.strip():
            msg = f'expected PATH=VALUE such as --at parameters.w=1/2, found "{text}"'
            raise click.BadParameter(msg, param_hint="--at")
        found[name.strip()] = value.strip()
    return found
