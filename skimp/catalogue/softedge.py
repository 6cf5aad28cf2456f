"""Rows of the units of soft-edge codes, and of the scan that takes them."""

from dataclasses import replace
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
QUAMBA_SE = ("Chen, Hemani, \"Late Breaking Results: Quamba-SE: Soft-edge Quantizer for "
             "Activations in State Space Models\", 2026, arXiv 2601.09451")
CODES: dict[str, dict[str, Any]] = {code.value: {"code": code.value} for code in Code}
WIDE = {"width": 24, "fraction": 10}
# Shifts that suit the Mamba that ships, of each code: they follow from its range and its unit.
SHIFTS = {"int8": (6, 8), "int9": (6, 7), "paper": (8, 6), "aligned": (8, 6), "short": (8, 6),
          "signed8": (7, 6), "signed8-fine": (7, 6), "signed6": (7, 8), "signed5": (7, 9),
          "signed4": (7, 10)}


def _config(code: str) -> dict[str, Any]:
    input_shift, skip_shift = SHIFTS[code]
    return {"code": code, "input_shift": input_shift, "skip_shift": skip_shift}


def _int8_scan(params: Any) -> SelectiveScanParams:
    """Return the lane that takes INT8 instead, for the same tensors."""
    own, others = SHIFTS[params.code], SHIFTS["int8"]
    input_shift, skip_shift = (
        min(max(0, shift + other - mine), 12) for shift, other, mine in zip(
            (params.input_shift, params.skip_shift), others, own, strict=True))
    return replace(params, code="int8", input_shift=input_shift, skip_shift=skip_shift)


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
          configs={"int8": {}, "zero-point": _config("int9"), "signed8": _config("signed8"),
                   "paper": _config("paper")},
          sizes={"states": (8, 16)}, clock_ns=8.0, gated={"complement": False},
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
