"""The link behind a sorting unit: packets laid out as flits, bit transitions, bus-invert coding.

A flit is one transfer: ``lanes`` words of ``width`` bits side by side, each wire holding its value
until the next flit. A link that carries pairs is two such halves next to each other::

    pair = np.hstack([flits(inputs, order, lanes=5), flits(weights, order, lanes=5)])

Layout and count of transitions: Han et al., arXiv 2601.14087, and Chen et al., arXiv 2509.00500.
"""

import numpy as np

from skimp.golden.checks import as_packets, as_words, at_least_one, integers, one_of

__all__ = ["FILLINGS", "GROUPS", "PADS", "bus_invert", "flits", "transitions"]

FILLINGS = ("column", "row")
PADS = ("hold", "zero")
GROUPS = ("lane", "flit")


def _permutations(order, shape):
    order = integers(order, "Order")
    if order.shape != shape:
        raise ValueError(f"Order must have the shape of the elements, {shape}, not {order.shape}")
    seen = np.zeros(shape, dtype=bool)
    if order.size and 0 <= order.min() and order.max() < shape[1]:
        np.put_along_axis(seen, order, True, axis=1)
    if not seen.all():
        wrong = int(seen.all(axis=1).argmin())
        raise ValueError(f"Order must be a permutation of 0 to {shape[1] - 1} in every packet, "
                         f"not {order[wrong].tolist()}")
    return order


def flits(x, order=None, *, lanes, width=8, filling="column", snake=False, pads="hold"):
    """Lay packets out as the words that a link carries, one flit a row.

    A packet of ``n`` elements takes ``F = ceil(n / lanes)`` flits. Its element ``e`` (after
    ``order``) goes to flit ``e mod F``, lane ``e div F`` when filled by ``column``, so neighbours
    in the order follow each other on one lane; to flit ``e div lanes``, lane ``e mod lanes`` when
    filled by ``row``.

    Parameters
    ----------
    x : (packets, n) array of integers
        Elements in ``[0, 2**width)``, or signed and taken as two's complement.
    order : (packets, n) array of integers, optional
        Original indices by rank, as `golden.psu.order` returns them; by default, in order.
    lanes, width : int
        Words of a flit, and bits of a word (1 to 32).
    filling : {"column", "row"}
        Where the elements of a packet go.
    snake : bool
        Send the flits of every second packet (1, 3, ...) in reverse order, lanes kept.
    pads : {"hold", "zero"}
        A slot without an element repeats what its lane carried in the flit before (zero before
        the first flit), or is zero.

    Returns
    -------
    (packets * F, lanes) array of unsigned integers
        Words in the order they are sent, in the smallest type that holds ``width`` bits.

    Raises
    ------
    TypeError
        If ``x`` or ``order`` is not of integers.
    ValueError
        If an element does not fit in ``width`` bits, a shape is wrong, ``order`` is not made of
        permutations, ``lanes`` or ``n`` is below 1, or an option is unknown.

    Examples
    --------
    >>> flits([[1, 2, 3, 4]], lanes=2).tolist()
    [[1, 3], [2, 4]]
    >>> flits([[1, 2, 3], [4, 5, 6]], [[2, 0, 1], [0, 1, 2]], lanes=2).tolist()  # the 2 is held
    [[3, 2], [1, 2], [4, 6], [5, 6]]
    """
    one_of("Filling", filling, FILLINGS)
    one_of("Pads", pads, PADS)
    at_least_one("Lanes", lanes)
    words = as_packets(x, width)
    if order is not None:
        words = np.take_along_axis(words, _permutations(order, words.shape), axis=1)

    packets, n = words.shape
    depth = -(-n // lanes)
    if filling == "column":
        lane, flit = divmod(np.arange(n), depth)
    else:
        flit, lane = divmod(np.arange(n), lanes)
    slots = np.zeros((packets, depth, lanes), dtype=words.dtype)
    slots[0::2, flit, lane] = words[0::2]
    slots[1::2, depth - 1 - flit if snake else flit, lane] = words[1::2]
    sent = slots.reshape(-1, lanes)

    if pads == "hold" and n < depth * lanes:
        # Ones laid out alike distinguish elements from pads. Row 0 may mean "nothing sent so far":
        # a pad there is zero already.
        filled = flits(np.ones_like(words), lanes=lanes, width=width, filling=filling, snake=snake,
                       pads="zero")
        written = np.where(filled, np.arange(len(sent))[:, None], 0)
        sent = np.take_along_axis(sent, np.maximum.accumulate(written, axis=0), axis=0)
    return sent


def transitions(flits):
    """Count the wires that toggle, the first flit against zero.

    Parameters
    ----------
    flits : (flits, lanes) array of integers
        Words as sent, not negative.

    Returns
    -------
    int
        Sum over the flits of the number of ones in flit XOR previous flit.

    Raises
    ------
    TypeError
        If ``flits`` is not of integers.
    ValueError
        If ``flits`` is not two-dimensional or holds a negative word.

    Examples
    --------
    >>> transitions([[0b11, 0b0], [0b01, 0b0]])
    3
    """
    words = integers(flits, "Flits")
    if words.ndim != 2:
        raise ValueError(f"Flits must have shape (flits, lanes), not {words.shape}")
    if words.size and words.min() < 0:
        raise ValueError(f"Flits must not be negative, not {words.min()}")
    toggled = np.bitwise_count(np.bitwise_xor(words[1:], words[:-1])).sum(dtype=np.int64)
    return int(toggled + np.bitwise_count(words[:1]).sum(dtype=np.int64))


def bus_invert(flits, *, width=8, group="lane"):
    """Code a link by bus-invert: a group of wires is sent inverted when that toggles fewer wires.

    The classic rule: invert when more than half of the group's data wires would toggle otherwise.
    The invert line is not counted in the decision, and a draw is sent as it is. The link rests at
    zero, not inverted.

    Parameters
    ----------
    flits : (flits, lanes) array of integers
        Words as `flits` returns them, for a pair link both halves beside each other.
    width : int
        Bits of a word, 1 to 32.
    group : {"lane", "flit"}
        One invert line for each lane, or one for the whole flit.

    Returns
    -------
    coded : (flits, lanes) array of unsigned integers
        Words as sent.
    lines : (flits, lanes) or (flits, 1) array of uint8
        Invert lines, 1 where the group is inverted. Count them too:
        ``transitions(coded) + transitions(lines)``.

    Raises
    ------
    TypeError
        If ``flits`` is not of integers.
    ValueError
        If a word does not fit in ``width`` bits, ``flits`` is not two-dimensional or ``group`` is
        unknown.

    Examples
    --------
    >>> coded, lines = bus_invert([[0b1110], [0b0011], [0b1111]], width=4)
    >>> coded.tolist(), lines.tolist()
    ([[1], [3], [15]], [[1], [0], [0]])
    """
    one_of("Group", group, GROUPS)
    words = as_words(flits, width, "Flits")
    if words.ndim != 2:
        raise ValueError(f"Flits must have shape (flits, lanes), not {words.shape}")
    distance = np.bitwise_count(words)
    distance[1:] = np.bitwise_count(words[1:] ^ words[:-1])
    wires = width
    if group == "flit":
        distance = distance.sum(axis=1, dtype=np.int64, keepdims=True)
        wires *= words.shape[1]

    # Against what was sent, the raw distance d counts as d after a plain word and as wires - d
    # after an inverted one. So the state flips where 2d > wires, stays where 2d < wires, and on a
    # draw is plain whatever it was: it is the parity of the flips since the last draw.
    double = 2 * distance.astype(np.int64)
    flips = np.cumsum(double > wires, axis=0)
    at_last_draw = np.maximum.accumulate(np.where(double == wires, flips, 0), axis=0)
    lines = ((flips - at_last_draw) & 1).astype(np.uint8)
    return words ^ lines * words.dtype.type((1 << width) - 1), lines
