"""Where validation data of other people is found: a folder that no test needs.

It is named by the environment variable BARGAINING_VALIDATION, or is the folder ``shared`` beside
the checkout; tests that use it are skipped where it is absent.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(
    os.environ.get("BARGAINING_VALIDATION", Path(__file__).resolve().parents[2] / "shared")
)
