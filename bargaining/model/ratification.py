"""What a deal must pass at home: premiums on visible depth, caps, floors, players who only ratify.

The depth of a deal for a player is what it shows at home: shares times the visibility of the
outcomes, 0 at the status quo.  A premium is what depth costs him: κ(e^{βd} - 1), or in the
linear form κβd, or in the quadratic one κβd².  With ``audience = "package"`` each package has
its own depth, with ``"issue"`` each issue, and with ``"national"`` one audience adds the depths
of all packages up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError
from bargaining.model.precise import MOST, precisely

if TYPE_CHECKING:
    from bargaining.model.deal import Deal
    from bargaining.model.game import LinkageGame

Form = Literal["exponential", "linear", "quadratic"]
Audience = Literal["package", "national", "issue"]


@dataclass(frozen=True)
class Premium:
    """What visible depth costs a player.

    Attributes
    ----------
    scale, rate : Fraction
        κ and β.
    form : {"exponential", "linear", "quadratic"}
    audience : {"package", "national", "issue"}

    Examples
    --------
    >>> Premium(Fraction(1), Fraction(1)).cost(1.0)  # e - 1
    1.718281828459045
    >>> Premium(Fraction(2), Fraction(3), "quadratic").cost(Fraction(1, 2))
    Fraction(3, 2)
    """

    scale: Fraction
    rate: Fraction
    form: Form = "exponential"
    audience: Audience = "package"

    @property
    def steepness(self) -> Fraction:
        """What the first bit of depth costs per unit: κβ, or 0 in the quadratic form."""
        return Fraction(0) if self.form == "quadratic" else self.scale * self.rate

    @property
    def bends(self) -> bool:
        """Whether a unit of depth costs more the deeper a deal already is."""
        return self.form != "linear"

    def cost(self, depth: Any) -> Any:
        """Cost of a depth: exact for rational depth, except that the exponential form is not."""
        if self.form == "linear":
            return self.scale * self.rate * depth
        if self.form == "quadratic":
            return self.scale * self.rate * depth * depth
        if isinstance(depth, (int, Fraction)) and depth == 0:
            return Fraction(0)
        power = float(self.rate) * float(depth)
        return math.inf if power > 700 else float(self.scale) * math.expm1(power)

    def slope(self, depth: float) -> float:
        """Cost of a little more depth, per unit."""
        steep = float(self.scale * self.rate)
        if self.form == "linear":
            return steep
        if self.form == "quadratic":
            return 2 * steep * depth
        power = float(self.rate) * depth
        return math.inf if power > 700 else steep * math.exp(power)


@dataclass(frozen=True, eq=False)
class Ratification:
    """What the file asks of a deal at home; parts that can change nothing are left out.

    Attributes
    ----------
    premiums : mapping of int to Premium
        By position of the player.
    caps, floors : mapping of int to Fraction
    ratified : mapping of int to tuple of int
        Issues that each player only ratifies.
    visible : mapping of int to ndarray of Fraction
        Visibility of every outcome, stacked over the issues, for players who have a premium or
        a cap.
    own : tuple
        What the caller asks of every package besides (``settlement/requirements/base.py``).
    """

    premiums: Mapping[int, Premium]
    caps: Mapping[int, Fraction]
    floors: Mapping[int, Fraction]
    ratified: Mapping[int, tuple[int, ...]]
    visible: Mapping[int, NDArray[Any]]
    own: tuple[Any, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.premiums or self.caps or self.floors or self.ratified or self.own)

    def ratifiers(self, package: Sequence[int]) -> tuple[int, ...]:
        """Players who only ratify and have a say on a package."""
        members = set(package)
        return tuple(j for j, issues in self.ratified.items() if not members.isdisjoint(issues))

    def depth(self, game: LinkageGame, deal: Deal, player: int) -> dict[int, Any]:
        """Depth of a deal for a player, issue by issue; issues without depth are left out."""
        if player not in self.visible:
            return {}
        seen, offsets = self.visible[player], game.flat.offsets
        found: dict[int, Any] = {}
        starts = offsets[:-1] if deal.issues is None else offsets[deal.issues]
        every = range(len(starts)) if deal.issues is None else deal.issues.tolist()
        in_full = seen[starts + deal.outcomes].tolist()
        for k, first, depth in zip(every, starts.tolist(), in_full, strict=True):
            if k in deal.shares:
                shares = deal.shares[k].items()
                depth = sum((share * seen[first + a] for a, share in shares), start=Fraction(0))
            if depth:
                found[k] = depth
        return found

    def cost(self, player: int, depth: Mapping[int, Any], packages: Sequence[Sequence[int]]) -> Any:
        """Premium of a player for depths by issue, where these packages are carried out.

        With one audience for each package, or for each issue, costs add up over them; a national
        audience sees the sum of all depths.
        """
        premium = self.premiums.get(player)
        if premium is None:
            return Fraction(0)
        return sum(
            (premium.cost(d) for d in _audiences(premium, depth, packages)), start=Fraction(0)
        )

    def net(
        self, player: int, gain: Any, depth: Mapping[int, Any], packages: Sequence[Sequence[int]]
    ) -> Any:
        """Gain of a player less the premium.

        Where shares are exact the difference is taken before rounding: near a threshold a gain
        and its premium agree to many digits.
        """
        premium = self.premiums.get(player)
        if premium is None or not depth:
            return gain
        sums = _audiences(premium, depth, packages)
        exact = isinstance(gain, Fraction) and all(isinstance(d, (int, Fraction)) for d in sums)
        tame = all(float(premium.rate) * float(d) <= MOST for d in sums)
        if premium.form != "exponential" or not (exact and tame):
            cost = sum((premium.cost(d) for d in sums), start=Fraction(0))
            return gain - cost if cost else gain
        paid = sum((precisely(premium, Fraction(d)) for d in sums), start=Fraction(0))
        return float(gain - paid) if paid else gain


def _audiences(
    premium: Premium, depth: Mapping[int, Any], packages: Sequence[Sequence[int]]
) -> list[Any]:
    """Return the depth that each audience of a premium sees."""
    if premium.audience == "issue":
        return list(depth.values())
    if premium.audience == "national":
        return [sum(depth.values(), start=Fraction(0))]
    return [
        sum((depth[k] for k in package if k in depth), start=Fraction(0)) for package in packages
    ]


def read_ratification(game: LinkageGame) -> Ratification:
    """Read premiums, caps, floors and vetoes off a game's channels.

    Raises
    ------
    InputError
        If a number makes no sense: a premium that falls with depth, a status quo that shows.
    """
    names = list(game.players)
    visible = _visibility(game)
    premiums = {}
    for player, table in dict(game.channels.get("premium") or {}).items():
        premium = Premium(
            Fraction(table["scale"]),
            Fraction(table["rate"]),
            table.get("form", "exponential"),
            table.get("audience", "package"),
        )
        for key in ("scale", "rate"):
            if getattr(premium, key) < 0:
                place = f"{game.name or 'the game'}: premium.{player}.{key}"
                msg = f"{place}: expected a number from 0 on, found {getattr(premium, key)}"
                raise InputError(msg)
        if premium.scale * premium.rate and names.index(player) in visible:
            premiums[names.index(player)] = premium
    caps = {}
    for player, cap in dict(game.channels.get("caps") or {}).items():
        if cap < 0:
            place = f"{game.name or 'the game'}: caps.{player}"
            msg = f"{place}: expected a number from 0 on (the status quo has depth 0), found {cap}"
            raise InputError(msg)
        if names.index(player) in visible:
            caps[names.index(player)] = Fraction(cap)
    together = any(premium.audience == "national" for premium in premiums.values())
    floors = {
        names.index(player): Fraction(floor)
        for player, floor in dict(game.channels.get("floors") or {}).items()
        if floor > 0 or (together and names.index(player) in premiums)
    }
    ratified: dict[int, tuple[int, ...]] = {}
    for issue, players in dict(game.channels.get("vetoes") or {}).items():
        for player in players:
            i = names.index(player)
            own = next((n for n, other in game.issues.items() if player in other.actions), None)
            if own is not None:
                place = f"{game.name or 'the game'}: vetoes.{issue}"
                msg = (
                    f'{place}: expected players who only ratify, found "{player}", who acts in '
                    f'"{own}": who acts has a say anyway; leave him out'
                )
                raise InputError(msg)
            # An issue taken off the table needs no consent; who ratified it still only ratifies.
            held = (game.position(issue),) if issue in game.issues else ()
            ratified[i] = (*ratified.get(i, ()), *held)
    shown = {i: visible[i] for i in visible if i in premiums or i in caps}
    return Ratification(premiums, caps, floors, ratified, shown)


def _visibility(game: LinkageGame) -> dict[int, NDArray[Any]]:
    """Visibility of all outcomes, stacked, for players for whom anything is visible."""
    if not any(key in game.channels for key in ("premium", "caps")):
        return {}
    offsets, found = game.flat.offsets, {}
    for k, (name, issue) in enumerate(game.issues.items()):
        for player, values in issue.visibility.items():
            if not any(values):
                continue
            place = f"{game.name or 'the game'}: issues.{name}.visibility.{player}"
            if values[int(game.origin[k])] != 0:
                at = issue.outcomes[int(game.origin[k])]
                found_there = values[int(game.origin[k])]
                msg = f'{place}: expected 0 at the status quo "{at}", found {found_there}'
                raise InputError(msg)
            if min(values) < 0:
                msg = f"{place}: expected numbers from 0 on, found {min(values)}"
                raise InputError(msg)
            i = game.players.index(player)
            if i not in found:
                found[i] = np.full(int(offsets[-1]), Fraction(0), dtype=object)
            found[i][int(offsets[k]) : int(offsets[k + 1])] = [Fraction(v) for v in values]
    return found
