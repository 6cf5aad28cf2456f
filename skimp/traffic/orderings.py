"""The orderings that the traffic report compares: keys fitted to a sample, and cases to measure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from skimp.golden import psu
from skimp.golden.calibrate import best_table, best_wires, nearest_neighbour
from skimp.traffic.meter import Meter, Words

__all__ = ["OPERANDS", "Case", "Key", "Sorter", "cases", "fit_keys"]

#: Stream that a key operand belongs to.
OPERANDS = {"activation": "activations", "weight": "weights"}

#: Keys by name: kind, buckets or wires to fit (None: stated), ties. Ties of popcount keys are the
#: paper's (a counting sort); those of Gray keys are what this project's Gray banyan leaves, and the
#: odd-even network, which is the smaller unit for three wires.
KEYS = {
    "popcount": ("popcount", None, "stable"),
    "approximate": ("popcount", None, "stable"),
    "approximate-calibrated": ("popcount", 4, "stable"),
    "gray2": ("gray", 2, "snake"),
    "gray3": ("gray", 3, "snake"),
    "gray3-odd-even": ("gray", 3, "odd-even"),
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

    Key "offline" stands for `golden.calibrate.nearest_neighbour`, which needs none of them.
    """

    key: str
    buckets: tuple[int, ...] | None = None
    wires: tuple[int, ...] | None = None
    ties: str | None = None
    #: Whether buckets or wires were fitted to the calibration sample.
    fitted: bool = False
    #: Transitions of the calibration sample in this order, pads held.
    sample_transitions: int | None = None

    def order(self, words: Words, width: int) -> Words:
        """Return original indices by rank."""
        if self.key == "offline":
            return nearest_neighbour(words, width=width)
        return psu.order(words, width=width, key=self.key, buckets=self.buckets, wires=self.wires,
                         ties=self.ties or "stable")


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


def fit_keys(sample: Words, *, lanes: int, width: int) -> dict[str, Key]:
    """Make the keys of `KEYS`, fitted to a sample ``(packets, n)`` of the words they are to sort.

    Searched as `golden.calibrate.calibrate` does, for the same cost.
    """
    def cost(key: Key, field: str, value: tuple[int, ...]) -> int:
        order = replace(key, **{field: value}).order(sample, width)
        meter = Meter(lanes=lanes, width=width)
        meter.send([np.take_along_axis(sample, order, axis=1)])
        return meter.total

    made = {}
    for name, (kind, size, ties) in KEYS.items():
        key = Key(key=kind, ties=ties, fitted=bool(size))
        field, search = ("buckets", best_table) if kind == "popcount" else ("wires", best_wires)
        if size:
            best, least, _ = search(partial(cost, key, field), size=size, width=width)
        else:
            best = _stated(width) if name == "approximate" else tuple(range(width + 1))
            least = cost(key, field, best)
        made[name] = replace(key, **{field: best}, sample_transitions=least)
    return made


def cases(keys: Mapping[str, Mapping[str, Key]]) -> list[Case]:
    """List what is measured, given the keys of each operand: of a pair, or of activations only."""
    both = tuple(OPERANDS[operand] for operand in keys)
    listed = []
    for ordering, (filling, group) in UNSORTED.items():
        # A line for the whole flit ties its streams together, so each has a link of its own too.
        links = {(name,) for name in both} if group == "flit" else set()
        listed += [Case(ordering, None, None, streams, None, filling, group=group)
                   for streams in sorted(links | {both})]
    for operand, named in keys.items():
        if operand == "weight":
            named = {**named, "offline-weights": Key(key="offline")}
        for ordering, key in named.items():
            plain = Case(ordering, "affiliated" if len(both) > 1 else "alone", operand, both, key,
                         "column")
            listed.append(plain)
            if ordering in COMBINED:
                listed += [plain._replace(ordering=ordering + extra, snake=snake, group=group)
                           for extra, (snake, group) in EXTRAS.items()]
    return listed


class Sorter:
    """Streams of the packets at hand, in the order of any case; nothing is sorted twice."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._streams: Mapping[str, Words] = {}
        self._done: dict[tuple[Any, ...], Words] = {}

    def load(self, streams: Mapping[str, Words]) -> None:
        """Take the next packets."""
        self._streams, self._done = streams, {}

    def streams(self, case: Case) -> list[Words]:
        """Return the streams of ``case``, sorted."""
        return [self._sorted(case, name) for name in case.streams]

    def _sorted(self, case: Case, name: str) -> Words:
        if case.key is None or case.operand is None:
            return self._streams[name]
        by = (case.operand, case.key)
        if (*by, name) not in self._done:
            if (*by, None) not in self._done:
                words = self._streams[OPERANDS[case.operand]]
                self._done[*by, None] = case.key.order(words, self._width)
            self._done[*by, name] = np.take_along_axis(self._streams[name], self._done[*by, None],
                                                       axis=1)
        return self._done[*by, name]
