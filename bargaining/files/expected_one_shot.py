"""What a game file says of one-shot play with private types: mediators and signals."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bargaining.files.schema_kinds import NumberLike, Table


class ExpectedCommunication(Table):
    """What the best communication equilibrium must be; all issues linked unless one is named."""

    issue: str | None = None
    coarse: bool = False
    objective: str = "total"
    value: NumberLike = None
    payoffs: dict[str, NumberLike] = Field(default_factory=dict)
    interim: dict[str, dict[str, NumberLike]] = Field(default_factory=dict)


class ExpectedSignal(Table):
    """One equilibrium of a signalling game; others may share its messages."""

    kind: Literal["separating", "pooling", "partially pooling"]
    messages: dict[str, str]
    responses: dict[str, str]
    intuitive: bool
    payoffs: dict[str, NumberLike] = Field(default_factory=dict)
    beliefs: dict[str, dict[str, list[NumberLike]]] = Field(default_factory=dict)


class ExpectedSignalling(Table):
    """All pure equilibria of a signalling game, in any order."""

    sender_issue: str | None = None
    receiver_issue: str | None = None
    equilibria: list[ExpectedSignal]
