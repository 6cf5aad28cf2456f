"""The command: verbs, their flags, progress."""
