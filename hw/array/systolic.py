"""The output-stationary systolic array."""

from functools import reduce
from operator import or_
from typing import Any

from amaranth import ClockSignal, Instance, Module, Mux, ResetSignal, Signal, Value
from amaranth.hdl import signed
from amaranth.lib import data, memory, stream, wiring
from amaranth.lib.wiring import In, Out

from hw.arith.element import SUM_WIDTH, ProcessingElement
from hw.wires import gate, wire

__all__ = ["SystolicArray"]

# Stands for the module of the processing element until `hw.emit` names it after the array.
ELEMENT = "skimp_element"


class SystolicArray(wiring.Component):
    """Multiply matrices, a tile of ``rows`` x ``cols`` sums at a time, of any inner length.

    In each step a column of activations, some for each row, meets a row of weights, as many for
    each column. Row ``r`` and column ``c`` are delayed by ``r`` and ``c`` clocks, so that operands
    pass from each processing element to the next. ``last`` ends a tile; the next tile may follow in
    the next clock. Its sums come out as ``rows`` rows: the first is offered ``latency`` clocks
    after the last step was taken, then one in each clock. Between steps zeros pass.

    Sums are read where they are, while the next tile is under way: each has its turn for the one
    clock before the next tile may overwrite it, in which a column is the OR of its masked sums. So
    no processing element has a second register to drain its sum through, and none ever stands
    still, which would take a multiplexer for each of its bits and a signal to all of them. Sums
    wait in a queue for each column, which also makes up for the skew. A last step is taken only if
    there will be room for all rows of its tile, and not before ``rows`` clocks after the one
    before; so nothing is lost or repeated, however long the reader pauses. The queue's ``depth``,
    if not smaller than by default, lets tiles of ``rows`` steps or more follow without a gap.

    The constant that each clock leaves in all sums (``bias``) is counted once, and subtracted from
    what is read.

    Source: the dataflow is that of Shomron, Weiser, "Non-Blocking Simultaneous Multithreading",
    MICRO 2020, arXiv 2004.09309.

    Parameters
    ----------
    element : ProcessingElement
        What each place of the array holds.
    params : object
        Has ``rows``, ``cols`` and ``depth``, and the parameters of the element.

    Members
    -------
    activation : ``In(stream.Signature(StructLayout({"data": ArrayLayout, "last": 1})))``
        Activations of row 0, of row 1 and so on, unsigned; whether the tile ends with this step.
    weight : ``In(stream.Signature(StructLayout({"data": ArrayLayout})))``
        Weights of column 0, of column 1 and so on, signed. A step takes from both streams at once.
    sum : ``Out(stream.Signature(StructLayout({"data": cols x signed(32), "last": 1})))``
        A row of sums, modulo ``2**32``, row 0 first; whether the tile ends with it.
    """

    activation: stream.Interface
    weight: stream.Interface
    sum: stream.Interface

    def __init__(self, element: ProcessingElement, params: Any):
        self.element = element
        self.params = params
        self.modules = {ELEMENT: element}
        self.latency = element.latency + params.cols + 1
        # Rows from the first reserved to the last taken, of tiles of as many steps.
        self._depth = params.depth or params.rows + self.latency
        self.facts = {**element.facts, "macs": element.macs * params.rows * params.cols,
                      "element_latency": element.latency}
        super().__init__({
            "activation": In(stream.Signature(data.StructLayout({
                "data": data.ArrayLayout(element.activation_width, params.rows * element.macs),
                "last": 1}))),
            "weight": In(stream.Signature(data.StructLayout({"data": data.ArrayLayout(
                signed(element.weight_width), params.cols * element.macs)}))),
            "sum": Out(stream.Signature(data.StructLayout({
                "data": data.ArrayLayout(signed(SUM_WIDTH), params.cols), "last": 1})))})

    def elaborate(self, platform):
        m = Module()
        rows, cols, latency = self.params.rows, self.params.cols, self.element.latency
        taken = wire(m, self.sum.valid & self.sum.ready, "taken")
        step, first, last = self._steps(m, taken)
        sums = self._elements(m, step, first)
        # Clock by clock, which antidiagonal of the array has its turn.
        turns = _delays(m, last, latency + rows + cols - 1)[latency:]
        bias = self._bias(m, _delays(m, first, latency + 1)[-1], _delays(m, last, latency + 1)[-1])
        self._queue(m, [[sum[col] for sum in sums] for col in range(cols)], turns,
                    _delays(m, bias, cols), taken)
        return m

    def _steps(self, m: Module, taken: Value) -> tuple[Value, Value, Value]:
        """Take steps; tell of each clock if it has one, and if that is a tile's first or last."""
        rows = self.params.rows
        inside = Signal()                       # a tile
        wait = Signal(range(rows))              # before the next last step
        reserved = Signal(range(self._depth + 1))
        room = wire(m, reserved <= self._depth - rows, "room")
        ends = self.activation.payload["last"]
        step = wire(m, self.activation.valid & self.weight.valid & ~(ends & (wait.any() | ~room)),
                    "step")
        last = wire(m, step & ends, "last")
        m.d.sync += [wait.eq(Mux(last, rows - 1, Mux(wait.any(), wait - 1, 0))),
                     reserved.eq(reserved + Mux(last, rows, 0) - taken)]
        with m.If(step):
            m.d.sync += inside.eq(~ends)
        m.d.comb += [self.activation.ready.eq(step), self.weight.ready.eq(step)]
        return step, wire(m, step & ~inside, "first"), last

    def _elements(self, m: Module, step: Value, first: Value) -> list[list[Value]]:
        """Make the processing elements and their operands; give their sums, row by row."""
        element, rows, cols = self.element, self.params.rows, self.params.cols
        firsts = _delays(m, first, rows)
        lefts = [_delays(m, self._operand(m, element.encode_activation, self.activation, row, step),
                         row + 1)[-1] for row in range(rows)]
        tops = [_delays(m, self._operand(m, element.encode_weight, self.weight, col, step),
                        col + 1)[-1] for col in range(cols)]
        sums: list[list[Value]] = []
        for row, (left, start) in enumerate(zip(lefts, firsts, strict=True)):
            sums.append([])
            for col in range(cols):
                right = Signal.like(left, name=f"left_{row}_{col + 1}")
                below = Signal.like(tops[col], name=f"top_{row + 1}_{col}")
                start_next = Signal(name=f"first_{row}_{col + 1}")
                sum = Signal(SUM_WIDTH, name=f"sum_{row}_{col}")
                m.submodules[f"element_{row}_{col}"] = Instance(
                    ELEMENT, i_clk=ClockSignal(), i_rst=ResetSignal(), i_activation=left,
                    i_weight=tops[col], i_first=start, o_activation_next=right,
                    o_weight_next=below, o_first_next=start_next, o_sum=sum)
                left, start, tops[col] = right, start_next, below
                sums[row].append(sum)
        return sums

    def _operand(self, m: Module, encode: Any, port: stream.Interface, place: int,
                 step: Value) -> Value:
        """Encode the operands of row or column ``place``; zeros between steps."""
        macs = self.element.macs
        values = [Value.cast(port.payload["data"][place * macs + thread])
                  for thread in range(macs)]
        encoded = Value.cast(encode(m, values))
        return wire(m, gate(step, encoded), "operand")

    def _bias(self, m: Module, first: Value, last: Value) -> Value:
        """Count what clocks leave in the sums from ``first`` to ``last``; then hold it."""
        bias = self.element.facts["bias"]
        count = Signal(SUM_WIDTH, reset_less=True)          # each total starts with its first clock
        held = Signal(SUM_WIDTH, reset_less=True)
        before = gate(~first, count)
        total = wire(m, (before + bias)[:SUM_WIDTH], "total")
        m.d.sync += count.eq(total)
        with m.If(last):
            m.d.sync += held.eq(total)
        return held

    def _queue(self, m: Module, sums: list[list[Value]], turns: list[Value],
               biases: list[Value], taken: Value) -> None:
        """Queue the sum of each column whose turn it is; offer whole rows."""
        rows, cols, depth = self.params.rows, self.params.cols, self._depth
        place = Signal(range(depth))
        waiting = Signal(range(depth + 1))
        row = Signal(range(rows))
        with m.If(taken):
            m.d.sync += [place.eq(_after(place, depth)), row.eq(_after(row, rows))]
        writes = [Signal(name=f"write_{col}") for col in range(cols)]
        write_place = Signal(range(depth))
        with m.If(writes[0]):
            m.d.sync += write_place.eq(_after(write_place, depth))
        write_places = _delays(m, write_place, cols)
        for col in range(cols):
            m.submodules[f"queue_{col}"] = queue = memory.Memory(
                shape=SUM_WIDTH, depth=depth, init=[])
            write, read = queue.write_port(), queue.read_port(domain="comb")
            masked = (gate(turn, sum) for sum, turn in zip(sums[col], turns[col:], strict=False))
            read_off = Signal(SUM_WIDTH, name=f"read_off_{col}", reset_less=True)
            m.d.sync += [read_off.eq(reduce(or_, masked)),
                         writes[col].eq(reduce(or_, turns[col:col + rows]))]
            m.d.comb += [write.en.eq(writes[col]), write.addr.eq(write_places[col]),
                         write.data.eq((read_off - biases[col])[:SUM_WIDTH]),
                         read.addr.eq(place), self.sum.payload["data"][col].eq(read.data)]
        m.d.sync += waiting.eq(waiting + writes[-1] - taken)
        m.d.comb += [self.sum.valid.eq(waiting.any()),
                     self.sum.payload["last"].eq(row == rows - 1)]


def _delays(m: Module, value: Value, count: int) -> list[Value]:
    """Give ``value`` and what it was 1 to ``count - 1`` clocks ago.

    A single bit is reset, numbers are not.
    """
    reset_less = len(value) > 1
    delayed = [value]
    for clocks in range(1, count):
        delayed.append(Signal.like(value, name=f"delayed_{clocks}",
                                   reset_less=reset_less))
        m.d.sync += delayed[-1].eq(delayed[-2])
    return delayed


def _after(place: Value, count: int) -> Value:
    """Next of ``count`` places in a circle."""
    return Mux(place == count - 1, 0, place + 1)
