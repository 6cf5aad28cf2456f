"""NB-SMT: several threads share one multiplier of a systolic array, and none ever stalls."""
