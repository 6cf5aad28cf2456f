"""Many jobs at once: kept results are not made again, and what several jobs need is made once."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import AbstractContextManager, closing
from queue import SimpleQueue
from typing import Any, TypeVar

from skimp.jobs.job import Job, perform
from skimp.jobs.local import threads

__all__ = ["Batch", "Workers", "results_of"]

R = TypeVar("R")
#: Opens the executor of a number of jobs: `threads`, `processes`, a cluster.
Workers = Callable[[int], AbstractContextManager[Executor]]


class Batch:
    """Jobs with all that they need, and their outcomes as far as they are known."""

    def __init__(self, jobs: Iterable[Job[Any]]):
        # In order, none twice.
        self.jobs: dict[Job[Any], None] = dict.fromkeys(jobs)
        # Results or exceptions: of the jobs, and of what the unfinished ones need.
        self.outcomes: dict[Job[Any], Any] = {}
        self._needs: dict[Job[Any], tuple[Job[Any], ...]] = {}
        self._wanting: dict[Job[Any], set[Job[Any]]] = {}
        self._ready: list[Job[Any]] = []
        self._news: deque[Job[Any]] = deque()
        for job in self.jobs:
            self._add(job)

    @property
    def missing(self) -> list[Job[Any]]:
        """The jobs without an outcome."""
        return [job for job in self.jobs if job not in self.outcomes]

    def results(self, on: Workers = threads) -> Generator[tuple[Job[Any], Any], None, None]:
        """Yield each job of ``jobs`` with its result or exception, as soon as it is known.

        A result is in the cache before it is yielded. After the iterator is closed no job starts.

        Raises
        ------
        RuntimeError
            If processes die again and again.
        """
        self._news = deque(job for job in self.jobs if job in self.outcomes)
        yield from self._told()
        while self._needs:
            before = len(self._needs)
            with on(before) as pool:
                yield from self._round(pool)
            if len(self._needs) == before:
                raise RuntimeError(f"a process died while it measured {self._ready[0]} or one "
                                   "beside it; is there memory enough? What was finished is kept")

    def _round(self, pool: Executor) -> Iterator[tuple[Job[Any], Any]]:
        """Run jobs until all outcomes are known or a process dies."""
        finished: SimpleQueue[Future[Any]] = SimpleQueue()
        running: dict[Future[Any], Job[Any]] = {}
        left: list[Job[Any]] = []
        while True:
            for job in sorted(self._ready, key=lambda job: -job.size):
                try:
                    future = pool.submit(perform, job, job.conditions(), self._needed(job))
                except BrokenExecutor:
                    left.append(job)
                else:
                    running[future] = job
                    future.add_done_callback(finished.put)
            self._ready = []
            if not running:
                break
            future = finished.get()
            job = running.pop(future)
            outcome = future.exception() or future.result()
            if isinstance(outcome, BrokenExecutor):
                left.append(job)
                continue
            if not isinstance(outcome, BaseException):
                job.keep(outcome)
            self._settle(job, outcome)
            yield from self._told()
        self._ready = left

    def _told(self) -> Iterator[tuple[Job[Any], Any]]:
        while self._news:
            job = self._news.popleft()
            yield job, self.outcomes[job]

    def _add(self, job: Job[Any]) -> None:
        """Add a job with its kept result, or else with the jobs that it needs."""
        if job in self.outcomes or job in self._needs:
            return
        kept = job.kept()
        if kept is not None:
            self.outcomes[job] = kept
            return
        self._needs[job] = job.needs()
        for need in self._needs[job]:
            self._wanting.setdefault(need, set()).add(job)
            self._add(need)
        self._advance(job)

    def _needed(self, job: Job[Any]) -> dict[Job[Any], Any]:
        return {need: self.outcomes[need] for need in self._needs[job]}

    def _advance(self, job: Job[Any]) -> None:
        """Prepare a job to run if all that it needs is known."""
        if any(need not in self.outcomes for need in self._needs[job]):
            return
        needed = self._needed(job)
        wrong = [one for one in needed.values() if isinstance(one, BaseException)]
        if wrong:
            self._settle(job, wrong[0])
        elif job.light:
            self._settle(job, job.run(needed))
        else:
            self._ready.append(job)

    def _settle(self, job: Job[Any], outcome: Any) -> None:
        """Store the outcome of a job; forget what no other job needs any more."""
        self.outcomes[job] = outcome
        if job in self.jobs:
            self._news.append(job)
        for need in self._needs.pop(job):
            self._wanting[need].discard(job)
            if not self._wanting[need] and need not in self.jobs:
                self.outcomes.pop(need, None)
        for other in list(self._wanting.get(job, ())):
            self._advance(other)


def results_of(jobs: Iterable[Job[R]], on: Workers = threads,
          done: Callable[[], object] = lambda: None) -> list[R]:
    """Return the results of ``jobs``, in order; call ``done`` at each.

    The first exception is raised, and then no job starts.
    """
    jobs = list(jobs)
    batch = Batch(jobs)
    with closing(batch.results(on)) as outcomes:
        for _, outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
            done()
    return [batch.outcomes[job] for job in jobs]
