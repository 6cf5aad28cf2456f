"""The self-test of a unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from amaranth import Cat, Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import Out

from skimp.hw.selftest.inputs import Input, inputs, is_stream, output_width
from skimp.hw.selftest.stimulus import WORD, Signature, Stimulus

__all__ = ["PACE", "SelfTest", "SelfTestParams"]

PACE = "pace"                       # its seed decides when sources idle and the sink stalls
DRAIN = 256                         # clocks in which nothing more may come


@dataclass(frozen=True, kw_only=True)
class SelfTestParams:
    """Parameters of :class:`SelfTest`.

    words : int
        Words that each input takes.
    outputs : int
        Words that then have come out, all of which the signature is of.
    signature : tuple of int
        What the signature should be, 32 bits each.
    seeds : mapping of str to tuple of int
        Of each input, and of `PACE`, the seeds: see :class:`~hw.selftest.stimulus.Stimulus`.
    blink_bits : int
        Bits of the counter of clocks: of a failure the LED blinks once in ``2**blink_bits``
        clocks, and a test that takes more has failed.
    """

    words: int
    outputs: int
    signature: tuple[int, ...]
    seeds: Mapping[str, tuple[int, ...]]
    blink_bits: int = 23


class SelfTest(wiring.Component):
    """Test a unit on an FPGA: pseudo-random operands in, a signature of what comes out, a LED.

    Streams are driven by their rules: sources idle and the sink stalls at random, with times in
    which they never do. Output words are counted, and none may follow in the `DRAIN` clocks behind
    the last. A unit without streams takes a word in each clock. Encoded operands are encoded here,
    before the registers at the unit's inputs.

    Parameters
    ----------
    unit : wiring.Component
        With streams in and one out; or with ports alone, whose outputs follow ``latency`` clocks
        later.
    params : SelfTestParams
        How many words, and what is expected of them.

    Members
    -------
    led : ``Out(1)``
        High for good: passed. Blinking: failed. Low: not finished.
    finished, passed : ``Out(1)``
        The same in two bits.
    """

    led: Signal
    finished: Signal
    passed: Signal

    def __init__(self, unit: wiring.Component, params: SelfTestParams):
        self.unit: Any = unit
        self.params = params
        self.latency = 0
        self.modules = getattr(unit, "modules", {})
        super().__init__({"led": Out(1), "finished": Out(1), "passed": Out(1)})

    def elaborate(self, platform):
        m = Module()
        params = self.params
        m.submodules.unit = self.unit
        m.submodules.signature = signature = Signature(output_width(self.unit))
        m.d.comb += signature.word.eq(Cat(
            Value.cast(getattr(self.unit, name).payload if is_stream(member)
                       else getattr(self.unit, name))
            for name, member in self.unit.signature.members.items() if member.flow == Out))
        clocks = Signal(params.blink_bits)
        m.d.sync += clocks.eq(clocks + 1)
        streams = any(is_stream(member) for member in self.unit.signature.members.values())
        complete = (self._streams(m, signature, clocks) if streams
                    else self._each_clock(m, signature))
        expected = sum(part << WORD * place for place, part in enumerate(params.signature))
        with m.If(~self.finished & (complete | clocks.all())):
            m.d.sync += [self.finished.eq(1),
                         self.passed.eq(complete & (signature.value == expected))]
        m.d.comb += self.led.eq(self.finished & (self.passed | clocks[-1]))
        return m

    def _each_clock(self, m: Module, signature: Signature) -> Value:
        """Feed the unit a word in each clock; return whether the last has come out."""
        latency, words = self.unit.latency, self.params.words
        age = Signal(range(words + latency + 2))
        take = Signal()
        with m.If(age != words + latency + 1):
            m.d.sync += age.eq(age + 1)
        with m.If((age == latency) | (age == latency + words)):
            m.d.sync += take.eq(age == latency)
        m.d.comb += signature.take.eq(take)
        for source in inputs(self.unit):
            drawn, mark = self._stimulus(m, source, 1)
            port = Value.cast(getattr(self.unit, source.name))
            register = Signal(len(port), name=f"{source.name}_register")
            m.d.sync += register.eq(self._word(m, source, drawn, mark | (age == 0)))
            m.d.comb += port.eq(register)
        return age == words + latency + 1

    def _streams(self, m: Module, signature: Signature, clocks: Value) -> Value:
        """Feed and drain the unit's streams; return whether all has come out, and nothing more."""
        m.submodules.pace = pace = Stimulus(WORD - 5, self.params.seeds[PACE])
        m.d.comb += pace.advance.eq(1)
        sources = inputs(self.unit)
        for place, source in enumerate(sources):
            self._source(m, source, pace.word[place] | clocks[6])
        name, = (name for name, member in self.unit.signature.members.items()
                 if member.flow == Out)
        sink = getattr(self.unit, name)
        ready, takes = Signal(), Signal()
        received, drained = Signal(range(self.params.outputs + 1)), Signal(range(DRAIN))
        m.d.sync += ready.eq(pace.word[len(sources)] | clocks[7])
        m.d.comb += [sink.ready.eq(ready), takes.eq(sink.valid & ready), signature.take.eq(takes)]
        with m.If(received != self.params.outputs):
            m.d.sync += received.eq(received + takes)
        with m.Elif(~drained.all()):
            m.d.sync += drained.eq(drained + 1)
        return drained.all()

    def _source(self, m: Module, source: Input, go: Value) -> None:
        """Offer the words of a stream, a next one only if it may ``go``."""
        port = getattr(self.unit, source.name)
        words = self.params.words
        count, more = Signal(range(words), name=f"{source.name}_count"), Signal(init=1)
        valid, load = Signal(name=f"{source.name}_valid"), Signal(name=f"{source.name}_load")
        payload = Signal(len(Value.cast(port.payload)), name=f"{source.name}_register")
        last = count == words - 1
        drawn, mark = self._stimulus(m, source, load)
        m.d.comb += [load.eq((~valid | port.ready) & more & go), port.valid.eq(valid),
                     Value.cast(port.payload).eq(payload)]
        with m.If(~valid | port.ready):
            m.d.sync += valid.eq(load)
        with m.If(load):
            m.d.sync += [payload.eq(self._word(m, source, drawn, mark | last)),
                         count.eq(count + 1), more.eq(~last)]

    def _stimulus(self, m: Module, source: Input, advance: Any) -> tuple[Value, Value]:
        stimulus = Stimulus(source.drawn, self.params.seeds[source.name])
        m.submodules[f"stimulus_{source.name}"] = stimulus
        m.d.comb += stimulus.advance.eq(advance)
        return stimulus.word, stimulus.mark

    def _word(self, m: Module, source: Input, drawn: Value, mark: Value) -> Value:
        """Return the word of an input, with its mark."""
        return Cat(source.encode(m, drawn), mark) if source.marked else source.encode(m, drawn)
