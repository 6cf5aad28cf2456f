"""Where a plane's pixels are in a unit that they pass in raster order."""

from typing import Any

from amaranth import Const, Module, Mux, Signal, Value
from amaranth.lib import stream

from skimp.hw.predict.masks import Phase, period, phases
from skimp.hw.wires import wire

__all__ = ["Place", "Raster"]


class Raster:
    """Take pixels of planes from ``i``, give a word for each at ``o``, ``lag`` pixels later.

    All between moves in step: in a clock with `advance` each pixel moves on by one place, and
    registers between must load only then. The pixels of the next plane push the last ones out.
    If no next plane is there when a plane's last pixel has been taken, the unit drains: it takes
    nothing for ``lag`` clocks, in which pixels of a plane that is not there go through.

    The row and the column of the place at the output are counted. Places of other stages follow
    from these, for they are as many pixels ahead as their stage is: see `at`. Positions in the tile
    of a mask have counters of their own, for each stage that asks for them.

    A word is offered ``lag + 1`` clocks after its pixel was taken, if each of them is with
    `advance`.

    Parameters
    ----------
    i, o : stream.Interface
        Its input and its output; `finish` drives the payload of ``o``.
    rows, columns : int
        Of a plane.
    lag : int
        Pixels from the output to the input, at least 1.
    admit : Value
        Whether a next plane may begin, such as its parameters being there; once high, it must
        stay so until the plane has begun.

    Attributes
    ----------
    advance : Signal
        All pixels move on by one place.
    begins : Signal
        The first pixel of a plane is taken.
    there : Signal
        The place at the output is of a plane, not of the time before the first.
    """

    def __init__(self, m: Module, i: stream.Interface, o: stream.Interface, *, rows: int,
                 columns: int, lag: int, admit: Value):
        self.m, self.o = m, o
        self.rows, self.columns, self.lag = rows, columns, lag
        self._places: dict[int, Place] = {}
        self.advance = Signal(name="advance")
        self.begins = Signal(name="begins")
        self.empties = Signal(name="empties")
        self._late = Signal(name="late")
        self.start = divmod(-lag % (rows * columns), columns)
        self.row = Signal(range(rows), init=self.start[0], name="row")
        self.column = Signal(range(columns), init=self.start[1], name="column")
        self._step(i, admit)

    def _step(self, i: stream.Interface, admit: Value) -> None:
        """Say when pixels move on, and count."""
        m, o, out = self.m, self.o, self.at(0)
        wraps = -(-self.lag // (self.rows * self.columns))
        # Ends of planes that pass the output before the first pixel is there; planes inside.
        waits = Signal(range(wraps + 1), init=wraps, name="waits")
        inside = Signal(range(wraps + 2), name="inside")
        draining = Signal(name="draining")
        leaves = wire(m, ~o.valid | o.ready, "leaves")
        go = wire(m, leaves & ~self._late, "go")
        first = self.at(self.lag).first
        allowed = wire(m, ~first | admit, "allowed")
        offered = wire(m, i.valid & allowed, "offered")
        drains = wire(m, draining | (first & ~offered & inside.any()), "drains")
        self.there = there = wire(m, ~waits.any(), "there")
        ends = wire(m, self.advance & out.last, "ends")
        m.d.comb += [
            self.advance.eq(go & (offered | drains)),
            i.ready.eq(go & allowed & ~draining),
            self.begins.eq(first & go & offered & ~draining),
            self.empties.eq(ends & there & drains & (inside == 1)),
        ]
        m.d.sync += inside.eq(inside + self.begins - (ends & there))
        with m.If(leaves):
            m.d.sync += o.valid.eq(self.advance & there)
        with m.If(self.advance):
            m.d.sync += [draining.eq(drains & ~self.empties),
                         self.column.eq(self.counted(self.column, out.last_column, self.start[1]))]
        with m.If(self.advance & out.last_column):
            m.d.sync += self.row.eq(self.counted(self.row, out.last_row, self.start[0]))
        with m.If(self.empties):
            m.d.sync += waits.eq(wraps)
        with m.Elif(ends & ~there):
            m.d.sync += waits.eq(waits - 1)

    def counted(self, counter: Value, last: Value, start: int) -> Value:
        """Return the next of a counter: 0 behind the last, ``start`` when the unit is empty."""
        return Mux(self.empties, start, Mux(last, 0, counter + 1))

    def at(self, ahead: int) -> "Place":
        """Return the place of the pixel that is ``ahead`` pixels before the output."""
        if ahead not in self._places:
            self._places[ahead] = Place(self, ahead)
        return self._places[ahead]

    def load(self, ahead: int, event: Value | None = None, there: Value | None = None) -> Value:
        """Return when to load what a plane needs at the place ``ahead``, before its first pixel.

        It is once after each ``event``, by default the beginning of a plane at the input. From
        there to the place must be fewer pixels than a plane has. If what is to be loaded is not
        yet ``there``, nothing moves on; one load of a unit may say so.
        """
        m, event = self.m, self.begins if event is None else event
        last, awaited = self.at(ahead).last, Signal(name=f"awaited{ahead}")
        # The event may be just before the place.
        loads = wire(m, self.advance & last & (awaited | event), f"loads{ahead}")
        if there is not None:
            m.d.comb += self._late.eq(awaited & last & ~there)
        with m.If(event | loads):
            m.d.sync += awaited.eq(~loads)
        return loads

    def finish(self, **fields: Any) -> None:
        """Register ``fields`` of the payload of ``o``: of the place that is 0 pixels ahead."""
        for name, value in fields.items():
            register = Signal.like(Value.cast(self.o.payload[name]), name=f"o_{name}",
                                   reset_less=True)
            with self.m.If(self.advance):
                self.m.d.sync += register.eq(value)
            self.m.d.comb += Value.cast(self.o.payload[name]).eq(register)


class Place:
    """Place of the pixel that is ``ahead`` pixels before the output of a `Raster`."""

    def __init__(self, raster: Raster, ahead: int):
        self._raster, self._ahead = raster, ahead
        self._down, self._right = divmod(ahead, raster.columns)
        self._wires: dict[Any, Value] = {}

    def _wire(self, name: str, make: Any) -> Value:
        if name not in self._wires:
            self._wires[name] = wire(self._raster.m, make(), f"ahead{self._ahead}_{name}")
        return self._wires[name]

    def _row_is(self, number: int) -> Value:
        raster, down = self._raster, self._down
        here, before = (raster.row == (number - rows) % raster.rows for rows in (down, down + 1))
        if not self._right:
            return here
        # Its column may be beyond the end of the row: then it is one row further.
        return Mux(self._wire("carry", lambda: raster.column >= raster.columns - self._right),
                   before, here)

    def row_is(self, number: int) -> Value:
        """Return whether its row is ``number``; negative: from the last."""
        number %= self._raster.rows
        return self._wire(f"row{number}", lambda: self._row_is(number))

    def column_is(self, number: int) -> Value:
        """Return whether its column is ``number``; negative: from the last."""
        raster = self._raster
        number %= raster.columns
        return self._wire(f"column{number}", lambda: raster.column
                          == (number - self._right) % raster.columns)

    @property
    def first_column(self) -> Value:
        """Whether its column is the first."""
        return self.column_is(0)

    @property
    def last_column(self) -> Value:
        """Whether its column is the last."""
        return self.column_is(-1)

    @property
    def last_row(self) -> Value:
        """Whether its row is the last."""
        return self.row_is(-1)

    @property
    def first(self) -> Value:
        """Whether it is the first of its plane."""
        return self._wire("first", lambda: self.row_is(0) & self.first_column)

    @property
    def last(self) -> Value:
        """Whether it is the last of its plane."""
        return self._wire("last", lambda: self.last_row & self.last_column)

    def phase(self, side: int) -> tuple[Value, Value]:
        """Return its row and column in a tile of ``side``."""
        advance = self._raster.advance
        row, column = divmod((self._ahead - self._raster.lag)
                             % (self._raster.rows * self._raster.columns), self._raster.columns)
        return (self._phase(f"row_of_{side}", side, row, self.last_row,
                            advance & self.last_column),
                self._phase(f"column_of_{side}", side, column, self.last_column, advance))

    def _phase(self, name: str, side: int, start: int, last: Value, moves: Value) -> Value:
        if name not in self._wires:
            raster = self._raster
            phase = Signal(range(side), init=start % side, name=f"ahead{self._ahead}_{name}")
            with raster.m.If(moves | raster.empties):
                raster.m.d.sync += phase.eq(raster.counted(phase, last | (phase == side - 1),
                                                           start % side))
            self._wires[name] = phase
        return self._wires[name]

    def among(self, side: int, chosen: set[Phase], cared: set[Phase]) -> Value:
        """Return whether its phase is ``chosen``; nothing is said of those not ``cared`` for."""
        rest = cared - chosen
        if not rest or not chosen:
            return Const(not rest, 1)
        row, column = self.phase(side)
        for phase, number in (row, 0), (column, 1):     # one of the two alone may decide
            numbers = {one[number] for one in chosen}
            if not numbers & {one[number] for one in rest}:
                return _any_of(phase, numbers)
        value: Value = Const(0, 1)
        for one in sorted({one for one, _ in chosen}):
            value |= (row == one) & _any_of(column, {place for here, place in chosen
                                                     if here == one})
        return wire(self._raster.m, value, "phase")

    def known(self, kind: int) -> Value:
        """Return whether it is one that mask ``kind`` has first."""
        return self.among(period(kind), set(phases(kind, True)), set(phases(kind)))


def _any_of(phase: Value, numbers: set[int]) -> Value:
    value: Value = Const(0, 1)
    for number in sorted(numbers):
        value |= phase == number
    return value
