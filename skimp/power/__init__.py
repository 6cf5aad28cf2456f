"""Energy of a unit at work."""
