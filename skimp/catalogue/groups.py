"""Blocks of a kind, for what compares them; beside the rows only this knows blocks by name."""

from skimp.catalogue.rows import CATALOGUE
from skimp.catalogue.selection import Design, select

__all__ = ["ARRAYS", "ELEMENTS", "SORTER", "SORTERS", "THREADED_ARRAY", "sorters"]

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
