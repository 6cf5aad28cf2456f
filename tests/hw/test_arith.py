"""Shared arithmetic: the heap, Booth digits and rows, against Python's integers, on Icarus."""

import random
import subprocess
from dataclasses import dataclass

import pytest
from amaranth import Module, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.arith.booth import booth_digits, booth_rows
from skimp.hw.arith.heap import BitHeap
from skimp.hw.arith.product import and_rows
from skimp.hw.emit import emit
from skimp.hw.wires import wire

pytestmark = pytest.mark.usefixtures("icarus")

TESTBENCH = """
module testbench;
  reg [{i}:0] words [0:{last}];
  reg [{i}:0] i;
  wire [{o}:0] o;
  integer place;
  unit unit(.i(i), .o(o));
  initial begin
    $readmemh("words", words);
    for (place = 0; place <= {last}; place = place + 1) begin
      i = words[place];
      #1 $display("%h", o);
    end
  end
endmodule
"""


@dataclass(frozen=True)
class NoParams:
    pass


class Function(wiring.Component):
    """Output ``o`` of whatever ``build(m, i)`` makes of input ``i``; combinational."""

    params = NoParams()
    latency = 0

    def __init__(self, i, o, build):
        self.build = build
        super().__init__({"i": In(i), "o": Out(o)})

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.o.eq(self.build(m, self.i))
        return m


def evaluate(folder, function, words):
    """Return the outputs for ``words`` of the emitted Verilog, and its text."""
    text = emit(function, "unit").verilog
    (folder / "words").write_text("\n".join(f"{word:x}" for word in words))
    (folder / "unit.v").write_text(text + TESTBENCH.format(
        i=len(Value.cast(function.i)) - 1, o=len(Value.cast(function.o)) - 1, last=len(words) - 1))
    subprocess.run(["iverilog", "-g2012", "-o", "unit", "unit.v"], cwd=folder, check=True)
    run = subprocess.run(["vvp", "-n", "unit"], cwd=folder, check=True, capture_output=True,
                         text=True)
    return [int(line, 16) for line in run.stdout.split()], text


def to_signed(value, width):
    return value - (value >> width - 1 << width)


@pytest.mark.parametrize("seed", range(8))
def test_heap(tmp_path, seed):
    """Any bits, added and subtracted, any constant, complements in any number of columns."""
    rng = random.Random(seed)
    width = rng.randrange(1, 12)
    places = [(rng.randrange(width + 1), rng.random() < 0.3, rng.random() * 3)
              for _ in range(rng.randrange(1, 40))]
    constant = rng.randrange(-1 << width, 1 << width)
    inverted = rng.choice([0, width, rng.randrange(width + 1)])

    def build(m, i):
        heap = BitHeap(m, width, "heap", inverted=inverted)
        heap.constant = constant
        for bit, (column, negative, arrival) in zip(i, places, strict=True):
            (heap.subtract if negative else heap.add)(bit, column, arrival)
        return heap.total()

    words = [rng.getrandbits(len(places)) for _ in range(500)] + [0, (1 << len(places)) - 1]
    results, _ = evaluate(tmp_path, Function(len(places), width, build), words)
    for word, result in zip(words, results, strict=True):
        bits = [(word >> place & 1) << column for place, (column, *_) in enumerate(places)]
        total = constant + sum(-bit if negative else bit for bit, (_, negative, _)
                               in zip(bits, places, strict=True))
        assert result ^ ((1 << inverted) - 1) == total % (1 << width)


def test_heap_wastes_no_adder(tmp_path):
    """Each full adder takes one bit away: as many as there are bits too many."""
    def build(m, i):
        heap = BitHeap(m, 12, "heap")
        for place, bit in enumerate(i):
            heap.add(bit, place % 6)
        return heap.total()

    _, text = evaluate(tmp_path, Function(60, 12, build), [0])
    assert text.count("  unit_full_adder ") == 60 - 10


@pytest.mark.parametrize("inverted", [0, 16])
@pytest.mark.parametrize("signed", [False, True])
def test_booth_rows(tmp_path, inverted, signed):
    """Digits, tested by a bench of their own, and rows: all products."""
    def build(m, i):
        heap = BitHeap(m, 16, "heap", inverted=inverted)
        digits = wire(m, booth_digits(m, i[8:]), "digits")
        booth_rows(m, heap, i[:8], digits, 1.0, signed=signed)
        return heap.total()

    results, _ = evaluate(tmp_path, Function(16, 16, build), range(1 << 16))
    for word, result in enumerate(results):
        number = to_signed(word & 255, 8) if signed else word & 255
        product = number * to_signed(word >> 8, 8)
        assert result ^ ((1 << inverted) - 1) == product % (1 << 16)


@pytest.mark.parametrize("clear", [False, True])
def test_and_rows(tmp_path, clear):
    constants = []

    def build(m, i):
        heap = BitHeap(m, 13, "heap")
        and_rows(heap, i[:4], i[4:], 1.0, clear=clear)
        constants.append(heap.constant)
        return heap.total()

    results, _ = evaluate(tmp_path, Function(12, 13, build), range(1 << 12))
    assert constants == [-1 << 11 if clear else (1 << 7) - (1 << 11)]
    for word, result in enumerate(results):
        assert result == (word & 15) * to_signed(word >> 4, 8) % (1 << 13)
