"""Conditional acts between two issues, in one-shot play (see ``[commitment]``)."""

from bargaining.model.game import LinkageGame


def with_commitment(game: LinkageGame) -> LinkageGame:
    return game
