"""Lines and a window: what is around each place of planes that come in raster order."""

from collections.abc import Collection
from dataclasses import dataclass

from amaranth import Const, Module, Mux, Signal, Value

from skimp.hw.predict.line import line
from skimp.hw.predict.masks import Phase, Slot, group, known, period, slots
from skimp.hw.predict.raster import Raster
from skimp.hw.wires import gate, wire

__all__ = ["Reach", "Window"]


@dataclass(frozen=True)
class Reach:
    """How far places look around, from which the lines follow.

    Attributes
    ----------
    kind : int or None
        The mask; None: all places have values.
    size : int
        Places of a group, which shares an entry of the lines: of a tile of the mask at most one
        place a row is computed first, or what groups hold is the OR of their values.
    groups : int
        Groups of a row. The last has fewer places where ``size`` does not divide the columns.
    down, right : int
        Rows and groups that the newest entry is below and right of the centre's.
    lag : int
        Pixels from the centre to the one that comes in.
    """

    kind: int | None
    rows: int
    columns: int
    places: tuple[tuple[int, int], ...]
    size: int
    right: int
    whole: bool = False

    @classmethod
    def of(cls, kind: int | None, rows: int, columns: int,
           places: Collection[tuple[int, int]], centres: Collection[Phase] = ((0, 0),),
           *, whole: bool = False) -> "Reach":
        """Return the reach of ``centres``, phases of the mask, that look at ``places``.

        Places are rows and columns from a centre. If ``whole``, groups are of a tile, and what
        comes in counts everywhere, wherever it is computed first.
        """
        there = tuple((row, column) for row, column in places
                      if abs(row) < rows and abs(column) < columns)
        for right in (0, 1):
            size = (1 if kind is None else min(period(kind), columns) if whole
                    else group(kind, columns, 1 + right))
            reach = cls(kind, rows, columns, there, size, right, whole)
            if right or not reach._looks_right(centres):
                return reach
        raise AssertionError("places are at most a group to the right")

    def _looks_right(self, centres: Collection[Phase]) -> bool:
        """Return whether a centre looks at the group right of its own in the lowest row."""
        return any(row == self.down and (phase[1] % self.size + column) // self.size > 0
                   and self.sees(phase, (row, column))
                   for phase in centres for row, column in self.places)

    def sees(self, phase: Phase, place: tuple[int, int]) -> bool:
        """Return whether a place, so many rows and columns from a centre, has a value."""
        return self.kind is None or known(self.kind, phase[0] + place[0], phase[1] + place[1])

    @property
    def groups(self) -> int:
        return -(-self.columns // self.size)

    @property
    def down(self) -> int:
        return max(row for row, _ in self.places)

    @property
    def lag(self) -> int:
        return self.down * self.columns + self.size * (1 + self.right)


class Window:
    """The entries around a centre, which moves on with a `Raster`.

    A line holds an entry for each group of a row, see `Reach`: where a mask computes one place of
    each group first, lines have half or a third of the registers. Entries move on when the centre
    leaves its group; the one that comes in is put together from the pixels of its group before.
    What lies outside of the plane, and what is not computed first, is 0, whatever came in there.

    To use it: make the `Reach`, a `Raster` with a lag of at least its own, and the window, whose
    centre is ``ahead`` pixels before the raster's output; feed it the pixel that comes in at
    ``ahead + reach.lag``. Then ask for `slots`, or for an `entry`.

    Parameters
    ----------
    value : Value
        Of the pixel that comes in; any bits, such as all lanes side by side. Zero means nothing.
    ahead : int
        Pixels from the raster's output to the centre.
    complement : bool
        Whether every second entry is held complemented, see `line`.

    Attributes
    ----------
    centre : Place
        The place that entries are around.
    """

    def __init__(self, m: Module, raster: Raster, reach: Reach, value: Value, ahead: int = 0,
                 *, complement: bool = False):
        self.m, self.reach, self.centre = m, reach, raster.at(ahead)
        coming = ahead + reach.lag
        complete = self._put_together(raster, value, coming)
        lowest = min(row for row, _ in reach.places)
        moves = raster.advance
        if reach.size > 1:
            side, come = self._side, raster.at(coming)
            ends = {(row, column) for row in range(side) for column in range(side)
                    if column % reach.size == reach.size - 1}
            leaves = self.centre.among(side, ends, self._every)
            moves = wire(m, raster.advance & (leaves | self.centre.last_column), "moves")
            if reach.columns % reach.size:
                # The last group of a row ends early: it waits until the centre leaves its own.
                arrives = wire(m, come.among(side, ends, self._every)
                               | come.last_column, "arrives")
                kept = Signal.like(complete, name="waiting", reset_less=True)
                with m.If(raster.advance & arrives):
                    m.d.sync += kept.eq(complete)
                complete = wire(m, Mux(arrives, complete, kept), "entering")
        self._entries = line(m, complete, self._number(lowest, -1) + 1, moves,
                             complement=complement)[1:]

    @property
    def _side(self) -> int:
        return 1 if self.reach.kind is None else period(self.reach.kind)

    @property
    def _every(self) -> set[Phase]:
        return {(row, column) for row in range(self._side) for column in range(self._side)}

    def _put_together(self, raster: Raster, value: Value, coming: int) -> Value:
        """Return the entry of the group of a pixel that comes in, up to that pixel."""
        m, size = self.m, self.reach.size
        if self.reach.kind is not None and not self.reach.whole:
            first = raster.at(coming).known(self.reach.kind)
            value = wire(m, gate(first, value), "value")
        if size == 1:
            return value
        before = Signal.like(value, name="group", reset_less=True)
        starts = {(row, column) for row, column in self._every if column % size == 0}
        starts = raster.at(coming).among(self._side, starts, self._every)
        complete = wire(m, value | gate(wire(m, ~starts, "continues"), before), "complete")
        with m.If(raster.advance):
            m.d.sync += before.eq(complete)
        return complete

    def _number(self, row: int, right: int) -> int:
        """Return which entry is so many rows and groups from the centre's."""
        return (self.reach.down - row) * self.reach.groups + self.reach.right - right

    def entry(self, row: int, right: int) -> Value:
        """Return the entry so many rows below and groups right of the centre's, negative: above,
        left; of use only where `inside`."""
        return self._entries[self._number(row, right)]

    def inside(self, row: int, right: int) -> Value:
        """Return whether that entry is of the plane, if a centre looks at it."""
        inside: Value = Const(1, 1)
        for beyond in range(-row) if row < 0 else range(-row, 0):
            inside &= ~self.centre.row_is(beyond)
        if right:
            inside &= ~(self.centre.first_column if right < 0
                        else self.centre.last_column)
        return wire(self.m, inside, "inside")

    def slots(self, centres: Collection[Phase]) -> list[Slot]:
        """Deal what ``centres`` see, phases of the mask, to slots."""
        if self.reach.kind is None:
            raise ValueError("Slots are of a mask; without one take the entries")
        return slots(self.reach.kind, self.reach.size, self.reach.places, centres)

    def value(self, slot: Slot, centres: Collection[Phase]) -> Value:
        """Return the value of a slot; it is of use where the phase of the centre is among them."""
        total: Value = Const(0, len(self._entries[0]))
        for entry in sorted(set(slot.entry.values())):
            chosen = {phase for phase, one in slot.entry.items() if one == entry}
            taken = self.centre.among(self._side, chosen, set(centres))
            taken = wire(self.m, taken & self.inside(*entry), "taken")
            total |= gate(taken, self.entry(*entry))
        return wire(self.m, total, "slot")
