"""Rows of the units of soft-edge codes, and of the scan that takes them."""

from typing import Any

from skimp.catalogue.block import Block
from skimp.hw.plain.pe import PlainArrayParams, PlainPeParams
from skimp.hw.softedge.decode import SoftEdgeDecode, SoftEdgeDecodeParams
from skimp.hw.softedge.encode import SoftEdgeEncode, SoftEdgeEncodeParams
from skimp.hw.softedge.int8 import SoftEdgeToInt8, SoftEdgeToInt8Params
from skimp.hw.softedge.layout import Code
from skimp.hw.softedge.params import SelectiveScanParams
from skimp.hw.softedge.pe import SoftEdgeArray, SoftEdgeArrayParams, SoftEdgePe, SoftEdgePeParams
from skimp.hw.softedge.scan import SelectiveScan
from skimp.sim.models.scan import ScanModel
from skimp.sim.models.softedge import (
    DecodeModel,
    EncodeModel,
    SoftEdgeArrayModel,
    SoftEdgePeModel,
    ToInt8Model,
)

__all__ = ["SOFTEDGE"]

SCAN = ("Gu, Dao, \"Mamba: Linear-Time Sequence Modeling with Selective State Spaces\", 2023, "
        "arXiv 2312.00752; codes: Chen, Hemani, \"Quamba-SE\", 2026, arXiv 2601.09451")
# Of values in units of a quarter of the step, beside INT8 in units of it.
SCANS = {"int8": {}, "signed8": {"code": "signed8", "input_shift": 7, "skip_shift": 6},
         "paper": {"code": "paper", "input_shift": 8, "skip_shift": 6}}
QUAMBA_SE = ("Chen, Hemani, \"Late Breaking Results: Quamba-SE: Soft-edge Quantizer for "
             "Activations in State Space Models\", 2026, arXiv 2601.09451")
CODES: dict[str, dict[str, Any]] = {code.value: {"code": code.value} for code in Code}
WIDE = {"width": 24, "fraction": 10}


def _int8_scan(params: Any) -> SelectiveScanParams:
    widths = ("states", "lanes", "dt_bits", "x_bits", "decay_bits", "h_bits", "factor_bits",
              "sum_bits", "complement")
    return SelectiveScanParams(**{name: getattr(params, name) for name in widths})


def _plain_pe(params: Any) -> PlainPeParams:
    return PlainPeParams(weight_width=params.weight_width, gating=params.gating, signed=True)


def _plain_array(params: Any) -> PlainArrayParams:
    return PlainArrayParams(rows=params.rows, cols=params.cols, group=params.group,
                            gating=params.gating, signed=True)


SOFTEDGE_ARRAY = Block(
    name="soft-edge-array", summary="array of soft-edge-pe", parameters=SoftEdgeArrayParams,
    component=SoftEdgeArray, model=SoftEdgeArrayModel, paper=QUAMBA_SE, clock_ns=8.0,
    baseline=_plain_array, gated={"gating": "zero"},
    configs={"signed8-4x4": {"code": "signed8", "rows": 4, "cols": 4}})
SOFTEDGE = (
    Block(name="selective-scan", summary="lanes of a selective scan, a state a clock",
          parameters=SelectiveScanParams, component=SelectiveScan, model=ScanModel, paper=SCAN,
          configs=SCANS, sizes={"states": (8, 16)}, clock_ns=8.0, gated={"complement": False},
          baseline=_int8_scan),
    Block(name="soft-edge-encode", summary="soft-edge code of a number",
          parameters=SoftEdgeEncodeParams, component=SoftEdgeEncode, model=EncodeModel,
          paper=QUAMBA_SE, clock_ns=8.0, configs={
              **CODES, **{f"{name}-24b": {**CODES[name], **WIDE}
                          for name in ("paper", "signed8", "signed8-fine")}}),
    Block(name="soft-edge-decode", summary="value of a soft-edge code",
          parameters=SoftEdgeDecodeParams, component=SoftEdgeDecode, model=DecodeModel,
          paper=QUAMBA_SE, clock_ns=8.0, configs={
              **CODES, "paper-magnitude": {**CODES["paper"], "form": "sign-magnitude"}}),
    Block(name="soft-edge-to-int8", summary="INT8 for a projection, of a soft-edge code",
          parameters=SoftEdgeToInt8Params, component=SoftEdgeToInt8, model=ToInt8Model,
          paper=QUAMBA_SE, clock_ns=8.0, configs=CODES),
    Block(name="soft-edge-pe", summary="processing element for soft-edge codes",
          parameters=SoftEdgePeParams, component=SoftEdgePe, model=SoftEdgePeModel,
          inside=SOFTEDGE_ARRAY, paper=QUAMBA_SE, clock_ns=8.0, baseline=_plain_pe,
          gated={"gating": "zero"}, configs={
              f"{name}{suffix}": {**CODES[name], **place} for name in ("signed8", "paper")
              for suffix, place in (("", {}), ("-inside", {"decoded": "element"}))}),
    SOFTEDGE_ARRAY,
)
