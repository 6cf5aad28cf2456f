"""The prices of our own arrays that ship: measured once, by the commands that the table names."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from skimp.search.platforms.chips import CHIPS, Chip
from skimp.search.platforms.prices import ChipPrices

__all__ = ["CLOCKS", "TABLE", "shipped"]

TABLE = Path(__file__).with_name("prices.json")
#: All chips at one clock, or each at its own: the fastest that its array of 4 x 4 meets.
CLOCKS = ("same", "own")


@cache
def _table() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(TABLE.read_text())
    return document


def shipped(clocks: str) -> dict[Chip, ChipPrices]:
    """Return the prices of each chip, of `CLOCKS`."""
    table = _table()[clocks]
    return {chip: ChipPrices(**table[chip.name] | {
        "area_um2": tuple(table[chip.name]["area_um2"])}) for chip in CHIPS}
