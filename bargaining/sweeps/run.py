"""Carry out a sweep: what is missing is solved, what is complete is kept.

Every row depends on the job and its own number alone, and part ends on the job alone, so that
every engine, any number of workers and any number of interruptions give the same files.
"""

from __future__ import annotations

import math
import os
import signal
import threading
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from bargaining.errors import EngineError, InputError, StorageError, SweepInterrupted
from bargaining.model.game import LinkageGame
from bargaining.model.spelling import show
from bargaining.settlement.package import Deals
from bargaining.sweeps import spans
from bargaining.sweeps.answer import Sweep
from bargaining.sweeps.columns import Column
from bargaining.sweeps.design import Kind, Varied
from bargaining.sweeps.design import design as read_design
from bargaining.sweeps.engines import Engine, Part, Say, answers, cores
from bargaining.sweeps.job import Job, job_of
from bargaining.sweeps.manifest import MANIFEST, manifest_of, read_manifest
from bargaining.sweeps.measures import parse_measure, split_measures
from bargaining.sweeps.spans import Cutter, Layout, Progress
from bargaining.sweeps.store import HOW_TO_RESUME, Store, arrow, opened, place_of

if TYPE_CHECKING:
    from types import FrameType

MAX_WORKERS = 10_000
MAX_PARTS = 1_000_000


def sweep(
    game: LinkageGame,
    *,
    vary: Mapping[str, Varied] | None = None,
    measure: str | Sequence[str],
    design: Kind = "grid",
    points: int | None = None,
    seed: int | None = None,
    noise: Any = 0,
    draws: int = 1,
    solution: str = "nash",
    deals: Deals = "shares",
    require: Sequence[str] = (),
    engine: Engine = "processes",
    executor: Executor | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    rows_per_part: int | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Ask the same questions of many games that differ in a few numbers.

    Parameters
    ----------
    game : LinkageGame
    vary : mapping of str to str, tuple or list
        Per path into the game file (``"discount"``, ``"parameters.w"``,
        ``"issues.guns.payoffs.mexico[1]"``) its values: ``"LOW:HIGH:COUNT"``, a list, or
        ``"LOW:HIGH"`` for points at random.
    measure : str or sequence of str
        Fields of a verdict (``"linked.gains.mexico"``) or expressions over them; only what is
        asked for is computed.  One that is answered in none of the 8 rows looked at first, such
        as a question about more outcomes than it can be asked of, is refused.
    design : {"grid", "random", "latin_hypercube"}
    points : int, optional
        How many points are drawn at random.
    seed : int, optional
        Of the random points and the noise; default 0.
    noise : number
        Every payoff is moved by up to this share of its issue's range.
    draws : int
        Rows per point, each with noise of its own.
    solution, deals, require
        How agendas are settled; as for :func:`bargaining.settle`.
    engine : {"serial", "processes", "dask"}
        Who solves the rows: this process, processes of this machine (started where the work
        is worth it), or a Dask cluster.
    executor : concurrent.futures.Executor, optional
        Solves the rows in the engine's place.
    workers : int, optional
        Default: one per core.
    scheduler : str, optional
        Address of a running Dask scheduler; default: a cluster of this machine.
    out : path, optional
        Directory for the results; default: memory.
    resume : bool
        Go on with a directory that is unfinished; what is complete is kept.
    rows_per_part : int, optional
        Rows per file: 131,072 where rows are solved many at a time, otherwise 1,000.
    progress : callable, optional
        Called with the rows done and the rows in all.

    Returns
    -------
    Sweep
        One row per game; games that fail say so in ``status`` and ``message``.

    Raises
    ------
    InputError
        If a path, a measure or an option is wrong, or a measure is answered in none of the rows
        looked at first.
    StorageError
        If the directory cannot be used, or the disk is full; complete parts are safe.
    EngineError
        If workers die over and over, or no cluster answers; complete parts are safe.
    SweepInterrupted
        On Ctrl-C, after the parts in progress have been written.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load("us_mexico/guns_for_fentanyl")
    >>> found = bg.sweep(
    ...     game,
    ...     vary={"issues.guns.payoffs.mexico[1]": "2:6:3"},
    ...     measure="linked.mutual_gain",
    ... )
    >>> found.read()["linked.mutual_gain"]
    array([False,  True,  True])
    """
    if not isinstance(measure, Iterable):
        msg = f"measure: expected fields such as linked.mutual_gain, found {show(measure)}"
        raise InputError(msg)
    names = split_measures(measure) if isinstance(measure, str) else list(measure)
    job = job_of(
        game,
        read_design(
            vary=vary or {}, kind=design, points=points, seed=seed, noise=noise, draws=draws
        ),
        tuple(parse_measure(name) for name in names),
        solution=solution,
        deals=deals,
        require=(require,) if isinstance(require, str) else require,
    )
    return carry_out(
        job,
        engine=engine,
        executor=executor,
        workers=workers,
        scheduler=scheduler,
        out=out,
        resume=resume,
        rows_per_part=rows_per_part,
        progress=progress,
    )


def _warn(text: str) -> None:
    warnings.warn(text, RuntimeWarning, stacklevel=2)


def carry_out(
    job: Job,
    *,
    engine: Engine = "processes",
    executor: Executor | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    rows_per_part: int | None = None,
    progress: Progress | None = None,
    say: Say = _warn,
) -> Sweep:
    """Carry out a job; as :func:`sweep`.

    Parameters
    ----------
    job : Job
    engine, executor, workers, scheduler, out, resume, rows_per_part, progress
        As for :func:`sweep`.
    say : callable
        Told of trouble that the sweep survives.
    """
    _check_options(engine, executor, workers, scheduler, rows_per_part, progress)
    place = place_of(out) if out is not None else None
    layout = _layout(job, place, rows_per_part)
    manifest = manifest_of(job, layout)

    def solved(missing: Sequence[int], *, stoppable: bool) -> Generator[Part, None, None]:
        first = spans.FIRST_BATCHED if job.batched else spans.FIRST_ONE_BY_ONE
        cutter = Cutter(layout, missing, first=first, progress=progress)
        found = answers(
            cutter,
            job,
            engine=engine,
            executor=executor,
            workers=workers,
            scheduler=scheduler,
            say=say,
        )
        with _patient(cutter, workers or cores(), on=stoppable), closing(found):
            yield from found

    if place is None:
        held: dict[int, Mapping[str, Column]] = dict(solved(range(layout.parts), stoppable=False))
        return Sweep(manifest, None, held, tuple(held))
    arrow()
    with opened(place, manifest, resume=resume) as store:
        computed = _fill(store, solved, say)
    return Sweep(manifest, place, {}, computed)


def _fill(
    store: Store, solved: Callable[..., Generator[Part, None, None]], say: Say
) -> tuple[int, ...]:
    """Solve and write the parts that are missing; return them."""
    parts = store.layout.parts
    done = {part for part in range(parts) if store.sound(part)}
    missing = [part for part in range(parts) if part not in done]
    if not missing:
        return ()
    damaged = [store.file(part).name for part in missing if store.file(part).exists()]
    if damaged:
        named = ", ".join(damaged[:3]) + (", …" if len(damaged) > 3 else "")
        say(f"{store.path}: damaged parts are computed again: {len(damaged):,} ({named})")

    def safe() -> str:
        return f"{len(done):,} of {parts:,} parts are complete and safe in {store.path}"

    try:
        with closing(solved(missing, stoppable=True)) as found:
            for part, columns in found:
                store.write(part, columns)
                done.add(part)
    except StorageError as error:
        msg = f"{error}; {safe()}; make room, then {HOW_TO_RESUME}"
        raise StorageError(msg) from None
    except EngineError as error:
        msg = f"{error}; {safe()}; {HOW_TO_RESUME}"
        raise EngineError(msg) from error.__cause__
    except KeyboardInterrupt:
        msg = f"stopped at once: {safe()}; {HOW_TO_RESUME}"
        raise SweepInterrupted(msg) from None
    if len(done) < parts:
        msg = f"stopped: {safe()}; {HOW_TO_RESUME}"
        raise SweepInterrupted(msg)
    return tuple(missing)


@contextmanager
def _patient(cutter: Cutter, workers: int, *, on: bool) -> Iterator[None]:
    """Let the first Ctrl-C finish the parts in progress; the second one stops at once."""
    if not on or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    if before in (signal.SIG_IGN, None):
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        if cutter.closing:
            raise KeyboardInterrupt
        cutter.closing = True
        seconds = cutter.rows_begun * cutter.seconds_per_row / workers
        about = f" (about {math.ceil(seconds):,} s)" if math.isfinite(seconds) else ""
        text = f"\nfinishing the parts in progress{about}; Ctrl-C again stops at once\n"
        os.write(2, text.encode())  # print is not safe within a signal's handler

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _layout(job: Job, place: Path | None, rows_per_part: int | None) -> Layout:
    """Return where parts end: as asked, as the directory already has it, or by what a row costs."""
    rows = job.design.rows
    if rows_per_part is None and place is not None and (place / MANIFEST).is_file():
        rows_per_part = int(read_manifest(place)["rows_per_part"])
    if rows_per_part is None:
        rows_per_part = spans.ROWS_BATCHED if job.batched else spans.ROWS_ONE_BY_ONE
    layout = Layout(rows, rows_per_part)
    if layout.parts > MAX_PARTS:
        least = math.ceil(rows / MAX_PARTS)
        msg = (
            f"rows_per_part: {rows:,} rows would be {layout.parts:,} files, expected at most "
            f"{MAX_PARTS:,}; take at least {least:,} rows per part"
        )
        raise InputError(msg)
    return layout


def _check_options(
    engine: str,
    executor: object,
    workers: object,
    scheduler: object,
    rows_per_part: object,
    progress: object,
) -> None:
    problems = []
    if engine not in get_args(Engine):
        known = ", ".join(get_args(Engine))
        problems.append(f"engine: expected one of {known}, found {show(str(engine))}")
    if executor is not None and not isinstance(executor, Executor):
        problems.append("executor: expected a concurrent.futures.Executor")
    for name, value, most in (
        ("workers", workers, MAX_WORKERS),
        ("rows_per_part", rows_per_part, 10_000_000),
    ):
        whole = isinstance(value, int) and not isinstance(value, bool)
        if value is not None and not (whole and 1 <= value <= most):  # type: ignore[operator]
            problems.append(f"{name}: expected a whole number from 1 to {most:,}, found {value}")
    if scheduler is not None and not isinstance(scheduler, str):
        problems.append(f"scheduler: expected an address (tcp://HOST:PORT), found {scheduler}")
    elif scheduler is not None and (engine != "dask" or executor is not None):
        problems.append("scheduler: a scheduler is Dask's; add engine dask")
    if progress is not None and not callable(progress):
        problems.append(f"progress: expected a function of two numbers, found {progress}")
    if problems:
        raise InputError("\n".join(problems))
