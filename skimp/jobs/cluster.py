"""Workers of a Dask cluster, whose scheduler repeats the jobs of a worker that died."""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from distributed import Client, rpc

from skimp.jobs.job import Job, difference

__all__ = ["connect"]

SECONDS = 20            # a busy machine takes some to answer
# Dask would log a page about what the command says in a sentence.
logging.getLogger("distributed.client").setLevel(logging.CRITICAL)


@contextmanager
def connect(address: str, jobs: Iterable[Job[Any]]) -> Iterator[Executor]:
    """Connect to the scheduler at ``address``; yield an executor for ``jobs``.

    Each worker must have the conditions of the jobs, see `Job.conditions`.

    Raises
    ------
    ValueError
        If there is no answer, there are no workers, or one would measure something else.
    RuntimeError
        If the scheduler goes away.
    """
    _check_address(address)
    try:
        asyncio.run(_greet(address))
    except OSError as error:
        raise ValueError(f"no Dask scheduler answers at {address}; start one with `dask scheduler` "
                         f"and workers with `dask worker {address}`") from error
    with Client(address, timeout=SECONDS, set_as_default=False) as client:
        _check_workers(client, address, jobs)
        try:
            # Not pure: what failed before is tried again.
            yield client.get_executor(pure=False)
        except CancelledError as error:
            raise RuntimeError(f"the Dask scheduler at {address} went away; what was finished is "
                               "kept, and the same command measures the rest") from error


async def _greet(address: str) -> None:
    """Check that a scheduler answers: a client would wait forever for a silent one."""
    async with asyncio.timeout(SECONDS), rpc(address) as scheduler:
        await scheduler.identity()


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address if "://" in address else f"tcp://{address}")
        whole = parts.scheme == "tcp" and parts.hostname and parts.port
    except ValueError:
        whole = False
    if not whole:
        raise ValueError(f"--scheduler must be an address such as tcp://127.0.0.1:8786, "
                         f"not {address!r}")


def _check_workers(client: Client, address: str, jobs: Iterable[Job[Any]]) -> None:
    try:
        client.wait_for_workers(1, timeout=SECONDS)
    except TimeoutError as error:
        raise ValueError(f"the Dask scheduler at {address} has no workers; start some with "
                         f"`dask worker {address}`") from error
    # One job of each kind is enough. Jobs check again, for workers that come later.
    for job in {type(job): job for job in jobs}.values():
        here = job.conditions()
        for worker, there in client.run(type(job).conditions, job, on_error="return").items():
            differs = (f"what it can import: {there}" if isinstance(there, BaseException)
                       else difference(here, there))
            if differs:
                raise ValueError(f"the Dask worker {worker} differs in {differs}; give it the same "
                                 "skimp and tools, and start it again")
