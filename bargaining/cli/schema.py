"""``bargaining schema``: the JSON Schema of the game file."""

from __future__ import annotations

import click

from bargaining.cli import common


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of the game file, for editors and other tools.

    \b
    Example:
      bargaining schema
    """
    from bargaining.files.schema import json_schema

    common.print_json(json_schema())
