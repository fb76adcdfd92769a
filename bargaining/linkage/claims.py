"""What the sources assert, tested: held or refuted, where it flips, how far it can be trusted.

A claim of a game file has a predicate.  It is evaluated at the numbers of the file, over a range
of every parameter (where does it flip?), and over nearby payoffs (for what share of them does it
hold?).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from bargaining.errors import BargainingError, InputError, VerificationError
from bargaining.linkage.facts import facts_of
from bargaining.linkage.flip import Flip, flips
from bargaining.linkage.nearby import moved, noise, ranges
from bargaining.linkage.predicates import holds
from bargaining.loading import reload
from bargaining.model.expressions import number_at
from bargaining.model.game import LinkageGame
from bargaining.results import checked

LEVELS = (Fraction(1, 10), Fraction(1, 4), Fraction(1, 2))
"""Payoffs move by up to these shares of their issue's range."""
SAMPLES = 100
MAX_SAMPLES = 100_000


@dataclass(frozen=True, eq=False)
class Claim:
    """One claim and what the model says of it.

    Attributes
    ----------
    game : str
        Name of the game.
    says, source, holds_when, note : str
        As in the file.
    status : {"held", "refuted", "depends", "not_defined"}
        At the numbers of the file; ``depends`` where it flips within a range that the file says
        the source leaves open (``over``); ``not_defined`` where the predicate asks what has no
        answer for the game.
    threshold : mapping of str to tuple of Flip
        Per parameter, where the predicate flips within the range looked at.
    ranges : mapping of str to pair of Fraction
        The range looked at, per parameter.
    robust : mapping of Fraction to Fraction
        Share of nearby games for which the predicate is true, by the largest move.
    undecided : mapping of Fraction to int
        How many of the nearby games gave no answer (counted as false).
    samples, seed : int
    reason : str
        Why there is no answer, where there is none.
    """

    game: str
    says: str
    source: str
    holds_when: str
    note: str
    status: str
    threshold: Mapping[str, tuple[Flip, ...]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[Fraction, Fraction]] = field(default_factory=dict)
    robust: Mapping[Fraction, Fraction] = field(default_factory=dict)
    undecided: Mapping[Fraction, int] = field(default_factory=dict)
    samples: int = SAMPLES
    seed: int = 0
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return one row of the ledger; numbers stay exact where they are."""
        return {
            "game": self.game,
            "says": self.says,
            "source": self.source,
            "holds_when": self.holds_when,
            "note": self.note,
            "status": self.status,
            "threshold": {
                name: [flip.to_dict() for flip in found] for name, found in self.threshold.items()
            },
            "ranges": {name: list(pair) for name, pair in self.ranges.items()},
            "robust": {str(float(level)): share for level, share in self.robust.items()},
            "undecided": {str(float(k)): count for k, count in self.undecided.items() if count},
            "samples": self.samples,
            "seed": self.seed,
            "reason": self.reason,
        }


@dataclass(frozen=True, eq=False)
class Ledger:
    """The claims of one or several games."""

    games: tuple[LinkageGame, ...] = field(repr=False)
    claims: tuple[Claim, ...]

    @checked
    def verify(self) -> bool:
        """Evaluate every predicate again at the file's numbers and on both sides of each flip."""
        for claim in self.claims:
            game = next(g for g in self.games if _name(g) == claim.game)
            entry = next(
                e
                for e in _entries(game)
                if (e["says"], e["holds_when"]) == (claim.says, claim.holds_when)
            )
            again = judged(game, entry, levels=(), seed=claim.seed)
            if again.status != claim.status or set(again.threshold) != set(claim.threshold):
                msg = f"{claim.game}: {claim.says}: the stated status does not follow"
                raise VerificationError(msg)
            for found in claim.threshold.values():
                for flip in found:
                    flip.verify()
        return True

    def to_dict(self) -> dict[str, Any]:
        """Return the command line's JSON."""
        return {"schema": "bargaining-claims/1", "claims": [c.to_dict() for c in self.claims]}


def claims(
    games: LinkageGame | Sequence[LinkageGame],
    *,
    levels: Sequence[Fraction] = LEVELS,
    samples: int = SAMPLES,
    seed: int = 0,
    everywhere: bool = True,
    progress: Callable[[str], None] | None = None,
) -> Ledger:
    """Test the claims of games.

    Parameters
    ----------
    games : LinkageGame or sequence of LinkageGame
        Read from files that have ``[[claims]]``.
    levels : sequence of Fraction
        Largest moves of payoffs, as shares of their issue's range.
    samples : int
        Nearby games per level, the same ones for all claims of a game.
    seed : int
    everywhere : bool
        Whether flips are looked for over every parameter, or only over those that the file says
        the source leaves open, which is all that a claim's status needs.
    progress : function, optional
        Called with the name of each game when its turn comes.

    Examples
    --------
    >>> import bargaining as bg
    >>> ledger = claims(bg.load("us_mexico/guns_for_fentanyl"), samples=5)
    >>> ledger.claims[0].status
    'refuted'
    """
    if not 0 <= samples <= MAX_SAMPLES:
        msg = f"samples: expected a whole number from 0 to {MAX_SAMPLES:,}, found {samples!r}"
        raise InputError(msg)
    listed = (games,) if isinstance(games, LinkageGame) else tuple(games)
    found: list[Claim] = []
    for game in listed:
        if progress:
            progress(_name(game))
        known = _Facts(game)
        rows = [_at_file(known, entry, seed, everywhere=everywhere) for entry in _entries(game)]
        found += _nearby(game, rows, levels if samples else (), samples, seed)
    return Ledger(listed, tuple(found))


def judged(
    game: LinkageGame,
    entry: Mapping[str, Any],
    *,
    levels: Sequence[Fraction] = LEVELS,
    samples: int = SAMPLES,
    seed: int = 0,
) -> Claim:
    """Test one claim: a table with ``says``, ``source``, ``holds_when``, ``note``, ``over``."""
    return _nearby(game, [_at_file(_Facts(game), entry, seed)], levels, samples, seed)[0]


class _Facts:
    """Facts of a game and of the same game at other parameters, shared by its claims."""

    def __init__(self, game: LinkageGame) -> None:
        self.game, self.make = game, _maker(game)
        self._found: dict[tuple[str, Fraction], Mapping[str, Any]] = {}
        self.here = facts_of(game, self.make)

    def at(self, name: str, value: Fraction) -> Mapping[str, Any]:
        if (name, value) not in self._found:
            self._found[name, value] = facts_of(self.make({name: value}), self.make)
        return self._found[name, value]


def _at_file(
    known: _Facts, entry: Mapping[str, Any], seed: int, *, everywhere: bool = True
) -> Claim:
    """Test a claim at the numbers of its file, and over a range of its parameters."""
    game, predicate = known.game, str(entry["holds_when"])
    claim = Claim(
        _name(game),
        str(entry.get("says", "")),
        str(entry.get("source", "")),
        predicate,
        str(entry.get("note", "")),
        "not_defined",
        seed=seed,
    )
    try:
        true = holds(predicate, known.here)
    except BargainingError as error:
        return replace(claim, reason=str(error))
    stated = _over(game, entry)
    threshold: dict[str, tuple[Flip, ...]] = {}
    looked_at: dict[str, tuple[Fraction, Fraction]] = {}
    for name in _free_parameters(game):
        if name not in stated and not everywhere:
            continue
        low, high = stated.get(name) or _around(game, name)
        looked_at[name] = (low, high)

        def at(value: Fraction, name: str = name) -> bool:
            return holds(predicate, known.at(name, value))

        threshold[name] = flips(at, low, high, among=(game.parameters[name],))
    depends = any(threshold.get(name) for name in stated)
    return replace(
        claim,
        status="depends" if depends else "held" if true else "refuted",
        threshold={name: found for name, found in threshold.items() if found},
        ranges=looked_at,
    )


def _nearby(
    game: LinkageGame, rows: Sequence[Claim], levels: Sequence[Fraction], samples: int, seed: int
) -> list[Claim]:
    """Evaluate the predicates on the same nearby games."""
    asked = [claim for claim in rows if claim.status != "not_defined"]
    if not levels or not asked:
        return list(rows)
    make = _maker(game)
    true = {(c.holds_when, level): 0 for c in asked for level in levels}
    unknown = dict.fromkeys(true, 0)
    for sequence in np.random.SeedSequence(seed).spawn(samples):
        moves = noise(game, np.random.default_rng(sequence))
        for level in levels:

            def near(values: Mapping[str, Any], level: Fraction = level) -> LinkageGame:
                return moved(make(values), moves, level)  # noqa: B023

            facts = facts_of(near({}), near)
            for claim in asked:
                try:
                    true[claim.holds_when, level] += holds(claim.holds_when, facts)
                except BargainingError:
                    unknown[claim.holds_when, level] += 1
    return [
        claim
        if claim.status == "not_defined"
        else replace(
            claim,
            samples=samples,
            robust={v: Fraction(true[claim.holds_when, v], samples) for v in levels},
            undecided={v: unknown[claim.holds_when, v] for v in levels},
        )
        for claim in rows
    ]


def _entries(game: LinkageGame) -> list[Mapping[str, Any]]:
    """Claims of a game's file."""
    return list(game.document.get("claims") or ())


def _name(game: LinkageGame) -> str:
    return str(game.name or game.title)


def _maker(game: LinkageGame) -> Callable[[Mapping[str, Any]], LinkageGame]:
    """Build the game again for other values of some parameters."""
    return lambda values: reload(game, values) if values else game


def _free_parameters(game: LinkageGame) -> list[str]:
    """Parameters that the file states as numbers, not as formulas over others."""
    stated = game.document.get("parameters") or {}
    free = []
    for name, value in stated.items():
        if isinstance(value, str) and any(other in value for other in stated if other != name):
            continue
        free.append(name)
    return free


def _over(game: LinkageGame, entry: Mapping[str, Any]) -> dict[str, tuple[Fraction, Fraction]]:
    """Ranges that a claim says its source leaves open."""
    found = {}
    for name, pair in dict(entry.get("over") or {}).items():
        low, high = (number_at(f"claims.over.{name}", value) for value in pair)
        found[name] = (min(low, high), max(low, high))
    return found


def _around(game: LinkageGame, parameter: str) -> tuple[Fraction, Fraction]:
    """From 0 to four times the value; shares and probabilities stay within 0 and 1.

    A parameter that is 0 is looked at as far as payoffs range, in both directions.
    """
    value = game.parameters[parameter]
    if 0 < value < 1:
        return Fraction(0), Fraction(1)
    if value == 0:
        reach = max((max(ranges(issue)) for issue in game.issues.values()), default=Fraction(1))
        return -reach, reach
    return min(Fraction(0), 4 * value), max(Fraction(0), 4 * value)
