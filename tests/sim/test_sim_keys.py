"""Keys of every element, for tables that take each way through `hw.psu.keys`."""

import pytest

from skimp.hw.emit import emit
from skimp.hw.psu.unit import SortingUnit, SortingUnitParams
from skimp.sim.launch import run_bench
from skimp.sim.models.psu import SortingModel

pytestmark = pytest.mark.usefixtures("icarus")

# The bench tries all pairs of elements up to 6 bits.
TABLES = {
    "all begin at odd counts": (0, 1, 1, 2, 2, 3),
    "all begin at even counts": (0, 0, 1, 1, 2, 2, 3),
    "four bits, odd": (0, 1, 1, 2, 2),
    "four bits, even": (0, 0, 1, 1, 2),
    "two buckets": (0, 0, 0, 0, 0, 1, 1),
    "odd and even": (0, 1, 2, 2, 2, 3, 4),
    "three bits": (0, 0, 1, 1),
    "one bit": (0, 1),
}


@pytest.mark.parametrize("sorter", ["banyan", "odd-even", "counting"])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_tables(tmp_path, table, sorter, descending):
    params = SortingUnitParams(n=2, width=len(table) - 1, buckets=table, sorter=sorter,
                               descending=descending)
    run_bench(emit(SortingUnit(params), "psu", ties=params.ties), SortingModel, tmp_path)
