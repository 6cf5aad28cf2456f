"""What units of soft-edge codes share: which segment, one of several values, a sign."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from amaranth import Cat, Const, Module, Value

from skimp.hw.wires import gate, wire

__all__ = ["every", "negated", "pick", "segments_of", "some"]


def segments_of(m: Module, reached: Sequence[Value], below: Value | None = None) -> list[Value]:
    """Return which segment it is, one of them high, from which thresholds are ``reached``.

    It is none with ``below``.
    """
    last = Const(0, 1) if below is None else below
    ends = [*reached, last]
    starts = [Const(1, 1), *reached]
    # What is below is beyond every threshold, as a code.
    return [wire(m, (start & ~end) & ~last, "segment")
            for start, end in zip(starts, ends, strict=True)]


def pick(flags: Iterable[Value], values: Iterable[Value]) -> Value:
    """Return the value whose flag is high, zero if none is."""
    return reduce(or_, (gate(flag, value) for flag, value in zip(flags, values, strict=True)))


def negated(m: Module, sign: Value, magnitude: Value) -> Value:
    """Return ``magnitude``, or with ``sign`` minus that, in two's complement of a bit more.

    A bit turns if one below it is set, which takes less than to turn all and add one.
    """
    bits, found = [], Const(0, 1)
    for bit in magnitude:
        bits.append(bit ^ (sign & found))
        found = wire(m, found | bit, "found")
    return Cat(*bits, sign & found)


def some(bits: Value) -> Value:
    """Return whether some of ``bits``, which may be none, are set."""
    return bits.any() if len(bits) else Const(0, 1)


def every(bits: Value) -> Value:
    """Return whether all of ``bits``, which may be none, are set."""
    return bits.all() if len(bits) else Const(1, 1)
