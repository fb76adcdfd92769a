"""The catalogue: every text in every language, with the same named places, and none unused."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

import bargaining
from bargaining.errors import InputError
from bargaining.report.pages.words import Language, Words, catalogue, words

PACKAGE = Path(bargaining.__file__).parent
KEYS = sorted(catalogue())


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def written() -> str:
    found = [p for suffix in ("py", "j2") for p in PACKAGE.rglob(f"*.{suffix}")]
    return "\n".join(p.read_text(encoding="utf-8") for p in found)


@pytest.mark.parametrize("key", KEYS)
def test_every_language_says_it_with_the_same_places(key):
    entry = catalogue()[key]
    assert sorted(entry) == sorted(get_args(Language))
    texts = list(entry.values())
    assert all(text.strip() for text in texts)
    assert len({frozenset(places(text)) for text in texts}) == 1, key


def test_no_text_is_unused():
    source = written()
    named = set(re.findall(r"[\"'](\w+\.\w+)[\"']", source))
    built = set(re.findall(r"f[\"'](\w+)\.\{", source))
    loose = set(re.findall(r"[\"'](\w+)[\"']", source))
    unused = [
        key
        for key in KEYS
        if key not in named
        and not (key.partition(".")[0] in built and key.partition(".")[2] in loose)
    ]
    assert unused == []


def test_every_text_asked_for_is_there():
    asked = set(re.findall(r"\b(?:w|speak|say)\(\s*[\"'](\w+\.\w+)[\"']", written()))
    assert asked
    assert sorted(asked - set(KEYS)) == []


def test_an_unknown_language_is_named():
    with pytest.raises(InputError, match="expected one of en, es, found"):
        words("fr")


def test_values_cannot_smuggle_control_characters():
    assert "\x1b" not in Words("en")("list.and", first="a\x1b[31m", last="b")
