"""Choices made from data: the best there are, by searches that leave nothing out."""

import doctest
import itertools
from math import comb

import numpy as np
import pytest

from skimp.golden import calibrate as module
from skimp.golden.calibrate import calibrate, nearest_neighbour
from skimp.golden.link import flits, transitions
from skimp.golden.psu import TIES, keys, order

X = np.zeros((2, 3), int)


def brute_force(trace, partner, choices, lanes, snake):
    """Cost of each choice with the plain sorter."""
    def cost(choice):
        ranked = [sorted(range(len(vector)), key=vector.__getitem__)
                  for vector in keys(trace, **choice).tolist()]
        return sum(transitions(flits(x, ranked, lanes=lanes, snake=snake))
                   for x in (trace, partner) if x is not None)
    return [cost(choice) for choice in choices]


@pytest.mark.parametrize(("lanes", "snake", "paired"), [(1, False, False), (3, True, True)])
@pytest.mark.parametrize("size", [1, 2, 4, 9])
def test_calibrated_table_is_the_best_of_all(lanes, snake, paired, size):
    rng = np.random.default_rng(size)
    trace, other = rng.integers(0, 256, (2, 6, 7))
    partner = other if paired else None
    tables = [table for table in itertools.combinations_with_replacement(range(size), 9)
              if set(table) == set(range(size))]
    costs = brute_force(trace, partner, [{"buckets": table} for table in tables], lanes, snake)
    got = calibrate(trace, size=size, lanes=lanes, snake=snake, partner=partner)
    assert got.tried == len(tables) == comb(8, size - 1)
    assert (got.key, got.wires) == ("popcount", None)
    assert got.transitions == min(costs) == costs[tables.index(got.buckets or ())]


@pytest.mark.parametrize("key", ["gray", "nonzero-gray"])
@pytest.mark.parametrize("size", [1, 2])
def test_calibrated_wires_are_the_best_of_all(key, size):
    trace = np.random.default_rng(9).integers(0, 256, (8, 9))
    choices = list(itertools.permutations(range(8), size))
    costs = brute_force(trace, None, [{"key": key, "wires": c} for c in choices], 2, False)
    got = calibrate(trace, key=key, size=size, lanes=2)
    assert (got.key, got.buckets, got.tried) == (key, None, len(choices))
    assert got.transitions == min(costs)
    assert got.wires == choices[costs.index(min(costs))]


def test_more_wires_are_inserted_one_by_one():
    trace = np.random.default_rng(10).integers(0, 256, (60, 25))
    fits = [calibrate(trace, key="gray", size=size) for size in (2, 3, 4)]
    assert [fit.tried for fit in fits] == [56, 56 + 6 * 3, 56 + 6 * 3 + 5 * 4]
    for fewer, more in itertools.pairwise(fits):
        assert more.transitions < fewer.transitions
        assert fewer.wires is not None and more.wires is not None
        assert tuple(wire for wire in more.wires if wire in fewer.wires) == fewer.wires
        ranked = order(trace, key="gray", wires=more.wires)
        assert more.transitions == transitions(flits(trace, ranked, lanes=1))


def test_first_of_equally_cheap_choices_is_kept():
    trace = np.zeros((2, 5), int)
    assert calibrate(trace, size=4).buckets == (0, 1, 2, 3, 3, 3, 3, 3, 3)
    assert calibrate(trace, key="gray", size=3).wires == (2, 0, 1)


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("descending", [False, True])
def test_calibration_counts_the_unit_it_is_for(ties, descending):
    trace = np.random.default_rng(11).integers(-8, 8, (20, 9))
    got = calibrate(trace, size=3, width=4, lanes=2, ties=ties, descending=descending)
    ranked = order(trace, width=4, buckets=got.buckets, ties=ties, descending=descending)
    assert got.transitions == transitions(flits(trace, ranked, lanes=2, width=4))


def slow_nearest_neighbour(words):
    left, at, path = dict(enumerate(words)), 0, []
    while left:
        distances = {index: (word ^ at).bit_count() for index, word in left.items()}
        path.append(min(distances, key=distances.__getitem__))
        at = left.pop(path[-1])
    return path


def test_nearest_neighbour_equals_the_slow_reference():
    weights = np.random.default_rng(12).integers(-128, 128, (2, 5, 9))
    got = nearest_neighbour(weights)
    assert (got.shape, got.dtype) == (weights.shape, np.int64)
    for where in np.ndindex(2, 5):
        assert got[where].tolist() == slow_nearest_neighbour((weights[where] & 255).tolist())


def test_nearest_neighbour_takes_the_lowest_index_on_a_draw():
    assert nearest_neighbour([2, 1, 2, 1]).tolist() == [0, 2, 1, 3]
    assert nearest_neighbour([0, 255]).tolist() == [0, 1]       # as far apart as can be
    assert nearest_neighbour(np.zeros((0, 3), int)).shape == (0, 3)
    assert nearest_neighbour([[5]], width=32).tolist() == [[0]]


@pytest.mark.parametrize(("call", "error", "sentence"), [
    (lambda: calibrate([[0.5]]), TypeError, "Trace must be integers, not float64"),
    (lambda: calibrate(X, key="value"), ValueError, "Key must be one of"),
    (lambda: calibrate(X, ties="random"), ValueError, "Ties must be one of"),
    (lambda: calibrate(X, lanes=0), ValueError, "Lanes must be at least 1, not 0"),
    (lambda: calibrate(X, width=0), ValueError, "Width must be 1 to 32 bits, not 0"),
    (lambda: calibrate(X[0]), ValueError, r"Trace must have shape \(packets, n\), not \(3,\)"),
    (lambda: calibrate(X[:0]), ValueError, "Packets of the trace must be at least 1, not 0"),
    (lambda: calibrate(X[:, :0]), ValueError, "Elements of a packet must be at least 1, not 0"),
    (lambda: calibrate(X, partner=X[:1]), ValueError,
     r"Partner must have the shape of the trace, \(2, 3\), not \(1, 3\)"),
    (lambda: calibrate(X, partner=X + 256), ValueError, r"Partner must be in \[0, 256\)"),
    (lambda: calibrate(X, size=10), ValueError,
     "Size must be 1 to 9 buckets for 8 bits, not 10"),
    (lambda: calibrate(X, key="gray", size=0), ValueError,
     "Size must be 1 to 8 wires for 8 bits, not 0"),
    (lambda: nearest_neighbour([0.5]), TypeError, "Weights must be integers, not float64"),
    (lambda: nearest_neighbour([-129]), ValueError, r"signed in \[-128, 128\), not \[-129, -129\]"),
    (lambda: nearest_neighbour(3), ValueError, "Weights of a filter must be at least 1, not 0"),
])
def test_errors_name_the_rule_and_the_offender(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


def test_examples_of_the_docstrings():
    failed, tried = doctest.testmod(module)
    assert tried > 0
    assert failed == 0
