"""The verb that searches for each layer's precision on a platform."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click

from skimp.catalogue.ranges import Range
from skimp.cli.notes import NOTES, progress
from skimp.cli.options import FILE, Number, option, refuse_given, verb
from skimp.jobs import local
from skimp.jobs.batch import Workers
from skimp.jobs.documents import to_json
from skimp.search.figures import SearchReport
from skimp.search.platforms import PLATFORMS, SPEED_UPS
from skimp.search.run import STARTS, Search
from skimp.show import search as tables
from skimp.show.terminal import show

__all__ = ["COMMANDS"]


def search_(net: str, platform: str, evaluations: int, seed: int, start: str, beacons: int,
            distance: float, loss_points: float, compression: float, speed_up: str,
            describe: int | None, scheduler: str | None, plot: Path | None, as_json: bool) -> None:
    """Search for the precision of each layer that loses least and gains most on a platform.

    NET is sru, spoken digits. Beside the search stand always: sums of the losses of single
    choices, uniform precision, and as many random candidates. Candidates are chosen on one half of
    speakers' recordings that were not trained on; the front is shown with its losses on the other.
    """
    import json

    from skimp.search import plot as drawing
    from skimp.show.plot import check_path

    if plot is not None:
        check_path(plot)
    if not beacons:
        refuse_given("--distance", "is of beacons: give --beacons, or leave it out")
    asked = Search(network=net, platform=platform, evaluations=evaluations, seed=seed, start=start,
                   beacons=beacons, distance=distance, loss_points=loss_points,
                   compression=compression, speed_up=speed_up)
    asked.check()
    report = asked.kept() or _searched(asked, scheduler)
    if plot is not None:
        drawing.draw(report, plot)
        NOTES.print(f"skimp: drew {plot}")
    if describe is not None and not as_json:
        for line in tables.described(json.loads(to_json(report)), describe):
            click.echo(line)
    else:
        show(report, as_json, tables.searched)


def _searched(asked: Search, scheduler: str | None) -> SearchReport:
    asked.check_needs()
    # Each search, and as many random candidates; how many losses there are is not known before.
    total = asked.evaluations * (3 if asked.beacons else 2)
    with _workers(asked, scheduler) as on, progress("search", total) as done:
        try:
            report = asked.work(on, done)
        except KeyboardInterrupt:
            raise RuntimeError("interrupted; what was finished is kept, and the same command "
                               "searches on") from None
    asked.keep(report)
    return report


@contextmanager
def _workers(asked: Search, scheduler: str | None) -> Iterator[Workers]:
    """Yield what opens the executor: threads, which share layer results, or a cluster."""
    if scheduler is None:
        yield local.threads
        return
    try:
        from skimp.jobs import cluster
    except ModuleNotFoundError as error:
        raise ValueError("--scheduler needs Dask, which is not installed; "
                         "`pip install 'skimp[dask]'` brings it") from error
    problem = asked.problem(local.threads, lambda: None)
    one = problem.network.loss(problem.platform.settings(problem.exact))
    with cluster.connect(scheduler, [one]) as pool:
        yield lambda count: nullcontext(pool)


COMMANDS = (
    verb(search_,
         click.Argument(["net"], metavar="NET"),
         option("--platform", type=click.Choice(tuple(PLATFORMS)), default="bitfusion",
                help="what it is to run on"),
         option("--evaluations", type=Number(Range(1, 100_000, integer=True)), default=200,
                help="candidates that are evaluated"),
         option("--seed", type=Number(Range(0, 1_000_000_000, integer=True)), default=1,
                help="of all that is drawn"),
         option("--start", type=click.Choice(STARTS), default="additive",
                help="first population: the front of summed losses, or random"),
         option("--beacons", type=Number(Range(0, 20, integer=True)), default=0,
                help="networks retrained in few bits, beside the base; three ship, more need "
                     "PyTorch"),
         option("--distance", type=Number(Range(0, 100)), default=3.0,
                help="halvings of weights' bits, in all layers together, beyond which a candidate "
                     "gets a beacon of its own"),
         option("--loss-points", type=Number(Range(0.1, 100)), default=8.0,
                help="largest loss, in points of the error rate on the search set"),
         option("--compression", type=Number(Range(1, 16)), default=1.0,
                help="smallest compression against float32; MOHAQ has 3.5 for SiLago and 10.6 for "
                     "Bit Fusion"),
         option("--speed-up", type=click.Choice(SPEED_UPS), default="time",
                help="the form that is optimised: of the whole, or MOHAQ's mean over layers"),
         option("--describe", type=Number(Range(1, 1000, integer=True)),
                help="print only this member of the front, in words"),
         option("--scheduler", metavar="ADDRESS",
                help="a Dask scheduler, such as tcp://127.0.0.1:8786, instead of this machine"),
         option("--plot", type=FILE, help="draw loss against speed-up: .png, .svg, .pdf"),
         selects=False),
)
