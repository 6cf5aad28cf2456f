"""The highest clock of a unit: mapped for shorter and shorter ones, with the recipes of every area.

ABC gives almost the same netlist for any clock that is hard to meet, so the period that one netlist
needs tells where to look: two or three clocks end the search.
"""

import math

from skimp.hw.emit import Emitted
from skimp.silicon.figures import Fastest
from skimp.silicon.mapping import Library, best, map_all

__all__ = ["CLOCKS", "FAST_NS", "FINE_NS", "RESOLUTION_NS", "fastest"]

#: Clocks are multiples of this; of `FINE_NS` where the search begins below `FAST_NS`.
RESOLUTION_NS = 0.1
FINE_NS, FAST_NS = 0.01, 2.0
#: At most so many clocks are tried beside the unit's own, with two recipes, or four if they miss.
CLOCKS = 4


def fastest(unit: Emitted, library: Library, clock_ns: float) -> Fastest | None:
    """Search the highest clock of ``unit``, from ``clock_ns`` on.

    The next clock is what the fastest netlist so far needs, or, if that is met already, one step
    less; the search ends where that is known to be missed, or after `CLOCKS` clocks. So
    ``map_best`` at the clock that is found meets it, and a step below misses it unless the search
    was cut short. None if no clock that was tried is met, or nothing stands in the way of any.
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
    return Fastest(clock_ns=min(met), mhz=round(1e3 / min(met), 1), area_um2=found.area_um2,
                   slack_ns=found.slack_ns, recipe=found.recipe, tried_ns=tried)


def _up(period_ns: float, resolution: float) -> float:
    """Return the next multiple of ``resolution`` from ``period_ns`` on."""
    return round(math.ceil(round(period_ns / resolution, 3)) * resolution, 3)


def _step(clock_ns: float, by: float) -> float:
    return round(clock_ns + by, 3)
