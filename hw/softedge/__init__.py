"""Soft edge: codes of a fine, a standard and a coarse step, and the scan that takes them."""
