"""Verbs on real data: traffic of a link, accuracy of a network."""

from dataclasses import replace
from pathlib import Path

import click

from skimp.catalogue.ranges import Range
from skimp.cli.notes import NOTES, open_library, open_sta, progress
from skimp.cli.options import (
    FILE,
    Integers,
    LibraryChoice,
    Names,
    Number,
    option,
    refuse_given,
    verb,
)
from skimp.evaluate.figures import AccuracyReport
from skimp.golden.arithmetic import parse_scheme
from skimp.golden.nets.network import SHIPPED, shipped
from skimp.golden.nets.recalibrate import AVERAGINGS
from skimp.golden.trace import WIDTHS
from skimp.golden.workloads.packets import ORDERS, extents
from skimp.show import workloads
from skimp.show.terminal import show
from skimp.traffic import LAYERS, network_report, trace_report
from skimp.traffic.figures import RANGES, Wire

__all__ = ["COMMANDS"]


def traffic(net: str, trace: Path | None, width: int, lanes: tuple[int, ...],
            layers: tuple[str, ...] | None, packet_orders: tuple[str, ...], images: int,
            filters: int, pf_per_mm: float, mm: float, volts: float, sorters: bool,
            clock_gating: bool, plot: Path | None, as_json: bool) -> None:
    """Count bit transitions on a link under each ordering: a network's traffic, or your trace.

    The network runs on Fashion-MNIST; convolutions and linear layers send pairs of activation and
    weight, pooling activations. With --sorters, the energy of sorting units is measured with the
    same traffic, a packet in 1, 2 and 4 clocks: from which length of wire on they save more than
    they spend.
    """
    from skimp.show.plot import check_path
    from skimp.traffic import plot as drawing  # matplotlib takes a second to import
    from skimp.traffic import wire

    if trace is None:
        refuse_given("--width", "is of a trace: add --trace, or leave it out")
    else:
        refuse_given("--net --layers --packet-orders --images --filters",
                     "is of a network's traffic, not of a trace: leave it or --trace out")
    if not sorters:
        refuse_given("--clock-gating", "is of sorting units: add --sorters, or leave it out")
    if layers is None and net != "lenet5":
        raise ValueError(f"--layers must name layers of {net}: among "
                         f"{', '.join(extents(shipped(net)))}")
    if plot is not None:
        check_path(plot)
    link = Wire(pf_per_mm=pf_per_mm, mm=mm, volts=volts)
    library = open_library(LibraryChoice(clock_gating=clock_gating)) if sorters else None
    if library:
        if trace is not None:
            raise ValueError("--sorters are measured with a network's traffic, not with a trace")
        open_sta()
    with progress("traffic", None) as done:
        if trace is None:
            result = network_report(net, layers=layers or LAYERS, images=images, filters=filters,
                                    lanes=lanes, packet_orders=packet_orders, progress=done)
        else:
            result = trace_report(trace, lanes=lanes, width=width, progress=done)
    result = replace(result, rows=wire.with_energy(result.rows, link), wire=link)
    if library:
        with progress("simulate sorting units", len(wire.jobs(result.rows))) as done:
            result = replace(result, break_even=wire.break_even(result.rows, link, library, done))
    if plot is not None:
        drawing.traffic(result, plot)
        NOTES.print(f"skimp: drew {plot}")
    show(result, as_json, workloads.reductions)


def evaluate(net: str, scheme: tuple[str, ...], all_: bool, recalibrate: str | None, reorder: bool,
             threads_per_layer: tuple[int, ...] | None, images: int | None, data: Path | None,
             array: tuple[int, ...], kure: bool, beside: str, plot: Path | None,
             as_json: bool) -> None:
    """Measure a network's accuracy and speed under schemes of reduced precision.

    NET is lenet5, resnet8, resnet8_kure, resnet8_pruned or dscnn, or a file: .npz as
    golden.nets.network describes it, or .onnx. Schemes: exact, static:4, static:8:4, sparq:5opt,
    sparq:3opt:trim, sparq:2opt:single, nbsmt:2:wA, nbsmt:4:A:reorder, or layer by layer, such as
    mixed:conv2=nbsmt:2,fc1=static:4; see golden.arithmetic.text. Without any, four of them.
    """
    from skimp import evaluate as evaluation
    from skimp.evaluate import plot as drawing
    from skimp.show.plot import check_path

    if plot is not None:
        check_path(plot)
        if kure and not (scheme or all_):
            raise ValueError("--plot draws schemes: give --scheme or --all beside --kure")
    if not kure:
        refuse_given("--beside", "names the network of --kure: add --kure, or leave it out")
    elif not (scheme or all_):
        refuse_given("--recalibrate --reorder --threads-per-layer --array",
                     "is of schemes: give --scheme or --all beside --kure, or leave it out")
    if all_:
        refuse_given("--scheme --reorder", "adds nothing to --all: leave one of them out")
    if len(array) != 2:
        raise ValueError(f"--array must be rows and columns, such as 16,16, "
                         f"not {','.join(map(str, array))}")
    asked = [parse_scheme(text) for text in scheme] if scheme else list(evaluation.DEFAULT)
    schemes = evaluation.arrange(evaluation.ALL if all_ else asked, reorder=reorder,
                                 threads_per_layer=threads_per_layer)
    if kure and net == beside:
        raise ValueError(f"--kure compares two networks: name another than {net} with --beside")
    network = evaluation.open_network(net)
    if all_ and recalibrate is None and network.norms:
        recalibrate = "momentum"
    second = evaluation.open_network(beside) if kure else None
    workload = evaluation.open_workload(net, network, images=images, data=data)
    other = (evaluation.open_workload(beside, second, images=images, data=data)
             if second else None)
    document = AccuracyReport(network=net, conditions=workload.conditions)
    if scheme or all_ or not kure:
        with progress("evaluate", None) as done:
            document = evaluation.evaluate(workload, schemes, recalibrated=recalibrate,
                                           rows=array[0], cols=array[1], progress=done)
    if other:
        with progress("compare bits", None) as done:
            document = replace(document, kure=evaluation.compare_bits((workload, other),
                                                                      progress=done))
    if plot is not None:
        drawing.draw(document, plot)
        NOTES.print(f"skimp: drew {plot}")
    show(document, as_json, workloads.accuracy)


COMMANDS = (
    verb(traffic,
         option("--trace", type=FILE, help="your own packets: an .npz file with the arrays "
                "activations and, if there are any, weights, each (packets, n)"),
         option("--width", type=Number(Range(*WIDTHS, integer=True)), default=8,
                help="bits of an element of the trace"),
         option("--lanes", type=Integers(Range(1, 64, integer=True)), default=(1, 5),
                help="elements of a stream in a flit"),
         option("--net", type=click.Choice(SHIPPED), default="lenet5", help="whose traffic"),
         option("--layers", type=Names(), help=f"of the network; of lenet5 {', '.join(LAYERS)} by "
                "default"),
         option("--packet-orders", type=Names(), help=f"of {', '.join(ORDERS)}",
                default=("output-stationary", "weight-stationary")),
         option("--images", type=Number(Range(1, 1000, integer=True)), default=200,
                help="test images sent"),
         option("--filters", type=Number(Range(1, 1000, integer=True)), default=1,
                help="filters that each image meets; of lenet5 16: all"),
         option("--pf-per-mm", type=Number(RANGES["pf_per_mm"]), default=0.2,
                help="capacitance of a mm of wire"),
         option("--mm", type=Number(RANGES["mm"]), default=5.0, help="length of the link"),
         option("--volts", type=Number(RANGES["volts"]), default=1.8, help="swing of a wire"),
         option("--sorters", is_flag=True, help="measure the energy of sorting units, too: ten "
                "minutes the first time"),
         option("--clock-gating", is_flag=True, help="with --sorters: stop the clock of registers "
                "that hold their value"),
         option("--plot", type=FILE, help="draw the transitions: .png, .svg or .pdf"),
         selects=False),
    verb(evaluate,
         click.Argument(["net"], metavar="NET"),
         option("--scheme", multiple=True, metavar="SCHEME", help="as above; several may be given"),
         option("--all", "all_", is_flag=True, help="the whole table, batch norm recalibrated too"),
         option("--recalibrate", type=click.Choice(AVERAGINGS),
                help="each scheme again, batch norm recalibrated under it"),
         option("--reorder", is_flag=True, help="each NB-SMT scheme again, K reordered"),
         option("--threads-per-layer", type=Integers(Range(1, 4, integer=True)),
                help="threads of each reduced layer, in order, for NB-SMT schemes"),
         option("--images", type=Number(Range(1, 1_000_000, integer=True)),
                help="test images  [default: 1000; of --data: all]"),
         option("--data", type=FILE, help="images of your own: an .npz file with the uint8 arrays "
                "test_images, train_images (images, rows, columns, channels) and test_labels"),
         option("--array", type=Integers(Range(1, 1024, integer=True)), default=(16, 16),
                help="rows and columns of the array whose cycles are counted"),
         option("--kure", is_flag=True, help="compare post-training bits with another network's"),
         option("--beside", default="resnet8_kure", metavar="NET", help="that of --kure"),
         option("--plot", type=FILE, help="draw accuracy against MACs a cycle: .png, .svg, .pdf"),
         selects=False),
)
