"""Repeated play of two players: every payoff that patience and threats can sustain.

From the bottom up: ``polygon`` (exact geometry), ``profiles`` and ``redundant`` (the stage game of
linked issues without its matrix), ``play`` (the operator), ``guess``, ``sharpen`` and ``margins``
(proposals), ``region``, ``jump`` and ``inner`` (proofs), ``search``, ``landing`` and ``outer`` (the
method), ``payoffs``, ``answer`` and ``paths`` (what users see), ``threshold``, ``checker``.
"""
