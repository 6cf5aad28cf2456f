"""Static timing with OpenSTA: worst slack and critical path of a mapped netlist."""

import re
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from skimp.jobs import tools
from skimp.jobs.record import Record, figure, text
from skimp.silicon.library import Library

__all__ = ["CriticalPath", "Part", "Stage", "critical_path", "run_sta", "sta_version",
           "worst_slack"]

# The clock is ideal. Inputs come at a clock edge and outputs are sampled at the next, so every path
# has the whole period. Files have fixed names, so no path of a user's is part of a script.
SCRIPT = """\
read_liberty library.lib
set_cmd_units -time ns
read_verilog netlist.v
link_design {top}
{clock}
set_input_delay 0 -clock clk [all_inputs]
set_output_delay 0 -clock clk [all_outputs]
"""
SLACK = "report_worst_slack\n"
# The report names the register at the end by its input. The net that it drives has a better name.
# A port at the end is no cell, hence the catch.
PATH = """\
catch {
  set path [lindex [find_timing_paths -sort_by_slack] 0]
  foreach pin [get_pins -of_objects [get_cells -of_objects [get_property $path endpoint]]] {
    if {[get_property $pin direction] eq "output"} {
      puts "captured by [get_full_name [get_nets -of_objects $pin]]"
    }
  }
}
report_checks -sort_by_slack -format full_clock_expanded -fields {net fanout} -digits 4
"""

# What a path begins and ends at, by the words of the report.
POINTS = {"port": r"\w+ port", "clock gate": r"\w+ clock gating-check", "register": ""}

# The lines of a driver and of its net: delay, arrival, pin, cell; fan-out, net.
DRIVER = re.compile(r"^ +(-?[\d.]+) +(-?[\d.]+) [v^] (\S+) \((\S+)\)\n +(\d+) +(\S+) \(net\)$",
                    re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Stage(Record):
    """A cell on a path."""

    instance: str = text("instance", "path of the instance")
    cell: str = text("cell", "its cell in the library")
    pin: str = text("pin", "the output that drives on")
    net: str = text("net", "the net that it drives")
    fanout: int = figure("fan-out", "", ",", "pins that the net drives")
    delay_ns: float = figure("delay", "ns", ".4f", "of the stage, with the net before it")
    arrival_ns: float = figure("arrival", "ns", ".4f", "of the value at the net, since the edge")
    part: str = text("part", "part of the unit that it counts to", default="")


@dataclass(frozen=True, kw_only=True)
class Part(Record):
    """A part of a unit that a path goes through."""

    name: str = text("part", "a name of the unit's Verilog")
    cells: dict[str, int] = text("cells", "how many of each kind")
    delay_ns: float = figure("delay", "ns", ".4f", "of all its stages")
    share: float = figure("share", "", ".0%", "of the arrival at the end")


@dataclass(frozen=True, kw_only=True)
class CriticalPath(Record):
    """The path with the least slack: ``arrival_ns + setup_ns + slack_ns == clock_ns``.

    Parts and summary, which OpenSTA does not know, `skimp.silicon.path` adds.
    """

    begin: str = text("begin", "net of the register, or port")
    begins_at: str = text("begins at", '"register" or "port"')
    end: str = text("end", "net of the register or clock gate, or port")
    ends_at: str = text("ends at", '"register", "clock gate" or "port"')
    clock_ns: float = figure("clock", "ns", "g", "the period")
    arrival_ns: float = figure("arrival", "ns", ".2f", "arrival at the end")
    setup_ns: float = figure("setup", "ns", ".2f", "of the next edge that it must come before it; "
                             "none at a port, half of the clock where an OR gates a clock")
    slack_ns: float = figure("slack", "ns", ".2f", "what is left of the period")
    stages: list[Stage] = text("stages", "from begin to end; a register at the begin is the first")
    parts: list[Part] = text("parts", "that it goes through, in order", default=())
    summary: str = text("critical path", "all that in a line", default="")


@cache
def sta_version() -> str | None:
    """Return the version of OpenSTA, or None if it is missing."""
    if not shutil.which("sta"):
        return None
    run = tools.run(["sta", "-version"], Path())
    return f"OpenSTA {run.stdout.strip()}"


def worst_slack(netlist: str, top: str, library: Library, clock_ns: float) -> float:
    """Return the worst setup slack in ns of module ``top`` of a mapped ``netlist``, Verilog text.

    A unit without any path, such as one of wires alone, has the whole period.

    Raises
    ------
    RuntimeError
        If OpenSTA fails, or finds no path though there are registers.
    """
    report = run_sta(netlist, top, library, clock_ns, SLACK)
    found = _find(r"worst slack (-?[\d.]+|-?INF)", report)
    if "INF" not in found:
        return float(found)
    kinds = set(re.findall(r"^ *(\w+) +\S+ +\(", netlist, re.MULTILINE)) & library.cells
    if any(library.timed[kind].sequential for kind in kinds):
        raise RuntimeError(f"OpenSTA finds no path in {top}, though it has registers")
    return clock_ns


def critical_path(netlist: str, top: str, library: Library,
                  clock_ns: float) -> CriticalPath | None:
    """Return the path with the least slack of module ``top`` of a mapped ``netlist``, if any."""
    report = run_sta(netlist, top, library, clock_ns, PATH)
    if "No paths found" in report:
        return None
    # A path with more slack follows where one ends at a register and one at a clock gate.
    report = "Startpoint:".join(report.split("Startpoint:")[:2])
    start, end = (_find(rf"^{point}: (\S+) ", report) for point in ("Startpoint", "Endpoint"))
    begins_at, ends_at = (next(
        what for what, words in POINTS.items()
        if re.search(rf"^{point}: \S+\s+\({words}", report, re.MULTILINE))
        for point in ("Startpoint", "Endpoint"))
    stages, before = [], 0.0
    for _, arrival, pin, cell, fanout, net in DRIVER.findall(report):
        if cell != "in":                        # a port
            instance, _, out = pin.rpartition("/")
            stages.append(Stage(
                instance=instance, cell=cell, pin=out, net=net, fanout=int(fanout),
                delay_ns=round(float(arrival) - before, 4), arrival_ns=float(arrival)))
        before = float(arrival)
    captured = re.search(r"^captured by (\S+)$", report, re.MULTILINE)
    return CriticalPath(
        begin=start if begins_at == "port" else stages[0].net, begins_at=begins_at,
        end=captured[1] if captured and ends_at != "port" else end, ends_at=ends_at,
        clock_ns=clock_ns, arrival_ns=float(_find(r"(-?[\d.]+) +data arrival time", report)),
        setup_ns=round(clock_ns - float(_find(r"(-?[\d.]+) +data required time", report)), 4),
        slack_ns=float(_find(r"(-?[\d.]+) +slack", report)), stages=stages)


def _find(pattern: str, report: str) -> str:
    """Return what ``pattern`` finds first."""
    found = re.search(pattern, report, re.MULTILINE)
    if not found:
        raise RuntimeError(f"OpenSTA failed: {report.strip()[-400:]}")
    return found[1]


def run_sta(netlist: str, top: str, library: Library, clock_ns: float, commands: str, *,
            folder: Path | None = None, power: bool = False) -> str:
    """Run ``commands`` of OpenSTA on ``netlist``; return its output, or raise RuntimeError.

    It runs in ``folder``, or in a scratch one. With ``power`` it knows the library's energies.
    """
    if folder is None:
        with tools.scratch() as own:
            return run_sta(netlist, top, library, clock_ns, commands, folder=own, power=power)
    source = "[get_ports clk]" if re.search(r"\binput (wire )?clk\b", netlist) else ""
    (folder / "library.lib").write_text(library.for_power if power else library.for_timing)
    # OpenSTA 2.0 does not know the word.
    (folder / "netlist.v").write_text(re.sub(r"\bsigned\b", "", netlist))
    (folder / "script.tcl").write_text(SCRIPT.format(
        top=top, clock=f"create_clock -name clk -period {clock_ns} {source}") + commands)
    run = tools.run(["sta", "-no_init", "-no_splash", "-exit", "script.tcl"], folder)
    report = run.stdout + run.stderr
    if run.returncode or re.search(r"^Error\b|syntax error", report, re.MULTILINE):
        raise RuntimeError(f"OpenSTA failed: {report.strip()[-400:]}")
    return report
