"""``bargaining roleplay``: files written, refused, kept; the debrief."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from bargaining.cli import cli
from bargaining.cli.roleplay import sheet_names
from bargaining.errors import GameFileError, InputError

GAME = "us_mexico/guns_for_fentanyl"


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(cli, ["roleplay", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_sheets_then_debrief(tmp_path):
    said = run(GAME, "-o", tmp_path / "class")
    names = ["deals.csv", "party_mexico.html", "party_us.html", "teacher.html"]
    assert sorted(p.name for p in (tmp_path / "class").iterdir()) == names
    assert "Next: bargaining roleplay --debrief" in said
    deals = tmp_path / "class" / "deals.csv"
    lines = deals.read_text(encoding="utf-8-sig").splitlines()
    assert lines[:3] == ["group,treatment,guns,fentanyl", "1,linked,,", "2,delinked,,"]
    deals.write_text("\n".join([lines[0], "1,linked,egress checks,lab raids"]), encoding="utf-8")
    run("--debrief", deals, GAME, "-o", tmp_path / "debrief.html")
    assert "Debrief: Guns for fentanyl" in (tmp_path / "debrief.html").read_text(encoding="utf-8")
    assert run("--debrief", deals, GAME, "-o", "-", "--language", "es").startswith("<!doctype")


def test_what_is_there_is_not_replaced(tmp_path):
    run(GAME, "-o", tmp_path)
    (tmp_path / "deals.csv").write_text("mine", encoding="utf-8")
    (tmp_path / "party_us.html").write_text("old", encoding="utf-8")
    with pytest.raises(InputError, match=r"there already: party_us.html, party_mexico.html, teac"):
        run(GAME, "-o", tmp_path)
    assert (tmp_path / "party_us.html").read_text(encoding="utf-8") == "old"
    assert "kept:" in run(GAME, "-o", tmp_path, "--force")
    assert (tmp_path / "deals.csv").read_text(encoding="utf-8") == "mine"
    assert "You are" in (tmp_path / "party_us.html").read_text(encoding="utf-8")


def test_other_files_in_the_folder_do_not_matter(tmp_path):
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    run(GAME, "-o", tmp_path)
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "x"


def test_wrong_places(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="expected a folder for the sheets, found a file"):
        run(GAME, "-o", tmp_path / "file")
    (tmp_path / "deals.csv").write_text("group,treatment,guns,fentanyl\n1,linked,x,\n", "utf-8")
    with pytest.raises(InputError, match=r"expected a name that ends in \.html"):
        run("--debrief", tmp_path / "deals.csv", GAME, "-o", tmp_path / "deals.csv")
    with pytest.raises(GameFileError, match='line 2, column "guns": expected one of'):
        run("--debrief", tmp_path / "deals.csv", GAME, "-o", tmp_path / "d.html")
    assert not (tmp_path / "d.html").exists()


def test_types_are_chosen(tmp_path):
    game = "us_mexico/foreign_agents_law"
    run(game, "-o", tmp_path / "first")
    with pytest.raises(InputError, match="type: expected one of"):
        run(game, "-o", tmp_path / "x", "--type", "us=nobody")
    result = CliRunner().invoke(cli, ["roleplay", game, "-o", "x", "--type", "nobody"])
    assert result.exit_code == 2


def test_names_of_files_are_safe_and_different():
    odd = ["E\u0301", "\u00e9", "a_b_2", "\u5f20\x00", "con"]
    names = sheet_names(["a/b", "A\\b", "..", "", "n" * 300, "N" * 300, *odd])
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert "/" not in name
        assert "\\" not in name
        assert "\x00" not in name
        assert name.startswith("party_")
        assert name.endswith(".html")
        assert len(name.encode()) < 200
    assert names[2:4] == ("party_player.html", "party_player_2.html")


def test_hostile_players_get_their_sheets(tmp_path):
    text = (
        'format = "bargaining-game/1"\nplayers = ["../x", "<b>"]\n'
        'issues.i = { options = ["n", "y"], payoffs = { "../x" = [0, 1], "<b>" = [0, 1] }, '
        'status_quo = "n" }\n'
    )
    (tmp_path / "game.toml").write_text(text, encoding="utf-8")
    run(tmp_path / "game.toml", "-o", tmp_path / "out")
    names = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert names == ["deals.csv", "party_b.html", "party_x.html", "teacher.html"]
    assert not (tmp_path / "x").exists()


def test_long_sheets_are_announced(tmp_path):
    issues = "".join(
        f'issues.i{k} = {{ options = ["n", "y", "z"], status_quo = "n", '
        "payoffs = { a = [0, 1, 2], b = [0, 1, 1] } }\n"
        for k in range(14)
    )
    text = f'format = "bargaining-game/1"\nplayers = ["a", "b"]\n{issues}'
    (tmp_path / "game.toml").write_text(text, encoding="utf-8")
    arguments = ["roleplay", str(tmp_path / "game.toml"), "-o", str(tmp_path / "out")]
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert 'two pages or more: the sheets of "a", "b"; print on both sides' in result.output
    said = (tmp_path / "out" / "teacher.html").read_text(encoding="utf-8")
    assert "a sheet takes two pages" in said
    assert "two pages" not in run("negotiations/panama_canal_1974", "-o", tmp_path / "ten")


def test_types_of_several_draws(tmp_path):
    game = "us_mexico/which_priority"
    run(game, "-o", tmp_path, "--type", "us=against / for")
    page = re.sub(r"<[^>]+>", "", (tmp_path / "party_us.html").read_text(encoding="utf-8"))
    assert page.count("how things are on your side: against.") == 1
    assert page.count("how things are on your side: for.") == 1
