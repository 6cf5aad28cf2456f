"""The interface behind which the sorters stand, and what they share."""

from abc import abstractmethod
from typing import Any, ClassVar, NamedTuple

from amaranth import Const, Module, Mux, Value
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import bits_for

from skimp.hw.pipeline import Choice, Gating
from skimp.hw.wires import wire

__all__ = ["Line", "Sorter", "exchange", "greater"]


class Sorter(wiring.Component):
    """Sort vectors of ``n`` keys; the base of all sorters.

    The work is a row of steps, and ``cuts`` says before which of them a rank of registers stands;
    one more rank holds the output, the input has none. More cuts make a faster clock and a larger
    unit. The default cuts are chosen for 6 ns in OSU 0.18 um with a popcount in front; `skimp
    area` reports the slack.

    All but the serial sorter take a vector per clock; ``latency = len(cuts) + 1`` clocks; full
    back-pressure.

    Parameters
    ----------
    n : int
        Keys of a vector.
    buckets : int
        Number of different keys: each is below it.
    data_width : int
        Bits that travel with each key, 0 for none.
    cuts : tuple of int or None
        Steps with a register rank before them, increasing, each in ``range(steps(n, buckets))``.
    gating : Gating
        What its ranks load.

    Attributes
    ----------
    ties : str
        The order of equal keys: ``stable``, ``snake`` (ascending in even buckets, descending in odd
        ones) or that of the network of comparators.
    serial : bool
        Whether vectors come and go one element per clock.

    Members
    -------
    i : ``In(stream.Signature(StructLayout({"key": n x ..., "data": n x data_width})))``
        Keys as ``codes`` says, and the data beside them.
    o : ``Out(stream.Signature(StructLayout({"order": n x ..., "data": n x data_width})))``
        ``order[rank]`` is the index of the key of that rank; ``data[rank]`` travelled with it.

    Raises
    ------
    ValueError
        If the cuts are not increasing steps.
    """

    ties: ClassVar[str]
    serial: ClassVar[bool] = False
    i: stream.Interface
    o: stream.Interface

    def __init__(self, n: int, buckets: int, data_width: int = 0,
                 cuts: tuple[int, ...] | None = None, gating: Gating = Gating.NONE):
        self.n = n
        self.gating = gating
        self.buckets = buckets
        self.data_width = data_width
        self.cuts = self.default_cuts(n, buckets) if cuts is None else cuts
        self.check_cuts(n, buckets, self.cuts)
        self.latency = len(self.cuts) + 1
        key_width = bits_for(max(self.codes(buckets)))

        def layout(**widths: int) -> data.StructLayout:
            return data.StructLayout({
                name: width if self.serial else data.ArrayLayout(width, n)
                for name, width in widths.items() if width})

        last = {"last": 1} if self.serial else {}
        super().__init__({
            "i": In(stream.Signature(layout(key=key_width, data=data_width))),
            "o": Out(stream.Signature(layout(order=bits_for(n - 1), data=data_width, **last))),
        })

    @classmethod
    def codes(cls, buckets: int) -> list[int]:
        """Return the code of each bucket's key at the input: by default its number."""
        return list(range(buckets))

    @abstractmethod
    def elaborate(self, platform: Any) -> Module:
        """Build the sorter."""

    @classmethod
    @abstractmethod
    def steps(cls, n: int, buckets: int) -> int:
        """Return the number of steps, before each of which registers can stand."""

    @classmethod
    def default_cuts(cls, n: int, buckets: int) -> tuple[int, ...]:
        """Return the cuts for 6 ns in OSU 0.18 um: none, unless a sorter needs some."""
        return ()

    @classmethod
    def check_cuts(cls, n: int, buckets: int, cuts: tuple[int, ...]) -> None:
        """Refuse ``cuts`` that are not increasing steps."""
        steps = cls.steps(n, buckets)
        if cuts and not steps:
            raise ValueError(f"cuts must be none for this sorter, not {cuts!r}")
        if list(cuts) != sorted({cut for cut in cuts if 0 <= cut < steps}):
            raise ValueError(f"cuts must increase within 0 to {steps - 1}, not {cuts!r}")

    def lines(self) -> "list[Line]":
        """Return the input vector as lines: each with its index, its key and its data."""
        return [Line(Const(index, bits_for(self.n - 1)), Value.cast(self.i.payload["key"][index]),
                     Value.cast(self.i.payload["data"][index]) if self.data_width else Const(0, 0))
                for index in range(self.n)]

    def sorted(self, lines: "list[Line]") -> dict[str, list[Value]]:
        """Return the fields of the output for ``lines`` in their final order."""
        fields = {"order": [line.source for line in lines]}
        if self.data_width:
            fields["data"] = [line.data for line in lines]
        return fields


class Line(NamedTuple):
    """An element on its way through a network: Values, or a Choice or Gated at its end."""

    #: Index of the element.
    source: Any
    #: Its key, or the rest of it.
    key: Any
    #: The data beside it, of no width if there are none.
    data: Any


def exchange(m: Module, swap: Value, a: Line, b: Line, *, last: bool = False
             ) -> tuple[Line, Line]:
    """Return ``a, b``, or ``b, a`` if ``swap``; choices for the ``last`` registers to make."""
    swap = wire(m, swap, "swap")

    def chosen(one: Line, other: Line) -> Line:
        if last:
            return Line(*(Choice(swap, y, x) for x, y in zip(one, other, strict=True)))
        return Line(*(wire(m, Mux(swap, y, x), name)
                      for x, y, name in zip(one, other, Line._fields, strict=True)))

    return chosen(a, b), chosen(b, a)


def greater(a: Value, b: Value) -> Value:
    """Return whether ``a > b``, bit by bit from the lowest.

    For the few bits of a key this is smaller than the subtracter that synthesis makes of ``>``.
    """
    result = a[0] & ~b[0]
    for x, y in zip(list(a)[1:], list(b)[1:], strict=True):
        result = (x & ~y) | (result & (x | ~y))
    return result
