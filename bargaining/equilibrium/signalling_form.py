"""Who signals to whom: a sender with private types acts in one issue, a receiver in another.

The receiver sees what the sender does before acting, and does not see his type.  Payoffs are the
sums of both issues' payoffs at the sender's type, and of the spillovers of the link between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from numpy.typing import NDArray

from bargaining.equilibrium.bayesian_form import bayesian_form
from bargaining.errors import InputError, NotDefinedError
from bargaining.model.game import LinkageGame

MAX_PAIRS = 250_000
"""The most pairs of issues that are looked through."""


@dataclass(frozen=True, eq=False)
class SignallingForm:
    """A signalling game.

    Attributes
    ----------
    game : LinkageGame
    sender, receiver : str
    sender_issue, receiver_issue : str
    types, messages, responses : tuple of str
    prior : mapping of type to Fraction
    paid : mapping of player to mapping of (type, message, response) to Fraction
        What sender and receiver get.
    """

    game: LinkageGame
    sender: str
    receiver: str
    sender_issue: str
    receiver_issue: str
    types: tuple[str, ...]
    messages: tuple[str, ...]
    responses: tuple[str, ...]
    prior: Mapping[str, Fraction]
    paid: Mapping[str, Mapping[tuple[str, str, str], Fraction]]

    def sends(self, kind: str, message: str, response: str) -> Fraction:
        """Return the sender's payoff."""
        return self.paid[self.sender][kind, message, response]

    def receives(self, kind: str, message: str, response: str) -> Fraction:
        """Return the receiver's payoff."""
        return self.paid[self.receiver][kind, message, response]


def signalling_form(
    game: LinkageGame, sender_issue: str | None = None, receiver_issue: str | None = None
) -> SignallingForm:
    """Find who signals to whom, and what each play pays.

    Parameters
    ----------
    game : LinkageGame
    sender_issue, receiver_issue : str, optional
        Needed where more than one pair of issues would do.

    Raises
    ------
    NotDefinedError
        If nobody has private types, or no pair of issues will do.
    InputError
        If several pairs will do, or the issues named will not.
    """
    owners = {d.player for d in game.draws if len(d.possible) > 1}
    if not owners:
        msg = (
            "signalling is not defined: no player has private types; the file's [[types]] say "
            "who knows what"
        )
        raise NotDefinedError(msg)
    given = [
        None if name is None else game.issue_names[game.position(name)]
        for name in (sender_issue, receiver_issue)
    ]
    actors = {name: _actor(game, name) for name in game.issue_names}
    firsts = [k for k, p in actors.items() if p in owners and given[0] in (None, k)]
    seconds = [k for k, p in actors.items() if p is not None and given[1] in (None, k)]
    if len(firsts) * len(seconds) > MAX_PAIRS:
        msg = (
            f"signalling: {len(firsts):,} issues of a sender and {len(seconds):,} of a receiver "
            "are too many to look through; name both issues"
        )
        raise InputError(msg)
    knowing = {name: _knowing(game, name) for name in {*firsts, *seconds}}
    pairs = [
        (first, second)
        for first in firsts
        for second in seconds
        if actors[first] != actors[second] and knowing[first] | knowing[second] == {actors[first]}
    ]
    if len(pairs) != 1:
        asked = {"sender_issue": given[0], "receiver_issue": given[1]}
        named = ", ".join(f'{place} "{name}"' for place, name in asked.items() if name is not None)
        rule = (
            "an issue in which one player with private types has the only choice, another in which "
            "another player has it, and no private types of others in either"
        )
        if not pairs:
            msg = f"signalling{' with ' + named if named else ''}: expected {rule}; found none"
            raise (InputError if named else NotDefinedError)(msg)
        shown = "; ".join(f"{a} and then {b}" for a, b in pairs[:10])
        msg = f"signalling: expected one such pair of issues, found {shown}; name both issues"
        raise InputError(msg)
    return _written_out(game, *pairs[0], actors)


def _actor(game: LinkageGame, name: str) -> str | None:
    """Return the only player who has a choice in an issue."""
    choosing = [p for p, labels in game.issues[name].actions.items() if len(labels) > 1]
    return choosing[0] if len(choosing) == 1 else None


def _knowing(game: LinkageGame, issue: str) -> set[str]:
    """Return the players whose private types change an issue's payoffs."""
    return {d.player for d in game.draws if len(d.possible) > 1 and issue in d.payoffs}


def _written_out(
    game: LinkageGame, first: str, second: str, actors: Mapping[str, str | None]
) -> SignallingForm:
    form = bayesian_form(game, (first, second))
    sender, receiver = actors[first], actors[second]
    assert sender is not None
    assert receiver is not None
    own = form.types[game.players.index(sender)]
    messages, responses = game.issues[first].actions[sender], game.issues[second].actions[receiver]

    ahead = game.players.index(sender) < game.players.index(receiver)

    def table(player: str) -> dict[tuple[str, str, str], Fraction]:
        values: NDArray[Any] = form.payoffs[..., game.players.index(player)]
        return {
            (kind.label, message, response): values[
                t, m * len(responses) + r if ahead else r * len(messages) + m
            ]
            for t, kind in enumerate(own)
            for m, message in enumerate(messages)
            for r, response in enumerate(responses)
        }

    return SignallingForm(
        game, sender, receiver, first, second, tuple(kind.label for kind in own), messages,
        responses, {kind.label: kind.chance for kind in own},
        {player: table(player) for player in (sender, receiver)},
    )  # fmt: skip
