"""Errors, one class per thing the user does next.

Every message is a sentence with place, rule, value and remedy.
"""

from __future__ import annotations

from collections.abc import Sequence


class BargainingError(Exception):
    """Anything this package reports about its input or its own work."""


class GameFileError(BargainingError):
    """A game file is wrong: correct the places named and read it again.

    Parameters
    ----------
    source : str
        The file's name, as the user gave it.
    problems : sequence of str
        All problems found, each as ``place: expected …, found …``.
    """

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        self.source = source
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{source}: {problem}" for problem in self.problems))


class InputError(BargainingError, ValueError):
    """An argument is wrong: call again with one of the values named."""


class NotDefinedError(BargainingError):
    """The question has no meaning for this game: ask another, or complete the game."""


class NotSupportedError(BargainingError):
    """The game asks for something this version does not do, rather than ignore it."""


class SolverError(BargainingError):
    """No answer could be certified: rescale the game, or try another method."""


class VerificationError(BargainingError):
    """An answer does not satisfy its own definition; the message names what fails."""


class StorageError(BargainingError):
    """Results could not be kept: make room or take another place, and go on from what is safe."""


class EngineError(BargainingError):
    """The processes or computers at work failed: go on from what is safe."""


class SweepInterrupted(KeyboardInterrupt):
    """A sweep was stopped by the user; the message says what is safe and how to go on."""
