"""The words of each unit at its ports, in NumPy and by the golden model; a file per topic."""
