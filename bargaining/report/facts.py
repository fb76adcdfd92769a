"""Sentences on what a settlement shows beside gains and deal: payments, threats, points, steps."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from bargaining.model.transfers import payments
from bargaining.results import in_figures
from bargaining.settlement.settlement import Settlement

MAX_PACKAGES = 20
UNITS = {
    "premium": "a little more depth costs",
    "caps": "one more unit of depth is worth",
    "floors": "one unit less would be worth",
    "vetoes": "one unit less would be worth",
    "enforcement": "a discount factor higher by 1/100 is worth",
}


def sections(settlement: Settlement) -> list[tuple[str, list[str]]]:
    """Return headings and lines of what there is to say."""
    found = [
        ("Side payments", payment_lines(settlement)),
        ("How", fact_lines(settlement)),
        ("Requirements", requirement_lines(settlement)),
        ("How good it is", bracket_lines(settlement)),
    ]
    return [(heading, lines) for heading, lines in found if lines]


def payment_lines(settlement: Settlement) -> list[str]:
    """Say who pays whom how much: by the concept, or by the game's own issue of payments."""
    lines = []
    given = {p: t for p, t in settlement.transfers.items() if t}
    for player, amount in given.items():
        verb = "receives" if amount > 0 else "pays"
        lines.append(f"{player} {verb} {in_figures(max(amount, -amount))}")
    for payer, payee, paid, received in payments(settlement.game, settlement.deal):
        line = f"{payer} pays {payee} {in_figures(paid)}"
        if received != paid:
            line += f", of which {in_figures(received)} arrives"
        lines.append(line)
    return lines


def bracket_lines(settlement: Settlement) -> list[str]:
    """Say how close to the best the deals of packages too large to follow up come."""
    lines = []
    for found in settlement.brackets:
        low, high = found["score"]
        lines.append(
            "There are too many undominated packages to follow them all up. The score of this "
            f"deal (product, ratio, least gain or sum) is {in_figures(low)}; none exceeds "
            f"{in_figures(high)}."
        )
    return lines


def fact_lines(settlement: Settlement) -> list[str]:
    """Say how the concept came to its answer, package by package."""
    lines = []
    several = len(settlement.details) > 1
    for package, facts in islice(settlement.details.items(), MAX_PACKAGES):
        found = _threats(facts) + _points(facts) + _steps(facts)
        lines += [f"{package}: {line}" if several else line for line in found]
    hidden = len(settlement.details) - MAX_PACKAGES
    if hidden > 0:
        lines.append(f"… and {hidden:,} more packages")
    return lines


def _threats(facts: Mapping[str, Any]) -> list[str]:
    if "disagreement" not in facts:
        return []
    lines = []
    if "total" in facts:
        lines.append(
            f"The largest total is {in_figures(facts['total'])}; the game about the difference "
            f"u1 - u2 is worth {in_figures(facts['value'])} to the first player."
        )
    if "commit" in facts:
        who = " and ".join(facts["commit"]) or "nobody"
        lines.append(f"Can commit to threats: {who}.")
    if not facts.get("threats_exact", True):
        lines.append("The threats named are close to the optimal ones; the deal is exact.")
    for player, issues in facts["threats"].items():
        for issue, acts in issues.items():
            named = ", ".join(f"{act} {in_figures(share)}" for act, share in acts.items())
            only = next(iter(acts)) if len(acts) == 1 else named
            lines.append(f"Without a deal, {player} in {issue}: {only}")
    point = ", ".join(f"{p} {in_figures(u)}" for p, u in facts["disagreement"].items())
    lines.append(f"Gains without a deal: {point}")
    return lines


def _points(facts: Mapping[str, Any]) -> list[str]:
    if "points" not in facts:
        return []
    score = ", ".join(f"{player} {in_figures(x)}" for player, x in facts["points"].items())
    scaled = " (scaled, since the players' totals differ)" if facts["scaled"] else ""
    lines = [f"Points of {in_figures(facts['total'])}{scaled}: {score}"]
    split = facts["split"]
    if split is None:
        lines.append("No issue is split.")
    else:
        parts = ", ".join(f"{player} {in_figures(s)}" for player, s in split["shares"].items())
        lines.append(f"One issue is split: {split['issue']} ({parts})")
    checks = ("envy_free", "equitable", "efficient")
    words = [("" if facts[c] else "not ") + c.replace("_", "-") for c in checks]
    lines.append(f"Checked: {', '.join(words)}.")
    return lines


def _steps(facts: Mapping[str, Any]) -> list[str]:
    if "steps" in facts:
        count = facts["steps"]
        ends = {
            "edge": "the last midpoint is efficient",
            "corner": "the midpoints converge to a corner",
            "bracket": "the midpoints are as good as efficient",
        }[facts["ending"]]
        return [f"{count} {'step' if count == 1 else 'steps'} half-way to the ideal point: {ends}."]
    if "straight" in facts:
        return ["The path is straight." if facts["straight"] else "The path bends."]
    return []


def requirement_lines(settlement: Settlement) -> list[str]:
    """Say which requirements bind, and what they cost, one a line."""
    lines = []
    for name, entry in settlement.requirements.items():
        kind = name.partition(".")[0]
        facts = []
        if kind == "premium":
            facts.append(f"depth {in_figures(entry['depth'])}")
            facts.append(f"costs {in_figures(entry['premium'])}")
            if entry["cross_premium"]:
                facts.append(f"of it for one audience {in_figures(entry['cross_premium'])}")
        elif entry["slack"] < 0 and settlement.conflict:
            facts.append(f"missed by {in_figures(-entry['slack'])}")
        elif not entry["binding"]:
            facts.append(f"does not bind, slack {in_figures(entry['slack'])}")
        else:
            facts.append("binds")
        if entry["binding"] and entry["price"]:
            price = float(entry["price"]) / (100 if kind == "enforcement" else 1)
            facts.append(f"{UNITS[kind]} {in_figures(price)}")
        lines.append(f"{name}: " + ", ".join(facts))
    if settlement.conflict:
        lines.append("ruled out by " + " with ".join(settlement.conflict))
    return lines
