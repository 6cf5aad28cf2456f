"""A serial sorter: one element per clock."""

from amaranth import Cat, Module, Mux, Signal

from skimp.hw.psu.sorter import Sorter, greater
from skimp.hw.wires import wire

__all__ = ["InsertionSorter"]


class InsertionSorter(Sorter):
    """Sort keys that come one per clock; the indices leave one per clock.

    A row of ``n`` cells holds the vector that arrives, sorted, at its end, and what is left of the
    vector before it at its beginning. Each new element moves the row on by one: the first cell's
    element leaves, elements that go before the new one move up, the new one takes the gap, those
    behind it keep their cells. So a single set of cells serves two vectors, where a counting sort
    needs the keys, two banks of indices and two sets of counters. A cell that keeps its element
    needs no further multiplexer to stall.

    One element per clock, no gap between vectors; the first index of a vector is offered 1 clock
    after its last element was taken. While a vector is arriving, the last vector leaves only as
    elements come; a finished vector with none behind it leaves by itself. Full back-pressure. Ties
    are stable.

    Members
    -------
    i : ``In(stream.Signature(StructLayout({"key": ..., "data": data_width})))``
        Keys, ``n`` to a vector.
    o : ``Out(stream.Signature(StructLayout({"order": ..., "last": 1, "data": data_width})))``
        Index of the key of the next rank; whether it is the vector's last; its data.
    """

    ties = "stable"
    serial = True

    @classmethod
    def steps(cls, n, buckets):
        return 0

    def elaborate(self, platform):
        m = Module()
        n = self.n
        arrived = Signal(range(n))              # of the vector that comes in
        left = Signal(range(n + 1))             # of the vector that goes out
        push, pop, move = Signal(), Signal(), Signal()
        m.d.comb += [
            self.o.valid.eq((left != 0) & ((arrived == 0) | self.i.valid)),
            self.i.ready.eq((left == 0) | self.o.ready),
            push.eq(self.i.valid & self.i.ready),
            pop.eq(self.o.valid & self.o.ready),
            move.eq(push | pop),
            self.o.payload["last"].eq(left == 1),
        ]
        with m.If(push):
            m.d.sync += arrived.eq(Mux(arrived == n - 1, 0, arrived + 1))
        with m.If(push & (arrived == n - 1)):
            m.d.sync += left.eq(n)
        with m.Elif(pop):
            m.d.sync += left.eq(left - 1)

        key = self.i.payload["key"]
        element = [key, arrived, *([self.i.payload["data"]] if self.data_width else [])]
        names = ["key", "index", "data"][:len(element)]
        cells = [[Signal.like(field, name=f"{name}_{position}", reset_less=True)
                  for field, name in zip(element, names, strict=True)] for position in range(n)]
        # Whether a cell's element goes before the new one: all of the vector before, and of the
        # new vector, which is in the last cells, those whose key is not greater.
        before = Cat(wire(m, (arrived < n - position) | ~greater(cell[0], key), "before")
                     for position, cell in enumerate(cells))
        for position, cell in enumerate(cells):
            with m.If(move & before[position]):
                m.d.sync += [register.eq(field)
                             for register, field in zip(cell, element, strict=True)]
            if position < n - 1:
                with m.If(move & before[position + 1]):
                    m.d.sync += [register.eq(follower) for register, follower
                                 in zip(cell, cells[position + 1], strict=True)]
        m.d.comb += [self.o.payload[name].eq(field)
                     for name, field in zip(["order", "data"], cells[0][1:], strict=False)]
        return m
