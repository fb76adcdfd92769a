"""The answer of the linked game: plans, what they pay, and the check by best replies.

Nothing here depends on how an equilibrium was found: regret, payoffs and guarantees are recomputed
from the players' plans, over all their joint actions.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.equilibrium.linked_form import Block, LinkedForm, linked_form
from bargaining.equilibrium.linked_side import Plan
from bargaining.errors import InputError, NotSupportedError, VerificationError
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status, in_figures, plain

TOLERANCE = 1e-9
"""The largest regret of a numerical answer, relative to the range of payoffs."""

MAX_TUPLES = 65_536
"""The most tuples of actions that a strategy is written out over."""

Plans = tuple[Plan, Plan]


@dataclass(frozen=True, eq=False)
class LinkedEquilibrium:
    """An equilibrium of the linked game.

    Attributes
    ----------
    form : LinkedForm
        The game in compact form (with ``form.game`` the game itself).
    plans : tuple of pairs of arrays
        Per component of the spillover graph, both players' shares; empty without an answer.
    status : Status
        ``solved``; ``limit_reached`` or ``numerical_trouble`` when no equilibrium was certified.
    method : str
    exact : bool
        Whether plans and payoffs are exact (Fractions) and the regret is exactly 0.
    payoffs : mapping of str to Fraction or float
        Total payoffs, of players who do not act too.
    regret : Fraction or float or None
        The most that a player could gain by any other strategy.
    value : Fraction or float or None
        What the first player who acts gets in every equilibrium, where interests are strictly
        opposed (the payoffs of one are -μ times those of the other, up to a constant).
    tolerance : float
        The largest regret allowed, in units of payoff; 0 when exact.
    """

    form: LinkedForm = field(repr=False)
    plans: tuple[Plans, ...] = field(repr=False)
    status: Status
    method: str
    exact: bool
    payoffs: Mapping[str, Number]
    regret: Number | None
    value: Number | None
    tolerance: float

    @property
    def game(self) -> LinkageGame:
        """The game that was solved, commitments included."""
        return self.form.game

    @cached_property
    def marginals(self) -> Mapping[str, Mapping[str, NDArray[np.float64]]]:
        """Per player and issue in which he acts, a probability per action."""
        return {
            player: {k: shares.astype(np.float64) for k, shares in found.items()}
            for player, found in self.shares.items()
        }

    @cached_property
    def shares(self) -> Mapping[str, Mapping[str, NDArray[Any]]]:
        """The same as :attr:`marginals`, as Fractions where the answer is exact."""
        return {
            self.game.players[mover]: dict(self._issue_shares(side))
            for side, mover in enumerate(self.form.movers)
        }

    def _issue_shares(self, side: int) -> Iterator[tuple[str, NDArray[Any]]]:
        if not self.plans:
            return
        player = self.game.players[self.form.movers[side]]
        for k, (name, issue) in enumerate(self.game.issues.items()):
            if player in issue.actions:
                block = self.form.block_of(k)
                choice = block is not None and k in self.form.blocks[block].sides[side].actions
                if block is None or not choice:
                    yield name, np.array([Fraction(1)], dtype=object)
                else:
                    part = self.form.blocks[block].sides[side]
                    yield name, part.shares(self.plans[block][side], (k,))

    @cached_property
    def edge_marginals(self) -> Mapping[str, Mapping[tuple[str, str], NDArray[np.float64]]]:
        """Per player and linked pair of issues, joint probabilities, shape (actions, actions).

        Pairs are spelled as in the game's links; a pair has an entry if its spillovers do not
        merely add up (only then does the joint play of the two issues matter).
        """
        found: dict[str, dict[tuple[str, str], NDArray[np.float64]]] = {}
        for side, mover in enumerate(self.form.movers):
            player = self.game.players[mover]
            mine = found.setdefault(player, {})
            for link in self.game.links or () if self.plans else ():
                first, second = (self.game.position(name) for name in link.between)
                if (min(first, second), max(first, second)) not in self.form.tables:
                    continue
                if all(player in self.game.issues[name].actions for name in link.between):
                    mine[link.between] = self._pair_shares(side, first, second)
        return found

    def _pair_shares(self, side: int, first: int, second: int) -> NDArray[np.float64]:
        block = self.form.block_of(first)
        assert block is not None
        part = self.form.blocks[block].sides[side]
        low, high = min(first, second), max(first, second)
        scope = tuple(k for k in (low, high) if k in part.actions)
        joint = part.shares(self.plans[block][side], scope).astype(np.float64)
        table = joint.reshape(part.actions.get(low, 1), part.actions.get(high, 1))
        return table if first < second else table.T

    def verify(self) -> bool:
        """Recompute plans, payoffs and regret from the game by best replies.

        Raises
        ------
        VerificationError
            If a plan is inconsistent, or a player could gain more than the tolerance.
        """
        if self.status is not Status.SOLVED:
            return True
        form = linked_form(self.game)
        if len(form.blocks) != len(self.plans):
            msg = "the answer does not have plans for every component of the linked game"
            raise VerificationError(msg)
        slack = 0 if self.exact else TOLERANCE
        for block, plans in zip(form.blocks, self.plans, strict=True):
            for side, plan in zip(block.sides, plans, strict=True):
                if len(plan) != side.cells or side.excess(plan) > slack:
                    msg = f"{side.player}'s shares are not those of a strategy"
                    raise VerificationError(msg)
        each, allowed = regrets_of(form, self.plans), tolerance_of(form)
        for regret, limit in zip(each, allowances(form), strict=True):
            if regret > (0 if self.exact else limit):
                msg = f"a player can gain {float(regret):g} by another strategy: no equilibrium"
                raise VerificationError(msg)
        stated = max(*each, Fraction(0))
        apart = stated if self.regret is None else stated - self.regret
        if self.regret is None or max(apart, -apart) > (0 if self.exact else allowed):
            msg = f"the most that a player can gain is {float(stated):g}, not {self.regret}"
            raise VerificationError(msg)
        for player, paid in payoffs_of(form, self.plans).items():
            wrong = paid - self.payoffs[player]
            if max(wrong, -wrong) > (0 if self.exact else allowed):
                msg = f"{player}'s payoff is {float(paid):g}, not {float(self.payoffs[player]):g}"
                raise VerificationError(msg)
        opposed = form.rate is not None
        if (self.value is not None) != opposed:
            msg = "a value is stated exactly where interests are strictly opposed"
            raise VerificationError(msg)
        if opposed and self.value is not None:
            lower, upper = bounds_of(form, self.plans)
            slack = 0 if self.exact else allowed
            if not lower - slack <= self.value <= upper + slack or upper - lower > slack:
                msg = (
                    f"the plans guarantee {float(lower):g} and {float(upper):g}, "
                    f"not the value {float(self.value):g}"
                )
                raise VerificationError(msg)
        return True

    def sample(self, rng: np.random.Generator) -> dict[str, str]:
        """Draw one joint play: an outcome per issue.

        Parameters
        ----------
        rng : numpy.random.Generator
        """
        if not self.plans:
            msg = "there is no equilibrium to draw from: the status is " + str(self.status)
            raise InputError(msg)
        drawn: list[dict[int, int]] = [{}, {}]
        for block, plans in zip(self.form.blocks, self.plans, strict=True):
            for side in (0, 1):
                drawn[side].update(block.sides[side].draw(plans[side], rng))
        return self.form.outcomes((drawn[0], drawn[1]))

    def flatten(self) -> Mapping[str, NDArray[Any]]:
        """Return each player's mixed strategy over tuples of actions, for small games.

        Returns
        -------
        mapping of str to ndarray
            Per player who acts, one axis per issue in which he has a choice, in the game's order.

        Raises
        ------
        NotSupportedError
            If there are more than 65,536 tuples.
        """
        found = {}
        for side, mover in enumerate(self.form.movers):
            choices = {k: a for b in self.form.blocks for k, a in b.sides[side].actions.items()}
            if math.prod(choices.values()) > MAX_TUPLES:
                msg = (
                    f"{self.game.players[mover]} has {math.prod(choices.values()):,} joint "
                    f"actions, too many to list (at most {MAX_TUPLES:,}); use marginals or sample"
                )
                raise NotSupportedError(msg)
            joint: NDArray[Any] = np.ones((), dtype=object)
            order: list[int] = []
            for block, plans in zip(self.form.blocks, self.plans, strict=True):
                part = block.sides[side]
                if part.actions:
                    joint = np.multiply.outer(joint, part.joint(plans[side]))
                    order += part.actions
            found[self.game.players[mover]] = joint.transpose(np.argsort(order))
        return found

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, with exact numbers as strings under ``exact``."""
        marginals = self._labelled()
        numbers: dict[str, Any] = {
            "marginals": marginals,
            "payoffs": dict(self.payoffs),
            "regret": self.regret,
        }
        if self.value is not None:
            numbers["value"] = self.value
        data = {
            **plain(numbers),
            "status": str(self.status),
            "method": self.method,
            "tolerance": self.tolerance,
        }
        if self.exact:
            data["exact"] = plain(numbers, exact=True)
        return data

    def _labelled(self) -> dict[str, dict[str, dict[str, Number]]]:
        return {
            player: {
                name: dict(
                    zip(self.game.issues[name].actions[player], shares.tolist(), strict=True)
                )
                for name, shares in mine.items()
            }
            for player, mine in self.shares.items()
        }

    def __str__(self) -> str:
        return self.described()

    def described(self, *, exact: bool = False) -> str:
        """Return the answer as text; with ``exact`` every fraction as such."""
        figures = partial(in_figures, exact=exact)
        if self.status is not Status.SOLVED:
            return f"no equilibrium of the linked game was certified ({self.status})"
        lines = ["Equilibrium of the linked game"]
        for player, mine in self._labelled().items():
            lines.append(f"  {player}")
            for name, shares in mine.items():
                used = ", ".join(f"{a} {figures(p)}" for a, p in shares.items() if p > 1e-12)
                lines.append(f"    {name}: {used}")
        paid = ", ".join(f"{p} {figures(u)}" for p, u in self.payoffs.items())
        lines.append(f"  payoffs: {paid}")
        if self.value is not None:
            lines.append(f"  value: {figures(self.value)}")
        lines.append(f"  regret: {figures(self.regret or Fraction(0))} ({self.method})")
        return "\n".join(lines)


def answer(form: LinkedForm, plans: tuple[Plans, ...], method: str) -> LinkedEquilibrium:
    """State an equilibrium with everything that is recomputed from its plans."""
    exact = all(plan.dtype == object for pair in plans for plan in pair)
    value: Number | None = None
    if form.rate is not None:
        lower, upper = bounds_of(form, plans)
        value = lower if exact else (lower + upper) / 2
    return LinkedEquilibrium(
        form,
        plans,
        Status.SOLVED,
        method,
        exact,
        payoffs_of(form, plans),
        max(*regrets_of(form, plans), Fraction(0)),
        value,
        0.0 if exact else tolerance_of(form),
    )


def regrets(form: LinkedForm, block: Block, plans: Plans) -> Iterator[Number]:
    """Yield what each side could gain in a component."""
    for side, mover in enumerate(form.movers):
        worth = block.worth(side, mover, plans[1 - side])
        best, _ = block.sides[side].best(worth)
        yield best - plans[side] @ worth


def regrets_of(form: LinkedForm, plans: tuple[Plans, ...]) -> list[Number]:
    """Return the most that each player could gain by any strategy of the linked game."""
    totals: list[Number] = [Fraction(0), Fraction(0)]
    for block, pair in zip(form.blocks, plans, strict=True):
        totals = [t + r for t, r in zip(totals, regrets(form, block, pair), strict=True)]
    return totals


def allowances(form: LinkedForm) -> list[float]:
    """Return the regret that each player may have in a numerical answer, in units of payoff."""
    return [TOLERANCE * sum(block.reach(mover) for block in form.blocks) for mover in form.movers]


def tolerance_of(form: LinkedForm) -> float:
    """Return the larger of both players' allowances."""
    return max(allowances(form), default=TOLERANCE)


def payoffs_of(form: LinkedForm, plans: tuple[Plans, ...]) -> dict[str, Number]:
    """Return every player's total payoff."""
    totals: dict[str, Number] = {}
    for i, player in enumerate(form.game.players):
        total: Number = form.constant[i]
        for block, pair in zip(form.blocks, plans, strict=True):
            total = total + block.payoff(i, pair)
        totals[player] = total if isinstance(total, Fraction) else float(total)
    return totals


def bounds_of(form: LinkedForm, plans: tuple[Plans, ...]) -> tuple[Number, Number]:
    """Return what the first side's plans guarantee him, and what the second's hold him to."""
    mover = form.movers[0]
    lower: Number = form.constant[mover]
    upper: Number = form.constant[mover]
    for block, pair in zip(form.blocks, plans, strict=True):
        least, most = guarantees(block, mover, pair)
        lower, upper = lower + least, upper + most
    return lower, upper


def guarantees(block: Block, mover: int, plans: tuple[Plan, Plan]) -> tuple[Any, Any]:
    """Return what the first side's plan guarantees him, and what the second's holds him to."""
    lower, _ = block.sides[1].best(-block.worth(1, mover, plans[0]))
    upper, _ = block.sides[0].best(block.worth(0, mover, plans[1]))
    return -lower, upper
