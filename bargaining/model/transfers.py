"""Side payments as one more issue: ``[transfers] efficiency = e``.

Of every unit that one player pays another receives e (less than 1 where payments leak: political
cost, bureaucracy, corruption).  Payments are an option issue between the players with a stake,
one option per ordered pair, divisible; a full share is so much that nobody would ever pay all of
it.  Between two players its exchange rates are [e / (1 + e), 1 / (1 + e)]: with e = 1 only equal
weights block it, so every issue with something to share out clears.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np

from bargaining.errors import NotDefinedError
from bargaining.model.deal import Deal
from bargaining.model.game import LinkageGame
from bargaining.model.issue import Issue
from bargaining.model.links import Link
from bargaining.results import Number

NAME = "transfers"
NONE = "none"


def with_transfers(game: LinkageGame) -> LinkageGame:
    """Add the issue of side payments, if the game asks for one, linked to every other issue."""
    table = game.channels.get("transfers")
    if not table or NAME in game.issues:
        return game
    issue = _payments(game, Fraction(table["efficiency"]))
    links = game.links
    if links is not None:
        links = (*links, *(Link((name, NAME)) for name in game.issue_names))
    return replace(game, issues={**game.issues, NAME: issue}, links=links)


def without_transfers(game: LinkageGame) -> LinkageGame:
    """Take the issue of side payments out again, as the game stands in a file."""
    if not game.channels.get("transfers") or NAME not in game.issues:
        return game
    issues = {name: issue for name, issue in game.issues.items() if name != NAME}
    links = game.links
    if links is not None:
        links = tuple(link for link in links if NAME not in link.between)
    return replace(game, issues=issues, links=links)


def check_payments(game: LinkageGame, deals: str) -> None:
    """Raise NotDefinedError for pure deals with side payments."""
    if deals == "pure" and game.channels.get("transfers") and NAME in game.issues:
        msg = (
            "pure deals are not defined with [transfers]: payments are divisible; ask with "
            'deals="shares", or leave [transfers] out of the game'
        )
        raise NotDefinedError(msg)


def netted(game: LinkageGame, deal: Deal) -> Deal:
    """Cancel payments that go both ways or round in a circle, where nothing leaks.

    With an efficiency of 1 they change nobody's gain; with less they are never efficient.
    """
    table = game.channels.get("transfers")
    if not table or Fraction(table["efficiency"]) != 1 or NAME not in game.issues:
        return deal
    k = game.position(NAME)
    if k not in deal.shares:
        return deal
    issue = game.issues[NAME]
    amount = max(issue.exact_payoffs.flat)
    received: list[Number] = [Fraction(0)] * len(game.players)
    for option, share in deal.shares[k].items():
        received = [
            r + share * g / amount
            for r, g in zip(received, issue.exact_payoffs[option], strict=True)
        ]
    shares: dict[int, Number] = {}
    for payer, payee in itertools.product(range(len(received)), repeat=2):
        paid = min(-received[payer], received[payee])
        if paid > 0:
            name = f"{game.players[payer]} pays {game.players[payee]}"
            shares[issue.outcomes.index(name)] = paid
            received[payer] += paid
            received[payee] -= paid
    rest = 1 - sum(shares.values(), start=Fraction(0))
    return replace(deal, shares={**deal.shares, k: {0: rest, **shares}})


def payments(
    game: LinkageGame, deal: Mapping[str, Mapping[str, Number]]
) -> list[tuple[str, str, Number, Number]]:
    """List the payments of a deal: payer, payee, paid, received."""
    if not game.channels.get("transfers") or NAME not in deal:
        return []
    issue = game.issues[NAME]
    found = []
    for option, share in deal[NAME].items():
        row = issue.exact_payoffs[issue.outcomes.index(option)]
        if share and any(row):
            payer = int(np.argmin(row))
            payee = int(np.argmax(row))
            found.append(
                (game.players[payer], game.players[payee], -row[payer] * share, row[payee] * share)
            )
    return found


def _payments(game: LinkageGame, efficiency: Fraction) -> Issue:
    amount = _more_than_enough(game)
    able = game.interested or tuple(range(len(game.players)))
    options, rows = [NONE], [[Fraction(0)] * len(game.players)]
    for payer, payee in itertools.permutations(able, 2):
        row = [Fraction(0)] * len(game.players)
        row[payer], row[payee] = -amount, efficiency * amount
        options.append(f"{game.players[payer]} pays {game.players[payee]}")
        rows.append(row)
    exact = np.array(rows, dtype=object)
    return Issue(NAME, game.players, {}, tuple(options), exact, 0, "Side payments")


def _more_than_enough(game: LinkageGame) -> Fraction:
    """Sum over players of the distance between their best and worst conceivable totals.

    No payer gives up more than that even under threats, and all payments together take less than
    one full share.
    """
    total = Fraction(0)
    for i in range(len(game.players)):
        rows = [list(table.exact_payoffs[:, i]) for table in game.issues.values()]
        rows += [
            list(link.spillovers[:, :, i].flat)
            for link in game.links or ()
            if link.spillovers is not None
        ]
        reach = sum((max(row) - min(row) for row in rows), start=Fraction(0))
        total += reach + abs(game.offset[i])
    return total or Fraction(1)
