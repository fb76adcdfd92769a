"""Every script in examples/ runs, the lessons' notebooks among them, without a browser."""

from __future__ import annotations

import subprocess
import sys

import pytest
from lesson_pages import EXAMPLES

SCRIPTS = sorted(path for path in EXAMPLES.glob("*.py") if path.name != "build_lessons.py")
LIGHT = ("lesson_1", "lesson_5")
"""The other lessons are run as scripts by hand; building their pages runs all of them."""


def cases() -> list[object]:
    heavy = (p.stem.startswith("lesson_") and not p.stem.startswith(LIGHT) for p in SCRIPTS)
    marks = [pytest.mark.slow if one else () for one in heavy]
    return [pytest.param(p, marks=m) for p, m in zip(SCRIPTS, marks, strict=True)]


@pytest.mark.parametrize("script", cases(), ids=[p.name for p in SCRIPTS])
def test_script_runs(script, tmp_path):
    command = [sys.executable, "-W", "error", str(script)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert done.stderr == ""
