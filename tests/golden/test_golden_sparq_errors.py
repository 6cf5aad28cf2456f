"""What the SPARQ golden model refuses, and the examples of its docstrings."""

import doctest
import itertools

import numpy as np
import pytest
from sparq_loops import SETS, options

from skimp.golden.arithmetic import sparq
from skimp.golden.arithmetic.sparq import (
    CONFIGS,
    Lanes,
    decode,
    effective,
    encode,
    footprint,
    matmul,
    pair,
    window,
)


def test_every_other_set_of_shifts_is_refused():
    for bits in range(1, 8):
        for size in range(9):
            for shifts in itertools.combinations(range(9), size):
                both = [s for s in shifts if s + bits in shifts]
                legal = (shifts[:1] == (0,) and shifts[-1:] == (8 - bits,)
                         and (bits >= 4 or {0, 8 - 2 * bits} <= set(both)))
                assert legal == ((bits, shifts) in SETS)
                if not legal:
                    with pytest.raises(ValueError, match=r"^Shifts of a \d-bit window must "):
                        cut((bits, np.array(shifts, int)))


def cut(config):
    """Call a function that takes a configuration, whatever it is."""
    return window(0, **options(config))


def made(kept=(0, 0), shift=(0, 0), weight=(0, 1)):
    return Lanes(np.array(kept), np.array(shift), np.array(weight))


ONES = np.ones((3, 2), int)


@pytest.mark.parametrize(("call", "error", "sentence"), [
    (lambda: window([0.5]), TypeError, "Activations must be integers, not float64"),
    (lambda: window(True), TypeError, "Activations must be integers, not bool"),
    (lambda: window([256, 3]), ValueError, r"Activations must be in \[0, 256\), not \[3, 256\]"),
    (lambda: window(-1), ValueError, r"Activations must be in \[0, 256\), not \[-1, -1\]"),
    (lambda: window(np.array([1 << 63], np.uint64)), ValueError, "not \\[9223372036854775808, 92"),
    (lambda: window(0, rounding="floor"), ValueError,
     "Rounding must be one of trim, round, not 'floor'"),
    (lambda: cut((4.0, (0, 4))), TypeError, "Window must be integers, not float64"),
    (lambda: cut((True, (0, 7))), TypeError, "Window must be integers, not bool"),
    (lambda: cut((4, (0.0, 4.0))), TypeError, "Shifts must be integers, not float64"),
    (lambda: cut((7, (False, True))), TypeError, "Shifts must be integers, not bool"),
    (lambda: cut((0, (0, 8))), ValueError, "Window must be 1 to 7 bits, not 0"),
    (lambda: cut((8, (0,))), ValueError, "Window must be 1 to 7 bits, not 8"),
    (lambda: cut(((4, 4), (0, 4))), ValueError, r"Window must be 1 to 7 bits, not \[4 4\]"),
    (lambda: cut((4, (0, 2))), ValueError,
     r"Shifts of a 4-bit window must ascend from 0 to 4, not be \[0, 2\]"),
    (lambda: cut((4, (1, 4))), ValueError, r"ascend from 0 to 4, not be \[1, 4\]"),
    (lambda: cut((4, (0, 2, 2, 4))), ValueError, r"not be \[0, 2, 2, 4\]"),
    (lambda: cut((4, np.array([0, 3, 2, 4], np.uint8))), ValueError, r"be \[0, 3, 2, 4\]"),
    (lambda: cut((4, 0)), ValueError, "ascend from 0 to 4, not be 0"),
    (lambda: cut((4, [[0, 4]])), ValueError, r"not be \[\[0, 4\]\]"),
    (lambda: cut((3, (0, 1, 2, 5))), ValueError,
     r"Shifts of a 3-bit window must contain 3 and 2 for lone activations, unlike \[0, 1, 2, 5\]"),
    (lambda: cut((1, (0, 1, 7))), ValueError, "must contain 1 and 6 for lone"),
    (lambda: pair(0.5, 1), TypeError, "Activations must be integers, not float64"),
    (lambda: pair(0, 256), ValueError, r"Activations must be in \[0, 256\), not \[256, 256\]"),
    (lambda: pair(0, 1, rounding="even"), ValueError, "Rounding must be one of"),
    (lambda: pair(0, 1, window=0), ValueError, "Window must be 1 to 7 bits"),
    (lambda: pair([1, 2], [1, 2, 3]), ValueError,
     r"Both activations of a pair must have one shape, not \(2,\) and \(3,\)"),
    (lambda: footprint(window=0), ValueError, "Window must be 1 to 7 bits"),
    (lambda: encode(made(kept=(0.0, 1.0))), TypeError, "Lanes must be integers, not float64"),
    (lambda: encode(made(), window=0), ValueError, "Window must be 1 to 7 bits"),
    (lambda: encode(made(kept=(0, 0, 0))), ValueError,
     r"Lanes must have one shape \(\.\.\., 2\), not \[\(3,\), \(2,\), \(2,\)\]"),
    (lambda: encode(Lanes(ONES.T, ONES.T, ONES.T)), ValueError, r"one shape \(\.\.\., 2\)"),
    (lambda: encode(made(kept=(16, 0))), ValueError,
     r"Lanes must be those of a pair, not kept \[16, 0\], shift \[0, 0\], weight \[0, 1\]"),
    (lambda: encode(made(kept=(0, -1))), ValueError, r"not kept \[0, -1\]"),
    (lambda: encode(made(shift=(0, 1)), **CONFIGS["3opt"]), ValueError, r"shift \[0, 1\]"),
    (lambda: encode(made(shift=(5, 0))), ValueError, r"shift \[5, 0\]"),
    (lambda: encode(made(weight=(1, 0))), ValueError, r"weight \[1, 0\]"),
    (lambda: encode(made(weight=(1, 0), shift=(0, 4))), ValueError, r"weight \[1, 0\]"),
    (lambda: encode(made(weight=(0, 2), shift=(0, 4))), ValueError, r"weight \[0, 2\]"),
    (lambda: encode(made(weight=(-1, 1), shift=(4, 0))), ValueError, r"weight \[-1, 1\]"),
    (lambda: encode(made(weight=(0, 0))), ValueError, r"shift \[0, 0\], weight \[0, 0\]"),
    (lambda: encode(made(weight=(0, 0), shift=(4, 0))), ValueError, r"shift \[4, 0\], weight"),
    (lambda: encode(made(weight=(1, 1), shift=(0, 4)), **CONFIGS["2opt"]), ValueError, "of a pair"),
    (lambda: encode(made(weight=(0, 0), shift=(1, 3)), **CONFIGS["6opt"]), ValueError, "of a pair"),
    (lambda: decode([0.5]), TypeError, "Words must be integers, not float64"),
    (lambda: decode(0, window=0), ValueError, "Window must be 1 to 7 bits"),
    (lambda: decode([0, 1 << 14]), ValueError, "Words must be such as encode makes, not 0x4000"),
    (lambda: decode(-1), ValueError, "Words must be such as encode makes, not -0x1"),
    (lambda: decode(1 << 11, **CONFIGS["2opt"]), ValueError, "not 0x800"),
    (lambda: decode(1 << 10, **CONFIGS["2opt"]), ValueError, "not 0x400"),    # neither shift larger
    (lambda: decode(0b101_000 << 8), ValueError, "not 0x2800"),             # no such shift
    (lambda: decode(0b111_111 << 8), ValueError, "not 0x3f00"),             # both steal
    (lambda: decode(0b111_001 << 8), ValueError, "not 0x3900"),             # low half not at 0
    (lambda: effective(7), ValueError, r"Activations must have shape \(\.\.\., K\), not \(\)"),
    (lambda: effective([0.5]), TypeError, "Activations must be integers, not float64"),
    (lambda: effective([-1, 255]), ValueError, r"not \[-1, 255\]"),
    (lambda: effective([1], rounding="even"), ValueError, "Rounding must be one of"),
    (lambda: effective([1], window=0), ValueError, "Window must be 1 to 7 bits"),
    (lambda: matmul(ONES * 0.5, ONES.T), TypeError, "Activations must be integers, not float64"),
    (lambda: matmul(ONES, ONES.T > 0), TypeError, "Weights must be integers, not bool"),
    (lambda: matmul(ONES * 256, ONES.T), ValueError, r"Activations must be in \[0, 256\)"),
    (lambda: matmul(-ONES.astype(np.int8), ONES.T), ValueError, r"not \[-1, -1\]"),
    (lambda: matmul(ONES, ONES.T * 128), ValueError,
     r"Weights must be in \[-128, 128\), not \[128, 128\]"),
    (lambda: matmul(ONES, ONES.T * -129), ValueError, r"Weights .* not \[-129, -129\]"),
    (lambda: matmul(ONES[0], ONES.T), ValueError,
     r"Activations and weights must have shapes \(M, K\) and \(K, N\), not \(2,\) and \(2, 3\)"),
    (lambda: matmul(ONES, ONES[:, 0]), ValueError, r"not \(3, 2\) and \(3,\)"),
    (lambda: matmul(ONES, ONES), ValueError,
     "Activations and weights must have the same K, not 2 and 3"),
    (lambda: matmul(ONES, ONES.T, rounding="even"), ValueError, "Rounding must be one of"),
    (lambda: matmul(ONES, ONES.T, window=0), ValueError, "Window must be 1 to 7 bits"),
    (lambda: matmul(np.ones((2, 7), int), [[0, 1]] * 3 + [[1, 0]] * 4, sparse24=True), ValueError,
     "Weights must have at most two nonzeros in a group of 4, not 3 in group 0 of column 1"),
    (lambda: matmul(np.ones((2, 7), int), [[0, 0]] * 4 + [[1, 0]] * 3, sparse24=True), ValueError,
     "not 3 in group 1 of column 0"),
])
def test_errors_name_the_rule_and_the_offender(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


@pytest.mark.parametrize("module", [sparq.matrices, sparq.lanes, sparq.words])
def test_examples_of_the_docstrings(module):
    failed, tried = doctest.testmod(module)
    assert tried > 0
    assert failed == 0
