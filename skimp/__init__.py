"""The command that joins hardware, golden model and benches, and these."""
