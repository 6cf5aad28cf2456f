"""The paper's sorter: a stable counting sort."""

from amaranth import Const, Module, Value
from amaranth.utils import bits_for, ceil_log2

from hw.pipeline import Pipeline
from hw.psu.popcount import count_ones
from hw.psu.scatter import any_of, scatter
from hw.psu.sorter import Sorter
from hw.wires import wire

__all__ = ["CountingSort"]


class CountingSort(Sorter):
    """Count the keys of each bucket, rank each key among its equals, scatter.

    ``rank[i] = start[key[i]] + #{j < i: key[j] = key[i]}`` and ``order[rank[i]] = i``. The start of
    a bucket is the number of keys below it. From there a pointer per bucket runs over the vector,
    a block of elements at a time: inside a block, equal keys are told by comparing them, which
    costs less than a counter for each bucket and element. Stable.

    Steps: starts, ranks, scatter.

    Source: Han et al., arXiv 2601.14087.
    """

    ties = "stable"
    block = 5

    @classmethod
    def steps(cls, n, buckets):
        return 3

    @classmethod
    def default_cuts(cls, n, buckets):
        return (1,)

    def elaborate(self, platform):
        m = Module()
        pipeline = Pipeline(m, self.i, self.o)
        lines = self.lines()
        if 0 in self.cuts:
            [lines] = pipeline.register(line=lines)
        starts = [count_ones(m, [line.key < bucket for line in lines], name=f"start{bucket}")
                  for bucket in range(1, self.buckets)]
        if 1 in self.cuts:
            starts, lines = pipeline.register(start=starts, line=lines)
        ranks = self._ranks(m, [line.key for line in lines], [Const(0, 1), *starts])
        lines = [line._replace(key=line.key[:0]) for line in lines]
        if 2 in self.cuts:
            ranks, lines = pipeline.register(rank=ranks, line=lines)
        pipeline.finish(**self.sorted(scatter(m, ranks, lines, pipeline.take)))
        return m

    def _ranks(self, m: Module, keys: list[Value], starts: list[Value]) -> list[Value]:
        """Rank each key, by pointers that step from block to block from their bucket's start."""
        size = self.block
        width = bits_for(self.n - 1)
        blocks = [keys[first:first + size] for first in range(0, self.n, size)]
        matches = [[[wire(m, key == bucket, "match") for key in block] for block in blocks]
                   for bucket in range(self.buckets)]
        members = [[count_ones(m, match, name="members") for match in of_bucket]
                   for of_bucket in matches]
        pointers = [_running(m, start, counts, width)
                    for start, counts in zip(starts, members, strict=True)]
        ranks = []
        for number, block in enumerate(blocks):
            for position, key in enumerate(block):
                pointer = any_of([
                    of_bucket[number][position].replicate(width) & of_blocks[number]
                    for of_bucket, of_blocks in zip(matches, pointers, strict=True)])
                equals = [key == earlier for earlier in block[:position]]
                local = count_ones(m, equals, name="equals") if equals else Const(0, 1)
                ranks.append(wire(m, (pointer + local)[:width], "rank"))
        return ranks


def _running(m: Module, start: Value, counts: list[Value], width: int) -> list[Value]:
    """``start`` and the sums of it and the first, the first two, ... ``counts``, but for the last.

    A tree: the sum of the first half of the counts moves the start of the second half.
    """
    if len(counts) == 1:
        return [start]
    half = 1 << ceil_log2(len(counts)) - 1
    middle = wire(m, (start + _total(m, counts[:half]))[:width], "pointer")
    return [*_running(m, start, counts[:half], width), *_running(m, middle, counts[half:], width)]


def _total(m: Module, counts: list[Value]) -> Value:
    if len(counts) == 1:
        return counts[0]
    half = len(counts) // 2
    return _total(m, counts[:half]) + _total(m, counts[half:])
