"""The paper's sorter: a stable counting sort."""

from amaranth import Const, Module, Mux, Value
from amaranth.utils import bits_for

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

    @classmethod
    def steps(cls, n, buckets):
        return 3

    @classmethod
    def default_cuts(cls, n, buckets):
        return (1, 2)

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
        pipeline.finish(**self.sorted(scatter(m, ranks, lines)))
        return m

    def _ranks(self, m: Module, keys: list[Value], pointers: list[Value]) -> list[Value]:
        """Rank of each key, by pointers that run from the starts of their buckets."""
        block = 3 if self.n < 36 else 7
        width = bits_for(self.n - 1)
        ranks = []
        for first in range(0, self.n, block):
            members = keys[first:first + block]
            matches = [[wire(m, key == bucket, "match") for key in members]
                       for bucket in range(self.buckets)]
            for position, key in enumerate(members):
                base = any_of([Mux(match[position], pointer, 0)
                               for match, pointer in zip(matches, pointers, strict=True)])
                equals = [key == earlier for earlier in members[:position]]
                local = count_ones(m, equals, name="equals") if equals else Const(0, 1)
                ranks.append(wire(m, (base + local)[:width], "rank"))
            pointers = [wire(m, (pointer + count_ones(m, match, name="members"))[:width], "pointer")
                        for match, pointer in zip(matches, pointers, strict=True)]
        return ranks
