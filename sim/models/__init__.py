"""What each unit takes and gives at its ports, in NumPy and by the golden model; a file a topic."""
