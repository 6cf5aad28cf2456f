"""Cells by role: adders, buffers and tie cells, found by their functions."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from skimp.silicon.cell import Cell
from skimp.silicon.cells import Cells
from skimp.silicon.functions import truth

__all__ = ["UNWANTED", "Adder", "Buffer", "adders", "buffers", "of_one_input", "ties"]

# Cells that cannot be placed as logic, or that flows of these libraries leave out, though their
# Liberty files do not say so.
UNWANTED = (
    # A supply pin of their own, or a pad for a probe.
    "sky130_fd_sc_*__lpflow_*", "sky130_fd_sc_*__probe*",
    # Odd sizes, registers of scan chains, clock gates.
    "*x1p*_ASAP7_*", "*xp*_ASAP7_*", "SDF*_ASAP7_*", "ICG*_ASAP7_*",
)
# Truth tables over two or three inputs, and over one.
ADDERS = {"full_adder": (3, 0b10010110, 0b11101000), "half_adder": (2, 0b0110, 0b1000)}
COPY, INVERT = 0b10, 0b01


class Buffer(NamedTuple):
    """A buffer: cell and pins, input capacitance and largest load in pF, delay in ns."""

    cell: str
    input: str
    output: str
    pf: float
    most_pf: float
    delay_ns: float


class Adder(NamedTuple):
    """An adder: its cell and inputs, its pins of sum and carry, and whether these are inverted."""

    cell: str
    inputs: tuple[str, ...]
    sum: str
    carry: str
    inverted: tuple[bool, bool]


def of_one_input(cells: Cells, names: Iterable[str], table: int) -> list[tuple[str, str, str]]:
    """Return cell, input and output of each gate of one input with this truth table."""
    found = []
    for name in sorted(names):
        cell = cells[name]
        if len(cell.inputs) == len(cell.functions) == 1 and not cell.sequential:
            (source,), ((pin, function),) = cell.inputs, cell.functions.items()
            if truth(function, [source]) == table:
                found.append((name, source, pin))
    return found


def adders(cells: Cells, names: Iterable[str]) -> dict[str, Adder]:
    """Return the smallest full and half adder by the names of our modules."""
    found = {name: [(cell.area, adder) for each in names if (cell := cells[each])
                    and (adder := _adder(each, cell, *wanted))] for name, wanted in ADDERS.items()}
    return {name: min(some)[1] for name, some in found.items() if some}


def _adder(name: str, cell: Cell, inputs: int, *wanted: int) -> Adder | None:
    if len(cell.inputs) != inputs or len(cell.functions) != 2 or cell.sequential:
        return None
    every = (1 << (1 << inputs)) - 1
    pins = {truth(function, list(cell.inputs)): pin for pin, function in cell.functions.items()}
    found = [next(((pins[table], table != true) for table in (true, every ^ true)
                   if table in pins), None) for true in wanted]
    if not found[0] or not found[1]:
        return None
    (total, first), (carry, second) = found[0], found[1]
    return Adder(name, tuple(cell.inputs), total, carry, (first, second))


def ties(cells: Cells, names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return the smallest tie cell and its pin for "0" and "1", where there are such."""
    found: dict[str, tuple[float, str, str]] = {}
    for name in sorted(names):
        cell = cells[name]
        for pin, function in cell.functions.items():
            value = function.strip(' "()')
            if value in ("0", "1") and not cell.inputs:
                tie = (cell.area, name, pin)
                found[value] = min(found.get(value, tie), tie)
    return {value: tie[1:] for value, tie in found.items()}


def buffers(cells: Cells, candidates: Iterable[tuple[str, str, str]], load_pf: float,
            most_pf: dict[str, float]) -> list[Buffer]:
    """Return the smallest buffer and that of the least area times delay at ``load_pf``.

    It is one buffer if they are the same, and none if there are no candidates.
    """
    load, found = np.array(load_pf), []
    for name, source, pin in candidates:
        cell = cells[name]
        tables, slews = cell.delay.get((source, pin), []), cell.slew.get((source, pin), [])
        if tables and slews:
            slew = np.array(float(np.mean([table.at(load, np.array(0.0)) for table in slews])))
            delay = float(np.mean([table.at(load, slew) for table in tables]))
            found.append((cell.area, delay, Buffer(name, source, pin, cell.inputs[source],
                                                   most_pf[name], delay)))
    if not found:
        return []
    smallest, best = min(found)[2], min(found, key=lambda one: one[0] * one[1])[2]
    return [smallest] if best == smallest else [smallest, best]
