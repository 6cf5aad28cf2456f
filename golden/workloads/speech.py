"""Spoken digits, classified by a bidirectional SRU: the Free Spoken Digit Dataset as log-mels.

3,000 recordings of six speakers. Four of them train; of the other two, theo and yweweler, the even
takes are searched on and the odd ones test. Calibration has 70 training recordings. So what a
search is flattered by, the test recordings do not have.
"""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np

from skimp.golden import nets
from skimp.golden.checks import one_of
from skimp.golden.kept import Kept
from skimp.golden.nets.measure import accuracy
from skimp.golden.nets.npz import read_npz
from skimp.golden.sru import floating
from skimp.golden.sru.network import Network, shipped
from skimp.golden.sru.packing import Packing
from skimp.golden.sru.quantized import Bits, Quantized
from skimp.golden.workloads.base import Score

__all__ = ["PARTS", "Part", "Speech", "prepared", "recordings", "speech"]

HELD_OUT = ("theo", "yweweler")
CALIBRATION = 70
#: What recordings are used for.
PARTS = ("train", "calibration", "search", "test")
#: Bytes of layer results that are kept of a part: a dozen layers of 500 recordings.
KEPT = 64 << 20


class Part(NamedTuple):
    """Recordings of one use."""

    #: uint8 ``(frames, 23)``, one recording after the other: log-mel energies, 0.5 dB a unit.
    frames: np.ndarray
    #: int64 and uint8 ``(recordings,)``: frames and digit of each.
    lengths: np.ndarray
    digits: np.ndarray

    @property
    def centred(self):
        """Return the frames, float32, less each recording's mean of each band."""
        begins = np.cumsum(self.lengths) - self.lengths
        means = np.add.reduceat(self.frames, begins, axis=0, dtype=np.float64)
        means /= self.lengths[:, np.newaxis]
        return (self.frames - np.repeat(means, self.lengths, axis=0)).astype(np.float32)


@cache
def recordings(part) -> Part:
    """Return the recordings of a part of `PARTS`; raise ValueError if there is no such part."""
    one_of("The part of the recordings", part, PARTS)
    data = read_npz(Path(*nets.__path__) / "fsdd_logmel.npz")
    lengths = data["lengths"].astype(np.int64)
    held_out = np.isin(data["speakers"][data["speaker"]], HELD_OUT)
    if part in ("train", "calibration"):
        chosen = np.flatnonzero(~held_out)
        if part == "calibration":
            chosen = chosen[np.arange(CALIBRATION) * len(chosen) // CALIBRATION]
    else:
        chosen = np.flatnonzero(held_out & (data["take"] % 2 == (part == "test")))
    frames = np.isin(np.repeat(np.arange(len(lengths)), lengths), chosen)
    return Part(data["frames"][frames], lengths[chosen], data["digit"][chosen])


@dataclass(frozen=True, kw_only=True, eq=False)
class Speech:
    """An SRU and the recordings that it is scored on: a `golden.workloads.base.Workload`.

    Answers are logits ``(recordings, digits)``, the largest of which counts.
    """

    metric: ClassVar[str] = "error rate"
    higher_is_better: ClassVar[bool] = False

    name: str
    quantized: Quantized
    floating: Network
    part: Part
    packing: Packing
    #: float32 ``(frames, 23)``, in the order of ``packing``.
    frames: np.ndarray
    #: Layer results, so that what only changes a late layer is cheap.
    kept: Kept = field(default_factory=lambda: Kept(KEPT))

    def run(self, chosen=None, progress=None):
        """Return the logits, float32.

        ``chosen`` are the `golden.sru.quantized.Bits` of each matrix; None is floating point.
        ``progress`` is called once.
        """
        if chosen is None:
            found = floating.logits(self.floating, self.frames, self.packing)
        else:
            found = self.quantized.logits(self.frames, self.packing, chosen, self.kept)
        if progress is not None:
            progress()
        return found

    def score(self, answers, reference):
        """Return the `golden.workloads.base.Score` of logits: shares of wrong answers, 0 to 1."""
        right = accuracy(answers, self.part.digits, reference)
        return Score(1 - right.value, right.loss, right.error)


def speech(name="sru", part="test", network=None) -> Speech:
    """Return an SRU, shipped by that name or given, with the recordings of a part.

    The network's metadata may have ``trained_for``, the bits it was retrained for: a pair for each
    matrix.
    """
    network = network or shipped(name)
    trained = network.metadata.get("trained_for")
    bits = {matrix: Bits(*pair) for matrix, pair in trained.items()} if trained else None
    quantized = Quantized(network, *prepared(network, recordings("calibration")), bits)
    frames, packing = prepared(network, recordings(part))
    return Speech(name=name, quantized=quantized, floating=network, part=recordings(part),
                  packing=packing, frames=frames)


def prepared(network, part):
    """Return what a network reads of a part, float32 ``(frames, inputs)``, and its `Packing`."""
    packing = Packing(part.lengths)
    return (part.centred / network.deviation)[packing.order], packing
