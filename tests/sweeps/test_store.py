"""Directories of parts: what is complete is believed, everything else is done again."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sweep_jobs import CheapJob, cheap, digests, stamps

from bargaining.errors import InputError, StorageError
from bargaining.sweeps import store
from bargaining.sweeps.answer import open_sweep
from bargaining.sweeps.design import design
from bargaining.sweeps.lock import locked
from bargaining.sweeps.measures import parse_measure
from bargaining.sweeps.reading import read_sweep
from bargaining.sweeps.run import carry_out

ROWS, PER_PART = 2_300, 500
PARTS = 5


def run(path: Path, job: CheapJob | None = None, **keywords: Any) -> Any:
    keywords = {"engine": "serial", "rows_per_part": PER_PART, **keywords}
    return carry_out(job or cheap(ROWS), out=path, **keywords)


def mended(path: Path, *names: str) -> None:
    """Resume, and hear which parts were damaged."""
    said: list[str] = []
    found = run(path, resume=True, say=said.append)
    assert list(names) == [f"part-{number:06d}.parquet" for number in found.computed]
    assert said == [f"{path}: damaged parts are computed again: {len(names)} ({', '.join(names)})"]


def part(path: Path, number: int) -> Path:
    return path / f"part-{number:06d}.parquet"


@pytest.fixture
def done(tmp_path: Path) -> Path:
    run(tmp_path / "out")
    return tmp_path / "out"


def test_a_directory_holds_parts_and_manifest_alone(done: Path) -> None:
    names = [f"part-{k:06d}.parquet" for k in range(PARTS)]
    assert sorted(item.name for item in done.iterdir()) == ["manifest.json", *names]


def test_the_same_job_gives_the_same_bytes_elsewhere(done: Path, tmp_path: Path) -> None:
    run(tmp_path / "second")
    assert digests(done) == digests(tmp_path / "second")
    manifest = (done / "manifest.json").read_text()
    assert str(tmp_path) not in manifest
    assert os.uname().nodename not in manifest


def test_the_manifest_says_what_was_asked(done: Path) -> None:
    manifest = json.loads((done / "manifest.json").read_text())
    assert manifest["format"] == "bargaining-sweep/1"
    assert (manifest["rows"], manifest["rows_per_part"], manifest["parts"]) == (ROWS, PER_PART, 5)
    assert manifest["measures"] == ["linked.mutual_gain", "linked.gains.us"]
    assert manifest["columns"] == [
        *("row", "discount", "linked.mutual_gain", "linked.gains.us", "status", "message")
    ]
    assert manifest["document"] == {"players": ["us", "mexico"]}


def test_columns_have_their_types(done: Path) -> None:
    import pyarrow.parquet as pq

    schema = pq.read_schema(part(done, 0))
    assert [str(kind) for kind in schema.types] == [
        *("int64", "double", "bool", "double", "string", "string")
    ]
    assert schema.pandas_metadata is None


def test_a_finished_directory_is_left_alone(done: Path) -> None:
    before = stamps(done)
    run(done)
    run(done, resume=True)
    run(done, rows_per_part=None)
    assert stamps(done) == before


def test_an_unfinished_directory_asks_for_resume(done: Path) -> None:
    part(done, 3).unlink()
    with pytest.raises(StorageError, match=r"unfinished \(4 of 5 parts\); go on with --resume"):
        run(done)
    assert not part(done, 3).exists()


@pytest.mark.parametrize("kept", [0, 1, 4, 100, 0.5, 0.9, -1, -4, -9])
def test_a_cut_off_part_is_computed_again(done: Path, kept: float) -> None:
    whole, before = digests(done), stamps(done)
    data = part(done, 2).read_bytes()
    part(done, 2).write_bytes(data[: int(kept * len(data)) if 0 < kept < 1 else int(kept)])
    assert open_sweep(done).parts == (0, 1, 3, 4)
    mended(done, "part-000002.parquet")
    assert digests(done) == whole
    changed = {name for name, stamp in stamps(done).items() if stamp != before[name]}
    assert changed == {"part-000002.parquet"}


def test_a_part_of_another_place_or_job_is_computed_again(done: Path, tmp_path: Path) -> None:
    whole = digests(done)
    run(tmp_path / "other", replace(cheap(ROWS), solution="egalitarian"))
    part(done, 1).write_bytes(part(tmp_path / "other", 1).read_bytes())
    part(done, 2).write_bytes(part(done, 3).read_bytes())
    assert open_sweep(done).parts == (0, 3, 4)
    mended(done, "part-000001.parquet", "part-000002.parquet")
    assert digests(done) == whole


def test_damaged_pages_are_found(done: Path) -> None:
    whole = digests(done)
    data = bytearray(part(done, 1).read_bytes())
    data[len(data) // 3] ^= 0xFF
    part(done, 1).write_bytes(bytes(data))
    with pytest.raises(StorageError, match=r"part-000001\.parquet: cannot be read"):
        open_sweep(done).read()
    with pytest.warns(RuntimeWarning, match="damaged parts are computed again: 1"):
        run(done, resume=True)
    assert digests(done) == whole
    assert run(done, resume=True).computed == ()


def test_what_a_killed_run_left_is_swept_up(done: Path) -> None:
    whole = digests(done)
    part(done, 4).unlink()
    (done / ".part-000004.parquet.tmp").write_bytes(b"PAR1 half")
    (done / ".lock").write_text("999999")
    run(done, resume=True)
    assert digests(done) == whole


def test_a_kill_before_the_manifest_needs_no_resume(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / ".manifest.json.tmp").write_text('{"format": "barg')
    (out / ".lock").write_text("999999")
    assert run(out).complete


OTHERS = {
    "its game has other numbers": lambda job: replace(job, document={"players": ["us", "eu"]}),
    "its game is cheap, not dear": lambda job: replace(
        job, name="dear", document={"players": ["us", "eu"]}
    ),
    "its design differs in seed": lambda job: replace(
        job, design=design(vary={"discount": f"0:1:{ROWS}"}, seed=1)
    ),
    "its design differs in axes, points": lambda job: cheap(ROWS + 1),
    "its measures differ": lambda job: replace(
        job, measures=(job.measures[0], parse_measure("linked.gains.mexico"))
    ),
    "its solution is nash, not raiffa": lambda job: replace(job, solution="raiffa"),
    "its deals is shares, not pure": lambda job: replace(job, deals="pure"),
    "its requirements differ": lambda job: replace(job, require=("ratification",)),
}


@pytest.mark.parametrize("said", OTHERS)
@pytest.mark.parametrize("resume", [False, True])
def test_another_sweep_is_refused(done: Path, said: str, resume: bool) -> None:
    before = stamps(done)
    with pytest.raises(StorageError, match=f"holds another sweep: .*{said}"):
        run(done, OTHERS[said](cheap(ROWS)), resume=resume)
    assert stamps(done) == before


def test_another_version_is_refused(done: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bargaining.sweeps.job.__version__", "99.0")
    with pytest.raises(StorageError, match=r"its version is .*, not 99\.0"):
        run(done)


def test_other_rows_per_part_are_refused(done: Path) -> None:
    with pytest.raises(StorageError, match="its rows per part is 500, not 600"):
        run(done, rows_per_part=600, resume=True)


def test_one_run_at_a_time(done: Path) -> None:
    part(done, 0).unlink()
    with (
        locked(done),
        pytest.raises(StorageError, match=f"is being written by process {os.getpid()}"),
    ):
        run(done, resume=True)
    assert run(done, resume=True).complete


def test_a_directory_of_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("…")
    with pytest.raises(StorageError, match=r"found thesis\.txt in it"):
        run(tmp_path)
    assert [item.name for item in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_file_is_no_directory(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="found a file"):
        run(tmp_path / place)


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '{"format": "x"}', '{"format": "bargaining-sweep/1"}', "[" * 100_000]
)
def test_a_damaged_manifest_is_said(done: Path, text: str) -> None:
    (done / "manifest.json").write_text(text)
    with pytest.raises(StorageError, match=r"expected the manifest of a sweep"):
        open_sweep(done)
    with pytest.raises(StorageError, match=r"expected the manifest of a sweep"):
        run(done, resume=True)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG])
def test_a_full_disk_leaves_what_is_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    out, real, calls = tmp_path / "out", os.fsync, []

    def full(number: int) -> None:
        calls.append(number)
        if len(calls) == 7:  # two each for the manifest and two parts, then the third part
            raise OSError(code, os.strerror(code))
        real(number)

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(StorageError) as caught:
        run(out)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{part(out, 2)}: {os.strerror(code).lower()}; ")
    assert "2 of 5 parts are complete and safe" in message
    assert "--resume" in message
    assert sorted(digests(out)) == ["manifest.json", *(part(out, k).name for k in range(2))]
    monkeypatch.undo()
    run(out, resume=True)
    run(tmp_path / "whole")
    assert digests(out) == digests(tmp_path / "whole")


def test_without_pyarrow_the_remedy_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r'pip install "bargaining\[cluster\]"'):
        run(tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert carry_out(cheap(10), engine="serial").rows == 10


def test_a_part_of_another_sweep_alone_is_not_taken_for_this_ones(
    done: Path, tmp_path: Path
) -> None:
    """The manifest is another sweep's: every part that is there says so."""
    other = tmp_path / "other"
    run(other, replace(cheap(ROWS), solution="egalitarian"))
    (done / "manifest.json").write_bytes((other / "manifest.json").read_bytes())
    before = stamps(done)
    for ask in (open_sweep, read_sweep, resumed_egalitarian):
        with pytest.raises(StorageError, match=CHANGED):
            ask(done)
    assert stamps(done) == before


def resumed_egalitarian(path: Path) -> None:
    run(path, replace(cheap(ROWS), solution="egalitarian"), resume=True)


CHANGED = r"manifest\.json does not fit the parts: it was changed since; restore it, or start anew"
EDITS: dict[str, Any] = {
    "document": {"players": ["us", "canada"]},
    "measures": ["linked.mutual_gain", "zzz"],
    "columns": ["row", "discount", "linked.mutual_gain", "zzz", "status", "message"],
    "kinds": ["yes_no", "text"],
    "solution": "egalitarian",
    "deals": "pure",
    "require": ["ratification"],
    "version": "99.0",
    "key": "0" * 64,
    "rows": ROWS - 1,
    "rows_per_part": PER_PART + 1,
    "game": {"name": "cheap", "sha256": "0" * 64},
    "design": {
        "kind": "grid",
        "axes": [{"path": "discount", "from": "0", "to": "2", "count": ROWS}],
        "points": ROWS,
        "seed": 0,
        "noise": "0",
        "draws": 1,
    },
}


@pytest.mark.parametrize("name", EDITS)
def test_a_changed_manifest_is_refused(done: Path, name: str) -> None:
    manifest = json.loads((done / "manifest.json").read_text())
    assert manifest[name] != EDITS[name]
    (done / "manifest.json").write_text(json.dumps({**manifest, name: EDITS[name]}))
    before = stamps(done)
    for ask in (open_sweep, read_sweep, resumed):
        with pytest.raises(StorageError, match=CHANGED):
            ask(done)
    assert stamps(done) == before


def resumed(path: Path) -> None:
    run(path, rows_per_part=None, resume=True)


def test_words_of_a_manifest_may_be_changed(done: Path) -> None:
    """No answer depends on a title."""
    manifest = json.loads((done / "manifest.json").read_text())
    manifest["document"]["title"] = "Cheap, and nice"
    (done / "manifest.json").write_text(json.dumps(manifest))
    assert open_sweep(done).complete
    assert run(done).complete


def test_a_link_to_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to(tmp_path / "gone")
    with pytest.raises(StorageError, match="found a link to nothing"):
        run(tmp_path / "out")


OWN = ["part-000001.parquet", "manifest.json", "new.parquet", "MANIFEST.JSON"]


@pytest.mark.parametrize("name", OWN)
def test_tables_are_not_written_over_a_sweeps_own_files(
    done: Path, tmp_path: Path, name: str
) -> None:
    before, found = digests(done), open_sweep(done)
    (tmp_path / "rows.csv").symlink_to(done / name)
    for target in (done / name, tmp_path / "rows.csv"):
        with pytest.raises(InputError, match="one of a sweep's own; choose another name"):
            found.to_csv(target)
    assert digests(done) == before


def test_a_table_may_stand_beside_the_parts(done: Path) -> None:
    found = open_sweep(done)
    found.to_csv(done / "rows.csv")
    assert len((done / "rows.csv").read_text().splitlines()) == ROWS + 1
    assert open_sweep(done).complete


def test_an_export_that_fails_leaves_the_table_before(done: Path, tmp_path: Path) -> None:
    table = tmp_path / "tables" / "rows.csv"
    table.parent.mkdir()
    open_sweep(done).to_csv(table)
    before = table.read_bytes()
    data = bytearray(part(done, 3).read_bytes())
    data[len(data) // 3] ^= 0xFF
    part(done, 3).write_bytes(bytes(data))
    with pytest.raises(StorageError, match="cannot be read"):
        open_sweep(done).to_csv(table)
    assert table.read_bytes() == before
    assert [item.name for item in table.parent.iterdir()] == ["rows.csv"]


def test_tables_go_to_devices_as_they_are(done: Path) -> None:
    open_sweep(done).to_csv(os.devnull)
    assert Path(os.devnull).is_char_device()
