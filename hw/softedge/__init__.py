"""The soft edge: codes of a state-space model's input, and what works on them."""
