"""A chain through which parameters come while a plane runs on those before."""

from amaranth import Cat, Module, Mux, Signal, Value
from amaranth.lib import stream

from skimp.hw.predict.line import line
from skimp.hw.wires import wire

__all__ = ["Chain"]


class Chain:
    """Take parameters from a stream, a word at a time, until the halves of a set are taken over.

    A set is of two halves of ``words`` words each, which follow each other through the same
    registers. A half waits, complete, until it is taken over; so both stages of a unit have a set
    of their own for a plane, while only the larger of the halves has registers of its own. The
    first half of the next set cannot come before the second of this one has been taken over.

    Parameters
    ----------
    source : stream.Interface
        Words, of which each lane has an element.
    words : int
        Of a half.
    complement : bool
        Whether every second word is held complemented, see `line`.

    Attributes
    ----------
    admits : Value
        The first half of a set is complete: a next plane may begin.
    complete : Value
        The half that comes, or waits, is complete.
    take : Signal
        Driven by the user: the half that is complete is taken over now.
    """

    def __init__(self, m: Module, source: stream.Interface, words: int, *, complement: bool):
        self.take = Signal(name="take")
        count = Signal(range(words + 1), name="words_there")
        half = Signal(name="half")
        complete = wire(m, count == words, "complete")
        shifts = wire(m, source.valid & ~complete, "shifts")
        m.d.comb += source.ready.eq(~complete)
        with m.If(self.take | shifts):
            m.d.sync += count.eq(Mux(self.take, 0, count + 1))
        with m.If(self.take):
            m.d.sync += half.eq(~half)
        self.admits, self.complete = wire(m, complete & ~half, "admits"), complete
        self._m = m
        self._lanes = [Cat(reversed(line(m, Value.cast(word), words, shifts,
                                         complement=complement)[1:])) for word in source.payload]

    def registers(self, lane: int, widths: dict[str, int], load: Value) -> dict[str, Signal]:
        """Return registers of fields of a lane, which are the last bits of a half, loaded so."""
        low = len(self._lanes[lane]) - sum(widths.values())
        registers = {}
        for name, width in widths.items():
            registers[name] = Signal(width, name=f"{name}_{lane}", reset_less=True)
            with self._m.If(load):
                self._m.d.sync += registers[name].eq(self._lanes[lane][low:low + width])
            low += width
        return registers
