"""Popcount sorting unit: the order in which the elements of a packet leave for the link.

Elements are put in buckets by a key and sent bucket by bucket, so that neighbours on the link
differ in few bits. Paper: Han et al., "'1'-bit Count-based Sorting Unit to Reduce Link Power in
DNN Accelerators", arXiv 2601.14087. Popcount keys, exact or in fewer buckets, are the paper's;
Gray-wire keys and the tie rules beside ``stable`` are this project's.
"""

import numpy as np

from skimp.golden.checks import as_words, at_least_one, check_width, integers, one_of
from skimp.golden.networks import bitonic_layers, odd_even_layers

__all__ = ["KEYS", "TIES", "bucket_count", "keys", "order"]

KEYS = ("popcount", "gray", "nonzero-gray")
TIES = ("stable", "snake", "odd-even", "bitonic")

BLOCK = 1 << 12     # vectors sorted at a time, so that their codes stay in the processor's cache


def _check_table(width, buckets):
    if buckets is None:
        return np.arange(width + 1)
    table = integers(buckets, "Buckets")
    if table.shape != (width + 1,):
        raise ValueError(f"Buckets must be {width + 1} numbers for {width}-bit elements, "
                         f"not {table.tolist()}")
    steps = np.diff(table.astype(np.int64))
    if (steps < 0).any():
        raise ValueError(f"Buckets must not decrease, as {table.tolist()} does")
    if table[0] != 0 or (steps > 1).any():
        raise ValueError(f"Buckets must start at 0 and skip none, unlike {table.tolist()}")
    return table


def _check_wires(width, wires):
    if wires is None or len(wires) == 0:
        raise ValueError("Wires must name at least one bit of the element")
    wires = integers(wires, "Wires").tolist()
    for place, wire in enumerate(wires):
        if not 0 <= wire < width:
            raise ValueError(f"Wires must be bits 0 to {width - 1} of the element, not {wire}")
        if wire in wires[:place]:
            raise ValueError(f"Wires must be distinct, but {wire} is named twice")
    return wires


def _scheme(width, key, buckets, wires):
    """Check how keys are made; return the bucket table, the wires and the number of buckets."""
    one_of("Key", key, KEYS)
    check_width(width)
    if key == "popcount":
        if wires is not None and len(wires):
            raise ValueError(f"Key popcount takes no wires, not {wires!r}")
        table = _check_table(width, buckets)
        return table, [], int(table[-1]) + 1
    if buckets is not None and len(buckets):
        raise ValueError(f"Key {key} takes no buckets, not {buckets!r}")
    wires = _check_wires(width, wires)
    return None, wires, (1 << len(wires)) + (key == "nonzero-gray")


def bucket_count(*, width=8, key="popcount", buckets=None, wires=None, descending=False):
    """Return the number of buckets of a key; parameters and errors are those of `keys`.

    Examples
    --------
    >>> bucket_count(), bucket_count(key="nonzero-gray", wires=(1, 0))
    (9, 5)
    """
    return _scheme(width, key, buckets, wires)[2]


def keys(x, *, width=8, key="popcount", buckets=None, wires=None, descending=False):
    """Put each element in a bucket.

    Parameters
    ----------
    x : array of integers, any shape
        Elements in ``[0, 2**width)``, or signed and taken as two's complement.
    width : int
        Bits of an element, 1 to 32.
    key : {"popcount", "gray", "nonzero-gray"}
        ``popcount``: ``buckets[number of ones]``. ``gray``: the element's bits at ``wires``, read
        as a code word, give its position in the reflected Gray sequence, so neighbouring buckets
        differ in one wire. ``nonzero-gray``: 0 for the element 0, else 1 + that position.
    buckets : sequence of int, optional
        For ``popcount``: ``width + 1`` bucket numbers that never decrease, onto 0..B-1. None is
        the identity, the paper's accurate unit; fewer buckets make its approximate one.
    wires : sequence of int, optional
        For the Gray keys: distinct bit positions, the most significant Gray digit first.
    descending : bool
        Number the buckets from the other end: B - 1 - key.

    Returns
    -------
    int64 array of the shape of ``x``
        Bucket numbers in ``[0, B)``, B being `bucket_count` of the same keywords.

    Raises
    ------
    TypeError
        If elements, buckets or wires are not integers.
    ValueError
        If an element does not fit in ``width`` bits, or the key is not as described above.

    Examples
    --------
    >>> keys([0, 7, 255], buckets=(0, 0, 0, 1, 1, 2, 2, 3, 3)).tolist()
    [0, 1, 3]
    >>> keys([0b00, 0b01, 0b11, 0b10], key="gray", wires=(1, 0)).tolist()
    [0, 1, 2, 3]
    """
    table, wires, count = _scheme(width, key, buckets, wires)
    words = as_words(x, width)
    if table is not None:
        number = table[np.bitwise_count(words)]
    else:
        # A digit of the position is the parity of the code's digits from the top down to it.
        parity, number = np.zeros_like(words), np.zeros(words.shape, dtype=np.int64)
        for wire in wires:
            parity ^= words >> wire & 1
            number = number << 1 | parity
        if key == "nonzero-gray":
            number = np.where(words == 0, 0, number + 1)
    return np.asarray(count - 1 - number if descending else number, dtype=np.int64)


def _rank(bucket, count, ties):
    """Sort rows of bucket numbers; return original indices by rank."""
    n = bucket.shape[1]
    bits = (n - 1).bit_length()
    low = (1 << bits) - 1
    # Bucket and index in one small integer: sorting it sorts by bucket, then by index.
    code = bucket.astype(np.min_scalar_type((count << bits) - 1)) << bits
    code |= np.arange(n, dtype=code.dtype)

    if ties == "stable":
        code.sort(axis=1)
    elif ties == "snake":
        code ^= (code >> bits & 1) * low        # indices of odd buckets counted from the far end
        code.sort(axis=1)
        code ^= (code >> bits & 1) * low
    else:
        lines = np.ascontiguousarray(code.T)    # a line's values for all rows lie side by side
        for layer in odd_even_layers(n) if ties == "odd-even" else bitonic_layers(n):
            a, b = np.array(layer).T
            upper, lower = lines[a], lines[b]
            swap = upper > (lower | low)        # a greater bucket, whatever the index
            lines[a] = np.where(swap, lower, upper)
            lines[b] = np.where(swap, upper, lower)
        code = lines.T
    return code & low


def order(x, *, width=8, key="popcount", buckets=None, wires=None, ties="stable",
          descending=False):
    """Sort the elements of each packet by bucket.

    Parameters
    ----------
    x : (..., n) array of integers
        Elements, as for `keys`; each vector along the last axis is sorted alone.
    width, key, buckets, wires, descending
        As for `keys`, whose errors these are, too.
    ties : {"stable", "snake", "odd-even", "bitonic"}
        Order of elements in the same bucket. ``stable``: by index. ``snake``: by index in even
        buckets, backwards in odd ones (numbered as `keys` numbers them). ``odd-even`` and
        ``bitonic``: as that network of `golden.networks` leaves them; a comparator exchanges its
        lines if the first has the greater bucket.

    Returns
    -------
    (..., n) array of int64
        Original indices by rank: ``np.take_along_axis(x, order(x), axis=-1)`` is sorted.

    Raises
    ------
    ValueError
        If ``x`` has no axis or no element, or ``ties`` is unknown.

    Examples
    --------
    >>> order([7, 0, 1, 8]).tolist(), order([7, 0, 1, 8], ties="snake").tolist()
    ([1, 2, 3, 0], [1, 3, 2, 0])
    """
    one_of("Ties", ties, TIES)
    scheme = {"width": width, "key": key, "buckets": buckets, "wires": wires}
    count = bucket_count(**scheme)
    words = as_words(x, width)
    at_least_one("Elements of a vector", words.shape[-1] if words.ndim else 0)
    rows = words.reshape(-1, words.shape[-1])
    ranked = np.empty(rows.shape, dtype=np.int64)
    for start in range(0, len(rows), BLOCK):
        block = slice(start, start + BLOCK)
        ranked[block] = _rank(keys(rows[block], descending=descending, **scheme), count, ties)
    return ranked.reshape(words.shape)
