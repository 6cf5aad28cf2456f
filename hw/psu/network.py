"""Comparator networks: Batcher's odd-even merge and bitonic sorters."""

from abc import abstractmethod

from amaranth import Cat, Const, Module, Value
from amaranth.utils import ceil_log2

from skimp.hw.pipeline import Pipeline
from skimp.hw.psu.sorter import Sorter, exchange
from skimp.hw.wires import wire

__all__ = ["Bitonic", "OddEvenMerge"]

Layers = list[list[tuple[int, int]]]


class _Network(Sorter):
    """Layers of comparators, each of which exchanges two lines if the first has the larger key.

    A key arrives as digits in thermometer code (9 buckets: two digits of base 3, two bits each), so
    that a comparator passes on the smaller and the larger first digit by AND and OR alone, without
    waiting for the comparison, and a further digit behind two gates. The keys then run ahead of the
    indices, whose multiplexers wait for the comparison, and the whole network fits between two
    ranks of registers. With binary keys and a multiplexer for each of their bits, the network at
    n = 25 with 9 buckets is a third larger: it needs two more ranks. In the first layers
    the indices are constant, and synthesis makes single gates of their multiplexers.
    """

    @classmethod
    def codes(cls, buckets):
        base, digits = _digits(buckets)

        def thermometers(bucket):
            code = 0
            for digit in range(digits):             # the lowest digit in the lowest bits
                code |= (1 << bucket // base**digit % base) - 1 << digit * (base - 1)
            return code

        return [thermometers(bucket) for bucket in range(buckets)]

    @staticmethod
    @abstractmethod
    def layers(n: int) -> Layers:
        """Return the comparators ``(a, b)``, ``a < b``, layer by layer; each layer is a step."""

    @classmethod
    def steps(cls, n, buckets):
        return len(cls.layers(n))

    def elaborate(self, platform):
        m = Module()
        pipeline = Pipeline(m, self.i, self.o, self.gating)
        base, _digits_of_key = _digits(self.buckets)
        lines = self.lines()
        layers = self.layers(self.n)
        last = {line: step for step, layer in enumerate(layers) for pair in layer for line in pair}
        for step, layer in enumerate(layers):
            if step in self.cuts:
                [lines] = pipeline.register(line=lines)
            for a, b in layer:
                swap, low, high = _compare(m, lines[a].key, lines[b].key, base - 1)
                lines[a], lines[b] = exchange(
                    m, swap, lines[a]._replace(key=Const(0, 0)),
                    lines[b]._replace(key=Const(0, 0)), last=last[a] == last[b] == step)
                lines[a], lines[b] = lines[a]._replace(key=low), lines[b]._replace(key=high)
        pipeline.finish(**self.sorted(lines))
        return m


def _digits(buckets: int) -> tuple[int, int]:
    """Return base and number of a key's digits: the fewest bits, then the fewest digits."""
    def size(base: int) -> tuple[int, int]:
        digits = next(count for count in range(1, 7) if base**count >= buckets)
        return digits * (base - 1), digits

    base = min(range(2, buckets + 1), key=size)
    return base, size(base)[1]


def _compare(m: Module, a: Value, b: Value, size: int) -> tuple[Value, Value, Value]:
    """Return whether ``a > b``, the smaller and the larger: keys of digits of ``size`` bits."""
    greater, less = Const(0, 1), Const(0, 1)
    smaller, larger = [], []
    for start in reversed(range(0, len(a), size)):
        p, q = a[start:start + size], b[start:start + size]
        if len(smaller) == 0:
            smaller, larger = [p & q], [p | q]
            greater, less = (p & ~q).any(), (q & ~p).any()
        else:
            wide_greater, wide_less = greater.replicate(size), less.replicate(size)
            smaller.insert(0, (p | wide_greater) & (q | wide_less))
            larger.insert(0, (p & ~wide_less) | (q & ~wide_greater))
            greater, less = (greater | (~less & (p & ~q).any()),
                             less | (~greater & (q & ~p).any()))
        greater, less = wire(m, greater, "greater"), wire(m, less, "less")
    return greater, wire(m, Cat(smaller), "smaller"), wire(m, Cat(larger), "larger")


class OddEvenMerge(_Network):
    """Batcher's odd-even merge network, pruned to ``n`` lines.

    ``140`` comparators in 15 layers at n = 25, 394 in 21 at n = 49. The smallest sorter from 8
    buckets on: a comparator costs little more with a wider key, where the others pay per bucket
    or with a pass. Ties fall as the comparators leave them. Steps: the layers.

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
