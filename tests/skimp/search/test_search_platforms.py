"""Prices of the paper's platforms, against figures worked by hand."""

import pytest

from skimp.golden.sru.quantized import Bits
from skimp.search.platforms import BITS
from skimp.search.platforms.base import Layer, Work

#: Of the authors' cost tables: 23 inputs, four layers of 550 cells, projections to 256, 1,904
#: outputs, 8,800 other numbers. (Their table has no skip term in the first layer.)
AUTHORS = Work({"L0": Layer(23, 3300), **{name: layer for number in (1, 2, 3) for name, layer in (
    (f"P{number}", Layer(1100, 256)), (f"L{number}", Layer(256, 3300)))},
    "FC": Layer(1100, 1904)}, 8800)
#: 100 and 300 weights, 10 other numbers.
TWO = Work({"a": Layer(10, 10), "b": Layer(10, 30)}, 10)


def uniform(platform, bits):
    return platform.prices((platform.bits.index(bits),) * len(platform.genes))


def test_sizes_of_the_authors():
    assert AUTHORS.weights == 5_549_500
    platform = BITS["bitfusion"](AUTHORS)
    float32 = 4 * platform.numbers / 2**20
    assert float32 == pytest.approx(21.2, abs=0.01)
    assert float32 / 2 == pytest.approx(10.6, abs=0.01), "times smaller at their limit of 2 MB"
    assert float32 / 6 == pytest.approx(3.5, abs=0.05), "and of 6 MB"


@pytest.mark.parametrize("name, bits, time, compression", [
    ("silago", 16, 1, 2.0), ("silago", 8, 2, 3.904761), ("silago", 4, 4, 7.454545),
    ("bitfusion", 16, 1, 2.0), ("bitfusion", 8, 4, 3.904761), ("bitfusion", 4, 16, 7.454545),
    ("bitfusion", 2, 64, 13.666666)])
def test_uniform_precision(name, bits, time, compression):
    """Compression is 410 x 32 / (400 bits + 10 x 16)."""
    found = uniform(BITS[name](TWO), bits)
    assert found.speed_up_time == found.speed_up_mean == time
    assert found.compression == pytest.approx(compression, rel=1e-6)
    assert found.memory_bytes == (400 * bits + 160) / 8


def test_energy_of_silago():
    """400 MACs, 400 weights and 10 other numbers loaded."""
    platform = BITS["silago"](TWO)
    most, eight, least = (uniform(platform, bits) for bits in (16, 8, 4))
    assert most.energy_pj == pytest.approx(400 * 1.666 + 0.08 * (6400 + 160))
    assert eight.energy_pj == pytest.approx(400 * 0.542 + 0.08 * (3200 + 160))
    assert least.energy_pj == pytest.approx(400 * 0.15325 + 0.08 * (1600 + 160))
    assert (most.saving_percent, least.saving_percent) == (0, 100)
    assert [gene.name for gene in platform.genes] == ["a", "b"]


def test_a_mean_of_speed_ups_is_no_speed_up():
    """a in 2 x 2 bits, b in 16 x 16: (100 x 64 + 300) / 400, and 400 / (100 / 64 + 300)."""
    platform = BITS["bitfusion"](TWO)
    found = platform.prices((3, 3, 0, 0))
    assert found.speed_up_mean == 16.75
    assert found.speed_up_time == pytest.approx(400 / (100 / 64 + 300))
    assert platform.settings((3, 3, 0, 0)) == (Bits(2, 2), Bits(16, 16))
    assert platform.words((3, 2, 0, 0))[0] == "a: weights in 2 bits, activations in 4 bits"


@pytest.mark.parametrize("inputs, outputs, bits, cycles", [
    (16, 32, (8, 8), 1), (17, 33, (8, 8), 4), (64, 32, (4, 4), 1), (65, 32, (4, 4), 2),
    (256, 32, (2, 2), 1), (128, 96, (2, 8), 6), (16, 32, (16, 16), 4), (16, 32, (16, 8), 2),
    (64, 32, (16, 2), 2)])
def test_clocks_of_an_array_of_16_by_32(inputs, outputs, bits, cycles):
    """ceil(outputs / 32) ceil(inputs / (16 perf)), perf 1, 4, 16 in 8, 4, 2 bits; 16 bits twice."""
    platform = BITS["bitfusion:array"](TWO)
    assert platform.cycles(Layer(inputs, outputs), Bits(*bits)) == cycles


def test_energy_of_the_array():
    """3.6735 mW at 500 MHz of 16 units: 0.459 pJ of a unit a clock; 0.0214 pJ of a bit."""
    platform = BITS["bitfusion:array"](TWO)
    found = uniform(platform, 8)
    assert found.energy_pj == pytest.approx(512 * 0.4592 * 2 + 3200 * 0.02137, rel=1e-3)
    assert found.speed_up_time == 4 and uniform(platform, 16).saving_percent == 0


@pytest.mark.parametrize("name", BITS)
@pytest.mark.parametrize("form", ["time", "mean"])
def test_costs_of_groups_add_up(name, form):
    platform = BITS[name](TWO, form)
    genes = (1,) * len(platform.genes)
    costs = [platform.costs(number, [genes[place] for place in group], genes)
             for number, group in enumerate(platform.groups)]
    bits, slow, *energy = map(sum, zip(*costs, strict=True))
    prices = platform.prices(genes)
    assert (bits + 160) / 8 == prices.memory_bytes
    clocks = sum(map(platform.clocks, TWO.layers.values()))
    assert prices.speed_up_time == pytest.approx(clocks / slow) if form == "time" else (
        prices.speed_up_mean == pytest.approx(-slow / 400))
    if energy:
        assert energy[0] + platform.vector_pj() == pytest.approx(prices.energy_pj)
    assert all(platform.objectives[0].best >= getattr(prices, platform.objectives[0].figure)
               for _ in "a")
