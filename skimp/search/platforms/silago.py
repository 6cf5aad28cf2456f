"""SiLago, as MOHAQ prices it: weights and activations of a matrix share their bits."""

from typing import ClassVar

from skimp.golden.sru.quantized import Bits
from skimp.search.platforms.base import Layer
from skimp.search.platforms.precision import VECTOR, Precision

__all__ = ["SiLago"]

#: pJ of a multiplication and addition, by bits: a unit of 16 bits does two of 8 or four of 4.
MAC_PJ = {16: 1.666, 8: 1.084 / 2, 4: 0.613 / 4}
#: pJ of a bit of a weight, or of another number, that is loaded.
BIT_PJ = 0.08


class SiLago(Precision):
    """16, 8 or 4 bits: speed-ups 1, 2 and 4, energy of multiplications and of what is loaded."""

    name: ClassVar[str] = "silago"
    source: ClassVar[str] = ("Rezk et al., MOHAQ, arXiv 2108.01192, and the authors' code: pJ of "
                             "a MAC 1.666, 0.542, 0.153 in 16, 8, 4 bits, 0.08 of a loaded bit")
    bits: ClassVar[tuple[int, ...]] = (16, 8, 4)
    tied: ClassVar[bool] = True

    def speed_up(self, layer: Layer, bits: Bits) -> float:
        """Return 16 over the bits."""
        return 16 / bits.weights

    def energy_pj(self, layer: Layer, bits: Bits) -> float:
        """Return the energy of a frame's multiplications and of loading the matrix."""
        return layer.weights * (MAC_PJ[bits.weights] + BIT_PJ * bits.weights)

    def vector_pj(self) -> float:
        """Return the energy of loading all other numbers."""
        return BIT_PJ * VECTOR * self.work.vector_entries
