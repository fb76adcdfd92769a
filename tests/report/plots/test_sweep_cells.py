"""Cuts through sweeps, against rows read one by one."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from sweep_directories import job, write

from bargaining.errors import InputError, StorageError
from bargaining.report.plots import sweep_cells
from bargaining.report.plots.answers import ABSENT, ANSWERED, FAILED, SILENT
from bargaining.report.plots.sweep_cells import cut
from bargaining.sweeps.reading import read_sweep

GAME = "us_mexico/guns_for_fentanyl"
A, B, W = "parameters.a", "parameters.b", "parameters.w"


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Row r has the number r; axes of 3, 4 and 5 values."""
    work = job(
        GAME, {A: "0:1:3", B: [3, 1, 2, 0], W: "0:4:5"}, ["linked.gains.us", "verdict.effect"]
    )
    cells = {
        "linked.gains.us": [float(r) for r in range(60)],
        "verdict.effect": ["no_effect" if r % 2 else "harms" for r in range(60)],
    }
    return write(tmp_path_factory.mktemp("three"), work, cells, rows_per_part=7)


def test_a_cut_through_three_axes(three: Path) -> None:
    found = cut(read_sweep(three), x=B, y=A, z="linked.gains.us", at={W: 3})
    assert found.x.values.tolist() == [0, 1, 2, 3]
    # b = 3, 1, 2, 0 stand at 0, 1, 2, 3 in the design; rows are numbered a, b, w, w fastest.
    expected = [[(i * 4 + j) * 5 + 3 for j in (3, 1, 2, 0)] for i in range(3)]
    assert found.answers.values.tolist() == expected
    assert found.fixed == {W: 3}
    assert found.x.exact(1) == 1


def test_a_line_through_three_axes(three: Path) -> None:
    found = cut(read_sweep(three), x=W, z="linked.gains.us", at={A: "1/2", B: 2})
    assert found.answers.values.tolist() == [(4 + 2) * 5 + k for k in range(5)]
    assert found.y is None


def test_the_nearest_value_is_taken_and_named(three: Path) -> None:
    found = cut(read_sweep(three), x=B, y=W, z="linked.gains.us", at={A: "0.6"})
    assert found.fixed == {A: Fraction(1, 2)}
    assert found.notes == ("parameters.a: 3/5 is not on the grid, 1/2 is taken",)


def test_names_without_the_prefix(three: Path) -> None:
    found = cut(read_sweep(three), x=B, y=A, z="agendas.linked.gains.us", at={W: 0})
    assert found.measure == "linked.gains.us"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "z: expected one of linked.gains.us, verdict.effect"),
        ({"z": "verdict.efect"}, 'did you mean "verdict.effect"?'),
        ({"z": "verdict.effect"}, "x: expected one of parameters.a, parameters.b, parameters.w"),
        ({"z": "verdict.effect", "x": A}, "or draw one of them as --y"),
        ({"z": "verdict.effect", "x": A, "y": B}, "add --at parameters.w=VALUE"),
        ({"z": "verdict.effect", "x": A, "y": A}, "found one at two"),
        ({"z": "verdict.effect", "x": A, "y": B, "at": {A: 1, W: 1}}, "found one at two"),
        ({"z": "verdict.effect", "x": "parameters.c"}, 'found "parameters.c"'),
        ({"z": "verdict.effect", "x": A, "y": B, "at": {W: "many"}}, "expected a number"),
    ],
)
def test_wrong_names(three: Path, asked: dict[str, object], told: str) -> None:
    with pytest.raises(InputError) as error:
        cut(read_sweep(three), **asked)  # type: ignore[arg-type]
    assert told in str(error.value)


def test_long_axes_are_thinned(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep_cells, "MAX_CELLS", 2)
    found = cut(read_sweep(three), x=W, y=A, z="linked.gains.us", at={B: 3})
    assert found.x.values.tolist() == [0, 3]
    assert found.answers.values.tolist() == [[0, 3], [40, 43]]
    assert found.notes == (
        "parameters.w: 5 values, one in 3 drawn",
        "parameters.a: 3 values, one in 2 drawn",
    )


def test_missing_rows(tmp_path: Path) -> None:
    work = job(GAME, {A: "0:1:6"}, ["linked.gains.us"])
    cells = {
        "linked.gains.us": [1.0, None, None, 2.0, 3.0, 4.0],
        "status": ["ok", "ok", "failed", "failed", "ok", "ok"],
    }
    out = write(tmp_path / "out", work, cells, rows_per_part=2, leave_out=[2])
    found = cut(read_sweep(out)).answers
    assert found.state.tolist() == [ANSWERED, SILENT, FAILED, ANSWERED, ABSENT, ABSENT]


def test_draws_are_averaged(tmp_path: Path) -> None:
    work = job(GAME, {A: "0:1:3"}, ["linked.gains.us", "linked.mutual_gain"], noise="1/10", draws=4)
    cells = {
        "linked.gains.us": [1.0, 2.0, 3.0, 6.0, None, 5.0, None, None, None, None, None, None],
        "linked.mutual_gain": [True, False, False, False, *[True] * 4, *[None] * 4],
        "status": ["ok"] * 8 + ["failed"] * 4,
    }
    sweep = read_sweep(write(tmp_path / "out", work, cells, rows_per_part=5))
    found = cut(sweep, z="linked.gains.us")
    assert found.answers.values[:2].tolist() == [3.0, 5.0]
    assert found.answers.state.tolist() == [ANSWERED, ANSWERED, FAILED]
    assert "their mean" in found.notes[0]
    found = cut(sweep, z="linked.mutual_gain")
    assert found.answers.values[:2].tolist() == [0.25, 1.0]
    assert found.answers.numeric


def test_points_drawn_at_random(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = job(GAME, {A: "0:1", B: "0:2"}, ["linked.gains.us"], kind="random", points=50, seed=3)
    cells = {"linked.gains.us": [float(r) for r in range(50)]}
    sweep = read_sweep(write(tmp_path / "out", work, cells, rows_per_part=8))
    found = cut(sweep)
    where = work.design.columns(0, 50)
    assert found.points is not None
    assert np.array_equal(np.stack(found.points, axis=1), where)
    assert found.answers.values.tolist() == cells["linked.gains.us"]
    monkeypatch.setattr(sweep_cells, "MAX_POINTS", 13)
    found = cut(sweep, x=B, y=A)
    assert found.points is not None
    assert np.array_equal(found.points[0], where[::4, 1])
    assert found.answers.values.tolist() == list(range(0, 50, 4))
    assert found.notes == ("50 points, one in 4 drawn",)
    with pytest.raises(InputError, match="drawn at random"):
        cut(sweep, x=A, at={B: 1})


def test_texts_beyond_number_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bargaining.report.plots import answers

    monkeypatch.setattr(answers, "MAX_TEXTS", 5)
    work = job(GAME, {A: "0:1:6"}, ["verdict.effect"])
    out = write(tmp_path / "out", work, {"verdict.effect": [f"t{k}" for k in range(6)]})
    with pytest.raises(InputError, match="more than 5"):
        cut(read_sweep(out))


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"format": "bargaining-sweep/1"}', "\x00", "[" * 9999]
)
def test_what_is_no_manifest(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(StorageError, match="manifest"):
        read_sweep(tmp_path)


def test_a_damaged_manifest(three: Path, tmp_path: Path) -> None:
    import json

    sound = json.loads((three / "manifest.json").read_text())
    for key in ("design", "measures", "kinds", "document", "deals", "game", "rows"):
        for value in (None, 3, "x", [], {}):
            (tmp_path / "manifest.json").write_text(json.dumps({**sound, key: value}))
            with pytest.raises(StorageError, match="manifest"):
                read_sweep(tmp_path)
