"""The look of written game files: TOML and JSON with lists on as few lines as are readable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

WIDTH = 96


def toml_text(document: Mapping[str, Any]) -> str:
    """Write a document as TOML.

    >>> print(toml_text({"players": ["us", "mexico"], "payoffs": {"us": [[0, 1], [2, "1/3"]]}}))
    players = ["us", "mexico"]
    <BLANKLINE>
    [payoffs]
    us = [[0, 1], [2, "1/3"]]
    <BLANKLINE>
    """
    import tomli_w

    return folded(tomli_w.dumps(_without_nothing(document)))


def json_text(document: Mapping[str, Any]) -> str:
    """Write a document as JSON.

    >>> print(json_text({"players": ["us", "mexico"]}), end="")
    {
      "players": ["us", "mexico"]
    }
    """
    text = json.dumps(document, indent=2, ensure_ascii=False, default=_plain_json)
    return folded(text) + "\n"


def folded(text: str) -> str:
    """Put lists on one line where they fit, and several numbers or labels on a line otherwise.

    Works on the output of writers that put one item on a line and never break a text.
    """
    done: list[str] = []
    starts: list[int] = []
    nested: list[bool] = []
    for line in text.splitlines():
        bare = line.strip()
        if starts and bare in ("]", "],"):
            start, deep = starts.pop(), nested.pop()
            block = [item.strip() for item in done[start + 1 :]]
            one = done[start] + " ".join(block).removesuffix(",") + bare
            if not deep and len(one) <= WIDTH:
                del done[start:]
                done.append(one)
                continue
            if not deep:
                indent = done[start + 1][: -len(block[0])]
                done[start + 1 :] = _filled(block, indent)
            nested[:] = [True] * len(nested)
        elif line.endswith("["):
            starts.append(len(done))
            nested.append(False)
        elif line.endswith("{") or bare.startswith("}"):
            nested[:] = [True] * len(nested)
        done.append(line)
    return "\n".join(done) + ("\n" if text.endswith("\n") else "")


def _filled(items: list[str], indent: str) -> list[str]:
    """Fill lines with items; one that is a list itself has a line of its own."""
    lines: list[str] = []
    for item in items:
        alone = item.startswith("[") or (lines and lines[-1].lstrip().startswith("["))
        if lines and not alone and len(lines[-1]) + 1 + len(item) <= WIDTH:
            lines[-1] += " " + item
        else:
            lines.append(indent + item)
    return lines


def _without_nothing(value: Any) -> Any:
    """Leave out keys without a value, which JSON can write and TOML cannot."""
    if isinstance(value, Mapping):
        return {k: _without_nothing(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [_without_nothing(item) for item in value]
    return value


def _plain_json(value: Any) -> Any:
    """Write a decimal as a JSON number where that is exact, and anything else as text."""
    if isinstance(value, Decimal) and value.is_finite():
        close = float(value)
        if Decimal(repr(close)) == value:
            return close
    return str(value)
