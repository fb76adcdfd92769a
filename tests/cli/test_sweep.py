"""``bargaining sweep``."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import bargaining as bg
from bargaining.cli import cli
from bargaining.cli.sweep import _varied

GAME = "us_mexico/guns_for_fentanyl"
DISCOUNTS = ("--vary", "discount=0.1:0.9:9", "--measure", "discount.us")


def invoke(*arguments: object) -> Result:
    words = ["sweep", *map(str, arguments)]
    return CliRunner().invoke(cli, words, catch_exceptions=True)


def run(*arguments: object) -> Result:
    result = invoke(*arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result


def real(*arguments: object, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run the whole program, messages and exit status included."""
    code = f"{before}\nfrom bargaining.cli import main\nmain()"
    return subprocess.run(
        [sys.executable, "-c", code, "sweep", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_without_a_directory_the_rows_are_printed() -> None:
    result = run(GAME, "--vary", "discount=0.2:0.6:3", "--measure", "discount.us")
    assert result.stdout == (
        "row,discount,discount.us,status,message\n0,0.2,0.2,ok,\n1,0.4,0.4,ok,\n2,0.6,0.6,ok,\n"
    )
    assert result.stderr == ""


def test_a_directory_and_what_to_do_next(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run(GAME, *DISCOUNTS, "-o", out, "--rows-per-part", 4)
    assert result.stdout == (
        f"{out}: complete, 9 rows in 3 parts\n"
        f"Next: bargaining plot {out} --x discount --z discount.us\n"
    )
    again = run(GAME, *DISCOUNTS, "-o", out)
    assert again.stdout == result.stdout
    assert "was complete already; nothing was computed" in again.stderr


def test_an_unfinished_directory_asks_for_resume(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(GAME, *DISCOUNTS, "-o", out, "--rows-per-part", 4)
    (out / "part-000001.parquet").unlink()
    refused = real(GAME, *DISCOUNTS, "-o", out)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr == (
        f"error: {out}: holds this sweep unfinished (2 of 3 parts); "
        "go on with --resume (in Python: resume=True)\n"
    )
    status = run("--status", out)
    assert status.stdout == (
        f"{out}: unfinished, 5 of 9 rows (2 of 3 parts)\nGo on: the same command with --resume\n"
    )
    assert "complete, 9 rows" in run(GAME, *DISCOUNTS, "-o", out, "--resume").stdout


def test_another_sweep_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(GAME, *DISCOUNTS, "-o", out)
    for different in (
        ("us_mexico/six_issue_table", *DISCOUNTS),
        (GAME, "--set", "w=1/2", *DISCOUNTS),
        (GAME, *DISCOUNTS, "--seed", "1"),
        (GAME, *DISCOUNTS, "--solution", "egalitarian"),
        (GAME, *DISCOUNTS, "--deals", "pure"),
    ):
        for more in ((), ("--resume",)):
            result = invoke(*different, "-o", out, *more)
            assert result.exit_code == 1
            assert "holds another sweep: its " in str(result.exception)


def test_export_from_a_directory_and_along_with_it(tmp_path: Path) -> None:
    out, one, two = tmp_path / "out", tmp_path / "one.csv", tmp_path / "two.csv"
    first = run(GAME, *DISCOUNTS, "-o", out, "--export", one)
    assert "complete, 9 rows" in first.stdout
    run("-o", out, "--export", two)
    printed = run("--status", out, "--export", "-").stdout
    assert one.read_text() == two.read_text() == printed
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert [float(row["discount.us"]) for row in rows] == [k / 10 for k in range(1, 10)]


def test_options_reach_the_sweep(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(
        *(GAME, "-o", out, "--vary", "parameters.w=0:2", "--vary", "discount=0:1"),
        *("--measure", "discount.us,linked.gains.us", "--measure", "verdict.effect"),
        *("--design", "latin_hypercube", "--points", 4, "--seed", 3, "--noise", "0.02"),
        *("--draws", 2, "--engine", "serial", "--solution", "egalitarian", "--set", "a=2"),
    )
    found = bg.open_sweep(out)
    assert found.manifest["design"] == {
        "kind": "latin_hypercube",
        "axes": [
            {"path": "parameters.w", "from": "0", "to": "2"},
            {"path": "discount", "from": "0", "to": "1"},
        ],
        "points": 4,
        "seed": 3,
        "noise": "1/50",
        "draws": 2,
    }
    assert found.manifest["solution"] == "egalitarian"
    assert found.measures == ("discount.us", "linked.gains.us", "verdict.effect")
    assert found.rows == 8


def test_failures_are_said_and_are_no_failure() -> None:
    result = run(GAME, "--vary", "discount=0.5:1.5:3", "--measure", "discount.us")
    assert result.stdout.count(",failed,") == 2
    assert (
        "warning: complete, 3 rows in 1 part; 2 of 3 rows failed; first: row 1: " in result.stderr
    )


@pytest.mark.parametrize(
    ("text", "path", "values"),
    [
        ("discount=0.1:0.9:9", "discount", "0.1:0.9:9"),
        ("issues.guns.payoffs.mexico[1] = 2:12:11", "issues.guns.payoffs.mexico[1]", "2:12:11"),
        ('issues."a=b".payoffs.us[1]=1,2', 'issues."a=b".payoffs.us[1]', "1,2"),
    ],
)
def test_vary_is_split_at_the_first_equals_sign_outside_quotes(
    text: str, path: str, values: str
) -> None:
    assert _varied([text]) == {path: values}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "expected GAME"),
        ((GAME, "--vary", "discount", "--measure", "discount.us"), "expected PATH=VALUES"),
        ((GAME, "--vary", "=1:2:3", "--measure", "discount.us"), "expected PATH=VALUES"),
        ((GAME, *DISCOUNTS, *DISCOUNTS[:2]), "found discount twice"),
        ((GAME, "--status", "out"), "leave out GAME"),
        ((GAME, *DISCOUNTS, "--engine", "gpu"), "'gpu' is not one of"),
    ],
)
def test_wrong_usage_has_status_2(arguments: tuple[str, ...], said: str) -> None:
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((GAME, "--vary", "discount=0.1:0.9", "--measure", "discount.us"), "LOW:HIGH:COUNT"),
        ((GAME, *DISCOUNTS[:2], "--measure", "linked.gain.us"), "did you mean"),
        ((GAME, *DISCOUNTS[:2]), "expected at least one"),
        ((GAME, *DISCOUNTS, "--scheduler", "tcp://127.0.0.1:1"), "add engine dask"),
        ((GAME, *DISCOUNTS, "--points", "4"), "leave points out"),
        (("--status", "nowhere"), "found no manifest.json in it"),
    ],
)
def test_wrong_input_has_status_1(arguments: tuple[str, ...], said: str) -> None:
    result = real(*arguments)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert said in result.stderr


def test_a_file_that_may_not_grow_is_one_clear_line(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    out = tmp_path / "out"
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))"
    asked = (GAME, "--vary", "discount=0.1:0.9:2000", "--measure", "discount.us", "-o", out)
    full = real(*asked, "--rows-per-part", 2_000, "--engine", "serial", before=limit)
    assert full.returncode == 1
    assert full.stdout == ""
    assert full.stderr.count("\n") == 1
    assert full.stderr.startswith(f"error: {out / 'part-000000.parquet'}: file too large; ")
    assert "0 of 1 parts are complete and safe" in full.stderr
    assert [item.name for item in out.iterdir()] == ["manifest.json"]


@pytest.mark.slow
def test_a_terminal_sees_rate_and_time_left() -> None:
    pty = pytest.importorskip("pty")
    parent, child = pty.openpty()
    code = "from bargaining.cli import main\nmain()"
    # a premium is settled game by game, so that there is time to look
    visible = ("us_mexico/one_audience", "--vary", "parameters.m=0.5:1.5:30000")
    asked = (*visible, "--measure", "linked.gains.us")
    process = subprocess.Popen(
        [sys.executable, "-c", code, "sweep", *asked, "--engine", "serial"],
        stdout=subprocess.DEVNULL,
        stderr=child,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    )
    os.close(child)
    shown, deadline = "", time.monotonic() + 60
    try:
        while "left" not in shown and time.monotonic() < deadline:
            shown += os.read(parent, 4096).decode("utf-8", "replace")
    finally:
        process.kill()
        process.wait()
        os.close(parent)
    assert "/30000" in shown
    assert "a second" in shown


def test_nothing_moves_off_a_terminal() -> None:
    result = real(GAME, "--vary", "discount=0.1:0.9:3", "--measure", "discount.us")
    assert result.stderr == ""


def test_status_of_the_directory_that_output_names(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(GAME, *DISCOUNTS, "-o", out)
    said = run("--status", out).stdout
    assert "complete, 9 rows" in said
    assert run("-o", out, "--status").stdout == said
    assert run("--status", "-o", out).stdout == said
    for words in (("--status",), ("-o", out, "--status", out), (GAME, "-o", out, "--status")):
        assert invoke(*words).exit_code == 2


def test_what_is_computed_again_is_said(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(GAME, *DISCOUNTS, "-o", out, "--rows-per-part", 4)
    place = out / "part-000001.parquet"
    data = bytearray(place.read_bytes())
    data[len(data) // 5] ^= 0xFF
    place.write_bytes(bytes(data))
    again = run(GAME, *DISCOUNTS, "-o", out, "--resume")
    assert again.stderr == (
        f"warning: {out}: damaged parts are computed again: 1 (part-000001.parquet)\n"
    )


def test_an_export_over_a_part_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(GAME, *DISCOUNTS, "-o", out)
    before = (out / "part-000000.parquet").read_bytes()
    refused = real("-o", out, "--export", out / "part-000000.parquet")
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "found one of a sweep's own" in refused.stderr
    assert (out / "part-000000.parquet").read_bytes() == before
