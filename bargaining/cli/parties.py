"""``bargaining coalitions``: a party that joins, coalitions that sign, and who blocks a deal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.linkage.coalitions.worths import Outsiders
    from bargaining.model.game import LinkageGame

HEADER = ("what", "package", "coalition", "player", "value", "exact")


def adding(game: LinkageGame, player: str, *, solution: str, style: str, exact: bool) -> None:
    """Print what a party changes by joining."""
    from bargaining.linkage.coalitions.joining import adding_party

    with common.working("settling without and with the party"):
        answer = adding_party(game, player, solution=solution)
        answer.verify()
    if style == "json":
        common.print_json(answer.to_dict(exact=exact))
    elif style == "csv":
        common.print_csv(HEADER, _added_rows(answer))
    else:
        from bargaining.report.parties_text import added_text

        common.print_text(added_text(answer))


def signing(
    game: LinkageGame, *, solution: str, outsiders: Outsiders | None, style: str, exact: bool
) -> None:
    """Print the stable coalitions of signers."""
    from bargaining.linkage.coalitions.stability import signing_coalitions

    with common.working("settling every coalition's treaties"):
        answer = signing_coalitions(
            game,
            solution=solution,
            outsiders=outsiders or "status_quo",  # type: ignore[arg-type]  # minmax: refused there
        )
        answer.verify()
    if style == "json":
        common.print_json(answer.to_dict(exact=exact))
    elif style == "csv":
        common.print_csv(HEADER, _signed_rows(answer))
    else:
        from bargaining.report.parties_text import signing_text

        common.print_text(signing_text(answer))


def core_without_payments(game: LinkageGame, *, outsiders: Outsiders | None) -> Any:
    """Return who blocks the linked settlement where nobody pays anybody."""
    from bargaining.linkage.coalitions.ntu_core import ntu_core

    answer = ntu_core(game, outsiders=outsiders or "status_quo")  # type: ignore[arg-type]
    answer.verify()
    return answer


def core_rows(answer: Any) -> Iterator[Sequence[Any]]:
    """Rows on the core without side payments: what, name, value, exact."""
    yield "ntu_in_core", "", _said(answer.in_core), ""
    yield "ntu_core_empty", "", _said(answer.empty), ""
    for margin in answer.blocking:
        yield ("ntu_blocks", "+".join(margin.members), *_number(margin.low))
    for player, gain in answer.core_point.items():
        yield ("ntu_core_point", player, *_number(gain))


def _added_rows(answer: Any) -> Iterator[Sequence[Any]]:
    for stage, stand in answer.stands.items():
        for player, gain in stand.gains.items():
            yield (f"gains {stage}", "", "", player, *_number(gain))
    for step, change in answer.steps.items():
        for player, gain in change.items():
            yield (step, "", "", player, *_number(gain))
    for what in ("new_packages", "lost_packages"):
        for package in getattr(answer, what):
            yield what, "+".join(package), "", "", "", ""


def _signed_rows(answer: Any) -> Iterator[Sequence[Any]]:
    for key, signers in answer.packages.items():
        for members in signers.stable:
            name = "+".join(p for p in answer.players if p in members)
            for player, gain in zip(answer.players, signers.signed[members].gains, strict=True):
                yield ("stable", key, name, player, *_number(gain))
    for agenda in answer.agendas:
        yield "all_sign", agenda, "", "", _said(answer.all_sign(agenda)), ""
    for issue, packages in answer.stabilising.items():
        for package in packages:
            yield "stabilising", "+".join(package), "", issue, "", ""


def _said(value: bool | None) -> str:
    return "" if value is None else str(value).lower()


def _number(value: Any) -> tuple[Any, Any]:
    from fractions import Fraction

    return float(value), str(value) if isinstance(value, Fraction) else ""
