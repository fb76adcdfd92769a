"""Repeated play of two players: every payoff that patience and threats can sustain."""
