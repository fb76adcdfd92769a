"""False alarms: what a package is worth, and which agenda is best."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from enforcement_games import PLAYERS, dilemma

from bargaining import Deal, LinkageGame
from bargaining.errors import InputError
from bargaining.settlement.enforcement.monitoring import monitoring

F = Fraction


def twins(rate, temptation, count=2):
    """Dilemmas that pay 1 each per period."""
    table = [[1, -1], [1 + temptation, 0]]
    other = [list(row) for row in zip(*table, strict=True)]
    issues = [dilemma(f"k{j}", table, other) for j in range(count)]
    rates = {f"k{j}": F(rate) for j in range(count)}
    return LinkageGame(PLAYERS, issues, channels={"monitoring": rates})


def cooperate(game):
    return Deal(np.zeros(len(game.issues), dtype=np.intp))


def test_contagion():
    """C8.1: at 9/10 and one alarm in ten, 100/19 per issue apart and 1000/271 together."""
    game = twins("1/10", 1)
    found = monitoring(game, cooperate(game), discount=F(9, 10))
    linked, delinked = found.agendas
    assert delinked.values["us"] / 2 == F(100, 19)
    assert linked.values["us"] / 2 == F(1000, 271)
    assert found.best == "delinked"
    assert all(linked.lasting)
    assert all(delinked.lasting)


@pytest.mark.parametrize(("rate", "temptation", "d"), [("1/10", 2, "7/8"), ("1/4", 1, "3/4")])
def test_condition_from_the_values_themselves(rate, temptation, d):
    """A player who keeps his word gets v = 1 now and V again with chance s; who breaks it gets
    1 + T now and nothing later."""
    game = twins(rate, temptation)
    found = monitoring(game, cooperate(game), discount=F(d))
    for one in found.agendas:
        for package in one.packages:
            size = len(package.issues)
            survival = (1 - F(rate)) ** size
            critical = package.critical(0)
            for factor in (critical, critical * F(999, 1000)):
                value = size / (1 - factor * survival)
                keeps = value >= size + temptation * size
                assert keeps == (factor >= critical)
            assert package.lasts([F(d)] * 2) == (F(d) >= critical)


def test_without_alarms_it_is_the_ordinary_condition():
    game = twins(0, 2)
    found = monitoring(game, cooperate(game), discount=F(1, 2))
    assert found.agendas[0].critical == F(2, 3)
    assert not any(found.agendas[0].lasting)
    assert found.agendas[0].total == 0


def test_middle_agendas_are_tried():
    """Three issues have five partitions; alarms in one of them are best kept apart."""
    game = twins(0, 1, count=3)
    game = LinkageGame(PLAYERS, game.issues, channels={"monitoring": {"k2": F(1, 2)}})
    found = monitoring(game, cooperate(game), discount=F(9, 10))
    assert len(found.agendas) == 5
    assert found.complete
    values = {one.agenda: one.values["us"] for one in found.agendas}
    # apart: 10 + 10; in the third issue 9/20 / (1 - 9/20) = 9/11 does not outweigh 1
    assert values["k0+k1"] == values["delinked"] == 20
    assert values["linked"] == 0  # 3 * 9/11 does not outweigh 3
    assert found.best == "delinked"


def test_links_limit_the_agendas():
    from bargaining import Link

    game = twins(0, 1, count=3)
    links = (Link(("k0", "k1")), Link(("k1", "k2")))
    chain = LinkageGame(PLAYERS, game.issues, links, channels=game.channels)
    names = {one.agenda for one in monitoring(chain, cooperate(chain), discount=F(9, 10)).agendas}
    assert names == {"linked", "delinked", "k0+k1", "k1+k2"}


def test_many_issues_compare_two_agendas():
    game = twins("1/10", 1, count=8)
    found = monitoring(game, cooperate(game), discount=F(9, 10))
    assert [one.agenda for one in found.agendas] == ["linked", "delinked"]
    assert not found.complete


def test_factors_are_needed():
    game = twins("1/10", 1)
    with pytest.raises(InputError, match="us, mexico"):
        monitoring(game, cooperate(game))
