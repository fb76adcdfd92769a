from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from command_line import run

from bargaining.cli import COMMANDS

GOLDEN = Path(__file__).parent / "golden"
START_UP_CPU = 0.15 * 4
"""The budget is 0.15 s on an idle machine; the test leaves room for a loaded one."""
HEAVY = ("numpy", "scipy", "cvxpy", "rich", "pydantic", "networkx", "nashpy", "matplotlib")


def fresh(*arguments: str, **environment: str) -> str:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "bargaining", *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "80", **environment},
        check=True,
    ).stdout


def answer(*arguments: str, **keywords: str) -> str:
    done = run(*arguments, **keywords)
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def examples() -> list[tuple[str, str]]:
    found = []
    for command in COMMANDS:
        pages = [(command,)]
        if command == "games":
            pages += [("games", sub) for sub in ("list", "show", "copy")]
        for page in pages:
            lines = answer(*page, "--help").splitlines()
            shown = [line.strip() for line in lines if re.match(r"\s+bargaining ", line)]
            found += [(" ".join(page), line) for line in shown]
    return found


def test_every_command_has_examples() -> None:
    assert {page.split()[0] for page, _ in examples()} == set(COMMANDS)


@pytest.mark.parametrize("command", sorted({page.split()[0] for page, _ in examples()}))
def test_every_example_in_the_help_runs(command: str, tmp_path: Path) -> None:
    import shlex

    for page, line in examples():
        if page.split()[0] != command:
            continue
        words, _, target = line.partition(" > ")
        done = run(*shlex.split(words)[1:], cwd=tmp_path)
        if target:
            (tmp_path / target).write_text(done.stdout, encoding="utf-8")
        assert done.returncode == 0, (line, done.stderr)
        assert done.stdout


def test_help_and_version_load_nothing_heavy() -> None:
    code = (
        "import sys, time\n"
        "from bargaining.cli import main\n"
        "sys.argv = ['bargaining', *{0!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "loaded = [m for m in {1!r} if m in sys.modules]\n"
        "print('LOADED', loaded, time.process_time())\n"
    )
    for arguments in (["--help"], ["--version"], *([command, "--help"] for command in COMMANDS)):
        done = subprocess.run(
            [sys.executable, "-c", code.format(arguments, HEAVY)],
            capture_output=True,
            text=True,
            check=True,
        )
        line = done.stdout.splitlines()[-1]
        assert "LOADED []" in line
        assert float(line.split()[-1]) < START_UP_CPU


def test_import_loads_neither_numpy_nor_cvxpy() -> None:
    code = "import bargaining, sys; print([m for m in {!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code.format(HEAVY)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_two_player_verdict_needs_no_cvxpy() -> None:
    code = (
        "import bargaining as bg, sys\n"
        "v = bg.solve(bg.load('us_mexico/six_issue_table'))\n"
        "v.verify(), str(v), v.to_dict()\n"
        "print('cvxpy' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("game", ["six_issue_table", "five_issue_core", "mexico_delinks"])
def test_text_is_as_it_was_looked_at(game: str, width: int) -> None:
    shown = answer("solve", f"us_mexico/{game}", COLUMNS=str(width))
    assert shown == (GOLDEN / f"solve_{game}_{width}.txt").read_text(encoding="utf-8")
    assert max(map(len, shown.splitlines())) <= width
    assert "\x1b" not in shown


def test_json_of_solve_has_the_agreed_keys() -> None:
    data = json.loads(answer("solve", "us_mexico/six_issue_table", "--format", "json", "--exact"))
    assert data["schema"] == "bargaining-verdict/1"
    assert data["players"] == ["us", "mexico"]
    assert data["issues"]["trade"]["status"] == "deadlock"
    assert data["issues"]["trade"]["exchange_rates"] == [0.75, 1.0]
    linked = data["agendas"]["linked"]
    assert linked["gains"] == {"us": 7.5, "mexico": 3.75}
    assert linked["exact"]["gains"] == {"us": "15/2", "mexico": "15/4"}
    assert data["exact"]["agendas"]["linked"]["gains"]["mexico"] == "15/4"
    assert linked["deal"]["security"]["joint operations"] == pytest.approx(5 / 12)
    assert data["agendas"]["delinked"]["status"] == "no_agreement"
    assert ["trade", "security"] in data["minimal_packages"]
    assert data["verdict"]["linking_breaks_deadlock"] is True
    assert data["verdict"]["effect"] == "breaks_deadlock"
    assert data["verdict"]["certificate"]["deal"]["kind"] == "deal"
    five = json.loads(answer("solve", "us_mexico/five_issue_core", "--format", "json"))
    assert five["issues"]["trade"]["exchange_rates"] is None


def test_json_of_the_other_commands() -> None:
    settled = json.loads(answer("settle", "us_mexico/guns_for_fentanyl", "--format", "json"))
    for key in ("solution", "agenda", "deals", "status", "gains", "payoffs", "deal", "ties"):
        assert key in settled
    assert settled["schema"] == "bargaining-settlement/1"
    front = json.loads(
        answer("frontier", "negotiations/camp_david_1978", "--deals", "pure", "--format", "json")
    )
    assert front["schema"] == "bargaining-frontier/1"
    assert len(front["points"]) == len(front["packages"]) == 11
    found = json.loads(answer("equilibria", "classic/chicken", "--format", "json"))
    assert found["schema"] == "bargaining-equilibria/1"
    assert len(found["issues"]["game"]["equilibria"]) == 3
    assert found["issues"]["game"]["equilibria"][2]["exact"]["payoffs"]["row"] == "14/3"
    packages = json.loads(answer("packages", "us_mexico/five_issue_core", "--format", "json"))
    assert packages["minimal_packages"][0] == ["trade"]
    assert packages["issues"]["guns"]["status"] == "deadlock"
    games = json.loads(answer("games", "list", "--format", "json"))["games"]
    assert {"name", "title", "players", "issues"} <= set(games[0])
    assert json.loads(answer("schema"))["title"] == "GameFile"


def test_what_is_said_at_home() -> None:
    """Operations help both by their payoffs, but are blocked by the premium on them."""
    shown = answer("solve", "us_mexico/sovereignty_premium", NO_COLOR="1")
    assert "at home" in shown
    assert "No bar: nothing blocks this issue" not in shown
    found = json.loads(answer("packages", "us_mexico/sovereignty_premium", "--format", "json"))
    operations = found["issues"]["operations"]
    assert operations["exchange_rates"] is None
    assert operations["status_with_requirements"] == "deadlock"
    assert operations["exchange_rates_with_requirements"] == [0.0, 0.25]
    close = ("us_mexico/sovereignty_premium", "--set", "kappa=1.999999999", "--format", "json")
    data = json.loads(answer("solve", *close))
    assert data["verdict"]["linking_breaks_deadlock"] is True
    assert data["agendas"]["linked"]["status"] == "agreement"


def test_what_proves_a_deadlock_is_said_as_it_is() -> None:
    """Weights net of what is asked at home are no exchange rates; floors rule a deal out."""
    home = answer("solve", "us_mexico/sovereignty_premium")
    assert "weights at which no outcome is worth, net of what it" in home
    assert "us 1/8, mexico 7/8" in home
    plain = answer("solve", "us_mexico/guns_for_fentanyl")
    assert "exchange rates at which no outcome is worth more" in plain
    floors = answer("solve", "us_mexico/sig_stalemate")
    assert "ruled out by floors.us with floors.mexico" in floors
    lone = answer("solve", "classic/bilateral_trade")
    assert "a deal on it helps buyer, who alone has a" in lone


def test_packages_that_must_survive_a_requirement() -> None:
    plain = ("packages", "us_mexico/guns_for_fentanyl", "--format", "json")
    kept = answer(*plain)
    assert json.loads(kept)["minimal_packages"] == [["guns", "fentanyl"]]
    done = run("packages", "us_mexico/six_issue_table", "--require", "enforcement")
    assert done.returncode
    assert "discount.us" in done.stderr
    wrong = run(*plain, "--require", "enforcment")
    assert 'did you mean "enforcement"' in wrong.stderr


def test_check_reports_as_json(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('format = "bargaining-game/1"')
    done = run("check", "bad.toml", "classic/chicken", "--format", "json", cwd=tmp_path)
    assert done.returncode == 1
    bad, good = json.loads(done.stdout)["games"]
    assert not bad["ok"]
    assert len(bad["problems"]) == 2
    assert good == {"game": "classic/chicken", "ok": True, "problems": [], "warnings": []}


def test_csv_reads_back() -> None:
    rows = list(csv.DictReader(io.StringIO(answer("solve", "us_mexico/six_issue_table",
                                                  "--format", "csv"))))  # fmt: skip
    gains = {(r["agenda"], r["name"]): r["exact"] for r in rows if r["what"] == "gains"}
    assert gains["linked", "us"] == "15/2"
    assert sum(r["what"] == "minimal_package" for r in rows) == 6
    front = list(csv.reader(io.StringIO(answer("frontier", "us_mexico/guns_for_fentanyl",
                                               "--format", "csv"))))  # fmt: skip
    assert front == [["us", "mexico"], ["-4.0", "6.0"], ["1.0", "3.0"], ["5.0", "-3.0"]]


def test_csv_defuses_formulas() -> None:
    text = """
        format = "bargaining-game/1"
        players = ["=cmd()", "b"]
        [issues."@x"]
        options = ["-1", "=2+3"]
        payoffs = {"=cmd()" = [0, 1], b = [0, 1]}
        status_quo = "-1"
    """
    shown = run("settle", "-", "--format", "csv", text=text).stdout
    for row in csv.reader(io.StringIO(shown)):
        assert all(cell[:1] not in ("=", "@") for cell in row)


def test_exit_codes(tmp_path: Path) -> None:
    assert run("solve", "us_mexico/six_issue_table").returncode == 0
    stuck = ("us_mexico/guns_for_fentanyl", "--set", "a=2/5")
    assert run("solve", *stuck).returncode == 0
    assert run("solve", *stuck, "--exit-code").returncode == 4
    assert run("settle", *stuck, "--exit-code").returncode == 4
    assert run("settle", *stuck, "--solution", "nahs").returncode == 1
    assert run("solve", "nowhere").returncode == 1
    for wrong in (
        ("solve",),
        ("slove", "x"),
        ("solve", "classic/chicken", "--colour"),
        ("solve", "classic/chicken", "--format", "xml"),
        ("solve", "classic/chicken", "--set", "w"),
        ("settle", "classic/chicken", "--weight", "us"),
        ("--nonsense",),
    ):
        done = run(*wrong)
        assert done.returncode == 2, wrong
        assert done.stdout == ""
    assert 'did you mean "solve"' in run("slove", "x").stderr
    assert 'did you mean "w"' in run("solve", "us_mexico/guns_for_fentanyl", "--set", "ww=1").stderr


def test_standard_input_in_both_formats() -> None:
    text = answer("games", "show", "us_mexico/guns_for_fentanyl")
    assert "Linking breaks the deadlock" in run("solve", "-", text=text).stdout
    twin = '{"format": "bargaining-game/1", "players": ["a", "b"], "issues": {"x": {"options":'
    twin += '["s", "t"], "status_quo": "s", "payoffs": {"a": [0, 1], "b": [0, 1]}}}}'
    assert run("solve", "-", text=twin).returncode == 0


def test_games_copy_does_not_overwrite(tmp_path: Path) -> None:
    assert run("games", "copy", "classic/chicken", str(tmp_path)).returncode == 0
    again = run("games", "copy", "classic/chicken", str(tmp_path))
    assert again.returncode == 1
    assert "--force" in again.stderr
    assert run("games", "copy", "classic/chicken", str(tmp_path), "--force").returncode == 0
    assert run("solve", "chicken.toml", cwd=tmp_path).returncode == 0
    (tmp_path / "file").write_text("")
    blocked = run("games", "copy", "classic/chicken", str(tmp_path / "file"))
    assert blocked.returncode == 1
    assert "Traceback" not in blocked.stderr


def test_output_is_the_same_every_time() -> None:
    for command in (("solve", "us_mexico/six_issue_table", "--format", "json", "--exact"),
                    ("packages", "us_mexico/five_issue_core", "--format", "csv")):  # fmt: skip
        shown = {fresh(*command, PYTHONHASHSEED=str(seed)) for seed in (1, 2, 3)}
        assert len(shown) == 1


def test_plain_ascii_terminals() -> None:
    shown = fresh("solve", "us_mexico/six_issue_table", PYTHONIOENCODING="ascii")
    assert "####" in shown
    assert "█" not in shown


def test_a_closed_pipe_is_no_error() -> None:
    script = f"{sys.executable} -m bargaining solve us_mexico/six_issue_table | head -1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "Six issues on one table\n"
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


def test_interrupt_is_one_word() -> None:
    started = subprocess.Popen(
        [sys.executable, "-m", "bargaining", "solve", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stdin is not None
    started.stdin.write("#\n" * 200_000)  # more than a pipe holds: written once it is being read
    started.stdin.flush()
    started.send_signal(signal.SIGINT)
    _, errors = started.communicate(timeout=60)
    assert started.returncode == 130
    assert errors.strip() == "interrupted"


def test_names_that_the_terminal_cannot_show(tmp_path: Path) -> None:
    game = {
        "format": "bargaining-game/1",
        "players": ["méxico", "日"],
        "issues": {
            "x": {
                "options": ["=no", "sí"],
                "payoffs": {"méxico": [0, 1], "日": [0, 1]},
                "status_quo": "=no",
            }
        },
    }
    (tmp_path / "game.json").write_text(json.dumps(game), encoding="utf-8")
    for command in (("solve",), ("settle",), ("frontier",), ("equilibria",)):
        for style in ("text", "json", "csv"):
            done = run(*command, "game.json", "--format", style, cwd=tmp_path,
                       PYTHONIOENCODING="ascii")  # fmt: skip
            assert done.returncode == 0, done.stderr
            assert "Traceback" not in done.stderr
            if style == "json":
                assert "méxico" in json.dumps(json.loads(done.stdout), ensure_ascii=False)


def test_formulas_are_defused_in_headers_too(tmp_path: Path) -> None:
    (tmp_path / "game.toml").write_text(
        """
        format = "bargaining-game/1"
        players = ["=A1", "@b"]
        [issues."-x"]
        options = ["no", "yes"]
        payoffs = {"=A1" = [0, 1], "@b" = [0, 1]}
        status_quo = "no"
        """,
        encoding="utf-8",
    )
    text = answer("frontier", "game.toml", "--deals", "pure", "--packages", "--format", "csv",
                  cwd=tmp_path)  # fmt: skip
    header = next(csv.reader(io.StringIO(text)))
    assert header == ["'=A1", "'@b", "packages", "'-x"]


def test_standard_input_that_is_closed() -> None:
    done = subprocess.run(
        ["sh", "-c", f"exec {sys.executable} -m bargaining solve - <&-"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "standard input" in done.stderr
