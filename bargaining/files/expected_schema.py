"""The answers that a game file says the solver must find: ``[expected]``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bargaining.files.expected_one_shot import ExpectedCommunication, ExpectedSignalling
from bargaining.files.schema_kinds import NumberLike, Table


class ExpectedIssue(Table):
    """What must be found of one issue by itself."""

    status: Literal["mutual", "one_sided", "deadlock", "inert"] | None = None
    status_with_requirements: Literal["mutual", "one_sided", "deadlock", "inert"] | None = None
    exchange_rates: list[NumberLike] | None = None
    equilibria: list[dict[str, list[NumberLike]]] | None = None
    conflict_index: NumberLike = None


class ExpectedVerdict(Table):
    """What the verdict must be, under Nash bargaining."""

    linking_breaks_deadlock: bool | None = None
    effect: str | None = None
    better_off: list[str] | None = None
    worse_off: list[str] | None = None


class ExpectedSettlement(Table):
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


class ExpectedWinSet(Table):
    """What a player can have ratified."""

    largest_depth: NumberLike | None = None
    cross_premium: NumberLike | None = None
    ratifiable: dict[str, list[NumberLike]] = Field(default_factory=dict)
    enlarges: bool | None = None
    shrinks: bool | None = None


class ExpectedThresholds(Table):
    """Critical discount factors; "none" where no factor below 1 works."""

    agenda: str = "linked"
    without: list[str] = Field(default_factory=list)
    settlement: NumberLike = None
    full: NumberLike = None
    lottery: NumberLike = None
    any: NumberLike = None
    any_closed_form: str | None = None


class ExpectedFrontier(Table):
    """Points of the frontier, in gains."""

    deals: Literal["shares", "pure"] = "shares"
    agenda: str = "linked"
    points: list[list[NumberLike]]


class ExpectedAgenda(Table):
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


class ExpectedSequential(Table):
    """What alternating offers over an order of packages must lead to."""

    order: str | None = None
    discount: NumberLike = None
    first: str | None = None
    implement: Literal["at_once", "at_end"] = "at_once"
    gains: dict[str, NumberLike] = Field(default_factory=dict)
    limit: dict[str, NumberLike] = Field(default_factory=dict)


class ExpectedSensitive(Table):
    """The payoff that matters most, and where the verdict turns."""

    issue: str
    outcome: str
    player: str
    turns_at: NumberLike
    radius: NumberLike


class ExpectedRobustness(Table):
    """How far payoffs must move; the radius as a number or as p + q*sqrt(d)."""

    radius: NumberLike | None = None
    closed_form: str | None = None
    bracket: list[NumberLike] | None = None
    how: str | None = None
    ordinal: Literal["every", "some", "none"] | None = None
    most_sensitive: ExpectedSensitive | None = None


class ExpectedUltimatum(Table):
    """What a threatened player is asked for, and whether he would give in."""

    favour: str
    harm: NumberLike
    cost: NumberLike
    yields: bool


class ExpectedThreat(Table):
    """An act that hurts another, and whether it would be carried out."""

    player: str
    act: str
    forgone: NumberLike
    credible: bool
    ultimatums: list[ExpectedUltimatum] = Field(default_factory=list)


class ExpectedMechanism(Table):
    """What the best rule under private information must come to."""

    agenda: str = "linked"
    transfers: Literal["none", "expected", "ex_post"] = "none"
    rationality: Literal["interim", "ex_post", "none"] = "interim"
    incentive: Literal["bayesian", "dominant"] = "bayesian"
    objective: str = "total"
    copies: int = 1
    first_best: NumberLike = None
    second_best: NumberLike = None
    efficient: NumberLike = None
    gains: dict[str, NumberLike] = Field(default_factory=dict)


class ExpectedCoalitions(Table):
    """What coalitions are worth and how their gains divide; keys of worth join names by "+"."""

    utility: Literal["transferable", "nontransferable"] = "transferable"
    outsiders: Literal["status_quo", "minmax", "best_reply"] | None = None
    communication: str | None = None
    worth: dict[str, NumberLike] = Field(default_factory=dict)
    shapley: dict[str, NumberLike] = Field(default_factory=dict)
    nucleolus: dict[str, NumberLike] = Field(default_factory=dict)
    myerson: dict[str, NumberLike] = Field(default_factory=dict)
    core_empty: bool | None = None
    least_core: NumberLike = None


class ExpectedAnswers(Table):
    """Answers that the solver must find; the tests walk all games and compare."""

    issues: dict[str, ExpectedIssue] = Field(default_factory=dict)
    minimal_packages: list[list[str]] | None = None
    verdict: ExpectedVerdict | None = None
    settlements: list[ExpectedSettlement] = Field(default_factory=list)
    frontiers: list[ExpectedFrontier] = Field(default_factory=list)
    agenda: ExpectedAgenda | None = None
    sequential: list[ExpectedSequential] = Field(default_factory=list)
    threats: list[ExpectedThreat] | None = None
    coalitions: list[ExpectedCoalitions] = Field(default_factory=list)
    robustness: ExpectedRobustness | None = None
    win_sets: dict[str, ExpectedWinSet] = Field(default_factory=dict)
    thresholds: list[ExpectedThresholds] = Field(default_factory=list)
    mechanisms: list[ExpectedMechanism] = Field(default_factory=list)
    communication: list[ExpectedCommunication] = Field(default_factory=list)
    signalling: ExpectedSignalling | None = None


class ExpectedAt(ExpectedAnswers):
    """The same at other values of the parameters."""

    parameters: dict[str, NumberLike]


class Expected(ExpectedAnswers):
    """The ``[expected]`` table of a game file."""

    at: list[ExpectedAt] = Field(default_factory=list)
