"""``bargaining plot``: pictures of a game, or of a sweep."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.report.plots.style import Picture

KINDS = ("frontier", "rates", "graph", "gains", "bestreply", "repeated", "winset", "agendas")
OF_GAMES = {
    "kind": "--kind",
    "issue": "--issue",
    "solution": "--solution",
    "language": "--language",
    "settings": "--set",
}
OF_SWEEPS = {
    "x": "--x",
    "y": "--y",
    "z": "--z",
    "fixed": "--at",
    "as_map": "--map/--lines",
    "no_threshold": "--no-threshold",
}


@click.command("plot")
@common.options(
    click.argument("source", metavar="GAME|DIR"),
    click.option(
        "--kind",
        type=click.Choice(KINDS),
        help="Picture of a game.  [default: frontier for two players, else gains]",
    ),
    click.option("--issue", metavar="NAME", help="Issue of --kind bestreply."),
    click.option(
        "--solution",
        metavar="NAME",
        help="Concept by which agendas are settled.  [default: nash]",
    ),
    click.option("--language", type=click.Choice(["en", "es"]), help="[default: en]"),
    common.set_option,
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
    click.option("--height", metavar="CM", type=float, help="[default: by the picture]"),
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
@click.pass_context
def command(
    context: click.Context,
    source: str,
    kind: str | None,
    issue: str | None,
    solution: str | None,
    language: str | None,
    settings: tuple[str, ...],
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
    """Draw a game, or the sweep in DIR, which "bargaining sweep" wrote.

    \b
    Pictures of a game, by --kind:
      frontier   what two players can reach, and each solution concept
      rates      exchange rates at which each issue is stuck
      graph      which issues may be linked, and which unlock each other
      gains      gains per player, linked and issue by issue
      bestreply  best replies in an issue of two players with two acts each
      repeated   payoffs of the repeated game, over the discount factor
      winset     what passes at home as the premium grows
      agendas    every way to group the issues, and who wants which

    Of a sweep, two paths give a map of what was found, one a line; points drawn at random give
    points. Where an answer flips, the line is worked out from the games themselves.

    \b
    Example:
      bargaining plot us_mexico/guns_for_fentanyl --kind frontier -o frontier.svg
      bargaining sweep us_mexico/guns_for_fentanyl --vary parameters.a=0:1:9 --vary parameters.b=0:2:9 --measure linked.mutual_gain -o OUT
      bargaining plot OUT --x parameters.a --y parameters.b --z linked.mutual_gain -o map.svg
    """  # noqa: E501
    from bargaining.report.plots.style import save, suffix_of
    from bargaining.sweeps.answer import open_sweep

    suffix_of(target)
    of_sweep = Path(source).is_dir()
    for name, option in (OF_GAMES if of_sweep else OF_SWEEPS).items():
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            whose = "a game, not of a sweep" if of_sweep else "a sweep, not of a game"
            msg = f"{option} belongs to pictures of {whose}"
            raise click.UsageError(msg)
    if not of_sweep:
        picture = _of_game(
            source, kind, issue, solution or "nash", language or "en", settings, title, width,
            height,
        )  # fmt: skip
    else:
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
    if of_sweep:
        for note in picture.notes:
            click.echo(f"note: {note}", err=True)
        held = open_sweep(source)
        if not held.complete:
            missing = held.rows - held.rows_done
            click.echo(f"warning: {held}; rows missing in the picture: {missing:,}", err=True)
    click.echo(target)


def _of_game(
    source: str,
    kind: str | None,
    issue: str | None,
    solution: str,
    language: str,
    settings: tuple[str, ...],
    title: str | None,
    width: float,
    height: float | None,
) -> Picture:
    """Draw a game; what the picture leaves out stands on it."""
    from bargaining.report.pages.words import words
    from bargaining.report.plots import KINDS as PICTURES
    from bargaining.report.plots.kind import Ask
    from bargaining.settlement.solutions import solution as find_solution

    game = common.load_game(source, settings)
    find_solution(solution)
    chosen = kind or ("frontier" if len(game.players) == 2 else "gains")
    if issue is not None and chosen != "bestreply":
        msg = "--issue belongs to --kind bestreply"
        raise click.UsageError(msg)
    with common.working("drawing"):
        return PICTURES[chosen].picture(
            game, words(language), Ask(solution, issue), title=title, width=width, height=height
        )


def _places(fixed: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in fixed:
        name, sign, value = text.rpartition("=")
        if not sign or not name.strip() or not value.strip():
            msg = f'expected PATH=VALUE such as --at parameters.w=1/2, found "{text}"'
            raise click.BadParameter(msg, param_hint="--at")
        found[name.strip()] = value.strip()
    return found
