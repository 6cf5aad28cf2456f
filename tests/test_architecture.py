"""Who may import whom."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {"hw", "golden", "sim", "skimp"}
ARROWS = {"hw": set(), "golden": set(), "sim": {"golden"}, "skimp": {"hw", "golden", "sim"}}


def imported(file: Path) -> set[str]:
    """Top-level packages that ``file`` imports."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            names.add(str(node.module).partition(".")[0])
    return names


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_arrows(room):
    files = list((ROOT / room).rglob("*.py"))
    assert files
    for file in files:
        forbidden = (imported(file) & ROOMS) - {room} - ARROWS[room]
        assert not forbidden, f"{file.relative_to(ROOT)} imports {forbidden}"


def imported_late(file: Path) -> set[str]:
    """Top-level packages that ``file`` imports by `importlib`, and so may do without."""
    return {node.args[0].value.partition(".")[0]
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            and node.func.attr == "import_module" and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)}


def test_golden_is_numpy_alone():
    """Training, export and import apart, the truth needs NumPy and the standard library only."""
    nets = ROOT / "golden" / "nets"
    late = {nets / "torch_export.py": {"torch"}, nets / "onnx_import.py": {"onnx"}} | {
        file: {"torch", "golden"} for file in (nets / "train").glob("*.py")}
    for file in (ROOT / "golden").rglob("*.py"):
        assert not imported(file) & {"amaranth", "torch", "onnx", "cocotb", "rich", "click"}, file
        assert imported_late(file) <= late.get(file, set()), file
