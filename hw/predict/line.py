"""A line of registers that pixels move along."""

from amaranth import Module, Signal, Value

__all__ = ["COMPLEMENT_HELP", "line"]

#: What a parameter ``complement`` of a unit with lines means.
COMPLEMENT_HELP = ("hold every second entry of the lines complemented: smaller unless clocks are "
                   "gated")


def line(m: Module, value: Value, length: int, moves: Value, *, complement: bool) -> list[Value]:
    """Return ``value`` and what went before it, ``length`` entries, the newest first.

    With ``complement`` every second entry holds the complement of its value: a register that takes
    the complement of what comes, or holds its own value, needs a gate less than one that takes it
    as it is. Where a gate stops its clock it needs none at all, and complements an inverter.

    Parameters
    ----------
    m : Module
    value : Value
        What enters.
    length : int
        Entries.
    moves : Value
        Whether they move on; else they hold.
    complement : bool
        Whether every second entry is complemented.
    """
    entries, entering = [value], value
    for place in range(1, length + 1):
        entry = Signal(len(value), name=f"entry{place}", reset_less=True)
        with m.If(moves):
            m.d.sync += entry.eq(~entering if complement else entering)
        entries.append(~entry if complement and place % 2 else entry)
        entering = entry
    return entries
