"""Units of soft-edge codes against the golden codes, and what the bench finds in faulty ones."""

import re
from dataclasses import replace

import pytest

from skimp.golden.softedge import CODES
from skimp.hw.arith.element import Gating
from skimp.hw.emit import emit
from skimp.hw.softedge.decode import Form, SoftEdgeDecode, SoftEdgeDecodeParams
from skimp.hw.softedge.encode import SoftEdgeEncode, SoftEdgeEncodeParams
from skimp.hw.softedge.int8 import SoftEdgeToInt8, SoftEdgeToInt8Params
from skimp.hw.softedge.layout import LAYOUTS, Code
from skimp.hw.softedge.pe import (
    Place,
    SoftEdgeArray,
    SoftEdgeArrayParams,
    SoftEdgePe,
    SoftEdgePeParams,
)
from skimp.silicon.mapping import map_unit
from skimp.silicon.models import cell_models
from skimp.silicon.recipes import RECIPES
from skimp.sim.launch import BenchFailed, run_bench
from skimp.sim.models.softedge import (
    DecodeModel,
    EncodeModel,
    SoftEdgeArrayModel,
    SoftEdgePeModel,
    ToInt8Model,
)

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("icarus")]


def decoder(code, form=Form.TWOS_COMPLEMENT):
    return emit(SoftEdgeDecode(SoftEdgeDecodeParams(code=code, form=form)), "unit")


def encoder(code, width=16, fraction=4):
    params = SoftEdgeEncodeParams(code=code, width=width, fraction=fraction)
    return emit(SoftEdgeEncode(params), "unit")


def element(code, **parameters):
    return emit(SoftEdgePe(SoftEdgePeParams(code=code, **parameters)), "unit")


def to_int8(code):
    return emit(SoftEdgeToInt8(SoftEdgeToInt8Params(code=code)), "unit")


@pytest.mark.parametrize("code", [
    "paper", "signed8", "signed8-fine", "signed4",
    *(pytest.param(code, marks=pytest.mark.deep)
      for code in ("aligned", "short", "signed6", "signed5"))])
def test_every_code(tmp_path, code):
    assert run_bench(decoder(code), DecodeModel, tmp_path / "value")
    assert run_bench(to_int8(code), ToInt8Model, tmp_path / "int8")


@pytest.mark.parametrize("code", ["paper", "signed8"])
def test_magnitudes(tmp_path, code):
    assert run_bench(decoder(code, Form.SIGN_MAGNITUDE), DecodeModel, tmp_path)


@pytest.mark.parametrize("code, fraction", [
    ("paper", 0), ("paper", 2), ("aligned", 1), ("signed8-fine", 0), ("signed6", 1),
    ("signed4", 2)])
def test_every_number_of_few_bits(tmp_path, code, fraction):
    """The narrowest that reach all codes, and one bit more with no fraction."""
    width = LAYOUTS[Code(code)].value_width + max(fraction, 1)
    assert run_bench(encoder(code, width, fraction), EncodeModel, tmp_path)


@pytest.mark.parametrize("code", ["short", "signed8"])
def test_numbers_beside_thresholds(tmp_path, code):
    assert run_bench(encoder(code, 24, 10), EncodeModel, tmp_path)


@pytest.mark.parametrize("code, decoded", [("signed8", Place.EDGE), ("paper", Place.ELEMENT)])
def test_processing_element(tmp_path, code, decoded):
    assert run_bench(element(code, decoded=decoded), SoftEdgePeModel, tmp_path)


def test_array(tmp_path):
    unit = emit(SoftEdgeArray(SoftEdgeArrayParams(rows=2, cols=2, gating=Gating.ZERO)), "unit")
    assert run_bench(unit, SoftEdgeArrayModel, tmp_path)


@pytest.mark.deep
@pytest.mark.parametrize("code", CODES)
def test_encoders_of_every_code(tmp_path, code):
    assert run_bench(encoder(code), EncodeModel, tmp_path / "16 bits")
    assert run_bench(encoder(code, 32, 20), EncodeModel, tmp_path / "32 bits", depth="deep")


@pytest.mark.parametrize("unit, model", [
    (element("signed4", weight_width=4), SoftEdgePeModel),
    (decoder("paper"), DecodeModel), (to_int8("paper"), ToInt8Model),
    (encoder("signed8", 13, 2), EncodeModel)], ids=["element", "decode", "int8", "encode"])
def test_netlist(tmp_path, library, unit, model):
    cells = tmp_path / "cells.v"
    cells.write_text(cell_models(library))
    mapped = replace(unit, verilog=map_unit(unit, RECIPES[0], library, 8.0).netlist)
    assert run_bench(mapped, model, tmp_path / "run", sources=[cells])


# In which unit what is wrong, in the assignment of a wire.
FAULTS = {
    "minus zero is not zero": (
        decoder("paper"), DecodeModel, r"(= i\[8\]) & \\found\$18 ;", r"\1;"),
    "a code below zero taken for one above": (
        decoder("signed8"), DecodeModel, r"(\bbelow) = .*;", r"\1 = 1'h0;"),
    "all saturates at 127": (to_int8("paper"), ToInt8Model, r"(\bfull) = .*;", r"\1 = 1'h0;"),
    "nothing is rounded": (encoder("signed8", 13, 2), EncodeModel, r"(\bup) = .*;", r"\1 = 1'h0;"),
    "nothing saturates": (
        encoder("paper", 14, 2), EncodeModel, r"(\bbeyond) = .*;", r"\1 = 1'h0;"),
    "nothing saturates below": (
        encoder("signed8", 13, 2), EncodeModel, r"(\blow) = .*;", r"\1 = 1'h0;"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(tmp_path, fault):
    unit, model, pattern, instead = FAULTS[fault]
    verilog, found = re.subn(pattern, instead, unit.verilog)
    assert found and verilog != unit.verilog, "nothing to mutate"
    with pytest.raises(BenchFailed, match=r"for -?\d+, not"):
        run_bench(replace(unit, verilog=verilog), model, tmp_path)
