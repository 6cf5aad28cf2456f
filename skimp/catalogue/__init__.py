"""The catalogue: rows, configurations by name and flags, ranges of values."""
