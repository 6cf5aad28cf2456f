"""The popcount sorting unit: keys and a sorter."""

from dataclasses import dataclass
from enum import StrEnum

from amaranth import Cat, Module
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.parameters import parameter
from skimp.hw.pipeline import GATING_HELP, Gating
from skimp.hw.psu.banyan import GrayBanyan
from skimp.hw.psu.counting import CountingSort
from skimp.hw.psu.keys import KeyParams, key_code
from skimp.hw.psu.network import Bitonic, OddEvenMerge
from skimp.hw.psu.pairs import AllPairs
from skimp.hw.psu.serial import InsertionSorter
from skimp.hw.psu.sorter import Sorter

__all__ = ["SORTERS", "SortingUnit", "SortingUnitParams", "Structure"]


class Structure(StrEnum):
    """Structure of a sorter."""

    #: The paper's: count and scatter.
    COUNTING = "counting"
    #: Radix sort without comparators.
    BANYAN = "banyan"
    #: Odd-even merge network.
    ODD_EVEN = "odd-even"
    #: Bitonic network.
    BITONIC = "bitonic"
    #: Every two keys compared.
    COMPARE_ALL = "compare-all"
    #: Insertion, an element per clock.
    SERIAL = "serial"


SORTERS: dict[Structure, type[Sorter]] = dict(zip(Structure, (
    CountingSort, GrayBanyan, OddEvenMerge, Bitonic, AllPairs, InsertionSorter), strict=True))


@dataclass(frozen=True, kw_only=True)
class SorterParams(KeyParams):
    """Parameters of a key and a sorter."""

    n: int = parameter(25, "elements of a vector, 2 to 64", range(2, 65))
    sorter: Structure = parameter(Structure.ODD_EVEN, "structure of the sorter", Structure)
    cuts: tuple[int, ...] | None = parameter(
        None, "steps of the sorter with registers before them (default: those for 6 ns in OSU018)")
    gating: Gating = parameter(Gating.NONE, GATING_HELP, Gating)

    def __post_init__(self):
        super().__post_init__()
        if self.cuts is not None:
            SORTERS[self.sorter].check_cuts(self.n, self.bucket_count, self.cuts)

    @property
    def ties(self) -> str:
        """How the sorter orders equal keys."""
        return SORTERS[self.sorter].ties

    def made(self, data_width: int) -> Sorter:
        """Return the sorter, with ``data_width`` bits beside each key."""
        return SORTERS[self.sorter](self.n, self.bucket_count, data_width, self.cuts, self.gating)


@dataclass(frozen=True, kw_only=True)
class SortingUnitParams(SorterParams):
    """Parameters of :class:`SortingUnit`."""

    data: bool = parameter(False, "put out the reordered elements beside the permutation")


class SortingUnit(wiring.Component):
    """Put ``n`` elements in the order of their keys.

    A key is the number of the element's bucket, see :class:`~hw.psu.keys.KeyParams`. The order is
    a permutation along which keys never decrease (with ``descending``: never increase); how equal
    keys fall is the sorter's tie rule.

    =============== ============ =============================== ================================
    sorter          ties         structure                       takes
    =============== ============ =============================== ================================
    ``counting``    stable       the paper's: count and scatter  a vector per clock
    ``banyan``      snake        radix sort without comparators  a vector per clock
    ``odd-even``    its own      odd-even merge network          a vector per clock
    ``bitonic``     its own      bitonic network                 a vector per clock
    ``compare-all`` stable       every two keys compared         a vector per clock
    ``serial``      stable       insertion                       an element per clock
    =============== ============ =============================== ================================

    ``latency`` clocks from a vector taken to its order offered (serial: from its last element taken
    to its first index offered), if the output does not stall. Full back-pressure. The input has no
    registers: the keys, and what else stands before the first cut, hang on the input's wires. With
    ``gating`` registers load valid vectors alone; those of ``serial`` load elements alone anyway.

    Source: Han et al., "'1'-bit Count-based Sorting Unit to Reduce Link Power in DNN Accelerators",
    arXiv 2601.14087; the Gray keys and the Gray banyan are this project's own.

    Members
    -------
    i : ``In(stream.Signature(ArrayLayout(width, n)))``
        Unsigned elements, the first in the lowest bits; serial: ``stream.Signature(width)``.
    o : ``Out(stream.Signature(StructLayout({"order": ..., "data": ...})))``
        ``order[rank]``, the index of the element of that rank, ``ceil(log2 n)`` bits each; with
        ``data``, the elements in that order. Serial: one of each, and ``last``.
    """

    i: stream.Interface
    o: stream.Interface

    def __init__(self, params: SortingUnitParams):
        self.params = params
        self._sorter = params.made(params.width if params.data else 0)
        self.latency = self._sorter.latency
        vector = params.width if self._sorter.serial else data.ArrayLayout(params.width, params.n)
        super().__init__({"i": In(stream.Signature(vector)),
                          "o": Out(self._sorter.signature.members["o"].signature)})

    def elaborate(self, platform):
        m = Module()
        m.submodules.sorter = sorter = self._sorter
        codes = sorter.codes(sorter.buckets)
        m.d.comb += [sorter.i.valid.eq(self.i.valid), self.i.ready.eq(sorter.i.ready)]
        if sorter.serial:
            m.d.comb += sorter.i.payload["key"].eq(
                key_code(m, self.i.payload, self.params, codes))
        else:
            # In one assignment: Icarus takes minutes over a wide vector that is driven in pieces.
            m.d.comb += sorter.i.payload["key"].eq(Cat(
                key_code(m, element, self.params, codes) for element in self.i.payload))
        if self.params.data:
            m.d.comb += sorter.i.payload["data"].eq(self.i.payload)
        wiring.connect(m, sorter.o, wiring.flipped(self.o))
        return m
