"""One player's view of a game at home: which shares and depths he would have ratified."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from bargaining.errors import VerificationError
from bargaining.model.agenda import parse_agenda
from bargaining.model.game import LinkageGame
from bargaining.results import Number
from bargaining.settlement.depth import (
    Bracket,
    Piece,
    bracket,
    largest_depth,
    pays,
    rational_root,
)

Range = tuple[Number, Number]


class HomeView:
    """The game as one player's audience at home sees it."""

    def __init__(self, game: LinkageGame, player: int) -> None:
        self.game, self.player = game, player
        rules = game.ratification
        self.premium = rules.premiums.get(player)
        self.cap = rules.caps.get(player)
        self.floor = rules.floors.get(player, Fraction(0))
        self.ratified = rules.ratified.get(player)
        self.seen = rules.visible.get(player)

    def outcomes(self, issue: int) -> list[tuple[str, Fraction, Fraction]]:
        """Label, gain and visibility of every outcome but the status quo, others as they are."""
        game, flat = self.game, self.game.flat
        labels = game.issues[game.issue_names[issue]].outcomes
        found = []
        for a, label in enumerate(labels):
            if a == int(game.origin[issue]):
                continue
            row = int(flat.offsets[issue]) + a
            gain = flat.gain(row, self.player)
            unit = flat.denominators[self.player]
            for pair in game.interactions:
                if pair.first == issue:
                    here = pair.values[a, int(game.origin[pair.second]), self.player]
                elif pair.second == issue:
                    here = pair.values[int(game.origin[pair.first]), a, self.player]
                else:
                    continue
                gain += Fraction(int(here), unit)
            shown = Fraction(0) if self.seen is None else self.seen[row]
            found.append((label, gain, shown))
        return found

    def depth(self) -> Number | None:
        """Largest depth that pays at the best benefit per unit of depth."""
        rates = [
            gain / shown
            for k in range(len(self.game.issues))
            for _, gain, shown in self.outcomes(k)
            if shown
        ]
        if not rates:
            return None
        if self.premium is None:
            most: Number | None = None if max(rates) >= 0 else Fraction(0)
        else:
            most = largest_depth(self.premium, max(rates))
        if self.cap is None:
            return most
        return self.cap if most is None else min(most, self.cap)

    def share(self, issue: int, gain: Fraction, shown: Fraction) -> Range | None:
        """Return the range of shares of one outcome that pass, up to rounding."""
        if self.ratified is not None and issue not in self.ratified:
            return Fraction(0), Fraction(1)
        most: Number = Fraction(1)
        if self.cap is not None and shown:
            most = min(most, self.cap / shown)
        if self.premium is None or not shown:
            most = most if gain >= 0 else Fraction(0)
        else:
            low, high = bracket(self.premium, Fraction(0), [(shown, gain / shown)])
            most = min(most, low / shown if low == high else float((low + high) / 2 / shown))
        if self.floor <= 0:
            return Fraction(0), most
        least = self._least(gain, shown, most)
        return None if least is None else (least, most)

    def _least(self, gain: Fraction, shown: Fraction, most: Number) -> Number | None:
        """Return the smallest share that reaches the floor."""
        premium = self.premium
        if premium is None or not shown or premium.form == "linear":
            rate = gain if premium is None else gain - premium.steepness * shown
            return self.floor / rate if rate > 0 and self.floor / rate <= most else None
        if premium.form == "quadratic":
            return self._least_of_square(gain, shown, most)
        steep = premium.steepness * shown
        if gain <= steep:
            return None
        top = min(float(most), math.log(float(gain / steep)) / float(premium.rate * shown))

        def reaches(share: float) -> bool:
            part = Fraction(share)
            return pays(premium, shown * part, gain * part - self.floor)

        if not reaches(top):
            return None
        low = 0.0
        for _ in range(100):
            middle = (low + top) / 2
            low, top = (low, middle) if reaches(middle) else (middle, top)
        return top

    def _least_of_square(self, gain: Fraction, shown: Fraction, most: Number) -> Number | None:
        """Solve gain·s - κβ(shown·s)² = floor for the smaller root, exact where rational."""
        assert self.premium is not None
        bent = self.premium.scale * self.premium.rate * shown * shown
        top = min(Fraction(most), gain / (2 * bent))
        if top < 0 or gain * top - bent * top * top < self.floor:
            return None
        inside = gain * gain - 4 * bent * self.floor
        root = rational_root(inside)
        # The form without cancellation: 2 floor / (gain + root).
        if root is not None:
            return 2 * self.floor / (gain + root)
        return 2 * float(self.floor) / (float(gain) + math.sqrt(float(inside)))

    def check(self, issue: int, outcome: str, stated: Range | None) -> None:
        """Raise VerificationError unless a largest share passes, and a larger one does not."""
        known = {label: (gain, shown) for label, gain, shown in self.outcomes(issue)}
        gain, shown = known[outcome]
        if stated is None or (self.ratified is not None and issue not in self.ratified):
            return
        share = Fraction(stated[1]) * (1 - Fraction(1, 10**9))
        more = Fraction(stated[1]) * (1 + Fraction(1, 10**9)) or Fraction(1, 10**9)
        fine = self._passes(share, gain, shown)
        if not fine or (more <= 1 and self._passes(more, gain, shown)):
            place = f"{self.game.issue_names[issue]}: {outcome}"
            msg = f"{place}: {float(stated[1]):g} is not the largest share that passes"
            raise VerificationError(msg)

    def _passes(self, share: Fraction, gain: Fraction, shown: Fraction) -> bool:
        if self.cap is not None and share * shown > self.cap:
            return False
        if self.premium is None:
            return share * gain >= 0
        return pays(self.premium, share * shown, share * gain)

    def check_package(self, package: Sequence[int], low: Fraction, high: Fraction) -> None:
        """Raise VerificationError unless a bracket of a package's depth is one."""
        again = self.package_bracket(package)
        if again is None or again[1] < low or high < again[0]:
            msg = "the largest depth of a package is not where it is said to be"
            raise VerificationError(msg)

    def package_bracket(self, package: Sequence[int]) -> Bracket | None:
        """Bracket the largest depth of a package that he ratifies, its gains paying for it."""
        members = set(package)
        tied = any({p.first, p.second} <= members for p in self.game.interactions)
        if self.seen is None or tied or self.game.constraints:
            return None
        start, pieces = self.gain_by_depth(package)
        if self.premium is None:
            found = _until_loss(start, pieces)
        elif self.premium.audience == "issue" and len(package) > 1:
            return None
        else:
            found = bracket(self.premium, start, pieces)
        if self.cap is not None and self.cap < found[1]:
            return min(found[0], self.cap), self.cap
        return found

    def gain_by_depth(self, package: Sequence[int]) -> tuple[Fraction, list[Piece]]:
        """Return the most he gains at each depth of a package: a start and pieces."""
        start, pieces = Fraction(0), list[Piece]()
        for k in package:
            points = [(Fraction(0), Fraction(0)), *((s, g) for _, g, s in self.outcomes(k))]
            base = max(g for s, g in points if not s)
            start += base
            pieces += _hull(base, points)
        return start, sorted(pieces, key=lambda piece: -piece[1])

    def cross(self) -> Number:
        """Return what depths at the ratifiable shares cost more together than apart."""
        if self.premium is None or self.premium.audience == "issue":
            return Fraction(0)
        total: Number = Fraction(0)
        groups = parse_agenda(self.game, "linked").packages
        if self.premium.audience == "national":
            groups = (tuple(range(len(self.game.issues))),)
        for package in groups:
            depths = [d for k in package if (d := self._furthest_depth(k))]
            apart = sum((self.premium.cost(d) for d in depths), start=Fraction(0))
            total += self.premium.cost(sum(depths, start=Fraction(0))) - apart
        return total

    def _furthest_depth(self, issue: int) -> Number:
        found: list[Number] = [Fraction(0)]
        for _, gain, shown in self.outcomes(issue):
            stated = self.share(issue, gain, shown)
            if stated is not None:
                found.append(stated[1] * shown)
        return max(found)

    def linking(self) -> tuple[bool, bool]:
        """Whether linking enlarges, and whether it shrinks, what passes."""
        enlarges = shrinks = False
        for package in parse_agenda(self.game, "linked").packages:
            if self.ratified is not None and not set(package) & set(self.ratified):
                continue
            enlarges = enlarges or self._paid_for(package)
            shrinks |= self._fails_together(package)
        return enlarges, shrinks

    def _paid_for(self, package: Sequence[int]) -> bool:
        """Whether gains of others let an outcome pass in a larger share than alone.

        At the share that just passes alone a little more does if some other issue brings more
        than its own depth costs there, what is asked being concave.
        """
        for k in package:
            if self.ratified is not None and k not in self.ratified:
                continue
            for _, gain, shown in self.outcomes(k):
                stated = self.share(k, gain, shown)
                if stated is None or stated[1] >= 1:
                    continue
                depth = stated[1] * shown
                full = self.cap is not None and depth >= self.cap
                if not (shown and full) and any(
                    self._brings(j, depth, full=full) for j in package if j != k
                ):
                    return True
        return False

    def _brings(self, issue: int, depth: Number, *, full: bool) -> bool:
        """Whether an issue brings something net of what shows, at a depth reached elsewhere."""
        price: Number = Fraction(0)
        if self.premium is not None:
            apart = self.premium.audience == "issue" or not depth
            price = self.premium.steepness if apart else self.premium.slope(float(depth))
        return any(
            gain > price * shown for _, gain, shown in self.outcomes(issue) if not (full and shown)
        )

    def _fails_together(self, package: Sequence[int]) -> bool:
        """Whether shares that pass issue by issue fail when the issues are linked."""
        total, depth = Fraction(0), Fraction(0)
        for k in package:
            worst: tuple[Fraction, Fraction] | None = None
            for _, gain, shown in self.outcomes(k):
                stated = self.share(k, gain, shown)
                if stated is None or not stated[1]:
                    continue
                share = Fraction(stated[1])
                rest = share * gain
                if worst is None or rest - share * shown < worst[0] - worst[1]:
                    worst = (rest, share * shown)
            if worst is not None:
                total, depth = total + worst[0], depth + worst[1]
        if self.cap is not None and depth > self.cap:
            return True
        if self.premium is None or self.premium.audience == "issue":
            return total < 0
        return not pays(self.premium, depth, total)


def _hull(base: Fraction, points: Sequence[tuple[Fraction, Fraction]]) -> list[Piece]:
    """Return the pieces of the least concave function above points (depth, gain)."""
    best: dict[Fraction, Fraction] = {Fraction(0): base}
    for shown, gain in points:
        best[shown] = max(gain, best.get(shown, gain))
    chain: list[tuple[Fraction, Fraction]] = []
    for point in sorted(best.items()):
        while len(chain) > 1 and _below(chain[-2], chain[-1], point):
            chain.pop()
        chain.append(point)
    return [(d2 - d1, (g2 - g1) / (d2 - d1)) for (d1, g1), (d2, g2) in pairwise(chain)]


def _below(
    left: tuple[Fraction, Fraction],
    middle: tuple[Fraction, Fraction],
    right: tuple[Fraction, Fraction],
) -> bool:
    across = (middle[0] - left[0]) * (right[1] - left[1])
    return bool((middle[1] - left[1]) * (right[0] - left[0]) <= across)


def _until_loss(start: Fraction, pieces: Sequence[Piece]) -> Bracket:
    """Return how deep one can go, without a premium, before the gain is used up."""
    depth, gain = Fraction(0), start
    for length, slope in pieces:
        if gain + length * slope < 0:
            depth += gain / -slope
            return depth, depth
        depth, gain = depth + length, gain + length * slope
    return depth, depth
