"""The catalogue: rows, configurations chosen by name and flags, what their values may be."""
