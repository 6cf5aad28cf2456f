"""The catalogue: every block with its parameters, component, model and source.

Data only. A new block is one more row; the command, the README's table and the tests read it here.
"""

from collections.abc import Mapping
from typing import Any

from amaranth.lib import wiring

from skimp.catalogue.block import Block
from skimp.catalogue.predictors import PREDICTORS
from skimp.catalogue.softedge import SOFTEDGE
from skimp.golden.arithmetic import Arithmetic, Nbsmt, Sparq, Static
from skimp.golden.arithmetic.sparq import CONFIGS
from skimp.hw.arith.booth import BoothRecode, BoothRecodeParams
from skimp.hw.arith.popcount import Popcount, PopcountParams
from skimp.hw.plain.dot import PlainDot, PlainDotParams
from skimp.hw.plain.pe import PlainArray, PlainArrayParams, PlainPe, PlainPeParams
from skimp.hw.psu.link import LinkOrderer, LinkOrdererParams
from skimp.hw.psu.unit import SortingUnit, SortingUnitParams
from skimp.hw.sparq.dot import SparqDot, SparqDotParams
from skimp.hw.sparq.pair import PairSelect
from skimp.hw.sparq.pe import SparqArray, SparqArrayParams, SparqPe, SparqPeParams
from skimp.hw.sparq.window import WindowParams, WindowSelect
from skimp.hw.sysmt.operands import ActivationTag, WeightTag
from skimp.hw.sysmt.params import SysmtPeParams
from skimp.hw.sysmt.pe import SysmtArray, SysmtArrayParams, SysmtPe
from skimp.sim.models.array import PlainArrayModel, SparqArrayModel, SysmtArrayModel
from skimp.sim.models.booth import BoothModel
from skimp.sim.models.dot import PlainDotModel, SparqDotModel
from skimp.sim.models.element import PlainPeModel, SparqPeModel
from skimp.sim.models.link import LinkModel
from skimp.sim.models.popcount import PopcountModel
from skimp.sim.models.psu import SortingModel
from skimp.sim.models.sparq import PairModel, WindowModel

__all__ = ["CATALOGUE"]


PSU = ("Han et al., \"'1'-bit Count-based Sorting Unit to Reduce Link Power in DNN Accelerators\", "
       "arXiv 2601.14087")
BATCHER = "Batcher, \"Sorting Networks and Their Applications\", AFIPS 1968"

APPROXIMATE = {"buckets": (0, 0, 0, 1, 1, 2, 2, 3, 3)}
GRAY2 = {"key": "gray", "wires": (1, 0)}
GRAY3 = {"key": "gray", "wires": (1, 2, 0)}
SIZES = {"n": (9, 25, 49, 64)}
ZERO = {"gating": "zero"}
VALID = {"gating": "valid"}


def _sorting_unit(name: str, summary: str, paper: str, configs: Mapping[str, Mapping[str, Any]],
                  **fixed: Any) -> Block:
    return Block(name=name, summary=summary, parameters=SortingUnitParams, component=SortingUnit,
                 model=SortingModel, paper=paper, configs=configs, sizes=SIZES, fixed=fixed,
                 gated=VALID)


SPARQ = ("Shomron et al., \"Post-Training Sparsity-Aware Quantization\", NeurIPS 2021, "
         "arXiv 2105.11010")
BOOTH = "MacSorley, \"High-Speed Arithmetic in Binary Computers\", Proceedings of the IRE 1961"
ROUNDINGS = {"rounding": ("round", "trim")}

NBSMT = ("Shomron, Weiser, \"Non-Blocking Simultaneous Multithreading: Embracing the Resiliency of "
         "Deep Neural Networks\", MICRO 2020, arXiv 2004.09309")
THREADS = {
    "2t": {}, "2t-wA": {"policy": "wA"}, "2t-wA-floor": {"policy": "wA", "rounding": "floor"},
    "2t-A0": {"policy": "A0"}, "2t-W": {"policy": "W", "saturate": False},
    "2t-W0": {"policy": "W0", "saturate": False}, "4t": {"threads": 4},
    "4t-wA": {"threads": 4, "policy": "wA"}, "4t-A0": {"threads": 4, "policy": "A0"},
    "1t": {"threads": 1},
}


def _squares(configs: Mapping[str, Mapping[str, Any]], *sizes: int) -> dict[str, dict[str, Any]]:
    """Return the configurations of square arrays, by names with their sizes."""
    return {f"{name}-{size}x{size}": {"rows": size, "cols": size, **config}
            for size in sizes for name, config in configs.items()}


def _plain_pe(params: Any) -> PlainPeParams:
    return PlainPeParams(weight_width=getattr(params, "weight_width", 8), gating=params.gating,
                         signed=getattr(params, "signed", False))


def _plain_dot(params: Any) -> PlainDotParams:
    return PlainDotParams(weight_width=params.weight_width, products=8, gating=params.gating)


def _plain_array(params: Any) -> PlainArrayParams:
    return PlainArrayParams(rows=params.rows, cols=params.cols, group=params.group,
                            gating=params.gating, signed=getattr(params, "signed", False))


def _static(params: Any) -> Arithmetic | None:
    if getattr(params, "signed", False):
        return None                             # networks have unsigned activations
    return Static(params.activation_width, params.weight_width).on_hardware()


def _sparq(params: Any) -> Arithmetic | None:
    return (Sparq(params.window, params.shifts, params.rounding) if params.weight_width == 8
            else None)


def _nbsmt(params: Any) -> Arithmetic:
    return Nbsmt(params.threads, params.policy, params.rounding, params.saturate,
                 params.sparsity).on_hardware()


SYSMT_ARRAY = Block(
    name="sysmt-array", summary="array of sysmt-pe", parameters=SysmtArrayParams,
    component=SysmtArray, model=SysmtArrayModel, paper=NBSMT,
    configs={**_squares({name: THREADS[name] for name in ("1t", "2t", "4t")}, 4, 8),
             **_squares({name: THREADS[name] for name in (
                 "1t", "2t", "2t-A0", "2t-wA", "2t-W", "2t-W0", "4t", "4t-wA")}, 16)},
    clock_ns=8.0, baseline=_plain_array, arithmetic=_nbsmt, gated=ZERO)
SPARQ_ARRAY = Block(
    name="sparq-array", summary="array of sparq-pe", parameters=SparqArrayParams,
    component=SparqArray, model=SparqArrayModel, paper=SPARQ + "; dataflow: " + NBSMT,
    configs=_squares({"5opt": {}}, 8), clock_ns=8.0, baseline=_plain_array,
    arithmetic=_sparq, gated=ZERO)
PLAIN_ARRAY = Block(
    name="plain-array", summary="baseline: array of plain-pe", parameters=PlainArrayParams,
    component=PlainArray, model=PlainArrayModel, paper="dataflow: " + NBSMT,
    configs={**_squares({"8b-8b": {}}, 4, 8, 16), **_squares({"8b-8b-skip": {"skip": True}}, 4, 8)},
    clock_ns=8.0,
    baseline=_plain_array, arithmetic=_static, gated=ZERO)


def _tags(name: str, summary: str, component: type[wiring.Component]) -> Block:
    return Block(name=name, summary=summary, parameters=SysmtPeParams, component=component,
                 model=SysmtArrayModel, harness=SYSMT_ARRAY, paper=NBSMT, configs=THREADS,
                 clock_ns=8.0, gated=ZERO)


BASELINE = {"accurate": {}, "approximate": APPROXIMATE, "gray2": GRAY2}

CATALOGUE = {block.name: block for block in (
    Block(name="popcount", summary="number of ones of a word", parameters=PopcountParams,
          component=Popcount, model=PopcountModel, paper=PSU,
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
          model=LinkModel, configs={
              "pairs": {"sorter": "banyan", **GRAY2},
              "pairs-snake": {"sorter": "banyan", "snake": True, **GRAY2},
              "activations": {"sorter": "banyan", "pairs": False, **GRAY2},
              "pooling": {"n": 4, "lanes": 1, "pairs": False, "sorter": "compare-all"},
          }, gated=VALID),
    _sorting_unit("psu-odd-even", "baseline: odd-even merge network", BATCHER, BASELINE,
                  sorter="odd-even"),
    _sorting_unit("psu-bitonic", "baseline: bitonic network", BATCHER, BASELINE, sorter="bitonic"),
    _sorting_unit("psu-compare-all", "baseline: every two keys compared at once", "folklore",
                  {"accurate": {}, "approximate": APPROXIMATE}, sorter="compare-all"),
    Block(name="window-select", summary="window of an activation", parameters=WindowParams,
          component=WindowSelect, model=WindowModel, paper=SPARQ, configs=CONFIGS,
          sizes=ROUNDINGS, clock_ns=8.0),
    Block(name="pair-select", summary="two lanes of a pair of activations", parameters=WindowParams,
          component=PairSelect, model=PairModel, paper=SPARQ, configs=CONFIGS, sizes=ROUNDINGS,
          clock_ns=8.0),
    Block(name="sparq-pe", summary="processing element for pairs", parameters=SparqPeParams,
          component=SparqPe, model=SparqPeModel, inside=SPARQ_ARRAY, paper=SPARQ,
          configs={**CONFIGS, "5opt-w4": {**CONFIGS["5opt"], "weight_width": 4}},
          clock_ns=8.0, baseline=_plain_pe, arithmetic=_sparq, gated=ZERO),
    Block(name="sparq-dot", summary="dot product of pairs", parameters=SparqDotParams,
          component=SparqDot, model=SparqDotModel, paper=SPARQ,
          configs={**CONFIGS, "5opt-raw": {**CONFIGS["5opt"], "input": "raw"},
                   "5opt-sparse24": {**CONFIGS["5opt"], "input": "sparse24"}},
          gated=VALID, clock_ns=8.0, baseline=_plain_dot),
    Block(name="plain-pe", summary="baseline: processing element of fixed precision",
          parameters=PlainPeParams, component=PlainPe, model=PlainPeModel, inside=PLAIN_ARRAY,
          paper="folklore", clock_ns=8.0, baseline=_plain_pe, arithmetic=_static,
          gated=ZERO, configs={
              "8b-8b": {}, "8b-4b": {"weight_width": 4},
              **{f"s{width}b-8b": {"activation_width": width, "signed": True}
                 for width in (8, 9, 11, 12)},
              "4b-8b": {"activation_width": 4, "lanes": 2},
              "4b-4b": {"activation_width": 4, "weight_width": 4, "lanes": 2}}),
    Block(name="plain-dot", summary="baseline: dot product of fixed precision",
          parameters=PlainDotParams, component=PlainDot, model=PlainDotModel,
          paper="folklore", gated=VALID, clock_ns=8.0, baseline=_plain_dot, configs={
              "8b-8b": {"products": 8}, "8b-4b": {"weight_width": 4, "products": 8},
              "4b-8b": {"activation_width": 4, "products": 8},
              "4b-4b": {"activation_width": 4, "weight_width": 4, "products": 8}}),
    Block(name="sysmt-pe", summary="processing element of several threads",
          parameters=SysmtPeParams, component=SysmtPe, model=SysmtArrayModel, harness=SYSMT_ARRAY,
          inside=SYSMT_ARRAY, paper=NBSMT, configs=THREADS,
          clock_ns=8.0, baseline=_plain_pe, arithmetic=_nbsmt, gated=ZERO),
    _tags("sysmt-activation", "activations of a step, with tags", ActivationTag),
    _tags("sysmt-weight", "weights of a step, with tags", WeightTag),
    SYSMT_ARRAY,
    SPARQ_ARRAY,
    PLAIN_ARRAY,
    Block(name="booth-recode", summary="Booth digits of a weight", parameters=BoothRecodeParams,
          component=BoothRecode, model=BoothModel, paper=BOOTH,
          configs={"byte": {}, "nibble": {"weight_width": 4}}, clock_ns=8.0),
    *PREDICTORS,
    *SOFTEDGE,
)}
