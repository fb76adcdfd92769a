"""``bargaining explore``: what it says without serving, and when it cannot serve."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bargaining.cli import cli
from bargaining.errors import BargainingError
from bargaining.explore import serve

GAME = "us_mexico/guns_for_fentanyl"


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["explore", *arguments], input=text)


def process(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bargaining", "explore", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


def test_check_says_what_the_page_shows() -> None:
    done = run(GAME, "--check")
    assert done.exit_code == 0
    sentence, counts = done.stdout.splitlines()
    assert sentence == (
        "Linking breaks the deadlock: issue by issue nothing is signed; on one table the gains "
        "are us +3/2 and mexico +9/4."
    )
    assert counts == "sliders: 15, tick boxes: 1, solution concepts: 10"


def test_check_takes_parameters_concept_and_language() -> None:
    done = run(GAME, "--check", "--set", "a=2/5", "--language", "es")
    assert done.stdout.startswith("El bloqueo sigue")
    assert "casillas: 1" in done.stdout
    assert "us +9/5 and mexico +9/5" in run(GAME, "--check", "--solution", "egalitarian").stdout


def test_check_of_coalition_games() -> None:
    done = run("classic/glove", "--check")
    assert done.exit_code == 0
    assert "sliders: 3, tick boxes: 0, solution concepts: 0" in done.stdout


def test_check_reads_standard_input() -> None:
    game = """
format = "bargaining-game/1"
players = ["a", "b"]
[issues.x]
options = ["o", "p"]
payoffs = { a = [0, 1], b = [0, 1] }
status_quo = "o"
"""
    assert "a +1 and b +1" in run("-", "--check", text=game).stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("no_such_game", "--check"), 1),
        ((GAME, "--check", "--solution", "fair"), 1),
        (("classic/three_way_trade", "--check", "--solution", "coco"), 1),
        ((GAME, "--check", "--language", "fr"), 2),
        ((GAME, "--port", "0"), 2),
        ((GAME, "--port", "70000"), 2),
    ],
)
def test_wrong_input_is_refused(arguments, code) -> None:
    done = process(*arguments)
    said, wrong = done.communicate(timeout=60)
    assert done.returncode == code
    assert said == ""
    assert wrong
    assert "Traceback" not in wrong


def test_without_marimo_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['marimo'] = None")
    path = os.pathsep.join([str(tmp_path), str(Path(serve.__file__).parents[2])])
    done = process(GAME, "--no-browser", PYTHONPATH=path)
    said, wrong = done.communicate(timeout=60)
    assert (done.returncode, said) == (1, "")
    assert wrong.splitlines() == [
        'error: explore needs marimo, which is not installed: pip install "bargaining[explore]"'
    ]


def test_a_port_in_use_is_said() -> None:
    pytest.importorskip("marimo")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = process(GAME, "--no-browser", "--port", str(port))
        said, wrong = done.communicate(timeout=60)
    assert (done.returncode, said) == (1, "")
    (line,) = wrong.splitlines()
    assert line.startswith(f"error: --port {port}: expected a port that is free, found it in use")


def test_a_server_that_ends_at_once_is_said(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('no such option'); raise SystemExit(2)"]
    with (
        serve._server(command, tmp_path) as (child, log),
        pytest.raises(BargainingError, match="ended or did not start: no such option"),
    ):
        serve._wait_for(child, log, serve.free_port(None))


def test_the_server_reads_no_settings_and_looks_for_no_updates(tmp_path: Path) -> None:
    found = serve._environment(tmp_path)
    assert found["MARIMO_SKIP_UPDATE_CHECK"] == "1"
    assert found["XDG_CONFIG_HOME"].startswith(str(tmp_path))


@pytest.mark.slow
def test_asked_to_end_it_takes_the_server_along() -> None:
    pytest.importorskip("marimo")
    with process(GAME, "--no-browser") as running:
        address = running.stdout.readline()
        port = int(address.partition("127.0.0.1:")[2].partition("?")[0])
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=20) == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
