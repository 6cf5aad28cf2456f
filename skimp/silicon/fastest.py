"""The highest clock of a unit, by mapping it for shorter and shorter periods.

ABC makes almost the same netlist for any clock that is hard to meet. So the period that one netlist
needs is a good next guess, and two or three clocks end the search.
"""

import math
from dataclasses import dataclass

from skimp.hw.emit import Emitted
from skimp.silicon.library import Library
from skimp.silicon.mapping import best, map_all

__all__ = ["CLOCKS", "FAST_NS", "FINE_NS", "RESOLUTION_NS", "Fastest", "fastest"]

#: Clocks are multiples of this; of `FINE_NS` where the search begins below `FAST_NS`.
RESOLUTION_NS = 0.1
FINE_NS, FAST_NS = 0.01, 2.0
#: Clocks that are tried at most, beside the unit's own.
CLOCKS = 4


@dataclass(frozen=True)
class Fastest:
    """The shortest clock that a unit was mapped for and met, with area and slack there."""

    clock_ns: float
    mhz: float
    area_um2: float
    slack_ns: float | None
    recipe: str
    tried_ns: list[float]       # all clocks that it was mapped for, in order


def fastest(unit: Emitted, library: Library, clock_ns: float) -> Fastest | None:
    """Search the highest clock of ``unit``, from ``clock_ns`` on.

    The next period is what the fastest netlist so far needs, or one step less if that is met. The
    search ends where that is known to be missed, or after `CLOCKS` clocks. Return None if no clock
    that was tried is met, or if any clock would be.
    """
    tried: list[float] = []
    met = {}
    period, target = math.inf, clock_ns
    resolution = FINE_NS if clock_ns < FAST_NS else RESOLUTION_NS
    while len(tried) <= CLOCKS:
        results = map_all(unit, library, target)
        tried.append(target)
        mapped = best(results)
        if mapped.meets:
            met[target] = mapped
        period = min(period, *(target - (each.slack_ns or 0.0) for each in results))
        if period <= 0:
            return None
        shortest = min(met, default=math.inf)
        target = _up(period, resolution)
        if target >= shortest:
            target = _step(shortest, -resolution)
        while target in tried:
            target = _step(target, resolution)
        if not 0 < target < shortest:
            break
    if not met:
        return None
    found = met[min(met)]
    return Fastest(min(met), round(1e3 / min(met), 1), found.area_um2, found.slack_ns, found.recipe,
                   tried)


def _up(period_ns: float, resolution: float) -> float:
    """Return the next multiple of ``resolution`` from ``period_ns`` on."""
    return round(math.ceil(round(period_ns / resolution, 3)) * resolution, 3)


def _step(clock_ns: float, by: float) -> float:
    return round(clock_ns + by, 3)
