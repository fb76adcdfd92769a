"""A phase diagram: for which delivered shares is there a package that helps both sides?

The sweep solves the same game at 41 x 41 points; the picture draws where the answer flips.

Run: python examples/sweep_phase_diagram.py [DIRECTORY]
"""

import sys
from pathlib import Path

import bargaining as bg
from bargaining.report.plots.style import save
from bargaining.report.plots.sweep_picture import sweep_picture


def main(directory: Path) -> None:
    """Sweep, check against the closed form, draw."""
    found = bg.sweep(
        bg.load("us_mexico/guns_for_fentanyl"),
        vary={"parameters.a": "0:1:41", "parameters.b": "0:1:41"},
        measure=["linked.mutual_gain", "linked.gains.mexico"],
        out=directory / "sweep",
    )
    table = found.read()
    deal = table["linked.mutual_gain"]
    assert (deal == (table["parameters.a"] * table["parameters.b"] > 2 / 5 + 1e-9)).all()
    print(f"a deal for both at {deal.sum()} of {found.rows} points: where a * b is above 2/5")

    picture = sweep_picture(directory / "sweep", z="linked.mutual_gain", title="Guns for fentanyl")
    save(picture, directory / "phase_diagram.svg")
    print(f"drawn: {directory / 'phase_diagram.svg'}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "phase_diagram"))
