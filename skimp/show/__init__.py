"""Results as tables of a terminal."""
