"""Workloads: a network on Fashion-MNIST, or a user's own packets, measured piece by piece."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from skimp.golden import trace
from skimp.golden.nets.dataset import measuring_images, training_images
from skimp.golden.nets.engine import Model
from skimp.golden.workloads.images import CALIBRATION, in_hardware
from skimp.golden.workloads.packets import (
    ORDERS,
    Packets,
    extents,
    join,
    packets,
    packets_by_image,
)
from skimp.jobs.batch import results_of
from skimp.jobs.job import Job
from skimp.traffic.figures import Sent, TrafficRecord, TrafficReport
from skimp.traffic.measure import DISTURBED, STATIONARY, measure
from skimp.traffic.meter import Words
from skimp.traffic.paper import beside_the_paper

__all__ = ["LAYERS", "network_report", "trace_report"]

Progress = Callable[[int, int], None]

#: LeNet-5's, sent if nothing is said.
LAYERS = ("conv1", "conv2", "pool1", "pool2")
#: Filters that may be asked for of any layer; of larger ones more.
FILTERS = 16
LANES = range(1, 65)
SAMPLE = 100_000        # elements to calibrate on
# Elements at all lane counts together that are sent in some hours.
MOST = 2 * 10**9
BLOCK = 4096            # packets of a trace sent at a time; even, see Meter

CONDITIONS = {
    "transitions": "ones in flit XOR previous flit; the first flit against zero; state carries "
                   "over from packet to packet; bus-invert lines count",
    "baseline": "same stream, same pads, unsorted, row-major",
    "stationary": f"no gain is given, but a warning, where a stream that unsorted toggles under "
                  f"{STATIONARY:.2%} of its wires a transfer makes over {DISTURBED} times as many "
                  f"transitions when ordered",
    "separated": "the receiver must pair the operands again: index_bits a packet, not counted",
    "offline-weights": "weights of a packet in nearest-neighbour order, found before the chip "
                       "runs, activations fetched in that order: not where one activation is "
                       "broadcast to many filters",
    "ties": "stable for popcount keys, as a counting sort leaves them; snake for Gray keys, as "
            "the Gray banyan leaves them; of gray3-odd-even, as the odd-even network does, the "
            "smaller unit for three wires",
}


def network_report(net: str = "lenet5", *, layers: Sequence[str] = LAYERS, images: int = 200,
                   filters: int | None = 1, lanes: Sequence[int] = (1, 5),
                   packet_orders: Sequence[str] = ("output-stationary", "weight-stationary"),
                   progress: Progress | None = None) -> TrafficReport:
    """Measure the traffic of layers of a network on Fashion-MNIST.

    Parameters
    ----------
    net : str
        Of `golden.nets.network.SHIPPED`.
    layers : sequence of str
        Of `golden.workloads.packets.extents`.
    images : int
        The first so many of the 1,000 shipped test images. Keys are fitted to the 50 training
        images.
    filters : int or None
        Filters of a convolution that each image meets, in turn: one image says little more when
        sent to every filter, and takes as long as many. None is all of them. Pooling, depthwise
        layers and packet order "filter-inner" always have all.
    lanes : sequence of int
        Elements of a stream in a flit, 1 to 64.
    packet_orders : sequence of str
        Of `golden.workloads.packets.ORDERS`. Where a filter has one packet of each window
        "weight-stationary" is "output-stationary", and is left out if both are asked for.
    progress : callable, optional
        Called with the steps done and all steps; from any thread, one call at a time.

    Returns
    -------
    TrafficReport
        Without what wires and sorting units spend: see `skimp.traffic.wire`.

    Raises
    ------
    ValueError
        If an argument is out of range, unknown or empty.
    """
    model, (training, _) = in_hardware(net), training_images(CALIBRATION)
    there = extents(model.network)
    _check("Images", [images], range(1, 1001))
    _check("Layers", layers, there)
    most = max(FILTERS, *(there[layer].filters for layer in layers))
    _check("Filters", [1 if filters is None else filters], range(1, most + 1))
    _check("Packet orders", packet_orders, tuple(ORDERS))
    tasks = []
    for layer in dict.fromkeys(layers):
        size, by_channel = there[layer], model.network[layer].by_channel
        for order in dict.fromkeys(packet_orders):
            if (size.channels == 1 and order == "weight-stationary"
                    and "output-stationary" in packet_orders):
                continue
            whole = by_channel or order == "filter-inner" or filters is None
            met = size.filters if whole else min(size.filters, filters or size.filters)
            tasks.append(_Task(
                Sent(workload=net, layer=layer, packet_order=order, images=images,
                     share=met / size.filters),
                elements=images * met * math.prod(size[1:]),
                pieces=partial(_by_image, model, layer, order, measuring_images(images)[0], met,
                               size.filters),
                sample=partial(_sample, model, layer, order, training)))
    rows = _run(tasks, lanes, images, 8, f"{CALIBRATION} training images", progress)
    name = "LeNet-5" if net == "lenet5" else net
    return TrafficReport(rows=rows, paper=beside_the_paper(rows), conditions=CONDITIONS | {
        "network": f"{name}, 8-bit integers, activations unsigned, weights two's complement",
        "data": f"Fashion-MNIST, the first {images} test images; where the share is below 1 "
                f"each meets as many filters of a convolution, in turn",
        "calibration": f"keys fitted to {SAMPLE} elements or less of the first "
                       f"{CALIBRATION} training images",
        "packet_orders": {name: " > ".join(("image", *nesting))
                          for name, nesting in ORDERS.items()},
    })


def trace_report(path: str | Path, *, lanes: Sequence[int] = (1, 5), width: int = 8,
                 progress: Progress | None = None) -> TrafficReport:
    """Measure a user's own packets.

    Parameters
    ----------
    path : path of an ``.npz`` file
        As for `golden.trace.load`. Keys are fitted to its beginning.
    lanes, progress
        As for `network_report`.
    width : int
        Bits of an element, 4 to 16.

    Returns
    -------
    TrafficReport
        As `network_report`; layer and packet order are "trace" and "as given".

    Raises
    ------
    ValueError
        As `golden.trace.load`, or if ``lanes`` are out of range or empty.
    """
    whole = trace.load(path, width=width)
    count, n = whole.activations.shape
    fitted = min(count, SAMPLE // n)
    calibration = "the trace itself" if fitted == count else f"the trace's first {fitted} packets"
    starts = range(0, count, BLOCK)
    task = _Task(Sent(workload=Path(path).name, layer="trace", packet_order="as given",
                      images=None, share=1.0),
                 elements=whole.activations.size,
                 pieces=lambda: (_slice(whole, start, BLOCK) for start in starts),
                 sample=lambda: _slice(whole, 0, fitted))
    rows = _run([task], lanes, len(starts), width, calibration, progress)
    return TrafficReport(
        rows=rows, paper=beside_the_paper(rows),
        conditions=CONDITIONS | {"calibration": f"keys fitted to {calibration}"})


def _check(name: str, values: Sequence[Any], choices: Collection[Any]) -> None:
    if not values:
        raise ValueError(f"{name} must be at least one, not none")
    for value in values:
        if value not in choices:
            allowed = (f"{choices[0]} to {choices[-1]}" if isinstance(choices, range)
                       else f"among {', '.join(choices)}")
            raise ValueError(f"{name} must be {allowed}, not {value!r}")


def _by_image(model: Model, layer: str, order: str, images: Words, met: int,
              every: int) -> Iterator[Packets]:
    """Yield the packets of each image with ``met`` filters out of ``every``, in turn."""
    for number in range(len(images)):
        filters = sorted((number * met + place) % every for place in range(met))
        yield packets(model, layer, images[number:number + 1], order=order, filters=filters)


def _sample(model: Model, layer: str, order: str, images: Words) -> Packets:
    """Return a run of packets of each image, from places that go once through an image."""
    parts = []
    for number, image in enumerate(packets_by_image(model, layer, images, order=order)):
        count, n = image.activations.shape
        run = min(count, SAMPLE // n // len(images))
        parts.append(_slice(image, (count - run) * number // max(1, len(images) - 1), run))
    return join(parts)


def _slice(whole: Packets, start: int, count: int) -> Packets:
    part = slice(start, start + count)
    return Packets(whole.activations[part],
                   None if whole.weights is None else whole.weights[part])


class _Task(NamedTuple):
    """A workload: what is sent, its packets piece by piece, what to calibrate on."""

    sent: Sent
    elements: int
    pieces: Callable[[], Iterator[Packets]]
    sample: Callable[[], Packets]


def _run(tasks: Sequence[_Task], lanes: Sequence[int], pieces: int, width: int, calibration: str,
         progress: Progress | None) -> list[TrafficRecord]:
    """Measure every task, of so many pieces each, at every number of lanes, on all cores."""
    _check("Lanes", lanes, LANES)
    jobs = [(task, count) for task in tasks for count in dict.fromkeys(lanes)]
    elements = sum(task.elements for task, _ in jobs)
    if elements > MOST:
        raise ValueError(f"{elements:,} elements would be sent, counting those of each layer, "
                         f"packet order and number of lanes, which takes days: ask for {MOST:,} at "
                         "most")
    every = len(jobs) * (pieces + 1)            # calibrating counts as a piece
    done, lock = iter(range(1, every + 1)), Lock()

    def step() -> None:
        with lock:
            if progress:
                progress(next(done), every)

    def stepping(task: _Task) -> Iterator[Packets]:
        step()
        for piece in task.pieces():
            yield piece
            step()

    def sent(task: _Task, count: int) -> list[TrafficRecord]:
        return measure(stepping(task), task.sample(), task.sent, lanes=count, width=width,
                       calibration=calibration)

    # NumPy lets go of the interpreter while it works, so threads are enough.
    found = results_of(_Sent(partial(sent, *job)) for job in jobs)
    return [row for rows in found for row in rows]


@dataclass(frozen=True, eq=False)
class _Sent(Job[list[TrafficRecord]]):
    """A workload at a number of lanes."""

    send: Callable[[], list[TrafficRecord]]

    def run(self, needed: Mapping[Job[Any], Any]) -> list[TrafficRecord]:
        return self.send()
