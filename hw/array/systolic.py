"""The output-stationary systolic array."""

from contextlib import AbstractContextManager, nullcontext
from functools import reduce
from operator import or_
from typing import Any

from amaranth import ClockSignal, EnableInserter, Instance, Module, Mux, ResetSignal, Signal, Value
from amaranth.hdl import Shape, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.arith.accumulator import settle
from skimp.hw.arith.element import Gating, ProcessingElement
from skimp.hw.array.group import AdvanceRegister, ElementGroup
from skimp.hw.array.keep import KeepBits
from skimp.hw.array.sequencer import Sequencer
from skimp.hw.array.size import ArraySize
from skimp.hw.wires import gate, wire

__all__ = ["SystolicArray"]

# Placeholders for modules, until `hw.emit` names them after the array.
ELEMENT, ADVANCE = "skimp_element", "skimp_advance"


class SystolicArray(wiring.Component):
    """Multiply matrices, a tile of ``rows`` x ``cols`` sums at a time, of any inner length.

    In each step a column of activations, some for each row, meets a row of weights, as many for
    each column. Row ``r`` is delayed by ``r`` clocks and column ``c`` by ``c // group_columns``,
    so that operands pass from each group of processing elements to the next. ``last`` ends a tile;
    the next tile may start in the next clock, but must not end before ``rows`` clocks later.
    Its sums come out as ``rows`` rows: the first is offered ``latency`` clocks after the last step
    was taken, then one in each clock. Between steps zeros pass.

    Sums are read where they are, while the next tile is under way: each has its turn in the
    clock before the next tile overwrites it, when a column is the OR of its masked sums. So no
    processing element has a second register to drain its sum through. The
    output has places for two rows; while both are taken and another row comes, the whole array
    stalls and takes no step. Nothing is lost or repeated, however long the reader stalls.

    Stalling takes a multiplexer per register, or a gate in its clock, except for the sums of
    elements that stall by themselves (:class:`~hw.arith.element.ProcessingElement`). That is
    smaller than an array without stalls, which needs room for all tiles under way: a queue
    (measured), or a second register per sum (estimated). The stall is known a clock before, so each
    row registers it, and no wire drives the whole array.

    With ``skip`` each sum of a tile has a keep bit. Where it is 0 the sum is zero, and neither that
    nor its adders move; operands pass on all the same. A tile starts when all its bits are there:
    see :class:`~hw.array.keep.KeepBits`.

    With gating, registers of the readout and of the output load only in their turns.

    A sum is in parts (:func:`~hw.arith.accumulator.accumulate`), which are put together once for a
    column, behind the readout.

    Source: the dataflow is that of Shomron, Weiser, "Non-Blocking Simultaneous Multithreading",
    MICRO 2020, arXiv 2004.09309.

    Parameters
    ----------
    element : ProcessingElement
        That of each place of the array.
    size : ArraySize
        Rows, columns and columns of a group; may have the parameters of the element, too.
    sequencer : Sequencer
        Chooses the step of each clock, and the end of a tile.

    Members
    -------
    activation : ``In(stream.Signature(StructLayout({"data": ArrayLayout, "last": 1})))``
        Activations of row 0, of row 1 and so on, signed only if the element takes such; whether the
        tile ends with this step.
    weight : ``In(stream.Signature(StructLayout({"data": ArrayLayout})))``
        Weights of column 0, of column 1 and so on, signed. A step takes from both streams at once.
    keep : ``In(stream.Signature(StructLayout({"data": ArrayLayout(1, cols)})))``
        With ``skip``: which sums of a tile are computed, ``rows`` words, row 0 first.
    sum : ``Out(stream.Signature(StructLayout({"data": cols x signed(sum_width), "last": 1})))``
        A row of sums, modulo ``2**sum_width``, row 0 first; whether the tile ends with it.
    """

    activation: stream.Interface
    weight: stream.Interface
    keep: stream.Interface
    sum: stream.Interface

    def __init__(self, element: ProcessingElement, size: ArraySize,
                 sequencer: Sequencer | None = None):
        self.element, self.sequencer = element, sequencer or Sequencer()
        self.params = params = size
        self.groups = params.cols // params.group_columns
        self.modules = {ELEMENT: ElementGroup(element, params.group_columns, skip=params.skip),
                        ADVANCE: AdvanceRegister()}
        self.latency = element.latency + self.groups + 1
        self.facts = {**element.facts, "macs": element.macs * params.rows * params.cols,
                      "edges": {}, "element_latency": element.latency}
        super().__init__({
            "activation": In(stream.Signature(data.StructLayout({
                "data": data.ArrayLayout(Shape(element.activation_width, element.signed),
                                         params.rows * element.macs),
                "last": 1}))),
            "weight": In(stream.Signature(data.StructLayout({"data": data.ArrayLayout(
                signed(element.weight_width), params.cols * element.macs)}))),
            **({"keep": In(stream.Signature(data.StructLayout({
                "data": data.ArrayLayout(1, params.cols)})))} if params.skip else {}),
            "sum": Out(stream.Signature(data.StructLayout({
                "data": data.ArrayLayout(signed(element.sum_width), params.cols), "last": 1})))})

    def elaborate(self, platform):
        m = Module()
        rows, groups, latency = self.params.rows, self.groups, self.element.latency
        array = Module()                        # all that stalls
        advance = Signal(init=1)
        advance_next = Signal()
        m.d.sync += advance.eq(advance_next)
        keep = KeepBits(m, array, self.keep, self.params, advance) if self.params.skip else None
        step, first, last = self.sequencer.turns(
            m, array, advance, self.activation, self.weight, rows, keep.loaded if keep else None)
        if keep:
            keep.begin(first)
        firsts = _delays(array, first, rows, "first")
        lasts = _delays(array, last, latency + groups + rows - 1, "last")
        sums = self._elements(m, array, step, firsts, advance_next, keep.words if keep else [])
        # Clock by clock, which rows and groups have their turn, and when a row is complete.
        turns, complete = lasts[latency:], lasts[latency + groups - 1:]
        columns = self._read(array, sums, turns)
        row = [wire(m, settle(m, column), "settled") for column in columns]
        self._offer(m, array, row, complete, advance, advance_next)
        m.submodules.array = EnableInserter(advance)(array)
        return m

    def _elements(self, m: Module, array: Module, step: Value, firsts: list[Value],
                  advance_next: Value, keep: list[Signal]) -> list[list[Value]]:
        """Make the processing elements and their operands; return their sums, row by row."""
        element, width, sums = self.element, self.params.group_columns, []
        tops = [self._operand(m, array, f"weight_{col}", element.encode_weight, self.weight, col,
                              col // width, step) for col in range(self.params.cols)]
        for row in range(self.params.rows):
            left = self._operand(m, array, f"activation_{row}", element.tag_activation,
                                 self.activation, row, row, step)
            start, row_sums = firsts[row], []
            advance = Signal(name=f"advance_{row}")
            m.submodules[f"advance_{row}"] = Instance(
                ADVANCE, i_clk=ClockSignal(), i_rst=ResetSignal(), i_i=advance_next, o_o=advance)
            for group in range(self.groups):
                ports: dict[str, Any] = {"i_activation": left, "i_first": start}
                left = Signal.like(left, name=f"left_{row}_{group + 1}")
                start = Signal(name=f"first_{row}_{group + 1}")
                ports |= {"o_activation_next": left, "o_first_next": start}
                for place in range(width):
                    col = group * width + place
                    ports[f"i_weight_{place}"] = tops[col]
                    tops[col] = Signal.like(tops[col], name=f"top_{row + 1}_{col}")
                    row_sums.append(Signal(element.sum.shape(), name=f"sum_{row}_{col}"))
                    ports |= {f"o_weight_{place}_next": tops[col], f"o_sum_{place}": row_sums[-1]}
                    ports |= {f"i_keep_{place}": keep[row][col]} if keep else {}
                m.submodules[f"element_{row}_{group}"] = Instance(
                    ELEMENT, i_clk=ClockSignal(), i_rst=ResetSignal(), i_advance=advance, **ports)
            sums.append(row_sums)
        return sums

    def _operand(self, m: Module, array: Module, name: str, encode: Any, port: stream.Interface,
                 place: int, skew: int, step: Value) -> Value:
        """Delay the operands of row or column ``place``, zeros between steps; then encode them.

        As they come they have fewer bits to delay.
        """
        layout = port.payload["data"].shape()
        layout = data.ArrayLayout(layout.elem_shape, self.element.macs)
        raw = wire(m, gate(step, Value.cast(port.payload["data"]).word_select(
            place, layout.size)), name)
        late = data.View(layout, _delays(array, raw, skew + 1, name)[-1])
        values = [Value.cast(late[thread]) for thread in range(self.element.macs)]
        return wire(m, Value.cast(encode(m, values)), f"{name}_encoded")

    def _read(self, array: Module, sums: list[list[Any]], turns: list[Value]) -> list[Any]:
        """Read the sum of each column whose turn it is; return whole rows."""
        columns = []
        for col in range(self.params.cols):
            group = col // self.params.group_columns
            value: Any = reduce(or_, (gate(turn, Value.cast(row[col])) for row, turn in zip(
                sums, turns[group:], strict=False)))
            for place in range(self.groups - group):
                read = Signal(self.element.sum.shape(), reset_less=True,
                              name=f"read_{col}" + f"_{place}" * bool(place))
                with self._when(array, reduce(or_, turns[group + place:][:self.params.rows])):
                    array.d.sync += Value.cast(read).eq(Value.cast(value))
                value = read
            columns.append(value)
        return columns

    def _when(self, m: Module, loads: Value) -> AbstractContextManager[None]:
        """Load a register only when it ``loads``, if what is idle stands still."""
        return m.If(loads) if self.element.gating == Gating.ZERO else nullcontext()

    def _offer(self, m: Module, array: Module, row: list[Value], complete: list[Value],
               advance: Value, advance_next: Value) -> None:
        """Offer rows; let the array advance unless the next row finds both places taken."""
        arriving = Signal()
        ends = Signal()
        comes = wire(m, reduce(or_, complete), "comes")
        array.d.sync += [arriving.eq(comes), ends.eq(complete[-1])]
        waiting = Signal(range(3))
        left = wire(m, waiting - (self.sum.valid & self.sum.ready), "left")
        stays = wire(m, (left + (arriving & advance))[:2], "stays")
        m.d.sync += waiting.eq(stays)
        m.d.comb += advance_next.eq(~(stays[1] & Mux(advance, comes, arriving)))
        layout: Any = self.sum.payload.shape()
        new: Any = Signal(layout)
        front = Signal(layout, reset_less=True)
        back = Signal(layout, reset_less=True)
        m.d.comb += [new["last"].eq(ends), self.sum.valid.eq(waiting.any()),
                     self.sum.payload.eq(front)]
        m.d.comb += [new["data"][col].eq(value) for col, value in enumerate(row)]
        with m.If(~waiting[1]), self._when(m, arriving):
            m.d.sync += back.eq(new)
        with m.If(self.sum.ready | ~waiting.any()), self._when(m, arriving | waiting[1]):
            m.d.sync += front.eq(Mux(waiting[1], back, new))


def _delays(m: Module, value: Value, count: int, name: str) -> list[Value]:
    """Return ``value`` and what it was 1 to ``count - 1`` clocks ago, as ``name_1`` and so on.

    A single bit is reset, numbers are not.
    """
    delayed = [value]
    for clocks in range(1, count):
        delayed.append(Signal(value.shape(), name=f"{name}_{clocks}", reset_less=len(value) > 1))
        m.d.sync += delayed[-1].eq(delayed[-2])
    return delayed
