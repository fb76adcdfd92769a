"""The check of a lowest factor, from the definitions and apart from the search.

The deals must hold at the upper end and let everybody gain; the prices must show, block by block
of outcomes, that no deal does so below the lower end.  For a deal x of the packages named,

    Σ ν_i G_i(x) + Σ μ_pi (d (G_pi(x) - R_pi) - (1 - d) T_pi(x))

(and what caps and floors leave, each at its price) would be positive; but T is at least what any
mixture of swaps gains, and with that mixture the sum is linear in the outcomes of each block, and
its largest value is not positive.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

from bargaining.errors import VerificationError
from bargaining.model.deal import Deal, check, gains, status_quo
from bargaining.model.game import LinkageGame
from bargaining.settlement.enforcement.blocks import Block, blocks_of, worth
from bargaining.settlement.enforcement.conditions import least_gain
from bargaining.settlement.enforcement.home_rules import home_rules
from bargaining.settlement.enforcement.lowest import WIDTH, Lowest, Refusal
from bargaining.settlement.enforcement.share_prices import discounted, functional
from bargaining.settlement.enforcement.temptation import temptations
from bargaining.settlement.linearised import home_test


def check_lowest(
    game: LinkageGame,
    packages: Sequence[Sequence[int]],
    reversions: Sequence[Sequence[Fraction]],
    found: Lowest,
) -> None:
    """Raise VerificationError unless both ends hold."""
    listed = [tuple(p) for p in packages]
    if found.high is None:
        _check_refusals(game, listed, reversions, found, Fraction(1) - WIDTH)
        return
    low = found.low if found.low is not None else Fraction(0)
    if not 0 <= low <= found.high < 1 or found.high - low > WIDTH:
        _fail("the bracket is wider than stated")
    _check_deals(game, listed, reversions, found, found.high)
    if low > 0:
        _check_refusals(game, listed, reversions, found, low)


def _check_deals(
    game: LinkageGame,
    packages: Sequence[tuple[int, ...]],
    reversions: Sequence[Sequence[Fraction]],
    found: Lowest,
    factor: Fraction,
) -> None:
    totals = [Fraction(0)] * len(game.players)
    places = {package: n for n, package in enumerate(packages)}
    seen = set()
    for deal in found.deals:
        issues = tuple(deal.issues.tolist()) if deal.issues is not None else ()
        if issues not in places or issues in seen:
            _fail("a deal is not about one of the packages")
        seen.add(issues)
        check(game, deal)
        gained = gains(worth(game), deal)
        tempted = temptations(game, issues, deal)
        held = home_test(game, game.ratification).players(issues)
        for i, r in enumerate(reversions[places[issues]]):
            least = least_gain(r, guarded=i in held)
            if (1 - factor) * tempted[i] > factor * (gained[i] - r) or gained[i] < least:
                _fail(f"the deal does not hold {game.players[i]} at the upper end")
            totals[i] += Fraction(gained[i])
    if any(totals[i] <= 0 for i in game.interested) or not game.interested:
        _fail("the deal does not let everybody gain")
    rules = game.ratification
    if any(totals[i] < floor for i, floor in rules.floors.items() if floor > 0):
        _fail("the deal misses a floor")
    for i, cap in rules.caps.items():
        shown = [d for deal in found.deals for d in rules.depth(game, deal, i).values()]
        if sum(shown, Fraction(0)) > cap:
            _fail("the deal shows more than a cap allows")


def _check_refusals(
    game: LinkageGame,
    packages: Sequence[tuple[int, ...]],
    reversions: Sequence[Sequence[Fraction]],
    found: Lowest,
    factor: Fraction,
) -> None:
    """Either all packages together are refused, or one player in each of them."""
    if not game.interested:
        return
    places = {package: n for n, package in enumerate(packages)}
    refused: dict[tuple[int, ...], set[tuple[tuple[int, ...], ...]]] = {}
    freely: dict[tuple[int, ...], set[tuple[tuple[int, ...], ...]]] = {}
    for refusal in found.refusals:
        if refusal.factor < factor:
            continue
        mine = [reversions[places[p]] for p in refusal.packages]
        _check_refusal(game, mine, refusal)
        refused.setdefault(refusal.targets, set()).add(refusal.packages)
        if not refusal.prices.rules:
            freely.setdefault(refusal.targets, set()).add(refusal.packages)
    everyone = tuple(game.interested)
    together = refused.get(everyone, set())
    if len(packages) == 1 and tuple(packages) in together:
        return
    alone = {(package,) for package in packages}
    demanding = [p for p in packages if demands(game, p, reversions[places[p]])]
    for targets, covered in freely.items():
        if not demanding and len(targets) == 1 and targets[0] in everyone and alone <= covered:
            return  # nobody loses in a package that lasts, so he must gain in one of them
    choices = itertools.chain.from_iterable(
        itertools.combinations(demanding, size) for size in range(len(demanding) + 1)
    )
    for kept in choices:
        chosen = tuple(p for p in packages if p in kept or p not in demanding)
        if chosen and chosen not in together:
            _fail("nothing proves the lower end")


def demands(game: LinkageGame, package: tuple[int, ...], reversion: Sequence[Fraction]) -> bool:
    """Whether even the status quo of a package would have to be kept."""
    return any(reversion) or any(temptations(game, package, Deal(status_quo(game))))


def _check_refusal(
    game: LinkageGame, reversions: Sequence[Sequence[Fraction]], refusal: Refusal
) -> None:
    prices, d = refusal.prices, refusal.factor
    blocks = [b for n, p in enumerate(refusal.packages) for b in blocks_of(game, p, n)]
    rules = home_rules(game, blocks)
    named = {rule.name: rule.constant for rule in rules}
    weights = [*prices.gains.values(), *prices.conditions.values(), *prices.floors.values()]
    weights += prices.rules.values()
    if any(w < 0 for w in weights) or any(i not in refusal.targets for i in prices.gains):
        _fail("a price is negative, or on the gain of somebody else")
    if not named.keys() >= prices.rules.keys():
        _fail("a price is on a cap or a floor that the game does not have")
    total = sum((weight * named[name] for name, weight in prices.rules.items()), Fraction(0))
    for b, (block, proof) in enumerate(zip(blocks, prices.swaps, strict=True)):
        _check_swaps(block, d, refusal, proof)
        total += max(discounted(block, functional(b, block, d, prices, rules), proof))
    scale = game.flat.denominators
    for (p, i), weight in prices.conditions.items():
        total -= d * weight * reversions[p][i] * scale[i]
    for (p, i), weight in prices.floors.items():
        held = home_test(game, game.ratification).players(refusal.packages[p])
        total -= weight * least_gain(reversions[p][i], guarded=i in held) * scale[i]
    if any(prices.gains.values()):
        strict = total <= 0
    elif total < 0:
        strict = True
    else:
        # at every lower factor a target who gains has less slack, so that the sum is negative
        strict = total == 0 and any(
            weight and i in refusal.targets and reversions[p][i] <= 0 and len(reversions) == 1
            for (p, i), weight in prices.conditions.items()
        )
    if not strict:
        _fail("the prices do not rule out a deal below the lower end")


def _check_swaps(
    block: Block, d: Fraction, refusal: Refusal, proof: Sequence[Sequence[Fraction]]
) -> None:
    for swap, weights in zip(block.swaps, proof, strict=True):
        load = (1 - d) * refusal.prices.condition(block.package, swap.player)
        if any(w < 0 for w in weights) or sum(weights, Fraction(0)) > load:
            _fail("swaps weigh more than the condition that they stand for")


def _fail(what: str) -> None:
    msg = f"lowest factor: {what}"
    raise VerificationError(msg)
