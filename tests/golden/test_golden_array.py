"""The golden model of the array: its clocks against a simulation, clock by clock."""

import doctest
from collections import deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skimp import golden
from skimp.golden.array import Clocks, exact, gemm, keeps_after, schedule

sizes = st.integers(1, 6)


def slow_schedule(steps, rows, groups, element_latency, skip=False):
    """Take steps and rows of sums, clock by clock; give when, and how many clocks it took.

    If the array skips, keep bits come as soon as it has room.
    """
    waiting = deque((tile, step == count - 1) for tile, count in enumerate(steps)
                    for step in range(count))
    last, offered, due = [], [[] for _ in steps], {}
    clock = starts = 0
    while waiting or due:
        if clock in due:
            offered[due.pop(clock)].append(clock)
        if waiting:
            tile, ends = waiting[0]
            new = len(waiting) == sum(steps[tile:])
            if ((not ends or not last or clock - last[-1] >= rows)
                    and (not new or clock >= starts)):
                waiting.popleft()
                if new and skip:
                    # A word in each clock, from when the last column of row 0 reads its bit.
                    starts = clock + max(groups - 1, 1) + rows
                if ends:
                    last.append(clock)
                    for row in range(rows):
                        time = clock + element_latency + groups + 1 + row
                        assert time not in due, "two rows at once"
                        due[time] = tile
        clock += 1
    return last, offered, clock


# Products

def test_exact_is_the_product():
    rng = np.random.default_rng(1)
    x, w = rng.integers(0, 256, (7, 300)), rng.integers(-128, 128, (300, 5))
    for got in (exact(x, w), exact(x.astype(np.uint8), w.astype(np.int8))):
        assert got.dtype == np.int64
        np.testing.assert_array_equal(got, x @ w)


def test_exact_of_signed_activations():
    x, w = np.array([[-2048, 2047], [5, -1]]), np.array([[-128], [127]])
    got = exact(x, w, activation_width=12, signed=True)
    np.testing.assert_array_equal(got, x @ w)


def test_exact_of_extremes():
    x, w = np.full((1, 200_000), 255, np.uint8), np.full((200_000, 1), -128, np.int8)
    assert exact(x, w).tolist() == [[-255 * 128 * 200_000]]
    assert exact(np.ones((2, 0), int), np.ones((0, 3), int)).tolist() == [[0] * 3] * 2


# Clocks

@given(steps=st.lists(st.integers(1, 20), max_size=8), rows=sizes, groups=sizes, group=sizes,
       latency=sizes, skip=st.booleans())
def test_schedule_is_what_a_simulation_gives(steps, rows, groups, group, latency, skip):
    got = schedule(np.array(steps, int), rows=rows, cols=groups * group, group=group,
                   element_latency=latency, skip=skip)
    last, offered, _ = slow_schedule(steps, rows, groups, latency, skip)
    assert got.last.tolist() == last
    assert got.rows.tolist() == offered
    assert got.last.dtype == got.rows.dtype == np.int64
    assert (got.last.shape, got.rows.shape) == ((len(steps),), (len(steps), rows))


@given(taken=st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=1, max_size=6),
       rows=sizes, cols=sizes)
def test_steps_that_do_not_run_cost_nothing(taken, rows, cols):
    got = schedule(np.array(taken), rows=rows, cols=cols)
    counts = schedule([max(sum(tile), 1) for tile in taken], rows=rows, cols=cols)
    np.testing.assert_array_equal(got.last, counts.last)
    np.testing.assert_array_equal(got.rows, counts.rows)


@given(steps=st.lists(st.integers(1, 20), min_size=1, max_size=8), rows=sizes, cols=sizes,
       skip=st.booleans())
def test_clocks_of_streams_that_never_wait_are_the_schedule(steps, rows, cols, skip):
    expected = schedule(steps, rows=rows, cols=cols, skip=skip)
    clocks = Clocks(rows, int(schedule([1], rows=rows, cols=cols).rows[0, 0]),
                    keeps_after(cols) if skip else None)
    for _ in range(rows):
        assert clocks.step(False, True, True) == (False, False, skip)
    ends = [step == count - 1 for count in steps for step in range(count)]
    clocks.last.extend(ends)
    last, offered = [], []
    for clock in range(int(expected.rows[-1, -1]) + 1):
        takes, offers, _ = clocks.step(bool(clocks.last), True, True)
        if takes and ends.pop(0):
            last.append(clock)
        if offers:
            offered.append(clock)
    assert (last, offered) == (expected.last.tolist(), expected.rows.ravel().tolist())


@given(rows=sizes, cols=sizes, steps=st.lists(st.integers(0, 20), min_size=1, max_size=8))
def test_no_gap_if_tiles_have_as_many_steps_as_rows(rows, cols, steps):
    steps = [rows + more for more in steps]
    got = schedule(steps, rows=rows, cols=cols)
    assert got.last[-1] == sum(steps) - 1, "a step in each clock"
    if set(steps) == {rows}:
        assert (np.diff(got.rows.ravel()) == 1).all(), "a row in each clock"


def test_short_tiles_offer_a_row_in_each_clock():
    got = schedule([1] * 5, rows=4, cols=6)
    assert got.last.tolist() == [0, 4, 8, 12, 16]
    assert got.rows.ravel().tolist() == list(range(6, 26))


@pytest.mark.parametrize("cols, group", [(1, 1), (2, 2), (3, 1), (16, 2)])
def test_even_columns_come_in_groups_of_two(cols, group):
    size = {"rows": 2, "cols": cols}
    np.testing.assert_array_equal(schedule([3], **size).rows, schedule([3], group=group,
                                                                       **size).rows)


@given(m=st.integers(1, 20), k=st.integers(1, 20), n=st.integers(1, 20), rows=sizes, cols=sizes,
       threads=st.integers(1, 4), latency=sizes)
def test_gemm_is_what_a_simulation_gives(m, k, n, rows, cols, threads, latency):
    got = gemm(m, k, n, rows=rows, cols=cols, group=1, threads=threads,
               element_latency=latency)
    tiles = len(range(0, m, rows)) * len(range(0, n, cols))
    steps = len(range(0, k, threads))
    assert (got.tiles, got.steps) == (tiles, steps)
    assert got.cycles == slow_schedule([steps] * tiles, rows, cols, latency)[2]
    assert got.utilisation == pytest.approx(
        m * k * n / (got.cycles * rows * cols * threads), rel=1e-12)
    assert 0 < got.utilisation < 1


@pytest.mark.parametrize("threads", [2, 3, 4])
def test_threads_are_as_many_times_faster_in_the_end(threads):
    def speed(k):
        one, more = (gemm(64, k, 64, rows=16, cols=16, threads=t).cycles for t in (1, threads))
        return one / more

    ups = [speed(k) for k in (1, 16, 16 * threads, 1000, 10_000, 100_000)]
    assert ups[0] == 1
    assert ups[1] < 1.1, "tiles follow each other no faster than their rows come out"
    assert ups == sorted(ups)
    assert threads - 0.001 < ups[-1] < threads


def test_utilisation_tends_to_one():
    assert gemm(8, 1000, 1000, rows=8, cols=8).utilisation > 0.999
    assert gemm(9, 1000, 1000, rows=8, cols=8).utilisation == pytest.approx(9 / 16, rel=0.001)


@pytest.mark.parametrize("call, error, sentence", [
    (lambda: exact([[0.5]], [[1]]), TypeError, "Activations must be integers, not float64"),
    (lambda: exact([[1]], [[True]]), TypeError, "Weights must be integers, not bool"),
    (lambda: exact([[256]], [[1]]), ValueError, r"Activations must be in \[0, 256\)"),
    (lambda: exact([[-1]], [[1]]), ValueError, r"Activations .* not \[-1, -1\]"),
    (lambda: exact([[16]], [[1]], activation_width=4), ValueError, r"must be in \[0, 16\)"),
    (lambda: exact([[-129]], [[1]], signed=True), ValueError, r"must be in \[-128, 128\), not"),
    (lambda: exact([[1]], [[1]], activation_width=40), ValueError, "Width must be 1 to 32 bits"),
    (lambda: exact([[1]], [[128]]), ValueError, r"Weights must be in \[-128, 128\)"),
    (lambda: exact([[1]], [[-129]]), ValueError, r"Weights .* not \[-129, -129\]"),
    (lambda: exact([1], [[1]]), ValueError, r"shapes \(M, K\) and \(K, N\), not \(1,\) and"),
    (lambda: exact([[1]], [[1], [1]]), ValueError, "must have the same K, not 1 and 2"),
    (lambda: schedule([1.5], rows=1, cols=1), TypeError, "Steps must be integers, not float64"),
    (lambda: schedule([[1]], rows=1, cols=1), ValueError,
     r"Steps must have shape \(tiles,\), not \(1, 1\)"),
    (lambda: schedule([3, 0], rows=1, cols=1), ValueError,
     "Steps of a tile must be at least 1, not 0"),
    (lambda: schedule([1], rows=0, cols=1), ValueError, "Rows must be at least 1, not 0"),
    (lambda: schedule([1], rows=1, cols=0), ValueError, "Columns must be at least 1, not 0"),
    (lambda: schedule([1], rows=1, cols=1, element_latency=0), ValueError,
     "Element latency must be at least 1, not 0"),
    (lambda: schedule([1], rows=4, cols=4, group=3), ValueError,
     "Group must be 0 or divide 4 columns, not 3"),
    (lambda: gemm(0, 1, 1, rows=1, cols=1), ValueError, "M must be at least 1, not 0"),
    (lambda: gemm(1, 0, 1, rows=1, cols=1), ValueError, "K must be at least 1, not 0"),
    (lambda: gemm(1, 1, -1, rows=1, cols=1), ValueError, "N must be at least 1, not -1"),
    (lambda: gemm(1, 1, 1, rows=1, cols=1, threads=0), ValueError,
     "Threads must be at least 1, not 0"),
    (lambda: gemm(1, 1, 1, rows=0, cols=1), ValueError, "Rows must be at least 1, not 0"),
    (lambda: gemm(1, 1, 1, rows=1, cols=0), ValueError, "Columns must be at least 1, not 0"),
    (lambda: gemm(1, 1, 1, rows=1, cols=1, element_latency=0), ValueError, "Element latency must"),
    (lambda: gemm(1, 1, 1, rows=2, cols=1, group=-1), ValueError, "Group must be 0 .*not -1"),
])
def test_errors_name_the_rule_and_the_offender(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


def test_examples_of_the_docstrings():
    failed, tried = doctest.testmod(golden.array)
    assert tried > 0
    assert failed == 0
