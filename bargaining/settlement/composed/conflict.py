"""Which requirements kill a deal: the smallest sets that conflict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bargaining.errors import SolverError
from bargaining.model.game import LinkageGame
from bargaining.model.ratification import Ratification
from bargaining.settlement.composed.package import compose
from bargaining.settlement.composed.program import ComposedProgram
from bargaining.settlement.enforcement.reversion import ReversionMode
from bargaining.settlement.linearised import home_test
from bargaining.settlement.requirements.base import label


def requirement_names(
    game: LinkageGame, rules: Ratification, mode: ReversionMode | None
) -> list[str]:
    """Name everything a deal must meet."""
    players = game.players
    names = [f"premium.{players[i]}" for i in rules.premiums]
    names += [f"caps.{players[i]}" for i in rules.caps]
    names += [f"floors.{players[i]}" for i in rules.floors]
    names += [f"vetoes.{players[i]}" for i in rules.ratified]
    names += map(label, rules.own)
    return [*names, *(["enforcement"] if mode is not None else [])]


def conflicting(
    game: LinkageGame,
    packages: Sequence[Sequence[int]],
    rules: Ratification,
    mode: ReversionMode | None,
) -> tuple[str, ...]:
    """Return requirements that together rule every deal out, while fewer of them do not.

    One requirement after another is left out if nobody can gain without it either (a deletion
    filter).  Empty if nobody could gain without any requirement.
    """
    kept = requirement_names(game, rules, mode)
    try:
        if _nobody_gains(game, packages, rules, mode, ()):
            return ()
        for name in list(kept):
            without = [other for other in kept if other != name]
            if without and _nobody_gains(game, packages, rules, mode, without):
                kept = without
    except SolverError:
        return tuple(kept)
    return tuple(kept)


def _nobody_gains(
    game: LinkageGame,
    packages: Sequence[Sequence[int]],
    rules: Ratification,
    mode: ReversionMode | None,
    names: Sequence[str],
) -> bool:
    """Whether nobody gains in any deal when only some requirements apply."""
    some = only(game, rules, names)
    home = home_test(game, some)
    ables = [home.able(package) for package in packages]
    if "enforcement" not in names and not some.floors and not some.own:
        return not any(able.gainers for able in ables)
    composition = compose(game, packages, some, mode if "enforcement" in names else None)
    program = ComposedProgram(
        composition, [able.found.gainers for able in ables], [able.closed for able in ables]
    )
    return not program.able


def only(game: LinkageGame, rules: Ratification, names: Sequence[str]) -> Ratification:
    """Keep the requirements that are named."""
    kept: dict[str, set[int]] = {"premium": set(), "caps": set(), "floors": set(), "vetoes": set()}
    for name in names:
        kind, _, player = name.partition(".")
        if kind in kept:
            kept[kind].add(game.players.index(player))
    return replace(
        rules,
        premiums={i: p for i, p in rules.premiums.items() if i in kept["premium"]},
        caps={i: c for i, c in rules.caps.items() if i in kept["caps"]},
        floors={i: f for i, f in rules.floors.items() if i in kept["floors"]},
        ratified={i: k for i, k in rules.ratified.items() if i in kept["vetoes"]},
        own=tuple(own for own in rules.own if label(own) in names),
    )
