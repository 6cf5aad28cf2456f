"""``python -m skimp.search.platforms.measure``: measure the prices of our own arrays again.

All clocks are gated. Areas of arrays of `SIZES`, and energies of 4 x 4 in each mode on `LAYER`, at
one clock. At a chip's own clock, the fastest that its array of 4 x 4 meets, areas of all sizes are
larger by what that one is; energies are those at the one clock. Half an hour; what was finished is
kept. The table goes to ``prices.json`` beside this file.
"""

import json
import sys
from typing import Any

import numpy as np

from skimp.catalogue.selection import Design, select
from skimp.cli.notes import open_library, progress
from skimp.cli.options import LibraryChoice
from skimp.power.measure import energies, feed_of
from skimp.power.operands import LAYER
from skimp.search.platforms.chips import CHIPS, Chip
from skimp.search.platforms.prices import between, shares
from skimp.search.platforms.table import CLOCKS, TABLE
from skimp.silicon.area import Timing, prices
from skimp.silicon.figures import Fastest
from skimp.silicon.library import Library
from skimp.silicon.mapping import tool_versions

__all__ = ["array", "main"]

CLOCK_NS = 8.0
#: Rows and columns: off the diagonal, too, for columns cost more than rows.
SIZES, SIDE = ((4, 4), (8, 8), (16, 16), (2, 16), (16, 2)), 4


def array(chip: Chip, rows: int, cols: int) -> Design:
    """Return a chip's array of a size."""
    one, = select((chip.block,), None, {**dict(chip.parameters), "rows": rows, "cols": cols})
    return one.gated


def _areas(chip: Chip, library: Library) -> dict[tuple[int, int], float]:
    with progress(f"areas of {chip.name}", len(SIZES)) as done:
        found = prices([array(chip, *size) for size in SIZES], library, CLOCK_NS, done)
    return {size: one.area_um2 or 0.0 for size, one in zip(SIZES, found, strict=True)}


def _fastest(chip: Chip, library: Library) -> Fastest:
    with progress(f"fastest clock of {chip.name}", 1) as done:
        one, = prices([array(chip, SIDE, SIDE)], library, CLOCK_NS, done, Timing(fastest=True))
    if not (one.timing and one.timing.fastest):
        raise RuntimeError(f"{chip.name} meets no clock")
    return one.timing.fastest


def _energy(chip: Chip, library: Library) -> dict[str, Any]:
    found = {}
    with progress(f"energy of {chip.name}", len(chip.modes)) as done:
        for mode in chip.modes:
            found[mode.name], = energies([array(chip, SIDE, SIDE)], library, CLOCK_NS, done,
                                         layer=LAYER, mode=mode.name)
    operands = feed_of(array(chip, SIDE, SIDE), LAYER, mode=chip.modes[0].name).arrays
    used = [np.count_nonzero(operand, axis=axis) for operand, axis in
            ((operands["x"], 0), (operands["w"], 1))]
    # Zeros that a mode adds are no products.
    products = operands["x"].shape[0] * operands["w"].size / max(
        mode.products for mode in chip.modes)
    return shares(found, SIDE * SIDE, float(used[0] @ used[1]) / products)


def main() -> int:
    """Measure everything and write the table; return the exit status."""
    library = open_library(LibraryChoice(clock_gating=True))
    table: dict[str, Any] = {
        "made_by": f"python -m {__spec__.name}" if __spec__ else sys.argv[0],
        "library": library.name, "tools": tool_versions(), "layer": LAYER,
        **{clocks: {} for clocks in CLOCKS}}
    for chip in CHIPS:
        spent, areas = _energy(chip, library), _areas(chip, library)
        quick = _fastest(chip, library)
        larger = quick.area_um2 / areas[SIDE, SIDE]
        for clocks, period, factor in zip(CLOCKS, (CLOCK_NS, quick.clock_ns), (1.0, larger),
                                          strict=True):
            table[clocks][chip.name] = {
                "clock_ns": period, "area_um2": between(
                    {size: area * factor for size, area in areas.items()}), **spent}
    TABLE.write_text(json.dumps(table, indent=1) + "\n")
    print(f"wrote {TABLE}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
