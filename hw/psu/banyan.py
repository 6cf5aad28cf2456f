"""Gray banyan: a radix sort whose passes are networks without comparators."""

from amaranth import Cat, Const, Module, Value
from amaranth.utils import bits_for, ceil_log2

from hw.pipeline import Pipeline
from hw.psu.sorter import Line, Sorter, exchange
from hw.wires import wire

__all__ = ["GrayBanyan"]


class GrayBanyan(Sorter):
    """Sort by one bit of the Gray-coded key after the other, from the lowest.

    A pass sends zeros up in their order and ones down in reverse order, through a reverse banyan:
    ``log2 N`` columns of 2 x 2 switches, column ``k`` in blocks of ``2m = 2**(k + 1)`` lines. Such
    a pass needs no comparator. Let ``q`` be the zeros before the middle of a block, modulo
    ``2m``; switch ``j`` of the block crosses if ``(j < q mod m)`` equals the top bit of ``q``::

        lines of a block       zeros (o) and ones (*), sorted in both halves, around q
          0 .. m-1     o o * *          one column later all 2m lines are sorted around
          m .. 2m-1    * o o o          the zeros before the block

    Two reversals cancel, and neighbouring numbers of a reflected Gray code differ in one bit, so
    the buckets come out in order, ties ascending in even buckets and descending in odd ones.
    Lines missing to a power of two stand before the first element and count as ones: they come out
    last, at places known in advance, so neither they nor their switches exist.

    The smallest sorter up to 8 buckets: 54 switches a pass at n = 25, 128 at n = 49, against 140
    and 394 comparators of odd-even merge. The best cut is behind the counts of the first pass, where
    only the counts and the other key bits are alive.

    Steps: for each bit of the key, the counts and then ``log2 N`` columns.
    """

    code = "gray"
    ties = "snake"

    @classmethod
    def steps(cls, n, buckets):
        return bits_for(buckets - 1) * (1 + ceil_log2(n))

    @classmethod
    def default_cuts(cls, n, buckets):
        return (1,)

    def elaborate(self, platform):
        m = Module()
        pipeline = Pipeline(m, self.i, self.o)
        columns = ceil_log2(self.n)
        padding = (1 << columns) - self.n
        lines = self.lines()
        step = 0
        for _digit in range(len(lines[0].key)):
            if step in self.cuts:
                [lines] = pipeline.register(line=lines)
            zeros = _zeros_before_middles(m, [None] * padding + [~line.key[0] for line in lines])
            lines = [None] * padding + [line._replace(key=line.key[1:]) for line in lines]
            step += 1
            for column in range(columns):
                if step in self.cuts:
                    # Counts of columns that are done are not used and vanish.
                    middles = list(zeros)
                    values, lines = pipeline.register(zeros=[zeros[at] for at in middles],
                                                      line=lines)
                    zeros = dict(zip(middles, values, strict=True))
                lines = _column(m, lines, zeros, 1 << column)
                step += 1
            lines = lines[:self.n]
        pipeline.finish(**self.sorted(lines))
        return m


def _zeros_before_middles(m: Module, zeros: list[Value | None]) -> dict[int, Value]:
    """Count the zeros before the middle of each block, modulo the size of the block.

    ``zeros`` has one bit per line, None for padding. A middle at line ``i`` belongs to the block
    whose half is the lowest one of ``i``, so ``i`` says it all. Only the bits that are used are
    computed: 57 at n = 25.
    """
    totals: dict[tuple[int, int], Value] = {}

    def total(low: int, size: int) -> Value:
        if all(bit is None for bit in zeros[low:low + size]):
            return Const(0, 0)
        if size == 1:
            return Value.cast(zeros[low])
        if (low, size) not in totals:
            totals[low, size] = wire(m, _add(total(low, size // 2),
                                             total(low + size // 2, size // 2)), "zeros")
        return totals[low, size]

    before = {0: Const(0, 0)}
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


def _column(m: Module, lines: list[Line | None], zeros: dict[int, Value], half: int) -> list[Line | None]:
    """One column of switches, in blocks of two times ``half`` lines."""
    result: list[Line | None] = list(lines)
    for low in range(0, len(lines), 2 * half):
        count = zeros[low + half]
        for j in range(half):
            upper, lower = lines[low + j], lines[low + half + j]
            if lower is None:
                continue
            if upper is None:               # padding goes down
                result[low + j], result[low + half + j] = lower, None
                continue
            cross = _above(count[:-1], j) == count[-1]
            result[low + j], result[low + half + j] = exchange(m, cross, upper, lower)
    return result


def _above(value: Value, constant: int) -> Value:
    """Tell whether ``value > constant``."""
    result = Const(0, 1)
    for position, bit in enumerate(value):
        result = bit & result if constant >> position & 1 else bit | result
    return result
