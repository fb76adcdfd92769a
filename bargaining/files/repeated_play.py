"""Reading what matters only in repeated play: ``[monitoring]`` and ``[utility]``."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from bargaining.errors import InputError
from bargaining.files.problems import Reading
from bargaining.model.utility import read_utility


def read_monitoring(reading: Reading, table: Any) -> dict[str, Fraction]:
    """Read the rate of false alarms per issue and period."""
    rates = {}
    for issue, value in table.items() if isinstance(table, Mapping) else ():
        where = ("monitoring", issue)
        if reading.known_issue(where, issue):
            rate = reading.number(where, value)
            if not 0 <= rate < 1:
                reading.report(
                    where, f"expected a rate of false alarms from 0 to below 1, found {rate}"
                )
            rates[issue] = rate
    return rates


def read_utilities(reading: Reading, tables: Any) -> dict[str, dict[str, Any]]:
    """Read the objectives of players who do not simply add payoffs up."""
    found: dict[str, dict[str, Any]] = {}
    for player, table in tables.items() if isinstance(tables, Mapping) else ():
        where = ("utility", player)
        known = reading.known_player(where, player)
        if not known or not isinstance(table, Mapping) or "form" not in table:
            continue
        entry: dict[str, Any] = {"form": table["form"]}
        parameter = None
        if "parameter" in table:
            parameter = reading.number((*where, "parameter"), table["parameter"])
            entry["parameter"] = parameter
        try:
            read_utility(table["form"], parameter)
        except InputError as error:
            reading.report((*where, "parameter"), str(error))
        found[player] = entry
    return found
