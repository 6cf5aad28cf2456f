"""Verbs on units: the catalogue, their Verilog, their benches, their area."""

from dataclasses import replace
from pathlib import Path

import click

from skimp.catalogue import selection
from skimp.catalogue.names import check_name
from skimp.catalogue.selection import Design
from skimp.cli.notes import (
    announce_first_synthesis,
    announce_missing,
    check_folder,
    find_library,
    open_library,
    open_sta,
    progress,
)
from skimp.cli.options import CLOCK, FOLDER, LIBRARY, LibraryChoice, option, refuse_given, verb
from skimp.jobs.batch import results_of
from skimp.jobs.local import processes, threads
from skimp.show import units
from skimp.show.terminal import show
from skimp.silicon.area import Timing, prices
from skimp.silicon.corners import open_corners
from skimp.silicon.verify import Verified

__all__ = ["COMMANDS"]


def list_(chosen: list[Design], as_json: bool) -> None:
    """Show the catalogue: blocks, configurations, parameters, source."""
    show([selection.describe(one) for one in chosen], as_json, units.catalogue)


def generate(chosen: list[Design], output: Path, name: str | None, as_json: bool) -> None:
    """Write Verilog and a manifest for each configuration."""
    if name is not None:
        if len(chosen) != 1:
            raise ValueError(f"--name needs a single configuration, not {len(chosen)}")
        check_name(name)
        chosen = [replace(chosen[0], name=name)]
    check_folder(output)
    jobs = [selection.Verilog(one) for one in chosen]
    with progress("generate", len(jobs)) as done:
        # A process takes a second to begin.
        made = results_of(jobs, on=processes if len(jobs) > 4 else threads, done=done)
    rows = [{**unit.manifest, "verilog": str(unit.write(output))} for unit in made]
    show(rows, as_json, units.written)


def verify(chosen: list[Design], simulator: str, netlist: bool, deep: bool,
           clock_ns: float | None, choice: LibraryChoice, as_json: bool) -> None:
    """Run each configuration's bench against the golden model, on RTL or on the mapped netlist."""
    if not netlist:
        refuse_given("--clock-ns --liberty --wire-ff --dont-use --clock-gating",
                     "is of netlists: add --netlist, or leave it out")
    library = open_library(choice) if netlist else None
    with progress("verify", len(chosen)) as done:
        rows = results_of([Verified(one, library, clock_ns or one.block.clock_ns, simulator, deep)
                      for one in chosen], done=done)
    show(rows, as_json, units.verified)


def area(chosen: list[Design], clock_ns: float | None, choice: LibraryChoice, timing: bool,
         fastest: bool, corner: tuple[str, ...], as_json: bool) -> None:
    """Map each configuration to standard cells: area, cells, slack at the clock."""
    library = find_library(choice)
    asked = None
    if timing or fastest or corner:
        library = open_library(choice)
        asked = Timing(timing or fastest, fastest, open_corners(corner, library))
        open_sta()
    announce_missing(library)
    announce_first_synthesis()
    with progress("synthesize", len(chosen)) as done:
        rows = prices(chosen, library, clock_ns, done, asked)
    show(rows, as_json, units.areas)


COMMANDS = (
    verb(list_, works=False),
    verb(generate,
         option("-o", "--output", type=FOLDER, default=Path("build/verilog"), help="folder"),
         option("--name", help="name of the module, for a single configuration")),
    verb(verify,
         option("--simulator", type=click.Choice(["icarus", "verilator"]), default="icarus"),
         option("--netlist", is_flag=True, help="the mapped netlist instead of the RTL"),
         option("--deep", is_flag=True, help="many more vectors"), CLOCK, *LIBRARY),
    verb(area, CLOCK, *LIBRARY,
         option("--timing", is_flag=True, help="the critical path, too"),
         option("--fastest", is_flag=True,
                help="the highest clock, too, and the area there: takes three times as long"),
         option("--corner", multiple=True, metavar="NAME=FILE",
                help="a Liberty file of the same cells at another corner, for slack alone; "
                     "several times for several")),
)
