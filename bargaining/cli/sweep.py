"""``bargaining sweep``: the same questions asked of many games."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.sweeps.answer import Sweep
    from bargaining.sweeps.spans import Progress


@click.command("sweep")
@common.options(
    click.argument("game", metavar="[GAME]", required=False),
    click.option(
        "--vary",
        multiple=True,
        metavar="PATH=VALUES",
        help="A number of the game file and its values: LOW:HIGH:COUNT, a list V,V,… or (drawn "
        "at random) LOW:HIGH. May be repeated.",
    ),
    click.option(
        "--measure",
        multiple=True,
        metavar="FIELD,…",
        help="Fields of a verdict, or expressions over them. May be repeated.",
    ),
    click.option(
        "-o",
        "--output",
        "out",
        metavar="OUT",
        type=click.Path(),
        help="Directory for the results (Parquet); without it they are printed as CSV.",
    ),
    click.option(
        "--design",
        type=click.Choice(["grid", "random", "latin_hypercube"]),
        default="grid",
        show_default=True,
    ),
    click.option("--points", type=click.IntRange(1), help="How many points are drawn at random."),
    click.option("--seed", type=click.IntRange(0), default=0, show_default=True),
    click.option(
        "--noise",
        metavar="SHARE",
        default="0",
        help="Move every payoff by up to this share of its issue's range.",
    ),
    click.option(
        "--draws",
        type=click.IntRange(1),
        default=1,
        show_default=True,
        help="Rows per point, each with noise of its own.",
    ),
    click.option(
        "--engine",
        type=click.Choice(["serial", "processes", "dask"]),
        default="processes",
        show_default=True,
        help="Who does the work.",
    ),
    click.option("--workers", type=click.IntRange(1), help="Processes; one per core if left out."),
    click.option(
        "--scheduler", metavar="ADDRESS", help="A running Dask scheduler: tcp://HOST:PORT."
    ),
    click.option("--rows-per-part", type=click.IntRange(1), help="Rows per file."),
    click.option("--resume", is_flag=True, help="Go on with an unfinished directory."),
    click.option(
        "--status",
        metavar="[OUT]",
        type=click.Path(),
        is_flag=False,
        flag_value="",
        help="Say how far a directory is.",
    ),
    click.option(
        "--export",
        metavar="CSV",
        type=click.Path(allow_dash=True),
        help='Write the rows as CSV too ("-" for standard output).',
    ),
    common.solution_option,
    common.deals_option,
    common.require_option,
    common.set_option,
)
def command(
    game: str | None,
    vary: tuple[str, ...],
    measure: tuple[str, ...],
    out: str | None,
    design: str,
    points: int | None,
    seed: int,
    noise: str,
    draws: int,
    engine: str,
    workers: int | None,
    scheduler: str | None,
    rows_per_part: int | None,
    resume: bool,
    status: str | None,
    export: str | None,
    solution: str,
    deals: str,
    require: tuple[str, ...],
    settings: tuple[str, ...],
) -> None:
    """Ask the same of many games that differ from GAME in a few numbers.

    \b
    OUT holds Parquet files and a manifest; a sweep that was stopped, even by a kill, goes on with
    --resume. Ctrl-C finishes the file in progress. Without GAME, --status says how far OUT is,
    and -o OUT with --export turns it into CSV.
    \b
    Example:
      bargaining sweep us_mexico/guns_for_fentanyl --vary discount=0.1:0.9:3 --measure discount.us
      bargaining sweep us_mexico/guns_for_fentanyl --vary parameters.w=0:2:5 --measure linked.gains.us -o OUT
      bargaining sweep -o OUT --status
      bargaining sweep -o OUT --export rows.csv
    """  # noqa: E501
    if status is not None or (game is None and export is not None and out is not None):
        from bargaining.sweeps.answer import open_sweep

        if game is not None or bool(status) is (out is not None):
            msg = "--status OUT (or -o OUT --status) stands alone, or with --export; leave out GAME"
            raise click.UsageError(msg)
        held = open_sweep(status or out or "")
        if export is not None:
            _export(held, export)
        if export != "-":
            _summary(held)
        return
    if game is None:
        msg = "expected GAME (or --status OUT, or -o OUT --export CSV)"
        raise click.UsageError(msg)
    found = _carried_out(
        game,
        settings,
        {
            "vary": _varied(vary),
            "measure": measure,
            "kind": design,
            "points": points,
            "seed": seed,
            "noise": noise,
            "draws": draws,
            "solution": solution,
            "deals": deals,
            "require": require,
        },
        {
            "engine": engine,
            "workers": workers,
            "scheduler": scheduler,
            "out": out,
            "resume": resume,
            "rows_per_part": rows_per_part,
        },
    )
    if export is not None or out is None:
        _export(found, export or "-")
    if out is not None and export != "-":
        _summary(found)
    else:
        _failures(found)


def _carried_out(
    game: str, settings: Sequence[str], asked: dict[str, Any], manner: dict[str, Any]
) -> Sweep:
    from bargaining.errors import SweepInterrupted
    from bargaining.sweeps.design import design
    from bargaining.sweeps.job import job_of
    from bargaining.sweeps.measures import parse_measure, split_measures
    from bargaining.sweeps.run import carry_out

    names = [name for text in asked["measure"] for name in split_measures(text)]
    drawn = {name: asked[name] for name in ("vary", "kind", "points", "seed", "noise", "draws")}
    job = job_of(
        common.load_game(game, settings),
        design(**drawn),
        tuple(parse_measure(name) for name in names),
        solution=asked["solution"],
        deals=asked["deals"],
        require=asked["require"],
    )
    try:
        with _progress() as progress:
            found = carry_out(job, **manner, progress=progress, say=_warn)
    except SweepInterrupted as stopped:
        click.echo(str(stopped), err=True)
        click.get_current_context().exit(130)
    if found.path is not None and not found.computed:
        click.echo(f"{found.path}: was complete already; nothing was computed", err=True)
    return found


def _varied(given: Sequence[str]) -> dict[str, str]:
    """Split each PATH=VALUES at the first equals sign outside quotes and brackets."""
    found: dict[str, str] = {}
    for text in given:
        at = _equals(text)
        if at is None or not text[:at].strip() or not text[at + 1 :].strip():
            msg = f'expected PATH=VALUES such as --vary discount=0.1:0.9:9, found "{text}"'
            raise click.BadParameter(msg, param_hint="--vary")
        path = text[:at].strip()
        if path in found:
            msg = f"expected each path once, found {path} twice"
            raise click.BadParameter(msg, param_hint="--vary")
        found[path] = text[at + 1 :].strip()
    return found


def _equals(text: str) -> int | None:
    quoted, depth = False, 0
    for at, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif not quoted:
            depth += (character == "[") - (character == "]")
            if character == "=" and depth == 0:
                return at
    return None


def _export(found: Sweep, target: str) -> None:
    if not found.complete:
        click.echo(f"warning: {found}; exported is what is there", err=True)
    if target == "-":
        found.to_csv(sys.stdout)
    else:
        found.to_csv(target)


def _summary(found: Sweep) -> None:
    """Say what there is, and what to do next."""
    click.echo(str(found))
    if not found.complete:
        click.echo("Go on: the same command with --resume")
        return
    axes = "".join(f" --{letter} {axis}" for letter, axis in zip("xy", found.axes, strict=False))
    if axes:
        click.echo(f"Next: bargaining plot {found.path}{axes} --z {found.measures[0]}")


def _failures(found: Sweep) -> None:
    """Say on standard error what failed, where standard output holds the rows."""
    if found.failures:
        click.echo(f"warning: {found}", err=True)


def _warn(text: str) -> None:
    click.echo(f"warning: {text}", err=True)


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """Show rows, rate and time left on standard error when work takes longer; on a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft

    bar = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("rows, {task.fields[rate]} a second,"),
        TimeLeft(compact=True),
        TextColumn("left"),
        console=Console(stderr=True),
        transient=True,
    )
    began = time.monotonic()
    start: list[int] = []

    def tell(done: int, rows: int) -> None:
        if not start:
            start.append(done)
            bar.add_task("", total=rows, completed=done, rate="…")
        seconds = time.monotonic() - began
        if seconds < common.PATIENCE:
            return
        rate = (done - start[0]) / seconds
        shown = f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"
        bar.update(bar.task_ids[0], completed=done, rate=shown)
        bar.start()

    try:
        yield tell
    finally:
        bar.stop()
