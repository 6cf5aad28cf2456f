"""The documents that the page is made of: measured, or read again from files."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from skimp import evaluate
from skimp.catalogue.groups import ELEMENTS
from skimp.catalogue.selection import Design, describe, select
from skimp.evaluate.figures import AccuracyReport
from skimp.golden.arithmetic import Exact
from skimp.golden.files import read_file
from skimp.golden.nets.asked import parse_predictor
from skimp.jobs.documents import LARGEST, from_json
from skimp.power.measure import energies
from skimp.report.searches import make
from skimp.silicon.area import Timing, prices
from skimp.silicon.library import Library
from skimp.traffic import network_report, wire
from skimp.traffic.figures import TrafficReport, Wire

__all__ = ["DOCUMENTS", "FPGA", "gather", "load"]

#: Names of the documents, each with its lists of rows; "" where the document is the list.
DOCUMENTS = {"catalogue": ("",), "area": ("",), "area_gated": ("",), "power": ("",),
             "power_gated": ("",), "traffic": ("rows", "break_even"),
             "evaluate": ("rows", "predictions"), "search": ("",), "fpga": ("",)}
#: Where `skimp fpga` leaves its reports.
FPGA = Path("build/fpga")
NETWORK, IMAGES = "resnet8", 1000
PREDICTORS = ("zap:3", "zap:3:2,4,4", "zap:5", "neighbour:3", "neighbour:5", "window:2", "window:3",
              "window:2:zero", "window:3:zero", "value:16", "value:16:all")

Show = Callable[[str, int | None], AbstractContextManager[Callable[..., None]]]


def gather(library: Library, gated: Library, measured: Sequence[Design],
           show: Show, *, fastest: bool = False) -> Iterator[tuple[str, Any]]:
    """Measure everything, what takes longest last; give each document as soon as it is there.

    Parameters
    ----------
    library, gated : Library
        Cells that areas and energies are of: clocks as they are, and clocks gated.
    measured : sequence of Design
        What energy is measured of, both ways.
    show : callable
        Takes what is done and how many pieces it has, gives a context with what to call after each:
        `skimp.cli.notes.progress`.
    fastest : bool
        Whether highest clocks are searched for, which takes some three times as long as areas.
    """
    chosen = select(())
    held = [one.gated for one in chosen if one.block.gated]
    asked = Timing(path=True, fastest=fastest)
    yield "catalogue", [describe(one) for one in chosen]
    yield "fpga", [_read(path) for path in sorted(FPGA.glob("*/report.json"))]
    with show("synthesize", len(chosen)) as done:
        areas = prices(chosen, library, None, done, asked)
    yield "area", areas
    with show("synthesize with gated clocks", len(held)) as done:
        areas = prices(held, gated, None, done, asked)
    yield "area_gated", areas
    yield "evaluate", _accuracy(show)
    yield "search", make(show)
    yield "traffic", _traffic((gated, library), show)
    with show("simulate for energy, clocks gated", len(measured)) as done:
        spent = energies([one.gated for one in measured], gated, None, done)
    yield "power_gated", spent
    with show("simulate for energy", len(measured)) as done:
        spent = energies(list(measured), library, None, done)
    yield "power", spent


def _accuracy(show: Show) -> AccuracyReport:
    """Evaluate the schemes of all processing elements of the catalogue, and predictors."""
    schemes = [one.arithmetic for one in select(ELEMENTS)]
    network = evaluate.open_network(NETWORK)
    workload = evaluate.open_workload(NETWORK, network, images=IMAGES, data=None)
    arranged = evaluate.arrange([scheme for scheme in schemes if scheme is not None],
                                reorder=False, threads_per_layer=None)
    with show("evaluate", None) as done:
        report = evaluate.evaluate(workload, arranged, progress=done)
    with show("predict", None) as done:
        found = evaluate.predictions(workload, [parse_predictor(text) for text in PREDICTORS],
                                     [Exact()], recalibrated="momentum", progress=done)
    return replace(report, predictions=found)


def _traffic(libraries: Sequence[Library], show: Show) -> TrafficReport:
    """Measure the link, and sorting units with each library."""
    link = Wire()
    with show("traffic", None) as done:
        report = network_report(progress=done)
    rows = wire.with_energy(report.rows, link)
    with show("simulate sorting units", len(libraries) * len(wire.jobs(rows))) as done:
        balance = [one for library in libraries
                   for one in wire.break_even(rows, link, library, done)]
    return replace(report, rows=rows, wire=link, break_even=balance)


def load(folder: Path) -> dict[str, Any]:
    """Read the documents that are in ``folder``; what is missing is left out.

    Raises
    ------
    ValueError
        If there are none, or one is not what `gather` makes; the sentence names the file.
    """
    found = {name: path for name in DOCUMENTS if (path := folder / f"{name}.json").exists()}
    if not found:
        raise ValueError(f"{folder} has none of the documents that `skimp report` writes: "
                         f"{', '.join(f'{name}.json' for name in DOCUMENTS)}")
    return {name: _checked(_read(path), path, DOCUMENTS[name]) for name, path in found.items()}


def _read(path: Path) -> Any:
    try:
        return from_json(read_file(path, LARGEST))
    except ValueError as error:
        raise ValueError(f"{path} is {error}: remove it, or make it again") from error


def _checked(document: Any, path: Path, lists: tuple[str, ...]) -> Any:
    """Check that the document has its lists of rows."""
    for name in lists:
        rows = document if not name else document.get(name) if isinstance(document, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            what = f"have a list of rows as {name!r}" if name else "be a list of rows"
            raise ValueError(f"{path} must {what}: remove it, or make it again with `skimp report`")
    return document
