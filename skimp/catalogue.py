"""The catalogue: every block with its parameters, component, golden function, bench and source.

Data only. A new block is one more row; the command, the README's table and the tests read it here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from amaranth.lib import wiring

from hw.psu.link import LinkOrderer, LinkOrdererParams
from hw.psu.popcount import Popcount, PopcountParams
from hw.psu.unit import SortingUnit, SortingUnitParams

__all__ = ["CATALOGUE", "Block"]


@dataclass(frozen=True, kw_only=True)
class Block:
    """A row of the catalogue.

    Attributes
    ----------
    name : str
        What the command calls it.
    summary : str
        One line.
    parameters, component : type
        The parameter class, and the component that takes an instance of it.
    golden : str
        The function that says what is right, by its dotted name.
    bench : str
        The cocotb module.
    serial_bench : str
        The cocotb module of configurations with one element per clock.
    paper : str
        Where the block comes from.
    configs : mapping of str to mapping
        Named configurations: what they set, beside the defaults.
    sizes : mapping of str to tuple
        Parameters of which each named configuration exists in several values.
    fixed : mapping
        Parameters that make the block what it is, and that no flag changes.
    """

    name: str
    summary: str
    parameters: type
    component: type[wiring.Component]
    golden: str
    bench: str
    serial_bench: str = ""
    paper: str
    configs: Mapping[str, Mapping[str, Any]]
    sizes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)


PSU = ("Han et al., \"'1'-bit Count-based Sorting Unit to Reduce Link Power in DNN Accelerators\", "
       "arXiv 2601.14087")
BATCHER = "Batcher, \"Sorting Networks and Their Applications\", AFIPS 1968"

APPROXIMATE = {"buckets": (0, 0, 0, 1, 1, 2, 2, 3, 3)}
GRAY2 = {"key": "gray", "wires": (1, 0)}
GRAY3 = {"key": "gray", "wires": (1, 2, 0)}
SIZES = {"n": (9, 25, 49, 64)}


def _sorting_unit(name: str, summary: str, paper: str, configs: Mapping[str, Mapping[str, Any]],
                  **fixed: Any) -> Block:
    return Block(name=name, summary=summary, parameters=SortingUnitParams, component=SortingUnit,
                 golden="golden.psu.order", bench="sim.tb_psu",
                 serial_bench="sim.tb_psu_serial", paper=paper, configs=configs,
                 sizes=SIZES, fixed=fixed)


BASELINE = {"accurate": {}, "approximate": APPROXIMATE, "gray2": GRAY2}

CATALOGUE = {block.name: block for block in (
    Block(name="popcount", summary="number of ones of a word", parameters=PopcountParams,
          component=Popcount, golden="golden.psu.keys", bench="sim.tb_popcount", paper=PSU,
          configs={"byte": {}, "word": {"width": 32}}),
    _sorting_unit("psu", "order of n elements by popcount or Gray key, a vector per clock", PSU, {
        "accurate": {"sorter": "counting"},
        "approximate": {"sorter": "counting", **APPROXIMATE},
        "smallest-exact": {"sorter": "odd-even"},
        "smallest-approximate": {"sorter": "banyan", **APPROXIMATE},
        "gray2": {"sorter": "banyan", **GRAY2},
        "gray3": {"sorter": "odd-even", **GRAY3},
        "serial": {"sorter": "serial"},
    }),
    Block(name="link-orderer", summary="packets in, ordered flits out", paper=PSU + "; link: "
          "Chen et al., arXiv 2509.00500", parameters=LinkOrdererParams, component=LinkOrderer,
          golden="golden.link.flits", bench="sim.tb_link_orderer", configs={
              "pairs": {"sorter": "banyan", **GRAY2},
              "pairs-snake": {"sorter": "banyan", "snake": True, **GRAY2},
              "activations": {"sorter": "banyan", "pairs": False, **GRAY2},
              "pooling": {"n": 4, "lanes": 1, "pairs": False, "sorter": "compare-all"},
          }),
    _sorting_unit("psu-odd-even", "baseline: odd-even merge network", BATCHER, BASELINE,
                  sorter="odd-even"),
    _sorting_unit("psu-bitonic", "baseline: bitonic network", BATCHER, BASELINE, sorter="bitonic"),
    _sorting_unit("psu-compare-all", "baseline: every two keys compared at once", "folklore",
                  {"accurate": {}, "approximate": APPROXIMATE}, sorter="compare-all"),
)}
