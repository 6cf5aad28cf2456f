"""Outputs that are predicted and not computed: what they save, and how many clocks."""
