"""The operands and the signature of a self-test, by their definitions."""

import numpy as np
import pytest

from skimp.golden.selftest import generators, operands, signature


def test_a_published_sequence():
    """Marsaglia's xorshift of 32 bits from his own seed."""
    seen, state = [], 2463534242
    for _ in range(50):
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        seen.append(state)
    assert seen[:2] == [723471715, 2497366906]
    bits, marks = operands([2463534242], 51, drawn=27)
    shapes = [2463534242 >> 30, *(state >> 30 for state in seen)]
    for row, state, shape, mark in zip(bits[1:], seen, shapes[1:], marks[1:], strict=True):
        raw = [state >> place & 1 for place in range(27)]
        near, far = raw[5:] + raw[:5], raw[11:] + raw[:11]
        expected = {0: raw, 1: [a & b & c for a, b, c in zip(raw, near, far, strict=True)],
                    2: [a | b for a, b in zip(raw, near, strict=True)],
                    3: [a & b for a, b in zip(raw, near, strict=True)]}[shape]
        assert row.tolist() == expected and mark == (state >> 27 & 7 == 7)


def test_operands_are_dense_and_sparse():
    """Bytes are zero in one word of ten, and marks are set in one of eight."""
    seeds = list(range(1, 1 + generators(64)))
    bits, marks = operands(seeds, 4096, drawn=64)
    zeros = (bits.reshape(4096, 8, 8).sum(axis=2) == 0).mean(axis=0)
    assert (zeros > 0.05).all() and (zeros < 0.2).all()
    assert 0.1 < marks.mean() < 0.15


@pytest.mark.parametrize("seeds, sentence", [([1], "need 2 seeds"), ([1, 0], r"in \[1, 2\*\*32\)")])
def test_wrong_seeds(seeds, sentence):
    with pytest.raises(ValueError, match=sentence):
        operands(seeds, 1, drawn=32)


def test_signature_is_a_remainder():
    """Long division of all the bits by the polynomial, one after the other."""
    rng = np.random.default_rng(1)
    words = [int(word) for word in rng.integers(0, 1 << 40, 20)]
    for part, value in enumerate(signature(words, width=40)):
        dividend = 0
        for word in words:
            dividend = (dividend << 1) ^ (word >> 32 * part & 0xFFFFFFFF)
        while dividend >> 32:
            dividend ^= 0x104C11DB7 << dividend.bit_length() - 33
        assert value == dividend


def test_every_bit_counts():
    words = [3 << 36, 5, 1 << 31]
    whole = signature(words, width=40)
    for place in range(len(words)):
        for bit in range(40):
            changed = [word ^ (place == other) << bit for other, word in enumerate(words)]
            assert signature(changed, width=40) != whole
