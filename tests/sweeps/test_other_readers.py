"""A sweep's directory is plain Parquet: read by others as the README says."""

from __future__ import annotations

from pathlib import Path

import pytest
from sweep_directories import job, write

from bargaining.sweeps.answer import open_sweep

A, B = "parameters.a", "parameters.b"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = job(
        "us_mexico/guns_for_fentanyl", {A: "0:1:4", B: "0:2:5"},
        ["linked.mutual_gain", "linked.gains.us", "verdict.effect"],
    )  # fmt: skip
    cells = {
        "linked.mutual_gain": [k % 2 == 0 for k in range(19)] + [None],
        "linked.gains.us": [float(k) for k in range(19)] + [None],
        "verdict.effect": ["harms"] * 19 + [None],
        "status": ["ok"] * 19 + ["failed"],
    }
    return write(tmp_path_factory.mktemp("sweep"), work, cells, rows_per_part=6)


def test_pandas(out: Path) -> None:
    import pandas as pd

    table = pd.read_parquet(sorted(out.glob("part-*.parquet")))
    assert table["row"].tolist() == list(range(20))
    assert table["linked.gains.us"].sum() == sum(range(19))
    assert table["linked.gains.us"].isna().tolist() == [False] * 19 + [True]
    assert table["status"].value_counts().to_dict() == {"ok": 19, "failed": 1}
    assert table[B].tolist() == [0.0, 0.5, 1.0, 1.5, 2.0] * 4
    one = pd.read_parquet(out / "part-000003.parquet", columns=["row"])
    assert one["row"].tolist() == [18, 19]


def test_pandas_given_the_directory_passes_over_the_manifest(out: Path) -> None:
    import pandas as pd

    table = pd.read_parquet(out, ignore_prefixes=["manifest"])
    assert sorted(table["row"]) == list(range(20))


def test_polars(out: Path) -> None:
    polars = pytest.importorskip("polars")
    table = polars.scan_parquet(out / "part-*.parquet").filter(polars.col("status") == "ok")
    assert table.select("linked.gains.us").sum().collect().item() == sum(range(19))


def test_duckdb(out: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    asked = f"""SELECT count(*), sum("linked.gains.us") FROM '{out}/part-*.parquet'"""
    assert duckdb.sql(asked).fetchall() == [(20, sum(range(19)))]


def test_xarray(out: Path) -> None:
    pytest.importorskip("xarray")
    data = open_sweep(out).to_xarray()
    assert dict(data.sizes) == {A: 4, B: 5}
    assert data["linked.gains.us"].sel({A: 1 / 3, B: 1.5}, method="nearest").item() == 8
