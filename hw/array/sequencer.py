"""Which step an array takes in each clock."""

from typing import NamedTuple

from amaranth import Module, Mux, Signal, Value
from amaranth.lib import stream

from skimp.hw.wires import wire

__all__ = ["Sequencer", "Turn"]


class Turn(NamedTuple):
    """What an array does in a clock, each a bit that is low unless the array may advance."""

    #: The operands that the streams offer in this clock are multiplied; else zeros are.
    step: Value
    #: The sums of a tile start with this clock, or end with it.
    first: Value
    last: Value


class Sequencer:
    """Take each step that both streams offer; a tile ends with the activations' ``last``.

    Another sequencer, such as a predictor that skips steps, overrides `turns`.
    """

    def turns(self, m: Module, moving: Module, advance: Value, activation: stream.Interface,
              weight: stream.Interface, rows: int, starts: Value | None = None) -> Turn:
        """Return the turn of each clock, combinational; drive ``ready`` of both streams.

        A clock may take a word from both streams (``ready``) without making a step of it. Between
        the ``first`` and the ``last`` of a tile, which may be one clock, there may be any number
        of clocks. ``last`` must come ``rows`` clocks of ``moving`` after the ``last`` before, or
        later: each row of sums is read when its turn comes, ``rows`` of them one by one.

        Parameters
        ----------
        m, moving : Module
            Parts of the array. Registers of ``m`` never stall, those of ``moving`` do in clocks
            without ``advance``.
        advance : Value
            Whether the array advances in this clock. In others it must take no word.
        activation, weight : stream.Interface
            The array's inputs; ``activation.payload["last"]`` marks the last word of a tile.
        rows : int
            Rows of the array, 1 to 64.
        starts : Value, optional
            Whether a tile may start with this clock; without, it always may.
        """
        within = Signal()                       # a tile
        pause = Signal(range(rows))             # before the next last step
        ends = activation.payload["last"]
        goes = advance & activation.valid & weight.valid & ~(ends & pause.any())
        step = wire(m, goes if starts is None else goes & (within | starts), "step")
        last = wire(m, step & ends, "last")
        moving.d.sync += pause.eq(Mux(last, rows - 1, Mux(pause.any(), pause - 1, 0)))
        with moving.If(step):
            moving.d.sync += within.eq(~ends)
        m.d.comb += [activation.ready.eq(step), weight.ready.eq(step)]
        return Turn(step, wire(m, step & ~within, "first"), last)
