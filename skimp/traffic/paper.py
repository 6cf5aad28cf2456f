"""The two figures of Han et al. (arXiv 2601.14087) beside ours, each with its conditions.

Ours are not a reproduction: what the paper does not say is listed, and we measure several ways.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from skimp.traffic.figures import Claim, Total, TrafficRecord
from skimp.traffic.measure import gain

__all__ = ["beside_the_paper"]

CONDITIONS: dict[str, Any] = {
    "source": "Han et al., arXiv 2601.14087",
    "technology": "22 nm",
    "workload": "convolution and pooling traffic like that of LeNet's first two layers",
    "not_known": ["link width", "order compared with", "key operand", "affiliated or not",
                  "bucket table", "tie rule", "sort direction", "pads", "images"],
}
FIGURES = (
    ("precise", 20.42, ("popcount",)),
    ("approximate", 19.50, ("approximate", "approximate-calibrated")),
)
#: Stream, mode and operand of our figures. Pooling has activations only: it adds to every one.
ALONE = ("activations", "alone", "activation")
WAYS = (ALONE, ("pair", "affiliated", "activation"), ("pair", "affiliated", "weight"),
        ("pair", "separated", "both"))


def beside_the_paper(rows: Sequence[TrafficRecord]) -> list[Claim]:
    """Return each figure of the paper with ours for all layers together.

    Of several packet orders the first of each layer counts, of pads those held. A convolution that
    was measured with some of its filters weighs as if with all.
    """
    first = {row.layer: row.packet_order for row in reversed(rows)}
    kept = [row for row in rows if row.pads != "zero" and row.packet_order == first[row.layer]]
    lanes = dict.fromkeys(row.lanes for row in rows)
    return [Claim(unit=unit, reduction_percent=figure, **CONDITIONS, ours=[
        total for ordering in orderings for count in lanes
        for total in _totals(row for row in kept if (row.ordering, row.lanes)
                             == (ordering, count))]) for unit, figure, orderings in FIGURES]


def _totals(rows: Iterable[TrafficRecord]) -> Iterator[Total]:
    """Add up the layers of one ordering at one number of lanes, in each way."""
    found: dict[tuple[str | None, ...], dict[str, TrafficRecord]] = {}
    for row in rows:
        found.setdefault((row.stream, row.mode, row.operand), {})[row.layer] = row
    for way in WAYS:
        if way not in found:
            continue
        layers = found[ALONE] | found[way]
        after, before = (round(sum(getattr(row, name) / row.share for row in layers.values()))
                         for name in ("transitions", "baseline_transitions"))
        disturbed = [layer for layer, row in layers.items() if row.warning]
        some = next(iter(layers.values()))
        yield Total(
            workload=some.workload, images=some.images, ordering=some.ordering, lanes=some.lanes,
            stream=way[0], mode=way[1], operand=way[2], pads="hold",
            layers={layer: row.packet_order for layer, row in layers.items()},
            transitions=after, baseline_transitions=before, **gain(after, before, disturbed))
