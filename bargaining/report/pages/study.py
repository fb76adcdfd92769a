"""What a report is about, and the answers that several of its sections read."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from bargaining.errors import BargainingError
from bargaining.linkage.facts import Manner
from bargaining.linkage.verdict import Verdict, solve
from bargaining.model.game import LinkageGame
from bargaining.report.pages.saying import Saying


@dataclass(frozen=True, eq=False)
class Study:
    """One game, asked in one manner, told in one language.

    Attributes
    ----------
    game : LinkageGame
    say : Saying
    manner : Manner
        Solution concept, kind of deals, requirements.
    source : str
        What to type for the game on the command line.
    settings : tuple of str
        Parameters that were replaced, as ``"w=3"``.
    """

    game: LinkageGame
    say: Saying
    manner: Manner
    source: str
    settings: tuple[str, ...] = field(default=())

    @cached_property
    def outcomes(self) -> int:
        """How many outcomes all issues have."""
        return len(self.game.flat.values) if self.game.issues else 0

    @cached_property
    def answer(self) -> Verdict | BargainingError:
        """The verdict, or why there is none."""
        how = self.manner
        try:
            return solve(self.game, solution=how.solution, deals=how.deals, require=how.require)
        except BargainingError as error:
            return error

    @property
    def verdict(self) -> Verdict | None:
        """The verdict, if there is one."""
        return self.answer if isinstance(self.answer, Verdict) else None

    @property
    def voices(self) -> tuple[str, ...]:
        """Players with a stake; all where nobody has any."""
        chosen = tuple(self.game.players[i] for i in self.game.interested)
        return chosen or self.game.players

    @property
    def at_home(self) -> bool:
        """Whether a deal must survive more than the table."""
        return bool(self.game.ratification) or bool(self.manner.require)
