"""What a game and a question may ask for: which requirements apply, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bargaining.errors import InputError, NotDefinedError, NotSupportedError
from bargaining.model.agenda import Agenda
from bargaining.model.game import LinkageGame
from bargaining.model.spelling import show, suggestion

if TYPE_CHECKING:
    from bargaining.settlement.requirements.base import Requirement

REQUIREMENTS = ("ratification", "enforcement")
TAKEN = (*REQUIREMENTS, "no_loss", "premium", "caps", "floors", "vetoes")
"""Names that requirements of the caller's own may not have."""
AT_HOME = ("premium", "caps", "floors", "vetoes")
"""Channels of the file that ratification reads."""


def own_requirements(
    game: LinkageGame, require: Sequence[str | Requirement]
) -> tuple[Requirement, ...]:
    """Return the requirements that are the caller's own, if they can be told apart by name."""
    from bargaining.settlement.requirements.base import Requirement, label

    if not isinstance(require, (list, tuple)):
        return ()  # refused below
    own = tuple(one for one in require if isinstance(one, Requirement))
    for one in own:
        if not str(one.name).isidentifier() or one.name in TAKEN:
            msg = (
                f"require: expected a requirement whose name is a word other than "
                f"{', '.join(TAKEN)}, found {show(str(one.name))}"
            )
            raise InputError(msg)
        if one.player not in game.players:
            hint = suggestion(str(one.player), game.players)
            known = ", ".join(game.players)
            msg = f"require: {one.name}: expected a player ({known}), found {one.player!r}{hint}"
            raise InputError(msg)
    names = [label(one) for one in own]
    if double := next((name for name in names if names.count(name) > 1), None):
        msg = f"require: expected every requirement once, found {double} twice"
        raise InputError(msg)
    return own


def check_required(game: LinkageGame, require: Sequence[str]) -> None:
    """Refuse requirements that are unknown, or that the file says nothing about."""
    from bargaining.settlement.requirements.base import Requirement

    if not isinstance(require, (list, tuple)):
        msg = f"require: expected a list of names, found {require!r}"
        raise InputError(msg)
    for name in require:
        if isinstance(name, Requirement):
            msg = f'require: "{name.name}" is a requirement of your own: ask it of settle'
            raise NotSupportedError(msg)
        if name not in REQUIREMENTS:
            hint = suggestion(str(name), REQUIREMENTS)
            msg = f'require: expected {" or ".join(REQUIREMENTS)}, found "{name}"{hint}'
            raise InputError(msg)
    if "ratification" in require and not any(game.channels.get(key) for key in AT_HOME):
        msg = (
            f"{game.name or 'the game'}: require: ratification needs [premium], [caps], [floors] "
            "or [vetoes] in the game, found none of them"
        )
        raise InputError(msg)


def check_plain(game: LinkageGame, question: str) -> None:
    """Refuse ratification where a question is answered for plain payoffs only."""
    if game.ratification:
        held = next(key for key in AT_HOME if game.channels.get(key))
        msg = (
            f"{game.name or 'the game'}: [{held}]: {question} does not apply what a deal must pass "
            "at home; ask settle or solve, or remove it to see the answer without it"
        )
        raise NotSupportedError(msg)


def check_origin(game: LinkageGame, plan: Agenda) -> None:
    """Refuse an agenda of several packages where gains are measured from totals."""
    if game.reserved and len(plan.packages) > 1:
        msg = (
            f'agenda "{plan.name}": not defined: no status quo per issue; the reservation totals '
            "are for all issues together, so only one package of all of them can be judged"
        )
        raise NotDefinedError(msg)


def check_apart(game: LinkageGame, plan: Agenda) -> None:
    """Refuse a frontier of several packages that a constraint ties to each other."""
    for rule in game.constraints:
        issues = {game.position(name) for name, _ in rule.statements}
        if sum(not issues.isdisjoint(package) for package in plan.packages) > 1:
            msg = (
                f'frontier: agenda "{plan.name}": not defined: {rule.place} reaches across its '
                'packages; ask for agenda="linked", or for a package that holds all its issues'
            )
            raise NotDefinedError(msg)
