"""Simulate a mapped netlist in Icarus with OpenSTA's delays, and count the toggles of its nets.

With delays there are glitches, as in silicon, where paths of unequal length meet. A cell swallows
pulses that are shorter than its delay.
"""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pywellen

from skimp.hw.emit import Emitted
from skimp.power.netlist import ON_CLOCKS
from skimp.silicon.library import Library
from skimp.silicon.netlist import Netlist
from skimp.silicon.timing import run_sta
from skimp.sim.launch import run_bench
from skimp.sim.models.base import Model, Operands

__all__ = ["Activity", "simulate"]

TRACE = """
  initial begin
    $sdf_annotate("../delays.sdf", {top});
    $dumpfile("../trace.fst");
    $dumpvars(1, {instances});
  end
"""
# A path in an SDF file, with or without a condition, and a number of its delays.
PATH = re.compile(r"^ *(\(COND [^\n]*\n? *)?\(IOPATH (\S+ \S+|\(\w+ \S+\) \S+) (.*?)\)(?(1)\))$",
                  re.MULTILINE)
# A cell that drives a clock, by the name that `skimp.power.netlist` gives it.
ON_CLOCK = re.compile(rf"\(INSTANCE (\S+\.)?{ON_CLOCKS}\d+\)")
NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")
# Paths that Icarus may fail to find, as a part of the number of cells.
LOST = 0.02


@dataclass(frozen=True)
class Activity:
    """Activity of the nets of a netlist, each (nets,), in a span of clocks."""

    toggles: np.ndarray[Any, np.dtype[np.int64]]    # changes between 0 and 1
    known: np.ndarray[Any, np.dtype[np.bool_]]      # whether the trace has the net, at 0 or 1
    clocks: int                                     # length of the span
    operations: int                                 # in the span, as the bench counts them


def simulate(unit: Emitted, netlist: Netlist, library: Library, models: str, model: type[Model],
             operands: Operands, warm_up: int, folder: Path, period_ns: int,
             every: int = 1) -> Activity:
    """Run ``operands`` on ``netlist``; count toggles in the span that the bench names.

    Parameters
    ----------
    unit, model : Emitted, type of Model
        The unit that was mapped, and what it computes.
    models : str
        Verilog of the library's cells, without delays.
    warm_up : int
        Packets or tiles before toggles count.
    folder : path
        For all files.
    period_ns : int
        Clock period of the bench, not less than what the netlist needs.
    every : int
        Clocks from one packet to the next, at least; the input holds it until then.

    Raises
    ------
    RuntimeError
        If the bench fails, OpenSTA does, or Icarus cannot use the delays.
    """
    folder = folder.resolve()
    top = unit.name
    _write_delays(netlist, top, library, folder, period_ns)
    (folder / "cells.v").write_text(_with_paths(models, library))
    trace = TRACE.format(top=top, instances=", ".join(netlist.instances))
    end = netlist.verilog.index("endmodule", netlist.verilog.index(f"module {top}("))
    verilog = netlist.verilog[:end] + trace + netlist.verilog[end:]
    run_bench(replace(unit, verilog=verilog), model, folder / "run",
              sources=[folder / "cells.v"], period_ns=period_ns, delays=True, operands=operands,
              warm_up=warm_up, every=every)
    log = (folder / "run" / "log.txt").read_text(errors="replace")
    # Icarus has no path from a pin on a constant, and only one of two pins on the same net.
    lost = len(re.findall(r"Unable to match ModPath", log))
    if "SDF ERROR" in log or lost > LOST * sum(map(len, netlist.cells.values())):
        raise RuntimeError(f"Icarus cannot use the delays: {re.findall('SDF .*', log)[0]}")
    span = json.loads((folder / "run" / "span.json").read_text())
    begin, clocks = span["begin_ns"], span["clocks"]
    toggles, known = _count(folder / "trace.fst", netlist.nets, begin, begin + clocks * period_ns)
    return Activity(toggles, known, clocks, span["operations"])


def _write_delays(netlist: Netlist, top: str, library: Library, folder: Path,
                  period_ns: int) -> None:
    """Write the delays of every cell at its load, as OpenSTA finds them, without those of wires.

    What drives a clock has none: clocks are ideal, a clock tree would be balanced.
    """
    own = folder / "sta"
    own.mkdir()
    # A latch of clock gates is one here, not the register that slack takes it for.
    report = run_sta(netlist.verilog, top, library, period_ns,
                     "write_sdf -no_timestamp -no_version -digits 4 -divider . delays.sdf\n",
                     folder=own, power=library.gating.latch is not None)
    if not (own / "delays.sdf").exists():
        raise RuntimeError(f"OpenSTA failed: {report.strip()[-400:]}")
    # The first cell is the top with its wires. Icarus reads neither those nor timing checks.
    text = (own / "delays.sdf").read_text()
    head, _wires, *cells = re.split(r"^ \(CELL\n", text, flags=re.MULTILINE)
    # The file's unit is the library's; Icarus takes nanoseconds.
    head = re.sub(r"TIMESCALE \S+\)", "TIMESCALE 1ns)", head)
    scale = library.powered.scales["ns"]
    cells = [_paths(re.sub(r"\n  \(TIMINGCHECK.*?\n  \)", "", cell, flags=re.DOTALL),
                    0 if ON_CLOCK.search(cell) else scale) for cell in cells]
    (folder / "delays.sdf").write_text(" (CELL\n".join([head, *cells]))


def _paths(cell: str, scale: float) -> str:
    """Return ``cell`` with one delay a path, times ``scale``: the mean over conditions.

    Icarus cannot read all conditions, and our models have one path for each pair of pins.
    """
    if "(COND" not in cell and scale == 1:
        return cell
    paths: dict[str, list[list[float]]] = {}
    shapes: dict[str, str] = {}
    found = list(PATH.finditer(cell))
    for path in found:
        pins, delays = path[2], path[3]
        shapes.setdefault(pins, NUMBER.sub("%.5f", delays))
        numbers = [scale * float(number) for number in NUMBER.findall(delays)]
        if shapes[pins].count("%") == len(numbers):
            paths.setdefault(pins, []).append(numbers)
    lines = "\n".join(f"    (IOPATH {pins} {shapes[pins] % tuple(np.mean(values, axis=0))})"
                      for pins, values in paths.items())
    return cell[:found[0].start()] + lines + cell[found[-1].end():] if found else cell


def _with_paths(models: str, library: Library) -> str:
    """Return the cells' ``models`` with the paths that take delays."""
    for name in sorted(library.usable | set(library.adder_cells.values()) | library.gating.names):
        cell = library.powered[name]
        module = re.search(rf"^module {re.escape(name)}\(.*?^endmodule", models,
                           re.DOTALL | re.MULTILINE)
        if module and cell.slew:
            paths = "".join(f"    ({source} *> {pin}) = (0, 0);\n" for source, pin in cell.slew)
            end = module.end() - len("endmodule")
            models = f"{models[:end]}  specify\n{paths}  endspecify\n{models[end:]}"
    return models


def _count(trace: Path, nets: list[str], begin_ns: float, end_ns: float) -> tuple[Any, Any]:
    """Return the changes of each net between two times, and which nets are known at the end."""
    wave = pywellen.Waveform(str(trace))
    place = {name: number for number, name in enumerate(nets)}
    signals: dict[str, list[int]] = {}
    names = []
    for var in wave.all_vars():
        if var.full_name in place:
            # Nets of one wire, such as a port's and a register's, are one signal.
            signals.setdefault(str(var.signal_id), []).append(place[var.full_name])
            names.append(var.full_name)
    # The trace is in ps.
    begin, end = 1000 * begin_ns, 1000 * end_ns
    level = dict.fromkeys(signals, "x")
    count = dict.fromkeys(signals, 0)

    def changed(time: int, signal: Any, value: Any) -> None:
        if time >= end:
            return
        key, new = str(signal), str(value)
        if time >= begin and new != level[key] and level[key] in "01" and new in "01":
            count[key] += 1
        level[key] = new

    wave.stream_changes(changed, names)
    toggles, known = np.zeros(len(nets), np.int64), np.zeros(len(nets), bool)
    for key, numbers in signals.items():
        toggles[numbers], known[numbers] = count[key], level[key] in "01"
    return toggles, known
