"""Emitted Verilog of the dot-product units, `hw.sparq.dot` and `hw.plain.dot`."""

from typing import NamedTuple

import cocotb
import numpy as np
from numpy.random import Generator

from skimp.golden.arithmetic.sparq import effective, matmul
from skimp.sim.bench import DEEP, LATENCY, MIXES, PARAMETERS, PORTS, Bench, number, rng
from skimp.sim.operands import (
    Operands,
    activation_codes,
    corner_steps,
    random_activations,
    random_weights,
    signed,
)
from skimp.sim.streams import pack, unpack

CONFIG = ({name: PARAMETERS[name] for name in ("window", "shifts")} if "window" in PARAMETERS
          else {})
ROUNDING = PARAMETERS.get("rounding", "round")
INPUT = PARAMETERS["input"] if CONFIG else "plain"
ACTIVATION_WIDTH = 8 if CONFIG else PARAMETERS["activation_width"]
WEIGHT_WIDTH = PARAMETERS["weight_width"]
# Corners are combined within a pair.
LANES = 2 if CONFIG else 1
PRODUCTS = 2 * PARAMETERS["pairs"] if CONFIG else PARAMETERS["products"]
INPUTS, OUTPUTS = PORTS["i__payload"], PORTS["o__payload"]


class Items(NamedTuple):
    """Activations and weights, a row an item; of 2:4 weights also the index of each.

    Their groups are four activations and two weights.
    """

    activations: Operands
    weights: Operands
    indices: Operands | None = None

    def dots(self) -> Operands:
        """Give the dot product of each item."""
        a, w = self.activations, self.weights
        if self.indices is not None:
            return self._sparse_dots()
        if CONFIG:
            a = effective(a, **CONFIG, rounding=ROUNDING)
        return (a * w).sum(axis=1)

    def _sparse_dots(self) -> Operands:
        assert CONFIG and self.indices is not None
        groups = len(self.weights), -1, 2, 1
        # An empty slot adds zero, wherever it points.
        dense = (self.weights.reshape(groups) * (self.indices.reshape(groups) == np.arange(4)))
        dense = dense.sum(axis=2).reshape(self.activations.shape)
        # Of the product of some rows with as many columns only the diagonal is of use.
        parts = [matmul(self.activations[low:low + 64], dense[low:low + 64].T, **CONFIG,
                        rounding=ROUNDING, sparse24=True).diagonal()
                 for low in range(0, len(dense), 64)]
        return np.concatenate(parts)

    def packed(self) -> list[int]:
        """Pack the items as the unit takes them."""
        codes = self.activations
        if INPUT == "encoded":
            codes, _ = activation_codes(codes, config=CONFIG, rounding=ROUNDING)
        index = {} if self.indices is None else {"index": self.indices}
        return pack(INPUTS, activation=codes, weight=self.weights, **index)


def placed(activations: Operands, weights: Operands, generator: Generator) -> Items:
    """Give items in which ``weights`` meet ``activations``, both rows of `PRODUCTS`.

    For 2:4 weights, these activations are put among others, and empty slots point anywhere.
    """
    if INPUT != "sparse24":
        return Items(activations, weights)
    count, pairs = len(weights), PRODUCTS // 2
    index = generator.permuted(np.broadcast_to(np.arange(4), (count, pairs, 4)), axis=2)
    index = np.sort(index[:, :, :2], axis=2)
    groups = random_activations(count, 4 * pairs, 8, generator).reshape(count, pairs, 4)
    np.put_along_axis(groups, index, activations.reshape(count, pairs, 2), axis=2)
    anywhere = generator.integers(0, 4, (count, PRODUCTS))
    index = np.where(weights == 0, anywhere, index.reshape(count, PRODUCTS))
    return Items(groups.reshape(count, 4 * pairs), weights, index)


def random_items(count: int, generator: Generator) -> Items:
    """Give random items, the two of the largest and of the smallest product among them."""
    a = random_activations(count, PRODUCTS, ACTIVATION_WIDTH, generator)
    w = random_weights(count, PRODUCTS, WEIGHT_WIDTH, generator)
    half = 1 << WEIGHT_WIDTH - 1
    for place, weight in zip(generator.permutation(count), (-half, half - 1), strict=False):
        a[place], w[place] = (1 << ACTIVATION_WIDTH) - 1, weight
    return placed(a, w, generator)


def check(items: Items, words: list[int]) -> None:
    """Compare the words that the unit gave for ``items`` with the golden model."""
    got = signed(unpack(OUTPUTS, words, "sum"), OUTPUTS["fields"]["sum"][1])
    np.testing.assert_array_equal(got, items.dots())


@cocotb.test()
@cocotb.parametrize(MIXES)
async def multiplies(dut, idle, stall):
    """The dot product for every mix of idle source and stalling sink, in time.

    Where the sink never stalls, each is there after ``latency`` clocks; where the source never
    idles, an item is taken per clock and the sink never waits for one.
    """
    items = random_items(number(INPUTS["width"], every=idle == stall == "never"), rng())
    bench = await Bench.start(dut, items.packed(), idle, stall)
    check(items, await bench.receive(len(items.weights)))
    bench.check_timing(idle, stall, "item")


@cocotb.test()
async def corners(dut):
    """Corners everywhere; if deep, in pairs each with each."""
    generator = rng()
    count = -(-(9000 if DEEP else 1200) // PRODUCTS) * LANES
    a, w = (x.reshape(count, PRODUCTS) for x in corner_steps(
        LANES, ACTIVATION_WIDTH, WEIGHT_WIDTH, count * PRODUCTS // LANES, generator))
    items = placed(a, w, generator)
    bench = await Bench.start(dut, items.packed())
    check(items, await bench.receive(count))


@cocotb.test()
@cocotb.parametrize(idle=["never", "random"])
async def a_stalled_sink_stops_the_source(dut, idle):
    """Every rank fills, then the input is refused; nothing is lost, and all flows on at once."""
    items = random_items(LATENCY + 6, rng())
    bench = await Bench.start(dut, items.packed(), idle)
    await bench.fill("item")
    check(items, await bench.receive(LATENCY + 6))
    bench.check_flow()


@cocotb.test()
@cocotb.parametrize(stall=["never", "always"])
async def reset_clears(dut, stall):
    """A reset forgets what is under way, flowing or stalled; what comes after it is right."""
    items = random_items(LATENCY + 6, rng())
    bench = await Bench.start(dut, items.packed(), stall=stall)
    await bench.restart(LATENCY + 3)
    bench.source.items.extend(items.packed())
    check(items, await bench.receive(LATENCY + 6))
