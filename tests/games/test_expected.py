"""Every bundled game, and every game of the format's page, gives the answers that it states."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import bargaining as bg
from bargaining.equilibrium.bimatrix import of_issue
from bargaining.equilibrium.communication import communication_equilibrium
from bargaining.equilibrium.signalling import signalling_equilibria
from bargaining.errors import NotDefinedError
from bargaining.files.library import bundled
from bargaining.files.toml import parse, read_text
from bargaining.linkage.agenda_control import agenda_control
from bargaining.linkage.agenda_game import agenda_game
from bargaining.linkage.blackmail import blackmail
from bargaining.linkage.issue_report import IssueReports
from bargaining.linkage.sequential import sequential_agenda
from bargaining.model.expressions import number

NUMERICAL = 1e-6
"""Answers of the convex programme; exact answers are compared exactly."""


PAGE = Path(__file__).resolve().parents[2] / "games" / "README.md"


@dataclass(frozen=True)
class Case:
    name: str
    text: str
    parameters: tuple[tuple[str, Any], ...]
    expected: dict[str, Any]

    @property
    def game(self) -> bg.LinkageGame:
        return bg.loads(self.text, parameters=dict(self.parameters))


def cases() -> list[Case]:
    texts = {name: read_text(path) for name, path in bundled().items()}
    page = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    texts |= {f"README {i}": text for i, text in enumerate(page) if text.startswith("format")}
    found = []
    for name, text in texts.items():
        expected = dict(parse(text, name, "toml").get("expected", {}))
        variants = expected.pop("at", [])
        found.append(Case(name, text, (), expected))
        for variant in variants:
            parameters = tuple(variant.pop("parameters").items())
            label = ",".join(f"{k}={v}" for k, v in parameters)
            found.append(Case(f"{name}[{label}]", text, parameters, variant))
    return found


CASES = cases()


def same(found: Any, expected: Any) -> bool:
    wanted = number(expected)
    if isinstance(found, Fraction):
        return found == wanted
    return abs(float(found) - float(wanted)) <= NUMERICAL * max(1.0, abs(float(wanted)))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_issues(case: Case) -> None:
    game = case.game
    reports = IssueReports(game)
    for name, expected in case.expected.get("issues", {}).items():
        report = reports[name]
        if "status" in expected:
            assert report.status == expected["status"], name
        if "status_with_requirements" in expected:
            assert report.status_with_requirements == expected["status_with_requirements"], name
        if "exchange_rates" in expected:
            interval = report.rates.interval
            assert list(interval or ()) == [number(x) for x in expected["exchange_rates"]], name
        if "equilibria" in expected:
            answer = of_issue(game.issues[name])
            assert answer.verify()
            found = {
                tuple(sorted((p, tuple(s)) for p, s in e.strategies.items()))
                for e in answer.equilibria
            }
            wanted = {
                tuple(sorted((p, tuple(number(x) for x in s)) for p, s in e.items()))
                for e in expected["equilibria"]
            }
            assert found == wanted, name


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_verdict(case: Case) -> None:
    if not case.game.issues:  # worths alone: nothing to settle
        with pytest.raises(NotDefinedError, match="ask for coalitions"):
            bg.solve(case.game)
        assert not case.expected.keys() - {"coalitions"}
        return
    verdict = bg.solve(case.game)
    assert verdict.verify()
    for key, value in case.expected.get("verdict", {}).items():
        found = getattr(verdict.verdict, key)
        assert (list(found) if isinstance(found, tuple) else found) == value, key
    if "minimal_packages" in case.expected:
        assert verdict.search.verify()
        wanted = {frozenset(p) for p in case.expected["minimal_packages"]}
        assert set(map(frozenset, verdict.minimal_packages)) == wanted


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_settlements(case: Case) -> None:
    for expected in case.expected.get("settlements", []):
        game = case.game.without(*expected.get("without", ()))
        settlement = bg.settle(
            game,
            solution=expected.get("solution", "nash"),
            agenda=expected.get("agenda", "linked"),
            deals=expected.get("deals", "shares"),
            commit=expected.get("commit"),
            require=expected.get("require", ()),
        )
        assert settlement.verify()
        for player, value in expected.get("transfers", {}).items():
            assert same(settlement.transfers[player], value), (expected, settlement.transfers)
        if "status" in expected:
            assert settlement.status == expected["status"]
        for player, value in expected.get("gains", {}).items():
            assert same(settlement.gains[player], value), (expected, settlement.gains)
        for name, entry in expected.get("requirements", {}).items():
            for key, value in entry.items():
                assert same(settlement.requirements[name][key], value), (name, key)
        if "conflict" in expected:
            assert list(settlement.conflict) == expected["conflict"]
        for issue, shares in expected.get("deal", {}).items():
            assert set(settlement.deal[issue]) == set(shares)
            for outcome, share in shares.items():
                assert same(settlement.deal[issue][outcome], share), (issue, outcome)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_win_sets(case: Case) -> None:
    for player, expected in case.expected.get("win_sets", {}).items():
        answer = bg.win_set(case.game, player=player)
        assert answer.verify()
        found = answer.players[player]
        for key in ("largest_depth", "cross_premium"):
            if key in expected:
                assert same(getattr(found, key), expected[key]), key
        for key in ("enlarges", "shrinks"):
            if key in expected:
                assert getattr(found, key) is expected[key], key
        for issue, (low, high) in expected.get("ratifiable", {}).items():
            assert same(found.ratifiable[issue][0], low), issue
            assert same(found.ratifiable[issue][1], high), issue


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_thresholds(case: Case) -> None:
    for expected in case.expected.get("thresholds", []):
        game = case.game.without(*expected.get("without", ()))
        answer = bg.critical_discount(game, agenda=expected.get("agenda", "linked"))
        for key in ("settlement", "full", "lottery", "any"):
            if key in expected:
                found, stated = getattr(answer, key), expected[key]
                assert (found is None) == (stated == "none"), key
                assert found is None or same(found, stated), key
        if "any_closed_form" in expected:
            assert answer.any_closed_form == expected["any_closed_form"]
        assert answer.verify()


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_mechanisms(case: Case) -> None:
    for expected in case.expected.get("mechanisms", []):
        options = ("agenda", "transfers", "rationality", "incentive", "objective", "copies")
        asked = {key: expected[key] for key in options if key in expected}
        answer = bg.mechanism(case.game, **asked)
        assert answer.status == "solved"
        assert answer.verify()
        for key in ("first_best", "second_best", "efficient"):
            if key in expected:
                assert same(getattr(answer, key), expected[key]), (asked, key)
        for player, value in expected.get("gains", {}).items():
            assert same(answer.gains[player], value), (asked, answer.gains)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_frontiers(case: Case) -> None:
    for expected in case.expected.get("frontiers", []):
        answer = bg.frontier(
            case.game,
            agenda=expected.get("agenda", "linked"),
            deals=expected.get("deals", "shares"),
        )
        assert answer.verify()
        found = [answer.point(i) for i in range(len(answer))]
        assert found == [tuple(number(x) for x in point) for point in expected["points"]]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_agendas(case: Case) -> None:
    expected = case.expected.get("agenda")
    if expected is None:
        return
    answer = agenda_game(case.game, solution=expected.get("solution", "nash"))
    assert answer.verify()
    for name, gains in expected.get("gains", {}).items():
        for player, value in gains.items():
            assert same(answer.agendas[name].gains[player], value), name
    for player, names in expected.get("preferred", {}).items():
        assert list(answer.preferred[player]) == names
    if "stable" in expected:
        assert list(answer.stable) == expected["stable"]
    if "equilibria" in expected:
        found = {e.outcome for e in answer.linking.equilibria if e.undominated}
        assert found == set(expected["equilibria"])
    for issue, costs in expected.get("keystone", {}).items():
        for player, value in costs.items():
            assert same(answer.keystone[issue][player], value), issue
    for player, issues in expected.get("most_missed", {}).items():
        assert list(answer.most_missed[player]) == issues
    for player, value in expected.get("price_of_delinking", {}).items():
        assert same(answer.price.difference[player], value)
    control = agenda_control(case.game)
    assert control.verify()
    if "keep_off" in expected:
        assert len(control.keep_off) == control.at_least == expected["keep_off"]
    if "bring_in" in expected:
        assert control.bring_in is not None
        assert len(control.bring_in) == expected["bring_in"]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_sequential_agendas(case: Case) -> None:
    for expected in case.expected.get("sequential", []):
        answer = sequential_agenda(
            case.game,
            order=expected.get("order"),
            discount=expected.get("discount"),
            first=expected.get("first"),
            implement=expected.get("implement", "at_once"),
        )
        assert answer.verify()
        for player, value in expected.get("gains", {}).items():
            assert same(answer.gains[player], value)
        for player, value in expected.get("limit", {}).items():
            assert answer.limit is not None
            assert same(answer.limit[player], value)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_threats(case: Case) -> None:
    if "threats" not in case.expected:
        return
    answer = blackmail(case.game)
    assert answer.verify()
    wanted = case.expected["threats"]
    assert [(act.player, act.act) for act in answer.threats] == [
        (threat["player"], threat["act"]) for threat in wanted
    ]
    for act, threat in zip(answer.threats, wanted, strict=True):
        assert same(act.forgone, threat["forgone"])
        assert act.credible == threat["credible"]
        found = [one for one in answer.ultimatums if one.threat is act]
        for one, ultimatum in zip(found, threat.get("ultimatums", []), strict=True):
            assert one.favour.act == ultimatum["favour"]
            assert same(one.harm, ultimatum["harm"])
            assert same(one.cost, ultimatum["cost"])
            assert one.yields == ultimatum["yields"]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_communication(case: Case) -> None:
    for expected in case.expected.get("communication", []):
        answer = communication_equilibrium(
            case.game,
            issue=expected.get("issue"),
            coarse=expected.get("coarse", False),
            objective=expected.get("objective", "total"),
        )
        assert answer.verify()
        if "value" in expected:
            assert same(answer.value, expected["value"])
        for player, value in expected.get("payoffs", {}).items():
            assert same(answer.payoffs[player], value), player
        for player, types in expected.get("interim", {}).items():
            for label, value in types.items():
                assert same(answer.interim[player][label], value), (player, label)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_signalling(case: Case) -> None:
    expected = case.expected.get("signalling")
    if expected is None:
        return
    answer = signalling_equilibria(
        case.game,
        sender_issue=expected.get("sender_issue"),
        receiver_issue=expected.get("receiver_issue"),
    )
    assert answer.verify()
    wanted = expected["equilibria"]
    assert len(answer.equilibria) == len(wanted)
    for one in wanted:
        (found,) = (
            e
            for e in answer.equilibria
            if dict(e.messages) == one["messages"] and dict(e.responses) == one["responses"]
        )
        assert (found.kind, found.intuitive) == (one["kind"], one["intuitive"])
        for label, value in one.get("payoffs", {}).items():
            assert same(found.payoffs[label], value), label
        for message, types in one.get("beliefs", {}).items():
            for label, (low, high) in types.items():
                belief = found.beliefs[message]
                assert belief.low[label] == number(low), (message, label)
                assert belief.high[label] == number(high), (message, label)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_coalitions(case: Case) -> None:
    for expected in case.expected.get("coalitions", []):
        answer = bg.coalitions(
            case.game,
            outsiders=expected.get("outsiders"),
            utility=expected.get("utility", "transferable"),
            communication=expected.get("communication"),
        )
        assert answer.verify()
        for key in ("worth", "shapley", "nucleolus", "myerson"):
            for name, value in expected.get(key, {}).items():
                assert same(getattr(answer, key)[name], value), (key, name)
        if "core_empty" in expected:
            assert answer.core is not None
            assert answer.core.empty is expected["core_empty"]
        if "least_core" in expected:
            assert same(answer.least_core, expected["least_core"])


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_robustness(case: Case) -> None:
    expected = case.expected.get("robustness")
    if expected is None:
        return
    answer = bg.robustness(case.game)
    assert answer.verify()
    assert answer.radius is not None
    if "radius" in expected:
        assert same(answer.radius, expected["radius"])
    if "bracket" in expected:
        for end, stated in zip(answer.bracket, expected["bracket"], strict=True):
            assert same(end, stated)
    for key in ("closed_form", "how", "ordinal"):
        if key in expected:
            assert getattr(answer, key) == expected[key], key
    if "most_sensitive" in expected:
        assert answer.most_sensitive is not None
        for key, value in expected["most_sensitive"].items():
            found = getattr(answer.most_sensitive, key)
            assert found == value if isinstance(found, str) else same(found, value), key
