"""Jobs in processes of this machine, one a core, which end when the command ends, however it does.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, get_context
from threading import Thread

from skimp.jobs.job import Job, Keep, measure
from skimp.sim import process

__all__ = ["run"]


def run(jobs: Sequence[Job], keep: Keep) -> None:
    """Measure ``jobs``; ``keep`` takes each result or error as soon as it is known.

    Raises
    ------
    RuntimeError
        If processes die again and again.
    """
    while jobs:
        left = _round(jobs, keep)
        if len(left) == len(jobs):
            raise RuntimeError(f"a process died while it measured {left[0]} or one beside it; is "
                               "there memory enough? What was finished is kept")
        jobs = left


def _round(jobs: Sequence[Job], keep: Keep) -> list[Job]:
    """Measure ``jobs`` until a process dies; give those that are left."""
    left = []
    context = get_context("spawn")              # this process has threads: a fork could stand still
    listening, held = context.Pipe(duplex=False)
    with listening, held, tempfile.TemporaryDirectory(prefix="skimp-") as scratch:
        pool = ProcessPoolExecutor(min(os.cpu_count() or 1, len(jobs)), context,
                                   initializer=_begin, initargs=(listening, scratch))
        try:
            futures = {pool.submit(measure, job): job for job in jobs}
            for future in as_completed(futures):
                error = future.exception()
                if isinstance(error, BrokenProcessPool):
                    left.append(futures[future])
                else:
                    keep(futures[future], error or future.result())
        except BaseException:
            held.close()                        # nobody waits for what is running
            raise
        finally:
            pool.shutdown(cancel_futures=True)
    return left


def _begin(parent: connection.Connection, scratch: str) -> None:
    """Prepare a worker process."""
    os.setpgrp()                                # Ctrl-C and SIGTERM are the parent's matter
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    tempfile.tempdir = os.environ["TMPDIR"] = scratch
    Thread(target=_end_with, args=(parent, scratch), daemon=True).start()


def _end_with(parent: connection.Connection, scratch: str) -> None:
    """Wait until the parent closes its end of the pipe or dies; then end, with all tools."""
    connection.wait([parent])
    process.stop()
    shutil.rmtree(scratch, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)
