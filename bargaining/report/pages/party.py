"""One party's sheet of a role play: what this party knows, and nothing of the others' scores.

The sheet is made from a :class:`Sheet`, which holds one player's numbers only, so that the page
cannot show, or hide in its source, what belongs to somebody else.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from bargaining.errors import NotDefinedError
from bargaining.files.class_deals import treatments_of
from bargaining.model.game import LinkageGame
from bargaining.model.information import Draw, gains_of_types
from bargaining.model.issue import Issue
from bargaining.model.played_types import at_types
from bargaining.report.pages.class_parts import tables
from bargaining.report.pages.render import render
from bargaining.report.pages.saying import Saying, title_of
from bargaining.report.pages.scores import points, rounded, share
from bargaining.report.pages.words import Words
from bargaining.settlement.package import Deals

MAX_ISSUES, MAX_OUTCOMES, MAX_PARTIES = 20, 60, 12
MAX_BONUSES = 40
MAX_DEPTHS = 6
ROOMY, FULL, TIGHT = 20, 42, 80
"""Lines up to which a sheet is printed larger, in full, in small print on one page."""
FULL_ISSUES, TIGHT_ISSUES = 7, 12
"""Issues up to which it is, since each also has a line to write the deal on."""


@dataclass(frozen=True)
class Row:
    """An outcome: its points (several where somebody else's type decides), what it shows."""

    label: str
    today: bool
    points: tuple[str, ...]
    shows: str


@dataclass(frozen=True)
class Topic:
    """An issue as one party sees it."""

    title: str
    written: str
    who: Markup
    cases: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Sheet:
    """Everything on a party's sheet."""

    player: str
    title: str
    others: Markup
    topics: tuple[Topic, ...]
    bonuses: tuple[tuple[Markup, str], ...]
    rules: tuple[Markup, ...]
    home: tuple[Markup, ...]
    types: tuple[Markup, ...]
    signing: Markup
    walk_away: str
    reserved: bool
    ratifies: bool
    apart: bool
    tables: Markup
    shows: bool

    @property
    def lines(self) -> int:
        """About how long it is."""
        found = sum(len(topic.rows) + 2 for topic in self.topics) + 2 * len(self.bonuses)
        return found + 2 * (len(self.home) + len(self.rules) + len(self.types))

    @property
    def print(self) -> str:
        """How large it is printed, so that it fits a page if it can."""
        if self.lines <= ROOMY:
            return "roomy"
        return "full" if self.lines <= FULL and len(self.topics) <= FULL_ISSUES else "tight"

    @property
    def long(self) -> bool:
        """Whether it does not fit a page even so."""
        return self.lines > TIGHT or len(self.topics) > TIGHT_ISSUES


def check_playable(game: LinkageGame) -> None:
    """Raise NotDefinedError where no role play can be made of a game.

    >>> check_playable(LinkageGame.from_payoffs([[[0, 0], [-4, 6]]]))
    """
    place = f"{game.name or 'the game'}: role play"
    if not game.issues:
        msg = f"{place}: expected issues to negotiate, found none"
        raise NotDefinedError(msg)
    if game.channels.get("transfers"):
        msg = f"{place}: not defined with side payments; remove [transfers]"
        raise NotDefinedError(msg)
    most = max(issue.size for issue in itertools.islice(game.issues.values(), MAX_ISSUES + 1))
    sizes = (
        ("issues", len(game.issues), MAX_ISSUES),
        ("outcomes in an issue", most, MAX_OUTCOMES),
        ("parties", len(game.players), MAX_PARTIES),
    )
    for what, found, limit in sizes:
        if found > limit:
            msg = f"{place}: expected at most {limit} {what} (a sheet is one page), found {found:,}"
            raise NotDefinedError(msg)


def parties(game: LinkageGame) -> tuple[str, ...]:
    """Return who gets a sheet: players with a stake, if only for some type, with acts or a veto.

    >>> from bargaining.loading import load
    >>> parties(load("classic/bilateral_trade"))
    ('buyer', 'seller')
    """
    acting = {player for issue in game.issues.values() for player in issue.actions}
    hoping = {
        player
        for draw in game.draws
        for name, tables in draw.payoffs.items()
        for player, rows in tables.items()
        if any(set(row) != {row[0]} for row in rows)
    }
    return tuple(
        player
        for i, player in enumerate(game.players)
        if i in game.interested
        or i in game.ratification.ratified
        or player in acting
        or player in hoping
    )


def signers(game: LinkageGame) -> tuple[str, ...]:
    """Return who must sign a deal: parties that do not only ratify."""
    ratify = {game.players[i] for i in game.ratification.ratified}
    return tuple(player for player in parties(game) if player not in ratify)


def party_page(
    game: LinkageGame,
    player: str,
    speak: Words,
    *,
    types: dict[int, int],
    deals: Deals = "pure",
    minutes: int = 20,
) -> str:
    """Return a party's sheet as a page.

    Parameters
    ----------
    game : LinkageGame
        With its draws of private types, if any.
    player : str
    speak : Words
    types : mapping of int to int
        The type of each draw that is played.
    deals : {"shares", "pure"}
    minutes : int
        For the negotiation.
    """
    say = Saying(speak)
    sheet = party_sheet(game, player, say, types=types, deals=deals)
    return render("party.html.j2", speak, say=say, sheet=sheet, deals=deals, minutes=minutes)


def party_sheet(
    game: LinkageGame, player: str, say: Saying, *, types: dict[int, int], deals: Deals
) -> Sheet:
    """Collect what one party knows."""
    played = at_types(game, types)
    me = game.players.index(player)
    others = [name for name in parties(game) if name != player]
    shows = me in played.ratification.visible
    topics = tuple(_topic(game, played, name, me, say, types) for name in game.issue_names)
    return Sheet(
        player,
        title_of(game),
        say.listed(others),
        topics,
        _bonuses(played, me, say),
        _constraints(played, say),
        (*_home(played, me, say, deals), *_ratifiers(played, me, say)),
        _types(game, me, types, say),
        say("party.rule_sign", players=say.listed(signers(game))),
        points(played.reservation[me], sign=False) if game.reserved else "0",
        game.reserved,
        me in game.ratification.ratified,
        len(treatments_of(game)) > 1,
        tables(game, say),
        shows,
    )


def _topic(
    game: LinkageGame,
    played: LinkageGame,
    name: str,
    me: int,
    say: Saying,
    types: dict[int, int],
) -> Topic:
    issue, k = played.issues[name], played.position(name)
    player = game.players[me]
    unknown = next(
        (
            (position, draw)
            for position, draw in enumerate(game.draws)
            if draw.player != player and player in draw.payoffs.get(name, {})
        ),
        None,
    )
    tables = [issue.exact_payoffs if game.reserved else issue.exact_gains]
    cases: tuple[str, ...] = ()
    if unknown is not None:
        position, draw = unknown
        cases = tuple(draw.labels[s] for s in draw.possible)
        tables = [
            gains_of_types(game.issues[name], game.draws, {**types, position: s})
            for s in draw.possible
        ]
    seen = played.ratification.visible.get(me)
    first = int(played.flat.offsets[k])
    origin = issue.status_quo_index
    rows = tuple(
        Row(
            label,
            a == origin,
            tuple(points(table[a, me], sign=not game.reserved) for table in tables),
            "" if seen is None else points(seen[first + a], sign=False),
        )
        for a, label in enumerate(issue.outcomes)
    )
    return Topic(issue.title or name, name, who_decides(issue, say), cases, rows)


def who_decides(issue: Issue, say: Saying) -> Markup:
    """Say who carries an issue out."""
    acting = [p for p, labels in issue.actions.items() if len(labels) > 1] or list(issue.actions)
    if not acting:
        return say("party.jointly")
    if len(acting) == 1:
        return say("party.one_acts", player=acting[0])
    return say("party.several_act", players=say.listed(acting), order=" / ".join(acting))


def _bonuses(game: LinkageGame, me: int, say: Saying) -> tuple[tuple[Markup, str], ...]:
    """List what a party gains or loses on top when two issues end a certain way."""
    found = []
    for pair in game.interactions:
        names = [game.issue_names[k] for k in (pair.first, pair.second)]
        one, two = (game.issues[name] for name in names)
        for a, b in itertools.product(range(one.size), range(two.size)):
            value = Fraction(int(pair.values[a, b, me]), game.flat.denominators[me])
            if value:
                when = say(
                    "party.bonus_when",
                    first=one.title or names[0],
                    one=one.outcomes[a],
                    second=two.title or names[1],
                    two=two.outcomes[b],
                )
                found.append((when, points(value)))
    if len(found) > MAX_BONUSES:
        msg = (
            f"{game.name or 'the game'}: role play: expected at most {MAX_BONUSES} bonuses for a "
            f"party (a sheet is one page), found {len(found):,}"
        )
        raise NotDefinedError(msg)
    return tuple(found)


def _constraints(game: LinkageGame, say: Saying) -> tuple[Markup, ...]:
    """Say what may not be agreed together."""
    found = []
    for rule in game.constraints:
        statements = [
            say(
                "party.statement",
                issue=game.issues[name].title or name,
                outcomes=", ".join(game.issues[name].outcomes[a] for a in sorted(chosen)),
            )
            for name, chosen in rule.statements
        ]
        joined = Markup("; ").join(statements)
        found.append(say("party.constraint", most=rule.limit, statements=joined))
    return tuple(found)


def _home(game: LinkageGame, me: int, say: Saying, deals: Deals) -> list[Markup]:
    """Say what this party must pass at home."""
    rules, found = game.ratification, []
    if me in rules.premiums:
        premium = rules.premiums[me]
        depths = _depths(game, me, deals)
        costs = ", ".join(f"{points(d, sign=False)} → -{rounded(premium.cost(d))}" for d in depths)
        key = {
            "package": say("party.premium_package", costs=Markup(costs)),
            "national": say("party.premium_national", costs=Markup(costs)),
            "issue": say("party.premium_issue", costs=Markup(costs)),
        }
        found.append(key[premium.audience])
    if me in rules.caps:
        found.append(say("party.cap", cap=points(rules.caps[me], sign=False)))
    if me in rules.floors:
        found.append(say("party.floor", floor=points(rules.floors[me], sign=False)))
    if me in rules.ratified:
        titles = [_title(game, k) for k in rules.ratified[me]]
        least = points(game.reservation[me], sign=False) if game.reserved else "0"
        found.append(say("party.you_ratify", issues=say.listed(titles), points=least))
    return found


def _ratifiers(game: LinkageGame, me: int, say: Saying) -> list[Markup]:
    """Say who else must consent; that is no secret."""
    return [
        say(
            "party.ratifier",
            player=game.players[i],
            issues=say.listed([_title(game, k) for k in issues]),
        )
        for i, issues in game.ratification.ratified.items()
        if i != me
    ]


def _title(game: LinkageGame, issue: int) -> str:
    name = game.issue_names[issue]
    return game.issues[name].title or name


def _depths(game: LinkageGame, me: int, deals: Deals) -> Sequence[Fraction]:
    """Return a few depths that deals can have, up to the deepest one."""
    seen, offsets = game.ratification.visible[me], game.flat.offsets
    blocks = [
        {Fraction(v) for v in seen[int(offsets[k]) : int(offsets[k + 1])]}
        for k in range(len(game.issues))
    ]
    if deals == "pure" and math.prod(len(block) for block in blocks) <= 1_000:
        every = sorted({sum(c, start=Fraction(0)) for c in itertools.product(*blocks)} - {0})
        if len(every) <= MAX_DEPTHS:
            return every
    deepest = sum((max(block) for block in blocks), start=Fraction(0))
    return [deepest * Fraction(n, MAX_DEPTHS - 1) for n in range(1, MAX_DEPTHS)]


def drawn_issues(game: LinkageGame, draw: Draw, say: Saying) -> Markup:
    """Name the issues that a draw of types is about."""
    return say.listed(game.issues[name].title or name for name in draw.payoffs)


def _types(game: LinkageGame, me: int, types: dict[int, int], say: Saying) -> tuple[Markup, ...]:
    """Say what this party alone knows, and what it does not know of others."""
    found = []
    for position, draw in enumerate(game.draws):
        chances = ", ".join(
            f"{draw.labels[s]} ({share(draw.probability[s])})" for s in draw.possible
        )
        about = drawn_issues(game, draw, say)
        if draw.player == game.players[me]:
            mine = draw.labels[types[position]]
            found.append(say("party.your_type", issues=about, type=mine, chances=chances))
        else:
            told = say("party.their_type", player=draw.player, issues=about, chances=chances)
            found.append(told)
    return tuple(found)
