"""A cell of a library: pins, functions, limits, delays, slews, energies, in ns, pF, pJ and nW."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Array", "Cell", "ClockGate", "Latch", "Table"]

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Table:
    """A look-up table over load (pF) and input slew (ns)."""

    loads: Array
    slews: Array
    values: Array

    def at(self, load: Array, slew: Array) -> Array:
        """Interpolate linearly; extrapolate beyond the edges, as timing tools do."""
        row, down = _place(self.loads, load)
        column, right = _place(self.slews, slew)
        next_row = np.minimum(row + 1, len(self.loads) - 1)
        next_column = np.minimum(column + 1, len(self.slews) - 1)
        upper = (self.values[row, column] * (1 - right) + self.values[row, next_column] * right)
        lower = (self.values[next_row, column] * (1 - right)
                 + self.values[next_row, next_column] * right)
        return upper * (1 - down) + lower * down


def _place(index: Array, where: Array) -> tuple[np.ndarray[Any, Any], Array]:
    if len(index) == 1:
        return np.zeros(np.shape(where), np.int64), np.zeros(np.shape(where))
    low = np.clip(np.searchsorted(index, where) - 1, 0, len(index) - 2)
    return low, (where - index[low]) / (index[low + 1] - index[low])


@dataclass(frozen=True)
class ClockGate:
    """Pins of a library's own clock gate, which opens at a rise of the clock; tests tie low."""

    clock: str
    enable: str
    output: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Latch:
    """Pins of a latch, and whether it is open while ``enable`` is high."""

    data: str
    enable: str
    output: str
    high: bool


@dataclass(frozen=True)
class Cell:
    """A cell. Delays, slews and energies are tables by arc, which is (input, output)."""

    area: float                                 # um2
    inputs: dict[str, float]                    # capacitance of each pin, pF
    outputs: dict[str, float]
    functions: dict[str, str]                   # of each output that has one
    clocks: set[str]                            # inputs that are clocks
    most: dict[str, float]                      # load that an output may drive, pF, if limited
    slowest: dict[str, float]                   # slew that a pin may have, ns, if limited
    leakage: float                              # nW, the mean over states
    delay: dict[tuple[str, str], list[Table]]   # of the output, rising and falling, ns
    slew: dict[tuple[str, str], list[Table]]    # likewise
    # What a transition dissipates inside the cell, pJ. The input is "" where the pin itself counts.
    # Each inner list is a supply pin's, of which the mean over edges and conditions counts.
    energy: dict[tuple[str, str], list[list[Table]]]
    sequential: bool                            # whether it stores a bit
    unwanted: bool                              # whether the library marks it as not to be used
    gate: ClockGate | None                      # what it is, if it is one
    latch: Latch | None

    def slowest_ns(self, pin: str) -> float:
        """Return the slew in ns that a pin may have."""
        return self.slowest.get(pin, math.inf)

    def most_pf(self, pin: str) -> float:
        """Return the capacitance in pF that an output may drive, by its limits of load and slew."""
        most, slowest = self.most.get(pin, math.inf), self.slowest_ns(pin)
        tables = [table for (_, out), tables in self.slew.items() if out == pin for table in tables]
        if tables and not math.isinf(slowest):
            # Inputs are as slow as they may be; the output must not be slower.
            grid = np.linspace(0, max(table.loads[-1] for table in tables), 65)
            worst = np.max([table.at(grid, np.array(slowest)) for table in tables], axis=0)
            allowed = grid[worst <= slowest]
            most = min(most, allowed[-1] if len(allowed) else 0.0)
        return float(most)

    def delay_ns(self, source: str, pin: str, load: float) -> float:
        """Return the delay in ns from an input to an output that drives ``load`` pF."""
        return max((float(table.at(np.array(load), np.array(0.0)))
                    for table in self.delay.get((source, pin), [])), default=0.0)
