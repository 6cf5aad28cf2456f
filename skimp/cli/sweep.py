"""Verb on many units: a grid of configurations, measured in parallel."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click

from skimp.cli.notes import (
    INSTALL_STA,
    NOTES,
    announce_estimates,
    announce_first_synthesis,
    progress,
)
from skimp.cli.options import FILE, LIBRARY, option, verb
from skimp.jobs import local
from skimp.jobs.job import Run
from skimp.show import tables
from skimp.silicon.library import LibraryChoice
from skimp.silicon.timing import sta_version
from skimp.sweep import export, spec
from skimp.sweep.plan import Plan

__all__ = ["COMMANDS"]


def sweep(specification: Path, scheduler: str | None, output: Path | None, choice: LibraryChoice,
          as_json: bool) -> None:
    """Measure grids of configurations in parallel, as area does each; go on where it stopped.

    SPEC.toml has [[grid]] tables: block, config, clock_ns and the block's parameters, each a value
    or a list. skimp/sweep/example.toml is one.
    """
    points = spec.read(specification)
    if output is not None:
        export.check_path(output)
    library = choice.open()
    choice = choice.absolute()                  # a worker has a working folder of its own
    plan = Plan(points, choice, compare=library is not None)
    with _workers(scheduler, plan, choice) as run:
        if library is None:
            announce_estimates()
        elif not sta_version():
            NOTES.print(f"skimp: {INSTALL_STA}")
        NOTES.print(f"skimp: {len(plan.rows())} of {len(points)} rows came from the cache")
        if plan.missing and not scheduler:
            announce_first_synthesis()
        with progress("sweep", len(plan.missing)) as done:
            def keep(job, outcome):
                plan.keep(job, outcome)
                done()

            try:
                run(plan.missing, keep)
            except KeyboardInterrupt:
                raise RuntimeError("interrupted; what was finished is kept, and the same command "
                                   "measures the rest") from None
    rows = plan.rows()
    tables.show(rows, as_json, tables.areas)
    failure = plan.failure()
    if failure:
        raise RuntimeError(failure)
    if output is not None:
        export.write(rows, output)
        NOTES.print(f"skimp: wrote {output}")


def _workers(scheduler: str | None, plan: Plan,
             library: LibraryChoice) -> AbstractContextManager[Run]:
    """Give what runs jobs: processes of this machine, or a cluster's."""
    if scheduler is None:
        return nullcontext(local.run)
    try:
        from skimp.jobs import cluster
    except ModuleNotFoundError as error:
        raise ValueError("--scheduler needs Dask, which is not installed; "
                         "`pip install 'skimp[dask]'` brings it") from error
    return cluster.connect(scheduler, library, plan.conditions)


COMMANDS = (
    verb(sweep,
         click.Argument(["specification"], metavar="SPEC.toml", type=FILE),
         option("--scheduler", metavar="ADDRESS",
                help="a Dask scheduler, such as tcp://127.0.0.1:8786, instead of local processes"),
         option("-o", "--output", type=FILE, help="a file for the rows, too: .csv or .json"),
         *LIBRARY, selects=False),
)
