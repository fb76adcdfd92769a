"""Ratification: what a deal costs at home, what may show, what must be brought back.

Premiums lower the gains; caps bind the visible depth, and floors the gain, of the whole agenda;
who only ratifies may not lose in a package that holds one of his issues.  With a national
audience a floor is about the realised gain, in which the depths of all packages add up.
"""

from __future__ import annotations

from fractions import Fraction

from bargaining.settlement.requirements.base import Composition, Concave, Form, Row


def contribute(composition: Composition) -> None:
    """Add premiums to the net gains; rows for no loss, vetoes, caps and floors."""
    rules, players = composition.rules, composition.game.players
    for (place, i), net in list(composition.nets.items()):
        composition.nets[place, i] = net.plus(_premium(composition, place, i))
    for (place, i), net in composition.nets.items():
        kind = "vetoes" if i in rules.ratified else "no_loss"
        composition.rows.append(Row(f"{kind}.{players[i]}", i, place, net))
    for i, cap in rules.caps.items():
        form = {j: -v for j, v in _everywhere(composition, i).items()}
        composition.rows.append(Row(f"caps.{players[i]}", i, None, Concave(cap, form)))
    for i, floor in rules.floors.items():
        net = Concave(-floor).plus(_realised(composition, i))
        composition.rows.append(Row(f"floors.{players[i]}", i, None, net))


def _premium(composition: Composition, place: int, player: int) -> Concave:
    """Return minus the premium that a package costs a player."""
    premium = composition.rules.premiums.get(player)
    if premium is None:
        return Concave()
    by_issue = _depths(composition, place, player)
    audiences = list(by_issue.values()) if premium.audience == "issue" else [_total(by_issue)]
    cost = Concave()
    for depth in audiences:
        if depth:
            cost = cost.plus(composition.curve(player, premium, depth))
    return cost


def _realised(composition: Composition, player: int) -> Concave:
    """Return what all packages together bring a player, net of premiums."""
    premium = composition.rules.premiums.get(player)
    several = len(composition.packages) > 1
    together = premium is not None and premium.audience == "national" and several
    total = Concave()
    for place in range(len(composition.packages)):
        if not together and (place, player) in composition.nets:
            total = total.plus(composition.nets[place, player])
            continue
        total = total.plus(Concave(form=composition.gain(place, player)))
        if not together:
            total = total.plus(_premium(composition, place, player))
    if premium is not None and together:
        depth = _everywhere(composition, player)
        total = total.plus(composition.curve(player, premium, depth))
    return total


def _depths(composition: Composition, place: int, player: int) -> dict[int, Form]:
    """Depth of every issue of a package that shows anything."""
    seen, offsets = composition.rules.visible[player], composition.game.flat.offsets
    shown = [
        k for k in composition.packages[place] if any(seen[int(offsets[k]) : int(offsets[k + 1])])
    ]
    return {k: composition.depth(place, player, k) for k in shown}


def _total(depths: dict[int, Form]) -> Form:
    total: Form = {}
    for form in depths.values():
        for j, value in form.items():
            total[j] = total.get(j, Fraction(0)) + value
    return total


def _everywhere(composition: Composition, player: int) -> Form:
    total: Form = {}
    for place in range(len(composition.packages)):
        total.update(_total(_depths(composition, place, player)))
    return total
