"""The types that are played: one label, one per draw, wrong ones."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bargaining.errors import InputError
from bargaining.model.game import LinkageGame
from bargaining.model.information import Draw
from bargaining.model.issue import Issue
from bargaining.model.played_types import chosen_types


def game(*draws: tuple[str, ...]) -> LinkageGame:
    """One issue per draw of the US."""
    issues, found = {}, []
    for k, labels in enumerate(draws):
        name = f"i{k}"
        payoffs = {"us": [0, 1], "mexico": [0, 1]}
        issues[name] = Issue.from_options(
            name, ("us", "mexico"), ["no", "yes"], payoffs, status_quo="no"
        )
        rows = tuple((Fraction(0), Fraction(s)) for s in range(len(labels)))
        chances = (Fraction(1, len(labels)),) * len(labels)
        found.append(Draw("us", labels, chances, {name: {"us": rows}}))
    return LinkageGame(("us", "mexico"), issues, channels={"types": tuple(found)})


TWICE = game(("for", "against"), ("for", "against"))


@pytest.mark.parametrize("text", ["for,against", "for / against", "for/against", "for , against"])
def test_one_label_for_each_draw(text):
    assert chosen_types(TWICE, [("us", text)]) == {0: 0, 1: 1}


def test_a_label_of_one_draw_only():
    once = game(("for", "against"), ("rich", "poor"))
    assert chosen_types(once, [("us", "poor")]) == {0: 0, 1: 1}
    assert chosen_types(once, [("us", "poor"), ("us", "against")]) == {0: 1, 1: 1}


def test_labels_that_hold_the_separator():
    odd = game(("a", "a / b"), ("b / c", "c"))
    assert chosen_types(odd, [("us", "a / b / c")])[1] in (0, 1)
    assert chosen_types(odd, [("us", "a / b / b / c")]) == {0: 1, 1: 0}


def test_a_label_of_several_draws_asks_for_all_and_lists_each_once():
    with pytest.raises(InputError, match="type: expected one of") as found:
        chosen_types(TWICE, [("us", "for")])
    listed = str(found.value).partition("; found")[0].partition("one of ")[2].split(", ")
    assert listed == [
        "us=for / for", "us=for / against", "us=against / for", "us=against / against",
    ]  # fmt: skip
    with pytest.raises(InputError, match='found "mexico=for"'):
        chosen_types(TWICE, [("mexico", "for")])


def test_very_many_draws_are_read_at_once():
    many = game(*[("x", "y")] * 40)
    assert set(chosen_types(many, [("us", " / ".join(["y"] * 40))]).values()) == {1}
    with pytest.raises(InputError, match="expected one of"):
        chosen_types(many, [("us", "x,y,z")])
