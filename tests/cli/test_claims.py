"""``bargaining claims``."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from bargaining.cli import cli


def run(*arguments: str) -> str:
    done = CliRunner().invoke(cli, ["claims", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_text() -> None:
    text = run("us_mexico/guns_for_fentanyl", "--samples", "4")
    assert "refuted" in text
    assert "flips over a from 0 to 4: true up to 2/5" in text
    assert "1 claim: 1 refuted" in text


def test_json() -> None:
    data = json.loads(run("us_mexico/guns_for_fentanyl", "--samples", "2", "--format", "json"))
    (claim,) = data["claims"]
    assert claim["status"] == "refuted"
    assert set(claim["robust"]) == {"0.1", "0.25", "0.5"}
    assert claim["threshold"]["a"][0]["at"] == pytest.approx(0.4)


def test_a_folder_as_csv(tmp_path) -> None:
    from bargaining.files.library import find

    for name in ("mexico_delinks", "straw_purchases"):
        text = find(f"us_mexico/{name}").read_text(encoding="utf-8")
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    (tmp_path / "notes.toml").write_text(find("classic/chicken").read_text(encoding="utf-8"))
    table = run(str(tmp_path), "--samples", "0", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["status"] for row in rows] == ["held", "refuted", "held", "held", "held"]
    assert rows[3]["flips"].startswith("q: true above 12/25")


def test_games_without_claims() -> None:
    done = CliRunner().invoke(cli, ["claims", "classic"])
    assert done.exit_code != 0


def test_broken_files_of_a_folder_are_named_and_the_rest_is_answered(tmp_path) -> None:
    from bargaining.files.library import find

    text = find("us_mexico/mexico_delinks").read_text(encoding="utf-8")
    (tmp_path / "good.toml").write_text(text, encoding="utf-8")
    (tmp_path / "bad.toml").write_text("players = 3", encoding="utf-8")
    (tmp_path / "worse.toml").write_bytes(b"\xff\xfe")
    done = CliRunner().invoke(cli, ["claims", str(tmp_path), "--samples", "0"])
    assert done.exit_code == 1
    assert "3 claims: 2 held, 1 refuted" in done.stdout
    assert "bad.toml" in done.stderr
    assert "worse.toml" in done.stderr
    done = CliRunner().invoke(cli, ["claims", str(tmp_path), "--set", "a=1"])
    assert done.exit_code == 2
