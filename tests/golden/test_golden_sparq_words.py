"""Words of the SPARQ golden model: how wide, how made, and that each is understood or refused."""

import pytest
from sparq_loops import options

from skimp.golden.arithmetic.sparq import decode, encode, footprint, pair


@pytest.mark.parametrize(("config", "bits"), [
    ("5opt", 14), ("3opt", 12), ("2opt", 11), ("6opt", 12), ("7opt", 10),
    ((7, [0, 1]), 17), ((5, (0, 1, 2, 3)), 15), ((6, (0, 1, 2)), 16), ((1, (0, 1, 6, 7)), 7),
])
def test_footprints(config, bits):
    assert footprint(**options(config)) == bits


@pytest.mark.parametrize(("config", "first", "second", "word"), [
    ("5opt", 90, 3, "000_011_0011_1011"),       # fields: code 1, code 0, kept 1, kept 0
    ("5opt", 0xA7, 0, "111_000_1010_0111"),
    ("5opt", 0, 0xA7, "000_111_0111_1010"),
    ("3opt", 240, 15, "00_10_1111_1111"),
    ("3opt", 0, 0xA7, "00_11_0111_1010"),
    ("2opt", 240, 15, "0_0_1_1111_1111"),       # on top: whether a lane steals
    ("2opt", 15, 240, "0_1_0_1111_1111"),
    ("2opt", 0xA7, 0, "1_1_0_1010_0111"),
    ("2opt", 0, 0xA7, "1_0_1_0111_1010"),
    ("6opt", 0, 0b110_101_10, "010_111_110_110"),
    ("7opt", 0b1101_1000, 0, "111_100_11_10"),
    ((2, (0, 2, 4, 6)), 0b1101_1000, 0, "1_11_10_11_10"),
])
def test_words_by_hand(config, first, second, word):
    assert encode(pair(first, second, **options(config)), **options(config)) == int(word, 2)
    assert encode(tuple(pair(first, second, **options(config))), **options(config)) == int(word, 2)


@pytest.mark.parametrize("config", ["2opt", "7opt", (1, (0, 1, 6, 7)), (3, (0, 2, 3, 5))], ids=str)
def test_every_word_is_understood_or_refused(config):
    refused = 0
    for word in range(1 << footprint(**options(config))):
        try:
            lanes = decode(word, **options(config))
        except ValueError:
            refused += 1
        else:
            assert encode(lanes, **options(config)) == word
    assert refused > 0
