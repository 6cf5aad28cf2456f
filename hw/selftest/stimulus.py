"""Pseudo-random operands, and the signature of results."""

from collections.abc import Sequence

from amaranth import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.wires import wire

__all__ = ["WORD", "Signature", "Stimulus"]

WORD = 32                           # bits of a generator, and of a part of the signature
MARK, SHAPE = 3, 2                  # drawn bits that make a mark, and that choose a shape
NEAR, FAR = 5, 11                   # distances of bits that are combined
POLYNOMIAL = 0x04C11DB7             # of CRC-32, primitive


class Stimulus(wiring.Component):
    """Pseudo-random operands of any width.

    Marsaglia's xorshift of 32 bits, one for each 32 bits and with a seed of its own, from which it
    starts after a reset. Of each word two bits choose how the others become operands: as they are;
    the AND of two of them or of three, which makes zeros and small numbers frequent; or the OR of
    two. A mark is high in one word of eight.

    Parameters
    ----------
    drawn : int
        Bits of the operands.
    seeds : sequence of int
        Numbers of 1 to ``2**32 - 1``, as many as ``drawn + 5`` bits take generators.

    Members
    -------
    advance : ``In(1)``
        Advance to the next word.
    word : ``Out(drawn)``
        The operands.
    mark : ``Out(1)``
        The mark.
    """

    advance: Signal
    word: Signal
    mark: Signal

    def __init__(self, drawn: int, seeds: Sequence[int]):
        self.drawn, self.seeds = drawn, seeds
        super().__init__({"advance": In(1), "word": Out(drawn), "mark": Out(1)})

    def elaborate(self, platform):
        m = Module()
        states = [Signal(WORD, name=f"state_{place}", init=seed)
                  for place, seed in enumerate(self.seeds)]
        with m.If(self.advance):
            for state in states:
                m.d.sync += state.eq(_xorshift(m, state))
        bits, width = Cat(states), self.drawn
        raw, marks = bits[:width], bits[width:width + MARK]
        shape = bits[width + MARK:width + MARK + SHAPE]
        m.d.comb += self.mark.eq(marks.all())
        if width:
            near, far = (raw.rotate_right(distance % width) for distance in (NEAR, FAR))
            # Multiplexers, for Icarus may not evaluate a case whose operands never change.
            m.d.comb += self.word.eq(Mux(shape[1], Mux(shape[0], raw & near, raw | near),
                                         Mux(shape[0], raw & near & far, raw)))
        return m


def _xorshift(m: Module, state: Value) -> Value:
    """Return the successor of a state."""
    for shift in (13, -17, 5):
        moved = Cat(Const(0, shift), state[:-shift]) if shift > 0 else state[-shift:]
        state = wire(m, (state ^ moved)[:WORD], "shifted")
    return state


class Signature(wiring.Component):
    """Signature of a sequence of words: a register of 32 bits for each 32 bits of a word.

    A multiple-input signature register: the remainder, by CRC-32's polynomial, of each part of the
    words. Zero after a reset.

    Members
    -------
    take : ``In(1)``
        Take a word.
    word : ``In(width)``
        The word.
    value : ``Out(32 * parts)``
        The signature of all words taken.
    """

    take: Signal
    word: Signal
    value: Signal

    def __init__(self, width: int):
        self.parts = -(-width // WORD)
        super().__init__({"take": In(1), "word": In(width), "value": Out(WORD * self.parts)})

    def elaborate(self, platform):
        m = Module()
        parts = [Signal(WORD, name=f"part_{place}") for place in range(self.parts)]
        for place, part in enumerate(parts):
            feedback = Mux(part[-1], Const(POLYNOMIAL, WORD), 0)
            with m.If(self.take):
                m.d.sync += part.eq((part << 1)[:WORD] ^ feedback
                                    ^ self.word[WORD * place:WORD * (place + 1)])
        m.d.comb += self.value.eq(Cat(parts))
        return m
