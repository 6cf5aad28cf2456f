"""Workers of this machine: threads where tools do the work, processes where Python does it."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import connection, get_context
from threading import Thread

from skimp.sim import process

__all__ = ["processes", "threads"]


@contextmanager
def threads(count: int) -> Iterator[Executor]:
    """Open a thread per core for ``count`` jobs; jobs pending at the end do not start."""
    pool = ThreadPoolExecutor(min(os.cpu_count() or 1, count))
    try:
        yield pool
    finally:
        # Threads that compute cannot be ended: an interruption does not wait for them.
        pool.shutdown(wait=not process.stopped(), cancel_futures=True)


@contextmanager
def processes(count: int) -> Iterator[Executor]:
    """Open a process per core for ``count`` jobs; all end with the command, however it ends."""
    context = get_context("spawn")              # this process has threads: a fork could hang
    listening, held = context.Pipe(duplex=False)
    with listening, held, tempfile.TemporaryDirectory(prefix="skimp-") as scratch:
        pool = ProcessPoolExecutor(min(os.cpu_count() or 1, count), context,
                                   initializer=_begin, initargs=(listening, scratch))
        try:
            yield pool
        except BaseException:
            held.close()                        # what is running ends at once
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _begin(parent: connection.Connection, scratch: str) -> None:
    """Prepare a worker process."""
    os.setpgrp()                                # Ctrl-C and SIGTERM are the parent's matter
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    tempfile.tempdir = os.environ["TMPDIR"] = scratch
    Thread(target=_end_with, args=(parent, scratch), daemon=True).start()


def _end_with(parent: connection.Connection, scratch: str) -> None:
    """Wait until the parent closes its end of the pipe or dies; then end with all tools."""
    connection.wait([parent])
    process.stop()
    shutil.rmtree(scratch, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)
