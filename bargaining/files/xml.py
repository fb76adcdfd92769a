"""XML from strangers: no document types, no entities, bounded size and depth, lines for messages.

The tree is as plain as the readers need: names in lower case and without name spaces, white
space around attribute values kept for the reader to judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bargaining.errors import GameFileError
from bargaining.files.toml import MAX_NESTING, read_bytes

MAX_ELEMENTS = 500_000


@dataclass(eq=False)
class Element:
    """One element of a document.

    Attributes
    ----------
    tag : str
    attributes : dict of str to str
    line : int
    children : list of Element
    """

    tag: str
    attributes: dict[str, str]
    line: int
    children: list[Element] = field(default_factory=list)

    def get(self, name: str) -> str | None:
        """Return an attribute without surrounding white space; None if missing or empty."""
        return self.attributes.get(name, "").strip() or None

    def inner(self, tag: str) -> list[Element]:
        """Return the direct children of a name."""
        return [child for child in self.children if child.tag == tag]

    def walk(self) -> Iterator[Element]:
        """Yield this element and all inside it, in the order of the file."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))


class _Builder:
    """Receives the parser's events; keeps lines, and stops at the bounds."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0
        self.line: Callable[[], int] = lambda: 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MAX_ELEMENTS:
            msg = f"line {self.line()}: expected at most {MAX_ELEMENTS:,} elements, found more"
            raise _LimitError(msg)
        if len(self.open) >= MAX_NESTING:
            msg = (
                f"line {self.line()}: expected elements nested at most {MAX_NESTING} deep, "
                "found deeper ones"
            )
            raise _LimitError(msg)
        lowered = {_local(name): value for name, value in attributes.items()}
        element = Element(_local(tag), lowered, self.line())
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, tag: str) -> None:
        self.open.pop()

    def data(self, text: str) -> None:
        pass

    def close(self) -> Element | None:
        return self.root


class _LimitError(Exception):
    pass


def read_xml(path: Path) -> Element:
    """Read an XML file, or say in one line why it is refused."""
    return parse_xml(read_bytes(path), str(path))


def parse_xml(data: bytes, name: str) -> Element:
    """Parse XML; document types and entities are refused, never expanded.

    Examples
    --------
    >>> root = parse_xml(b'<a><Item Value=" x "/></a>', "profile.xml")
    >>> root.tag, root.children[0].tag, root.children[0].get("value"), root.children[0].line
    ('a', 'item', 'x', 1)
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    builder = _Builder()
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    builder.line = lambda: int(parser.parser.CurrentLineNumber)
    try:
        parser.feed(data.lstrip())
        root = parser.close()
    except DefusedXmlException:
        problem = (
            f"line {builder.line()}: expected XML without document type and entities, "
            "found a declaration; remove it"
        )
    except _LimitError as error:
        problem = str(error)
    except ParseError as error:
        what = " ".join(str(error).split(":")[0].split())
        problem = f"line {error.position[0]}: not valid XML: {what}"
    except (LookupError, ValueError) as error:
        problem = f"not valid XML: {' '.join(str(error).split())[:100]}"
    else:
        assert isinstance(root, Element)
        return root
    raise GameFileError(name, [problem])


def _local(name: str) -> str:
    """Return a name without its name space, in lower case."""
    return name.rpartition("}")[2].lower()
