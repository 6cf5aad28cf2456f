"""Survivors of planes, against a loop over places."""

import numpy as np
import pytest

from skimp.golden.gather import gather


def test_against_a_loop():
    rng = np.random.default_rng(0)
    known, keep = rng.random((5, 12)) < 0.5, rng.random((5, 12, 3)) < 0.3
    keep[1] = False                                     # a plane without any
    rows = []
    for plane in range(5):
        for place in range(12):
            left = [bool(bit and not known[plane, place]) for bit in keep[plane, place]]
            if any(left) or place == 11:
                rows.append((place, left, place == 11))
    found = gather(known, keep)
    assert [(place, left, last) for place, left, last in zip(
        found.place.tolist(), found.keep.tolist(), found.last.tolist(), strict=True)] == rows


@pytest.mark.parametrize("known, keep, error, sentence", [
    ([[0.5]], [[[1]]], TypeError, "Known must be integers"),
    ([[2]], [[[1]]], ValueError, r"Known must be 0 or 1, not in \[2, 2\]"),
    ([[1]], [[[-1]]], ValueError, r"Keep bits must be 0 or 1"),
    ([[1, 0]], [[[1]]], ValueError, r"shapes .* not \(1, 2\) and \(1, 1, 1\)"),
    ([1], [[1]], ValueError, "must have shapes"),
    (np.zeros((1, 0), int), np.zeros((1, 0, 2), int), ValueError, "must have shapes"),
])
def test_refused(known, keep, error, sentence):
    with pytest.raises(error, match=sentence):
        gather(known, keep)
