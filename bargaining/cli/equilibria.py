"""``bargaining equilibria``: what each side does without an agreement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.equilibrium.answers import EquilibriumSet
    from bargaining.equilibrium.bimatrix import Method
    from bargaining.equilibrium.concepts import Concept
    from bargaining.model.game import LinkageGame

MEDIATED_TYPES = ("communication", "coarse communication")


@click.command("equilibria")
@common.options(
    common.game_argument,
    click.option("--issue", metavar="NAME", help="Only this issue."),
    click.option(
        "--method",
        default="auto",
        show_default=True,
        type=click.Choice(["auto", "exact", "support", "vertex", "lemke_howson"]),
        help="For single issues: support, vertex and lemke_howson are nashpy's, checked exactly.",
    ),
    click.option(
        "--concept",
        default="nash",
        show_default=True,
        type=click.Choice(
            ["nash", "correlated", "coarse", "dominance", *MEDIATED_TYPES, "signalling"]
        ),
        help="Nash; the best correlated or coarse correlated equilibrium; strict dominance; with "
        "private types the best communication equilibrium, its coarse form (nobody gains by "
        "staying out with a fixed act, whatever he reports), or signals.",
    ),
    click.option("--linked", is_flag=True, help="The linked game instead of each issue alone."),
    click.option(
        "--objective",
        default="total",
        show_default=True,
        metavar="NAME",
        help="Of a mediator: total, egalitarian or a player.",
    ),
    common.set_option,
    common.format_option,
    common.exact_option,
)
def command(
    game: str,
    issue: str | None,
    method: Method,
    concept: Concept,
    linked: bool,
    objective: str,
    settings: tuple[str, ...],
    style: str,
    exact: bool,
) -> None:
    """List what each side does in GAME when nothing is signed.

    By default the Nash equilibria of each issue; with --linked those of the linked game, in which
    a player acts in all issues at once and spillovers count. Only communication and signalling
    count private types; a mediator then hears reports before recommending what to do.

    \b
    Example:
      bargaining equilibria classic/chicken
      bargaining equilibria us_mexico/five_issue_core --issue trade --format json
      bargaining equilibria us_mexico/guns_for_fentanyl --linked --set w=5
      bargaining equilibria classic/chicken --concept correlated
      bargaining equilibria classic/prisoners_dilemma --concept dominance
      bargaining equilibria us_mexico/reporting_mediator --concept communication
      bargaining equilibria us_mexico/abrazos --concept signalling
    """
    if linked and issue is not None:
        msg = "--issue asks for one issue alone, --linked for all of them together"
        raise click.UsageError(msg)
    if method != "auto" and (linked or concept != "nash"):
        msg = "--method is for the Nash equilibria of single issues"
        raise click.UsageError(msg)
    if objective != "total" and concept not in ("correlated", "coarse", *MEDIATED_TYPES):
        msg = "--objective is for a mediator: --concept correlated, coarse or communication"
        raise click.UsageError(msg)
    if concept == "signalling" and (linked or issue is not None):
        msg = "--concept signalling is about two issues, which are found; leave --issue, --linked"
        raise click.UsageError(msg)
    from bargaining.model.game import require_game

    found = common.load_game(game, settings, ask=False)
    require_game(found)
    names = list(found.issues) if issue is None else [found.issue_names[found.position(issue)]]
    with common.working("looking for equilibria"):
        if concept == "signalling":
            answer: Any = _signals(found)
        elif concept in MEDIATED_TYPES:
            answer = _reported(found, names, concept, objective, linked=linked)
        elif concept in ("correlated", "coarse"):
            answer = _mediated(found, names, concept, objective, linked=linked)
        elif linked:
            answer = _linked(found, concept)
        else:
            answer = _alone(found, names, concept, method)
        for one in answer.values():
            one.verify()
    _refuse_trouble(game, answer)
    if style == "json":
        data = {name: one.to_dict() for name, one in answer.items()}
        common.print_json({"schema": "bargaining-equilibria/1", **_keyed(data, linked=linked)})
    elif style == "csv":
        common.print_csv(HEADER, _rows(answer))
    else:
        from bargaining.report.text import equilibria_text

        common.print_text(equilibria_text(answer, found.title or found.name, exact=exact))


HEADER = ("issue", "equilibrium", "player", "action", "probability", "exact")


def _refuse_trouble(game: str, answers: Mapping[str, Any]) -> None:
    """Fail where nothing could be certified; warn where a table would not show what is missing."""
    from bargaining.errors import SolverError

    for name, answer in answers.items():
        if getattr(answer, "status", "") == "numerical_trouble":
            msg = (
                f"{game}: {name}: no equilibrium could be certified; rescale the payoffs so that "
                "they differ less in size"
            )
            raise SolverError(msg)
        if not getattr(answer, "complete", True):
            click.echo(f"warning: {name}: the list may not be complete", err=True)


def _alone(
    game: LinkageGame, names: Sequence[str], concept: Concept, method: Method
) -> dict[str, Any]:
    from bargaining.equilibrium.concepts import equilibria

    chosen = list(names)
    if concept == "dominance" and len(names) > 1:
        chosen = [name for name in names if not game.issues[name].is_options]
        for name in sorted(set(names).difference(chosen)):
            click.echo(f"note: {name}: joint options; nobody acts alone in it", err=True)
    return {name: equilibria(game.issues[name], method=method, concept=concept) for name in chosen}


def _linked(game: LinkageGame, concept: Concept) -> dict[str, Any]:
    from bargaining.equilibrium.concepts import equilibria

    return {"linked": equilibria(game, linked=True, concept=concept)}


def _mediated(
    game: LinkageGame, names: Sequence[str], concept: Concept, objective: str, *, linked: bool
) -> dict[str, Any]:
    from bargaining.equilibrium.correlated import correlated_equilibrium

    coarse = concept == "coarse"
    if linked:
        return {
            "linked": correlated_equilibrium(game, coarse=coarse, objective=objective, linked=True)
        }
    return {
        name: correlated_equilibrium(game.issues[name], coarse=coarse, objective=objective)
        for name in names
    }


def _reported(
    game: LinkageGame, names: Sequence[str], concept: Concept, objective: str, *, linked: bool
) -> dict[str, Any]:
    from bargaining.equilibrium.communication import communication_equilibrium

    coarse = concept == "coarse communication"
    return {
        name or "linked": communication_equilibrium(
            game, issue=name, coarse=coarse, objective=objective
        )
        for name in ([None] if linked else names)
    }


def _signals(game: LinkageGame) -> dict[str, Any]:
    from bargaining.equilibrium.signalling import signalling_equilibria

    return {"signalling": signalling_equilibria(game)}


def _keyed(data: dict[str, Any], *, linked: bool) -> dict[str, Any]:
    if "signalling" in data and "sender" in data["signalling"]:
        return data
    return {"linked": data["linked"]} if linked else {"issues": data}


def _rows(answers: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    """Return the answers as rows of one table, whatever was asked."""
    from fractions import Fraction

    def figures(value: Any) -> tuple[float, str]:
        return float(value), str(value) if isinstance(value, Fraction) else ""

    for name, answer in answers.items():
        data = answer.to_dict()
        if "removed" in data:
            for player, kept in data["remaining"].items():
                for label in kept:
                    yield name, "remaining", player, label, "", ""
        elif "sender" in data:
            for number, found in enumerate(answer.equilibria, start=1):
                for kind, message in found.messages.items():
                    yield data["sender_issue"], number, kind, message, 1.0, "1"
                for message, response in found.responses.items():
                    yield data["receiver_issue"], number, f"after {message}", response, 1.0, "1"
        elif "interim" in data:
            for one in answer.recommendations:
                told = ", ".join(f"{player}: {label}" for player, label in one.types.items())
                heard = f"reported {told}" if told else "recommendation"
                for play, share in one.lottery:
                    for issue, outcome in play.items():
                        yield issue, heard, "", outcome, *figures(share)
        elif "recommendations" in data:
            for number, table in enumerate(answer.recommendations, start=1):
                for play, share in table:
                    for issue, outcome in play.items():
                        yield issue, f"recommendation {number}", "", outcome, *figures(share)
        elif "marginals" in str(data["equilibria"][:1]):
            for number, found in enumerate(data["equilibria"], start=1):
                shown = found.get("exact", found)["marginals"]
                for player, issues in shown.items():
                    for issue, shares in issues.items():
                        for label, share in shares.items():
                            yield issue, number, player, label, float(Fraction(share)), str(share)
        else:
            yield from _nash_rows(name, answer)


def _nash_rows(name: str, answer: EquilibriumSet) -> Iterator[Sequence[Any]]:
    for number, equilibrium in enumerate(answer.equilibria, start=1):
        if not equilibrium.strategies:
            yield name, number, "", equilibrium.outcome, 1.0, "1"
        for player, mix in equilibrium.strategies.items():
            for label, share in zip(answer.issue.actions[player], mix, strict=True):
                yield name, number, player, label, float(share), str(share)
