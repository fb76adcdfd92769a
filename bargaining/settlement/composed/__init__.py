"""Settlements that must survive requirements: one program for all of them."""
