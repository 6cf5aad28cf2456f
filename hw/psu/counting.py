"""The paper's sorter: a stable counting sort."""

from collections.abc import Sequence

from amaranth import Const, Module, Value
from amaranth.utils import bits_for, ceil_log2

from skimp.hw.arith.popcount import count_ones
from skimp.hw.pipeline import Pipeline
from skimp.hw.psu.scatter import any_of, scatter
from skimp.hw.psu.sorter import Sorter
from skimp.hw.wires import wire

__all__ = ["CountingSort"]


class CountingSort(Sorter):
    """Count the keys of each bucket, rank each key among its equals, scatter.

    ``rank[i] = start[key[i]] + #{j < i: key[j] = key[i]}`` and ``order[rank[i]] = i``. A pointer
    per bucket runs over the vector. At an element ``p`` the pointer of bucket ``b`` is the number
    of keys up to ``b`` before ``p`` and of keys below ``b`` from ``p`` on, so that one count per
    bucket and segment gives it at the start of every segment. From there it steps from block to
    block, by a tree of additions; inside a block, equal keys are told by comparing them, which
    costs less than a count for each bucket and element. Stable.

    Pointers are few bits to register; ranks, and even more so indices, are many. So the scatter
    shares a stage with the ranks.

    Steps: pointers of segments, ranks, scatter.

    Source: Han et al., arXiv 2601.14087.
    """

    ties = "stable"
    block = 5       # elements; a larger block compares more, a smaller one counts more

    @property
    def segment(self) -> int:
        """Blocks of a segment: as many as the clock allows, since each segment takes registers."""
        return 2 if self.n <= 32 else 4

    @classmethod
    def steps(cls, n, buckets):
        return 3

    @classmethod
    def default_cuts(cls, n, buckets):
        return (1,)

    def elaborate(self, platform):
        m = Module()
        pipeline = Pipeline(m, self.i, self.o, self.gating)
        lines = self.lines()
        if 0 in self.cuts:
            [lines] = pipeline.register(line=lines)
        pointers = self._segment_pointers(m, [line.key for line in lines])
        if 1 in self.cuts:
            pointers, lines = pipeline.register(pointer=pointers, line=lines)
        ranks = self._ranks(m, [line.key for line in lines], pointers)
        lines = [line._replace(key=Const(0, 0)) for line in lines]
        if 2 in self.cuts:
            ranks, lines = pipeline.register(rank=ranks, line=lines)
        pipeline.finish(**self.sorted(scatter(pipeline, ranks, lines)))
        return m

    def _segment_pointers(self, m: Module, keys: list[Value]) -> list[list[Value]]:
        """Return the pointer of each bucket at the start of each segment."""
        size = self.block * self.segment
        segments = [keys[first:first + size] for first in range(0, self.n, size)]
        below: list[Sequence[Value]] = [[Const(0, 1) for _segment in segments]]
        below += [[count_ones(m, [wire(m, key < bucket, "below") for key in segment],
                              name=f"below{bucket}") for segment in segments]
                  for bucket in range(1, self.buckets)]
        below += [[Const(len(segment)) for segment in segments]]
        width = bits_for(self.n - 1)
        return [[_sum(m, [*upto[:number], *before[number:]])[:width]
                 for number in range(len(segments))]
                for before, upto in zip(below, below[1:], strict=False)]

    def _ranks(self, m: Module, keys: list[Value], pointers: list[list[Value]]) -> list[Value]:
        """Return the rank of each key, by pointers that step through the blocks of a segment."""
        width = bits_for(self.n - 1)
        blocks = [keys[first:first + self.block] for first in range(0, self.n, self.block)]
        matches = [[[wire(m, key == bucket, "match") for key in block] for block in blocks]
                   for bucket in range(self.buckets)]
        of_blocks = []
        for of_bucket, starts in zip(matches, pointers, strict=True):
            members = [count_ones(m, match, name="members") for match in of_bucket]
            of_blocks.append([pointer for number, start in enumerate(starts)
                              for pointer in _running(m, start, members[
                                  number * self.segment:(number + 1) * self.segment], width)])
        ranks = []
        for number, block in enumerate(blocks):
            for position, key in enumerate(block):
                pointer = any_of([
                    of_bucket[number][position].replicate(width) & of_block[number]
                    for of_bucket, of_block in zip(matches, of_blocks, strict=True)])
                equals = [key == earlier for earlier in block[:position]]
                local = count_ones(m, equals, name="equals") if equals else Const(0, 1)
                ranks.append(wire(m, (pointer + local)[:width], "rank"))
        return ranks


def _running(m: Module, start: Value, counts: list[Value], width: int) -> list[Value]:
    """Return ``start`` plus the first 0, 1, 2, ... ``counts``, all but the last.

    A tree: the sum of the first half of the counts moves the start of the second half.
    """
    if len(counts) == 1:
        return [start]
    half = 1 << ceil_log2(len(counts)) - 1
    middle = wire(m, (start + _sum(m, counts[:half]))[:width], "pointer")
    return [*_running(m, start, counts[:half], width), *_running(m, middle, counts[half:], width)]


def _sum(m: Module, values: list[Value]) -> Value:
    """Return the sum of ``values``: constants together, the others as a balanced tree."""
    constant = sum(value.value for value in values if isinstance(value, Const))
    terms = [value for value in values if not isinstance(value, Const)]
    if not terms:
        return Const(constant)
    while len(terms) > 1:
        terms = [wire(m, a + b, "sum") for a, b in zip(terms[::2], terms[1::2], strict=False)] \
            + terms[len(terms) // 2 * 2:]
    return wire(m, terms[0] + constant, "sum") if constant else terms[0]
