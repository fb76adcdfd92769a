"""A local page on which the numbers of a game move: ``bargaining explore``."""
