"""Rows of the units of a state-space model with a soft-edge input."""

from typing import Any

from skimp.catalogue.block import Block
from skimp.hw.softedge.params import SelectiveScanParams
from skimp.hw.softedge.scan import SelectiveScan
from skimp.sim.models.scan import ScanModel

__all__ = ["SOFTEDGE"]

SCAN = ("Gu, Dao, \"Mamba: Linear-Time Sequence Modeling with Selective State Spaces\", 2023, "
        "arXiv 2312.00752; codes: Chen, Hemani, \"Quamba-SE\", 2026, arXiv 2601.09451")
# Of values in units of a quarter of the step, beside INT8 in units of it.
CODES = {"int8": {}, "signed8": {"code": "signed8", "input_shift": 7, "skip_shift": 6},
         "paper": {"code": "paper", "input_shift": 8, "skip_shift": 6}}


def _int8_scan(params: Any) -> SelectiveScanParams:
    widths = ("states", "lanes", "dt_bits", "x_bits", "decay_bits", "h_bits", "factor_bits",
              "sum_bits", "complement")
    return SelectiveScanParams(**{name: getattr(params, name) for name in widths})


SOFTEDGE = (
    Block(name="selective-scan", summary="lanes of a selective scan, a state a clock",
          parameters=SelectiveScanParams, component=SelectiveScan, model=ScanModel, paper=SCAN,
          configs=CODES, sizes={"states": (8, 16)}, clock_ns=8.0, gated={"complement": False},
          baseline=_int8_scan),
)
