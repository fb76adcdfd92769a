"""The schema of a game file, as pydantic models; the JSON Schema is made from them.

The models say which keys exist and of what kind.  What depends on the rest of the file (shapes,
names of players and issues, formulas) is checked in :mod:`bargaining.files.build`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError, WithJsonSchema

from bargaining.files.expected_one_shot import (
    ExpectedCommunication,
    ExpectedSignal,
    ExpectedSignalling,
)
from bargaining.files.expected_schema import (
    Expected,
    ExpectedAgenda,
    ExpectedAt,
    ExpectedFrontier,
    ExpectedIssue,
    ExpectedMechanism,
    ExpectedSequential,
    ExpectedSettlement,
    ExpectedThreat,
    ExpectedThresholds,
    ExpectedVerdict,
    ExpectedWinSet,
)
from bargaining.files.schema_kinds import NumberLike, PayoffArray, StatusQuo, Table
from bargaining.model.spelling import show, suggestion

FORMAT = "bargaining-game/1"


class IssueTable(Table):
    """One issue: either ``actions`` (a normal form) or ``options``."""

    title: str = ""
    description: str = ""
    actions: dict[str, list[str]] | None = None
    options: list[str] | None = None
    payoffs: dict[str, PayoffArray] = Field(default_factory=dict)
    status_quo: StatusQuo = None
    visibility: dict[str, list[NumberLike]] = Field(default_factory=dict)


class SpilloverTable(Table):
    """Payoffs that come on top when the named outcomes occur together."""

    when: dict[str, StatusQuo]
    payoffs: dict[str, NumberLike]


class LinkTable(Table):
    """Two issues that may share a table."""

    between: list[str] = Field(min_length=2, max_length=2)
    negotiable: bool = True
    spillovers: list[SpilloverTable] = Field(default_factory=list)


Statements = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "type": "object",
            "description": "per issue an outcome, a list of outcomes, or an action per player",
            "additionalProperties": {
                "anyOf": [
                    {"type": "string"},
                    {"type": "array"},
                    {"type": "object", "additionalProperties": {"type": "string"}},
                ]
            },
        }
    ),
]


class ConstraintTable(Table):
    """Combinations that may not be agreed."""

    forbid: Statements | None = None
    if_: Statements | None = Field(default=None, alias="if")
    require: Statements | None = None
    at_most: int | None = None
    of: Statements | None = None


class PremiumTable(Table):
    """What cooperation that shows costs a player at home."""

    scale: NumberLike
    rate: NumberLike
    form: Literal["exponential", "linear", "quadratic"] = "exponential"
    audience: Literal["package", "national", "issue"] = "package"


class UtilityTable(Table):
    """What a player makes of his total payoff per period."""

    form: Literal["linear", "power", "exponential", "inverse"]
    parameter: NumberLike = 1


class TransfersTable(Table):
    """Side payments as one more issue; of each unit paid the payee receives ``efficiency``."""

    efficiency: NumberLike = 1


class CommitmentTable(Table):
    """Pairs of issues with conditional acts ("I act iff you act") in one-shot play."""

    pairs: list[Annotated[list[str], Field(min_length=2, max_length=2)]]


class TypesTable(Table):
    """One independent draw of private information; its payoffs replace those of the issue."""

    player: str
    labels: list[str] | None = None
    probability: list[NumberLike]
    payoffs: dict[str, dict[str, list[list[NumberLike]]]]


class ClaimTable(Table):
    """An assertion from a source, and the predicate that tests it."""

    says: str
    source: str
    holds_when: str
    note: str = ""
    over: dict[str, Annotated[list[NumberLike], Field(min_length=2, max_length=2)]] = Field(
        default_factory=dict
    )


class SourceTable(Table):
    """Where the story and the numbers come from."""

    text: str
    numbers: str = ""
    references: list[str] = Field(default_factory=list)


class GameFile(Table):
    """A game file (``format = "bargaining-game/1"``)."""

    format: Literal["bargaining-game/1"]
    title: str = ""
    question: str = ""
    players: list[str]
    issues: dict[str, IssueTable] = Field(default_factory=dict)
    worth: dict[str, NumberLike] = Field(default_factory=dict)
    links: list[LinkTable] | None = None
    parameters: dict[str, NumberLike] = Field(default_factory=dict)
    weights: dict[str, dict[str, NumberLike]] = Field(default_factory=dict)
    discount: dict[str, NumberLike] = Field(default_factory=dict)
    premium: dict[str, PremiumTable] = Field(default_factory=dict)
    floors: dict[str, NumberLike] = Field(default_factory=dict)
    caps: dict[str, NumberLike] = Field(default_factory=dict)
    vetoes: dict[str, list[str]] = Field(default_factory=dict)
    reservation: dict[str, NumberLike] = Field(default_factory=dict)
    transfers: TransfersTable | None = None
    commitment: CommitmentTable | None = None
    monitoring: dict[str, NumberLike] = Field(default_factory=dict)
    utility: dict[str, UtilityTable] = Field(default_factory=dict)
    types: list[TypesTable] = Field(default_factory=list)
    constraints: list[ConstraintTable] = Field(default_factory=list)
    source: SourceTable | None = None
    claims: list[ClaimTable] = Field(default_factory=list)
    expected: Expected = Field(default_factory=Expected)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the game file."""
    schema = GameFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def structural_problems(document: Mapping[str, Any]) -> list[tuple[tuple[Any, ...], str]]:
    """List what is wrong with the kinds and names of keys: (location, sentence) pairs."""
    try:
        GameFile.model_validate(document)
    except ValidationError as error:
        found: dict[tuple[Any, ...], str] = {}
        for item in error.errors(include_url=False, include_context=True):
            location = _without_tags(item["loc"])
            found.setdefault(location, _sentence(item, location))
        return list(found.items())
    return []


_KINDS = {
    "string_type": "a text",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
}


def _sentence(item: Mapping[str, Any], location: tuple[Any, ...]) -> str:
    kind, value = item["type"], item.get("input")
    if kind == "missing":
        return "expected a value, found none (this key is required)"
    if kind == "extra_forbidden":
        known = known_keys(location)
        hint = suggestion(str(location[-1]), known)
        return f"expected one of the keys {', '.join(known)}; found an unknown key{hint}"
    if kind == "literal_error":
        return f"expected {item['ctx']['expected']}, found {show(value)}"
    if kind in ("too_short", "too_long"):
        return f"expected two issues, found {len(value) if isinstance(value, list) else 0}"
    if kind in _KINDS:
        return f"expected {_KINDS[kind]}, found {show(value)}"
    return f"{item['msg'].lower()}, found {show(value)}"


def known_keys(location: tuple[Any, ...]) -> list[str]:
    """Keys that may stand where an unknown one was found."""
    model: type[BaseModel]
    match location:
        case ("issues", _, _):
            model = IssueTable
        case ("links", _, _):
            model = LinkTable
        case ("links", _, "spillovers", _, _):
            model = SpilloverTable
        case ("constraints", _, _):
            model = ConstraintTable
        case ("premium", _, _):
            model = PremiumTable
        case ("utility", _, _):
            model = UtilityTable
        case ("transfers", _):
            model = TransfersTable
        case ("types", _, _):
            model = TypesTable
        case ("commitment", _):
            model = CommitmentTable
        case ("claims", _, _):
            model = ClaimTable
        case ("source", _):
            model = SourceTable
        case ("expected", "issues", _, _) | ("expected", "at", _, "issues", _, _):
            model = ExpectedIssue
        case ("expected", "verdict", _) | ("expected", "at", _, "verdict", _):
            model = ExpectedVerdict
        case ("expected", "settlements", _, _) | ("expected", "at", _, "settlements", _, _):
            model = ExpectedSettlement
        case ("expected", "frontiers", _, _) | ("expected", "at", _, "frontiers", _, _):
            model = ExpectedFrontier
        case ("expected", "agenda", _) | ("expected", "at", _, "agenda", _):
            model = ExpectedAgenda
        case ("expected", "sequential", _, _) | ("expected", "at", _, "sequential", _, _):
            model = ExpectedSequential
        case ("expected", "threats", _, _) | ("expected", "at", _, "threats", _, _):
            model = ExpectedThreat
        case ("expected", "thresholds", _, _) | ("expected", "at", _, "thresholds", _, _):
            model = ExpectedThresholds
        case ("expected", "mechanisms", _, _) | ("expected", "at", _, "mechanisms", _, _):
            model = ExpectedMechanism
        case ("expected", "win_sets", _, _) | ("expected", "at", _, "win_sets", _, _):
            model = ExpectedWinSet
        case ("expected", "communication", _, _) | ("expected", "at", _, "communication", _, _):
            model = ExpectedCommunication
        case ("expected", "signalling", _) | ("expected", "at", _, "signalling", _):
            model = ExpectedSignalling
        case ("expected", "signalling", "equilibria", _, _) | (
            "expected",
            "at",
            _,
            "signalling",
            "equilibria",
            _,
            _,
        ):
            model = ExpectedSignal
        case ("expected", "at", _, _):
            model = ExpectedAt
        case ("expected", _):
            model = Expected
        case _:
            model = GameFile
    return [field.alias or name for name, field in model.model_fields.items()]


def _without_tags(location: tuple[Any, ...]) -> tuple[Any, ...]:
    """Drop the marks that pydantic adds for dictionary keys."""
    return tuple(part for part in location if part != "[key]")
