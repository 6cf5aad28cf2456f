"""Bit transitions of real traffic under each ordering: what `skimp traffic` reports.

The report is a dict of three parts: ``rows``, one flat dict for each figure with its conditions;
``paper``, the figures of Han et al. (arXiv 2601.14087) beside the nearest of ours; ``conditions``,
what holds for every row. All of it can be written as JSON.

A row:

workload, layer, packet_order, images, share, packets, n, width, lanes
    What was sent. ``share`` is the part of each image's packets, less than 1 where it met only some
    filters. ``lanes`` are those of one stream: a pair link has twice as many.
stream : "activations", "weights" or "pair"
    What was counted. A pair is both streams together, on lanes of their own.
ordering : str
    "unsorted" (row-major), "unsorted-column", "popcount" (exact), "approximate" (a stated table),
    "approximate-calibrated", "gray2", "gray3", "gray3-odd-even", "nonzero-gray2",
    "offline-weights", "bus-invert" (a line a lane), "bus-invert-flit" (a line a flit); some with
    "+bus-invert", "+snake" or both.
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
    baseline toggles less than 1/16 of its wires in each transfer, and that toggles more than twice
    as much when ordered. An affiliated pair is warned of as a whole.
index_bits : int or None
    Separated: bits a packet that tell the receiver which weight belongs to which activation. They
    are not in the transitions.
calibration : str or None, calibration_transitions : int or None
    What the key was fitted to; transitions of that sample in this order, pads held, for stated
    keys too, in rows of mode "alone" and "separated". Keys are fitted for each layer, packet order,
    lanes and operand.
"""

from skimp.traffic.workloads import LAYERS, network_report, trace_report

__all__ = ["LAYERS", "network_report", "trace_report"]
