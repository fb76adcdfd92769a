"""The cheapest cuts in visibility, issue by issue, for two players one of whom answers at home.

Each issue's visibility is multiplied by 1 - cut, a cut costing its weight per unit.  With payoffs
that add up, two players and every issue on one table, a deadlock is broken as soon as two issues
have no exchange rate in common (or one has none at all), so at most two issues are cut.  Write
the weights on the players as (ρ, 1), 1 for the player i who answers at home.  An outcome with
gains (x, y) and premium w is worth ρ x + y - (1 - cut) w: from the cut 1 - (ρ x + y)/w on it is
worth trading at the rate ρ.  So each issue's least cut to lie open from ρ up (outcomes with
x > 0), or from ρ down (x < 0), is linear in ρ piece by piece, and the cheapest pair is found at a
corner of the sum of two such functions: exactly, by trying all corners.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from bargaining.linkage.design.rows import package_groups
from bargaining.linkage.design.table import Table
from bargaining.model.agenda import parse_agenda
from bargaining.model.game import LinkageGame

MAX_ISSUES = 10
MAX_OUTCOMES = 30
"""Of games for which the question is answered."""
LITTLE = Fraction(1, 2**40)
Cuts = tuple[tuple[int, Fraction], ...]
Line = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Act:
    """An outcome's gains for the other player and for the one at home, and its premium."""

    other: Fraction
    own: Fraction
    premium: Fraction

    def line(self) -> Line:
        """Return the least cut as a + b ρ, for outcomes that show."""
        return 1 - self.own / self.premium, -self.other / self.premium


def applies(game: LinkageGame, players: Sequence[int]) -> bool:
    """Whether the question is answered for a game."""
    rules = game.ratification
    return (
        len(game.players) == 2 == len(game.interested)
        and len(players) == 1
        and set(rules.premiums) <= set(players)
        and not game.coupled
        and not rules.caps
        and not rules.ratified
        and len(parse_agenda(game, "linked").packages) == 1
        and len(game.issues) <= MAX_ISSUES
        and len(game.flat.values) <= MAX_OUTCOMES
    )


def cut_by_issue(game: LinkageGame, player: int, cuts: Cuts) -> LinkageGame:
    """Return the game with visibility cut in some issues."""
    name, issues = game.players[player], dict(game.issues)
    for k, cut in cuts:
        issue = game.issues[game.issue_names[k]]
        seen = tuple((1 - cut) * v for v in issue.visibility[name])
        issues[issue.name] = replace(issue, visibility={**issue.visibility, name: seen})
    return replace(game, issues=issues, document={})


def cheapest_cuts(game: LinkageGame, player: int) -> Cuts | None:
    """Find cuts of least total, from which on (a little more) linking attains mutual gain.

    Returns
    -------
    tuple of (issue, cut), or None
        None if no cuts help.

    Examples
    --------
    >>> from bargaining import load
    >>> game = load("us_mexico/sovereignty_premium", parameters={"beta": 4})
    >>> cheapest_cuts(game, 1)
    ((0, Fraction(1, 2)),)
    """
    issues = [_acts(game, player, k) for k in range(len(game.issues))]
    found: dict[Cuts, Fraction] = {}
    for rho in _corners(issues):
        ups = [_open(acts, rho, 1) for acts in issues]
        downs = [_open(acts, rho, -1) for acts in issues]
        for (k, up), (m, down) in itertools.product(enumerate(ups), enumerate(downs)):
            if up is None or (down is None and rho):
                continue
            cuts = {k: up}
            if rho and down is not None:
                cuts[m] = max(down, cuts.get(m, Fraction(0)))
            chosen = tuple((j, cut) for j, cut in sorted(cuts.items()) if cut)
            found[chosen] = sum(cuts.values(), Fraction(0))
    cheapest_first = sorted(found, key=lambda chosen: (found[chosen], chosen))
    return next((chosen for chosen in cheapest_first if works(game, player, chosen)), None)


def works(game: LinkageGame, player: int, cuts: Cuts) -> bool:
    """Whether linking attains mutual gain once every issue is cut a very little more."""
    made = dict(cuts)
    seen = [k for k, issue in enumerate(game.issues.values())
            if any(issue.visibility.get(game.players[player], ()))]  # fmt: skip
    more = {k: made.get(k, Fraction(0)) for k in seen}
    raised = tuple((k, cut + LITTLE * (1 - cut)) for k, cut in more.items())
    return Table(cut_by_issue(game, player, raised)).linked()


def _corners(issues: Sequence[Sequence[Act]]) -> list[Fraction]:
    """Return the rates at which one of the cuts needed may change its slope."""
    acts = [act for listed in issues for act in listed]
    lines = [act.line() for act in acts if act.premium]
    lines += [(Fraction(0), Fraction(0)), (Fraction(1), Fraction(0))]
    corners = {Fraction(0), *(-act.own / act.other for act in acts if act.other)}
    for (a, b), (c, d) in itertools.combinations(lines, 2):
        if b != d:
            corners.add((a - c) / (d - b))
    return sorted(rho for rho in corners if rho >= 0)


def _acts(game: LinkageGame, player: int, issue: int) -> list[Act]:
    """Return the outcomes of an issue with their premiums at the status quo."""
    rules = game.ratification
    steep = rules.premiums[player].steepness
    start = int(game.flat.offsets[issue])
    found = []
    for row in package_groups(game, (issue,))[0]:
        shown = rules.visible[player][start + row.chosen[issue]]
        found.append(Act(row.gains[1 - player], row.gains[player], steep * shown))
    return found


def _open(acts: Sequence[Act], rho: Fraction, side: int) -> Fraction | None:
    """Return the least cut at which an issue is open at ρ towards one side; None if at none."""
    needed = []
    for act in acts:
        if act.other * side < 0 or (side > 0 and not act.other):
            continue
        if not (act.other or act.own):
            continue
        if not act.premium:
            if rho * act.other + act.own >= 0:
                needed.append(Fraction(0))
            continue
        a, b = act.line()
        if a + b * rho <= 1:
            needed.append(max(a + b * rho, Fraction(0)))
    return min(needed, default=None)
