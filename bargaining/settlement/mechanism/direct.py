"""Direct mechanisms: what can be agreed when each side alone knows its types.

By the revelation principle whatever the players could play comes to a rule that maps reported
types to a deal (and payments) such that honesty is best (Myerson 1979).  The best such rule solves
a linear programme: shares of outcomes for each profile of types, subject to incentive constraints,
rationality and the budget of payments.  Linking issues helps because one rule can then trade a
concession in one issue for honesty about another (Jackson and Sonnenschein 2007).
"""

from __future__ import annotations

from bargaining.errors import InputError
from bargaining.model.agenda import Agenda, parse_agenda
from bargaining.model.game import LinkageGame, require_game
from bargaining.model.transfers import without_transfers
from bargaining.settlement.mechanism.answer import Mechanism, assemble
from bargaining.settlement.mechanism.copies_part import copies_part
from bargaining.settlement.mechanism.efficient import efficient
from bargaining.settlement.mechanism.package_mechanism import PackageMechanism
from bargaining.settlement.mechanism.part import Part
from bargaining.settlement.mechanism.question import (
    Incentive,
    Question,
    Rationality,
    Transfers,
    ask,
    require_bound,
)
from bargaining.settlement.mechanism.setting import Setting, settings
from bargaining.settlement.mechanism.solver import solve
from bargaining.settlement.mechanism.verify import fresh_setting


def mechanism(
    game: LinkageGame,
    *,
    transfers: Transfers = "none",
    copies: int = 1,
    rationality: Rationality = "interim",
    incentive: Incentive = "bayesian",
    objective: str = "total",
    agenda: str | Agenda = "linked",
) -> Mechanism:
    """Find the best rule for a game in which each player alone knows his types.

    Parameters
    ----------
    game : LinkageGame
        With draws of private types (``[[types]]``).  Types of probability 0 are left out:
        nothing is promised to them, and nobody can report them.
    transfers : {"none", "expected", "ex_post"}
        No payments; payments whose expected sum is 0; payments that add up to 0 in every profile.
        With ``[transfers] efficiency = e`` in the game of each unit paid e arrives.  Players
        without any stake in a package neither pay nor receive.
    copies : int
        How many independent copies of each package are decided together; values are per copy.
        With Bayesian incentives, and rationality interim or none, the rule depends on how often
        each type is reported; under other conditions the copies are written out, while few.
    rationality : {"interim", "ex_post", "none"}
        Every player with a stake in a package expects no loss there, given his type; or loses
        in no profile (a lottery counts at its expected gain); or may lose.
    incentive : {"bayesian", "dominant"}
        Honesty is best in expectation over the others' types, or whatever the others report.
        Where payoffs depend on others' types the latter is ex post incentive compatibility:
        honesty is best whatever their types, if they are honest.
    objective : str
        ``"total"``, ``"max-min"`` (the least expected gain among players with a stake) or a
        player's name.
    agenda : str or Agenda
        Each package has a mechanism of its own, with its own constraints.

    Returns
    -------
    Mechanism

    Raises
    ------
    InputError
        If a name is unknown.
    NotDefinedError
        If the objective has no bound: payments to a player from others with a stake in a package
        who may not refuse.
    NotSupportedError
        If the game holds data that a mechanism does not use, or is too large.

    References
    ----------
    Myerson, R. B. (1979). Incentive compatibility and the bargaining problem. Econometrica 47.

    Examples
    --------
    >>> import bargaining as bg
    >>> answer = bg.mechanism(bg.load("us_mexico/foreign_agents_law"))
    >>> answer.second_best, answer.gains["us"]
    (Fraction(23, 12), Fraction(3, 2))
    """
    require_game(game)
    question = ask(
        game,
        transfers=transfers,
        rationality=rationality,
        incentive=incentive,
        objective=objective,
    )
    if type(copies) is not int or copies < 1:
        msg = f"copies: expected a whole number of at least 1, found {copies!r}"
        raise InputError(msg)
    plain = without_transfers(game)
    plan = parse_agenda(plain, agenda)
    names = plain.issue_names
    packages = [tuple(names[k] for k in package) for package in plan.packages]
    histograms = incentive == "bayesian" and rationality != "ex_post"
    leaky = transfers == "ex_post" and question.efficiency != 1
    found = settings(plain, plan)
    for setting in found:
        require_bound(question, setting)
    parts: tuple[Part, ...]
    if copies == 1:
        parts = tuple(_package(setting, question) for setting in found)
    elif histograms and not leaky:
        parts = tuple(copies_part(setting, copies, question) for setting in found)
    else:
        written = [fresh_setting(plain, issues, copies) for issues in packages]
        parts = tuple(_package(setting, question, copies) for setting in written)
    return assemble(plain, plan, question, parts, copies)


def _package(setting: Setting, question: Question, copies: int = 1) -> PackageMechanism:
    return PackageMechanism(
        setting,
        question,
        solve(setting, question, honest=True),
        solve(setting, question, honest=False),
        efficient(setting),
        copies,
    )
