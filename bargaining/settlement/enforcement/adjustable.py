"""The lowest factor at which some deal in shares lasts and lets everyone gain.

Every deal proves that its own factor, max over players of T / (T + G - R), is enough; prices on
gains, conditions and swaps at which no block of outcomes is worth anything prove that a factor is
not.  The search goes from deal to better deal (Dinkelbach's step for several ratios: Crouzeix,
Ferland, Schaible 1985, JOTA 47): at a deal's factor, the deal that leaves the largest slack in all
conditions has a lower factor, or none has.  A last proof just below closes the bracket.

An agenda of several packages needs everyone to gain in the sum, each package keeping its own
conditions: everyone needs a package in which he can gain.  A target of one player at a time, over
packages, decides that where deals can be scaled; otherwise, or where a floor asks for a total, the
packages in which a deal is made stand in one programme.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from bargaining.errors import NotSupportedError, SolverError
from bargaining.model.deal import Deal
from bargaining.model.game import LinkageGame
from bargaining.settlement.enforcement.blocks import blocks_of, deal_of
from bargaining.settlement.enforcement.home_rules import home_rules, ties_packages
from bargaining.settlement.enforcement.lowest import WIDTH, Binding, Lowest, Refusal, simplest
from bargaining.settlement.enforcement.share_prices import Prices, Row
from bargaining.settlement.enforcement.shares_program import Answer, Programme
from bargaining.settlement.linearised import home_test

MAX_STEPS = 200
QUICK = 8
"""Steps from deal to better deal before what is left is also halved."""
STARTS = (Fraction(1, 2), 1 - Fraction(1, 2**6), 1 - Fraction(1, 2**20), 1 - Fraction(1, 2**42))
"""Factors at which a first deal is looked for; none above the last counts as none at all."""
FINE = 2**60
"""Denominators beyond this are rounded upwards: a deal that holds at a factor holds above it."""

MAX_DEMANDING = 6
"""Packages whose status quo is no equilibrium, of which every choice is tried."""
MAX_SIMPLE = 10**5
"""Fractions up to this denominator are tried as the exact answer."""


def lowest_factor(
    game: LinkageGame,
    packages: Sequence[Sequence[int]],
    reversions: Sequence[Sequence[Fraction]],
) -> Lowest:
    """Find the lowest common factor at which some deal in shares lets every interested player gain.

    Deals keep the caps, floors and ratifiers of the game, premiums taken as they are at the status
    quo: exact where these do not bend, or where deals can be scaled down.

    Parameters
    ----------
    game : LinkageGame
    packages : sequence of sequences of int
        The agenda's packages.
    reversions : sequence of tuple of Fraction, one per package and player
        R, in payoffs.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> found = lowest_factor(game, [(0, 1)], [(Fraction(0), Fraction(0))])
    >>> round(float(found.high), 9), round(float(found.low), 9)
    (0.632455532, 0.632455532)
    """
    everyone = tuple(game.interested)
    if not everyone:
        return Lowest(None, None, (), ())  # nobody can gain from any deal
    listed = [tuple(p) for p in packages]
    if len(listed) == 1:
        return _Search(game, listed, reversions).lowest(everyone)
    searches = [
        _Search(game, [p], [r], of=len(listed)) for p, r in zip(listed, reversions, strict=True)
    ]
    demanding = [n for n, search in enumerate(searches) if not search.programme.scalable]
    if not demanding and not ties_packages(game):
        return _apart(game, searches, everyone)
    return _with_some(game, listed, reversions, demanding)


def _with_some(
    game: LinkageGame,
    packages: Sequence[tuple[int, ...]],
    reversions: Sequence[Sequence[Fraction]],
    demanding: Sequence[int],
) -> Lowest:
    """Choose in which packages to make a deal where even the status quo would have to be kept.

    A package without a deal stays at its status quo and has no condition.
    """
    if len(demanding) > MAX_DEMANDING:
        msg = (
            f"deals in shares that last: in {len(demanding)} packages the status quo is no "
            f"equilibrium (at most {MAX_DEMANDING}); ask about fewer issues"
        )
        raise NotSupportedError(msg)
    best: Lowest | None = None
    refusals: list[Refusal] = []
    for size in range(len(demanding) + 1):
        for kept in itertools.combinations(demanding, size):
            chosen = [n for n in range(len(packages)) if n in kept or n not in demanding]
            if not chosen:
                continue
            search = _Search(game, [packages[n] for n in chosen], [reversions[n] for n in chosen])
            found = search.lowest(tuple(game.interested), below=best.high if best else None)
            refusals += found.refusals
            if found.found:
                best = found
            if found.high == 0:
                return found
    if best is None:
        return Lowest(None, None, (), tuple(refusals))
    low = min([best.low or Fraction(0), *(r.factor for r in refusals)])
    return replace(best, low=low, refusals=tuple(refusals))


def _apart(game: LinkageGame, searches: Sequence[_Search], everyone: Sequence[int]) -> Lowest:
    """Everyone needs a package in which he can gain; the last to find one decides."""
    worst: Lowest | None = None
    used: dict[int, list[Lowest]] = {}
    for player in everyone:
        best: tuple[int, Lowest] | None = None
        refusals: list[Refusal] = []
        for number, search in enumerate(searches):
            found = search.lowest((player,), below=None if best is None else best[1].high)
            refusals += found.refusals
            if found.found:
                best = (number, found)
            if found.high == 0:
                break
        if best is None:
            return Lowest(None, None, (), tuple(refusals))
        number, found = best
        used.setdefault(number, []).append(found)
        high = found.high or Fraction(0)
        low = min([found.low or Fraction(0), *(r.factor for r in refusals)])
        mine = Lowest(low, high, (), tuple(refusals) if high else (), found.binding)
        if worst is None or high > (worst.high or 0):
            worst = mine
    if worst is None:
        return Lowest(None, None, (), ())
    deals = tuple(searches[n].average(found) for n, found in sorted(used.items()))
    return replace(worst, deals=deals)


class _Search:
    """Deals in shares of some packages, and the lowest factor for some targets.

    ``of`` says of how many packages, each searched alone, this is one: caps then leave an equal
    part to each, and no floor ties them.
    """

    def __init__(
        self,
        game: LinkageGame,
        packages: Sequence[tuple[int, ...]],
        reversions: Sequence[Sequence[Fraction]],
        *,
        of: int | None = None,
    ) -> None:
        self.game, self.packages, self._parts = game, tuple(packages), of or 1
        self.blocks = [b for n, p in enumerate(packages) for b in blocks_of(game, p, n)]
        scale = game.flat.denominators
        flat = [[r * d for r, d in zip(row, scale, strict=True)] for row in reversions]
        units = [_size(reach * d) for reach, d in zip(game.reach, scale, strict=True)]
        home = home_test(game, game.ratification)
        guarded = [home.players(p) for p in packages]
        rules = home_rules(game, self.blocks) if of is None else ()
        self.programme = Programme(self.blocks, flat, len(game.players), units, guarded, rules)

    def lowest(self, targets: Sequence[int], *, below: Fraction | None = None) -> Lowest:
        """Find the lowest factor at which all targets can gain; only if it is below a bound."""
        if below is not None:
            for probe in (below, max(below - WIDTH * 9 / 10, Fraction(0))):
                answer = self.programme.best(probe, targets)
                if answer.value <= 0:
                    return self._none(targets, probe, answer.prices)
        else:
            answer = self.programme.best(Fraction(1), targets)
            if answer.value <= 0:
                return self._none(targets, Fraction(1), answer.prices)
            answer = self.programme.best(Fraction(0), targets)
            if answer.value > 0:
                zero = Fraction(0)
                return Lowest(zero, zero, self._deals(answer.shares), (), shares=answer.shares)
            for start in STARTS:
                answer = self.programme.best(start, targets)
                if answer.value > 0:
                    break
            else:
                return self._none(targets, STARTS[-1], answer.prices)
        return self._descend(targets, answer)

    def _descend(self, targets: Sequence[int], answer: Answer) -> Lowest:
        """Go from deal to better deal, and prove that there is none below the last."""
        up, shares = self.factor(answer.shares), answer.shares
        low, refused = Fraction(0), None
        quick = QUICK
        for _ in range(MAX_STEPS):
            probe = _coarse((low + up) / 2)  # where deals shrink from step to step: halving
            if quick:
                quick -= 1
                answer = self.programme.best(up, targets, self._weights(shares))
                better = self.factor(answer.shares) if answer.value > 0 else up
                if answer.value <= 0 and self._proves(targets, answer.prices):
                    return self._between(targets, up, up, shares, answer)
                gone = up - better
                if gone > 0:
                    up, shares = better, answer.shares
                if gone >= WIDTH / 10:
                    continue
                probe = max(up - WIDTH * 9 / 10, Fraction(0))
            last = self.programme.best(probe, targets)
            if last.value > 0:
                up, shares = min(probe, self.factor(last.shares)), last.shares
            elif probe > low or refused is None:
                low, refused = probe, last
            if refused is not None and up - low <= WIDTH:
                exact = self._exactly(targets, low, up)
                return exact or self._between(targets, low, up, shares, refused)
            if up <= WIDTH:
                deals = self._deals(shares)
                return Lowest(Fraction(0), up, deals, (), shares=shares)
        msg = f"the lowest factor was not found within {MAX_STEPS} steps"
        raise SolverError(msg)

    def _exactly(self, targets: Sequence[int], low: Fraction, high: Fraction) -> Lowest | None:
        """Try the simplest fraction in a bracket: is it the lowest factor itself?"""
        guess = simplest(low, high)
        if guess.denominator > MAX_SIMPLE:
            return None
        holds = self.programme.best(guess, targets)
        if holds.value <= 0:
            return None
        slack = self._weights(holds.shares)
        refused = self.programme.best(guess, targets, slack)
        if refused.value <= 0 and self._proves(targets, refused.prices):
            return self._between(targets, guess, guess, holds.shares, refused)
        return None

    def _proves(self, targets: Sequence[int], prices: Prices) -> bool:
        """Whether prices at a factor rule out every factor below: a target's gain has a price.

        A price on his condition will do where he must end above what he falls back to.
        """
        safe = all(r[i] <= 0 for r in self.programme.reversions for i in targets)
        priced = any(prices.condition(0, i) for i in targets)
        return bool(prices.gains) or (safe and len(self.packages) == 1 and priced)

    def _between(
        self,
        targets: Sequence[int],
        low: Fraction,
        high: Fraction,
        shares: Mapping[int, Mapping[int, Fraction]],
        answer: Answer,
    ) -> Lowest:
        refusal = Refusal(self.packages, tuple(targets), low, answer.prices)
        binding = self._binding(shares, answer.prices)
        return Lowest(low, high, self._deals(shares), (refusal,), binding, shares)

    def _none(self, targets: Sequence[int], factor: Fraction, prices: Prices) -> Lowest:
        return Lowest(None, None, (), (Refusal(self.packages, tuple(targets), factor, prices),))

    def totals(
        self, shares: Mapping[int, Mapping[int, Fraction]]
    ) -> dict[Row, tuple[Fraction, Fraction]]:
        """Return G - R and T of every condition under a deal."""
        found = {}
        programme = self.programme
        tempted = []
        for b, block in enumerate(self.blocks):
            mix = dict(shares.get(b, {}))
            rest = 1 - sum(mix.values(), Fraction(0))
            if rest:
                mix[block.origin] = mix.get(block.origin, Fraction(0)) + rest
            tempted.append((block, mix, block.temptations(mix)))
        for p, i in programme.rows:
            gain = -Fraction(programme.reversions[p][i])
            temptation = Fraction(0)
            for block, mix, mine in tempted:
                if block.package == p:
                    gain += block.gain(i, mix)
                    temptation += mine[i]
            found[p, i] = (gain, temptation)
        return found

    def factor(self, shares: Mapping[int, Mapping[int, Fraction]]) -> Fraction:
        """Return the lowest factor at which a deal lasts, rounded upwards if it is too fine."""
        worst = Fraction(0)
        for gain, temptation in self.totals(shares).values():
            if temptation:
                worst = max(worst, temptation / (temptation + gain))
        if worst.denominator > FINE:
            worst = Fraction(-(-worst.numerator * FINE**2 // worst.denominator), FINE**2)
        return worst

    def _weights(self, shares: Mapping[int, Mapping[int, Fraction]]) -> dict[Row, Fraction]:
        """Return by what each condition's slack is measured: G - R + T, where it is positive."""
        totals = self.totals(shares)
        return {row: g + t for row, (g, t) in totals.items() if g > 0}

    def _binding(self, shares: Mapping[int, Mapping[int, Fraction]], prices: Prices) -> Binding:
        """Return what the deal's outcomes contribute to the conditions that have a price."""
        if not self.programme.scalable:
            return ()
        rows = sorted(prices.conditions)
        columns = []
        for b, mix in sorted(shares.items()):
            block = self.blocks[b]
            for cell in sorted(mix):
                pure = {cell: Fraction(1)}
                tempted = block.temptations(pure)
                columns.append(
                    tuple(
                        (block.gain(i, pure) + tempted[i], tempted[i])
                        if block.package == p
                        else (Fraction(0), Fraction(0))
                        for p, i in rows
                    )
                )
        return tuple(columns)

    def _deals(self, shares: Mapping[int, Mapping[int, Fraction]]) -> tuple[Deal, ...]:
        part = self._within_caps(shares)
        shares = {b: {c: x * part for c, x in m.items()} for b, m in shares.items()}
        found = []
        for number, package in enumerate(self.packages):
            mine = [
                (block, shares.get(b, {}))
                for b, block in enumerate(self.blocks)
                if block.package == number
            ]
            found.append(deal_of(self.game, package, mine))
        return tuple(found)

    def _within_caps(self, shares: Mapping[int, Mapping[int, Fraction]]) -> Fraction:
        """Return how much of a deal that can be scaled keeps the caps."""
        part = Fraction(1)
        if self.programme.scalable:
            for rule in home_rules(self.game, self.blocks):
                shown = -sum((rule.change(b, m) for b, m in shares.items()), Fraction(0))
                if rule.constant > 0 and shown > 0:
                    part = min(part, rule.constant / self._parts / shown)
        return part

    def average(self, found: Sequence[Lowest]) -> Deal:
        """Carry several deals of one package out in equal parts: what lasts in each lasts."""
        mixed: dict[int, dict[int, Fraction]] = {}
        for one in found:
            for b, mix in one.shares.items():
                mine = mixed.setdefault(b, {})
                for cell, share in mix.items():
                    mine[cell] = mine.get(cell, Fraction(0)) + share / len(found)
        return self._deals(mixed)[0]


def _coarse(value: Fraction) -> Fraction:
    """Round to a short fraction."""
    return Fraction(round(value * FINE), FINE)


def _size(reach: float) -> Fraction:
    """Return a power of two near a player's largest gain or loss."""
    return Fraction(2) ** math.frexp(reach)[1] if reach else Fraction(1)
