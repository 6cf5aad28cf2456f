"""Gray banyan: a radix sort whose passes are networks without comparators."""

from typing import Any

from amaranth import Cat, Const, Module, Value
from amaranth.utils import bits_for, ceil_log2

from skimp.hw.pipeline import Pipeline
from skimp.hw.psu.keys import gray
from skimp.hw.psu.sorter import Line, Sorter, exchange
from skimp.hw.wires import wire

__all__ = ["GrayBanyan"]


class GrayBanyan(Sorter):
    """Sort by one bit of the Gray-coded key after the other, from the lowest.

    A pass sends zeros up in their order and ones down in reverse order, through a reverse banyan:
    ``log2 N`` columns of 2 x 2 switches, column ``k`` in blocks of ``2m = 2**(k + 1)`` lines. Such
    a pass needs no comparator. Let ``q`` be the zeros before the middle of a block, modulo
    ``2m``; switch ``j`` of the block crosses if ``(j < q mod m)`` equals the top bit of ``q``::

        lines of a block    0 1 2 3 | 4 5 6 7      m = 4, no zeros before the block
        sorted halves       0 0 1 1 | 1 1 0 1      q = 2: the lower half's zeros begin at 4 + 2
        switches            - - x x | - - x x      j = 0, 1 are below q and do not cross
        sorted block        0 0 0 1 | 1 1 1 1

    Two reversals cancel, and neighbouring numbers of a reflected Gray code differ in one bit, so
    the buckets come out in order, ties ascending in even buckets and descending in odd ones.
    Lines missing to a power of two stand before the first element and count as ones: they come out
    last, at places known in advance, so neither they nor their switches exist.

    The smallest sorter up to 4 buckets: 54 switches a pass at n = 25, 130 at n = 49, against 140
    and 394 comparators of odd-even merge; a third pass costs more than a third digit there. In a
    pass with a cut, the key bits move before it and the indices behind it: only counts, which are
    few, and key bits are alive at the cut.

    Steps: for each bit of the key, from the lowest, the counts, then ``log2 N`` columns and, last,
    nothing: the cut there has all columns of this pass before it for key bits.
    """

    ties = "snake"

    @classmethod
    def codes(cls, buckets):
        return [gray(bucket) for bucket in range(buckets)]

    @classmethod
    def steps(cls, n, buckets):
        return bits_for(buckets - 1) * (2 + ceil_log2(n))

    @classmethod
    def default_cuts(cls, n, buckets):
        passes, columns = bits_for(buckets - 1), ceil_log2(n)
        if columns < 5 and passes < 3:
            return ()
        if columns < 6:                                 # behind the counts of each second pass
            return tuple(2 + digit * (2 + columns) for digit in range(0, passes, 2))
        if n <= 56:                                     # behind the key's way through a pass
            return tuple(1 + columns + digit * (2 + columns) for digit in range(passes - 1))
        return (2, *(1 + digit * (2 + columns) for digit in range(1, passes)))

    def elaborate(self, platform):
        m = Module()
        pipeline = Pipeline(m, self.i, self.o, self.gating)
        columns = ceil_log2(self.n)
        padding: list[Any] = [None] * ((1 << columns) - self.n)
        keys: list[Any] = [Line(Const(0, 0), line.key, Const(0, 0)) for line in self.lines()]
        lines: list[Any] = [line._replace(key=Const(0, 0)) for line in self.lines()]
        step = 0
        digits = bits_for(self.buckets - 1)
        for digit in range(digits):
            if step in self.cuts:
                keys, lines = pipeline.register(key=keys, line=lines)
            step += 1
            switches = _Switches(m, _zeros_before_middles(m, padding + [
                ~line.key[0] for line in keys]))
            keys = padding + [line._replace(key=line.key[1:]) for line in keys]
            for column in range(columns + 1):
                if step in self.cuts:
                    counts, keys, lines = pipeline.register(
                        zeros=list(switches.zeros.values()), key=keys, line=lines)
                    switches = _Switches(m, dict(zip(switches.zeros, counts, strict=True)))
                step += 1
                if column < columns:
                    keys = switches.column(keys, 1 << column)
            keys = keys[:self.n]
            lines = padding + lines
            for column in range(columns):
                lines = switches.column(lines, 1 << column,
                                        last=digit == digits - 1 and column == columns - 1)
            lines = lines[:self.n]
        pipeline.finish(**self.sorted(lines))
        return m


class _Switches:
    """The switches of a pass: ``zeros`` counts the zeros before the middle of each block."""

    def __init__(self, m: Module, zeros: dict[int, Value]):
        self.m = m
        self.zeros = zeros
        self._crossings: dict[tuple[int, int], Value] = {}

    def column(self, lines: list[Line | None], half: int, *, last: bool = False
               ) -> list[Line | None]:
        """Move ``lines`` through the switches between the halves of all blocks of ``2 half``."""
        result = list(lines)
        for low in range(0, len(lines), 2 * half):
            for j in range(half):
                upper, lower = lines[low + j], lines[low + half + j]
                if upper is None or lower is None:      # padding goes down
                    result[low + j], result[low + half + j] = lower, None
                else:
                    result[low + j], result[low + half + j] = exchange(
                        self.m, self._cross(low + half, j), upper, lower, last=last)
        return result

    def _cross(self, middle: int, j: int) -> Value:
        if (middle, j) not in self._crossings:
            count = self.zeros[middle]
            self._crossings[middle, j] = wire(
                self.m, _above(count[:-1], j) == count[-1], "cross")
        return self._crossings[middle, j]


def _zeros_before_middles(m: Module, zeros: list[Value | None]) -> dict[int, Value]:
    """Count the zeros before the middle of each block, modulo the size of the block.

    ``zeros`` has one bit per line, None for padding. A middle at line ``i`` belongs to the block
    whose half is the lowest one of ``i``, so ``i`` says it all. Only the bits that are used are
    computed: 57 for 32 lines.
    """
    totals: dict[tuple[int, int], Value] = {}

    def total(low: int, size: int) -> Value:
        if size == 1:
            bit = zeros[low]
            return Const(0, 0) if bit is None else bit
        if (low, size) not in totals:
            totals[low, size] = wire(m, _add(total(low, size // 2),
                                             total(low + size // 2, size // 2)), "zeros")
        return totals[low, size]

    before: dict[int, Value] = {0: Const(0, 0)}
    half = len(zeros) // 2
    while half:
        width = ceil_log2(2 * half)
        for low in range(0, len(zeros), 2 * half):
            count = _add(before[low][:width], total(low, half))[:width]
            before[low + half] = wire(m, Cat(count, Const(0, width - len(count))), "zeros_before")
        half //= 2
    del before[0]
    return before


def _add(a: Value, b: Value) -> Value:
    if not len(a) or not len(b):
        return a if len(a) else b
    return a + b


def _above(value: Value, constant: int) -> Value:
    """Return whether ``value > constant``."""
    result = Const(0, 1)
    for position, bit in enumerate(value):
        result = bit & result if constant >> position & 1 else bit | result
    return result
