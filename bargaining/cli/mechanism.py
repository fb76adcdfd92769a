"""``bargaining mechanism``: what can be agreed when each side alone knows its types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from bargaining.cli import common

if TYPE_CHECKING:
    from bargaining.model.game import LinkageGame
    from bargaining.settlement.mechanism.answer import Mechanism
    from bargaining.settlement.mechanism.question import Incentive, Rationality, Transfers


@click.command("mechanism")
@common.options(
    common.game_argument,
    click.option(
        "--transfers",
        type=click.Choice(["none", "expected", "ex_post"]),
        default="none",
        show_default=True,
        help="Payments: none, cancelling in expectation, or in every case.",
    ),
    click.option(
        "--rationality",
        type=click.Choice(["interim", "ex_post", "none"]),
        default="interim",
        show_default=True,
        help="Nobody expects a loss given his type, nobody loses in any case, or no condition.",
    ),
    click.option(
        "--incentive",
        type=click.Choice(["bayesian", "dominant"]),
        default="bayesian",
        show_default=True,
        help="Honesty is best in expectation, or whatever the others report.",
    ),
    click.option(
        "--objective",
        default="total",
        show_default=True,
        metavar="AIM",
        help="total, max-min (the least expected gain) or a player.",
    ),
    click.option(
        "--copies",
        type=click.IntRange(min=1),
        default=1,
        show_default=True,
        metavar="K",
        help="Independent copies of the game decided together.",
    ),
    click.option(
        "--quota",
        is_flag=True,
        help="Quotas on reports instead of the best rule: each type as often as it is likely.",
    ),
    common.agenda_option,
    common.set_option,
    common.format_option,
    common.exact_option,
)
def command(
    game: str,
    transfers: Transfers,
    rationality: Rationality,
    incentive: Incentive,
    objective: str,
    copies: int,
    quota: bool,
    agenda: str,
    settings: tuple[str, ...],
    style: str,
    exact: bool,
) -> None:
    """Find the best rule for GAME in which each player alone knows his types.

    The rule asks everybody for his type and makes honesty the best answer.  It shows what
    private information costs against types known to all, and what linking issues wins back.

    \b
    Example:
      bargaining mechanism us_mexico/foreign_agents_law
      bargaining mechanism us_mexico/which_priority --rationality none --format json --exact
      bargaining mechanism classic/bilateral_trade --transfers expected --copies 2
      bargaining mechanism classic/bilateral_trade --copies 8 --quota
    """
    from bargaining.settlement.mechanism.direct import mechanism

    found = common.load_game(game, settings)
    if quota:
        _refuse_beside_quota(transfers, rationality, incentive, objective)
        _quota(found, copies, agenda, style, exact=exact)
        return

    def asked(plan: str) -> Mechanism:
        answer = mechanism(
            found,
            transfers=transfers,
            copies=copies,
            rationality=rationality,
            incentive=incentive,
            objective=objective,
            agenda=plan,
        )
        answer.verify()
        return answer

    with common.working("looking for the best rule"):
        answer = asked(agenda)
        several = agenda == "linked" and any(len(package) > 1 for package in answer.packages)
        apart = asked("delinked") if several and not answer.game.constraints else None
    _refuse_trouble(game, [answer, apart])
    if style == "json":
        data = answer.to_dict(exact=exact)
        if apart is not None:
            from bargaining.results import with_exact

            data["delinked"] = with_exact(apart.summary(), exact=exact)
        common.print_json(data)
    elif style == "csv":
        common.print_csv(common.LONG_HEADER, _rows(answer))
    else:
        from bargaining.report.mechanism_text import mechanism_text

        common.print_text(mechanism_text(answer, apart))


def _refuse_beside_quota(
    transfers: Transfers, rationality: Rationality, incentive: Incentive, objective: str
) -> None:
    """Quotas are a rule of their own, which none of these change."""
    given = {
        "--transfers": transfers != "none",
        "--rationality": rationality != "interim",
        "--incentive": incentive != "bayesian",
        "--objective": objective != "total",
    }
    if named := [option for option, changed in given.items() if changed]:
        msg = (
            f"--quota is a rule of its own, not the best one for {', '.join(named)}; leave out "
            f"either --quota or {'that' if len(named) == 1 else 'those'}"
        )
        raise click.UsageError(msg)


def _refuse_trouble(game: str, answers: Sequence[Mechanism | None]) -> None:
    """Fail where nothing could be certified."""
    from bargaining.errors import SolverError

    if any(one is not None and one.status == "numerical_trouble" for one in answers):
        msg = (
            f"{game}: no rule could be certified; rescale the payoffs so that they differ less in "
            "size"
        )
        raise SolverError(msg)


def _quota(game: LinkageGame, copies: int, agenda: str, style: str, *, exact: bool) -> None:
    """Print what quotas on reports achieve."""
    from bargaining.settlement.mechanism.quota import quota_mechanism

    with common.working("matching reports to quotas"):
        answer = quota_mechanism(game, copies, agenda=agenda)
        answer.verify()
    if style == "json":
        common.print_json(answer.to_dict(exact=exact))
    elif style == "csv":
        values = {"total": answer.total, "first_best": answer.first_best, "loss": answer.loss}
        rows = [(name, agenda, "", "", float(v), str(v)) for name, v in values.items()]
        rows += [("gains", agenda, "", p, float(g), str(g)) for p, g in answer.gains.items()]
        common.print_csv(common.LONG_HEADER, rows)
    else:
        from bargaining.report.quota_text import quota_text

        common.print_text(quota_text(answer))


def _rows(answer: Mechanism) -> Iterator[Sequence[Any]]:
    """Values, gains by type, then the rule, one share or payment a row."""
    from fractions import Fraction

    from bargaining.report.mechanism_text import case_words

    def number(value: Any) -> tuple[float, str]:
        return float(value), str(value) if isinstance(value, Fraction) else ""

    for name in ("first_best", "second_best", "efficient", "lost"):
        yield (name, answer.agenda, "", "", *number(getattr(answer, name)))
    for player, gain in answer.gains.items():
        yield ("gains", answer.agenda, "", player, *number(gain))
    for player, types in answer.interim.items():
        for label, gain in types.items():
            yield ("interim", answer.agenda, "", f"{player}: {label}", *number(gain))
    for entry in answer.outcome_rule:
        case = case_words(entry)
        yield (
            "probability",
            answer.agenda,
            "+".join(entry["package"]),
            case,
            *number(entry["probability"]),
        )
        for issue, shares in entry["deal"].items():
            for outcome, share in shares.items():
                name = f"{case} | {outcome}" if case else outcome
                yield ("share", answer.agenda, issue, name, *number(share))
        for player, amount in entry.get("transfers", {}).items():
            name = f"{case} | {player}" if case else player
            yield ("transfer", answer.agenda, "", name, *number(amount))
