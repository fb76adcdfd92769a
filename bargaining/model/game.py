"""The linkage game: players, issues, and the graph of what may be linked.

A game is frozen data.  Issues read from a file keep exact payoffs; a game built from an
array keeps the array and makes :class:`Issue` objects only when asked for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError, NotDefinedError
from bargaining.model.array_issues import ArrayIssues, read_array
from bargaining.model.constraints import Constraint
from bargaining.model.gains import FlatGains, from_fractions
from bargaining.model.information import Draw, check_draws
from bargaining.model.issue import Issue, issues_by_name
from bargaining.model.links import Interaction, Link
from bargaining.model.ratification import Ratification, read_ratification
from bargaining.model.spelling import suggestion

if TYPE_CHECKING:
    import networkx as nx

MAX_COMPLETE_GRAPH = 2_000
MAX_PLAYERS = 100


@dataclass(frozen=True, eq=False)
class LinkageGame:
    """Several issues between the same players, and which of them may be linked.

    Attributes
    ----------
    players : tuple of str
    issues : mapping of str to Issue
    links : tuple of Link, or None
        None means that every two issues may be linked and nothing spills over.
    title, name : str
        ``name`` is where the game came from (a bundled name or a path).
    discount : mapping of str to Fraction
        Discount factor per player, for those who have one.
    parameters : mapping of str to Fraction
        Values of the file's parameters.
    channels : mapping of str to object
        Optional data that later channels read: premium, caps, floors, vetoes, …
    document : mapping of str to object
        The file as read (source, claims and expected answers included).
    warnings : tuple of str
        What was mended or left out when another program's file was read.

    Examples
    --------
    >>> game = LinkageGame.from_payoffs([[[0, 0], [-4, 6]], [[0, 0], [5, -3]]])
    >>> game.players, list(game.issues)
    (('1', '2'), ['0', '1'])
    """

    players: tuple[str, ...]
    issues: Mapping[str, Issue]
    links: tuple[Link, ...] | None = None
    title: str = ""
    name: str = ""
    discount: Mapping[str, Fraction] = field(default_factory=dict)
    parameters: Mapping[str, Fraction] = field(default_factory=dict)
    channels: Mapping[str, Any] = field(default_factory=dict)
    document: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.issues, ArrayIssues):
            object.__setattr__(self, "issues", issues_by_name(self.issues))
        object.__setattr__(self, "players", tuple(self.players))
        _check_names("players", self.players)
        if len(self.players) > MAX_PLAYERS:
            msg = f"players: expected at most {MAX_PLAYERS}, found {len(self.players)}"
            raise InputError(msg)
        if len(self.players) < 2 or len(set(self.players)) < len(self.players):
            found = ", ".join(self.players) or "none"
            msg = f"players: expected at least two different names, found {found}"
            raise InputError(msg)
        if len(self.issues) == 0 and not self.channels.get("worth"):
            msg = "issues: expected at least one issue, found none"
            raise InputError(msg)
        if not isinstance(self.issues, ArrayIssues):
            _check_names("issues", self.issues)
        for link in self.links or ():
            for issue in link.between:
                self.position(issue)
        check_draws(self.draws)

    @classmethod
    def from_payoffs(
        cls, gains: Any, players: Sequence[str] | None = None, *, title: str = ""
    ) -> LinkageGame:
        """Build a game from an array, for many issues at once.

        Parameters
        ----------
        gains : array_like, shape (issues, outcomes, players)
            Payoffs of each outcome; outcome 0 is the status quo.  Floats are read as they are
            written (0.1 is one tenth; in arrays of over 200,000 cells that take more than nine
            decimal places, at their binary value), integers and Fractions exactly.
        players : sequence of str, optional
            Default ``"1", "2", …``.
        title : str, optional

        Returns
        -------
        LinkageGame
            With issues named ``"0", "1", …``, every two of them linkable.

        Raises
        ------
        InputError
            If the array has another shape, no issue, or entries that are not finite.
        """
        names, flat = read_array(gains, players)
        return cls(names, ArrayIssues(names, flat), title=title)

    def without(self, *names: str) -> LinkageGame:
        """Return the game with some issues off the table, left at their status quo for good.

        Spillovers from them on the other issues, at that status quo, stay.
        """
        removed = {self.issue_names[self.position(name)] for name in names}
        if removed and self.reserved:
            msg = (
                "leaving issues off the table is not defined: reservation totals are for all issues"
            )
            raise NotDefinedError(msg)
        issues = {k: issue for k, issue in self.issues.items() if k not in removed}
        constraints = self.constraints
        for name in removed:
            origin = int(self.origin[self.position(name)])
            constraints = tuple(c.settled(name, origin) for c in constraints)
        draws = tuple(draw.without(tuple(removed)) for draw in self.draws)
        channels = {k: v for k, v in self.channels.items() if k not in ("constraints", "types")}
        rates = self.channels.get("monitoring") or {}
        if left_rates := {k: q for k, q in rates.items() if k not in removed}:
            channels["monitoring"] = left_rates
        else:
            channels.pop("monitoring", None)
        if left := tuple(c for c in constraints if not c.vacuous):
            channels["constraints"] = left
        kept = []
        for link in self.links or ():
            inside = [name for name in link.between if name not in removed]
            if len(inside) == 2:
                kept.append(link)
            elif len(inside) == 1 and link.spillovers is not None:
                other = next(name for name in link.between if name in removed)
                origin = int(self.origin[self.position(other)])
                axis = link.between.index(other)
                extra = np.take(link.spillovers, origin, axis=axis)
                issue = issues[inside[0]]
                issues[inside[0]] = replace(issue, exact_payoffs=issue.exact_payoffs + extra)
                draws = tuple(draw.raised(issue.name, self.players, extra) for draw in draws)
        if draws := tuple(draw for draw in draws if draw.payoffs):
            channels["types"] = draws
        links = None if self.links is None else tuple(kept)
        return replace(self, issues=issues, links=links, channels=channels)

    @cached_property
    def issue_names(self) -> Sequence[str]:
        """Names of the issues, by position."""
        return self.issues.names if isinstance(self.issues, ArrayIssues) else tuple(self.issues)

    @cached_property
    def _positions(self) -> Mapping[str, int]:
        return {name: i for i, name in enumerate(self.issue_names)}

    def position(self, issue: str) -> int:
        """Position of an issue by its name."""
        try:
            return self._positions[issue]
        except KeyError:
            known = list(self.issue_names[:20])
            msg = (
                f"expected an issue of the game ({', '.join(known)}), "
                f'found "{issue}"{suggestion(issue, known)}'
            )
            raise InputError(msg) from None

    @cached_property
    def flat(self) -> FlatGains:
        """All gains stacked, on the scale shared with :attr:`interactions`."""
        plain = not self._spillover_gains and not self.reserved
        if isinstance(self.issues, ArrayIssues) and plain:
            return self.issues.flat
        blocks = [
            issue.exact_payoffs - issue.exact_payoffs[origin]
            for issue, origin in zip(self.issues.values(), self.origin.tolist(), strict=True)
        ]
        constant = np.array([self.offset], dtype=object)
        return from_fractions(blocks, [constant, *(table for _, _, table in self._spillover_gains)])

    @cached_property
    def reserved(self) -> bool:
        """Whether gains are measured from reservation totals, not from a status quo per issue."""
        return bool(self.channels.get("reservation"))

    @cached_property
    def reservation(self) -> tuple[Fraction, ...]:
        """What each player gets without agreement, where the game states totals; 0 if left out."""
        totals = self.channels.get("reservation") or {}
        return tuple(Fraction(totals.get(player, 0)) for player in self.players)

    @cached_property
    def base(self) -> tuple[Fraction, ...]:
        """Total payoffs of the players at :attr:`origin`."""
        if isinstance(self.issues, ArrayIssues):
            return (Fraction(0),) * len(self.players)
        origin = self.origin
        rows = [issue.exact_payoffs[origin[k]] for k, issue in enumerate(self.issues.values())]
        for link in self.links or ():
            if link.spillovers is not None:
                a, b = (origin[self.position(name)] for name in link.between)
                rows.append(link.spillovers[a, b])
        return tuple(sum(column, start=Fraction(0)) for column in zip(*rows, strict=True))

    @cached_property
    def offset(self) -> tuple[Fraction, ...]:
        """Gains at :attr:`origin`: zero, unless they are measured from reservation totals."""
        if not self.reserved:
            return (Fraction(0),) * len(self.players)
        return tuple(b - r for b, r in zip(self.base, self.reservation, strict=True))

    @cached_property
    def whole_offset(self) -> tuple[int, ...]:
        """:attr:`offset` on the whole-number scale of :attr:`flat`."""
        scaled = (o * d for o, d in zip(self.offset, self.flat.denominators, strict=True))
        return tuple(int(v) for v in scaled)

    @cached_property
    def _spillover_gains(self) -> tuple[tuple[int, int, NDArray[Any]], ...]:
        """Spillovers measured from the joint status quo, those that are all zero left out."""
        found = []
        for link in self.links or ():
            if link.spillovers is not None:
                k, m = (self.position(name) for name in link.between)
                origin = link.spillovers[self.origin[k], self.origin[m]]
                table = link.spillovers - origin
                if bool(np.any(table != 0)):
                    turned = table.transpose(1, 0, 2)
                    found.append((k, m, table) if k < m else (m, k, turned))
        return tuple(found)

    @cached_property
    def interactions(self) -> tuple[Interaction, ...]:
        """Spillovers that change something, as whole numbers."""
        scale = np.array([Fraction(d) for d in self.flat.denominators], dtype=object)
        result = []
        for k, m, table in self._spillover_gains:
            scaled = table * scale
            values = np.array([int(x) for x in scaled.flat], dtype=object).reshape(table.shape)
            result.append(Interaction(k, m, values))
        return tuple(result)

    @cached_property
    def constraints(self) -> tuple[Constraint, ...]:
        """Constraints across issues that something can break."""
        return tuple(self.channels.get("constraints") or ())

    @cached_property
    def coupled(self) -> frozenset[int]:
        """Positions of the issues that spillovers or constraints tie to others."""
        tied = {k for pair in self.interactions for k in (pair.first, pair.second)}
        tied |= {self.position(name) for c in self.constraints for name, _ in c.statements}
        return frozenset(tied)

    @cached_property
    def interested(self) -> tuple[int, ...]:
        """Positions of the players with a non-zero gain somewhere, ratifiers left out."""
        stake = np.any(self.flat.values != 0, axis=0) | (np.array(self.whole_offset) != 0)
        for interaction in self.interactions:
            stake = stake | np.any(interaction.values != 0, axis=(0, 1))
        ratifiers = {
            player for names in self.channels.get("vetoes", {}).values() for player in names
        }
        return tuple(
            i for i, player in enumerate(self.players) if stake[i] and player not in ratifiers
        )

    @property
    def draws(self) -> tuple[Draw, ...]:
        """Independent draws of private types (``[[types]]``), none where all is known."""
        return tuple(self.channels.get("types", ()))

    @cached_property
    def ratification(self) -> Ratification:
        """What a deal must pass at home: premiums, caps, floors, players who only ratify."""
        return read_ratification(self)

    @cached_property
    def origin(self) -> NDArray[np.intp]:
        """Positions of the status quo outcomes, shape (issues,); read-only.

        Where gains are measured from reservation totals an issue may lack one; its first outcome
        then serves as point of reference.
        """
        if isinstance(self.issues, ArrayIssues):
            origin = np.zeros(len(self.issues), dtype=np.intp)
        else:
            origin = np.array(
                [
                    0 if self.reserved and issue.status_quo_index is None else issue._origin()
                    for issue in self.issues.values()
                ],
                dtype=np.intp,
            )
        origin.setflags(write=False)
        return origin

    @cached_property
    def reach(self) -> tuple[float, ...]:
        """The largest gain or loss of each player in a single outcome: his unit of rounding."""
        sizes = [
            max(float(np.abs(self.flat.column(i)).max()), abs(float(self.offset[i])))
            for i in range(len(self.players))
        ]
        for pair in self.interactions:
            for i, unit in enumerate(self.flat.denominators):
                sizes[i] = max(sizes[i], float(abs(pair.values[:, :, i]).max() / unit))
        return tuple(sizes)

    @cached_property
    def graph(self) -> nx.Graph:
        """The linkage graph: an edge for every two issues that have a link.

        Edge attributes: ``negotiable`` (bool) and ``spillovers`` (bool).
        """
        import networkx as nx

        graph = nx.Graph()
        graph.add_nodes_from(self.issue_names)
        if self.links is None:
            if len(self.issues) > MAX_COMPLETE_GRAPH:
                msg = (
                    f"the complete linkage graph of {len(self.issues):,} issues is not written "
                    f"out (at most {MAX_COMPLETE_GRAPH:,}); every two issues may be linked"
                )
                raise InputError(msg)
            graph.add_edges_from(
                nx.complete_graph(self.issue_names).edges, negotiable=True, spillovers=False
            )
        for link in self.links or ():
            graph.add_edge(
                *link.between,
                negotiable=link.negotiable,
                spillovers=link.spillovers is not None,
            )
        return graph

    @cached_property
    def neighbours(self) -> Mapping[int, frozenset[int]] | None:
        """Positions of the issues that each issue may be linked to; None for all of them."""
        if self.links is None:
            return None
        near: dict[int, set[int]] = {i: set() for i in range(len(self.issues))}
        for link in self.links:
            if link.negotiable:
                k, m = (self.position(name) for name in link.between)
                near[k].add(m)
                near[m].add(k)
        return {i: frozenset(others) for i, others in near.items()}


def require_game(game: object) -> None:
    """Raise unless the argument is a game."""
    if not isinstance(game, LinkageGame):
        msg = f"game: expected a LinkageGame (see load), found {type(game).__name__}"
        raise InputError(msg)
    if len(game.issues) == 0:
        msg = (
            f"{game.name or 'the game'}: not defined: the game states what coalitions are worth, "
            "and no issues; ask for coalitions"
        )
        raise NotDefinedError(msg)


def _check_names(place: str, names: Iterable[object]) -> None:
    """Names must be texts that agendas can spell."""
    for name in names:
        if not isinstance(name, str):
            msg = f"{place}: expected texts, found {name!r}"
            raise InputError(msg)
        if not name.strip() or "+" in name or "," in name:
            msg = f'{place}: expected names without "+" and ",", found {name!r}'
            raise InputError(msg)
