"""From a configuration to the Verilog of its self-test."""

import hashlib

from skimp.catalogue.selection import Design
from skimp.golden.selftest import generators, operands, signature
from skimp.hw.emit import Emitted, emit
from skimp.hw.selftest.inputs import inputs, output_width
from skimp.hw.selftest.unit import PACE, SelfTest, SelfTestParams
from skimp.sim.models.base import Drawn, Model

__all__ = ["self_test"]


def self_test(one: Design, words: int, blink_bits: int = 23) -> Emitted:
    """Emit the self-test of a configuration that takes at least ``words`` words.

    The signature is of what its model expects. A unit with a harness is tested in it.
    """
    one = one.harness
    unit, manifest = one.block.component(one.params), one.emit().manifest
    model = one.model(manifest)
    words = -(-words // model.takes) * model.takes
    # A unit without streams still passes on the words that follow.
    ahead = 0 if model.handshake else model.latency
    seeds, drawn = {PACE: _seeds(PACE, 1)}, {}
    for source in inputs(unit):
        seeds[source.name] = _seeds(source.name, generators(source.drawn))
        drawn[source.name] = Drawn(*operands(seeds[source.name], words + ahead,
                                             drawn=source.drawn))
    expected = _together(model, model.expected(model.drawn(drawn)))
    if not model.handshake:
        expected = expected[:words]
    params = SelfTestParams(
        words=words, outputs=len(expected), seeds=seeds, blink_bits=blink_bits,
        signature=tuple(signature(expected, width=output_width(unit))))
    return emit(SelfTest(unit, params), f"{one.name}_selftest", block=one.block.name,
                config=one.config, golden=one.golden)


def _together(model: Model, expected: dict[str, list[int]]) -> list[int]:
    """Return the words of all outputs side by side, the first output in the lowest bits."""
    low, words = 0, [0] * min(map(len, expected.values()))
    for name in model.outputs:
        words = [word | more << low for word, more in zip(words, expected[name], strict=False)]
        low += model.port(name)["width"]
    return words


def _seeds(name: str, count: int) -> tuple[int, ...]:
    """Return independent seeds."""
    return tuple(int(hashlib.sha256(f"{name} {place}".encode()).hexdigest()[:8], 16) | 1
                 for place in range(count))
