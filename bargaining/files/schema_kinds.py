"""What tables, numbers and payoffs in a game file are made of."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, WithJsonSchema

_NUMBER_SCHEMA = {
    "anyOf": [{"type": "number"}, {"type": "string"}],
    "description": 'a number, or an exact fraction or formula such as "9/4" or "2*w - 1/3"',
}
NumberLike = Annotated[Any, WithJsonSchema(_NUMBER_SCHEMA)]
PayoffArray = Annotated[
    Any,
    WithJsonSchema(
        {
            "description": "nested lists of numbers, one level per player who acts",
            "anyOf": [*_NUMBER_SCHEMA["anyOf"], {"type": "array"}],
        }
    ),
]
StatusQuo = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "object", "additionalProperties": {"type": "string"}},
            ],
            "description": "an option's label, or an action per player who acts",
        }
    ),
]


class Table(BaseModel):
    """A table of a file: no other keys, no conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
