"""What a game may ask for that this version does not apply, and therefore refuses."""

from __future__ import annotations

from collections.abc import Sequence

from bargaining.errors import InputError, NotDefinedError, NotSupportedError
from bargaining.model.agenda import Agenda
from bargaining.model.game import LinkageGame

UNSUPPORTED = {
    "premium": "ratification costs",
    "floors": "ratification floors",
    "caps": "caps on visible depth",
    "vetoes": "ratification by veto players",
    "types": "private information",
}


def check_supported(game: LinkageGame, require: Sequence[str]) -> None:
    """Refuse what would change the answer but is not part of this version."""
    if not isinstance(require, (list, tuple)):
        msg = f"require: expected a list of names, found {require!r}"
        raise InputError(msg)
    if require:
        msg = f'require: no requirement is part of this version, found "{require[0]}"'
        raise NotSupportedError(msg)
    for channel, words in UNSUPPORTED.items():
        if game.channels.get(channel):
            msg = (
                f"{game.name or 'the game'}: [{channel}] asks for {words}, which this version does "
                "not apply; remove it to see the answer without it"
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
