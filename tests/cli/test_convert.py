"""``bargaining convert``: formats by suffix, no overwriting, warnings on standard error."""

from __future__ import annotations

from pathlib import Path

import command_line
import pytest
from command_line import Done

import bargaining as bg
from bargaining.files.document import same_game

BATTLE = 'NFG 1 R "Battle" { "row" "row" } { 2 2 }  3 2 0 0 0 0 2 3\n'
DOMAIN = (
    '<a><objective><issue index="1" name="x"><item value="p"/><item value="q"/></issue></objective>'
    "</a>"
)
PROFILE = (
    '<a><issue index="1" name="x"><item value="p" evaluation="1"/><item value="q" evaluation="2"/>'
    '</issue><weight index="1" value="1"/><discount_factor value="0.5"/></a>'
)


def run(cwd: Path, *arguments: str, text: str | None = None) -> Done:
    return command_line.run(*arguments, text=text, cwd=cwd)


def test_one_file_into_another_and_back(tmp_path: Path) -> None:
    game = bg.load("us_mexico/mexico_delinks")
    for target in ("a.csv", "a.json", "a.toml"):
        done = run(tmp_path, "convert", "us_mexico/mexico_delinks", target)
        assert done.returncode == 0
        assert done.stdout == f"{target}\n"
        assert f"Next: bargaining check {target}" in done.stderr
        assert same_game(bg.load(tmp_path / target), game)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.json", "a.toml"]


def test_a_genius_scenario_becomes_a_game_file(tmp_path: Path) -> None:
    for name, content in (("d.xml", DOMAIN), ("p1.xml", PROFILE), ("p2.xml", PROFILE)):
        (tmp_path / name).write_text(content)
    done = run(tmp_path, "convert", "d.xml", "p1.xml", "p2.xml", "game.toml")
    assert done.returncode == 0
    assert "warning: p1.xml: the discount factor 0.5 is not used" in done.stderr
    direct = bg.load([tmp_path / name for name in ("d.xml", "p1.xml", "p2.xml")])
    assert same_game(bg.load(tmp_path / "game.toml"), direct)
    settled = run(tmp_path, "settle", "game.toml", "--deals", "pure", "--format", "json")
    assert '"p1": 1' in settled.stdout
    alone = run(tmp_path, "solve", "d.xml")
    assert alone.returncode == 1
    assert "bargaining convert DOMAIN.xml PROFILE1.xml PROFILE2.xml GAME.toml" in alone.stderr


def test_files_are_not_replaced_unless_forced(tmp_path: Path) -> None:
    target = tmp_path / "out.toml"
    target.write_text("mine")
    refused = run(tmp_path, "convert", "classic/chicken", "out.toml")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "--force" in refused.stderr
    assert target.read_text() == "mine"
    failed = run(tmp_path, "convert", "us_mexico/five_issue_core", "out.csv", "--force")
    assert failed.returncode == 1
    assert "here players act" in failed.stderr
    assert run(tmp_path, "convert", "classic/chicken", "out.toml", "--force").returncode == 0
    assert same_game(bg.load(target), bg.load("classic/chicken"))
    assert [path.name for path in tmp_path.iterdir()] == ["out.toml"]
    nowhere = run(tmp_path, "convert", "classic/chicken", "no/where.toml")
    assert nowhere.returncode == 1
    assert "no such file or directory" in nowhere.stderr
    assert "Traceback" not in nowhere.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("classic/chicken",),
        ("classic/chicken", "out.xml"),
        ("classic/chicken", "out"),
        ("classic/chicken", "-"),
        ("classic/chicken", "out.toml", "--to", "json"),
        ("classic/chicken", "-", "--to", "yaml"),
        ("classic/chicken", "-", "--to", "nfg", "--body", "all"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = run(tmp_path, "convert", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert not list(tmp_path.iterdir())


def test_standard_input_and_output(tmp_path: Path) -> None:
    text = run(tmp_path, "convert", "classic/chicken", "-", "--to", "toml").stdout
    again = run(tmp_path, "convert", "-", "-", "--to", "json", text=text)
    assert same_game(bg.loads(again.stdout, format="json"), bg.load("classic/chicken"))


def test_strategic_games_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "b.nfg").write_text(BATTLE)
    renamed = 'warning: b.nfg: player "row" is called "row (2)" here'
    listed = run(tmp_path, "equilibria", "b.nfg")
    assert listed.returncode == 0
    assert "3 equilibria" in listed.stdout
    assert renamed in listed.stderr
    solved = run(tmp_path, "solve", "b.nfg")
    assert solved.returncode == 1
    assert "has no status quo: name one" in solved.stderr
    checked = run(tmp_path, "check", "b.nfg", "--format", "json")
    assert 'player \\"row\\" is called' in checked.stdout
    done = run(tmp_path, "convert", "b.nfg", "b.toml")
    assert done.returncode == 0
    assert 'issue "game" has no status quo; name one in the file' in done.stderr


def test_settings_are_written(tmp_path: Path) -> None:
    text = """
        format = "bargaining-game/1"
        players = ["a", "b"]
        parameters = {p = 1}
        [issues.x]
        options = ["s", "t"]
        payoffs.a = [0, "2*p"]
        status_quo = "s"
    """
    done = run(tmp_path, "convert", "-", "-", "--to", "csv", "--set", "p=5/3", text=text)
    assert done.returncode == 0
    assert done.stdout == "issue,option,a,b,status_quo\nx,s,0,0,x\nx,t,10/3,0,\n"
    assert "formulas are written as the numbers they stand for" in done.stderr


CHICKEN = 'NFG 1 R "Chicken" { "a" "b" } { 2 2 }  0 0 1 5 5 1 4 4\n'


def test_games_without_a_status_quo_are_converted_to_and_fro(tmp_path: Path) -> None:
    (tmp_path / "chicken.nfg").write_text(CHICKEN)
    for source, target in (("chicken.nfg", "g.toml"), ("g.toml", "h.json"), ("h.json", "x.nfg")):
        done = run(tmp_path, "convert", source, target)
        assert done.returncode == 0, done.stderr
    first = bg.load(tmp_path / "chicken.nfg").issues["game"].exact_payoffs
    assert (bg.load(tmp_path / "x.nfg").issues["game"].exact_payoffs == first).all()
    assert run(tmp_path, "equilibria", "g.toml").returncode == 0
    done = run(tmp_path, "solve", "g.toml")
    assert done.returncode == 1
    assert "status_quo" in done.stderr


def test_links_and_missing_folders_as_target(tmp_path: Path) -> None:
    (tmp_path / "chicken.nfg").write_text(CHICKEN)
    (tmp_path / "link.toml").symlink_to("nowhere.toml")
    done = run(tmp_path, "convert", "chicken.nfg", "link.toml")
    assert done.returncode == 1
    assert "--force" in done.stderr
    assert run(tmp_path, "convert", "chicken.nfg", "link.toml", "--force").returncode == 0
    assert (tmp_path / "link.toml").is_symlink()
    assert (tmp_path / "nowhere.toml").read_text().startswith("format")
    done = run(tmp_path, "convert", "chicken.nfg", "folder/g.toml")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("error: folder/g.toml: cannot be written")


def test_more_players_than_an_array_has_sides(tmp_path: Path) -> None:
    names = " ".join(f'"p{i}"' for i in range(70))
    (tmp_path / "many.nfg").write_text(
        f'NFG 1 R "" {{ {names} }} {{ {" ".join(["1"] * 70)} }}  {" ".join(["0"] * 70)}\n'
    )
    done = run(tmp_path, "check", "many.nfg")
    assert done.returncode == 1
    assert "at most 60 players who act" in done.stderr
