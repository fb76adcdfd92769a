"""The table of games in ``games/README.md`` is the one that the program prints."""

from click.testing import CliRunner

from bargaining.cli import cli
from bargaining.files.library import root

START, END = "<!-- games: begin -->\n", "<!-- games: end -->"


def test_no_drift() -> None:
    text = (root() / "README.md").read_text(encoding="utf-8")
    printed = CliRunner().invoke(cli, ["games", "table"])
    assert printed.exit_code == 0, printed.output
    kept = text.split(START)[1].split(END)[0]
    assert kept == printed.stdout, "run: bargaining games table, and replace the table in README.md"
