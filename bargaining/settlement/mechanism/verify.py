"""Verifying a mechanism: every number and condition recomputed from the game."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from bargaining.errors import VerificationError
from bargaining.model.agenda import Agenda, parse_agenda
from bargaining.model.game import LinkageGame
from bargaining.results import Number, Status
from bargaining.settlement.mechanism.checker import Examination, plain
from bargaining.settlement.mechanism.copied_game import copied_game
from bargaining.settlement.mechanism.efficient import QUESTION
from bargaining.settlement.mechanism.proof import SLACK, Found, close, unit
from bargaining.settlement.mechanism.question import Question, efficiency_of
from bargaining.settlement.mechanism.setting import Setting, largest_payment, settings

if TYPE_CHECKING:
    from bargaining.settlement.mechanism.answer import Mechanism
    from bargaining.settlement.mechanism.package_mechanism import PackageMechanism


def verify_mechanism(answer: Mechanism) -> bool:
    """Recompute all; raise VerificationError where something stated does not hold."""
    plan = parse_agenda(answer.game, answer.agenda)
    if plan.packages != answer.plan.packages or len(answer.parts) != len(answer.packages):
        msg = "the packages are not those of the agenda"
        raise VerificationError(msg)
    asked = answer.question
    told = (asked.transfers, asked.rationality, asked.incentive, asked.objective)
    if asked != Question(*told, efficiency_of(answer.game)):
        msg = f"the question: payments arrive at {asked.efficiency}, not as the game says"
        raise VerificationError(msg)
    for part in answer.parts:
        if (part.question, part.copies) != (asked, answer.copies):
            msg = (
                f"{'+'.join(part.setting.issues[:5])}: answers another question "
                f"({part.copies} copies, {part.question}) than the one stated "
                f"({answer.copies} copies, {asked})"
            )
            raise VerificationError(msg)
    for issues, part in zip(answer.packages, answer.parts, strict=True):
        part.verify(answer.game, issues)
    for name, stated, parts in (
        ("first_best", answer.first_best, [p.first_best for p in answer.parts]),
        ("second_best", answer.second_best, [p.second_best for p in answer.parts]),
        ("efficient", answer.efficient, [p.efficient for p in answer.parts]),
        *(
            (f"gains.{player}", answer.gains[player], [p.gains[player] for p in answer.parts])
            for player in answer.game.players
        ),
    ):
        _same(name, stated, sum(parts, start=Fraction(0)), 1e-9)
    return True


def verify_package(part: PackageMechanism, game: LinkageGame, issues: Sequence[str]) -> bool:
    """Recompute the rules of one package from the game."""
    setting = fresh_setting(game, issues, part.copies)
    if setting.issues != part.setting.issues:
        msg = "the packages are not those of the agenda"
        raise VerificationError(msg)
    for what, found, question, honest in (
        ("second best", part.best, part.question, True),
        ("first best", part.public, part.question, False),
        ("efficient rule", part.unconstrained, QUESTION, False),
    ):
        _verify_rule(setting, what, found, question, honest=honest)
    _verify_parts(setting, part)
    return True


def fresh_setting(game: LinkageGame, issues: Sequence[str], copies: int = 1) -> Setting:
    """Return the setting of a package, its copies written out."""
    if copies == 1:
        plan = parse_agenda(game, "+".join(issues))
        wanted = tuple(game.position(name) for name in issues)
        return next(one for one in settings(game, plan) if one.package == wanted)
    others = [name for name in game.issue_names if name not in issues]
    (found,) = settings(*linked(copied_game(game.without(*others), copies)))
    return found


def linked(game: LinkageGame) -> tuple[LinkageGame, Agenda]:
    """Return a game with its linked agenda."""
    return game, parse_agenda(game, "linked")


def _verify_rule(
    setting: Setting, what: str, found: Found, question: Question, *, honest: bool
) -> None:
    place = f"{'+'.join(setting.issues[:5])}: {what}"
    rule = found.rule
    seen = Examination(setting, question, honest, rule.exact)
    slack = 0 if rule.exact else SLACK * unit(setting)
    if seen.improper(rule) > (0 if rule.exact else SLACK):
        msg = f"{place}: the shares are no lottery over deals, or a bystander pays"
        raise VerificationError(msg)
    _same(f"{place}: value", found.value, seen.value(rule), 1e-9 * unit(setting))
    players = range(len(setting.spaces))
    if honest:
        for i in players:
            _require(place, "incentive", setting.game.players[i], seen.lies(rule, i), slack)
    if question.rationality != "none":
        for i in setting.stake:
            _require(place, "rationality", setting.game.players[i], seen.left(rule, i), slack)
    if question.transfers != "none":
        _require(place, "budget", "", seen.budget(rule), slack)
    if found.status != Status.SOLVED:
        return
    bound = seen.bound(found.prices, largest_payment(setting))
    if not close(setting, rule, found.value, bound):
        msg = (
            f"{place}: the prices prove that no rule exceeds {float(bound):.9g}, not that "
            f"{float(found.value):.9g} is the best"
        )
        raise VerificationError(msg)


def _verify_parts(setting: Setting, part: PackageMechanism) -> None:
    seen = Examination(setting, part.question, honest=True, exact=part.best.rule.exact)
    found = [gain / part.copies for gain in seen.gains(part.best.rule)]
    for player, gain in zip(setting.game.players, found, strict=True):
        _same(f"gains of {player}", part.gains[player], gain, 1e-9 * unit(setting))


def _require(place: str, kind: str, player: str, table: NDArray[Any], slack: float) -> None:
    least = plain(min(table.flat, default=0))
    if least < -slack:
        who = f" of {player}" if player else ""
        msg = f"{place}: a condition of {kind}{who} is broken by {float(-least):.6g}"
        raise VerificationError(msg)


def _same(name: str, stated: Number, found: Number, tolerance: float) -> None:
    exact = isinstance(stated, Fraction) and isinstance(found, Fraction)
    allowed = 0.0 if exact else tolerance * max(1.0, abs(float(stated)))
    if not -allowed <= stated - found <= allowed:
        msg = f"{name}: stated {float(stated):.9g}, found {float(found):.9g}"
        raise VerificationError(msg)
