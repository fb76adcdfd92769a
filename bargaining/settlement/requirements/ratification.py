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
    rules = composition.rules
    realised: dict[int, Concave] = {}
    for (place, i), net in list(composition.nets.items()):
        premium = rules.premiums.get(i)
        plain = realised.get(i, Concave()).plus(net)
        if premium is None:
            realised[i] = plain
            continue
        by_issue = _depths(composition, place, i)
        audiences = list(by_issue.values()) if premium.audience == "issue" else [_total(by_issue)]
        cost = Concave()
        for depth in audiences:
            if depth:
                cost = cost.plus(composition.curve(i, premium, depth))
        composition.nets[place, i] = net.plus(cost)
        together = premium.audience == "national" and len(composition.packages) > 1
        realised[i] = plain if together else plain.plus(cost)
    ratify = set(rules.ratified)
    for (place, i), net in composition.nets.items():
        kind = "vetoes" if i in ratify else "no_loss"
        name = f"{kind}.{composition.game.players[i]}"
        composition.rows.append(Row(name, i, place, net))
    for i, cap in rules.caps.items():
        depth = _everywhere(composition, i)
        form = {j: -v for j, v in depth.items()}
        name = f"caps.{composition.game.players[i]}"
        composition.rows.append(Row(name, i, None, Concave(cap, form)))
    for i, floor in rules.floors.items():
        net = realised.get(i, Concave())
        premium = rules.premiums.get(i)
        if premium and premium.audience == "national" and len(composition.packages) > 1:
            net = net.plus(composition.curve(i, premium, _everywhere(composition, i)))
        name = f"floors.{composition.game.players[i]}"
        net = net.plus(Concave(-floor), Fraction(1))
        composition.rows.append(Row(name, i, None, net))


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
