"""Serving the page: a marimo server of its own, on this computer only.

The server runs as a child process in an empty folder, with none of the user's own marimo settings
and without looking for updates; it answers on the loopback address alone, and whoever opens the
page needs the token in its address.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from types import FrameType
from typing import Any

import bargaining
from bargaining.errors import BargainingError, InputError
from bargaining.explore.state import document_to_move
from bargaining.files.layout import json_text
from bargaining.model.game import LinkageGame

HOST = "127.0.0.1"
PATIENCE = 90.0
"""Seconds within which the server must answer."""
GRACE = 5.0
"""Seconds that the server has to end by itself."""
CONFIG = """\
[display]
theme = "system"
[package_management]
manager = "pip"
[runtime]
auto_instantiate = true
[server]
disable_file_downloads = false
"""


def serve(
    game: LinkageGame,
    *,
    port: int | None = None,
    language: str = "en",
    solution: str = "nash",
    ready: Callable[[str], None],
) -> None:
    """Serve the page of a game until interrupted.

    Parameters
    ----------
    game : LinkageGame
    port : int, optional
        By default a free one.
    language : {"en", "es"}
    solution : str
        The concept that is chosen at first.
    ready : callable
        Called with the address once the page can be opened.

    Raises
    ------
    BargainingError
        If marimo is not installed, the port is taken, or the server does not start.
    KeyboardInterrupt
        When the user ends it.
    """
    check_installed()
    port = free_port(port)
    token = secrets.token_urlsafe(16)
    with tempfile.TemporaryDirectory(prefix="bargaining-explore-") as name:
        folder = Path(name)
        command = _prepared(folder, game, port, token, language, solution)
        with _ended_by_signals(), _server(command, folder) as (child, log):
            _wait_for(child, log, port)
            ready(f"http://{HOST}:{port}?access_token={token}")
            child.wait()
            raise BargainingError(_failed(log))


def check_installed() -> None:
    """Raise BargainingError if marimo is missing."""
    if importlib.util.find_spec("marimo") is None:
        msg = 'explore needs marimo, which is not installed: pip install "bargaining[explore]"'
        raise BargainingError(msg)


def free_port(port: int | None) -> int:
    """Return a port that nobody listens on: the given one, or any.

    Raises
    ------
    InputError
        If the given one is taken, or is none.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port or 0))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            msg = (
                f"--port {port}: expected a port that is free, found it in use or not allowed "
                f"({reason}); take another one, or leave --port out"
            )
            raise InputError(msg) from None
        return int(probe.getsockname()[1])


def _prepared(
    folder: Path, game: LinkageGame, port: int, token: str, language: str, solution: str
) -> list[str]:
    """Write what the server needs into an empty folder; return its command."""
    source = files("bargaining.explore")
    manner = {"name": game.name, "language": language, "solution": solution}
    style = source.joinpath("page.css").read_text(encoding="utf-8")
    head = source.joinpath("head.html").read_text(encoding="utf-8").replace("/* style */", style)
    texts = {
        "app.py": source.joinpath("app.py").read_text(encoding="utf-8"),
        "head.html": head,
        "game.json": json_text(document_to_move(game)),
        "session.json": json_text(manner),
        "token": token,
        "config/marimo/marimo.toml": CONFIG,
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    options = ["--host", HOST, "--port", str(port), "--headless", "--no-sandbox", "--token",
               "--token-password-file", str(folder / "token")]  # fmt: skip
    page = [str(folder / "app.py"), "--", "--session", str(folder)]
    return [sys.executable, "-m", "marimo", "-q", "-y", "run", *options, *page]


@contextmanager
def _server(command: list[str], folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Start the server; whatever happens, it ends with the block."""
    log = folder / "log"
    with log.open("wb") as written:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield child, log
        finally:
            child.terminate()
            try:
                child.wait(GRACE)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _environment(folder: Path) -> dict[str, str]:
    """Return the environment of the server: this package, no settings, no updates."""
    package = str(Path(bargaining.__file__).parents[1])
    known = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(known),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_STATE_HOME": str(folder / "state"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "MARIMO_SKIP_UPDATE_CHECK": "1",
    }


def _wait_for(child: subprocess.Popen[bytes], log: Path, port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline and child.poll() is None:
        try:
            with opener.open(f"http://{HOST}:{port}/health", timeout=2):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise BargainingError(_failed(log))


def _failed(log: Path) -> str:
    said = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    reason = said[-1].strip()[:300] if said else "it said nothing"
    return f"explore: the local server ended or did not start: {reason}"


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Take a request to end like Ctrl-C, so that the server ends too."""

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before: Mapping[str, Any] = {name: signal.signal(getattr(signal, name), end) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
