"""Jobs on mapped netlists: their common conditions, and the jobs that several of them need."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from skimp.catalogue.selection import Design
from skimp.jobs.job import NONE, Job
from skimp.silicon import mapping
from skimp.silicon.library import Library
from skimp.silicon.models import cell_models
from skimp.silicon.timing import sta_version

__all__ = ["CellModels", "Netlist", "OnSilicon"]

R = TypeVar("R")


@dataclass(frozen=True)
class OnSilicon(Job[R]):
    """A measurement of a configuration with a library, at a clock in ns."""

    one: Design
    library: Library | None
    clock_ns: float

    @property
    def size(self) -> int:
        return self.one.size

    def conditions(self) -> dict[str, str]:
        named = "the library" + (f" {self.library.name}" if self.library else "")
        return super().conditions() | {
            "OpenSTA": sta_version() or NONE,
            named: self.library.key if self.library else NONE}

    def __str__(self) -> str:
        return f"{self.one} at {self.clock_ns:g} ns"


class Netlist(OnSilicon[mapping.Mapped]):
    """The best netlist. Each recipe's is kept, see `skimp.silicon.mapping`."""

    def run(self, needed: Mapping[Job[Any], Any]) -> mapping.Mapped:
        assert self.library
        return mapping.map_best(self.one.emit(), self.library, self.clock_ns)


@dataclass(frozen=True)
class CellModels(Job[str]):
    """Verilog models of the cells of a library."""

    library: Library

    def run(self, needed: Mapping[Job[Any], Any]) -> str:
        return cell_models(self.library)
