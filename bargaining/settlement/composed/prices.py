"""What each requirement comes to: whether it binds, and what one more unit would be worth.

A price is in the payoffs of the player whose requirement it is: what all players together would
gain from one more unit of visible depth, of the floor or of the discount factor, at the rates at
which the settlement weighs their gains.  Where less would cost another price than more is worth,
it is what more is worth; None where that is not certain.  The price of a premium is what a little
more depth would cost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from bargaining.model.agenda import Agenda
from bargaining.model.game import LinkageGame
from bargaining.model.ratification import Ratification
from bargaining.results import Number
from bargaining.settlement.composed.columns import closed_columns
from bargaining.settlement.composed.loosening import least_price
from bargaining.settlement.composed.package import Evidence
from bargaining.settlement.enforcement.temptation import temptations
from bargaining.settlement.linearised import home_test
from bargaining.settlement.package import PackageSettlement
from bargaining.settlement.requirements.base import label

BINDING = 1e-7
FAINT = 1e-9
"""Prices and weights up to this share of the others are rounding."""
Report = Mapping[str, Mapping[str, Any]]


def reported(
    game: LinkageGame,
    plan: Agenda,
    rules: Ratification,
    groups: Sequence[tuple[Sequence[PackageSettlement], Evidence]],
) -> Report:
    """Return by name of requirement ``binding``, ``price`` and ``slack`` (premium: ``depth``…)."""
    parts = [part for group, _ in groups for part in group]
    found: dict[str, dict[str, Any]] = {}
    depths = {
        i: {k: d for part in parts for k, d in rules.depth(game, part.deal, i).items()}
        for i in rules.visible
    }
    for i, premium in rules.premiums.items():
        paid = rules.cost(i, depths[i], plan.packages)
        separate = sum(
            (rules.cost(i, rules.depth(game, part.deal, i), [part.package]) for part in parts),
            start=Fraction(0),
        )
        total = sum(depths[i].values(), start=Fraction(0))
        steepest = _deepest(rules, premium.audience, depths[i], plan.packages)
        found[f"premium.{game.players[i]}"] = {
            "binding": bool(total),
            "price": premium.slope(float(steepest)),
            "slack": None,
            "depth": total,
            "premium": paid,
            "cross_premium": paid - separate,
        }
    for i, cap in rules.caps.items():
        slack = cap - sum(depths[i].values(), start=Fraction(0))
        found[f"caps.{game.players[i]}"] = _row(game, groups, f"caps.{game.players[i]}", i, slack)
    for i, floor in rules.floors.items():
        total = _realised(game, plan, rules, parts, depths, i)
        name = f"floors.{game.players[i]}"
        found[name] = _row(game, groups, name, i, total - floor)
    for i in rules.ratified:
        name = f"vetoes.{game.players[i]}"
        least = min(
            (p.gains[i] for p in parts if i in rules.ratifiers(p.package)), default=Fraction(0)
        )
        found[name] = _row(game, groups, name, i, least)
    for own in rules.own:
        slack = min((own.slack(game, part.deal) for part in parts), default=Fraction(0))
        i = game.players.index(own.player)
        found[label(own)] = _row(game, groups, label(own), i, slack)
    if any(evidence.reversion for _, evidence in groups):
        found |= _enforcement(game, groups)
    return found


def _deepest(
    rules: Ratification, audience: str, depths: Mapping[int, Number], packages: Sequence[Any]
) -> Number:
    """Return the depth that the audience sees, the deepest where there are several."""
    if audience == "issue":
        return max(depths.values(), default=Fraction(0))
    if audience == "national":
        return sum(depths.values(), start=Fraction(0))
    sums = [
        sum((depths[k] for k in package if k in depths), start=Fraction(0)) for package in packages
    ]
    return max(sums, default=Fraction(0))


def _realised(
    game: LinkageGame,
    plan: Agenda,
    rules: Ratification,
    parts: Sequence[PackageSettlement],
    depths: Mapping[int, Mapping[int, Number]],
    player: int,
) -> Number:
    total: Number = sum((part.gains[player] for part in parts), start=Fraction(0))
    if player not in rules.premiums:
        return total
    separate = (
        rules.cost(player, rules.depth(game, part.deal, player), [part.package]) for part in parts
    )
    paid: Number = rules.cost(player, depths[player], plan.packages)
    apart: Number = sum(separate, start=Fraction(0))
    return total + apart - paid


def _row(
    game: LinkageGame,
    groups: Sequence[tuple[Sequence[PackageSettlement], Evidence]],
    name: str,
    player: int,
    slack: Number,
) -> dict[str, Any]:
    """Read the price of a row off the proofs."""
    prices: list[float | None] = []
    for _, evidence in groups:
        if evidence.bound is None:
            continue
        rows = evidence.composition(game).rows
        worth = _worth(game, evidence, rows, player)
        for r, found in evidence.bound.prices.items():
            if rows[r].name == name and worth and float(found) / worth > FAINT:
                prices.append(_loosened(game, evidence, r, worth))
    known = [p for p in prices if p is not None]
    price = None if len(known) < len(prices) else max(known, default=0.0)
    binding = bool(prices) or abs(float(slack)) <= BINDING * game.reach[player]
    return {"binding": bool(binding), "price": price, "slack": slack}


def _loosened(game: LinkageGame, evidence: Evidence, row: int, worth: float) -> float | None:
    """Return what one unit more of a row is worth, in units of a player's gain."""
    composition, rules, bound = evidence.composition(game), evidence.rules, evidence.bound
    assert bound is not None
    name, player = composition.rows[row].name, composition.rows[row].player
    home = home_test(game, rules)
    before = [home.able(package) for package in evidence.packages]
    after = before
    if name.startswith("caps.") and not rules.caps[player]:
        home = home_test(game, replace(rules, caps={**rules.caps, player: Fraction(1)}))
        after = [home.able(package) for package in evidence.packages]
        if [a.gainers for a in after] != [b.gainers for b in before]:
            return None  # more room lets somebody else gain: not a price
    closed, opened = (closed_columns(composition, [a.closed for a in x]) for x in (before, after))
    found = least_price(composition, bound, row, closed, opened)
    if found is None:
        return None
    return found / worth if found / worth > FAINT else 0.0


def _worth(game: LinkageGame, evidence: Evidence, rows: Sequence[Any], player: int) -> float:
    """Return what a unit of a player's gain counts in the settlement; the largest of his."""
    assert evidence.bound is not None
    own = [float(w) for (_, i), w in evidence.bound.weights.items() if i == player]
    own += [
        float(price)
        for r, price in evidence.bound.prices.items()
        if rows[r].player == player and rows[r].name.startswith(("no_loss", "vetoes"))
    ]
    most = max((float(w) for w in evidence.bound.weights.values()), default=0.0)
    mine = max(own, default=0.0)
    return mine if mine > FAINT * most else most


def _enforcement(
    game: LinkageGame, groups: Sequence[tuple[Sequence[PackageSettlement], Evidence]]
) -> dict[str, dict[str, Any]]:
    """Per player the tightest package: slack of his condition, and the price of patience."""
    found: dict[str, dict[str, Any]] = {}
    for parts, evidence in groups:
        if evidence.reversion is None:
            continue
        composition = evidence.composition(game)
        rows = composition.rows
        for place, part in enumerate(parts):
            tempted = temptations(game, part.package, part.deal)
            after = composition.after[place]
            for i in game.interested:
                name = f"enforcement.{game.players[i]}"
                patience = game.discount[game.players[i]]
                slack = patience * (part.gains[i] - after[i]) - (1 - patience) * tempted[i]
                per_unit = float(part.gains[i] - after[i] + tempted[i])
                price: float | None = 0.0
                if evidence.bound is not None:
                    worth = _worth(game, evidence, rows, i)
                    for r, p in evidence.bound.prices.items():
                        if rows[r].name == name and rows[r].package == place and worth:
                            price = _patience(game, evidence, r, worth, float(p), per_unit)
                known = found.get(name)
                if known is None or slack < known["slack"]:
                    price = _larger(price, known["price"] if known else 0.0)
                    binds = price is None or price > BINDING
                    entry = {"binding": binds, "price": price, "slack": slack}
                    found[name] = {**entry, "temptation": tempted[i]}
    return found


def _patience(
    game: LinkageGame, evidence: Evidence, row: int, worth: float, price: float, per_unit: float
) -> float | None:
    """Return the price of a discount factor: a unit of it is worth G - R + T of the row."""
    if price / worth * per_unit <= FAINT:
        return 0.0
    found = _loosened(game, evidence, row, worth)
    return None if found is None else found * per_unit


def _larger(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else max(one, other)
