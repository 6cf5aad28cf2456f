"""From a configuration to the Verilog of its self-test."""

import hashlib

from skimp.catalogue.selection import Selected, generate
from skimp.fpga.expected import KINDS, Drawn
from skimp.golden.selftest import generators, signature
from skimp.hw.emit import Emitted, emit
from skimp.hw.selftest.inputs import inputs, output_width
from skimp.hw.selftest.unit import PACE, SelfTest, SelfTestParams

__all__ = ["check_kind", "self_test"]


def check_kind(one: Selected) -> None:
    """Refuse a block without a self-test."""
    if one.bench not in KINDS:
        raise ValueError(f"block {one.block.name} has no self-test: its bench must be one of "
                         f"{', '.join(KINDS)}, not {one.bench}")


def self_test(one: Selected, words: int, blink_bits: int = 23) -> Emitted:
    """Emit the self-test of a configuration that takes at least ``words`` words.

    What it should see is the golden model's, see `skimp.fpga.expected`. A unit that speaks a
    language of its own is tested in its harness.
    """
    one, kind = one.harness, KINDS[one.bench]
    words = -(-words // kind.group(one.params)) * kind.group(one.params)
    unit, manifest = one.block.component(one.params), generate(one).manifest
    # What follows a unit without streams shows in what it passes on.
    ahead = 0 if kind.streams else manifest["latency"]
    seeds, drawn = {PACE: _seeds(PACE, 1)}, {}
    for source in inputs(unit):
        seeds[source.name] = _seeds(source.name, generators(source.drawn))
        drawn[source.name] = Drawn.of(seeds[source.name], words + ahead, source.drawn)
    expected = kind.expected(manifest, drawn)
    if not kind.streams:
        expected = expected[:words]
    params = SelfTestParams(
        words=words, outputs=len(expected), seeds=seeds, blink_bits=blink_bits,
        signature=tuple(signature(expected, width=output_width(unit))))
    return emit(SelfTest(unit, params), f"{one.name}_selftest", block=one.block.name,
                config=one.config, golden=one.block.golden)


def _seeds(name: str, count: int) -> tuple[int, ...]:
    """Give seeds that have nothing to do with each other."""
    return tuple(int(hashlib.sha256(f"{name} {place}".encode()).hexdigest()[:8], 16) | 1
                 for place in range(count))
