"""One workload at one lane count: its packets sent under every ordering, a row for each figure.

What the rows hold: `skimp.traffic`.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from golden.link import as_words
from golden.nets.lenet5 import Packets
from skimp.meter import Meter
from skimp.orderings import OPERANDS, Case, Sorter, cases, fit_keys

__all__ = ["DISTURBED", "STATIONARY", "Row", "measure", "reduction"]

Row = dict[str, Any]

#: Share of its wires that a stationary stream toggles in each transfer, at most.
STATIONARY = 1 / 16
#: Times its own transitions that a stationary stream makes when an ordering disturbs it, at least.
DISTURBED = 2


def _streams(packets: Packets, width: int) -> dict[str, np.ndarray]:
    return {name: as_words(words, width) for name, words in packets._asdict().items()
            if words is not None}


def reduction(transitions: int, baseline: int) -> float | None:
    if not baseline:
        return 0.0 if transitions == 0 else None
    return round(100 * (1 - transitions / baseline), 3)


def measure(pieces: Iterable[Packets], sample: Packets, *, lanes: int, width: int,
             calibration: str) -> list[Row]:
    """Send packets under every case; give a row for each."""
    fitted = _streams(sample, width)
    keys = {("alone", operand): fit_keys(fitted[name], None, lanes=lanes, width=width)
            for operand, name in OPERANDS.items() if name in fitted}
    if "weights" in fitted:
        for operand, partner in (("activation", "weights"), ("weight", "activations")):
            keys["affiliated", operand] = fit_keys(fitted[OPERANDS[operand]], fitted[partner],
                                                   lanes=lanes, width=width)
    n = sample.activations.shape[1]
    pads = ("hold", "zero") if n % lanes else ("none",)
    meters = [(case, pad, Meter(lanes=lanes, width=width, filling=case.filling, snake=case.snake,
                                pads="hold" if pad == "none" else pad, group=case.group))
              for pad in pads for case in cases(keys)]
    sorter, packets = Sorter(width), 0
    for piece in pieces:
        sorter.load(_streams(piece, width))
        for case, _, meter in meters:
            meter.send(*sorter.streams(case))
        packets += len(piece.activations)

    baselines = {(case.streams, pad): meter.streams for case, pad, meter in meters
                 if case.ordering == "unsorted"}
    rows = [{"packets": packets, "n": n, "width": width, "lanes": lanes, **row}
            for case, pad, meter in meters
            for row in _rows(case, pad, meter, baselines[case.streams, pad],
                             packets * n * width, calibration)]
    return rows + _separated(rows)


def _rows(case: Case, pads: str, meter: Meter, baseline: list[int], wires: int,
          calibration: str) -> Iterator[Row]:
    """Give the rows of one case: its stream, or the pair and, where ordered, each half of it."""
    stationary = [name for name, before, after in zip(case.streams, baseline, meter.streams,
                                                      strict=True)
                  if before < STATIONARY * wires and after > DISTURBED * before]
    warning = (f"No gain: {' and '.join(stationary)} stand almost still unsorted, and this "
               f"ordering disturbs them") if stationary else None
    pair = len(case.streams) > 1
    counted = [("pair" if pair else case.streams[0], meter.total, sum(baseline))]
    if pair and case.mode:
        counted += zip(case.streams, meter.streams, baseline, strict=True)
    key = case.key
    for stream, transitions, before in counted:
        whole = stream == counted[0][0]
        yield {
            "stream": stream, "ordering": case.ordering, "mode": case.mode,
            "operand": case.operand,
            "key": key and key.key, "buckets": key and key.buckets and list(key.buckets),
            "wires": key and key.wires and list(key.wires),
            "ties": key and key.ties if key and key.key != "offline" else None,
            "filling": case.filling, "snake": case.snake, "bus_invert": case.group, "pads": pads,
            "transitions": transitions, "baseline_transitions": before,
            "reduction_percent": None if warning else reduction(transitions, before),
            "warning": warning, "index_bits": None,
            "calibration": calibration if key and key.fitted else None,
            "calibration_transitions": key.sample_transitions
            if key and whole and "+" not in case.ordering else None,
        }


def _separated(rows: list[Row]) -> list[Row]:
    """Add up the rows of both streams, each sorted alone."""
    halves = {(row["stream"], row["ordering"], row["pads"]): row for row in rows
              if row["mode"] == "alone"}
    made = []
    for (stream, ordering, pads), first in halves.items():
        second = halves.get(("weights", ordering, pads))
        if stream != "activations" or second is None:
            continue
        both = first, second
        sums = {name: sum(row[name] for row in both)
                for name in ("transitions", "baseline_transitions")}
        warning = first["warning"] or second["warning"]
        costs = [row["calibration_transitions"] for row in both]
        made.append({
            **first, **sums, "stream": "pair", "mode": "separated", "operand": "both",
            "buckets": None, "wires": None,
            "reduction_percent": None if warning else reduction(*sums.values()),
            "warning": warning, "index_bits": first["n"] * (first["n"] - 1).bit_length(),
            "calibration_transitions": None if None in costs else sum(costs),
        })
    return made
