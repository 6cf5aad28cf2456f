"""The verb that searches for each layer's precision on a platform."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import click

from skimp.catalogue.ranges import Range
from skimp.cli.notes import NOTES, progress
from skimp.cli.options import FILE, Number, option, refuse_given, verb
from skimp.jobs import local
from skimp.jobs.batch import Workers
from skimp.jobs.documents import to_json
from skimp.search.figures import SearchReport
from skimp.search.platforms import BITS, PLATFORMS, SPEED_UPS
from skimp.search.platforms.table import CLOCKS
from skimp.search.run import WAYS, Search
from skimp.show import search as tables
from skimp.show.terminal import show

__all__ = ["COMMANDS"]


def search_(net: str, platform: str, evaluations: int, seed: int, by: str, beacons: int,
            distance: float, loss_limit: float | None, compression: float | None,
            speed_up: str | None, area_budget: float | None, clocks: str | None,
            images: int | None, describe: int | None, scheduler: str | None, plot: Path | None,
            as_json: bool) -> None:
    """Search for what each layer runs in that loses least and gains most on a platform.

    NET is sru, spoken digits, whose layers get bits on silago and bitfusion; or resnet8, lenet5 or
    dscnn on skimp: which of our arrays should be built, how large, and in which mode does each
    layer run on it. Beside the search stand always: sums of the losses of single choices, uniform
    choices, and as many random candidates. Candidates are chosen on one part of the data; the
    front is shown with its losses on another.
    """
    import json

    from skimp.search import plot as drawing
    from skimp.show.plot import check_path

    if plot is not None:
        check_path(plot)
    if not beacons:
        refuse_given("--distance", "is of beacons: give --beacons, or leave it out")
    given = {"compression": compression, "speed_up": speed_up, "area_budget": area_budget,
             "clocks": clocks, "images": images}
    _check_given(platform, given)
    asked = Search(network=net, platform=platform, evaluations=evaluations, seed=seed, by=by,
                   beacons=beacons, distance=distance, loss_limit=loss_limit,
                   **{name: value for name, value in given.items() if value is not None})
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


def _check_given(platform: str, given: dict[str, Any]) -> None:
    """Raise ValueError if an option is of another kind of platform."""
    bits = platform in BITS
    kind, other = ("our own arrays", "skimp") if bits else ("bits", ", ".join(BITS))
    for name in ("area_budget", "clocks", "images") if bits else ("compression", "speed_up"):
        if given[name] is not None:
            raise ValueError(f"--{name.replace('_', '-')} is of {kind}: leave it out, or search on "
                             f"--platform {other}")


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
    one = problem.network.loss(problem.platform.settings(problem.exact), problem.network.name)
    with cluster.connect(scheduler, [one]) as pool:
        yield lambda count: nullcontext(pool)


COMMANDS = (
    verb(search_,
         click.Argument(["net"], metavar="NET"),
         option("--platform", metavar="NAME", default="bitfusion",
                help=f"what it is to run on: {', '.join(PLATFORMS)}, or skimp:BLOCK:BLOCK to "
                     "choose between few of our arrays"),
         option("--evaluations", type=Number(Range(1, 100_000, integer=True)), default=200,
                help="candidates that are evaluated"),
         option("--seed", type=Number(Range(0, 1_000_000_000, integer=True)), default=1,
                help="of all that is drawn"),
         option("--by", type=click.Choice(WAYS), default="steps",
                help="steps from the front of summed losses, or NSGA-II from there or from random "
                     "candidates, for which pymoo is needed"),
         option("--beacons", type=Number(Range(0, 20, integer=True)), default=0,
                help="networks retrained in few bits, beside the base; three ship, more need "
                     "PyTorch"),
         option("--distance", type=Number(Range(0, 100)), default=3.0,
                help="halvings of weights' bits, in all layers together, beyond which a candidate "
                     "gets a beacon of its own"),
         option("--loss-limit", type=Number(Range(0.01, 1000)),
                help="largest loss on the search set: points of the error rate (8), of images "
                     "thousandths of a nat that answers move (12)"),
         option("--compression", type=Number(Range(1, 16)),
                help="smallest compression against float32; MOHAQ has 3.5 for SiLago and 10.6 for "
                     "Bit Fusion"),
         option("--speed-up", type=click.Choice(SPEED_UPS),
                help="the form that is optimised: time, of the whole, or MOHAQ's mean over "
                     "layers  [default: time]"),
         option("--area-budget", metavar="MM2", type=Number(Range(0.001, 1000)),
                help="of our own arrays at most  [default: a plain array of 16 x 16]"),
         option("--clocks", type=click.Choice(CLOCKS),
                help="our own arrays at one clock, or each at its fastest  [default: same]"),
         option("--images", type=Number(Range(1, 10_000, integer=True)),
                help="test images that the front is measured on  [default: 1000]"),
         option("--describe", type=Number(Range(1, 1000, integer=True)),
                help="print only this member of the front, in words"),
         option("--scheduler", metavar="ADDRESS",
                help="a Dask scheduler, such as tcp://127.0.0.1:8786, instead of this machine"),
         option("--plot", type=FILE, help="draw loss against speed-up: .png, .svg, .pdf"),
         selects=False),
)
