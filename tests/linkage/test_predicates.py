"""The language of claims."""

import math
from fractions import Fraction as F

import pytest

import bargaining as bg
from bargaining.errors import InputError
from bargaining.linkage.facts import facts_of
from bargaining.linkage.predicates import holds

FACTS = {
    "gains": {"us": F(3, 2), "mexico": F(0)},
    "packages": [("guns", "fentanyl"), ("guns", "trade")],
    "close": 0.1 + 0.2,
    "never": None,
    "words": "no_agreement",
    "double": lambda x: 2 * x,
}


@pytest.mark.parametrize(
    ("predicate", "true"),
    [
        ("gains.us == 3/2", True),
        ("gains['us'] > 1.5", False),
        ("1 < gains.us <= 1.5", True),
        ("close == 0.3", True),  # a number that is not exact is compared to within rounding
        ("close > 0.3", False),
        ("not gains.mexico > 0 and gains.us > 0", True),
        ("gains.us < 0 or len(packages) == 2", True),
        ("'guns' in packages[0] and 'trade' not in packages[0]", True),
        ("all('guns' in p for p in packages)", True),
        ("any(len(p) == 3 for p in packages)", False),
        ("sum(gains[p] for p in gains) == 3/2", True),
        ("max(gains.us, gains.mexico) - min(1, 2) == abs(-1/2)", True),
        ("words == 'no_agreement'", True),
        ("double(gains.us) == 3", True),
        ("never > 100", True),  # None: no factor below 1 works
        ("len([p for p in packages]) == 2", None),
        ("packages == [['guns', 'fentanyl'], ['guns', 'trade']]", True),
        ("2 ** 3 == 8", True),
        ("1e-80 > 0", True),
        ("gains.us == 3/2\n and words == 'no_agreement'", True),
    ],
)
def test_what_predicates_say(predicate: str, true: bool | None) -> None:
    if true is None:
        with pytest.raises(InputError):
            holds(predicate, FACTS)
    else:
        assert holds(predicate, FACTS) is true


@pytest.mark.parametrize(
    ("predicate", "problem"),
    [
        ("gains.uss > 1", 'did you mean "us"'),
        ("gain.us > 1", 'did you mean "gains"'),
        ("gains.us", "true or false"),
        ("gains.us + 1 > words", "a number"),
        ("gains.us > 1 and 3", "true or false"),
        ("packages[2]", "a position below 2"),
        ("gains.us / 0 > 1", "a divisor other than zero"),
        ("2 ** 9 > 1", "a whole power up to 8"),
        ("words(1)", "a function"),
        ("double(1, 2) > 1", "other arguments"),
        ("double(**gains) > 1", "expected"),
        ("gains.__class__ == 1", "known functions"),
        ("__import__('os').system('true')", "a function"),
        ("(lambda: 1)() == 1", "a function"),
        ("all(all(all(p == q for q in packages) for r in packages * 1) for p in packages)", "a"),
        ("x = 1", "a predicate"),
        ("((((((10**8)**8)**8)**8)**8)**8)**8 > 1", "bits"),
        ("(1/0.1 - close) ** 2 > gains", "a number"),
        ("0 ** -1 > 1", "a divisor other than zero"),
        ("gains == gains", "to compare"),
        ("gains.us == gains", "to compare"),
        ("any(a == b for a in packages for b in packages)", "one for"),
        ("packages.count(1) == 1", "a function"),
        ("1e400 > 0", "between"),
        ("any(a for a, b in packages)", "one name"),
        ("all(True for c in words)", "a list or a table"),
    ],
)
def test_what_is_refused(predicate: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        holds(predicate, FACTS)


def test_work_is_bounded() -> None:
    facts = {"many": list(range(1_000))}
    with pytest.raises(InputError, match="steps"):
        holds("all(all(a == a for b in many) for a in many)", facts)


def test_facts_of_a_game() -> None:
    game = bg.load("us_mexico/guns_for_fentanyl")
    facts = facts_of(game)
    for predicate in (
        "agendas.linked.gains.us == 3/2 and agendas.linked.gains.mexico == 9/4",
        "gain('us', 'kalai_smorodinsky') == 5/3",
        "gain('us', agenda='delinked') == 0",
        "agendas.linked.critical_discount.settlement == 7/10",
        "critical('linked', 'full') == 4/5 and critical(kind='lottery') == 2/3",
        "critical('delinked', 'full') > 1",
        "verdict.linking_breaks_deadlock and verdict.effect == 'breaks_deadlock'",
        "issues.guns.status == 'deadlock' and len(issues) == 2",
        "minimal_packages == [['guns', 'fentanyl']]",
        "not mutual('delinked') and mutual('linked') and mutual('guns+fentanyl')",
        "equilibria('guns') == ['no checks']",
        "without('guns').verdict.effect == 'no_effect'",
        "share('guns', 'egress checks') == 7/8",
        "players[0] == 'us'",
    ):
        assert holds(predicate, facts), predicate
    with pytest.raises(InputError, match="expected a player"):
        holds("gain('usa') > 0", facts)
    with pytest.raises(InputError, match="at: not defined"):
        holds("at(w=1).verdict.effect == 'no_effect'", facts)
    assert math.isclose(float(facts["critical"]("linked", "any")), math.sqrt(2 / 5))


def test_other_games_are_few_and_built_once() -> None:
    from bargaining.loading import reload

    game = bg.load("us_mexico/guns_for_fentanyl")
    built = []

    def make(values):
        built.append(values)
        return reload(game, values)

    facts = facts_of(game, make)
    assert holds("at(a=1/5).mutual() == at(a=1/5).mutual('linked')", facts)
    assert len(built) == 1
    many = ",".join(str(i) for i in range(200))
    with pytest.raises(InputError, match="at most 100 other games"):
        holds(f"all(at(a=x).players[0] == 'us' for x in [{many}])", facts)


def test_unknown_players_and_thresholds_one_by_one() -> None:
    facts = facts_of(bg.load("us_mexico/guns_for_fentanyl"))
    with pytest.raises(InputError, match=r'worth: expected players \(us, mexico\), found "nope"'):
        holds('worth("us+nope") == 0', facts)
    assert holds('worth("us+mexico") == 4', facts)
    assert holds("0.63 < agendas.linked.critical_discount.any < 0.64", facts)
    with pytest.raises(InputError, match="expected one of settlement"):
        holds("critical('linked', 'ever') < 1", facts)
