"""Comparator networks: Batcher's odd-even merge and bitonic sorters."""

from abc import abstractmethod

from amaranth import Module
from amaranth.utils import ceil_log2

from hw.pipeline import Pipeline
from hw.psu.sorter import Sorter, exchange, greater

__all__ = ["Bitonic", "OddEvenMerge"]

Layers = list[list[tuple[int, int]]]


class _Network(Sorter):
    """Layers of comparators, each of which exchanges two lines if the first has the larger key.

    The first layers move constant indices, which synthesis turns into single gates.
    """

    code = "binary"

    @staticmethod
    @abstractmethod
    def layers(n: int) -> Layers:
        """Give the comparators ``(a, b)``, ``a < b``, layer by layer; each layer is a step."""

    @classmethod
    def steps(cls, n, buckets):
        return len(cls.layers(n))

    def elaborate(self, platform):
        m = Module()
        pipeline = Pipeline(m, self.i, self.o)
        lines = self.lines()
        for step, layer in enumerate(self.layers(self.n)):
            if step in self.cuts:
                [lines] = pipeline.register(line=lines)
            for a, b in layer:
                lines[a], lines[b] = exchange(
                    m, greater(lines[a].key, lines[b].key), lines[a], lines[b])
        pipeline.finish(**self.sorted(lines))
        return m


class OddEvenMerge(_Network):
    """Batcher's odd-even merge network, pruned to ``n`` lines.

    ``140`` comparators in 15 layers at n = 25, 394 in 21 at n = 49. The smallest sorter for many
    buckets: a comparator costs little more with a wider key, where the others pay per bucket or
    per bit. Ties fall as the comparators leave them. Steps: the layers.

    Source: K. E. Batcher, "Sorting Networks and Their Applications", AFIPS 1968.
    """

    ties = "odd-even"

    @staticmethod
    def layers(n):
        size = 1 << ceil_log2(n)
        layers = []
        run = 1                                         # sorted runs of this length are merged
        while run < size:
            distance = run
            while distance:
                layers.append([
                    (low, low + distance)
                    for start in range(distance % run, size - distance, 2 * distance)
                    for low in range(start, min(start + distance, n - distance))
                    if low // (2 * run) == (low + distance) // (2 * run)])
                distance //= 2
            run *= 2
        return layers

    @classmethod
    def default_cuts(cls, n, buckets):
        depth = len(cls.layers(n))
        return tuple(range(2, depth, 6))


class Bitonic(_Network):
    """The bitonic network with all comparators in one direction, pruned to ``n`` lines.

    171 comparators in 15 layers at n = 25, 483 in 21 at n = 49: more than odd-even merge, in a more
    regular pattern. Ties fall as the comparators leave them. Steps: the layers.

    Source: K. E. Batcher, "Sorting Networks and Their Applications", AFIPS 1968.
    """

    ties = "bitonic"

    @staticmethod
    def layers(n):
        size = 1 << ceil_log2(n)
        layers = []
        run = 1
        while run < size:
            # The first layer of a merge compares mirror images, so both runs may ascend.
            layers.append([(start + offset, start + 2 * run - 1 - offset)
                           for start in range(0, size, 2 * run) for offset in range(run)
                           if start + 2 * run - 1 - offset < n])
            distance = run // 2
            while distance:
                layers.append([(low, low + distance) for low in range(n - distance)
                               if not low & distance])
                distance //= 2
            run *= 2
        return layers

    @classmethod
    def default_cuts(cls, n, buckets):
        depth = len(cls.layers(n))
        return tuple(range(3, depth, 5))
