"""What the NB-SMT golden model refuses, and the examples of its docstrings."""

import doctest

import numpy as np
import pytest

from skimp.golden.arithmetic import nbsmt
from skimp.golden.arithmetic.nbsmt import collisions, matmul, reorder, statistics, step

ONES = np.ones((3, 2), int)


def on(threads):
    """Call a function that takes a number of threads, whatever it is."""
    return matmul(ONES, ONES.T, threads=threads)


@pytest.mark.parametrize(("call", "error", "sentence"), [
    (lambda: matmul(ONES * 0.5, ONES.T), TypeError, "Activations must be integers, not float64"),
    (lambda: matmul(ONES > 0, ONES.T), TypeError, "Activations must be integers, not bool"),
    (lambda: matmul(ONES, ONES.T * 1.0), TypeError, "Weights must be integers, not float64"),
    (lambda: matmul(ONES, ONES.T > 0), TypeError, "Weights must be integers, not bool"),
    (lambda: matmul(ONES * 256, ONES.T), ValueError,
     r"Activations must be in \[0, 256\), not \[256, 256\]"),
    (lambda: matmul(-ONES, ONES.T), ValueError, r"Activations .* not \[-1, -1\]"),
    (lambda: matmul(ONES, ONES.T * 128), ValueError,
     r"Weights must be in \[-128, 128\), not \[128, 128\]"),
    (lambda: matmul(ONES, ONES.T * -129), ValueError, r"Weights .* not \[-129, -129\]"),
    (lambda: matmul(ONES[0], ONES.T), ValueError,
     r"Activations and weights must have shapes \(M, K\) and \(K, N\), not \(2,\) and \(2, 3\)"),
    (lambda: matmul(ONES, ONES[:, 0]), ValueError, r"not \(3, 2\) and \(3,\)"),
    (lambda: matmul(ONES, ONES), ValueError,
     "Activations and weights must have the same K, not 2 and 3"),
    (lambda: on(3), ValueError, "Threads must be 1, 2 or 4, not 3"),
    (lambda: on([2]), ValueError, r"Threads must be 1, 2 or 4, not \[2\]"),
    (lambda: on(2.0), TypeError, "Threads must be integers, not float64"),
    (lambda: on(True), TypeError, "Threads must be integers, not bool"),
    (lambda: matmul(ONES, ONES.T, policy="Aw"), ValueError,
     "Policy must be one of wA, A, A0, aW, W, W0, not 'Aw'"),
    (lambda: matmul(ONES, ONES.T, rounding="round"), ValueError,
     "Rounding must be one of nearest, floor, not 'round'"),
    (lambda: step(0.5, 1), TypeError, "Activations must be integers, not float64"),
    (lambda: step([1, 1], [True, True]), TypeError, "Weights must be integers, not bool"),
    (lambda: step([1, 256], [1, 1]), ValueError, r"Activations must be in \[0, 256\)"),
    (lambda: step([1, 1], [1, 128]), ValueError, r"Weights must be in \[-128, 128\)"),
    (lambda: step(1, 1), ValueError,
     r"Activations and weights must have one shape \(\.\.\., threads\), not \(\) and \(\)"),
    (lambda: step(ONES.T, ONES), ValueError, r"not \(2, 3\) and \(3, 2\)"),
    (lambda: step(ONES.T, ONES.T), ValueError, "Threads must be 1, 2 or 4, not 3"),
    (lambda: step(ONES, ONES, policy="x"), ValueError, "Policy must be one of"),
    (lambda: step(ONES, ONES, rounding="x"), ValueError, "Rounding must be one of"),
    (lambda: collisions(ONES, ONES), ValueError, "must have the same K, not 2 and 3"),
    (lambda: collisions(ONES * 0.5, ONES.T), TypeError, "Activations must be integers"),
    (lambda: collisions(ONES, ONES.T, threads=8), ValueError, "Threads must be 1, 2 or 4, not 8"),
    (lambda: collisions(ONES, ONES.T, policy="x"), ValueError, "Policy must be one of"),
    (lambda: statistics([[0.5]]), TypeError, "Activations must be integers, not float64"),
    (lambda: statistics([[-1]]), ValueError, r"Activations must be in \[0, 256\)"),
    (lambda: statistics([1, 2]), ValueError, r"Activations must have shape \(M, K\), not \(2,\)"),
    (lambda: reorder([0.5, 1], 2), TypeError, "Statistics must be integers, not float64"),
    (lambda: reorder([True, False], 2), TypeError, "Statistics must be integers, not bool"),
    (lambda: reorder(ONES, 2), ValueError, r"Statistics must have shape \(K,\), not \(3, 2\)"),
    (lambda: reorder([1, 2, 3], 2), ValueError,
     "Statistics must be of a multiple of 2 places, not 3"),
    (lambda: reorder([1, 2], 4), ValueError, "multiple of 4 places, not 2"),
    (lambda: reorder([1, 2], 3), ValueError, "Threads must be 1, 2 or 4, not 3"),
])
def test_errors_name_the_rule_and_the_offender(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


@pytest.mark.parametrize("module", [nbsmt.matrices, nbsmt.counts, nbsmt.rules])
def test_examples_of_the_docstrings(module):
    failed, tried = doctest.testmod(module)
    assert tried > 0
    assert failed == 0
