"""Cells of which clocks are gated: a library's own clock gate, or those that make one.

The gate of a clock must not pass a glitch of its enable. A library's own clock gate sees to that,
with a latch inside that is closed while the clock is high. So does a latch before an AND. Of an
enable that comes in the first half of the clock, an OR takes care alone: its output stays high
while the clock is high, and while the clock is low the enable stands still.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from skimp.silicon.cell import Cell, ClockGate, Latch
from skimp.silicon.cells import Cells
from skimp.silicon.functions import truth
from skimp.silicon.roles import INVERT, of_one_input

__all__ = ["Gate", "GatingCells", "gating_cells"]

# Truth tables over two inputs.
BOTH, EITHER = 0b1000, 0b1110


class Gate(NamedTuple):
    """A gate: its cell, inputs, output."""

    cell: str
    inputs: tuple[str, ...]
    output: str


@dataclass(frozen=True)
class GatingCells:
    """Cells that gate clocks: ``whole`` alone, else the others."""

    whole: tuple[str, ClockGate] | None = None
    latch: tuple[str, Latch] | None = None
    inverter: Gate | None = None
    both: Gate | None = None            # an AND
    either: Gate | None = None          # an OR; may be missing where there is a latch
    inverters: Mapping[str, Gate] = field(default_factory=dict)     # all that there are

    @property
    def names(self) -> set[str]:
        """Names of all these cells."""
        return {found[0] for found in (self.whole, self.latch, self.inverter, self.both,
                                       self.either) if found}

    @property
    def complete(self) -> bool:
        """Whether every enable can gate a clock."""
        return bool(self.whole or (self.latch and self.both and self.inverter))


def gating_cells(cells: Cells, gates: Iterable[str], usable: Iterable[str]) -> GatingCells:
    """Return the smallest cells of each kind, of own ``gates`` and of ``usable`` cells.

    Of equal ones it is the inverter with the least capacitance, which all clocks see, and
    otherwise the one that drives most.
    """
    names = sorted(usable)
    own = [(cells[name].area, name, gate) for name in gates if (gate := cells[name].gate)]
    if own:
        return GatingCells(whole=min(own, key=lambda one: one[:2])[1:])
    inverters = {name: Gate(name, (source,), pin)
                 for name, source, pin in of_one_input(cells, names, INVERT)}
    # A latch without area would cost nothing.
    latches = [(name, latch) for name in names
               if (latch := cells[name].latch) and cells[name].area > 0]
    # One that is open while the clock is low needs no inverter.
    latch = min(latches, key=lambda one: (cells[one[0]].area, one[1].high), default=None)
    inverter = min(inverters.values(), default=None, key=lambda gate: (
        cells[gate.cell].area, cells[gate.cell].inputs[gate.inputs[0]]))
    return GatingCells(None, latch, inverter, _of_two(cells, names, BOTH),
                       _of_two(cells, names, EITHER), inverters)


def _of_two(cells: Cells, names: Iterable[str], table: int) -> Gate | None:
    found = [(cells[name].area, -cells[name].most.get(gate.output, 0.0), gate)
             for name in names if (gate := _gate(name, cells[name], table))]
    return min(found)[2] if found else None


def _gate(name: str, cell: Cell, table: int) -> Gate | None:
    if len(cell.inputs) != 2 or len(cell.functions) != 1 or cell.sequential:
        return None
    (pin, function), = cell.functions.items()
    inputs = tuple(cell.inputs)
    return Gate(name, inputs, pin) if truth(function, inputs) == table else None
