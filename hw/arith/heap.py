"""A bit heap: bits of all weights, added up together."""

from collections.abc import Sequence
from typing import NamedTuple

from amaranth import Cat, Const, Module, Value

from skimp.hw.arith.adder import full_adder, half_adder
from skimp.hw.wires import wire

__all__ = ["BitHeap"]

# Delays of an adder's outputs, in ns of OSU 0.18 um: only the order matters.
SUM, CARRY = 0.3, 0.22
HALF_SUM, HALF_CARRY = 0.2, 0.2


class _Bit(NamedTuple):
    arrival: float
    value: Value


class BitHeap:
    """Collect bits by weight, then add them up to one number modulo ``2**width``.

    Column ``k`` holds bits of weight ``2**k``. Three bits of a column become a sum bit there and a
    carry bit in the next one, by a full adder, until one is left: no adder is spent on an
    intermediate sum, and products, sums of products and accumulator share one carry chain. The
    earliest bits are added first, so none waits for a later bit.

    A negative bit costs but a constant: ``-b = (1 - b) - 1``. `constant` sums up all of these;
    `total` adds it, unless the user of the heap clears it and accounts for it.

    In the lowest ``inverted`` columns the complements of the bits are added, for a full adder of
    complements gives the complements of sum and carry: where the bits are products, NANDs are
    smaller than ANDs.

    A carry that comes to the first column of ``skip`` goes on to the second, past the columns
    between, if each of these passes it on; those that they make come from a chain of their own.
    That takes some three gates a column, and as many adders out of the longest path. All of them
    are inverted, or none.

    Attributes
    ----------
    constant : int
        Added to the bits for the total.
    arrivals : list of float
        When the bits of the total arrive; set by `total`.
    """

    def __init__(self, m: Module, width: int, name: str, *, inverted: int = 0,
                 skip: tuple[int, int] | None = None):
        self.m = m
        self.skip = skip or (width, width)
        self.width = width
        self.name = name
        self.inverted = inverted
        self.constant = 0
        self.arrivals: list[float] = []
        self.columns: list[list[_Bit]] = [[] for _ in range(width)]

    def add(self, bit: Value, column: int, arrival: float = 0.0) -> None:
        """Add ``bit * 2**column``."""
        if column < self.width:
            stored = ~bit if column < self.inverted else bit
            self.columns[column].append(_Bit(arrival, wire(self.m, stored, f"{self.name}_bit")))

    def subtract(self, bit: Value, column: int, arrival: float = 0.0) -> None:
        """Subtract ``bit * 2**column``."""
        self.add(~bit, column, arrival)
        self.constant -= 1 << column

    def add_number(self, number: Value, arrival: float = 0.0, *, signed: bool = False) -> None:
        """Add ``number``; if ``signed``, in two's complement."""
        for place, bit in enumerate(number):
            last = signed and place == len(number) - 1
            (self.subtract if last else self.add)(bit, place, arrival)

    def total(self) -> Value:
        """Return bits plus `constant`, modulo ``2**width``; ``inverted`` bits complemented."""
        carries: list[_Bit] = []
        result = []
        skipped = None
        for place, stored in enumerate(self.columns):
            inverted = place < self.inverted
            if place == self.skip[0]:
                *carries, latest = sorted(carries, key=lambda bit: bit.arrival)
                skipped = _Skip(self.m, latest, inverted)
            if place == self.skip[1] and skipped:
                carries, skipped = [*carries, skipped.carry()], None
            if place == self.inverted:
                carries = [_Bit(bit.arrival, wire(self.m, ~bit.value, f"{self.name}_carry"))
                           for bit in carries] if place else []
            column = [*stored, *carries]
            one = bool(self.constant >> place & 1)
            top = place == self.width - 1
            if top:
                bit = self._top(column, one != (inverted and len(column) % 2 == 0))
            elif skipped:
                bit, carries = self._passed(column, one, skipped)
            else:
                bit, carries = self._reduce(column, one, inverted)
            result.append(bit.value)
            self.arrivals.append(bit.arrival)
        return wire(self.m, Cat(result), self.name)

    def _reduce(self, column: Sequence[_Bit], one: bool,
                inverted: bool) -> tuple[_Bit, list[_Bit]]:
        """Add up a column, and a constant ``one``; return its bit and the carries."""
        column, carries = self._by_threes(column)
        if len(column) == 2 and not one:
            latest = column[-1].arrival
            a, b = (bit.value for bit in column)
            if inverted:
                total = wire(self.m, ~(a ^ b), f"{self.name}_sum")
                carry = wire(self.m, a | b, f"{self.name}_carry")
            else:
                total, carry = half_adder(self.m, a, b, self.name)
            carries.append(_Bit(latest + HALF_CARRY, carry))
            column = [_Bit(latest + HALF_SUM, total)]
        if one:
            column, carry = self._increment(column, inverted)
            carries += carry
        return (column[0] if column else _Bit(0.0, Const(int(inverted), 1))), carries

    def _passed(self, column: Sequence[_Bit], one: bool,
                skip: "_Skip") -> tuple[_Bit, list[_Bit]]:
        """Add up a column but for the carry that may skip it, then add that.

        A constant ``one`` comes to the earliest bits, so that none is left when the carry comes.
        """
        more: list[_Bit] = []
        if one:
            column = sorted(column, key=lambda bit: bit.arrival)
            added, more = self._increment(column[:2], skip.inverted)
            column = [*added, *column[2:]]
        column, carries = self._by_threes(column)
        return skip.add(column, self.name), [*carries, *more]

    def _by_threes(self, column: Sequence[_Bit]) -> tuple[list[_Bit], list[_Bit]]:
        """Add up the earliest three bits until two are left; return these and the carries."""
        carries = []
        column = sorted(column, key=lambda bit: bit.arrival)
        while len(column) > 2:
            added, column = column[:3], column[3:]
            total, carry = full_adder(self.m, *(bit.value for bit in added), self.name)
            carries.append(_Bit(added[-1].arrival + CARRY, carry))
            column = sorted([*column, _Bit(added[-1].arrival + SUM, total)],
                            key=lambda bit: bit.arrival)
        return column, carries

    def _increment(self, column: Sequence[_Bit],
                   inverted: bool) -> tuple[list[_Bit], list[_Bit]]:
        """Add a constant one to at most two bits."""
        if not column:
            return [_Bit(0.0, Const(int(not inverted), 1))], []
        latest = column[-1].arrival
        a = column[0].value
        if len(column) == 1:
            return [_Bit(latest, wire(self.m, ~a, f"{self.name}_sum"))], [_Bit(latest, a)]
        b = column[1].value
        # With complements the constant is a zero, and the two swap their parts.
        total = a ^ b if inverted else ~(a ^ b)
        carry = a & b if inverted else a | b
        return ([_Bit(latest + HALF_SUM, wire(self.m, total, f"{self.name}_sum"))],
                [_Bit(latest + HALF_CARRY, wire(self.m, carry, f"{self.name}_carry"))])

    def _top(self, column: Sequence[_Bit], flip: bool) -> _Bit:
        """Add up the last column, whose carries are dropped."""
        parity: Value = Const(0, 1)
        for bit in sorted(column, key=lambda bit: bit.arrival):
            parity = parity ^ bit.value
        latest = max((bit.arrival for bit in column), default=0.0)
        return _Bit(latest + HALF_SUM * len(column),
                    wire(self.m, ~parity if flip else parity, f"{self.name}_top"))


class _Skip:
    """A carry on its way past some columns, and the carry that they make."""

    def __init__(self, m: Module, carry: _Bit, inverted: bool):
        self.m, self.entering, self.ripple, self.inverted = m, carry, carry, inverted
        # The majority of complements is the complement of the majority: nothing else differs.
        self.made = _Bit(0.0, Const(0, 1))
        self.passes: Value = Const(1, 1)

    def add(self, column: Sequence[_Bit], name: str) -> _Bit:
        """Add the carry to a column of at most two bits; return its bit."""
        arrival = max((bit.arrival for bit in column), default=0.0)
        a, b = ([bit.value for bit in column] + 2 * [Const(int(self.inverted), 1)])[:2]
        passes = wire(self.m, a | b, "passes")
        self.passes = wire(self.m, self.passes & passes, "passes_all")
        made = wire(self.m, (a & b) | (passes & self.made.value), "made")
        self.made = _Bit(max(arrival, self.made.arrival) + CARRY, made)
        # Adders are modules, so logic synthesis does not see that their carries are these.
        ripple = self.ripple.value
        if len(column) == 2:
            total, carry = full_adder(self.m, a, b, ripple, name)
        elif self.inverted:
            total = wire(self.m, ~(a ^ ripple), f"{name}_sum")
            carry = wire(self.m, a | ripple, f"{name}_carry")
        else:
            total, carry = half_adder(self.m, a, ripple, name)
        arrival = max(arrival, self.ripple.arrival)
        self.ripple = _Bit(arrival + CARRY, carry)
        return _Bit(arrival + SUM, total)

    def carry(self) -> _Bit:
        """Return the carry behind the columns."""
        arrival = max(self.made.arrival, self.entering.arrival) + CARRY
        return _Bit(arrival, wire(
            self.m, self.made.value | (self.passes & self.entering.value), "skip"))
