"""Bit transitions of real traffic under each ordering: what `skimp traffic` reports.

The report is a dict of three parts: ``rows``, one flat dict for each figure with its conditions;
``paper``, the figures of Han et al. (arXiv 2601.14087) beside the nearest of ours; ``conditions``,
what holds for every row. All of it can be written as JSON.

A row:

workload, layer, packet_order, images, packets, n, width, lanes
    What was sent. ``lanes`` are those of one stream: a pair link has twice as many.
stream : "activations", "weights" or "pair"
    What was counted. A pair is both streams together, on lanes of their own.
ordering : str
    "unsorted" (row-major), "unsorted-column", "popcount" (exact), "approximate" (a stated table),
    "approximate-calibrated", "gray2", "gray3", "nonzero-gray2", "offline-weights", "bus-invert"
    (a line a lane), "bus-invert-flit" (a line a flit); some with "+bus-invert", "+snake" or both.
mode : "alone", "affiliated", "separated" or None
    Each stream by its own key on a link without the other; both by one key; each by its own key,
    together; nothing is sorted.
operand : "activation", "weight", "both" or None
    Whose key orders.
key, buckets, wires, ties, filling, snake, bus_invert
    As in `golden.psu.order`, `golden.link.flits`, `golden.link.bus_invert`. None in separated rows:
    see the two rows of mode "alone".
pads : "hold", "zero" or "none"
    "none" where no slot stays empty.
transitions, baseline_transitions : int
    Baseline: the same stream with the same pads, unsorted, row-major.
reduction_percent : float or None, warning : str or None
    No reduction is given, but a warning, where ordering disturbs a stationary stream: one whose
    baseline toggles less than 1/16 of its wires in each transfer, and that toggles more
    than twice as much when ordered. An affiliated pair is warned of as a whole.
index_bits : int or None
    Separated: bits a packet that tell the receiver which weight belongs to which activation. They
    are not in the transitions.
calibration : str or None, calibration_transitions : int or None
    What the key was fitted to; transitions of that sample under this key, pads held, for stated
    keys too. Keys are fitted for each layer, packet order, lanes, operand and mode.
"""

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from golden import trace
from golden.nets import fashion_mnist, lenet5
from golden.nets.lenet5 import ORDERS, Packets
from skimp.measure import DISTURBED, STATIONARY, Row, measure, reduction

__all__ = ["LAYERS", "lenet_report", "trace_report"]

Report = dict[str, Any]
Progress = Callable[[int, int], None]

LAYERS = ("conv1", "conv2", "pool1", "pool2")
LANES = (1, 64)         # fewest and most
SAMPLE = 50_000         # elements to calibrate on
BLOCK = 4096            # packets of a trace sent at a time; even, see Meter

PAPER = {
    "source": "Han et al., arXiv 2601.14087",
    "technology": "22 nm",
    "workload": "convolution and pooling traffic like that of LeNet's first two layers",
    "not_known": ["link width", "unsorted order compared with", "key operand", "affiliated or "
                  "separated", "bucket table", "tie rule", "sort direction", "pads", "images"],
}
PAPER_FIGURES = (
    ("precise", 20.42, ("popcount",)),
    ("approximate", 19.50, ("approximate", "approximate-calibrated")),
)
CONDITIONS = {
    "transitions": "ones in flit XOR previous flit; the first flit against zero; state carries "
                   "over from packet to packet; bus-invert lines count",
    "baseline": "same stream, same pads, unsorted, row-major",
    "stationary": f"no gain is given, but a warning, where a stream that unsorted toggles under "
                  f"{STATIONARY:.2%} of its wires a transfer makes over {DISTURBED} times its own "
                  f"transitions when ordered",
    "separated": "the receiver must pair the operands again: index_bits a packet, not counted",
    "offline-weights": "weights of a packet in nearest-neighbour order, found before the chip "
                       "runs, activations fetched in that order: not where one activation is "
                       "broadcast to many filters",
    "ties": "stable for popcount keys, as a counting sort leaves them; snake for Gray keys, as "
            "the Gray banyan leaves them",
}


def lenet_report(*, images: int = 25, lanes: Sequence[int] = (1, 5),
                 layers: Sequence[str] = LAYERS,
                 packet_orders: Sequence[str] = ("output-stationary", "weight-stationary"),
                 progress: Progress | None = None) -> Report:
    """Measure the traffic of LeNet-5's first two layers and its pooling on Fashion-MNIST.

    Parameters
    ----------
    images : int
        The first so many of the 1,000 shipped test images. Keys are fitted to the 50 training
        images.
    lanes : sequence of int
        Elements of a stream in a flit.
    layers : sequence of str
        Of `LAYERS`.
    packet_orders : sequence of str
        Of `golden.nets.lenet5.ORDERS`. Where a layer has one input channel a filter (all but conv2)
        "weight-stationary" is "output-stationary", and is left out if both are asked for.
    progress : callable, optional
        Called with the steps done and all steps; from any thread, one call at a time.

    Returns
    -------
    dict
        ``rows``, ``paper`` and ``conditions``, as the module says.

    Raises
    ------
    ValueError
        If an argument is out of range, unknown or empty.
    """
    data, net = fashion_mnist(), lenet5.load()
    _check("Images", [images], range(1, len(data.test_images) + 1))
    _check("Layers", layers, LAYERS)
    _check("Packet orders", packet_orders, ORDERS)
    sent = [(layer, order) for layer in dict.fromkeys(layers)
            for order in dict.fromkeys(packet_orders)
            if layer == "conv2" or order != "weight-stationary"
            or "output-stationary" not in packet_orders]

    def pieces(layer: str, order: str) -> Iterator[Packets]:
        return net.traffic_by_image(layer, data.test_images[:images], order=order)

    def sample(layer: str, order: str) -> Packets:
        return _runs(list(net.traffic_by_image(layer, data.train_images, order=order)))

    tasks = [_Task({"workload": "lenet5", "layer": layer, "packet_order": order, "images": images},
                   pieces=partial(pieces, layer, order), sample=partial(sample, layer, order))
             for layer, order in sent]
    rows = _run(tasks, lanes, images, 8, f"{len(data.train_images)} training images", progress)
    return {"rows": rows, "paper": _paper(rows), "conditions": CONDITIONS | {
        "network": "LeNet-5, 8-bit integers, activations unsigned, weights two's complement",
        "data": f"Fashion-MNIST, the first {images} test images",
        "calibration": f"keys fitted to about {SAMPLE} elements of the first "
                       f"{len(data.train_images)} training images",
        "packet orders": {name: " > ".join(("image", *nesting))
                          for name, nesting in ORDERS.items()},
    }}


def trace_report(path: str | Path, *, lanes: Sequence[int] = (1, 5), width: int = 8,
                 progress: Progress | None = None) -> Report:
    """Measure a user's own packets.

    Parameters
    ----------
    path : path of an ``.npz`` file
        As for `golden.trace.load`. Keys are fitted to its beginning.
    lanes, progress
        As for `lenet_report`.
    width : int
        Bits of an element, 4 to 16.

    Returns
    -------
    dict
        As `lenet_report`; layer and packet order are "trace" and "as given".

    Raises
    ------
    ValueError
        As `golden.trace.load`, or if ``lanes`` are out of range or empty.
    """
    whole = trace.load(path, width=width)
    packets, n = whole.activations.shape
    fitted = min(packets, SAMPLE // n)
    calibration = "the trace itself" if fitted == packets else f"first {fitted} packets of the trace"
    starts = range(0, packets, BLOCK)
    task = _Task({"workload": Path(path).name, "layer": "trace", "packet_order": "as given",
                  "images": None},
                 pieces=lambda: (_slice(whole, start, BLOCK) for start in starts),
                 sample=lambda: _slice(whole, 0, fitted))
    rows = _run([task], lanes, len(starts), width, calibration, progress)
    return {"rows": rows, "paper": _paper(rows),
            "conditions": CONDITIONS | {"calibration": f"keys fitted to {calibration}"}}


def _check(name: str, values: Sequence[Any], choices: Collection[Any]) -> None:
    if not values:
        raise ValueError(f"{name} must be at least one, not none")
    for value in values:
        if value not in choices:
            allowed = (f"{choices[0]} to {choices[-1]}" if isinstance(choices, range)
                       else f"among {', '.join(choices)}")
            raise ValueError(f"{name} must be {allowed}, not {value!r}")


def _slice(packets: Packets, start: int, count: int) -> Packets:
    return Packets(*(words if words is None else words[start:start + count] for words in packets))


def _runs(images: list[Packets]) -> Packets:
    """Take a run of packets out of each image, at places that go once through an image."""
    packets, n = images[0].activations.shape
    run = min(packets, SAMPLE // n // len(images))
    starts = np.linspace(0, packets - run, len(images)).astype(int).tolist()
    parts = [_slice(image, start, run) for image, start in zip(images, starts, strict=True)]
    weights = [part.weights for part in parts if part.weights is not None]
    return Packets(np.concatenate([part.activations for part in parts]),
                   np.concatenate(weights) if weights else None)


class _Task(NamedTuple):
    """A workload: what its rows begin with, its packets piece by piece, what to calibrate on."""

    head: Row
    pieces: Callable[[], Iterator[Packets]]
    sample: Callable[[], Packets]


def _run(tasks: Sequence[_Task], lanes: Sequence[int], pieces: int, width: int, calibration: str,
         progress: Progress | None) -> list[Row]:
    """Measure every task at every number of lanes, on all cores."""
    _check("Lanes", lanes, range(LANES[0], LANES[1] + 1))
    jobs = [(task, count) for task in tasks for count in dict.fromkeys(lanes)]
    steps = iter(range(1, len(jobs) * (pieces + 1) + 1))        # calibrating is a step
    lock = Lock()

    def step() -> None:
        with lock:
            if progress:
                progress(next(steps), len(jobs) * (pieces + 1))

    def stepping(task: _Task) -> Iterator[Packets]:
        step()
        for piece in task.pieces():
            yield piece
            step()

    def job(task: _Task, count: int) -> list[Row]:
        rows = measure(stepping(task), task.sample(), lanes=count, width=width,
                       calibration=calibration)
        return [task.head | row for row in rows]

    # NumPy lets go of the interpreter while it works, so threads are enough.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [row for rows in pool.map(job, *zip(*jobs, strict=True)) for row in rows]


def _paper(rows: Sequence[Row]) -> list[Row]:
    """Set our figures for all of a workload beside the paper's."""
    first: dict[str, str] = {}
    for row in rows:
        first.setdefault(row["layer"], row["packet_order"])
    kept = [row for row in rows if row["pads"] != "zero" and row["packet_order"] == first[row["layer"]]]
    return [{"unit": unit, "reduction_percent": figure, **PAPER, "ours": [
        ours for ordering in orderings for count in dict.fromkeys(row["lanes"] for row in rows)
        for ours in _totals([row for row in kept if row["lanes"] == count
                             and row["ordering"] == ordering])]}
        for unit, figure, orderings in PAPER_FIGURES]


def _totals(rows: Sequence[Row]) -> Iterator[Row]:
    """Add up all layers, for each way in which one ordering was applied at some lanes."""
    ways = [("activations", "alone", "activation"), ("pair", "affiliated", "activation"),
            ("pair", "affiliated", "weight"), ("pair", "separated", "both")]
    found = {way: {row["layer"]: row for row in rows
                   if (row["stream"], row["mode"], row["operand"]) == way} for way in ways}
    for way in ways:
        if not found[way]:
            continue
        parts = found[ways[0]] | found[way]     # pooling has activations only
        sums = {name: sum(row[name] for row in parts.values())
                for name in ("transitions", "baseline_transitions")}
        warning = next((row["warning"] for row in parts.values() if row["warning"]), None)
        one = rows[0]
        yield {"workload": one["workload"], "layers": list(parts), "images": one["images"],
               "lanes": one["lanes"], "stream": way[0], "mode": way[1], "operand": way[2],
               "ordering": one["ordering"], **sums,
               "reduction_percent": None if warning else reduction(*sums.values()),
               "warning": warning}
