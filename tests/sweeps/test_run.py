"""The function ``sweep``: what it answers, and that nothing is lost however it is stopped."""

from __future__ import annotations

import csv
import io
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from heavy import some
from sweep_jobs import FAILS, cheap, digests

import bargaining as bg
from bargaining.errors import InputError, NotDefinedError, StorageError
from bargaining.sweeps.run import carry_out

GAME = "us_mexico/guns_for_fentanyl"
TESTS = Path(__file__).parents[1]
KILLS, KILLS_SLOW = 3, 20


@pytest.fixture(scope="module")
def game() -> bg.LinkageGame:
    return bg.load(GAME)


def test_rows_are_what_the_verdict_says_of_each_game(game: bg.LinkageGame) -> None:
    found = bg.sweep(
        game,
        vary={"parameters.w": "0:1:3", "discount": [0.2, 0.7]},
        measure="linked.gains.mexico,discount.us,verdict.linking_breaks_deadlock",
    )
    assert found.columns == (
        *("row", "parameters.w", "discount", "linked.gains.mexico", "discount.us"),
        *("verdict.linking_breaks_deadlock", "status", "message"),
    )
    data = found.read()
    row = 0
    for w in ("0", "1/2", "1"):
        verdict = bg.solve(bg.load(GAME, parameters={"w": w}))
        for discount in (0.2, 0.7):
            assert data["row"][row] == row
            assert data["parameters.w"][row] == float(eval(w))
            assert data["discount"][row] == data["discount.us"][row] == discount
            assert data["linked.gains.mexico"][row] == pytest.approx(
                float(verdict.agendas["linked"].gains["mexico"]), abs=1e-12
            )
            breaks = verdict.verdict.linking_breaks_deadlock
            assert data["verdict.linking_breaks_deadlock"][row] == breaks
            row += 1
    assert found.complete
    assert found.failures == 0


def test_memory_and_directory_hold_the_same(tmp_path: Path) -> None:
    """Missing numbers, missing yes or no, texts, and parts that end where they like."""
    job = cheap(2 * FAILS + 1)
    inside = carry_out(job, engine="serial", rows_per_part=300)
    outside = carry_out(job, engine="serial", rows_per_part=700, out=tmp_path)
    for one, other in ((inside, outside), (bg.open_sweep(tmp_path), inside)):
        left, right = one.read(), other.read()
        assert list(left) == list(right) == list(one.columns)
        for name in left:
            assert left[name].dtype == right[name].dtype
            np.testing.assert_array_equal(left[name], right[name])
    data = outside.read()
    assert data["linked.mutual_gain"][FAILS] is None
    assert data["linked.mutual_gain"][FAILS - 1] == (FAILS % 3 == 1)
    assert np.isnan(data["linked.gains.us"][FAILS])
    assert data["message"][FAILS] == "no such game"
    assert data["message"][0] is None
    assert outside.failures == inside.failures == 2
    assert inside.first_failure == outside.first_failure == (FAILS, "no such game")
    said = f"2 of {2 * FAILS + 1:,} rows failed; first: row {FAILS}: no such game"
    assert str(inside).endswith(said)
    assert str(outside).endswith(said)


def test_a_game_that_cannot_be_built_is_a_failed_row(game: bg.LinkageGame) -> None:
    found = bg.sweep(game, vary={"discount": "0.5:1.5:3"}, measure="discount.us")
    data = found.read()
    assert data["status"].tolist() == ["ok", "failed", "failed"]
    assert found.failures == 2
    assert "discount" in data["message"][2]


def test_draws_have_noise_of_their_own(game: bg.LinkageGame, tmp_path: Path) -> None:
    asked: dict[str, Any] = {
        "vary": {"discount": "0.2:0.4:2"},
        "measure": "linked.gains.us",
        "noise": 0.05,
        "draws": 3,
        "engine": "serial",
    }
    first = bg.sweep(game, **asked, seed=1).read()
    again = bg.sweep(game, **asked, seed=1, out=tmp_path, rows_per_part=2).read()
    other = bg.sweep(game, **asked, seed=2).read()
    assert first["draw"].tolist() == [0, 1, 2, 0, 1, 2]
    np.testing.assert_array_equal(first["linked.gains.us"], again["linked.gains.us"])
    assert len(set(first["linked.gains.us"].tolist())) == 6
    assert not set(first["linked.gains.us"].tolist()) & set(other["linked.gains.us"].tolist())


def test_random_points_do_not_depend_on_who_draws_them(
    game: bg.LinkageGame, tmp_path: Path
) -> None:
    for number, (engine, design) in enumerate(
        [("serial", "random"), ("processes", "random"), ("serial", "latin_hypercube")]
    ):
        found = bg.sweep(
            game,
            vary={"parameters.w": "0:2", "discount": "0:1"},
            measure="discount.us",
            design=design,  # type: ignore[arg-type]
            points=40,
            engine=engine,  # type: ignore[arg-type]
            out=tmp_path / str(number),
            rows_per_part=7,
        )
        assert len(set(found.read()["parameters.w"].tolist())) == 40
    assert digests(tmp_path / "0") == digests(tmp_path / "1")
    assert digests(tmp_path / "0") != digests(tmp_path / "2")


def test_progress_goes_from_what_is_there_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    carry_out(cheap(1_000), engine="serial", out=tmp_path, rows_per_part=100)
    for number in (3, 7):
        (tmp_path / f"part-{number:06d}.parquet").unlink()
    carry_out(
        cheap(1_000),
        engine="serial",
        out=tmp_path,
        resume=True,
        progress=lambda done, rows: told.append((done, rows)),
    )
    assert told == [(800, 1_000), (900, 1_000), (1_000, 1_000)]


def test_columns_are_asked_for_by_name(tmp_path: Path) -> None:
    found = carry_out(cheap(50), engine="serial", out=tmp_path)
    assert list(found.read(["linked.gains.us", "row"])) == ["linked.gains.us", "row"]
    with pytest.raises(InputError, match=r"found linked\.gain\.us; did you mean"):
        found.read(["linked.gain.us"])


def test_an_unfinished_directory_reads_as_what_is_there(tmp_path: Path) -> None:
    carry_out(cheap(1_000), engine="serial", out=tmp_path, rows_per_part=300)
    (tmp_path / "part-000001.parquet").unlink()
    found = bg.open_sweep(tmp_path)
    assert not found.complete
    assert str(found) == f"{tmp_path}: unfinished, 700 of 1,000 rows (3 of 4 parts)"
    assert found.read(["row"])["row"].tolist() == [*range(300), *range(600, 1_000)]
    with pytest.raises(NotDefinedError, match="expected a complete sweep"):
        found.to_xarray()


def test_no_directory_of_a_sweep(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"found no manifest\.json in it"):
        bg.open_sweep(tmp_path / "none")


def test_csv_holds_every_row(tmp_path: Path) -> None:
    found = carry_out(cheap(FAILS + 2), engine="serial", out=tmp_path / "out", rows_per_part=100)
    text = io.StringIO()
    found.to_csv(text)
    found.to_csv(tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == text.getvalue()
    rows = list(csv.DictReader(io.StringIO(text.getvalue())))
    assert len(rows) == FAILS + 2
    assert rows[2] == {
        "row": "2",
        "discount": repr(2 / (FAILS + 1)),
        "linked.mutual_gain": "false",
        "linked.gains.us": repr(2**0.5),
        "status": "ok",
        "message": "",
    }
    assert rows[FAILS]["linked.gains.us"] == rows[FAILS]["linked.mutual_gain"] == ""
    assert rows[FAILS]["message"] == "no such game"


def test_pandas_reads_it_with_and_without_us(tmp_path: Path) -> None:
    import pandas as pd

    found = carry_out(cheap(900), engine="serial", out=tmp_path, rows_per_part=400)
    alone = pd.read_parquet(sorted(tmp_path.glob("*.parquet")))
    frame = found.to_pandas()
    assert len(alone) == len(frame) == 900
    for name in ("row", "discount", "linked.mutual_gain", "linked.gains.us", "status"):
        assert alone[name].tolist() == frame[name].tolist()


def test_polars_and_duckdb_read_it(tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    duckdb = pytest.importorskip("duckdb")
    carry_out(cheap(900), engine="serial", out=tmp_path, rows_per_part=400)
    assert polars.scan_parquet(f"{tmp_path}/*.parquet").collect()["row"].to_list() == [*range(900)]
    query = f"select count(*), sum(row) from '{tmp_path}/*.parquet'"
    assert duckdb.sql(query).fetchall() == [(900, sum(range(900)))]


def test_xarray_has_a_dimension_per_axis(game: bg.LinkageGame) -> None:
    pytest.importorskip("xarray")
    found = bg.sweep(
        game,
        vary={"parameters.w": "0:1:3", "discount": [0.7, 0.2]},
        measure="discount.us",
        noise="1/100",
        draws=2,
        engine="serial",
    )
    data = found.to_xarray()
    assert dict(data.sizes) == {"parameters.w": 3, "discount": 2, "draw": 2}
    assert data["discount"].values.tolist() == [0.7, 0.2]
    point = data["discount.us"].sel({"parameters.w": 0.5, "discount": 0.2, "draw": 1})
    assert float(point) == 0.2


SCRIPT = """
import sys
sys.path[:0] = {path!r}
from sweep_jobs import cheap
from bargaining.errors import SweepInterrupted
from bargaining.sweeps import engines
from bargaining.sweeps.run import carry_out
engines.WORTH = 0.0
try:
    carry_out(
        cheap({rows}, pause={pause}), engine={engine!r}, workers=2, rows_per_part={part},
        out={out!r}, resume=True,
    )
except SweepInterrupted as stopped:
    print(stopped)
    sys.exit(130)
"""


def started(folder: Path, **values: Any) -> subprocess.Popen[str]:
    text = SCRIPT.format(path=[str(TESTS), str(TESTS.parent)], out=str(folder / "out"), **values)
    return subprocess.Popen(
        [sys.executable, "-c", text],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def parts_in(out: Path) -> int:
    return len(list(out.glob("part-*.parquet")))


@pytest.mark.parametrize(
    "kills", [KILLS, pytest.param(KILLS_SLOW, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_kills_at_random_moments_change_nothing(tmp_path: Path, kills: int) -> None:
    """Each run is killed at a random moment after its first new part; what is there is kept."""
    chance = random.Random(kills)
    rows, per_part = 2_000 * kills, 50
    values = {"rows": rows, "pause": 5e-4, "part": per_part}
    out = tmp_path / "out"
    kept: dict[str, str] = {}
    for number in range(kills):
        before = parts_in(out)
        run = started(tmp_path, engine=["serial", "processes"][number % 2], **values)
        deadline = time.monotonic() + 60
        while parts_in(out) == before:
            assert time.monotonic() < deadline, run.communicate()
            time.sleep(0.002)
        time.sleep(chance.random() * 0.15)
        run.kill()
        run.communicate()
        complete = {
            name: digest
            for name, digest in digests(out).items()
            if name.startswith("part-") or name == "manifest.json"
        }
        assert kept.items() <= complete.items()
        kept = complete
    assert parts_in(out) < rows // per_part, "the machine was too fast for this test"
    stamps = {item.name: item.stat().st_mtime_ns for item in out.glob("part-*")}
    carry_out(cheap(rows), engine="serial", rows_per_part=per_part, out=out, resume=True)
    assert all((out / name).stat().st_mtime_ns == stamp for name, stamp in stamps.items())
    carry_out(cheap(rows), engine="serial", rows_per_part=per_part, out=tmp_path / "whole")
    assert digests(out) == digests(tmp_path / "whole")


@pytest.mark.parametrize("engine", some(["processes"], ["serial"]))
def test_ctrl_c_finishes_the_part_and_says_how_to_go_on(tmp_path: Path, engine: str) -> None:
    run = started(tmp_path, engine=engine, rows=10_000, pause=0.002, part=500)
    out = tmp_path / "out"
    deadline = time.monotonic() + 60
    while not parts_in(out):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to every process of the group
    said, errors = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "finishing the parts in progress" in errors
    assert "Traceback" not in errors
    safe = re.search(r"(\d+) of 20 parts are complete and safe", said)
    assert safe is not None
    assert int(safe[1]) == parts_in(out)
    assert "--resume" in said
    assert set(digests(out)) == {
        "manifest.json",
        *(f"part-{k:06d}.parquet" for k in range(parts_in(out))),
    }
    done = carry_out(cheap(10_000), engine="serial", rows_per_part=500, out=out, resume=True)
    carry_out(cheap(10_000), engine="serial", rows_per_part=500, out=tmp_path / "whole")
    assert done.complete
    assert digests(out) == digests(tmp_path / "whole")


@pytest.mark.parametrize("engine", some(["processes"], ["serial"]))
def test_a_second_ctrl_c_stops_at_once(tmp_path: Path, engine: str) -> None:
    run = started(tmp_path, engine=engine, rows=40_000, pause=0.01, part=20_000)
    out = tmp_path / "out"
    deadline = time.monotonic() + 60
    while not (out / "manifest.json").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(1.0)
    os.killpg(run.pid, signal.SIGINT)
    time.sleep(0.5)
    os.killpg(run.pid, signal.SIGINT)
    said, errors = run.communicate(timeout=20)
    assert run.returncode == 130
    assert "stopped at once: 0 of 2 parts are complete" in said
    assert "Traceback" not in errors
    assert set(digests(out)) == {"manifest.json"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"measure": 5}, "measure: expected fields"),
        ({"measure": None}, "measure: expected fields"),
        ({"out": 5}, "out: expected the path of a directory, found 5"),
        ({"out": b"out"}, "out: expected the path of a directory"),
        ({"out": "a\0b"}, "out: expected the path of a directory"),
        ({"out": "x" * 300}, "file name too long"),
        ({"require": 5}, "require: expected"),
        ({"deals": "both"}, "deals: expected"),
        ({"solution": "fair"}, "solution: expected one of"),
        ({"progress": 5}, "progress: expected a function"),
        ({"scheduler": 5, "engine": "dask"}, "scheduler: expected an address"),
    ],
)
def test_arguments_of_a_wrong_kind(game: bg.LinkageGame, wrong: Any, said: str) -> None:
    asked = {"vary": {"discount": "0.2:0.4:3"}, "measure": "discount.us", "engine": "serial"}
    with pytest.raises((InputError, StorageError), match=said):
        bg.sweep(game, **{**asked, **wrong})


def test_where_no_sweep_can_be(tmp_path: Path) -> None:
    for place in (5, None, "a\0b", "x" * 300):
        with pytest.raises((InputError, StorageError)):
            bg.open_sweep(place)  # type: ignore[arg-type]


def test_where_no_table_can_be(tmp_path: Path) -> None:
    found = carry_out(cheap(10), engine="serial")
    for target in (5, None, "a\0b", "x" * 300, tmp_path, tmp_path / "none" / "rows.csv"):
        with pytest.raises((InputError, StorageError)):
            found.to_csv(target)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
