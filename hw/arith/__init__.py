"""Arithmetic that the units share."""
