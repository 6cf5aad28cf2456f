"""Our own arrays: which one should be built, and in which mode does each layer run on it.

All chips have one budget of area, and what they are compared with has it, too: the plain array. An
image takes the clocks of `golden.array`, layer after layer; layers that read pixels or give the
classes, and depthwise ones, make one exact product a clock in an element. No memory is priced.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, NamedTuple

import numpy as np

from skimp.search.figures import Prices
from skimp.search.platforms.base import Gene, Genes, Objective, Platform
from skimp.search.platforms.chips import MODES, PLAIN, Chip, Mode
from skimp.search.platforms.prices import ChipPrices

__all__ = ["MOST", "Arrays", "Product"]

#: Rows and columns of an array at most.
MOST = 32
#: Clocks from the operands of an element to its sum.
LATENCY = 2


class Product(NamedTuple):
    """A layer's matrix product for an image: ``groups`` of (M, K) by (K, N)."""

    m: int
    k: int
    n: int
    groups: int
    #: Whether a mode is chosen for it.
    chosen: bool
    #: Multiplications of two numbers that are not zero, on average of images.
    busy: float


class Rectangle(NamedTuple):
    """The array that serves modes best within the budget, and what an image costs on it."""

    rows: int
    cols: int
    clocks: int
    energy_pj: float


class Arrays(Platform):
    """A chip, chosen once, and a mode for each layer.

    No gene has rows or columns: for a chip and modes all rectangles within the budget are tried,
    and the one of fewest clocks, the smaller one of equals, is taken.

    Parameters
    ----------
    products : dict of str to Product
        Of each layer, in order.
    prices : dict of Chip to ChipPrices
        Chips to choose from, the plain array among them.
    budget_mm2 : float, optional
        Area at most; by default that of a plain array of 16 x 16.
    blocks : sequence of str, optional
        Blocks to choose from; by default those of all prices.

    Raises
    ------
    ValueError
        If no array is within the budget.
    """

    name: ClassVar[str] = "skimp"
    source: ClassVar[str] = (
        "this project's arrays: area, clock and energy as `skimp area` and `skimp power --mode` "
        "measure them, clocks gated; see skimp/search/platforms/prices.json")

    def __init__(self, products: Mapping[str, Product], prices: Mapping[Chip, ChipPrices],
                 budget_mm2: float | None = None, blocks: Sequence[str] = ()):
        self.products, self._prices = products, prices
        self._budget = prices[PLAIN].area(16, 16) if budget_mm2 is None else 1e6 * budget_mm2
        self.budget_mm2 = self._budget / 1e6
        if prices[PLAIN].area(1, 1) > self._budget:
            raise ValueError(
                f"--area-budget of {self.budget_mm2:g} mm2 fits no chip: the smallest, "
                f"{PLAIN.name} of 1 x 1, takes {prices[PLAIN].area(1, 1) / 1e6:.3g} mm2")
        self.chips = [chip for chip in prices if (not blocks or chip.block in blocks)
                      and prices[chip].area(1, 1) <= self._budget]
        if not self.chips:
            raise ValueError(f"--area-budget of {self.budget_mm2:g} mm2 fits no chip of "
                             f"{', '.join(blocks)}")
        self._names = [name for name, product in products.items() if product.chosen]
        self.modes = [mode for mode in MODES if any(
            mode.arithmetic in _arithmetics(chip) for chip in self.chips)]
        self.genes = [Gene("chip", tuple(chip.name for chip in self.chips)),
                      *(Gene(name, tuple(mode.arithmetic for mode in self.modes))
                        for name in self._names)]
        self.groups = [[place] for place in range(1, len(self.genes))]
        self._best = cache(self._search)
        plain = self._best(PLAIN, (PLAIN.modes[0],) * len(self._names))
        self.plain = plain
        fastest = max(self.prices(self._last(branch)).speed_up_time for branch in self.branches)
        self.objectives = [Objective("speed_up_time", fastest), Objective("saving_percent", 100)]

    @property
    def branches(self) -> list[Genes]:
        """The most exact candidate of each chip."""
        return [(number, *(0 for _ in self._names)) for number in range(len(self.chips))]

    def _last(self, branch: Genes) -> Genes:
        return (branch[0], *(self.options(1, branch)[-1] for _ in self._names))

    def options(self, place: int, branch: Genes) -> list[int]:
        """Return the modes that the chip of a branch has."""
        known = _arithmetics(self.chips[branch[0]])
        return [number for number, mode in enumerate(self.modes) if mode.arithmetic in known]

    def repaired(self, genes: Genes) -> Genes:
        """Return a candidate with modes that its chip has: the last of those not less exact."""
        options = np.array(self.options(1, genes))
        return (genes[0], *(int(options[options <= one][-1]) for one in genes[1:]))

    def settings(self, genes: Genes) -> tuple[str, ...]:
        """Return the arithmetic of each layer that has a mode."""
        return tuple(self.modes[one].arithmetic for one in genes[1:])

    def uniform(self) -> list[Genes]:
        """Return the candidates with one mode in all layers, of each chip."""
        return [(branch[0], *(one for _ in self._names))
                for branch in self.branches for one in self.options(1, branch)]

    def prices(self, genes: Genes) -> Prices:
        """Return the chip with its best rectangle, and what an image takes there."""
        chip, modes = self._chosen(genes)
        found, prices = self._best(chip, modes), self._prices[chip]
        time = found.clocks * prices.clock_ns
        return Prices(
            chip=chip.name, rows=found.rows, cols=found.cols, clock_ns=prices.clock_ns,
            area_mm2=prices.area(found.rows, found.cols) / 1e6, clocks=found.clocks,
            speed_up_time=self.plain.clocks * self._prices[PLAIN].clock_ns / time,
            energy_pj=found.energy_pj,
            saving_percent=100 * (1 - found.energy_pj / self.plain.energy_pj))

    def excess(self, prices: Prices) -> float:
        """Return -1: every rectangle that is tried is within the budget."""
        return -1.0

    def costs(self, group: int, choices: Sequence[int], branch: Genes) -> tuple[float, ...]:
        """Return clocks and energy of a layer on the array that is best for the fastest modes."""
        chip, modes = self._chosen(self._last(branch))
        array = self._best(chip, modes)
        product, mode = self.products[self._names[group]], self._mode(chip, choices[0])
        clocks = float(_clocks(product, mode.products, array.rows, array.cols))
        return clocks, self._prices[chip].energy_pj(
            mode.name, clocks, array.rows * array.cols, product.busy)

    def words(self, genes: Genes) -> list[str]:
        """Return the chip with its size, then the mode of each layer."""
        chip, modes = self._chosen(genes)
        prices = self.prices(genes)
        return [(f"{chip.name}, {prices.rows} x {prices.cols}, {prices.clock_ns:g} ns, "
                 f"{prices.area_mm2:.2f} mm2"),
                *(f"{name}: {mode.name}, {mode.arithmetic}"
                  for name, mode in zip(self._names, modes, strict=True))]

    def commands(self, genes: Genes) -> list[str]:
        """Return the command that generates the chip."""
        chip, _ = self._chosen(genes)
        prices = self.prices(genes)
        return [f"skimp generate {chip.block} " + " ".join(
            f"--{name.replace('_', '-')} {value}" for name, value in
            (*chip.parameters, ("rows", prices.rows), ("cols", prices.cols)))]

    def _mode(self, chip: Chip, choice: int) -> Mode:
        arithmetic = self.modes[choice].arithmetic
        return next(mode for mode in chip.modes if mode.arithmetic == arithmetic)

    def _chosen(self, genes: Genes) -> tuple[Chip, tuple[Mode, ...]]:
        chip = self.chips[genes[0]]
        return chip, tuple(self._mode(chip, one) for one in genes[1:])

    def _search(self, chip: Chip, modes: tuple[Mode, ...]) -> Rectangle:
        """Try all rectangles within the budget."""
        prices = self._prices[chip]
        rows, cols = (side.ravel() for side in np.meshgrid(*[np.arange(1, MOST + 1)] * 2))
        within = prices.area(rows, cols) <= self._budget
        rows, cols = rows[within], cols[within]
        left = iter(modes)
        clocks, energy = np.zeros(len(rows), np.int64), np.zeros(len(rows))
        for product in self.products.values():
            mode = next(left) if product.chosen else chip.modes[0]
            each = _clocks(product, mode.products, rows, cols)
            clocks += each
            energy += prices.energy_pj(mode.name, each, rows * cols, product.busy)
        best = np.lexsort((prices.area(rows, cols), clocks))[0]
        return Rectangle(int(rows[best]), int(cols[best]), int(clocks[best]), float(energy[best]))


def _arithmetics(chip: Chip) -> list[str]:
    return [mode.arithmetic for mode in chip.modes]


def _clocks(product: Product, made: int, rows: Any, cols: Any) -> Any:
    """Return the clocks of a layer: those of `golden.array.gemm`, but for arrays of sizes.

    Channels of a depthwise layer are columns of tiles of their own.
    """
    tiles = -(-product.m // rows) * -(-product.n // cols) * product.groups
    steps = -(-product.k // made)
    return (steps + (tiles - 1) * np.maximum(steps, rows)
            + LATENCY + cols // (2 - cols % 2) + rows)
