"""Build the lesson pages: examples/lesson_*.html from the notebooks examples/lesson_*.py.

Run: python examples/build_lessons.py          writes the pages that are not current
     python examples/build_lessons.py --check  writes nothing; exit status 1 names such pages
"""

import runpy
import sys
from pathlib import Path

from bargaining.report.pages.lesson import Lesson, page

FOLDER = Path(__file__).resolve().parent


def lesson_of(notebook: Path) -> Lesson:
    """Run a notebook as marimo does and take the lesson that it defines."""
    _, defined = runpy.run_path(str(notebook))["app"].run()
    return defined["lesson"]


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check only compare them."""
    stale = []
    for notebook in sorted(FOLDER.glob("lesson_*.py")):
        built, file = page(lesson_of(notebook)), notebook.with_suffix(".html")
        if not file.is_file() or file.read_text(encoding="utf-8") != built:
            stale.append(file.name)
            if "--check" not in arguments:
                file.write_text(built, encoding="utf-8", newline="\n")
    if "--check" not in arguments:
        print("written:", ", ".join(stale) or "nothing, all pages are current")
        return 0
    if stale:
        print("not current:", ", ".join(stale), "(run python examples/build_lessons.py)")
        return 1
    print("all pages are current")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
