"""Verb on many units: a grid of configurations, measured in parallel."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import click

from skimp.cli.notes import (
    NOTES,
    announce_first_synthesis,
    announce_missing,
    find_library,
    open_library,
    open_sta,
    progress,
)
from skimp.cli.options import FILE, LIBRARY, LibraryChoice, option, refuse_given, verb
from skimp.jobs import local
from skimp.jobs.batch import Batch, Workers
from skimp.power.energy import check_energies
from skimp.show import units, workloads
from skimp.show.table import Table
from skimp.show.terminal import show
from skimp.silicon.library import Library
from skimp.sweep import export, spec

__all__ = ["COMMANDS"]


def sweep(specification: Path, scheduler: str | None, output: Path | None, choice: LibraryChoice,
          as_json: bool) -> None:
    """Measure grids of configurations in parallel, as area does each; go on where it stopped.

    SPEC.toml has [[grid]] tables: block, config, clock_ns and the block's parameters, each a value
    or a list; with measure = "energy", "accuracy" or "traffic" of those instead.
    skimp/sweep/example.toml is one.
    """
    points = spec.read(specification, gated=choice.clock_gating)
    if output is not None:
        export.check_path(output)
    library = _library(points, choice)
    batch = Batch(jobs := [point.job(library) for point in points])
    with _workers(scheduler, batch) as on:
        if any(point.measure == "area" for point in points):
            announce_missing(library)
        missing = batch.missing
        known = len(points) - len(missing)
        NOTES.print(f"skimp: {known} of {len(points)} rows came from the cache")
        if missing and library and not scheduler:
            announce_first_synthesis()
        with progress("sweep", len(missing)) as done:
            try:
                with closing(batch.results(on)) as outcomes:
                    for job, _ in outcomes:
                        if job in missing:
                            done()
            except KeyboardInterrupt:
                raise RuntimeError("interrupted; what was finished is kept, and the same command "
                                   "measures the rest") from None
    made = [(point, batch.outcomes[job]) for point, job in zip(points, jobs, strict=True)]
    rows = [(point.measure, {"grid": point.grid, **vars(row)}) for point, found in made
            if not isinstance(found, BaseException)
            for row in (found if isinstance(found, list) else [found])]
    measures = [measure for measure, _ in rows]
    show([row for _, row in rows], as_json, lambda plain: [
        made for measure, tables in TABLES.items() if measure in measures for made in tables(
            [row for row, kind in zip(plain, measures, strict=True) if kind == measure])])
    failed = [(job, batch.outcomes[job]) for job in jobs
              if isinstance(batch.outcomes[job], BaseException)]
    for job, error in failed:
        kind = "" if isinstance(error, RuntimeError) else f"{type(error).__name__}: "
        raise RuntimeError(f"{len(failed)} of {len(points)} rows failed, the first by {job}: "
                           f"{kind}{error}")
    if output is not None:
        export.write([row for _, row in rows], output)
        NOTES.print(f"skimp: wrote {output}")


# Tables of what is measured.
TABLES: dict[str, Callable[[list[dict[str, Any]]], list[Table]]] = {
    "area": units.areas, "energy": units.energies, "accuracy": workloads.schemes,
    "traffic": lambda rows: workloads.reductions({"rows": rows, "paper": []})}


def _library(points: list[spec.Point], choice: LibraryChoice) -> Library | None:
    """Open the library if a point is measured with one."""
    measures = {point.measure for point in points}
    if "energy" in measures:
        check_energies(library := open_library(choice))
        open_sta()
        return library
    if "area" in measures:
        return find_library(choice)
    refuse_given("--liberty --wire-ff --dont-use --clock-gating",
                 "is of areas and energies, and no grid measures one: leave it out")
    return None


@contextmanager
def _workers(scheduler: str | None, batch: Batch) -> Iterator[Workers]:
    """Yield what opens the executor: processes of this machine, or a cluster."""
    if scheduler is None:
        yield local.processes
        return
    try:
        from skimp.jobs import cluster
    except ModuleNotFoundError as error:
        raise ValueError("--scheduler needs Dask, which is not installed; "
                         "`pip install 'skimp[dask]'` brings it") from error
    with cluster.connect(scheduler, batch.jobs) as pool:
        yield lambda count: nullcontext(pool)


COMMANDS = (
    verb(sweep,
         click.Argument(["specification"], metavar="SPEC.toml", type=FILE),
         option("--scheduler", metavar="ADDRESS",
                help="a Dask scheduler, such as tcp://127.0.0.1:8786, instead of local processes"),
         option("-o", "--output", type=FILE, help="a file for the rows, too: .csv or .json"),
         *LIBRARY, selects=False),
)
