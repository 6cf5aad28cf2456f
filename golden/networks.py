"""Sorting networks: Batcher, "Sorting Networks and Their Applications", AFIPS 1968.

A network is a list of layers, a layer a list of comparators ``(a, b)``, ``a < b``, that share no
line. A network of ``n`` lines is that of the next power of two without the comparators that reach
a line beyond ``n``.
"""

from skimp.golden.checks import at_least_one

__all__ = ["bitonic_layers", "odd_even_layers"]


def odd_even_layers(n):
    """Return Batcher's odd-even merge sorting network for ``n`` lines, at least 1.

    Examples
    --------
    >>> odd_even_layers(4)
    [[(0, 1), (2, 3)], [(0, 2), (1, 3)], [(1, 2)]]
    """
    at_least_one("Lines of a network", n)
    layers, run = [], 1
    while run < n:                              # merge sorted runs of this length in pairs
        reach = run
        while reach:
            side = 0 if reach == run else 1     # after the first layer, odd pieces meet even ones
            layers.append([(a, a + reach) for a in range(n - reach)
                           if a // reach % 2 == side
                           and a // (2 * run) == (a + reach) // (2 * run)])
            reach //= 2
        run *= 2
    return layers


def bitonic_layers(n):
    """Return the bitonic sorting network for ``n`` lines, at least 1, comparators in one direction.

    Each merge begins with a layer that compares mirrored lines, so the second run need not be
    reversed.

    Examples
    --------
    >>> bitonic_layers(4)
    [[(0, 1), (2, 3)], [(0, 3), (1, 2)], [(0, 1), (2, 3)]]
    """
    at_least_one("Lines of a network", n)
    layers, run = [], 1
    while run < n:
        flips, reach = [2 * run - 1], run // 2  # bits in which the lines of a comparator differ
        while reach:
            flips.append(reach)
            reach //= 2
        layers += [[(a, a ^ flip) for a in range(n) if a < a ^ flip < n] for flip in flips]
        run *= 2
    return layers
