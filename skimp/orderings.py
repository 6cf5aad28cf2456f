"""The orderings that the traffic report compares: keys fitted to a sample, and cases to measure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from golden import psu
from golden.link import flits, transitions

__all__ = ["OPERANDS", "Case", "Key", "Sorter", "cases", "fit_keys"]

Words = np.ndarray[Any, np.dtype[Any]]

#: Stream that a key operand belongs to.
OPERANDS = {"activation": "activations", "weight": "weights"}

#: Keys by name: kind, buckets or wires to fit (None: stated), ties. Ties of popcount keys are the
#: paper's (a counting sort); those of Gray keys are what this project's Gray banyan leaves.
KEYS = {
    "popcount": ("popcount", None, "stable"),
    "approximate": ("popcount", None, "stable"),
    "approximate-calibrated": ("popcount", 4, "stable"),
    "gray2": ("gray", 2, "snake"),
    "gray3": ("gray", 3, "snake"),
    "nonzero-gray2": ("nonzero-gray", 2, "snake"),
}
#: Without sorting: filling, and the group of bus-invert.
UNSORTED = {
    "unsorted": ("row", None),
    "unsorted-column": ("column", None),
    "bus-invert": ("row", "lane"),
    "bus-invert-flit": ("row", "flit"),
}
#: What some orderings are combined with: snake, and the group of bus-invert.
EXTRAS = {
    "+bus-invert": (False, "lane"),
    "+snake": (True, None),
    "+bus-invert+snake": (True, "lane"),
}
COMBINED = ("popcount", "gray3", "offline-weights")


@dataclass(frozen=True, kw_only=True)
class Key:
    """What elements are ordered by; the first four fields are keywords of `golden.psu.order`.

    Key "offline" stands for `golden.psu.nearest_neighbour`, which has no such keywords.
    """

    key: str
    buckets: tuple[int, ...] | None = None
    wires: tuple[int, ...] | None = None
    ties: str = "stable"
    #: Whether buckets or wires were fitted to the calibration sample.
    fitted: bool = False
    #: Transitions of the calibration sample under this key, pads held.
    sample_transitions: int | None = None


class Case(NamedTuple):
    """One way to send one or two streams over a link of their own."""

    ordering: str
    #: "alone", "affiliated", or None where nothing is sorted.
    mode: str | None
    operand: str | None
    streams: tuple[str, ...]
    key: Key | None
    filling: str
    snake: bool = False
    group: str | None = None


def _stated(width: int) -> tuple[int, ...]:
    """Four buckets, equal but for the first: {0-2}{3-4}{5-6}{7-8} of 8 bits."""
    return tuple(max(0, 4 * (ones - 1) // width) for ones in range(width + 1))


def fit_keys(sample: Words, partner: Words | None, *, lanes: int, width: int) -> dict[str, Key]:
    """Make the keys of `KEYS`, fitted to a sample of packets.

    Parameters
    ----------
    sample : (packets, n) array
        Words that are sorted.
    partner : (packets, n) array, optional
        Words that follow them; their transitions count too.
    lanes, width : int
        As for `golden.psu.calibrate`.
    """
    made = {}
    for name, (kind, size, ties) in KEYS.items():
        if size:
            fit = psu.calibrate(sample, key=kind, size=size, width=width, lanes=lanes, ties=ties,
                                partner=partner)
            made[name] = Key(key=kind, buckets=fit.buckets, wires=fit.wires, ties=ties,
                             fitted=True, sample_transitions=fit.transitions)
            continue
        buckets = _stated(width) if name == "approximate" else tuple(range(width + 1))
        order = psu.order(sample, width=width, key=kind, buckets=buckets, ties=ties)
        cost = sum(transitions(flits(words, order, lanes=lanes, width=width))
                   for words in (sample, partner) if words is not None)
        made[name] = Key(key=kind, buckets=buckets, ties=ties, sample_transitions=cost)
    return made


def cases(keys: Mapping[tuple[str, str], Mapping[str, Key]]) -> list[Case]:
    """List what is measured, given the keys of each mode and operand."""
    paired = ("affiliated", "weight") in keys
    wholes = [("activations",), ("weights",), ("activations", "weights")]
    listed = [Case(ordering, None, None, streams, None, filling, group=group)
              for streams in (wholes if paired else wholes[:1])
              for ordering, (filling, group) in UNSORTED.items()]
    for (mode, operand), named in keys.items():
        streams = wholes[2] if mode == "affiliated" else (OPERANDS[operand],)
        if (mode, operand) == ("affiliated", "weight"):
            named = {**named, "offline-weights": Key(key="offline")}
        for ordering, key in named.items():
            plain = Case(ordering, mode, operand, streams, key, "column")
            listed.append(plain)
            if ordering in COMBINED:
                listed += [plain._replace(ordering=ordering + extra, snake=snake, group=group)
                           for extra, (snake, group) in EXTRAS.items()]
    return listed


class Sorter:
    """Streams of the packets at hand, in the order of any case; nothing is sorted twice."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._streams: dict[str, Words] = {}
        self._done: dict[tuple[Any, ...], Words] = {}

    def load(self, streams: dict[str, Words]) -> None:
        """Take the next packets."""
        # Weights come back with every image, and so does what was sorted out of them alone.
        kept = {name for name, words in streams.items() if name == "weights"
                and name in self._streams and np.array_equal(words, self._streams[name])}
        self._done = {what: words for what, words in self._done.items()
                      if OPERANDS[what[0]] in kept and what[-1] in kept | {None}}
        self._streams = streams

    def streams(self, case: Case) -> Iterable[Words]:
        """Give the streams of ``case``, sorted."""
        for name in case.streams:
            yield self._sorted(case, name)

    def _sorted(self, case: Case, name: str) -> Words:
        if case.key is None or case.operand is None:
            return self._streams[name]
        by = (case.operand, case.key.key, case.key.buckets, case.key.wires, case.key.ties)
        if (*by, name) not in self._done:
            if (*by, None) not in self._done:
                self._done[*by, None] = self._order(self._streams[OPERANDS[case.operand]], case.key)
            self._done[*by, name] = np.take_along_axis(self._streams[name], self._done[*by, None],
                                                       axis=1)
        return self._done[*by, name]

    def _order(self, words: Words, key: Key) -> Words:
        if key.key == "offline":
            return psu.nearest_neighbour(words, width=self._width)
        return psu.order(words, width=self._width, key=key.key, buckets=key.buckets,
                         wires=key.wires, ties=key.ties)
