"""A draft deal: reading one by name, and the game as it looks from there.

From a draft the question starts again: what would help everyone *more*?  The game seen from a
draft has the draft as its status quo, so that exchange rates, packages and settlements of that
game say what each side would still trade.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError
from bargaining.model.array_issues import ArrayIssues
from bargaining.model.constraints import Constraint
from bargaining.model.deal import Deal, Shares, together
from bargaining.model.expressions import number
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue
from bargaining.model.links import Link
from bargaining.model.spelling import show, suggestion
from bargaining.results import Number

DRAFT = "as drafted"
ROUNDING = Fraction(1, 10**9)
"""Shares that add up to 1 up to this much are taken to add up to 1."""


class DraftError(InputError):
    """A draft deal does not fit the game; ``problems`` lists everything wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def read_draft(
    game: LinkageGame, draft: Mapping[str, Any], joint: Sequence[Mapping[str, Any]] = ()
) -> Deal:
    """Turn a draft by names into a deal.

    Parameters
    ----------
    game : LinkageGame
    draft : mapping of issue name to outcome
        An outcome's name, a table of shares by outcome (adding up to 1; what is missing to 1
        stays at the status quo), or an action per player for a normal form.  Issues left out
        stay at the status quo.
    joint : sequence of mapping
        How several issues go together, as a settlement's ``together`` states it: ``issues``, and
        ``packages`` with ``share`` and ``outcomes``.  Other issues are independent.

    Raises
    ------
    DraftError
        With everything that is wrong.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> read_draft(game, {"0": {"1": "1/2"}}).marginal(0)
    {1: Fraction(1, 2), 0: Fraction(1, 2)}
    """
    if not isinstance(draft, Mapping):
        msg = f"draft: expected a table of issues and what is agreed on each, found {show(draft)}"
        raise InputError(msg)
    problems: list[str] = []
    outcomes = game.origin.copy()
    shares: dict[int, Shares] = {}
    known = list(game.issue_names[:10_000])
    for name, given in draft.items():
        if name not in game.issues:
            problems.append(
                f"{name}: expected an issue of the game ({', '.join(known[:20])})"
                f"{suggestion(str(name), known)}"
            )
            continue
        k, issue = game.position(name), game.issues[name]
        lottery = _lottery(issue, given, int(game.origin[k]), problems, named=not game.reserved)
        if len(lottery) == 1:
            outcomes[k] = next(iter(lottery))
        elif lottery:
            shares[k] = lottery
    if game.reserved:
        missing = [name for name in known if name not in draft]
        if missing:
            problems.append(f"{missing[0]}: expected an outcome, since no status quo is known")
    tied = _joint(game, joint, problems)
    for scope, packages in tied.items():
        for side, k in enumerate(scope):
            total: dict[int, Number] = {}
            for joint_outcome, share in packages.items():
                outcome = joint_outcome[side]
                total[outcome] = total.get(outcome, Fraction(0)) + share
            shares[k] = total
    if problems:
        raise DraftError(problems)
    return Deal(outcomes, shares, tied)


def _joint(
    game: LinkageGame, groups: Sequence[Mapping[str, Any]], problems: list[str]
) -> dict[tuple[int, ...], dict[tuple[int, ...], Number]]:
    """Read lotteries over joint outcomes."""
    found: dict[tuple[int, ...], dict[tuple[int, ...], Number]] = {}
    seen: set[int] = set()
    for number_, group in enumerate(groups):
        place = f"together[{number_}]"
        try:
            names = [str(name) for name in group["issues"]]
            places = [game.position(name) for name in names]
            order = sorted(range(len(names)), key=places.__getitem__)
            lottery: dict[tuple[int, ...], Number] = {}
            for package in group["packages"]:
                labels = package["outcomes"]
                chosen = [
                    game.issues[name].outcome(label)
                    for name, label in zip(names, labels, strict=True)
                ]
                key = tuple(chosen[i] for i in order)
                share = number(package["share"])
                if share < 0:
                    msg = f"expected shares of at least 0, found {share}"
                    raise InputError(msg)
                lottery[key] = lottery.get(key, Fraction(0)) + share
            whole = sum((Fraction(v) for v in lottery.values()), start=Fraction(0))
            if abs(whole - 1) > ROUNDING:
                msg = f"expected shares that add up to 1, found {float(whole):g}"
                raise InputError(msg)
        except InputError as error:
            problems.append(f"{place}: {error}")
        except (KeyError, TypeError, ValueError):
            problems.append(f"{place}: expected issues, and packages with share and outcomes")
        else:
            scope = tuple(places[i] for i in order)
            exact = all(isinstance(p["share"], (str, int, Fraction)) for p in group["packages"])
            total = whole if exact else float(whole)
            if len(scope) == 2 or not seen.intersection(scope):
                found[scope] = {key: share / total for key, share in lottery.items()}
            seen.update(scope)
    return found


def _lottery(
    issue: Issue, given: Any, origin: int, problems: list[str], *, named: bool
) -> dict[int, Number]:
    """Read one issue's part of a draft; empty if something is wrong."""
    if isinstance(given, str):
        outcome = _outcome(issue, given, problems)
        return {} if outcome is None else {outcome: Fraction(1)}
    if not isinstance(given, Mapping):
        problems.append(f"{issue.name}: expected an outcome or shares, found {show(given)}")
        return {}
    if issue.actions and given and all(player in issue.actions for player in given):
        chosen = dict(
            zip(issue.actions, np.unravel_index(origin, issue.shape), strict=True)
        )  # players left out keep to the status quo
        for player, label in given.items():
            labels = issue.actions[player]
            if label not in labels:
                shown = ", ".join(show(other) for other in labels[:20])
                hint = suggestion(str(label), labels)
                place = f"{issue.name}.{player}"
                problems.append(f"{place}: expected one of {shown}, found {show(label)}{hint}")
                return {}
            chosen[player] = np.intp(labels.index(label))
        return {int(np.ravel_multi_index(list(chosen.values()), issue.shape)): Fraction(1)}
    lottery: dict[int, Fraction] = {}
    for label, share in given.items():
        outcome = _outcome(issue, label, problems)
        try:
            value = number(share)
        except InputError as error:
            problems.append(f"{issue.name}.{label}: {error}")
            return {}
        if outcome is None:
            return {}
        if not 0 <= value <= 1:
            problems.append(f"{issue.name}.{label}: expected a share from 0 to 1, found {share}")
            return {}
        if value:
            lottery[outcome] = value
    rest = 1 - sum(lottery.values(), start=Fraction(0))
    if lottery and abs(rest) <= ROUNDING:  # shares printed as decimals
        largest = max(lottery, key=lottery.__getitem__)
        lottery[largest] += rest
        rest = Fraction(0)
    if rest < 0 or (rest > 0 and not named):
        problems.append(f"{issue.name}: expected shares that add up to 1, found {1 - rest}")
        return {}
    if rest:
        lottery[origin] = lottery.get(origin, Fraction(0)) + rest
    return dict(lottery)


def _outcome(issue: Issue, label: Any, problems: list[str]) -> int | None:
    if label in issue.outcomes:
        return issue.outcomes.index(label)
    shown = ", ".join(show(other) for other in issue.outcomes[:20])
    problems.append(
        f"{issue.name}: expected one of {shown}, found {show(label)}"
        f"{suggestion(str(label), issue.outcomes)}"
    )
    return None


def seen_from(game: LinkageGame, draft: Deal) -> LinkageGame:
    """Return the game with a draft as its status quo.

    An issue that the draft settles by shares gets them as one more outcome.
    """
    if isinstance(game.issues, ArrayIssues):
        game = replace(game, issues=dict(game.issues))
    issues: dict[str, Issue] = {}
    added: dict[str, Mapping[int, Number]] = {}
    for k, (name, issue) in enumerate(game.issues.items()):
        lottery = draft.marginal(k)
        if len(lottery) == 1:
            issues[name] = replace(issue, status_quo_index=next(iter(lottery)))
        else:
            added[name] = lottery
            issues[name] = _with_draft(issue, lottery)
    links = game.links
    if links is not None:
        links = tuple(_extended(game, draft, link, added) for link in links)
    constraints = tuple(_widened(c, issues, added) for c in game.constraints)
    channels = {k: v for k, v in game.channels.items() if k not in ("reservation", "constraints")}
    if constraints:
        channels["constraints"] = constraints
    return replace(game, issues=issues, links=links, channels=channels)


def _with_draft(issue: Issue, lottery: Mapping[int, Number]) -> Issue:
    """Add the shares of a draft as one more joint option, and start from it."""
    label = DRAFT
    while label in issue.outcomes:
        label += " "
    row = _expected(issue.exact_payoffs, lottery)
    return replace(
        issue,
        actions={},
        options=(*issue.outcomes, label),
        exact_payoffs=np.concatenate([issue.exact_payoffs, row[None]]),
        status_quo_index=issue.size,
        visibility={},
    )


def _expected(rows: NDArray[Any], lottery: Mapping[int, Number]) -> NDArray[Any]:
    total: NDArray[Any] = sum(Fraction(share) * rows[a] for a, share in lottery.items())
    return total


def _extended(
    game: LinkageGame, draft: Deal, link: Link, added: Mapping[str, Mapping[int, Number]]
) -> Link:
    """Add spillovers of a draft's shares: with other outcomes, and with each other as drafted."""
    if link.spillovers is None:
        return link
    table = link.spillovers
    for axis, name in enumerate(link.between):
        if name in added:
            turned = np.moveaxis(table, axis, 0)
            turned = np.concatenate([turned, _expected(turned, added[name])[None]])
            table = np.moveaxis(turned, 0, axis)
    if all(name in added for name in link.between):
        first, second = (game.position(name) for name in link.between)
        low, high = min(first, second), max(first, second)
        here = link.spillovers if first < second else link.spillovers.transpose(1, 0, 2)
        both = together(game, draft, low, high)
        table[-1, -1] = sum(Fraction(share) * here[a, b] for (a, b), share in both.items())
    return replace(link, spillovers=table)


def _widened(
    constraint: Constraint, issues: Mapping[str, Issue], added: Mapping[str, Mapping[int, Number]]
) -> Constraint:
    """Let a statement hold of a draft's shares if it can hold of one of their outcomes."""
    statements = tuple(
        (name, outcomes | {issues[name].size - 1})
        if name in added and outcomes & set(added[name])
        else (name, outcomes)
        for name, outcomes in constraint.statements
    )
    return replace(constraint, statements=statements)
