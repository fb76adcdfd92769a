"""Requirements of the caller's own: in the program, held by the checker, named in answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import pytest

import bargaining as bg
from bargaining.errors import InputError, NotSupportedError, VerificationError
from bargaining.model.deal import gains
from bargaining.settlement.requirements.base import Concave, Requirement

GAME = "us_mexico/guns_for_fentanyl"


@dataclass(frozen=True)
class AtLeast:
    """A player gains at least a number, and a share of what another gains, in every package."""

    player: str
    least: Fraction = Fraction(0)
    share: Fraction = Fraction(0)
    other: str = "mexico"
    name: str = "at_least"

    def net(self, composition, place):
        mine, his = map(composition.game.players.index, (self.player, self.other))
        part = {j: -self.share * g for j, g in composition.gain(place, his).items()}
        return Concave(-self.least, composition.gain(place, mine)).plus(Concave(form=part))

    def slack(self, game, deal):
        found = dict(zip(game.players, gains(game, deal), strict=True))
        return found[self.player] - self.least - self.share * found[self.other]


@dataclass(frozen=True)
class Mistaken(AtLeast):
    """What stands in the program is not what the definition says."""

    def slack(self, game, deal):
        return super().slack(game, deal) - 1


def ask(*own, **how):
    return bg.settle(bg.load(GAME), require=list(own), **how)


def test_a_protocol_that_names_are_no_part_of() -> None:
    assert isinstance(AtLeast("us"), Requirement)
    assert not isinstance("enforcement", Requirement)


@pytest.mark.parametrize(
    ("solution", "expected"),
    [
        # On the edge 3u + 2v = 9 the share binds at u = 9v/10: u = 81/47, v = 90/47.
        ("nash", (Fraction(81, 47), Fraction(90, 47))),
        ("utilitarian", (Fraction(81, 47), Fraction(90, 47))),
        ("egalitarian", (Fraction(9, 5), Fraction(9, 5))),
        # Ideal gains: 3 for the US (Mexico at 0), 90/47 for Mexico.
        ("kalai_smorodinsky", (Fraction(141, 67), Fraction(90, 67))),
    ],
)
def test_a_share_of_the_others_gain(solution, expected) -> None:
    answer = ask(AtLeast("us", share=Fraction(9, 10)), solution=solution)
    assert tuple(answer.gains.values()) == expected
    assert answer.tolerance == 0
    assert answer.verify()


def test_price_and_slack() -> None:
    """At (2, 3/2) the log product falls by 3/(2v) - 1/u = 1/2 per unit, and u weighs 1/u = 1/2."""
    answer = ask(AtLeast("us", least=Fraction(2)))
    assert tuple(answer.gains.values()) == (2, Fraction(3, 2))
    entry = answer.requirements["at_least.us"]
    assert entry["binding"] is True
    assert entry["slack"] == 0
    assert entry["price"] == pytest.approx(1, abs=1e-6)
    free = ask(AtLeast("us", least=Fraction(1)))
    assert tuple(free.gains.values()) == (Fraction(3, 2), Fraction(9, 4))
    assert free.requirements["at_least.us"] == {
        "binding": False,
        "price": 0.0,
        "slack": Fraction(1, 2),
    }


def test_together_with_enforcement_and_a_premium() -> None:
    kept = ask("enforcement", AtLeast("us", least=Fraction(2)))
    assert {"at_least.us", "enforcement.us"} <= set(kept.requirements)
    assert kept.gains["us"] == pytest.approx(2, abs=1e-6)
    assert kept.verify()
    game = bg.load("us_mexico/sovereignty_premium")
    least = AtLeast("mexico", least=Fraction(1, 4))
    answer = bg.settle(game, require=[least])
    assert least.slack(game, answer.parts[0].deal) >= -1e-6
    assert answer.verify()


def test_what_no_deal_meets() -> None:
    answer = ask(AtLeast("us", least=Fraction(4)))
    assert answer.status == bg.Status.NO_AGREEMENT
    assert tuple(answer.gains.values()) == (0, 0)
    assert answer.conflict == ("at_least.us",)
    assert answer.verify()
    both = ask(AtLeast("us", least=Fraction(2)), AtLeast("mexico", least=Fraction(2), other="us"))
    assert both.conflict == ("at_least.us", "at_least.mexico")
    assert both.verify()


def test_every_package_by_itself() -> None:
    game = bg.load("lessons/two_tables")
    rule = AtLeast("mexico", share=Fraction(1), other="us")
    for agenda in ("delinked", "linked"):
        answer = bg.settle(game, agenda=agenda, require=[rule])
        assert tuple(answer.gains.values()) == (Fraction(7, 3), Fraction(7, 3))
        assert answer.verify()


def test_pure_deals() -> None:
    assert tuple(ask(deals="pure").gains.values()) == (1, 3)
    answer = ask(AtLeast("us", share=Fraction(1, 2)), deals="pure")
    assert answer.status == bg.Status.NO_AGREEMENT
    assert answer.verify()
    assert tuple(ask(AtLeast("us", share=Fraction(1, 3)), deals="pure").gains.values()) == (1, 3)


def test_checker_does_not_believe_the_program() -> None:
    assert ask(Mistaken("us", least=Fraction(2))).status == bg.Status.NUMERICAL_TROUBLE
    answer = ask(AtLeast("us", least=Fraction(2)))
    with pytest.raises(VerificationError):
        replace(answer, own=(Mistaken("us", least=Fraction(2)),)).verify()
    with pytest.raises(VerificationError):
        replace(answer, own=()).verify()
    with pytest.raises(VerificationError):
        replace(ask(), own=(AtLeast("us", least=Fraction(2)),), evidence=answer.evidence).verify()


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ([AtLeast("us", name="caps")], "other than"),
        ([AtLeast("us", name="two words")], "a word"),
        ([AtLeast("usa")], 'did you mean "us"'),
        ([AtLeast("us"), AtLeast("us", least=Fraction(1))], "once"),
        ([AtLeast("us"), "enforcment"], "enforcement"),
    ],
)
def test_refused(own, said) -> None:
    with pytest.raises(InputError, match=said):
        ask(*own)


def test_asked_of_settle_only() -> None:
    game, rule = bg.load(GAME), AtLeast("us")
    for refuses in (
        lambda: bg.solve(game, require=[rule]),
        lambda: bg.agenda_game(game, require=[rule]),
        lambda: bg.minimal_packages(game, require=[rule]),
        lambda: bg.sweep(game, vary={"parameters.a": [1]}, measure="players", require=[rule]),
    ):
        with pytest.raises(NotSupportedError, match="settle"):
            refuses()
