"""Prices of our own arrays: area between sizes, and the energy of a layer, from measured ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from skimp.power.figures import EnergyRecord

__all__ = ["ChipPrices", "between", "shares"]


@dataclass(frozen=True, kw_only=True)
class ChipPrices:
    """What an array of any size costs, of a chip's elements, at a clock."""

    #: ns; what it was mapped for.
    clock_ns: float
    #: um2 of an array, for each column, for each element, for the square of the rows and for that
    #: of the columns: the last are registers of the skew.
    area_um2: tuple[float, ...]
    #: pJ of an element in a clock, whatever it does: its clock.
    clock_pj: float
    #: pJ that a product of two operands that are not zero adds in an element, and pJ in a clock of
    #: all that is around the elements, for each element: registers of the skew are as many, about.
    #: By the mode's name.
    product_pj: Mapping[str, float]
    edge_pj: Mapping[str, float]

    def area(self, rows: Any, cols: Any) -> Any:
        """Return the area in um2, of integers or of arrays of them."""
        once, col, element, rows_skew, cols_skew = self.area_um2
        return (once + col * cols + element * rows * cols + rows_skew * rows**2
                + cols_skew * cols**2)

    def energy_pj(self, mode: str, clocks: Any, elements: Any, products: float) -> Any:
        """Return the energy of a layer, of so many clocks in which all ``elements`` have one.

        ``products`` are those of two operands that are not zero.
        """
        return (clocks * elements * (self.clock_pj + self.edge_pj[mode])
                + self.product_pj[mode] * products)


def between(areas: Mapping[tuple[int, int], float]) -> tuple[float, ...]:
    """Return the five figures of areas of five sizes, by rows and columns; exact there."""
    rows, cols = np.array(list(areas), float).T
    terms = np.stack([rows**0, cols, rows * cols, rows**2, cols**2], axis=1)
    return tuple(np.linalg.solve(terms, list(areas.values())).round(1).tolist())


def shares(records: Mapping[str, EnergyRecord], elements: int, busy: float) -> dict[str, Any]:
    """Return the parts of energy, of an array that works in every clock, by mode.

    ``busy`` is the share of products of two operands that are not zero. An element's clock is
    taken at the mode that spends least on it: what others spend more is of their products. The
    clock is shared by elements and edges as all energy is.
    """
    in_clock, edges, inside = {}, {}, {}
    for mode, one in records.items():
        pj = sum(pj for part, pj in one.parts_pj.items() if part.startswith("element:"))
        made = one.operations / one.clocks / elements       # products of an element in a clock
        in_clock[mode] = one.clock_pj * pj / one.pj_whole * made
        edges[mode] = (one.pj_whole - pj) * made
        inside[mode] = pj, made
    clock = min(in_clock.values())
    return {"clock_pj": round(clock, 4),
            "product_pj": {mode: round((pj - clock / made) / busy, 4)
                           for mode, (pj, made) in inside.items()},
            "edge_pj": {mode: round(pj, 4) for mode, pj in edges.items()}}
