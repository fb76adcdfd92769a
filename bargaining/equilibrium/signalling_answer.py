"""Equilibria of a signalling game, and every check of them.

Each equilibrium is checked by its definition; that none is missing, by going through every pair of
pure strategies once more.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any

from bargaining.equilibrium.beliefs import Belief, Payments, check_justified, justified
from bargaining.equilibrium.signalling_form import SignallingForm
from bargaining.errors import VerificationError
from bargaining.results import Status, checked, in_figures, plain


@dataclass(frozen=True)
class SignallingEquilibrium:
    """A pure perfect Bayesian equilibrium.

    Attributes
    ----------
    kind : str
        ``"separating"`` (every type its own message), ``"pooling"`` (one message) or
        ``"partially pooling"``.
    messages : mapping of type to message
    responses : mapping of message to response
    payoffs : mapping of type to Fraction
        The sender's.
    receiver_payoff : Fraction
        Expected before the type is drawn.
    beliefs : mapping of message to Belief
    ruled_out_by : tuple of (message, type) or None
        A message that nobody sends and a type that would gain by it, once types that could never
        gain are ruled out; None if the equilibrium passes the intuitive criterion.
    """

    kind: str
    messages: Mapping[str, str]
    responses: Mapping[str, str]
    payoffs: Mapping[str, Fraction]
    receiver_payoff: Fraction
    beliefs: Mapping[str, Belief]
    ruled_out_by: tuple[str, str] | None

    @property
    def intuitive(self) -> bool:
        """Whether it passes the intuitive criterion."""
        return self.ruled_out_by is None


@dataclass(frozen=True, eq=False)
class SignallingEquilibria:
    """All pure perfect Bayesian equilibria of a signalling game.

    Attributes
    ----------
    form : SignallingForm
    equilibria : tuple of SignallingEquilibrium
    """

    form: SignallingForm = field(repr=False)
    equilibria: tuple[SignallingEquilibrium, ...]

    @property
    def status(self) -> Status:
        """``solved``, or ``no_equilibrium`` where there is none in pure strategies."""
        return Status.SOLVED if self.equilibria else Status.NO_EQUILIBRIUM

    @checked
    def verify(self) -> bool:
        """Check every equilibrium by its definition, and that none is missing."""
        for one in self.equilibria:
            _check(self.form, one)
        listed = {_play(self.form, e.messages, e.responses) for e in self.equilibria}
        if len(listed) < len(self.equilibria) or listed != _all_plays(self.form):
            msg = "the list of equilibria is not the list of all"
            raise VerificationError(msg)
        return True

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, with exact numbers as strings under ``exact``."""
        shown = [
            {
                "kind": one.kind,
                "messages": dict(one.messages),
                "responses": dict(one.responses),
                "payoffs": dict(one.payoffs),
                "receiver_payoff": one.receiver_payoff,
                "beliefs": {
                    message: {kind: [belief.low[kind], belief.high[kind]] for kind in belief.low}
                    for message, belief in one.beliefs.items()
                },
                "intuitive": one.intuitive,
                "ruled_out_by": None if one.ruled_out_by is None else list(one.ruled_out_by),
            }
            for one in self.equilibria
        ]
        form = self.form
        numbers = {"prior": form.prior, "equilibria": shown}
        return {
            "sender": form.sender,
            "receiver": form.receiver,
            "sender_issue": form.sender_issue,
            "receiver_issue": form.receiver_issue,
            "status": str(self.status),
            **plain(numbers),
            "exact": plain(numbers, exact=True),
        }

    def __str__(self) -> str:
        return self.described()

    def described(self, *, exact: bool = False) -> str:
        """Return the answer as text; with ``exact`` every fraction as such."""
        figures = partial(in_figures, exact=exact)
        form = self.form
        prior = ", ".join(f"{kind} {figures(p)}" for kind, p in form.prior.items())
        lines = [
            f"{form.sender} ({prior}) acts in {form.sender_issue}; "
            f"{form.receiver} sees it and acts in {form.receiver_issue}"
        ]
        if not self.equilibria:
            lines.append("  no equilibrium in pure strategies")
        for number, one in enumerate(self.equilibria, start=1):
            fate = "passes the intuitive criterion"
            if one.ruled_out_by is not None:
                message, kind = one.ruled_out_by
                fate = f'fails it: {kind} would send "{message}" and be believed'
            lines.append(f"  {number}. {one.kind}; {fate}")
            for kind, message in one.messages.items():
                paid = figures(one.payoffs[kind])
                lines.append(f"       {kind}: {message} (gets {paid})")
            for message, response in one.responses.items():
                belief = one.beliefs[message]
                ranges = ", ".join(
                    f"{kind} {figures(low)}"
                    if low == belief.high[kind]
                    else f"{kind} {figures(low)} to {figures(belief.high[kind])}"
                    for kind, low in belief.low.items()
                )
                sent = "" if belief.reached else ", never sent"
                lines.append(f"       after {message}{sent}: {response} (belief {ranges})")
        return "\n".join(lines)


def kind_of(messages: Mapping[str, str]) -> str:
    """Say what messages tell about the types.

    >>> kind_of({"wimp": "beer", "surly": "beer"})
    'pooling'
    """
    different = len(set(messages.values()))
    if different == len(messages):
        return "separating"
    return "pooling" if different == 1 else "partially pooling"


def payments_after(form: SignallingForm, message: str) -> Payments:
    """Return the receiver's payoff by response and type after a message."""
    return {r: {s: form.receives(s, message, r) for s in form.types} for r in form.responses}


def unintuitive(
    form: SignallingForm, payoffs: Mapping[str, Fraction], unsent: Sequence[str]
) -> tuple[str, str] | None:
    """Return a message and a type by which the intuitive criterion rules an equilibrium out.

    1. After an unsent message leave out the types that get less from it than in equilibrium, by
       every best response to some belief.
    2. If some type is left that gains by every best response to beliefs in the types left, the
       equilibrium fails.
    """
    for message in unsent:
        payments = payments_after(form, message)
        possible = _justified_by(payments, form.types)
        left = [
            s for s in form.types
            if payoffs[s] <= max(form.sends(s, message, r) for r in possible)
        ]  # fmt: skip
        answers = _justified_by(payments, left) if left else []
        for s in form.types if left else ():
            if payoffs[s] < min(form.sends(s, message, r) for r in answers):
                return message, s
    return None


def _justified_by(payments: Payments, types: Sequence[str]) -> list[str]:
    return [r for r in payments if justified(payments, r, types)]


def _check(form: SignallingForm, one: SignallingEquilibrium) -> None:
    """Raise unless this is a perfect Bayesian equilibrium as described."""
    if set(one.messages) != set(form.types) or set(one.responses) != set(form.messages):
        _fail("a strategy is not complete")
    if set(one.beliefs) != set(form.messages) or set(one.payoffs) != set(form.types):
        _fail("beliefs or payoffs are missing")
    for s in form.types:
        paid = {m: form.sends(s, m, one.responses[m]) for m in form.messages}
        if one.payoffs[s] != paid[one.messages[s]] or one.payoffs[s] < max(paid.values()):
            _fail(f"{s} does not get the best that a message brings")
    for message, belief in one.beliefs.items():
        senders = [s for s in form.types if one.messages[s] == message]
        total = sum((form.prior[s] for s in senders), start=Fraction(0))
        if belief.reached != bool(senders) or set(belief.witness) != set(form.types):
            _fail(f"whether {message} is sent is stated wrongly")
        if senders and any(
            belief.witness[s] * total != (form.prior[s] if s in senders else 0) for s in form.types
        ):
            _fail(f"the belief after {message} does not follow Bayes' rule")
        belief.check(payments_after(form, message), one.responses[message])
    worth = sum(
        p * form.receives(s, one.messages[s], one.responses[one.messages[s]])
        for s, p in form.prior.items()
    )
    if worth != one.receiver_payoff or kind_of(one.messages) != one.kind:
        _fail("the receiver's payoff or the kind is stated wrongly")
    unsent = [m for m in form.messages if m not in one.messages.values()]
    if unintuitive(form, one.payoffs, unsent) != one.ruled_out_by:
        _fail("the intuitive criterion is stated wrongly")


Play = tuple[tuple[str, ...], tuple[str, ...]]


def _play(form: SignallingForm, messages: Mapping[str, str], responses: Mapping[str, str]) -> Play:
    return tuple(messages[s] for s in form.types), tuple(responses[m] for m in form.messages)


def _all_plays(form: SignallingForm) -> set[Play]:
    """Go through every pair of pure strategies."""
    payments = {m: payments_after(form, m) for m in form.messages}
    possible = {m: set(_justified_by(payments[m], form.types)) for m in form.messages}
    found = set()
    for responses in itertools.product(form.responses, repeat=len(form.messages)):
        answer = dict(zip(form.messages, responses, strict=True))
        if any(answer[m] not in possible[m] for m in form.messages):
            continue  # a best response at no belief is none at any posterior either
        best = [
            [m for m in form.messages
             if form.sends(s, m, answer[m]) == max(form.sends(s, n, answer[n])
                                                   for n in form.messages)]
            for s in form.types
        ]  # fmt: skip
        for messages in itertools.product(*best):
            if all(_answers_well(form, messages, m, answer[m], payments[m]) for m in messages):
                found.add((messages, responses))
    return found


def _answers_well(
    form: SignallingForm, messages: Sequence[str], message: str, response: str, payments: Payments
) -> bool:
    senders = [s for s, m in zip(form.types, messages, strict=True) if m == message]
    total = sum((form.prior[s] for s in senders), start=Fraction(0))
    belief = {s: form.prior[s] / total if s in senders else Fraction(0) for s in form.types}
    try:
        check_justified(belief, payments, response)
    except VerificationError:
        return False
    return True


def _fail(what: str) -> None:
    raise VerificationError(what)
