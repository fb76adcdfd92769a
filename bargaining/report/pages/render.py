"""Turning templates into one self-contained HTML file.

Everything is escaped unless this package wrote it; style and script stand in the file, and a
content security policy in its head forbids the browser to fetch anything at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from bargaining import __version__
from bargaining.model.spelling import printable
from bargaining.report.pages.words import Words

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, speak: Words, **context: Any) -> str:
    """Return a page.

    Parameters
    ----------
    template : str
        Its file, such as ``"report.html.j2"``.
    speak : Words
        The language; ``w`` in the template.
    **context : object
        What else the template reads.
    """
    page = _environment().get_template(template)
    text = page.render(w=speak, language=speak.language, version=__version__, **context)
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip()) + "\n"


def markdown(text: str) -> Markup:
    """Return a text in Markdown as HTML; raw HTML in it is shown, not obeyed, and links are text.

    Tables scroll by themselves where the screen is narrow.

    >>> print(markdown("*Why?* <script>"))
    <p><em>Why?</em> &lt;script&gt;</p>
    <BLANKLINE>
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "link"])
    html = parser.render(text)
    html = html.replace("<table>", '<div class="scroll" tabindex="0"><table>')
    return Markup(html.replace("</table>", "</table></div>"))


def inline_svg(text: str) -> Markup:
    """Return a picture that this package drew, to stand in a page."""
    return Markup(text[text.index("<svg") :])


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    found = Environment(
        loader=PackageLoader("bargaining.report.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["markdown"] = markdown
    found.filters["printable"] = printable
    found.globals["asset"] = _asset
    return found


def _asset(name: str) -> Markup:
    """Return a style sheet or script of this package."""
    folder = files("bargaining.report.pages").joinpath("templates")
    return Markup(folder.joinpath(name).read_text(encoding="utf-8"))


def as_json(data: Mapping[str, Any]) -> Markup:
    r"""Return data for a script element: nothing in it can end the element.

    >>> print(as_json({"name": "</script>"}))
    {"name":"\u003c/script\u003e"}
    """
    import json

    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)
