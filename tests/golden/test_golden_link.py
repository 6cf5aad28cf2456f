"""The link's golden model against slow references written wire by wire."""

import doctest
import itertools

import numpy as np
import pytest

from skimp import golden
from skimp.golden.link import (
    FILLINGS,
    GROUPS,
    PADS,
    bus_invert,
    flits,
    transitions,
)


def slow_flits(x, order, lanes, filling, snake, pads):
    """Place element by element, then fill the pads flit by flit."""
    sent = []
    for packet, elements in enumerate(x):
        n = len(elements)
        depth = next(f for f in range(1, n + 1) if f * lanes >= n)
        rows = [[None] * lanes for _ in range(depth)]
        for e in range(n):
            row, lane = (e % depth, e // depth) if filling == "column" else (e // lanes, e % lanes)
            rows[row][lane] = elements[order[packet][e]]
        sent += rows[::-1] if snake and packet % 2 else rows
    wires = [0] * lanes
    for row in sent:
        for lane in range(lanes):
            if row[lane] is None:
                row[lane] = wires[lane] if pads == "hold" else 0
        wires = row
    return sent


def slow_transitions(rows):
    """Compare bit by bit, each lane a chain that begins at zero."""
    return [sum((a ^ b).bit_count() for a, b in itertools.pairwise([0, *lane]))
            for lane in zip(*rows, strict=True)]


def slow_bus_invert(rows, width, group):
    """Try both ways for each flit and group, as a transmitter would."""
    mask, lanes = (1 << width) - 1, len(rows[0])
    groups = [[lane] for lane in range(lanes)] if group == "lane" else [list(range(lanes))]
    before, coded, lines = [0] * lanes, [], []
    for row in rows:
        sent, inverted = list(row), []
        for members in groups:
            toggles = sum((row[lane] ^ before[lane]).bit_count() for lane in members)
            inverted.append(int(toggles > len(members) * width / 2))
            for lane in members:
                sent[lane] = row[lane] ^ mask * inverted[-1]
        coded.append(sent)
        lines.append(inverted)
        before = sent
    return coded, lines


@pytest.mark.parametrize(("n", "lanes"), [(1, 1), (1, 3), (5, 1), (6, 3), (7, 3), (7, 4), (25, 8)])
@pytest.mark.parametrize("filling", FILLINGS)
@pytest.mark.parametrize("pads", PADS)
@pytest.mark.parametrize("snake", [False, True])
def test_flits_and_transitions_equal_the_slow_reference(n, lanes, filling, pads, snake):
    rng = np.random.default_rng(n * lanes)
    x = rng.integers(0, 256, (7, n))
    order = rng.permuted(np.tile(np.arange(n), (7, 1)), axis=1)
    got = flits(x, order, lanes=lanes, filling=filling, snake=snake, pads=pads)
    expected = slow_flits(x.tolist(), order.tolist(), lanes, filling, snake, pads)
    assert got.tolist() == expected
    assert [transitions(got[:, [lane]]) for lane in range(lanes)] == slow_transitions(expected)
    assert transitions(got) == sum(slow_transitions(expected))


def test_neighbours_share_a_lane_by_column_and_a_flit_by_row():
    x = [[0, 1, 2, 3, 4, 5]]
    assert flits(x, lanes=2).tolist() == [[0, 3], [1, 4], [2, 5]]
    assert flits(x, lanes=2, filling="row").tolist() == [[0, 1], [2, 3], [4, 5]]


def test_snake_keeps_the_lanes():
    sent = flits([[0, 1, 2, 3]] * 3, lanes=2, snake=True)
    assert sent.tolist() == [[0, 2], [1, 3], [1, 3], [0, 2], [0, 2], [1, 3]]


def test_held_pads_cost_nothing():
    x = np.random.default_rng(0).integers(0, 256, (20, 5))
    held, zero = flits(x, lanes=4), flits(x, lanes=4, pads="zero")
    assert transitions(held) < transitions(zero)
    assert transitions(held[:, [3]]) == 0
    assert transitions(held[:, [2]]) == transitions(x[:, 4:])       # the lane's lone elements


def test_signed_elements_are_sent_in_twos_complement():
    assert flits([[-1, -128, 127]], lanes=1).tolist() == [[255], [128], [127]]
    assert flits([[-1, 1]], lanes=1, width=2).tolist() == [[3], [1]]
    assert flits(np.array([[-1]], np.int8), lanes=1, width=20).tolist() == [[2**20 - 1]]


@pytest.mark.parametrize(("width", "word"), [
    (1, "u1"), (8, "u1"), (9, "u2"), (17, "u4"), (32, "u4")])
def test_words_come_in_the_smallest_type(width, word):
    sent = flits([[(1 << width) - 1, 0]], lanes=1, width=width)
    assert sent.dtype == np.dtype(word)
    assert transitions(sent) == 2 * width


def test_state_carries_over_from_packet_to_packet():
    assert transitions(flits([[255], [255], [0]], lanes=1)) == 16


def test_pair_link_is_two_halves_side_by_side():
    rng = np.random.default_rng(1)
    inputs, weights = rng.integers(0, 256, (9, 6)), rng.integers(-128, 128, (9, 6))
    halves = [flits(x, lanes=3) for x in (inputs, weights)]
    pair = np.hstack(halves)
    assert pair.shape == (18, 6)
    assert transitions(pair) == transitions(halves[0]) + transitions(halves[1])


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize(("width", "lanes"), [
    (1, 1), (2, 1), (3, 2), (4, 3), (8, 5), (16, 2), (32, 1)])
def test_bus_invert_equals_the_slow_reference(group, width, lanes):
    words = np.random.default_rng(width).integers(0, 1 << width, (300, lanes))
    coded, lines = bus_invert(words, width=width, group=group)
    assert (coded.tolist(), lines.tolist()) == slow_bus_invert(words.tolist(), width, group)


def test_bus_invert_of_every_short_sequence():
    every = np.array(list(itertools.product(range(4), repeat=5)))
    coded, lines = bus_invert(every.T, width=2)         # a lane for each sequence
    for lane, sequence in enumerate(every.tolist()):
        expected = slow_bus_invert([[word] for word in sequence], 2, "lane")
        assert (coded[:, lane:lane + 1].tolist(), lines[:, lane:lane + 1].tolist()) == expected


def test_bus_invert_is_undone_by_its_lines_and_bounds_each_step():
    words = np.random.default_rng(2).integers(0, 256, (500, 3))
    coded, lines = bus_invert(words)
    np.testing.assert_array_equal(coded ^ lines * np.uint8(255), words)
    assert np.bitwise_count(coded[1:] ^ coded[:-1]).max() <= 4
    assert transitions(coded) + transitions(lines) < transitions(words)
    assert transitions(np.hstack([coded, lines])) == transitions(coded) + transitions(lines)


def test_nothing_sent_toggles_nothing():
    empty = flits(np.zeros((0, 5), int), lanes=2)
    assert empty.shape == (0, 2)
    assert transitions(empty) == 0
    for group, lines in zip(GROUPS, (2, 1), strict=True):
        assert [part.shape for part in bus_invert(empty, group=group)] == [(0, 2), (0, lines)]


@pytest.mark.parametrize(("call", "error", "sentence"), [
    (lambda: flits([[0.5]], lanes=1), TypeError, "Elements must be integers, not float64"),
    (lambda: flits([[256]], lanes=1), ValueError,
     r"Elements must be in \[0, 256\), or signed in \[-128, 128\), not \[256, 256\]"),
    (lambda: flits([[-1, 128]], lanes=1), ValueError, r"not \[-1, 128\]"),
    (lambda: flits([[-129]], lanes=1), ValueError, r"not \[-129, -129\]"),
    (lambda: flits([[0]], lanes=1, width=0), ValueError, "Width must be 1 to 32 bits, not 0"),
    (lambda: flits([[0]], lanes=1, width=33), ValueError, "Width must be 1 to 32 bits, not 33"),
    (lambda: flits([[0]], lanes=0), ValueError, "Lanes must be at least 1, not 0"),
    (lambda: flits([0], lanes=1), ValueError, r"must have shape \(packets, n\), not \(1,\)"),
    (lambda: flits(np.zeros((2, 0), int), lanes=1), ValueError,
     "Elements of a packet must be at least 1, not 0"),
    (lambda: flits([[0]], lanes=1, filling="zigzag"), ValueError,
     "Filling must be one of column, row, not 'zigzag'"),
    (lambda: flits([[0]], lanes=1, pads="one"), ValueError, "Pads must be one of hold, zero"),
    (lambda: flits([[0, 1]], [[0., 1.]], lanes=1), TypeError, "Order must be integers"),
    (lambda: flits([[0, 1]], [0, 1], lanes=1), ValueError,
     r"Order must have the shape of the elements, \(1, 2\), not \(2,\)"),
    (lambda: flits([[0, 1]] * 2, [[0, 1], [1, 1]], lanes=1), ValueError,
     r"Order must be a permutation of 0 to 1 in every packet, not \[1, 1\]"),
    (lambda: flits([[0, 1]], [[-1, 0]], lanes=1), ValueError, "Order must be a permutation"),
    (lambda: flits([[0, 1]], [[1, 2]], lanes=1), ValueError, "Order must be a permutation"),
    (lambda: transitions([[0.5]]), TypeError, "Flits must be integers, not float64"),
    (lambda: transitions([1, 2]), ValueError,
     r"Flits must have shape \(flits, lanes\), not \(2,\)"),
    (lambda: transitions([[-1]]), ValueError, "Flits must not be negative, not -1"),
    (lambda: bus_invert([[0.5]]), TypeError, "Flits must be integers, not float64"),
    (lambda: bus_invert([[256]]), ValueError, r"Flits must be in \[0, 256\)"),
    (lambda: bus_invert([1, 2]), ValueError, r"Flits must have shape \(flits, lanes\), not \(2,\)"),
    (lambda: bus_invert([[1]], group="byte"), ValueError, "Group must be one of lane, flit"),
])
def test_errors_name_the_rule_and_the_offender(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


def test_examples_of_the_docstrings():
    failed, tried = doctest.testmod(golden.link)
    assert tried > 0
    assert failed == 0
