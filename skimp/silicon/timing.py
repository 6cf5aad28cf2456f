"""Static timing with OpenSTA: worst slack and critical path of a mapped netlist."""

import re
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from skimp.jobs import tools
from skimp.silicon.library import Library

__all__ = ["CriticalPath", "Stage", "critical_path", "run_sta", "sta_version", "worst_slack"]

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
report_checks -format full_clock_expanded -fields {net fanout} -digits 4
catch {
  set path [lindex [find_timing_paths] 0]
  foreach pin [get_pins -of_objects [get_cells -of_objects [get_property $path endpoint]]] {
    if {[get_property $pin direction] eq "output"} {
      puts "captured by [get_full_name [get_nets -of_objects $pin]]"
    }
  }
}
"""

# The lines of a driver and of its net: delay, arrival, pin, cell; fan-out, net.
DRIVER = re.compile(r"^ +(-?[\d.]+) +(-?[\d.]+) [v^] (\S+) \((\S+)\)\n +(\d+) +(\S+) \(net\)$",
                    re.MULTILINE)


@dataclass(frozen=True)
class Stage:
    """A cell on a path."""

    instance: str           # path of the instance
    cell: str
    pin: str                # the output on the path
    net: str                # the net that it drives
    fanout: int             # pins on that net
    delay_ns: float         # of the cell and the net before it
    arrival_ns: float       # since the clock edge


@dataclass(frozen=True)
class CriticalPath:
    """The path with the least slack: ``arrival_ns + setup_ns + slack_ns == clock_ns``."""

    begin: str              # net of the register, or port
    begins_at: str          # "register" or "port"
    end: str
    ends_at: str
    clock_ns: float
    arrival_ns: float       # at the end
    setup_ns: float         # 0 at a port
    slack_ns: float
    stages: list[Stage]     # the first is the register at the begin, if there is one


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
    start, end = (_find(rf"^{point}: (\S+) ", report) for point in ("Startpoint", "Endpoint"))
    begins_at, ends_at = (
        "port" if re.search(rf"^{point}: \S+ \(\w+ port", report, re.MULTILINE) else "register"
        for point in ("Startpoint", "Endpoint"))
    stages, before = [], 0.0
    for _, arrival, pin, cell, fanout, net in DRIVER.findall(report):
        if cell != "in":                        # a port
            instance, _, out = pin.rpartition("/")
            stages.append(Stage(instance, cell, out, net, int(fanout),
                                round(float(arrival) - before, 4), float(arrival)))
        before = float(arrival)
    captured = re.search(r"^captured by (\S+)$", report, re.MULTILINE)
    setup = re.search(r"(-?[\d.]+) +-?[\d.]+ +library setup time", report)
    return CriticalPath(
        begin=start if begins_at == "port" else stages[0].net, begins_at=begins_at,
        end=captured[1] if captured and ends_at == "register" else end, ends_at=ends_at,
        clock_ns=clock_ns, arrival_ns=float(_find(r"(-?[\d.]+) +data arrival time", report)),
        setup_ns=-float(setup[1]) if setup else 0.0,
        slack_ns=float(_find(r"(-?[\d.]+) +slack", report)), stages=stages)


def _find(pattern: str, report: str) -> str:
    """Return the first match of ``pattern``; a report without one is of a failure."""
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
