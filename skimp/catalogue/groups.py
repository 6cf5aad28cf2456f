"""Blocks of a kind, for what compares them; beside the rows only this knows blocks by name."""

from skimp.catalogue.rows import CATALOGUE
from skimp.catalogue.selection import Design, select

__all__ = ["ARRAYS", "ELEMENTS", "SORTER", "SORTERS", "THREADED_ARRAY", "bounded", "measured",
           "sorters"]

SORTER = "psu"
#: The sorting unit and its baselines.
SORTERS = tuple(name for name, block in CATALOGUE.items()
                if block.component is CATALOGUE[SORTER].component)
ELEMENTS = ("plain-pe", "sparq-pe", "sysmt-pe")
THREADED_ARRAY = "sysmt-array"
ARRAYS = ("plain-array", THREADED_ARRAY, "sparq-array")


def sorters(config: str | None, n: int) -> list[Design]:
    """Return the sorting units of a configuration, or of all, for ``n`` elements."""
    return select((SORTER,), config, {"n": n})


def measured() -> list[Design]:
    """Return what energy is measured of: arrays of 8 x 8, and sorting units of 25 elements."""
    return [*(one for one in select(ARRAYS) if one.params.rows == 8),
            *(one for one in sorters(None, 25) if one.model.fed)]


def bounded() -> list[Design]:
    """Return what has bounds with gated clocks, too: elements, and what energy is measured of.

    Larger units have the same elements and ranks, and take most of an hour.
    """
    return [one.gated for one in (*select(ELEMENTS), *measured())]
