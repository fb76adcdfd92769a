"""What coalitions are worth, against enumeration and by hand."""

from __future__ import annotations

import itertools
from fractions import Fraction as F

import numpy as np
import pytest

import bargaining as bg
from bargaining.errors import InputError, NotDefinedError, NotSupportedError
from bargaining.linkage.coalitions.sub_game import consents, open_game, sub_game
from bargaining.linkage.coalitions.worths import worths

TREATY = """
format = "bargaining-game/1"
players = ["us", "mexico", "canada"]
[issues.guns]
actions.us = ["no checks", "egress checks"]
payoffs = { us = [0, -2], mexico = [0, 3] }
status_quo.us = "no checks"
[issues.mining]
actions.mexico = ["discretion", "protection"]
payoffs = { mexico = [0, -2], canada = [0, 3] }
status_quo.mexico = "discretion"
[issues.ports]
actions.canada = ["light", "screening"]
payoffs = { canada = [0, -2], us = [0, 3] }
status_quo.canada = "light"
"""
SPILLOVER = """
[[links]]
between = ["guns", "mining"]
[[links.spillovers]]
when.guns.us = "egress checks"
when.mining.mexico = "protection"
payoffs.us = 5
[[links]]
between = ["mining", "ports"]
"""
FORBIDDEN = """
[[constraints]]
forbid = { guns = "egress checks", ports = "screening" }
"""


def game_drawn(seed: int, *, small: bool = False) -> bg.LinkageGame:
    """Three players, a few issues of both forms (small: two, acts only), spillovers on a path."""
    rng = np.random.default_rng(seed)
    players = ("a", "b", "c")
    issues = []
    for k in range(2 if small else int(rng.integers(2, 5))):
        name = f"issue {k}"
        if not small and rng.random() < 0.4:
            table = rng.integers(-5, 6, (3, 3))
            table[:, rng.integers(3)] = 0
            payoffs = {p: table[:, i].tolist() for i, p in enumerate(players)}
            issues.append(
                bg.Issue.from_options(name, players, ["x", "y", "z"], payoffs, status_quo="y")
            )
            continue
        acting = [p for p in players if rng.random() < 0.7] or ["b"]
        shape = tuple(int(rng.integers(1, 3 if small else 4)) for _ in acting)
        actions = {p: [f"{p}{j}" for j in range(m)] for p, m in zip(acting, shape, strict=True)}
        payoffs = {p: rng.integers(-5, 6, shape).tolist() for p in players}
        start = {p: actions[p][int(rng.integers(len(actions[p])))] for p in acting}
        issues.append(bg.Issue.normal_form(name, players, actions, payoffs, status_quo=start))
    links = None
    if seed % 2:
        links = tuple(
            bg.Link(
                (first.name, second.name),
                True,
                np.array(
                    [F(int(v), 2) for v in rng.integers(-6, 7, first.size * second.size * 3)],
                    dtype=object,
                ).reshape(first.size, second.size, 3),
            )
            for first, second in itertools.pairwise(issues)
        )
    return bg.LinkageGame(players, {issue.name: issue for issue in issues}, links)


def payoff(game: bg.LinkageGame, outcomes: tuple[int, ...], player: int) -> F:
    total = sum(
        (
            issue.exact_payoffs[a, player]
            for issue, a in zip(game.issues.values(), outcomes, strict=True)
        ),
        start=F(0),
    )
    for link in game.links or ():
        if link.spillovers is not None:
            first, second = (outcomes[game.position(name)] for name in link.between)
            total += link.spillovers[first, second, player]
    return total


def touched(game: bg.LinkageGame, issue: bg.Issue) -> set[str]:
    """Players whose payoff an issue changes, by itself or through a spillover that names it."""
    found = set()
    for i, player in enumerate(game.players):
        columns = [issue.exact_payoffs[:, i].tolist()]
        for link in game.links or ():
            if link.spillovers is not None and issue.name in link.between:
                table = link.spillovers[:, :, i]
                table = table.T if link.between[0] == issue.name else table
                columns += table.tolist()
        if any(len(set(column)) > 1 for column in columns):
            found.add(player)
    return found


def moved(game: bg.LinkageGame, outcomes: tuple[int, ...]) -> set[str]:
    """Players who must take part for outcomes to differ from the status quo."""
    found: set[str] = set()
    for issue, a in zip(game.issues.values(), outcomes, strict=True):
        start = issue.outcome(issue.status_quo)
        if issue.is_options:
            if a != start:
                found |= touched(game, issue)
            continue
        now, then = np.unravel_index(a, issue.shape), np.unravel_index(start, issue.shape)
        found |= {p for p, x, y in zip(issue.actions, now, then, strict=True) if x != y}
    return found


@pytest.mark.parametrize("seed", range(40))
def test_status_quo_worths_are_the_best_of_all_joint_outcomes(seed: int) -> None:
    game = game_drawn(seed)
    every = list(itertools.product(*(range(issue.size) for issue in game.issues.values())))
    start = tuple(issue.outcome(issue.status_quo) for issue in game.issues.values())
    found = worths(game).table()
    for name, worth in found.items():
        members = set(name.split("+"))
        places = [game.players.index(p) for p in members]
        best = max(
            sum((payoff(game, o, i) - payoff(game, start, i) for i in places), start=F(0))
            for o in every
            if moved(game, o) <= members
        )
        assert worth == best, name


@pytest.mark.parametrize("seed", range(30))
def test_best_replies_against_all_profiles(seed: int) -> None:
    """Every profile of acts is tried: nobody, and not the coalition as one, gains by another."""
    game = game_drawn(seed, small=True)
    start = tuple(issue.outcome(issue.status_quo) for issue in game.issues.values())
    every = list(itertools.product(*(range(issue.size) for issue in game.issues.values())))
    acts = {
        o: tuple(
            tuple(int(x) for x in np.unravel_index(a, issue.shape))
            for issue, a in zip(game.issues.values(), o, strict=True)
        )
        for o in every
    }
    owners = [p for issue in game.issues.values() for p in issue.actions]
    flat = {o: tuple(x for part in acts[o] for x in part) for o in every}
    table = worths(game, outsiders="best_reply")
    for size in (1, 2, 3):
        for members in itertools.combinations(game.players, size):
            parties = [set(members), *({p} for p in game.players if p not in members)]
            totals = []
            values = {
                (o, n): sum((payoff(game, o, game.players.index(p)) for p in party), start=F(0))
                for o in every
                for n, party in enumerate(parties)
            }
            for o in every:
                stable = all(
                    values[other, n] <= values[o, n]
                    for other in every
                    for n, party in enumerate(parties)
                    if all(
                        x == y or owner in party
                        for x, y, owner in zip(flat[o], flat[other], owners, strict=True)
                    )
                )
                if stable:
                    base = sum((payoff(game, start, game.players.index(p)) for p in members), F(0))
                    totals.append(values[o, 0] - base)
            mask = table.mask(members)
            if totals:
                assert table.between(mask) == (min(totals), max(totals))
            else:
                with pytest.raises(NotDefinedError, match="no equilibrium in pure acts"):
                    table.of(mask)


def test_minmax_mixes() -> None:
    """Matching pennies: held down to 0 by mixing, where pure acts would guarantee only -1."""
    issue = bg.Issue.normal_form(
        "pennies", ["a", "b"], {"a": ["h", "t"], "b": ["h", "t"]},
        {"a": [[1, -1], [-1, 1]], "b": [[-1, 1], [1, -1]]}, status_quo={"a": "h", "b": "t"},
    )  # fmt: skip
    found = worths(bg.LinkageGame(["a", "b"], [issue]), outsiders="minmax")
    assert found.worth("a") == 1  # 0 against the -1 that he has now
    assert found.worth("b") == -1
    assert found.worth("a+b") == 0


def test_minmax_with_spillovers_is_about_the_linked_game() -> None:
    plain, linked = bg.loads(TREATY), bg.loads(TREATY + SPILLOVER)
    assert worths(plain, outsiders="minmax").worth("us+mexico") == 1
    assert worths(linked, outsiders="minmax").worth("us+mexico") == 1 - 2 + 5
    # mexico protects mines as soon as canada is its partner; then checks pay the us by themselves
    assert worths(linked, outsiders="best_reply").worth("mexico+canada") == 1 + 3
    assert worths(linked).worth("mexico+canada") == 1


def test_imported_form_without_a_status_quo_is_measured_in_payoffs() -> None:
    text = 'NFG 1 R "chicken" { "a" "b" } { 2 2 }\n0 0 2 7 7 2 6 6\n'
    game = bg.loads(text, format="nfg")
    answer = bg.coalitions(game)
    assert answer.verify()
    assert answer.outsiders == "minmax"
    assert answer.worth == {"a": 2, "b": 2, "a+b": 12}
    assert "payoffs" in answer.notes[0]
    with pytest.raises(NotDefinedError, match="no status quo"):
        bg.coalitions(game, outsiders="status_quo")


def test_constraints_bind_coalitions() -> None:
    found = worths(bg.loads(TREATY + FORBIDDEN)).table()
    assert found["us+canada"] == 1  # guns forbidden together with ports: ports alone
    assert found["us+mexico+canada"] == 2
    with pytest.raises(NotSupportedError, match="constraints"):
        worths(bg.loads(TREATY + FORBIDDEN), outsiders="minmax")


def test_option_issue_needs_all_whose_payoff_it_changes() -> None:
    text = """
    format = "bargaining-game/1"
    players = ["a", "b", "c"]
    [issues.pie]
    options = ["none", "cake", "bread"]
    payoffs = { a = [1, 5, 2], b = [0, -1, 2], c = [7, 7, 7] }
    status_quo = "none"
    """
    found = worths(bg.loads(text)).table()
    assert found == {"a": 0, "b": 0, "c": 0, "a+b": 3, "a+c": 0, "b+c": 0, "a+b+c": 3}


@pytest.mark.parametrize(
    ("extra", "channel"),
    [
        ("[floors]\nus = 1\n", "floors"),
        ("premium.us = {scale = 1, rate = 1}\n[issues.guns.visibility]\nus = [0, 1]\n", "premium"),
        ('[vetoes]\nguns = ["senate"]\n', "vetoes"),
        ("[transfers]\nefficiency = 0.9\n", "transfers"),
        ('[utility.us]\nform = "power"\nparameter = 2\n', "utility"),
    ],
)
def test_what_sums_cannot_express_is_refused(extra: str, channel: str) -> None:
    text = TREATY.replace('"canada"]', '"canada", "senate"]', 1) if "senate" in extra else TREATY
    if extra.startswith("premium"):
        head, _, rest = extra.partition("\n")
        text = text.replace("[issues.guns]", head + "\n[issues.guns]") + rest
    else:
        text += extra
    with pytest.raises(NotSupportedError, match=channel):
        worths(bg.loads(text))


def test_free_side_payments_change_nothing() -> None:
    paid = bg.loads(TREATY + "[transfers]\nefficiency = 1\n")
    assert worths(paid).table() == worths(bg.loads(TREATY)).table()


def test_types_count_as_the_issues_state_payoffs() -> None:
    text = TREATY + (
        '[[types]]\nplayer = "us"\nprobability = ["1/2", "1/2"]\n'
        "payoffs.guns.us = [[0, -20], [0, 20]]\n"
    )
    assert worths(bg.loads(text)).table() == worths(bg.loads(TREATY)).table()


def test_reservation_totals_are_refused() -> None:
    text = TREATY + "[reservation]\nus = 1\n"
    with pytest.raises(NotSupportedError, match="reservation"):
        worths(bg.loads(text))


def test_sub_game_keeps_acts_payoffs_and_what_home_asks() -> None:
    text = TREATY + SPILLOVER + FORBIDDEN + "[floors]\nus = 1\ncanada = 2\n[caps]\nmexico = 3\n"
    game = sub_game(bg.loads(text), ["mexico", "us"])
    assert game.players == ("us", "mexico")
    assert [issue.outcomes for issue in game.issues.values()] == [
        ("no checks", "egress checks"),
        ("discretion", "protection"),
        ("light",),
    ]
    assert game.channels["floors"] == {"us": 1}
    assert game.channels["caps"] == {"mexico": 3}
    assert "constraints" not in game.channels  # ports cannot move: nothing left to break
    links = {link.between: link for link in game.links or ()}
    assert links["guns", "mining"].spillovers[1, 1].tolist() == [5, 0]
    settled = bg.settle(sub_game(bg.loads(TREATY + SPILLOVER), "us+mexico"), solution="egalitarian")
    assert settled.verify()
    assert sum(settled.gains.values()) <= 4


def test_sub_game_of_a_single_player_is_refused_open_game_is_not() -> None:
    game = bg.loads(TREATY)
    with pytest.raises(InputError, match="at least two"):
        sub_game(game, ["us"])
    assert open_game(game, ["us"]).players == game.players
    with pytest.raises(InputError, match="did you mean"):
        open_game(game, ["mexiko"])


def test_ratified_issue_stays_where_its_ratifier_is_missing() -> None:
    text = TREATY.replace('"canada"]', '"canada", "senate"]', 1) + '[vetoes]\nguns = ["senate"]\n'
    game = bg.loads(text)
    assert open_game(game, "us+mexico").issues["guns"].outcomes == ("no checks",)
    assert sub_game(game, "us+mexico+senate").issues["guns"].size == 2


@pytest.mark.parametrize("seed", range(12))
def test_sub_game_of_everyone_is_the_game(seed: int) -> None:
    game = game_drawn(seed)
    whole = sub_game(game, game.players)
    for name, issue in game.issues.items():
        assert whole.issues[name].outcomes == issue.outcomes
        assert (whole.issues[name].exact_payoffs == issue.exact_payoffs).all()
    total = worths(game).of(0b111)
    found = bg.settle(whole, solution="utilitarian")
    if found.status == "agreement":  # individually rational deals only: no more than all deals
        assert sum(found.gains.values()) <= total


CONSENT = """
format = "bargaining-game/1"
players = ["a", "b", "c"]
[issues.i1]
options = ["no", "yes"]
payoffs.a = [0, 0]
status_quo = "no"
[issues.i2]
actions.c = ["rest", "work"]
payoffs.c = [0, 1]
status_quo.c = "rest"
[[links]]
between = ["i1", "i2"]
[[links.spillovers]]
when = { i1 = "yes", i2 = "rest" }
payoffs.b = 3
"""
"""Nothing is at stake in the option issue but what spills over."""


def test_a_spillover_gives_a_say_to_those_it_reaches_and_to_nobody_else() -> None:
    game = bg.loads(CONSENT)
    assert consents(game) == {"i1": frozenset({"b"})}
    for outsiders in ("status_quo", "minmax"):
        answer = bg.coalitions(game, outsiders=outsiders)  # type: ignore[arg-type]
        assert answer.worth["b"] == (3 if outsiders == "status_quo" else 0), outsiders
        assert answer.worth["a"] == 0
        assert answer.verify()
    assert bg.coalitions(game, utility="nontransferable").worth["b"] == 3
    assert open_game(game, ["b"]).issues["i1"].outcomes == ("no", "yes")
    assert open_game(game, ["a", "c"]).issues["i1"].outcomes == ("no",)


def test_a_loss_that_spills_over_takes_consent() -> None:
    text = CONSENT.replace("payoffs.a = [0, 0]", "payoffs.a = [0, 1]")
    game = bg.loads(text.replace("payoffs.b = 3", "payoffs.b = -3"))
    for utility in ("transferable", "nontransferable"):
        answer = bg.coalitions(game, utility=utility)  # type: ignore[arg-type]
        assert (answer.worth["a"], answer.worth["b"]) == (0, 0), utility
        assert answer.verify()
    assert open_game(game, ["a"]).issues["i1"].outcomes == ("no",)
    assert open_game(game, ["a", "b"]).issues["i1"].outcomes == ("no", "yes")
