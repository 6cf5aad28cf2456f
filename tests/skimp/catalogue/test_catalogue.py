"""Each row of the catalogue is complete, and README tells the same."""

import re
from dataclasses import asdict, fields
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from skimp.catalogue.rows import CATALOGUE
from skimp.catalogue.selection import select
from skimp.sim.models.base import Model

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("block", CATALOGUE.values(), ids=CATALOGUE)
def test_row(block):
    assert all(find_spec(bench) for bench in block.model.benches)
    for way in "random", "drawn", "expected":
        assert getattr(block.model, way) is not getattr(Model, way), f"no {way} for self-tests"
    assert block.configs
    for field in fields(block.parameters):
        assert field.metadata["help"], f"{field.name} has no help"
    contract = block.component.__doc__
    assert contract and contract.count("\n") > 3, f"{block.component.__name__} has no contract"


def test_golden_functions_are_named_by_the_package_that_offers_them():
    for one in select(()):
        module, _, name = one.golden.rpartition(".")
        assert getattr(import_module(f"skimp.{module}"), name) is one.model.golden
    names = {one.block.name: one.golden for one in select(())}
    assert (names["pair-select"], names["psu"]) == ("golden.arithmetic.sparq.pair",
                                                    "golden.psu.order")


def test_names_of_modules_are_unique():
    names = [one.name for one in select(())]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() for name in names)


def test_readme_lists_every_block():
    section = (ROOT / "README.md").read_text().split("\n## ")[1]
    assert section.startswith("Blocks")
    rows = re.findall(r"^\| (`[^|]+`) \|", section, re.MULTILINE)
    assert re.findall(r"`([\w-]+)`", " ".join(rows)) == list(CATALOGUE)


@pytest.mark.command
@pytest.mark.parametrize("name", CATALOGUE)
def test_manifest_says_what_was_made(name):
    one = select((name,), None, {"n": 9} if "n" in CATALOGUE[name].sizes else None)[0]
    unit = one.emit()
    assert unit.manifest["block"] == name
    assert CATALOGUE[name].parameters(**unit.manifest["parameters"]) == one.params
    assert list(asdict(one.params)) == list(unit.manifest["parameters"])
    header = unit.verilog[:unit.verilog.index("\nmodule")]
    assert f"config = {one.config}" in header
    for port, about in unit.manifest["ports"].items():
        width = f"\\[{about['width'] - 1}:0\\] " if about["width"] > 1 else ""
        assert re.search(rf"^  {about['direction']}put {width}{port};$", unit.verilog, re.MULTILINE)
        for low, width in about.get("fields", {}).values():
            assert 0 <= low and low + width <= about["width"]
