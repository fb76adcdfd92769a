"""The command line as a user meets it, in this process: what it prints and how it ends."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from bargaining.cli import main


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def run(
    *arguments: object, text: str | bytes | None = None, cwd: Path | None = None, **environment: str
) -> Done:
    """Run ``bargaining ARGUMENTS``, 80 columns wide unless the environment says otherwise."""
    given = text.encode() if isinstance(text, str) else text or b""
    with io.BytesIO() as out, io.BytesIO() as err:
        stdout, stderr = (io.TextIOWrapper(s, "utf-8", write_through=True) for s in (out, err))
        streams = {"stdin": io.TextIOWrapper(io.BytesIO(given), "utf-8"),
                   "stdout": stdout, "stderr": stderr}  # fmt: skip
        words = ["bargaining", *map(str, arguments)]
        with (
            mock.patch.multiple(sys, argv=words, **streams),
            mock.patch.dict(os.environ, {"COLUMNS": "80", **environment}),
            contextlib.chdir(cwd or Path.cwd()),
        ):
            try:
                main()
                code = 0
            except SystemExit as ended:
                code = int(ended.code or 0)
        return Done(code, out.getvalue().decode(), err.getvalue().decode())
