"""Answers for people: text, later pictures and pages."""
