"""A requirement of your own: nobody signs a deal that brings the other side far more.

A requirement is a function of the shares of a package that must not be negative, and it has to be
concave: linear here, less premiums and temptations where you need them (see
bargaining/settlement/requirements/base.py).  The same is written down a second time from the
definitions, as `slack`, so that the checker need not believe the program.

Run: python examples/custom_requirement.py
"""

from dataclasses import dataclass
from fractions import Fraction

import bargaining as bg
from bargaining.model.deal import gains
from bargaining.settlement.requirements.base import Concave


@dataclass(frozen=True)
class AtLeast:
    """A player must gain at least a share of what another gains, in every package."""

    player: str
    share: Fraction
    other: str
    name: str = "at_least"

    def net(self, composition, place):
        """Own gain minus a share of the other's, as a function of the package's shares."""
        mine, his = map(composition.game.players.index, (self.player, self.other))
        return Concave(form=composition.gain(place, mine)).plus(
            Concave(form={j: -self.share * g for j, g in composition.gain(place, his).items()})
        )

    def slack(self, game, deal):
        """The same for a deal, from the definitions."""
        found = dict(zip(game.players, gains(game, deal), strict=True))
        return found[self.player] - self.share * found[self.other]


game = bg.load("us_mexico/guns_for_fentanyl")
rule = AtLeast("us", Fraction(9, 10), "mexico")
for require in ((), (rule,), ("enforcement", rule)):
    found = bg.settle(game, require=require)
    assert found.verify()
    print(found)
    for name, entry in found.requirements.items():
        print(f"  {name}: binding {entry['binding']}, price {float(entry['price']):.4g}")
