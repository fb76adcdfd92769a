"""Signalling: what an act that all can see says about who acts.

A sender with private types acts in one issue; the receiver sees it and acts in another.  In a pure
*perfect Bayesian equilibrium* every type's message is best against the responses, every response
is best at the receiver's belief, and beliefs follow Bayes' rule wherever a message is sent; after
a message that nobody sends any belief will do that makes the response best.  An equilibrium
separates the types, pools them, or pools some.  The *intuitive criterion* (Cho and Kreps 1987, QJE
102:179-221) rules out equilibria kept up by beliefs in types that could never gain by the message.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from bargaining.equilibrium.beliefs import Belief, Payments, justifying, posterior
from bargaining.equilibrium.signalling_answer import (
    SignallingEquilibria,
    SignallingEquilibrium,
    kind_of,
    payments_after,
    unintuitive,
)
from bargaining.equilibrium.signalling_form import SignallingForm, signalling_form
from bargaining.errors import NotSupportedError
from bargaining.model.game import LinkageGame, require_game

MAX_PLAYS = 50_000
"""The most pairs of pure strategies of sender and receiver."""


def signalling_equilibria(
    game: LinkageGame, *, sender_issue: str | None = None, receiver_issue: str | None = None
) -> SignallingEquilibria:
    """Find all pure perfect Bayesian equilibria of a signalling game.

    Parameters
    ----------
    game : LinkageGame
        With ``[[types]]`` of one player.
    sender_issue, receiver_issue : str, optional
        The issue in which the player with private types has the only choice, and the issue in
        which another player has it and chooses after seeing him; found unless named, if only one
        pair of issues will do.

    Returns
    -------
    SignallingEquilibria
        Payoffs are the sums of both issues' payoffs and of the spillovers of their link.

    Raises
    ------
    NotDefinedError, InputError
        If the game is none of this kind, or the issues must be named.
    NotSupportedError
        Beyond 50,000 pairs of pure strategies.

    References
    ----------
    Cho, I.-K., and D. Kreps (1987). Signaling games and stable equilibria. QJE 102, 179-221.

    Examples
    --------
    >>> from bargaining.loading import load
    >>> found = signalling_equilibria(load("us_mexico/abrazos", parameters={"k": "3/4"}))
    >>> [(e.kind, e.intuitive) for e in found.equilibria]
    [('pooling', False), ('separating', True)]
    """
    require_game(game)
    form = signalling_form(game, sender_issue, receiver_issue)
    types, messages, responses = (len(x) for x in (form.types, form.messages, form.responses))
    if not _within(messages, types, responses, messages):
        msg = (
            f"{messages} messages for {types} types and {responses} responses to each make more "
            f"than {MAX_PLAYS:,} pairs of pure strategies; leave some types, messages or responses "
            "out"
        )
        raise NotSupportedError(msg)
    payments = {message: payments_after(form, message) for message in form.messages}
    beliefs: dict[tuple[str, str], Belief | None] = {}
    found = []
    for sent in itertools.product(form.messages, repeat=len(form.types)):
        strategy = dict(zip(form.types, sent, strict=True))
        found += list(_answered(form, strategy, payments, beliefs))
    return SignallingEquilibria(form, tuple(found))


def _within(messages: int, types: int, responses: int, times: int) -> bool:
    """Whether there are few enough pairs of strategies; counted without large numbers."""
    total = 1
    for base, exponent in ((messages, types), (responses, times)):
        for _ in range(exponent if base > 1 else 0):
            total *= base
            if total > MAX_PLAYS:
                return False
    return True


def _answered(
    form: SignallingForm,
    strategy: Mapping[str, str],
    payments: Mapping[str, Payments],
    beliefs: dict[tuple[str, str], Belief | None],
) -> Iterator[SignallingEquilibrium]:
    """Yield the equilibria in which the types send these messages."""
    reached = [m for m in form.messages if m in strategy.values()]
    held = {m: posterior(form.prior, [s for s in form.types if strategy[s] == m]) for m in reached}
    best = [_best_responses(payments[m], held[m].witness) for m in reached]
    for chosen in itertools.product(*best):
        answers = dict(zip(reached, chosen, strict=True))
        payoffs = {s: form.sends(s, strategy[s], answers[strategy[s]]) for s in form.types}
        if any(form.sends(s, m, r) > payoffs[s] for s in form.types for m, r in answers.items()):
            continue
        unsent = [m for m in form.messages if m not in answers]
        deterring = [
            [r for r in form.responses
             if all(form.sends(s, m, r) <= payoffs[s] for s in form.types)
             and _belief(payments[m], m, r, form.types, beliefs) is not None]
            for m in unsent
        ]  # fmt: skip
        ruled_out = unintuitive(form, payoffs, unsent)
        for rest in itertools.product(*deterring):
            responses = {**answers, **dict(zip(unsent, rest, strict=True))}
            responses = {m: responses[m] for m in form.messages}
            believed = {}
            for m, r in responses.items():
                belief = held[m] if m in held else beliefs[m, r]
                assert belief is not None
                believed[m] = belief
            worth = sum(
                (p * form.receives(s, strategy[s], responses[strategy[s]])
                 for s, p in form.prior.items()), start=Fraction(0),
            )  # fmt: skip
            yield SignallingEquilibrium(
                kind_of(strategy), strategy, responses, payoffs, worth, believed, ruled_out
            )


def _best_responses(payments: Payments, belief: Mapping[str, Fraction]) -> list[str]:
    worth = {r: sum(belief[s] * v for s, v in row.items()) for r, row in payments.items()}
    return [r for r, v in worth.items() if v == max(worth.values())]


def _belief(
    payments: Payments,
    message: str,
    response: str,
    types: Sequence[str],
    known: dict[tuple[str, str], Belief | None],
) -> Belief | None:
    if (message, response) not in known:
        known[message, response] = justifying(payments, response, types)
    return known[message, response]
