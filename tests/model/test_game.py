from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction as F

import networkx as nx
import numpy as np
import pytest
from small_games import FENTANYL, GUNS

import bargaining as bg
from bargaining.errors import BargainingError, InputError, NotDefinedError
from bargaining.model.agenda import parse_agenda
from bargaining.model.gains import EXACT_CELLS


def test_from_payoffs_keeps_an_array_and_makes_issues_on_demand() -> None:
    game = bg.LinkageGame.from_payoffs(np.array([GUNS, FENTANYL], dtype=float))
    assert game.players == ("1", "2")
    assert len(game.issues) == 2
    assert list(game.issues) == ["0", "1"]
    issue = game.issues["1"]
    assert issue.outcomes == ("0", "1")
    assert issue.status_quo == "0"
    assert issue.gains.tolist() == FENTANYL
    assert game.flat.kind == "small"
    with pytest.raises(KeyError):
        game.issues["2"]
    with pytest.raises(KeyError):
        game.issues["-1"]


@pytest.mark.parametrize("kind", [float, np.float32, int, np.int8, object])
def test_from_payoffs_takes_all_number_types(kind: type) -> None:
    game = bg.LinkageGame.from_payoffs(np.array([GUNS, FENTANYL]).astype(kind))
    assert bg.settle(game).gains == {"1": F(3, 2), "2": F(9, 4)}


def test_outcome_zero_is_the_status_quo() -> None:
    shifted = np.array([GUNS, FENTANYL]) + np.array([7, -2])
    assert bg.settle(bg.LinkageGame.from_payoffs(shifted)).gains == {"1": F(3, 2), "2": F(9, 4)}


def test_floats_are_read_as_they_are_written() -> None:
    tenth = bg.LinkageGame.from_payoffs([[[0, 0], [F(-1, 10), F(3, 10)]]])
    assert tenth.issues["0"].exact_gains[1, 1] == F(3, 10)
    for kind in (np.float64, np.float32):
        data = np.array([[[0.1, 0.2], [0.3, -0.7]]], dtype=kind)
        written = bg.LinkageGame.from_payoffs(data)
        assert written.issues["0"].exact_gains[1].tolist() == [F(1, 5), F(-9, 10)]
    third = bg.LinkageGame.from_payoffs([[[0.0, 0.0], [1 / 3, 0.5]]])
    assert third.issues["0"].exact_gains[1, 0] == F("0.3333333333333333")
    large = np.full((EXACT_CELLS, 2, 2), 0.1) * [[[0], [1]]]
    game = bg.LinkageGame.from_payoffs(large)
    assert game.flat.kind == "small"
    assert game.issues["5"].exact_gains[1, 1] == F(1, 10)
    game = bg.LinkageGame.from_payoffs(large / 3)
    assert game.flat.kind == "float"
    assert game.issues["5"].exact_gains[1, 1] == F(0.1 / 3)


def test_decimals_on_one_exchange_rate_stay_a_deadlock() -> None:
    """(-1/10, 3/10) and (11/10, -33/10): both issues are blocked at the weights 3/4, 1/4."""
    game = bg.LinkageGame.from_payoffs([[[0, 0], [-0.1, 0.3]], [[0, 0], [1.1, -3.3]]])
    verdict = bg.solve(game)
    assert not verdict.verdict.linking_breaks_deadlock
    assert verdict.agendas["linked"].status == "no_agreement"


def test_differences_beyond_64_bits() -> None:
    big = 2**62
    game = bg.LinkageGame.from_payoffs(np.array([[[-big, 0], [big, 1]]]))
    assert game.issues["0"].exact_gains[1, 0] == 2 * big


@pytest.mark.parametrize(
    "array",
    [
        [[0, 0], [1, 2]],
        np.zeros((0, 2, 2)),
        np.zeros((2, 2, 1)),
        np.zeros((1, 0, 2)),
        [[[0, 0], [np.nan, 1]]],
        [[[0, 0], [np.inf, 1]]],
        [[["a", "b"], ["c", "d"]]],
        np.zeros((1, 2, 2), dtype=complex),
        [[[0, 0], [None, 1]]],
    ],
)
def test_from_payoffs_refuses(array: object) -> None:
    with pytest.raises(InputError):
        bg.LinkageGame.from_payoffs(array)


def test_players_must_be_named_once() -> None:
    with pytest.raises(InputError, match="expected 2 names"):
        bg.LinkageGame.from_payoffs([GUNS], players=["a"])
    with pytest.raises(InputError, match="different names"):
        bg.LinkageGame.from_payoffs([GUNS], players=["a", "a"])


def test_normal_form_outcomes_and_tensors() -> None:
    issue = bg.Issue.normal_form(
        "trade",
        ["us", "mexico", "canada"],
        {"us": ["tariffs", "free entry"], "canada": ["a", "b", "c"]},
        {"canada": [[1, 2, 3], [4, 5, "11/2"]]},
        status_quo={"us": "tariffs", "canada": "b"},
    )
    assert issue.outcomes[5] == "free entry / c"
    assert issue.status_quo == "tariffs / b"
    assert issue.payoffs["canada"].shape == (2, 3)
    assert issue.gains[5].tolist() == [0, 0, 3.5]
    with pytest.raises(InputError, match="expected shape"):
        bg.Issue.normal_form("x", ["a", "b"], {"a": ["1", "2"]}, {"a": [1, 2, 3]})


def test_a_missing_status_quo_is_asked_for() -> None:
    issue = bg.Issue.normal_form("x", ["a", "b"], {"a": ["1", "2"]}, {"a": [1, 2]})
    with pytest.raises(NotDefinedError, match="name one"):
        _ = issue.gains
    with pytest.raises(NotDefinedError):
        bg.settle(bg.LinkageGame(("a", "b"), {"x": issue}))


def test_tensor_too_large_is_refused_before_it_is_made() -> None:
    labels = [str(i) for i in range(2000)]
    with pytest.raises(InputError, match="2000 x 2000 x 2000 x 3 = 24,000,000,000"):
        bg.Issue.normal_form("x", ["a", "b", "c"], dict.fromkeys("abc", labels), {})


def test_interested_players_are_those_with_a_stake() -> None:
    game = bg.LinkageGame.from_payoffs([[[0, 0, 0], [1, 0, -1]]])
    assert game.interested == (0, 2)


def test_agendas() -> None:
    game = bg.load("us_mexico/six_issue_table")
    linked = parse_agenda(game, "linked")
    assert linked.named_packages(game) == (tuple(game.issues),)
    named = parse_agenda(game, "security+trade,democracy").named_packages(game)
    assert named == (
        ("trade", "security"),
        ("democracy",),
        ("investment",),
        ("infrastructure",),
        ("migration",),
    )
    for wrong in ("trade+trade", "trade,trade+security", "trad", ""):
        with pytest.raises(BargainingError, match="expected"):
            parse_agenda(game, wrong)


def test_packages_must_be_connected_by_negotiable_links() -> None:
    issues = [bg.Issue.from_options(k, ["a", "b"], ["x"], {}, status_quo="x") for k in "ABCD"]
    game = bg.LinkageGame(
        ("a", "b"),
        issues,
        (bg.Link(("A", "B")), bg.Link(("B", "C")), bg.Link(("C", "D"), negotiable=False)),
    )
    assert parse_agenda(game, "linked").named_packages(game) == (("A", "B", "C"), ("D",))
    with pytest.raises(InputError, match="no link joins"):
        parse_agenda(game, "A+C")
    assert isinstance(game.graph, nx.Graph)
    assert game.graph.edges["C", "D"]["negotiable"] is False
    assert nx.number_of_edges(bg.load("us_mexico/six_issue_table").graph) == 15


def test_without_keeps_spillovers_of_the_status_quo() -> None:
    game = bg.loads(
        """
        format = "bargaining-game/1"
        players = ["a", "b"]
        [issues.x]
        options = ["no", "yes"]
        payoffs = {a = [0, 1]}
        status_quo = "no"
        [issues.y]
        options = ["no", "yes"]
        payoffs = {b = [0, 1]}
        status_quo = "yes"
        [[links]]
        between = ["x", "y"]
        [[links.spillovers]]
        when = {x = "yes", y = "yes"}
        payoffs.a = 10
        """
    )
    left = game.without("y")
    assert list(left.issues) == ["x"]
    assert left.issues["x"].exact_gains[1, 0] == 11


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda g: bg.evaluate(g, None), "draft: expected a table"),
        (lambda g: bg.evaluate(g, "deal.toml"), "draft: expected a table"),
        (lambda g: bg.evaluate(g, {"guns": {"egress checks": "half"}}), "expected a number"),
        (lambda g: bg.LinkageGame(("a", "b"), {"x": [[0, 0], [1, 1]]}), "expected Issue objects"),
        (lambda g: bg.LinkageGame(("a", "b"), [[[0, 0], [1, 1]]]), "expected Issue objects"),
        (lambda g: bg.LinkageGame((1, 2), g.issues), "players: expected texts, found 1"),
        (lambda g: bg.settle(g, agenda="link"), 'did you mean "linked"'),
        (lambda g: bg.settle(g, weights={"us": float("nan")}), "weights: us: expected a number"),
    ],
)
def test_what_is_wrong_is_said(wrong: Callable[[bg.LinkageGame], object], words: str) -> None:
    with pytest.raises(bg.BargainingError, match=words):
        wrong(bg.load("us_mexico/guns_for_fentanyl"))
