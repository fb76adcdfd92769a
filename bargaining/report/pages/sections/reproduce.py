"""How to get every number of the report again: commands, Python, the game file."""

from __future__ import annotations

import shlex

from bargaining.errors import BargainingError
from bargaining.files.document import document_of
from bargaining.files.layout import toml_text
from bargaining.model.spelling import printable
from bargaining.report.pages.blocks import Block, Listing, Paragraph
from bargaining.report.pages.study import Study

MAX_TEXT = 40_000
"""Game files of at most so many characters are shown."""
MAX_SHORT = 0xFFFF


def reproduce(study: Study) -> list[Block]:
    """Return the commands, the same in Python, and the file without the answers it expects."""
    say, game = study.say, study.game
    blocks: list[Block] = [Paragraph(say("report_reproduce.intro"))]
    blocks.append(Listing(say("report_reproduce.commands"), printable_lines(commands(study))))
    blocks.append(Listing(say("report_reproduce.python"), printable_lines(python(study))))
    try:
        document = document_of(game)
        text = toml_text({key: part for key, part in document.items() if key != "expected"})
    except BargainingError:
        return blocks
    if len(text) > MAX_TEXT:
        return [*blocks, Paragraph(say("report_reproduce.long", found=len(text)), "faint")]
    return [*blocks, Listing(say("report_reproduce.file"), escaped(text), folded=True)]


def printable_lines(lines: list[str]) -> str:
    """Return lines without signs that cannot be seen."""
    return "\n".join(printable(line) for line in lines)


def escaped(text: str) -> str:
    r"""Write signs that cannot be seen, or turn the direction of writing, as TOML escapes.

    >>> escaped('title = "a\u202eb"')
    'title = "a\\u202Eb"'
    """
    return "".join(
        sign
        if sign.isprintable() or sign == "\n"
        else f"\\u{ord(sign):04X}" if ord(sign) <= MAX_SHORT else f"\\U{ord(sign):08X}"
        for sign in text
    )  # fmt: skip


def commands(study: Study) -> list[str]:
    """Return what to type, section by section."""
    game, how = study.game, study.manner
    where = shlex.quote(study.source)
    settings = "".join(f" --set {shlex.quote(one)}" for one in study.settings)
    solution = "" if how.solution == "nash" else f" --solution {how.solution}"
    asked = "" if how.deals == "shares" else f" --deals {how.deals}"
    asked += "".join(f" --require {shlex.quote(one)}" for one in how.require)
    manner = solution + asked
    if not game.issues:
        return [f"bargaining coalitions {where}{settings}"]
    lines = [f"bargaining solve {where}{manner}{settings}"]
    lines.append(f"bargaining settle {where} --solution egalitarian{asked}{settings}")
    if not game.reserved:
        lines.append(f"bargaining packages {where}{asked}{settings}")
        if not asked:  # these two know neither option
            lines.append(f"bargaining enforce {where}{solution}{settings}")
            lines.append(f"bargaining robust {where}{settings}")
        lines.append(f"bargaining agenda {where}{manner}{settings}")
    if game.ratification:
        lines.append(f"bargaining ratify {where}{settings}")
    if game.draws:
        if not game.channels.get("transfers"):
            lines.append(f"bargaining mechanism {where}{settings}")
        lines.append(f"bargaining mechanism {where} --transfers expected{settings}")
    if len(game.interested) > 2:
        lines.append(f"bargaining coalitions {where}{settings}")
    if game.document.get("claims"):
        lines.append(f"bargaining claims {where}{settings}")
    return lines


def python(study: Study) -> list[str]:
    """Return the same in a few lines of Python."""
    how = study.manner
    parameters = {
        key.strip(): value.strip()
        for key, _, value in (one.partition("=") for one in study.settings)
    }
    extra = f", parameters={parameters!r}" if parameters else ""
    asked = "" if how.solution == "nash" else f", solution={how.solution!r}"
    asked += "" if how.deals == "shares" else f", deals={how.deals!r}"
    asked += f", require={how.require!r}" if how.require else ""
    lines = ["import bargaining", f"game = bargaining.load({study.source!r}{extra})"]
    if not study.game.issues:
        return [*lines, "answer = bargaining.coalitions(game)", "print(answer.shapley)",
                "answer.verify()"]  # fmt: skip
    return [*lines, f"answer = bargaining.solve(game{asked})", "print(answer)",
            "answer.verify()"]  # fmt: skip
