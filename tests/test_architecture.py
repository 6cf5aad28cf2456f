"""Who may import whom."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {"hw", "golden", "sim", "skimp"}
ARROWS = {"hw": set(), "golden": set(), "sim": {"golden"}, "skimp": {"hw", "golden", "sim"}}


def imported(file: Path) -> set[str]:
    """Packages that ``file`` imports: rooms of ours by their name, others by the first part."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {room(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            names |= ({room(f"skimp.{alias.name}") for alias in node.names}
                      if node.module == "skimp" else {room(str(node.module))})
    return names


def room(module: str) -> str:
    """The room that ``module`` is in, or its first part."""
    first, _, rest = module.partition(".")
    second = rest.partition(".")[0]
    return second if first == "skimp" and second in ROOMS else first


@pytest.mark.parametrize("here", sorted(ROOMS))
def test_arrows(here):
    files = list((ROOT / here).rglob("*.py"))
    assert files
    for file in files:
        forbidden = (imported(file) & ROOMS) - {here} - ARROWS[here]
        assert not forbidden, f"{file.relative_to(ROOT)} imports {forbidden}"


def imported_late(file: Path) -> set[str]:
    """Top-level packages that ``file`` imports by `importlib`, and so may do without."""
    return {room(node.args[0].value)
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            and node.func.attr == "import_module" and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)}


def test_golden_is_numpy_alone():
    """Training, export and import apart, the truth needs NumPy and the standard library only."""
    nets = ROOT / "golden" / "nets"
    late = {nets / "torch_export.py": {"torch"}, nets / "onnx_import.py": {"onnx"}} | {
        file: {"torch", "golden"} for folder in (nets, ROOT / "golden" / "mamba")
        for file in (folder / "train").glob("*.py")}
    for file in (ROOT / "golden").rglob("*.py"):
        assert not imported(file) & {"amaranth", "torch", "onnx", "cocotb", "rich", "click"}, file
        assert imported_late(file) <= late.get(file, set()), file


def test_no_module_of_ours_stands_before_one_of_the_standard_library():
    """Whoever has the folder on its path imports these by their bare names."""
    modules = {file.stem for file in (ROOT / "skimp").glob("*.py")}
    assert not modules & sys.stdlib_module_names - {"__main__"}


def test_rooms_are_loaded_once_and_importing_them_changes_nothing():
    code = ("import os, sys; before = dict(os.environ)\n"
            "import skimp.hw.emit, skimp.golden.psu, skimp.sim.launch, skimp.catalogue.rows\n"
            "assert dict(os.environ) == before\n"
            "assert not {'hw', 'golden', 'sim'} & set(sys.modules)")
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
