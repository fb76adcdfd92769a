"""The verdict in one or two sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from bargaining.model.game import LinkageGame
from bargaining.results import Status, signed
from bargaining.settlement.settlement import Settlement

Effect = Literal[
    "breaks_deadlock", "enlarges", "redistributes", "no_effect", "harms", "not_defined"
]


def in_words(
    game: LinkageGame,
    agendas: Mapping[str, Settlement],
    effect: Effect,
    better: Sequence[str],
    worse: Sequence[str],
) -> str:
    """One or two sentences a first-year student understands."""
    linked, delinked = agendas["linked"], agendas["delinked"]
    if effect == "not_defined":
        signed_gains = ", ".join(f"{p} {signed(g)}" for p, g in linked.gains.items())
        reached = (
            "no agreement is worth as much to everyone as none"
            if linked.status == Status.NO_AGREEMENT
            else f"on one table gains over the reservation are {signed_gains}"
        )
        return (
            f"What linking adds is not defined, since the game states only totals that each "
            f"side has without an agreement, and no status quo per issue; {reached}."
        )

    def gained(settlement: Settlement) -> str:
        if settlement.status == Status.NO_AGREEMENT:
            return "nothing is signed"
        chosen = [game.players[i] for i in game.interested] or list(game.players)
        parts = [f"{p} {signed(settlement.gains[p])}" for p in chosen]
        return "gains are " + _listed(parts)

    apart, together = gained(delinked), gained(linked)
    match effect:
        case "breaks_deadlock":
            if handed_out(delinked):
                return (
                    "Linking breaks the deadlock: issue by issue no deal by itself helps "
                    "everyone, as one package one does. What this solution concept hands out, "
                    "which may pay on the side and does not ask for everyone's consent: issue by "
                    f"issue {apart}; as one package {together}."
                )
            return (
                f"Linking breaks the deadlock: issue by issue {apart}; as one package {together}."
            )
        case "enlarges":
            return (
                f"Linking helps without breaking a deadlock: issue by issue {apart}; "
                f"as one package {together}. {_listed(better)} {_verb(better, 'gain')}, "
                "nobody loses."
            )
        case "redistributes":
            return (
                f"Linking moves gains from {_listed(worse)} to {_listed(better)}: "
                f"issue by issue {apart}; as one package {together}."
            )
        case "harms":
            return (
                f"Linking harms {_listed(worse)} and helps nobody: issue by issue {apart}; "
                f"as one package {together}."
            )
    if nobody_can_gain(game):
        return "Nobody can gain anything, linked or not: linking changes nothing."
    if linked.status == Status.NO_AGREEMENT:
        which = "package that meets every requirement" if linked.requirements else "package"
        return (
            f"The deadlock stands: nothing is signed issue by issue, and no {which} helps "
            "everyone either."
        )
    return f"Linking changes nothing: {apart} either way."


def nobody_can_gain(game: LinkageGame) -> bool:
    """Whether no outcome of any issue is better for anyone than the status quo.

    A deadlock is something else: there somebody could gain, at another's cost.
    """
    if game.reserved or game.coupled:
        return False
    return not bool((game.flat.values[:, list(game.interested)] > 0).any())


def handed_out(settlement: Settlement) -> bool:
    """Whether a concept gives gains that no voluntary deal of the agenda can give.

    Side payments, or a procedure that asks nobody, can leave everyone better off or somebody
    worse off where no deal helps everyone.
    """
    found = [settlement.gains[settlement.game.players[i]] for i in settlement.game.interested]
    if settlement.status != Status.AGREEMENT or settlement.mutual_gain:
        return False
    return any(gain < 0 for gain in found) or all(gain > 0 for gain in found)


def _verb(who: Sequence[str], verb: str) -> str:
    return verb if len(who) > 1 else verb + "s"


def _listed(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]
