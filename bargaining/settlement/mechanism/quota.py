"""Report budgets: a simple mechanism for many copies, and how close it comes to the first best.

Each player must spread his reports over his types in proportion to their probabilities (rounded by
largest remainder), and each copy's efficient deal for the reports is carried out.  Who exaggerates
somewhere must play down elsewhere, so that the loss per copy vanishes as copies grow (Jackson and
Sonnenschein 2007, Econometrica 75:241-257).  With private values a player's best reports solve an
assignment problem whose weights do not depend on what the others do, since their reports at a copy
follow their quotas in any case: the equilibrium is in dominant assignments, computed exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError, NotDefinedError, NotSupportedError, VerificationError
from bargaining.model.agenda import parse_agenda
from bargaining.model.game import LinkageGame
from bargaining.model.transfers import without_transfers
from bargaining.results import Number, Status, checked, in_figures, with_exact
from bargaining.settlement.mechanism.best_replies import (
    MAX_HISTOGRAMS,
    Replies,
    best_at,
    best_replies,
    sampled_worth,
)
from bargaining.settlement.mechanism.cells import Cells
from bargaining.settlement.mechanism.histograms import Histogram, count_histograms, multinomial
from bargaining.settlement.mechanism.quota_rule import (
    MAX_COPIES,
    efficient_rule,
    gain_of,
    quota,
    report_values,
    require_short,
)
from bargaining.settlement.mechanism.setting import Setting, settings

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class QuotaPlayer:
    """What quotas mean for one player, per copy.

    Attributes
    ----------
    name : str
    labels : tuple of str
        Of his types.
    quota : tuple of int
    gain : Fraction
        Expected.
    lowest : Fraction
        His expected gain if his types are as bad for him as can be.
    worst : tuple of int
        That histogram.
    absent : Fraction
        The probability of types at which he would rather stay away.
    truthful : Fraction
        The expected share of truthful reports.
    reports : ndarray of Fraction, shape (types, types)
        The joint law of true and reported type at a copy.
    values : ndarray of Fraction, shape (types, types)
        His expected gain from each report at each true type.
    """

    name: str
    labels: tuple[str, ...]
    quota: Histogram
    gain: Fraction
    lowest: Fraction
    worst: Histogram
    absent: Fraction
    truthful: Fraction
    reports: Array
    values: Array

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        labelled = dict(zip(self.labels, self.quota, strict=True))
        return {
            "quota": labelled,
            "gain": self.gain,
            "lowest": self.lowest,
            "worst": dict(zip(self.labels, self.worst, strict=True)),
            "absent": self.absent,
            "truthful": self.truthful,
            "reports": self.reports.tolist(),
        }


@dataclass(frozen=True, eq=False)
class QuotaPackage:
    """One package's copies under quotas."""

    setting: Setting
    copies: int
    players: tuple[QuotaPlayer, ...]
    first_best: Fraction

    @property
    def total(self) -> Fraction:
        """The expected total gain per copy."""
        return sum((player.gain for player in self.players), start=Fraction(0))


@dataclass(frozen=True, eq=False)
class QuotaMechanism:
    """The equilibrium of the quota mechanism.

    Attributes
    ----------
    game : LinkageGame
    copies : int
    agenda : str
    packages : tuple of QuotaPackage
    optimum : Fraction or float or None
        What the best mechanism yields per copy if nobody may stay away (rationality ``"none"``),
        as given by the caller; at least the total under quotas, at most the first best.

    Notes
    -----
    Where several reports are as good, a player tells the truth where he can.
    """

    game: LinkageGame
    copies: int
    agenda: str
    packages: tuple[QuotaPackage, ...]
    optimum: Number | None = None
    status: Status = Status.SOLVED
    method: str = "assignment per histogram, in rationals"
    tolerance: float = 0.0

    @property
    def total(self) -> Fraction:
        """The expected total gain per copy."""
        return sum((package.total for package in self.packages), start=Fraction(0))

    @property
    def first_best(self) -> Fraction:
        """The expected total gain per copy if types were public."""
        return sum((package.first_best for package in self.packages), start=Fraction(0))

    @property
    def loss(self) -> Fraction:
        """What quotas lose per copy against the first best."""
        return self.first_best - self.total

    @property
    def shortfall(self) -> Number | None:
        """What quotas lose per copy against the best mechanism."""
        return None if self.optimum is None else self.optimum - self.total

    @property
    def gains(self) -> Mapping[str, Fraction]:
        """Expected gains per copy."""
        return {
            name: sum((package.players[i].gain for package in self.packages), start=Fraction(0))
            for i, name in enumerate(self.game.players)
        }

    @checked
    def verify(self) -> bool:
        """Recompute quotas, the rule, best replies and what follows from them.

        All best replies where they are few, otherwise a sample spread over all histograms.
        """
        plain = settings(self.game, parse_agenda(self.game, self.agenda))
        for package, setting in zip(self.packages, plain, strict=True):
            rule = efficient_rule(Cells(setting, 1))
            for i, player in enumerate(package.players):
                probability = setting.spaces[i].probability
                if player.quota != quota(self.copies, probability):
                    _fail(player, "quota", player.quota)
                values = report_values(Cells(setting, 1), rule, i, self._quotas(package))
                if not np.array_equal(values, player.values):
                    _fail(player, "values of reports", values.tolist())
                law = player.reports
                spread = [Fraction(n, self.copies) for n in player.quota]
                if (
                    law.sum(axis=1).tolist() != list(probability)
                    or law.sum(axis=0).tolist() != spread
                ):
                    _fail(player, "reports do not follow types and quota", law.tolist())
                if (law * values).sum() != player.gain or np.trace(law) != player.truthful:
                    _fail(player, "gain", player.gain)
                sample = sampled_worth(values, probability, player.quota)
                if any(brings < player.lowest for brings, _ in sample.values()):
                    _fail(player, "lowest gain", player.lowest)
                if not self._attained(values, player):
                    _fail(player, "lowest gain at", player.worst)
                if len(sample) == count_histograms(self.copies, len(probability)):
                    chance = {h: multinomial(h, probability) for h in sample}
                    gain = sum((chance[h] * b for h, (b, _) in sample.items()), start=Fraction(0))
                    true = sum((chance[h] * s for h, (_, s) in sample.items()), start=Fraction(0))
                    away = sum(
                        (chance[h] for h, (b, _) in sample.items() if b < 0), start=Fraction(0)
                    )
                    if (gain, true, away) != (player.gain, player.truthful, player.absent):
                        _fail(player, "best replies", (gain, true, away))
        if self.optimum is not None and not self._possible(self.optimum):
            msg = (
                f"optimum: expected between {in_figures(self.total)} under quotas and "
                f"{in_figures(self.first_best)} with public types, found {in_figures(self.optimum)}"
            )
            raise VerificationError(msg)
        return True

    def _possible(self, optimum: Number) -> bool:
        """Whether the best mechanism could yield so much: to within 1e-6 if not exact."""
        near: Number = Fraction(0)
        if not isinstance(optimum, Fraction):
            near = 1e-6 * max(1.0, abs(optimum))
        return self.total - near <= optimum <= self.first_best + near

    def _attained(self, values: Array, player: QuotaPlayer) -> bool:
        """Whether the worst histogram brings the lowest gain."""
        worst = player.worst
        if len(worst) != len(values) or min(worst) < 0 or sum(worst) != self.copies:
            return False
        return best_at(values, worst, player.quota)[0] == player.lowest

    @staticmethod
    def _quotas(package: QuotaPackage) -> list[list[Fraction]]:
        return [[Fraction(n, package.copies) for n in p.quota] for p in package.players]

    def to_dict(self, *, exact: bool = False) -> dict[str, Any]:
        """Return plain data."""
        data = {
            "schema": "bargaining-quota/1",
            "game": self.game.name,
            "copies": self.copies,
            "agenda": self.agenda,
            "status": self.status,
            "first_best": self.first_best,
            "total": self.total,
            "loss": self.loss,
            "optimum": self.optimum,
            "shortfall": self.shortfall,
            "gains": dict(self.gains),
            "packages": [
                {
                    "issues": list(package.setting.issues),
                    "total": package.total,
                    "first_best": package.first_best,
                    "players": {p.name: p.to_dict() for p in package.players},
                }
                for package in self.packages
            ],
            "method": self.method,
            "tolerance": self.tolerance,
        }
        return with_exact(data, exact=exact)

    def __str__(self) -> str:
        lines = [
            f"{self.copies} copies under quotas: {in_figures(self.total)} per copy of "
            f"{in_figures(self.first_best)} with public types"
        ]
        for package in self.packages:
            for p in package.players:
                away = (
                    f", rather absent with probability {in_figures(p.absent)}" if p.absent else ""
                )
                lines.append(
                    f"  {p.name} gains {in_figures(p.gain)}, at worst {in_figures(p.lowest)}"
                    f"{away}; "
                    f"{in_figures(p.truthful)} of the reports are true"
                )
        return "\n".join(lines)


def quota_mechanism(
    game: LinkageGame,
    copies: int,
    *,
    agenda: str = "linked",
    optimum: Number | None = None,
) -> QuotaMechanism:
    """Compute the equilibrium of the quota mechanism.

    Parameters
    ----------
    game : LinkageGame
        With private values: nobody's types change another's gains.
    copies : int
    agenda : str
        Each package has quotas of its own.
    optimum : number, optional
        What the best mechanism of rationality ``"none"`` yields per copy, if known.

    Raises
    ------
    NotDefinedError
        If a player's types change another's gains.
    NotSupportedError
        Beyond 2,000 copies, if a player has too many histograms of types, or if probabilities
        would have thousands of digits.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.loads('''format = "bargaining-game/1"
    ... players = ["us", "mexico"]
    ... [issues.fund]
    ... options = ["no", "yes"]
    ... status_quo = "no"
    ... payoffs.us = [0, 1]
    ... payoffs.mexico = [0, 1]
    ... [[types]]
    ... player = "us"
    ... probability = ["1/2", "1/2"]
    ... payoffs.fund.us = [[0, -2], [0, 3]]
    ... ''')
    >>> quota_mechanism(game, 2).total
    Fraction(11, 8)
    """
    if copies != int(copies) or copies < 1:
        msg = f"copies: expected a whole number of at least 1, found {copies!r}"
        raise InputError(msg)
    plain = without_transfers(game)
    found = settings(plain, parse_agenda(plain, agenda))
    packages = tuple(_package(setting, int(copies)) for setting in found)
    return QuotaMechanism(plain, int(copies), agenda, packages, optimum)


def _package(setting: Setting, copies: int) -> QuotaPackage:
    players = setting.game.players
    for i, name in enumerate(players):
        if others := setting.relevant(i):
            msg = (
                f"quotas: not defined: {name}'s gains depend on types of {players[others[0]]}, so "
                "that a report's worth depends on what it says about the truth, and with that on "
                "the others' strategies; ask for the best mechanism instead"
            )
            raise NotDefinedError(msg)
    for name, types in zip(players, setting.shape, strict=True):
        count = count_histograms(copies, types)
        if copies <= MAX_COPIES and count > MAX_HISTOGRAMS:
            msg = (
                f"quotas: {copies} copies of {types} types of {name} have {count:,} histograms (at "
                f"most {MAX_HISTOGRAMS:,}); take fewer copies or types"
            )
            raise NotSupportedError(msg)
    require_short(setting, copies)
    cells = Cells(setting, 1)
    rule = efficient_rule(cells)
    quotas = [quota(copies, space.probability) for space in setting.spaces]
    spread = [[Fraction(n, copies) for n in numbers] for numbers in quotas]
    found = []
    for i, (name, space) in enumerate(zip(players, setting.spaces, strict=True)):
        values = report_values(cells, rule, i, spread)
        replies = best_replies(values, space.probability, quotas[i])
        found.append(_player(name, space.labels, quotas[i], values, replies))
    best = Fraction(0)
    for profile in setting.each_profile():
        gains = setting.probability(profile)
        best += gains * sum(
            (gain_of(cells, i, profile, rule[profile]) for i in range(len(players))),
            start=Fraction(0),
        )
    return QuotaPackage(setting, copies, tuple(found), best)


def _player(
    name: str, labels: tuple[str, ...], numbers: Histogram, values: Array, replies: Replies
) -> QuotaPlayer:
    law = replies.law
    return QuotaPlayer(
        name,
        labels,
        numbers,
        Fraction((law * values).sum()),
        replies.lowest,
        replies.worst,
        replies.negative,
        Fraction(np.trace(law)),
        law,
        values,
    )


def _fail(player: QuotaPlayer, what: str, found: Any) -> None:
    msg = f"{player.name}: {what}: recomputed {found}"
    raise VerificationError(msg)
