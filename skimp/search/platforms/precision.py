"""Platforms whose modes are bits of weights and activations, matrix by matrix."""

import itertools
from collections.abc import Sequence
from typing import ClassVar

from skimp.golden.sru.quantized import Bits
from skimp.search.figures import Prices
from skimp.search.platforms.base import Gene, Genes, Layer, Objective, Platform, Work

__all__ = ["SPEED_UPS", "Precision"]

#: Forms of a speed-up. Time adds up over matrices, rates do not: the mean of speed-ups weighted by
#: multiplications, as MOHAQ has it, is larger than the speed-up of the whole.
SPEED_UPS = ("time", "mean")
FLOAT, VECTOR = 32, 16      # bits of what compression is against, and of what is in no matrix


class Precision(Platform):
    """A platform of the paper: Rezk et al., "MOHAQ", arXiv 2108.01192.

    Memory is that of the matrices in their bits and of all other numbers in 16; compression is
    against 32 bits for all.

    Parameters
    ----------
    work : Work
    form : {"time", "mean"}
        Which speed-up is optimised: that of the whole, or the mean that the paper has.
    compression : float
        Smallest compression.
    """

    #: Choices of a gene. If ``tied``, weights and activations of a matrix have the same bits.
    bits: ClassVar[tuple[int, ...]]
    tied: ClassVar[bool] = False

    def __init__(self, work: Work, form: str = "time", compression: float = 1.0):
        self.work, self.form, self.compression = work, form, compression
        self._layers = list(work.layers.values())
        # One gene of a matrix if bits are tied, else of its weights and of its activations.
        kinds = ("",) if self.tied else (".weights", ".activations")
        self.genes = [Gene(name + kind, self.bits) for name in work.layers for kind in kinds]
        self.groups = [range(place, place + len(kinds))
                       for place in range(0, len(self.genes), len(kinds))]
        self._clocks = [self.clocks(layer) for layer in self._layers]
        self._most, self._least = (self._energy(self.settings(genes)) for genes in (
            (0,) * len(self.genes), self.fewest))
        figure = f"speed_up_{form}"
        self.objectives = [Objective(figure, getattr(self.prices(self.fewest), figure))]
        if self._least is not None:
            self.objectives.append(Objective("saving_percent", 100))

    def speed_up(self, layer: Layer, bits: Bits) -> float:
        """Return how many times as fast as in 16 bits a matrix is."""
        raise NotImplementedError

    def energy_pj(self, layer: Layer, bits: Bits) -> float | None:
        """Return the energy of a frame in a matrix, its weights loaded; None if unknown."""
        raise NotImplementedError

    @property
    def fewest(self) -> Genes:
        """The candidate with the fewest bits."""
        return (len(self.bits) - 1,) * len(self.genes)

    def uniform(self) -> list[Genes]:
        """Return the candidates whose weights all have the same bits, and whose activations do."""
        every = itertools.product(range(len(self.bits)), repeat=1 if self.tied else 2)
        return [choices * len(self._layers) for choices in every]

    def check(self, network: str) -> None:
        """Raise ValueError if even the fewest bits are too many."""
        smallest = self.prices(self.fewest).compression or 0
        if smallest < self.compression:
            raise ValueError(
                f"no candidate of {network} on {self.name} is {self.compression:g} times smaller "
                f"than in float32: the smallest is {smallest:.2f} times smaller; lower "
                "--compression")

    def excess(self, prices: Prices) -> float:
        """Return by how much memory is above the limit."""
        return self.compression / (prices.compression or 1) - 1

    def settings(self, genes: Genes) -> tuple[Bits, ...]:
        """Return the bits of each matrix."""
        return tuple(self._bits([genes[place] for place in group]) for group in self.groups)

    def _bits(self, choices: Sequence[int]) -> Bits:
        return Bits(self.bits[choices[0]], self.bits[choices[-1]])

    def prices(self, genes: Genes) -> Prices:
        """Return memory, both speed-ups, and energy if it is known."""
        chosen = self.settings(genes)
        pairs = list(zip(self._layers, chosen, strict=True))
        memory = (sum(layer.weights * bits.weights for layer, bits in pairs)
                  + VECTOR * self.work.vector_entries)
        speeds = [self.speed_up(layer, bits) for layer, bits in pairs]
        weighted = list(zip((layer.weights for layer in self._layers), self._clocks, speeds,
                            strict=True))
        energy = self._energy(chosen)
        return Prices(
            memory_bytes=memory / 8, compression=FLOAT * self.numbers / memory,
            speed_up_time=sum(self._clocks) / sum(clocks / speed for _, clocks, speed in weighted),
            speed_up_mean=sum(macs * speed for macs, _, speed in weighted) / self.work.weights,
            energy_pj=energy, saving_percent=self._saving(energy))

    @property
    def numbers(self) -> int:
        """Weights and all other numbers."""
        return self.work.weights + self.work.vector_entries

    def clocks(self, layer: Layer) -> float:
        """Return the time of a matrix in 16 bits, in a unit of its own."""
        return layer.weights

    def _saving(self, energy: float | None) -> float | None:
        if energy is None or self._most is None or self._least is None:
            return None
        return 100 * (self._most - energy) / (self._most - self._least)

    def _energy(self, chosen: Sequence[Bits]) -> float | None:
        parts = [self.energy_pj(layer, bits)
                 for layer, bits in zip(self._layers, chosen, strict=True)]
        known = [part for part in parts if part is not None]
        return sum(known) + self.vector_pj() if len(known) == len(parts) else None

    def vector_pj(self) -> float:
        """Return the energy of what is in no matrix."""
        return 0.0

    def costs(self, group: int, choices: Sequence[int], branch: Genes) -> tuple[float, ...]:
        """Return bits of weights, what slows down, and energy if it is known."""
        layer, bits = self._layers[group], self._bits(choices)
        speed = self.speed_up(layer, bits)
        slow = (self._clocks[group] / speed if self.form == "time" else -layer.weights * speed)
        energy = self.energy_pj(layer, bits)
        return (layer.weights * bits.weights, slow, *(() if energy is None else (energy,)))

    def words(self, genes: Genes) -> list[str]:
        """Return the bits of each matrix."""
        return [f"{name}: weights in {bits.weights} bits, activations in {bits.activations} bits"
                for name, bits in zip(self.work.layers, self.settings(genes), strict=True)]
