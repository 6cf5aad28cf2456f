"""All pairs: compare every two keys at once."""

from amaranth import Module

from skimp.hw.arith.popcount import count_ones
from skimp.hw.pipeline import Pipeline
from skimp.hw.psu.scatter import scatter
from skimp.hw.psu.sorter import Sorter, greater
from skimp.hw.wires import wire

__all__ = ["AllPairs"]


class AllPairs(Sorter):
    """Compare every two keys; the rank of a key is the number of keys that go before it.

    A comparator serves both keys of a pair: an earlier key goes before a later one unless it is
    greater, so ties are stable. The shallowest sorter, of ``n**2 / 2`` comparators and ``n`` counts
    of ``n - 1`` bits: fewer buckets hardly make it smaller.

    Steps: comparing, counting, scattering.
    """

    ties = "stable"

    @classmethod
    def steps(cls, n, buckets):
        return 3

    @classmethod
    def default_cuts(cls, n, buckets):
        return (2,)

    def elaborate(self, platform):
        m = Module()
        pipeline = Pipeline(m, self.i, self.o, self.gating)
        lines = self.lines()
        if 0 in self.cuts:
            [lines] = pipeline.register(line=lines)
        later = [[wire(m, greater(lines[first].key, lines[second].key), "later")
                  for second in range(first + 1, self.n)] for first in range(self.n)]
        if 1 in self.cuts:
            later, lines = pipeline.register(later=later, line=[
                line._replace(key=line.key[:0]) for line in lines])
        ranks = [count_ones(m, later[index] + [~later[first][index - first - 1]
                                            for first in range(index)])
                 for index in range(self.n)]
        if 2 in self.cuts:
            ranks, lines = pipeline.register(rank=ranks, line=[
                line._replace(key=line.key[:0]) for line in lines])
        pipeline.finish(**self.sorted(scatter(pipeline, ranks, lines)))
        return m
