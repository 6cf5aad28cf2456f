"""Choices made from data before a chip runs: bucket tables, Gray wires, an offline order.

The searches minimise a ``cost``; that of `calibrate` is the transitions of a link behind a sorting
unit.
"""

from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np

from skimp.golden.checks import as_packets, as_words, at_least_one, one_of
from skimp.golden.link import flits, transitions
from skimp.golden.psu import KEYS, order

__all__ = ["Calibration", "best_table", "best_wires", "calibrate", "nearest_neighbour"]


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """A key fitted to a trace; its first three fields are keywords of `golden.psu.order`."""

    #: Kind of key, one of `golden.psu.KEYS`.
    key: str
    #: Table from number of ones to bucket, for ``popcount``.
    buckets: tuple[int, ...] | None
    #: Bit positions, most significant Gray digit first, for the other keys.
    wires: tuple[int, ...] | None
    #: Transitions of the trace on the link under this key.
    transitions: int
    #: Keys that were tried.
    tried: int


def _cheapest(cost, choices):
    costs = [cost(choice) for choice in choices]
    return choices[costs.index(min(costs))], min(costs), len(costs)


def best_table(cost, *, size, width):
    """Find the cheapest monotone table from 0..``width`` ones onto ``size`` buckets.

    All ``comb(width, size - 1)`` tables are tried, in the lexicographic order of the counts at
    which their buckets 1, 2, ... begin; of equally cheap ones the first is kept.

    Parameters
    ----------
    cost : callable
        Returns the cost of a table, a tuple of ``width + 1`` int.
    size, width : int
        Buckets, 1 to ``width + 1``, and bits of an element.

    Returns
    -------
    table : tuple of int
    cost : its cost
    tried : int

    Raises
    ------
    ValueError
        If there is no table of this size.

    Examples
    --------
    >>> best_table(sum, size=2, width=3)
    ((0, 0, 0, 1), 1, 3)
    """
    if not 1 <= size <= width + 1:
        raise ValueError(f"Size must be 1 to {width + 1} buckets for {width} bits, not {size!r}")
    tables = [tuple(sum(count >= begin for begin in begins) for count in range(width + 1))
              for begins in combinations(range(1, width + 1), size - 1)]
    return _cheapest(cost, tables)


def best_wires(cost, *, size, width):
    """Find a cheap ordered choice of ``size`` wires out of ``width``.

    One or two wires: all ordered choices are tried, in lexicographic order. Beyond two the search
    is greedy and may miss the best: starting from the best pair, each step inserts one more wire,
    trying each wire not yet chosen at each place, the lowest digit included. Of equally cheap
    choices the first is kept.

    Parameters
    ----------
    cost : callable
        Returns the cost of wires, a tuple of int, most significant Gray digit first.
    size, width : int
        Wires, 1 to ``width``, and bits of an element.

    Returns
    -------
    wires : tuple of int
    cost : their cost
    tried : int
        Of 8 bits: 8, 56, 74 or 94 choices for 1, 2, 3 or 4 wires.

    Raises
    ------
    ValueError
        If an element has no such number of wires.

    Examples
    --------
    >>> best_wires(lambda wires: -wires[-1], size=2, width=3)
    ((0, 2), -2, 6)
    """
    if not 1 <= size <= width:
        raise ValueError(f"Size must be 1 to {width} wires for {width} bits, not {size!r}")
    best, least, tried = _cheapest(cost, list(permutations(range(width), min(size, 2))))
    while len(best) < size:
        best, least, more = _cheapest(cost, [
            (*best[:place], wire, *best[place:])
            for wire in range(width) if wire not in best for place in range(len(best) + 1)])
        tried += more
    return best, least, tried


def calibrate(trace, *, key="popcount", size=4, width=8, lanes=1, ties="stable", descending=False,
              partner=None, snake=False) -> Calibration:
    """Fit a key to a trace: the bucket table or the wires with the fewest bit transitions.

    Transitions are those of `golden.link.flits`, filled by column, pads held. Bucket tables, and
    choices of one or two wires, are searched exhaustively; more wires greedily, as
    `best_wires` says.

    Parameters
    ----------
    trace : (packets, n) array of integers
        Elements that are sorted and sent, as for `keys`; at least one packet.
    key : {"popcount", "gray", "nonzero-gray"}
        Kind of key.
    size : int
        Number of buckets for ``popcount``, number of wires for the other keys.
    width, ties, descending
        As for `golden.psu.order`, whose errors these are, too.
    lanes, snake
        As for `golden.link.flits`, whose errors these are, too.
    partner : (packets, n) array of integers, optional
        Elements that follow the permutation of ``trace`` on lanes of their own; their transitions
        count too.

    Raises
    ------
    ValueError
        If ``size`` is out of range, the trace is empty or the shapes of ``trace`` and ``partner``
        differ.

    Examples
    --------
    >>> fit = calibrate([[0, 255, 1, 254]], size=2)
    >>> fit.buckets, fit.transitions, fit.tried
    ((0, 0, 1, 1, 1, 1, 1, 1, 1), 9, 8)
    """
    one_of("Key", key, KEYS)
    words = as_packets(trace, width, "Trace")
    at_least_one("Packets of the trace", len(words))
    streams = [words]
    if partner is not None:
        streams.append(as_packets(partner, width, "Partner"))
        if streams[1].shape != words.shape:
            raise ValueError(f"Partner must have the shape of the trace, {words.shape}, "
                             f"not {streams[1].shape}")

    choice, search = ("buckets", best_table) if key == "popcount" else ("wires", best_wires)

    def cost(chosen):
        ranked = order(words, width=width, key=key, ties=ties, descending=descending,
                       **{choice: chosen})
        return sum(transitions(flits(stream, ranked, lanes=lanes, width=width, snake=snake))
                   for stream in streams)

    best, least, tried = search(cost, size=size, width=width)
    return Calibration(key=key, transitions=least, tried=tried,
                       **{"buckets": None, "wires": None, choice: best})


def nearest_neighbour(weights, *, width=8):
    """Order each filter's weights offline so that neighbours differ in few bits.

    The first weight is that with the fewest ones; each next one is the remaining weight with the
    smallest Hamming distance. Of equals the lowest index is taken.

    Parameters
    ----------
    weights : (..., n) array of integers
        Elements in ``[0, 2**width)``, or signed and taken as two's complement.
    width : int
        Bits of a weight, 1 to 32.

    Returns
    -------
    (..., n) array of int64
        Original indices in the order of sending, as `golden.psu.order` returns them.

    Raises
    ------
    TypeError
        If ``weights`` is not of integers.
    ValueError
        If a weight does not fit in ``width`` bits, or there is no weight.

    Examples
    --------
    >>> nearest_neighbour([0b1111, 0b0001, 0b1000, 0b0011]).tolist()
    [1, 3, 0, 2]
    """
    words = as_words(weights, width, "Weights")
    at_least_one("Weights of a filter", words.shape[-1] if words.ndim else 0)
    ranked = np.empty(words.shape, dtype=np.int64)
    distance = np.bitwise_count(words)
    sent = np.zeros(words.shape, dtype=bool)
    for rank in range(words.shape[-1]):
        nearest = np.where(sent, width + 1, distance).argmin(axis=-1, keepdims=True)
        ranked[..., rank] = nearest[..., 0]
        np.put_along_axis(sent, nearest, True, axis=-1)
        distance = np.bitwise_count(words ^ np.take_along_axis(words, nearest, axis=-1))
    return ranked
