"""Bars are the intervals of exchange rates."""

from __future__ import annotations

import pytest
from pictures import drawn, line, lines, texts

import bargaining as bg


def bars(axes) -> dict[str, tuple[float, float]]:
    labels = [label.get_text() for label in axes.get_yticklabels()]
    found = {}
    for patch in axes.patches:
        if str(patch.get_gid()).startswith("bar-"):
            middle = patch.get_y() + patch.get_height() / 2
            found[labels[round(middle)]] = (patch.get_x(), patch.get_x() + patch.get_width())
    for points in lines(axes, "bar-"):
        found[labels[round(points[0][1])]] = (points[0][0], points[0][0])
    return found


@pytest.mark.parametrize(
    "name",
    ["us_mexico/guns_for_fentanyl", "us_mexico/six_issue_table", "lessons/one_exchange_rate"],
)
def test_bars_are_the_intervals(name: str) -> None:
    game = bg.load(name)
    expected = {k: rates.interval for k, rates in bg.exchange_rates(game).items()}
    found = bars(drawn("rates", game))
    assert set(found) == set(expected)
    for issue, (low, high) in found.items():
        assert (low, high) == pytest.approx(tuple(map(float, expected[issue])))


def test_by_hand() -> None:
    axes = drawn("rates", bg.load("us_mexico/guns_for_fentanyl"))
    assert bars(axes)["guns"] == pytest.approx((0.6, 1))
    assert bars(axes)["fentanyl"] == pytest.approx((0, 0.375))
    assert "3/5 to 1" in texts(axes)
    assert lines(axes, "common") == []


def test_a_common_rate_is_a_line() -> None:
    axes = drawn("rates", bg.load("lessons/one_exchange_rate"))
    assert line(axes, "common")[:, 0] == pytest.approx([0.5, 0.5])
    assert any("1/2" in t.get_text() for t in axes.get_legend().get_texts())


def test_issues_that_help_both_have_no_bar() -> None:
    game = bg.LinkageGame.from_payoffs([[[0, 0], [1, 1]], [[0, 0], [-1, 2]]])
    axes = drawn("rates", game)
    assert set(bars(axes)) == {"1"}
    assert "no bar: no rate blocks this issue" in texts(axes)
    assert lines(axes, "common") == []


def test_of_many_issues_the_narrowest_are_drawn() -> None:
    rows = [[[0, 0], [-k, k + 1], [1, -2 * k]] for k in range(1, 101)]
    game = bg.LinkageGame.from_payoffs(rows)
    widths = {
        k: float(rates.interval[1] - rates.interval[0])
        for k, rates in bg.exchange_rates(game).items()
        if rates.interval is not None
    }
    found = bars(drawn("rates", game))
    assert len(found) == 30
    narrowest = sorted(widths.values())[:30]
    assert sorted(high - low for low, high in found.values()) == pytest.approx(narrowest)
