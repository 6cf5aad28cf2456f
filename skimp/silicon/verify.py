"""Benches against the golden model, on RTL or on the mapped netlist."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from skimp.catalogue.figures import VerifiedRecord
from skimp.jobs import tools
from skimp.jobs.job import Job
from skimp.silicon.jobs import CellModels, Netlist, OnSilicon
from skimp.sim.launch import run_bench

__all__ = ["Verified"]


@dataclass(frozen=True)
class Verified(OnSilicon[VerifiedRecord]):
    """The bench of a configuration, run on its RTL, or with a library on its netlist."""

    simulator: str      # "icarus" or "verilator"
    deep: bool          # whether with many more vectors

    @property
    def _netlist(self) -> Netlist:
        return Netlist(self.one.harness, self.library, self.clock_ns)

    def needs(self) -> tuple[Job[Any], ...]:
        return (self._netlist, CellModels(self.library)) if self.library else ()

    def run(self, needed: Mapping[Job[Any], Any]) -> VerifiedRecord:
        one, unit = self.one, self.one.harness.emit()
        begin = time.monotonic()
        with tools.scratch() as folder:
            cells = []
            if self.library:
                unit = replace(unit, verilog=needed[self._netlist].netlist)
                cells = [folder / "cells.v"]
                cells[0].write_text(needed[CellModels(self.library)])
            passed = run_bench(unit, one.model, folder / "run", simulator=self.simulator,
                               sources=cells, depth="deep" if self.deep else "quick")
        return VerifiedRecord(
            block=one.block.name, config=one.config, parameters=asdict(one.params),
            design="rtl" if self.library is None else f"netlist {self.library.name}"
            + ", clocks gated" * self.library.clock_gating,
            simulator=self.simulator, tests_passed=passed,
            seconds=round(time.monotonic() - begin, 1))
