"""A cell of a library: pins, functions, limits, delays, slews, energies, in ns, pF, pJ and nW."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Array", "Cell", "Table"]

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Table:
    """A look-up table of load (pF) and input slew (ns); one of a single index has but slews."""

    loads: Array
    slews: Array
    values: Array

    def at(self, load: Array, slew: Array) -> Array:
        """Interpolate linearly, and beyond the table's edges, too, as timing tools do."""
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
class Cell:
    """A cell.

    Attributes
    ----------
    area : float
        um2.
    inputs, outputs : dict of str to float
        Capacitance of each pin, pF.
    functions : dict of str to str
        Of each output that has one.
    clocks : set of str
        Inputs that are clocks.
    most : dict of str to float
        Capacitance that each output may drive, pF, where the library limits it.
    slowest : dict of str to float
        Slew that each pin may have, ns, where the library limits it.
    leakage : float
        nW, the mean over the states that the library tells apart.
    delay, slew : dict of (input, output) to list of Table
        Delays and transition times of the output, rising and falling, ns.
    energy : dict of (input or "", pin) to list of list of Table
        What a transition of the pin dissipates inside, pJ; of an output, when that input causes
        it. The mean of the tables of each inner list, rising and falling, is a share of it: supply
        pins that the library tells apart add up, conditions are averaged.
    sequential : bool
        Whether it stores a bit.
    unwanted : bool
        Whether the library says that it is not to be used.
    """

    area: float
    inputs: dict[str, float]
    outputs: dict[str, float]
    functions: dict[str, str]
    clocks: set[str]
    most: dict[str, float]
    slowest: dict[str, float]
    leakage: float
    delay: dict[tuple[str, str], list[Table]]
    slew: dict[tuple[str, str], list[Table]]
    energy: dict[tuple[str, str], list[list[Table]]]
    sequential: bool
    unwanted: bool

    def slowest_ns(self, pin: str) -> float:
        """Return the slew in ns that a pin may have."""
        return self.slowest.get(pin, math.inf)

    def most_pf(self, pin: str) -> float:
        """Return the capacitance in pF that an output may drive, by its limits of load and slew."""
        most, slowest, tables = self.most.get(pin, math.inf), self.slowest_ns(pin), [
            table for (_, out), tables in self.slew.items() if out == pin for table in tables]
        if tables and not math.isinf(slowest):
            # With inputs as slow as they may be, so that what is behind is not, either.
            grid = np.linspace(0, max(table.loads[-1] for table in tables), 65)
            worst = np.max([table.at(grid, np.array(slowest)) for table in tables], axis=0)
            allowed = grid[worst <= slowest]
            most = min(most, allowed[-1] if len(allowed) else 0.0)
        return float(most)

    def delay_ns(self, source: str, pin: str, load: float) -> float:
        """Return the delay in ns from an input to an output that drives ``load`` pF."""
        return max((float(table.at(np.array(load), np.array(0.0)))
                    for table in self.delay.get((source, pin), [])), default=0.0)
