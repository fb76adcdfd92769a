"""The schema of a game file, as pydantic models; the JSON Schema is made from them.

The models say which keys exist and of what kind.  What depends on the rest of the file (shapes,
names of players and issues, formulas) is checked in :mod:`bargaining.files.build`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema

from bargaining.model.spelling import show, suggestion

FORMAT = "bargaining-game/1"
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


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class IssueTable(_Table):
    """One issue: either ``actions`` (a normal form) or ``options``."""

    title: str = ""
    description: str = ""
    actions: dict[str, list[str]] | None = None
    options: list[str] | None = None
    payoffs: dict[str, PayoffArray] = Field(default_factory=dict)
    status_quo: StatusQuo = None
    visibility: dict[str, list[NumberLike]] = Field(default_factory=dict)


class SpilloverTable(_Table):
    """Payoffs that come on top when the named outcomes occur together."""

    when: dict[str, StatusQuo]
    payoffs: dict[str, NumberLike]


class LinkTable(_Table):
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


class ConstraintTable(_Table):
    """Combinations that may not be agreed."""

    forbid: Statements | None = None
    if_: Statements | None = Field(default=None, alias="if")
    require: Statements | None = None
    at_most: int | None = None
    of: Statements | None = None


class PremiumTable(_Table):
    """What cooperation that shows costs a player at home."""

    scale: NumberLike
    rate: NumberLike
    form: Literal["exponential", "linear", "quadratic"] = "exponential"
    audience: Literal["package", "national", "issue"] = "package"


class UtilityTable(_Table):
    """What a player makes of his total payoff per period."""

    form: Literal["linear", "power", "exponential", "inverse"]
    parameter: NumberLike = 1


class TransfersTable(_Table):
    """Side payments as one more issue; of each unit paid the payee receives ``efficiency``."""

    efficiency: NumberLike = 1


class CommitmentTable(_Table):
    """Pairs of issues with conditional acts ("I act iff you act") in one-shot play."""

    pairs: list[Annotated[list[str], Field(min_length=2, max_length=2)]]


class ClaimTable(_Table):
    """An assertion from a source, and the predicate that tests it."""

    says: str
    source: str
    holds_when: str
    note: str = ""


class SourceTable(_Table):
    """Where the story and the numbers come from."""

    text: str
    numbers: str = ""
    references: list[str] = Field(default_factory=list)


class ExpectedIssue(_Table):
    """What must be found of one issue by itself."""

    status: Literal["mutual", "one_sided", "deadlock", "inert"] | None = None
    status_with_requirements: Literal["mutual", "one_sided", "deadlock", "inert"] | None = None
    exchange_rates: list[NumberLike] | None = None
    equilibria: list[dict[str, list[NumberLike]]] | None = None
    conflict_index: NumberLike = None


class ExpectedVerdict(_Table):
    """What the verdict must be, under Nash bargaining."""

    linking_breaks_deadlock: bool | None = None
    effect: str | None = None
    better_off: list[str] | None = None
    worse_off: list[str] | None = None


class ExpectedSettlement(_Table):
    """What a settlement must be; ``without`` takes issues off the table first."""

    solution: str = "nash"
    agenda: str = "linked"
    deals: Literal["shares", "pure"] = "shares"
    without: list[str] = Field(default_factory=list)
    require: list[str] = Field(default_factory=list)
    commit: list[str] | None = None
    status: Literal["agreement", "no_agreement"] | None = None
    gains: dict[str, NumberLike] = Field(default_factory=dict)
    transfers: dict[str, NumberLike] = Field(default_factory=dict)
    deal: dict[str, dict[str, NumberLike]] = Field(default_factory=dict)
    requirements: dict[str, dict[str, NumberLike]] = Field(default_factory=dict)
    conflict: list[str] | None = None


class ExpectedWinSet(_Table):
    """What a player can have ratified."""

    largest_depth: NumberLike | None = None
    cross_premium: NumberLike | None = None
    ratifiable: dict[str, list[NumberLike]] = Field(default_factory=dict)
    enlarges: bool | None = None
    shrinks: bool | None = None


class ExpectedThresholds(_Table):
    """Critical discount factors; "none" where no factor below 1 works."""

    agenda: str = "linked"
    without: list[str] = Field(default_factory=list)
    settlement: NumberLike = None
    full: NumberLike = None
    lottery: NumberLike = None
    any: NumberLike = None
    any_closed_form: str | None = None


class ExpectedFrontier(_Table):
    """Points of the frontier, in gains."""

    deals: Literal["shares", "pure"] = "shares"
    agenda: str = "linked"
    points: list[list[NumberLike]]


class ExpectedAgenda(_Table):
    """What the agenda game must find; ``equilibria`` are those without dominated voices."""

    solution: str = "nash"
    gains: dict[str, dict[str, NumberLike]] = Field(default_factory=dict)
    preferred: dict[str, list[str]] = Field(default_factory=dict)
    stable: list[str] | None = None
    equilibria: list[str] | None = None
    keystone: dict[str, dict[str, NumberLike]] = Field(default_factory=dict)
    most_missed: dict[str, list[str]] = Field(default_factory=dict)
    price_of_delinking: dict[str, NumberLike] = Field(default_factory=dict)
    keep_off: int | None = None
    bring_in: int | None = None


class ExpectedSequential(_Table):
    """What alternating offers over an order of packages must lead to."""

    order: str | None = None
    discount: NumberLike = None
    first: str | None = None
    implement: Literal["at_once", "at_end"] = "at_once"
    gains: dict[str, NumberLike] = Field(default_factory=dict)
    limit: dict[str, NumberLike] = Field(default_factory=dict)


class ExpectedUltimatum(_Table):
    """What a threatened player is asked for, and whether he would give in."""

    favour: str
    harm: NumberLike
    cost: NumberLike
    yields: bool


class ExpectedThreat(_Table):
    """An act that hurts another, and whether it would be carried out."""

    player: str
    act: str
    forgone: NumberLike
    credible: bool
    ultimatums: list[ExpectedUltimatum] = Field(default_factory=list)


class ExpectedAnswers(_Table):
    """Answers that the solver must find; the tests walk all games and compare."""

    issues: dict[str, ExpectedIssue] = Field(default_factory=dict)
    minimal_packages: list[list[str]] | None = None
    verdict: ExpectedVerdict | None = None
    settlements: list[ExpectedSettlement] = Field(default_factory=list)
    frontiers: list[ExpectedFrontier] = Field(default_factory=list)
    agenda: ExpectedAgenda | None = None
    sequential: list[ExpectedSequential] = Field(default_factory=list)
    threats: list[ExpectedThreat] | None = None
    win_sets: dict[str, ExpectedWinSet] = Field(default_factory=dict)
    thresholds: list[ExpectedThresholds] = Field(default_factory=list)


class ExpectedAt(ExpectedAnswers):
    """The same at other values of the parameters."""

    parameters: dict[str, NumberLike]


class Expected(ExpectedAnswers):
    """The ``[expected]`` table of a game file."""

    at: list[ExpectedAt] = Field(default_factory=list)


class GameFile(_Table):
    """A game file (``format = "bargaining-game/1"``)."""

    format: Literal["bargaining-game/1"]
    title: str = ""
    question: str = ""
    players: list[str]
    issues: dict[str, IssueTable]
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
    types: list[dict[str, Any]] = Field(default_factory=list)
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
