"""Outputs that need not be computed: what predicts them, and what gathers the others."""
