"""Linked against delinked: packages, verdicts."""
