"""Exact geometry of linked bargaining: exchange rates, frontiers, marginals."""
