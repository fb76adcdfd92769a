"""Reading game files: TOML, and JSON with the same schema.

Decimals are read exactly.  Files are untrusted: sizes and nesting are bounded before anything
is built, and every failure is one :class:`~bargaining.errors.GameFileError`.
"""

from __future__ import annotations

import json
import re
import tomllib
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from bargaining.errors import GameFileError

MAX_BYTES = 32 * 1024 * 1024
MAX_NESTING = 50
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_LONG_KEY = re.compile(r"(?<![\w\-])(?:[\w\-]++[ \t]*+\.[ \t]*+){50}")


def read_text(path: Path) -> str:
    """Read a file as UTF-8 text, or say in one line why it cannot be read."""
    return decode(read_bytes(path), str(path))


def read_bytes(path: Path) -> bytes:
    """Read a file of bounded size, or say in one line why it cannot be read."""
    name = str(path)
    try:
        if path.is_dir():
            raise GameFileError(name, ["expected a game file, found a directory"])
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise GameFileError(name, [f"cannot be read: {reason}"]) from None
    if len(data) > MAX_BYTES:
        limit = f"{MAX_BYTES // 2**20} MiB"
        raise GameFileError(name, [f"expected at most {limit}, found more"])
    return data


def decode(data: bytes, name: str) -> str:
    """Decode UTF-8, or name the first byte that is not."""
    if b"\x00" in data[:4096]:
        raise GameFileError(name, ["expected a text file, found binary data"])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"line {line}: expected UTF-8 text, found the byte 0x{data[error.start]:02x}"
        raise GameFileError(name, [message]) from None


def parse(text: str, name: str, style: str) -> dict[str, Any]:
    """Parse TOML or JSON text into plain data with exact decimals."""
    if len(text) > MAX_BYTES:
        raise GameFileError(name, [f"expected at most {MAX_BYTES:,} characters"])
    document = _json(text, name) if style == "json" else _toml(text, name)
    if _SURROGATE.search(text) and _has_surrogate(document):
        raise GameFileError(name, ["expected Unicode text, found half a surrogate pair"])
    if not isinstance(document, dict):
        found = "a list" if isinstance(document, list) else "a single value"
        raise GameFileError(name, [f"expected a table of keys, found {found}"])
    return document


def _has_surrogate(value: Any) -> bool:
    """Whether a text holds a code point that no encoding can write."""
    if isinstance(value, str):
        return any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, dict):
        return any(_has_surrogate(k) or _has_surrogate(v) for k, v in value.items())
    return isinstance(value, list) and any(_has_surrogate(item) for item in value)


def _toml(text: str, name: str) -> Any:
    if _LONG_KEY.search(text):
        raise GameFileError(name, [_too_deep()])
    try:
        return tomllib.loads(text, parse_float=_decimal)
    except tomllib.TOMLDecodeError as error:
        raise GameFileError(name, [f"not valid TOML: {_tidy(error)}"]) from None
    except RecursionError:
        raise GameFileError(name, [_too_deep()]) from None
    except ValueError as error:
        raise GameFileError(name, [f"not valid TOML: {_tidy(error)}"]) from None


def _json(text: str, name: str) -> Any:
    duplicates: list[str] = []

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in pairs:
            if key in result:
                duplicates.append(key)
            result[key] = value
        return result

    try:
        document = json.loads(
            text, parse_float=_decimal, parse_constant=_decimal, object_pairs_hook=table
        )
    except RecursionError:
        raise GameFileError(name, [_too_deep()]) from None
    except ValueError as error:
        raise GameFileError(name, [f"not valid JSON: {_tidy(error)}"]) from None
    if duplicates:
        problems = [f"{key}: expected each key once, found it twice" for key in duplicates[:20]]
        raise GameFileError(name, problems)
    return document


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text.replace("_", ""))
    except InvalidOperation:
        return Decimal("nan")


def _tidy(error: Exception) -> str:
    message = " ".join(str(error).split()).partition("; use sys.")[0]
    return "".join(c if c.isprintable() else "?" for c in message)[:200]


def _too_deep() -> str:
    return f"expected tables and lists nested at most {MAX_NESTING} deep, found deeper ones"
