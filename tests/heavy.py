"""Cases of a test, of which some are run by hand only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def some(light: Iterable[Any], heavy: Iterable[Any]) -> list[Any]:
    """Return cases, of which the second are run with ``--run-slow`` only."""
    return [*light, *(pytest.param(case, marks=pytest.mark.slow) for case in heavy)]
