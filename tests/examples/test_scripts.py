"""Every script in examples/ runs, the lessons' notebooks among them, without a browser."""

from __future__ import annotations

import subprocess
import sys

import pytest
from lesson_pages import EXAMPLES

SCRIPTS = sorted(path for path in EXAMPLES.glob("*.py") if path.name != "build_lessons.py")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.name)
def test_script_runs(script, tmp_path):
    command = [sys.executable, "-W", "error", str(script)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert done.stderr == ""
