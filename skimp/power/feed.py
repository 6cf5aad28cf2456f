"""What a unit is fed when its energy is measured."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from skimp.catalogue.ranges import Range

__all__ = ["EVERY", "WARM_UP", "Feed"]

WARM_UP = 2             # tiles, packets, planes or steps before toggles count, until a unit is full
EVERY = Range(1, 64, integer=True)      # clocks from a packet, a pixel or a state to the next


class Feed(NamedTuple):
    """Real operands as `Model.real` takes them, and the words of the report for them."""

    arrays: Mapping[str, Any]
    operation: str
    workload: str
    # Clocks from a packet, a pixel or a state to the next, at least; None of arrays.
    every: int | None = None
    # Share of operations that are counted: zeros of a mode are none.
    useful: float = 1.0
