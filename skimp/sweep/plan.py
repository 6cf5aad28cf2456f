"""What a sweep measures, and the rows that it makes of it.

A row needs its configuration and that it is compared with measured. Each is a job of its own, so a
baseline of many rows is measured once, and jobs wait for no other.
"""

from typing import Any

from skimp.jobs import cache
from skimp.jobs.job import Job, conditions
from skimp.silicon.area import compared
from skimp.silicon.library import LibraryChoice
from skimp.sweep.spec import Point

__all__ = ["Plan"]


class Plan:
    """Jobs of the ``points`` of a sweep with a library, and their results as far as known.

    Attributes
    ----------
    conditions : dict
        What the results depend on, see :func:`skimp.jobs.job.conditions`.
    missing : list of Job
        What is to be measured; baselines first, for most rows need them.
    """

    def __init__(self, points: list[Point], library: LibraryChoice, *, compare: bool):
        self.conditions = conditions(library)
        self._errors: dict[str, BaseException] = {}
        self._points: list[tuple[Point, Job, Job | None]] = []
        for point in points:
            one = point.selected
            other = one.baseline if compare else None
            self._points.append((
                point, Job(one, point.clock_ns, library, self.conditions),
                other and Job(other, point.clock_ns, library, self.conditions)))
        jobs = [plain for _, _, plain in self._points if plain]
        jobs += [job for _, job, _ in self._points]
        kept = {job.entry: (job, cache.read(job.entry)) for job in jobs}
        self._results = {entry: result for entry, (_, result) in kept.items() if result}
        self.missing = [job for job, result in kept.values() if not result]

    def keep(self, job: Job, outcome: dict[str, Any] | BaseException) -> None:
        """Take the result of a job, and write it to the cache; or what went wrong."""
        if isinstance(outcome, BaseException):
            self._errors[job.entry] = outcome
        else:
            cache.write(job.entry, outcome)
            self._results[job.entry] = outcome

    def rows(self) -> list[dict[str, Any]]:
        """Give the rows whose jobs all have results."""
        rows = []
        for point, job, plain in self._points:
            row, beside = (one and self._results.get(one.entry) for one in (job, plain))
            if row and (beside or not plain):
                rows.append({"grid": point.grid, **(compared(row, beside) if beside else row)})
        return rows

    def failure(self) -> str | None:
        """Say how many rows there are not, and what went wrong first; None if there are all."""
        for job in self.missing:
            error = self._errors.get(job.entry)
            if error is not None:
                kind = "" if isinstance(error, RuntimeError) else f"{type(error).__name__}: "
                return (f"{len(self._points) - len(self.rows())} of {len(self._points)} rows "
                        f"failed, the first by {job}: {kind}{error}")
        return None
