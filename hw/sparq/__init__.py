"""SPARQ: multiply a few bits of each activation, chosen at run time."""
