"""One workload at one lane count: its packets sent under every ordering, a record each figure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from skimp.golden.checks import as_words
from skimp.golden.workloads.packets import Packets
from skimp.traffic.figures import Sent, TrafficRecord
from skimp.traffic.meter import Meter
from skimp.traffic.orderings import OPERANDS, Case, Sorter, cases, fit_keys

__all__ = ["DISTURBED", "STATIONARY", "gain", "measure"]

#: Share of its wires that a stationary stream toggles in each transfer, at most.
STATIONARY = 1 / 16
#: Times its own transitions that a stationary stream makes when an ordering disturbs it, at least.
DISTURBED = 2


def _streams(packets: Packets, width: int) -> dict[str, np.ndarray]:
    return {name: as_words(words, width) for name, words in packets._asdict().items()
            if words is not None}


def measure(pieces: Iterable[Packets], sample: Packets, sent: Sent, *, lanes: int, width: int,
            calibration: str) -> list[TrafficRecord]:
    """Send packets, piece by piece, under every ordering.

    Parameters
    ----------
    pieces : iterable of Packets
        An even number of packets each, but the last.
    sample : Packets
        What keys are fitted to.
    sent : Sent
        What the packets are of.
    lanes, width : int
        Words of a flit for each stream, bits of a word.
    calibration : str
        The name of the sample.
    """
    fitted = _streams(sample, width)
    keys = {operand: fit_keys(fitted[name], lanes=lanes, width=width)
            for operand, name in OPERANDS.items() if name in fitted}
    n = sample.activations.shape[1]
    meters = [(case, pads, Meter(lanes=lanes, width=width, filling=case.filling, snake=case.snake,
                                 pads="hold" if pads == "none" else pads, group=case.group))
              for pads in (("hold", "zero") if n % lanes else ("none",)) for case in cases(keys)]
    sorter, packets = Sorter(width), 0
    for piece in pieces:
        sorter.load(_streams(piece, width))
        for case, _, meter in meters:
            meter.send(sorter.streams(case))
        packets += len(piece.activations)

    baselines = {pads: dict(zip(case.streams, meter.streams, strict=True))
                 for case, pads, meter in meters if case.ordering == "unsorted"}
    whole = vars(sent) | {"packets": packets, "n": n, "width": width, "lanes": lanes}
    rows = [row for case, pads, meter in meters for row in _rows(
        case, pads, meter, baselines[pads], packets * n * width, calibration, whole)]
    return rows + _separated(rows)


def _rows(case: Case, pads: str, meter: Meter, baselines: Mapping[str, int], wires: int,
          calibration: str, whole: Mapping[str, Any]) -> Iterator[TrafficRecord]:
    """Return the rows of one case: the pair, its streams, and the ordered stream as if alone.

    ``whole`` are the fields that all rows share.
    """
    key = case.key
    apart = len(meter.streams) == len(case.streams)
    after = dict(zip(case.streams, meter.streams, strict=True)) if apart else {}
    disturbed = {name for name, count in after.items()
                 if baselines[name] < STATIONARY * wires and count > DISTURBED * baselines[name]}
    counted: list[tuple[str, str | None, Collection[str]]] = []
    if len(case.streams) > 1:
        counted.append(("pair", case.mode, case.streams))
    counted += [(name, case.mode, case.streams) for name in after]
    if case.mode == "affiliated" and key and key.key != "offline" and case.operand:
        counted.append((OPERANDS[case.operand], "alone", [OPERANDS[case.operand]]))

    for stream, mode, together in counted:
        of = case.streams if stream == "pair" else [stream]
        before = sum(baselines[name] for name in of)
        count = meter.total if stream == "pair" else after[stream]
        yield TrafficRecord(
            **whole, stream=stream, ordering=case.ordering, mode=mode, operand=case.operand,
            key=key and key.key, buckets=key and key.buckets, wires=key and key.wires,
            ties=key and key.ties, filling=case.filling, snake=case.snake, bus_invert=case.group,
            pads=pads, transitions=count, baseline_transitions=before,
            **gain(count, before, disturbed & set(together)), index_bits=None,
            calibration=calibration if key and key.fitted else None,
            calibration_transitions=key.sample_transitions
            if key and mode == "alone" and "+" not in case.ordering else None)


def gain(transitions: int, baseline: int, disturbed: Collection[str]) -> dict[str, Any]:
    """Return the fields of a reduction, or of the warning that stands in its place."""
    if disturbed:
        return {"reduction_percent": None, "warning":
                f"No gain: unsorted, {' and '.join(sorted(disturbed))} stand almost still on the "
                f"wires, and this ordering disturbs them"}
    return {"reduction_percent": round(100 * (1 - transitions / baseline), 3) if baseline else 0.0,
            "warning": None}


def _separated(rows: list[TrafficRecord]) -> list[TrafficRecord]:
    """Add up the rows of both streams, each sorted alone."""
    alone = {(row.stream, row.ordering, row.pads): row for row in rows if row.mode == "alone"}
    made = []
    for (stream, ordering, pads), one in alone.items():
        other = alone.get(("weights", ordering, pads))
        if stream == "weights" or other is None:
            continue
        count = one.transitions + other.transitions
        before = one.baseline_transitions + other.baseline_transitions
        sample = one.calibration_transitions
        made.append(replace(
            one, stream="pair", mode="separated", operand="both", buckets=None, wires=None,
            transitions=count, baseline_transitions=before,
            calibration_transitions=None if sample is None else sample + (
                other.calibration_transitions or 0),
            index_bits=one.n * (one.n - 1).bit_length(),
            **gain(count, before, {row.stream for row in (one, other) if row.warning})))
    return made
