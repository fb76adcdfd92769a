"""Heavy checks are run by hand with ``--run-slow``; no test fails for a slow machine."""

from __future__ import annotations

import hypothesis
import pytest

hypothesis.settings.register_profile("steady", deadline=None)
hypothesis.settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-slow", action="store_true", help="run heavy checks too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--run-slow"):
        return
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="heavy; run with --run-slow"))
