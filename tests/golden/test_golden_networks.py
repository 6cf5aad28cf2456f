"""Sorting networks: they sort, and have their known sizes."""

import doctest
import itertools

import numpy as np
import pytest

from skimp.golden import networks
from skimp.golden.networks import bitonic_layers, odd_even_layers

NETWORKS = {"odd-even": odd_even_layers, "bitonic": bitonic_layers}
SIZES = (1, 2, 3, 4, 5, 8, 9, 16, 17, 25)


@pytest.mark.parametrize("layers", NETWORKS.values(), ids=NETWORKS)
@pytest.mark.parametrize("n", range(1, 12))
def test_networks_sort_every_vector_of_zeros_and_ones(layers, n):
    """By the 0-1 principle they then sort everything."""
    lines = np.arange(1 << n) >> np.arange(n)[:, None] & 1
    for a, b in itertools.chain.from_iterable(layers(n)):
        lines[[a, b]] = np.minimum(lines[a], lines[b]), np.maximum(lines[a], lines[b])
    assert (np.diff(lines, axis=0) >= 0).all()


@pytest.mark.parametrize("layers", NETWORKS.values(), ids=NETWORKS)
@pytest.mark.parametrize("n", SIZES)
def test_layers_share_no_line_and_are_pruned_from_the_next_power_of_two(layers, n):
    full = layers(1 << (n - 1).bit_length())
    assert layers(n) == [[(a, b) for a, b in layer if b < n] for layer in full]
    for layer in layers(n):
        lines = [line for pair in layer for line in pair]
        assert all(0 <= a < b < n for a, b in layer)
        assert len(set(lines)) == len(lines) > 0


@pytest.mark.parametrize("log", range(6))
def test_networks_have_their_known_sizes(log):
    """Knuth, volume 3, section 5.3.4, and Batcher 1968."""
    n, depth = 1 << log, log * (log + 1) // 2
    assert len(odd_even_layers(n)) == len(bitonic_layers(n)) == depth
    assert sum(map(len, bitonic_layers(n))) == n // 2 * depth
    if log:
        assert sum(map(len, odd_even_layers(n))) == (log * log - log + 4) * n // 4 - 1


@pytest.mark.parametrize(("call", "error", "sentence"), [
    (lambda: odd_even_layers(0), ValueError, "Lines of a network must be at least 1, not 0"),
    (lambda: bitonic_layers(-1), ValueError, "Lines of a network must be at least 1, not -1"),
])
def test_errors_name_the_rule_and_the_offender(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


def test_examples_of_the_docstrings():
    failed, tried = doctest.testmod(networks)
    assert tried > 0
    assert failed == 0
