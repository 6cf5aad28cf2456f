"""The self-test of `hw.selftest`: its operands and its signature.

Generators are Marsaglia's xorshift of 32 bits ("Xorshift RNGs", Journal of Statistical Software
2003). The signature is the remainder of a polynomial over GF(2), as that of any multiple-input
signature register (Bardell, McAnney, Savir, "Built-In Test for VLSI", 1987).
"""

import numpy as np

__all__ = ["SEED_BITS", "generators", "operands", "signature"]

SEED_BITS = 32
CRC32 = 0x104C11DB7


def generators(drawn):
    """Return the number of generators that operands of ``drawn`` bits take.

    Beside the operands they make three bits for the mark and two for the shape.

    Examples
    --------
    >>> generators(27), generators(28)
    (1, 2)
    """
    return -(-(drawn + 5) // SEED_BITS)


def operands(seeds, count, *, drawn):
    """Draw the operands of a self-test.

    Parameters
    ----------
    seeds : sequence of int
        `generators` seeds, 1 to ``2**32 - 1``. The first word is made of the seeds themselves.
    count : int
        Words.
    drawn : int
        Bits of a word.

    Returns
    -------
    bits : (count, drawn) array of uint8
        The operands, lowest bit first.
    marks : (count,) array of uint8
        Whether the word is marked, as one in eight is.

    Raises
    ------
    ValueError
        If there are too few seeds or too many, or one is out of its range.
    """
    if len(seeds) != generators(drawn):
        raise ValueError(f"Operands of {drawn} bits need {generators(drawn)} seeds, "
                         f"not {len(seeds)}")
    if not all(0 < seed < 1 << SEED_BITS for seed in seeds):
        raise ValueError(f"Seeds must be in [1, 2**{SEED_BITS}), not {list(seeds)}")
    state, states = np.array(seeds, dtype="<u4"), []
    for _ in range(count):
        states.append(state)
        state = state ^ state << np.uint32(13)
        state = state ^ state >> np.uint32(17)
        state = state ^ state << np.uint32(5)
    words = np.array(states, dtype="<u4").reshape(count, len(seeds))
    bits = np.unpackbits(words.view(np.uint8), axis=1, bitorder="little")
    raw, rest = bits[:, :drawn], bits[:, drawn:]
    both = np.stack([raw, np.roll(raw, -5, axis=1), np.roll(raw, -11, axis=1)])
    shapes = np.stack([raw, both.min(axis=0), both[:2].max(axis=0), both[:2].min(axis=0)])
    chosen = rest[:, 3] + 2 * rest[:, 4]
    return shapes[chosen, np.arange(count)], rest[:, :3].min(axis=1)


def signature(words, *, width):
    """Return the signature of words: for each 32 bits of them a remainder by CRC-32's polynomial.

    Parameters
    ----------
    words : iterable of int
        Words of ``width`` bits.
    width : int
        Their bits.

    Returns
    -------
    list of int
        A remainder per 32 bits, the lowest first.

    Examples
    --------
    >>> signature([1, 0], width=8), signature([1 << 31, 0], width=40)
    ([2], [79764919, 0])
    """
    parts = -(-width // SEED_BITS)
    remainders = [0] * parts
    for word in words:
        for part in range(parts):
            dividend = remainders[part] << 1
            if dividend >> SEED_BITS:
                dividend ^= CRC32
            remainders[part] = dividend ^ (word >> SEED_BITS * part) % (1 << SEED_BITS)
    return remainders
