"""Lanes of a selective scan, the recurrence of a state-space model."""

from typing import NamedTuple

from amaranth import Module, Mux, Signal, Value, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.arith.booth import booth_digits
from skimp.hw.softedge.lane import accumulated, next_state
from skimp.hw.softedge.params import ScanCode, SelectiveScanParams, decoded
from skimp.hw.softedge.serial import Turns, serial_product
from skimp.hw.wires import wire

__all__ = ["ScanCode", "SelectiveScan", "SelectiveScanParams"]


class _Step(NamedTuple):
    """What holds for a step: of each lane x and D u, and whether it begins a sequence."""

    x: list[Value]
    skip: list[Value]
    fresh: Value


class _Beats:
    """Which state is taken, and which is added to the sums a clock later.

    Attributes
    ----------
    beat, ends : Value
        Whether a state is taken, and whether it is the last of its step.
    add, opens : Value
        Whether a state is added, and whether it is the first of its step.
    """

    def __init__(self, m: Module, states: stream.Interface, o: stream.Interface, count: int,
                 loaded: Value):
        place = Signal(range(count), name="place")
        pending, full = Signal(name="pending"), Signal(name="full")
        opens, closes = (Signal(name=name, reset_less=True) for name in ("opens", "closes"))
        last = wire(m, place == count - 1, "last")
        # The sums are the output: the first state of a step waits until the last sums are taken.
        self.add = wire(m, pending & ~(opens & full & ~o.ready), "add")
        ready = wire(m, loaded & (~pending | self.add), "beat_ready")
        self.beat = wire(m, states.valid & ready, "beat")
        self.ends = wire(m, self.beat & last, "ends")
        self.opens = opens
        with m.If(self.beat):
            m.d.sync += [place.eq(Mux(last, 0, place + 1)), opens.eq(place == 0), closes.eq(last)]
        m.d.sync += [pending.eq(self.beat | (pending & ~self.add)),
                     full.eq((self.add & closes) | (full & ~o.ready))]
        m.d.comb += [states.ready.eq(ready), o.valid.eq(full)]


class SelectiveScan(wiring.Component):
    """Scan a sequence of each of ``lanes`` channels, a state a clock.

    A step of ``states`` states computes, for each channel, with ``r(v, k) = (v + half of 2**k) >>
    k``, which is half up::

        x    = r(dt u, x_shift)                 x_shift = max(0, dt_bits + u_bits - x_bits)
        h[n] = sat(r((decay[n] + 1) h[n] + (x b[n] << input_shift), decay_bits))
        y    = sum of c[n] h[n] + (skip u << skip_shift)

    u is what the code says: INT8, or a soft edge in units of its fine step; ``u_bits`` are in the
    manifest. ``sat`` is to ``h_bits``; x and y cannot leave their ranges. ``decay`` is exp(dt A) as
    a fraction of ``2**decay_bits``, less 1: so 1 is there and 0 is not, and it costs no adder.

    States belong to a channel and stay: a lane works on a channel over time. They are 0 before a
    step that is ``first`` and before the first one behind a reset.

    A state a clock with full back-pressure, so a step in ``states`` clocks. A sum is offered
    ``latency`` clocks after the last state of its step was taken. While it waits, the first state
    of the next step is taken, and no more. A step is taken as soon as its products are made and the
    one before has all its states. That takes some digits of u a clock, from an offer that waits: as
    many that nothing waits for them in steps back to back, else up to ``states`` clocks. Its states
    are taken from the clock behind.

    States go round a ring of registers: with what selects one of eight a lane is 5 % larger. All
    multipliers are Booth rows in a bit heap with their sum. Products of u are made digit by digit:
    with two multipliers of their own a lane is 6 % larger for INT8 and 19 % for ``signed8``, whose
    longer numbers here take more clocks, which there are, and hardly an adder.

    Source: Gu, Dao, "Mamba: Linear-Time Sequence Modeling with Selective State Spaces", 2023, arXiv
    2312.00752; codes after Chen, Hemani, "Quamba-SE", 2026, arXiv 2601.09451; integers and lane are
    this project's own.

    Members
    -------
    i : ``In(stream.Signature(StructLayout({"u": ..., "dt": ..., "skip": ..., "first": 1})))``
        A step: of each lane a code of u, dt, unsigned, and D, signed; whether a sequence begins.
    states : ``In(stream.Signature(StructLayout({"decay": ..., "b": ..., "c": ...})))``
        The states of a step, one by one: of each lane its decay, unsigned; B and C, signed, of all.
    o : ``Out(stream.Signature(ArrayLayout(signed(sum_bits), lanes)))``
        y of each lane.
    """

    i: stream.Interface
    states: stream.Interface
    o: stream.Interface

    latency = 2

    def __init__(self, params: SelectiveScanParams):
        self.params = params
        self.facts = {"u_bits": params.u_bits}
        lanes, factor = params.lanes, signed(params.factor_bits)
        super().__init__({
            "i": In(stream.Signature(data.StructLayout({
                "u": data.ArrayLayout(params.code_bits, lanes),
                "dt": data.ArrayLayout(params.dt_bits, lanes),
                "skip": data.ArrayLayout(factor, lanes), "first": 1}))),
            "states": In(stream.Signature(data.StructLayout({
                "decay": data.ArrayLayout(params.decay_bits, lanes), "b": factor, "c": factor}))),
            "o": Out(stream.Signature(data.ArrayLayout(signed(params.sum_bits), lanes)))})

    def elaborate(self, platform):
        m = Module()
        params, states = self.params, self.states
        loaded = Signal(name="loaded")
        beats = _Beats(m, states, self.o, params.states, loaded)
        step = self._step(m, beats, loaded)
        b = wire(m, booth_digits(m, states.p.b), "b_digits")
        c = Signal(len(b), name="c_digits", reset_less=True)
        with m.If(beats.beat):
            m.d.sync += c.eq(booth_digits(m, states.p.c))
        for lane in range(params.lanes):
            h = next_state(m, params, beats.beat, step.fresh, states.p.decay[lane], step.x[lane], b)
            m.d.comb += self.o.p[lane].eq(accumulated(
                m, params, beats.add, beats.opens, h, c, step.skip[lane]))
        return m

    def _step(self, m: Module, beats: _Beats, loaded: Signal) -> _Step:
        """Take steps: their products with u come digit by digit, from the offer.

        D u stays where it was made until it is in a sum, and only then the next is begun.
        """
        params = self.params
        moves, fresh = Signal(name="moves"), Signal(name="fresh", reset_less=True)
        started, waiting = Signal(name="started"), Signal(name="waiting")
        turns = Turns(m, params.u_bits, params.digits_each, moves)
        opened = wire(m, beats.add & beats.opens, "opened")
        free = wire(m, ~loaded | beats.ends, "free")
        take = wire(m, moves & turns.ends, "take")
        m.d.comb += [
            self.i.ready.eq(turns.ends & free),
            moves.eq(self.i.valid & (~turns.begins | ~waiting | opened) & (~turns.ends | free))]
        m.d.sync += [loaded.eq(take | (loaded & ~beats.ends)),
                     waiting.eq(take | (waiting & ~opened))]
        with m.If(take):
            m.d.sync += [fresh.eq(self.i.p.first | ~started), started.eq(1)]

        x, skip = [], []
        kept = max(0, turns.below - params.x_shift)
        for lane in range(params.lanes):
            digits = turns.digits(decoded(m, params.code, self.i.p.u[lane]))
            product = serial_product(m, self.i.p.dt[lane], digits, turns, signed=False, kept=kept,
                                     start=(1 << params.x_shift) >> 1, name="x")
            register = Signal(signed(params.x_bits), name="x", reset_less=True)
            with m.If(take):
                m.d.sync += register.eq(product.total >> params.x_shift - turns.below + kept)
            x.append(register)
            skip.append(serial_product(m, self.i.p.skip[lane], digits, turns, signed=True,
                                       kept=turns.below + turns.bits, name="skip").register)
        return _Step(x, skip, fresh)
