"""The baselines: plain multiplication, of all bits or of a fixed few."""
