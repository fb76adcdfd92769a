"""Every bundled game keeps to the published schema, as TOML and as JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from typing import Any

import jsonschema
import pytest

import bargaining as bg
from bargaining.files.build import build
from bargaining.files.library import bundled
from bargaining.files.schema import json_schema
from bargaining.files.toml import parse, read_text


@cache
def validator() -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


@pytest.mark.parametrize("name", bundled())
def test_file_matches_the_published_schema(name: str) -> None:
    document = parse(read_text(bundled()[name]), name, "toml")
    plain = _floats(document)
    validator().validate(plain)
    assert document["source"]["text"]
    assert "numbers" in document["source"]


@pytest.mark.parametrize("name", bundled())
def test_json_twin_gives_the_same_game(name: str) -> None:
    document = _floats(parse(read_text(bundled()[name]), name, "toml"))
    twin = build(parse(json.dumps(document), name, "json"), name)
    original = bg.load(name)
    assert twin.players == original.players
    for issue, other in zip(twin.issues.values(), original.issues.values(), strict=True):
        assert issue.outcomes == other.outcomes
        assert (issue.exact_payoffs == other.exact_payoffs).all()


def _floats(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {k: _floats(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_floats(v) for v in value]
    return value
