"""Bit Fusion: as MOHAQ has it, and with the cycles of its authors' simulator."""

from typing import ClassVar

from skimp.golden.sru.quantized import Bits
from skimp.search.platforms.base import Layer
from skimp.search.platforms.precision import Precision

__all__ = ["BitFusion", "BitFusionArray"]

#: Of the array: units that reduce inputs, and units that make outputs.
ROWS, COLUMNS = 16, 32
WIDEST, NARROWEST = 8, 2        # bits that a unit takes in one pass
#: nW of an array of 4 x 4 units at 500 MHz, when it works; nJ of reading 32 bits from a buffer of
#: 128 bytes, one of 512 for weights.
POWER_NW, CLOCK_HZ, READ_NJ = 3_673_500, 500e6, 0.000683701
CORE_PJ = POWER_NW * 1e3 / CLOCK_HZ / 16 * ROWS * COLUMNS
BUFFER_PJ = READ_NJ * 1e3 / 32


class BitFusion(Precision):
    """2 to 16 bits, weights and activations apart; nothing but products a clock is modelled."""

    name: ClassVar[str] = "bitfusion"
    source: ClassVar[str] = ("Rezk et al., MOHAQ, arXiv 2108.01192, and the authors' code: "
                             "256 / (weight bits x activation bits) as fast as 16 x 16 bits")
    bits: ClassVar[tuple[int, ...]] = (16, 8, 4, 2)

    def speed_up(self, layer: Layer, bits: Bits) -> float:
        """Return 256 over the product of the bits, 64 at most."""
        return 256 / (bits.weights * bits.activations)

    def energy_pj(self, layer: Layer, bits: Bits) -> float | None:
        """Return None: there is no price."""
        return None


class BitFusionArray(BitFusion):
    """An array of 16 x 32 units, whole passes counted, frame after frame.

    A unit makes as many products of a column a clock as its 8 x 8 bits hold; operands of 16 bits
    take two passes each, which the authors' simulator does not know. Energy is that of the units
    in each clock and of reading the weights; leakage and other buffers are left out.
    """

    name: ClassVar[str] = "bitfusion:array"
    source: ClassVar[str] = (
        "github.com/hsharma35/bitfusion: rule of cycles, 16 x 32 units (bf_e_conf.ini), "
        f"{CORE_PJ:.0f} pJ of these a clock (results/systolic_array_synth.csv, 4 x 4 scaled), "
        f"{BUFFER_PJ:.4f} pJ of a bit of weights (cacti_sweep.csv)")

    def cycles(self, layer: Layer, bits: Bits) -> int:
        """Return the clocks of a frame."""
        passes = products = 1
        for wide in bits:
            passes *= -(-wide // WIDEST)
            products *= WIDEST // min(max(wide, NARROWEST), WIDEST)
        return passes * -(-layer.outputs // COLUMNS) * -(-layer.inputs // (ROWS * products))

    def clocks(self, layer: Layer) -> float:
        """Return the clocks of a frame in 16 bits."""
        return self.cycles(layer, Bits(16, 16))

    def speed_up(self, layer: Layer, bits: Bits) -> float:
        """Return the ratio of clocks."""
        return self.clocks(layer) / self.cycles(layer, bits)

    def energy_pj(self, layer: Layer, bits: Bits) -> float:
        """Return the energy of a frame."""
        return (CORE_PJ * self.cycles(layer, bits)
                + BUFFER_PJ * layer.weights * bits.weights)
