"""The verb on a link: bit transitions of real traffic."""

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
from skimp.golden.nets.network import SHIPPED, shipped
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
)
