"""From a game back to the document of a game file.

A game that was read from a file keeps its document (formulas, claims and expected answers
included) as long as that still says what the game is; every other game is written from its
data, exactly.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import BargainingError, InputError
from bargaining.files.build import build
from bargaining.files.numerals import plain
from bargaining.files.schema import FORMAT
from bargaining.model.constraints import Constraint
from bargaining.model.expressions import number
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue
from bargaining.model.links import Link
from bargaining.model.transfers import without_transfers


def document_of(game: LinkageGame) -> dict[str, Any]:
    """Return the document of a game file that holds this game.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]]], players=["us", "mexico"])
    >>> document_of(game)["issues"]["0"]
    {'options': ['0', '1'], 'payoffs': {'us': [0, -4], 'mexico': [0, 6]}, 'status_quo': '0'}
    """
    bare = without_transfers(game)
    return _kept(bare) or _from_data(bare)


def same_game(first: LinkageGame, second: LinkageGame) -> bool:
    """Whether two games have the same players, labels, payoffs, status quo, links and channels."""
    if first.players != second.players or list(first.issues) != list(second.issues):
        return False
    pairs = zip(first.issues.values(), second.issues.values(), strict=True)
    return (
        all(_same_issue(a, b) and a.status_quo_index == b.status_quo_index for a, b in pairs)
        and _same_links(first.links, second.links)
        and dict(first.discount) == dict(second.discount)
        and dict(first.channels) == dict(second.channels)
    )


def _same_issue(first: Issue, second: Issue) -> bool:
    """Whether all but the status quo is the same."""
    return (
        (dict(first.actions), first.options) == (dict(second.actions), second.options)
        and np.array_equal(first.exact_payoffs, second.exact_payoffs)
        and dict(first.visibility) == dict(second.visibility)
    )


def _same_links(first: tuple[Link, ...] | None, second: tuple[Link, ...] | None) -> bool:
    if first is None or second is None:
        return first is second
    return len(first) == len(second) and all(
        (a.between, a.negotiable) == (b.between, b.negotiable)
        and _same_table(a.spillovers, b.spillovers)
        for a, b in zip(first, second, strict=True)
    )


def _same_table(first: NDArray[Any] | None, second: NDArray[Any] | None) -> bool:
    """Whether spillovers are the same; none at all are the same as zeros."""
    if first is None or second is None:
        return not any(table is not None and np.any(table != 0) for table in (first, second))
    return np.array_equal(first, second)


def _kept(game: LinkageGame) -> dict[str, Any] | None:
    """Return the document that the game was read from, brought up to date; None if it differs."""
    if not game.document:
        return None
    document: dict[str, Any] = copy.deepcopy(dict(game.document))
    try:
        _set_parameters(document, game.parameters)
        again = build(document, "the document")
        for name, issue in game.issues.items():
            if again.issues[name].status_quo_index is None and issue.status_quo_index is not None:
                document["issues"][name]["status_quo"] = _status_quo(issue)
        return document if same_game(build(document, "the document"), game) else None
    except (BargainingError, KeyError):
        return None


def _set_parameters(document: dict[str, Any], values: Mapping[str, Fraction]) -> None:
    """Write the parameters that were replaced on loading; formulas that still hold stay.

    Expected answers are those of the original parameters, and go.
    """
    earlier: dict[str, Fraction] = {}
    stated = document.get("parameters") or {}
    for name, given in stated.items():
        try:
            unchanged = number(given, earlier) == values[name]
        except InputError:
            unchanged = False
        if not unchanged:
            stated[name] = plain(values[name])
            document.pop("expected", None)
        earlier[name] = values[name]


def _from_data(game: LinkageGame) -> dict[str, Any]:
    document: dict[str, Any] = {"format": FORMAT}
    if game.title:
        document["title"] = game.title
    document["players"] = list(game.players)
    if game.discount:
        document["discount"] = _written(game.discount)
    for key, value in game.channels.items():
        if key not in ("constraints", "types"):
            document[key] = _written(value)
    if game.constraints:
        document["constraints"] = [_constraint(game, rule) for rule in game.constraints]
    if game.draws:
        document["types"] = [
            {
                "player": draw.player,
                "labels": list(draw.labels),
                "probability": _written(draw.probability),
                "payoffs": _written(draw.payoffs),
            }
            for draw in game.draws
        ]
    document["issues"] = {name: _issue(issue) for name, issue in game.issues.items()}
    if game.links is not None:
        document["links"] = [_link(game, link) for link in game.links]
    return document


def _constraint(game: LinkageGame, rule: Constraint) -> dict[str, Any]:
    statements = {
        name: [_outcome(game.issues[name], a) for a in sorted(outcomes)]
        for name, outcomes in rule.statements
    }
    if rule.limit == len(rule.statements) - 1:
        return {"forbid": statements}
    return {"at_most": rule.limit, "of": statements}


def _written(value: Any) -> Any:
    """Return data of a channel with exact numbers as a file states them."""
    if isinstance(value, Fraction):
        return plain(value)
    if isinstance(value, Mapping):
        return {key: _written(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_written(item) for item in value]
    return value


def _issue(issue: Issue) -> dict[str, Any]:
    entry: dict[str, Any] = {"title": issue.title} if issue.title else {}
    if issue.is_options:
        entry["options"] = list(issue.options)
    else:
        entry["actions"] = {player: list(labels) for player, labels in issue.actions.items()}
    written = np.frompyfunc(plain, 1, 1)(issue.exact_payoffs)
    entry["payoffs"] = {
        player: written[:, i].reshape(issue.shape).tolist()
        for i, player in enumerate(issue.players)
    }
    if issue.status_quo_index is not None:
        entry["status_quo"] = _status_quo(issue)
    if issue.visibility:
        entry["visibility"] = _written(issue.visibility)
    return entry


def _status_quo(issue: Issue) -> str | dict[str, str]:
    assert issue.status_quo_index is not None
    return _outcome(issue, issue.status_quo_index)


def _outcome(issue: Issue, index: int) -> str | dict[str, str]:
    """Return how a file names an outcome."""
    if issue.is_options:
        return issue.options[index]
    places = np.unravel_index(index, issue.shape)
    pairs = zip(issue.actions.items(), places, strict=True)
    return {player: labels[int(place)] for (player, labels), place in pairs}


def _link(game: LinkageGame, link: Link) -> dict[str, Any]:
    entry: dict[str, Any] = {"between": list(link.between)}
    if not link.negotiable:
        entry["negotiable"] = False
    if link.spillovers is not None:
        first, second = (game.issues[name] for name in link.between)
        cells = np.argwhere(np.any(link.spillovers != 0, axis=2))
        entry["spillovers"] = [
            {
                "when": {first.name: _outcome(first, a), second.name: _outcome(second, b)},
                "payoffs": {
                    player: plain(value)
                    for player, value in zip(game.players, link.spillovers[a, b], strict=True)
                    if value
                },
            }
            for a, b in cells.tolist()
        ]
    return entry
