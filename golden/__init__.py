"""Golden models: integers in, integers out; NumPy only, no hardware and no state."""
