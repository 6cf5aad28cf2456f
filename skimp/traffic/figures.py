"""Figures of a link: transitions under an ordering, the paper's beside ours, what sorting pays."""

from dataclasses import dataclass
from typing import Any

from skimp.catalogue.ranges import Range
from skimp.jobs.record import Record, figure, text
from skimp.silicon.figures import um2

__all__ = ["RANGES", "Balance", "Claim", "Counted", "Sent", "Total", "TrafficRecord",
           "TrafficReport", "Wire"]

#: What a wire may have.
RANGES = {"pf_per_mm": Range(0.001, 1000, "pF"), "mm": Range(0.001, 100_000, "mm"),
          "volts": Range(0.01, 100, "V")}


@dataclass(frozen=True, kw_only=True)
class Sent(Record):
    """What was sent over a link."""

    workload: str = text("workload", '"lenet5", or the name of a trace')
    layer: str = text("layer", "whose operands were sent")
    packet_order: str = text("packet order", "of `golden.nets.lenet5.ORDERS`")
    images: int | None = figure("images", "", ",", "None of a trace")
    share: float = figure("share", "", ".2f", "of a layer's packets; below 1 with some filters")


@dataclass(frozen=True, kw_only=True)
class Counted(Record):
    """Transitions of a stream under an ordering.

    A stream is stationary if it toggles, unsorted, less than 1/16 of its wires in each transfer. An
    ordering that more than doubles that disturbs it: there is a warning, and no reduction.
    """

    lanes: int = figure("lanes", "", ",", "elements in a flit, of one stream: a pair has twice")
    stream: str = text("stream", '"activations", "weights", or "pair": both together')
    ordering: str = text("ordered by", '"unsorted": row-major; "approximate": a stated table; ...')
    mode: str | None = text("mode", '"alone"; "affiliated": by one key; "separated": by two')
    operand: str | None = text("operand", "whose key orders")
    pads: str = text("pads", '"hold", "zero", or "none": no slot stays empty')
    transitions: int = figure("transitions", "", ",", "ones in a flit XOR the one before")
    baseline_transitions: int = figure("unsorted", "", ",", "of the same stream, row-major")
    reduction_percent: float | None = figure("saved", "%", ".2f", "None with a warning")
    warning: str | None = text("warning", "where ordering disturbs a stationary stream")


@dataclass(frozen=True, kw_only=True)
class TrafficRecord(Counted, Sent):
    """Transitions of a stream with all conditions, as in `golden.psu` and `golden.link`.

    A separated row adds up two of mode "alone", and has no buckets and wires of its own.
    """

    packets: int = figure("packets", "", ",", "number of packets")
    n: int = figure("n", "", ",", "elements of a stream in a packet")
    width: int = figure("width", "bits", ",", "of an element")
    key: str | None = text("key", "of the ordering")
    buckets: Any = text("buckets", "table of a popcount key")
    wires: Any = text("wires", "of a Gray key")
    ties: str | None = text("ties", "order of equal keys")
    filling: str = text("filling", "by column or row")
    snake: bool = text("snake", "every other packet reversed")
    bus_invert: str | None = text("bus-invert", "what an invert line is for")
    index_bits: int | None = figure("index bits", "", ",", "a packet, to pair operands again; not "
                                    "counted")
    calibration: str | None = text("calibration", "what the key was fitted to")
    calibration_transitions: int | None = figure("in the sample", "", ",", "of what keys are "
                                                 "fitted to, in this order, pads held")
    link_pj: float | None = figure("link", "pJ a packet", ".2f", "of the wires", default=None)
    link_saved_pj: float | None = figure("saved", "pJ a packet", ".2f", "of that", default=None)


@dataclass(frozen=True, kw_only=True)
class Total(Counted):
    """Transitions of all layers together."""

    workload: str = text("workload", '"lenet5", or the name of a trace')
    images: int | None = figure("images", "", ",", "None of a trace")
    layers: dict[str, str] = text("layers", "and the packet order of each")


@dataclass(frozen=True, kw_only=True)
class Claim(Record):
    """A figure of a paper with its conditions, and ours beside it."""

    unit: str = text("unit", "precise or approximate")
    reduction_percent: float = figure("saved", "%", ".2f", "as the paper says")
    source: str = text("source", "the paper")
    technology: str = text("technology", "the paper's")
    workload: str = text("workload", "the paper's")
    not_known: list[str] = text("not known", "what the paper does not say")
    ours: list[Total] = text("ours", "measured several ways")


@dataclass(frozen=True, kw_only=True)
class Wire(Record):
    """A wire of the link; 0.2 pF for each mm is usual on chip."""

    pf_per_mm: float = figure("capacitance", "pF a mm", "g", "of the wire", default=0.2)
    mm: float = figure("length", "mm", "g", "of the link", default=5.0)
    volts: float = figure("swing", "V", "g", "of the wire", default=1.8)

    def __post_init__(self) -> None:
        for name, range_ in RANGES.items():
            range_.check(name, getattr(self, name))

    @property
    def pj_per_mm(self) -> float:
        """Return the energy of a transition, for each mm."""
        return 0.5 * self.pf_per_mm * self.volts ** 2


@dataclass(frozen=True, kw_only=True)
class Balance(Record):
    """What sorting saves on the wires against what the sorting unit spends, for each packet."""

    layer: str = text("layer", "whose activations are sent")
    lanes: int = figure("lanes", "", ",", "elements in a flit")
    ordering: str = text("ordered by", "as in `TrafficRecord`")
    n: int = figure("n", "", ",", "elements of a packet")
    unit: str = text("psu", "configuration of the sorting unit")
    clock_gating: bool = text("clocks gated", "whether registers of the unit that hold are not "
                              "clocked")
    every: int | None = figure("every", "clocks", ",", "a packet comes")
    area_um2: float = figure("area", "um2", um2, "of the unit")
    clock_ns: float = figure("clock", "ns", "g", "of the unit")
    unit_pj: float = figure("unit", "pJ a packet", ".1f", "what the unit spends")
    saved_transitions: float = figure("transitions saved", "", ".2f", "on the link")
    saved_pj: float = figure("saved", "pJ", ".2f", "on the wires")
    net_pj: float = figure("net", "pJ", ".1f", "the same less what the unit spends")
    break_even_mm: float | None = figure("pays from", "mm", ",.0f", "None: no length of wire")
    annotated_percent: float = figure("nets known", "%", ".1f", "of the unit's, those traced")


@dataclass(frozen=True, kw_only=True)
class TrafficReport(Record):
    """What `skimp traffic` reports."""

    rows: list[TrafficRecord] = text("rows", "a figure each, with its conditions")
    paper: list[Claim] = text("paper", "the figures of Han et al., arXiv 2601.14087")
    conditions: dict[str, Any] = text("conditions", "what holds for every row")
    wire: Wire | None = text("wire", "the link's", default=None)
    break_even: list[Balance] = text("break-even", "if units are measured", default=())
