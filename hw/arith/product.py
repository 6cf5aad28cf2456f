"""Products of an unsigned and a signed number, by rows of ANDs."""

from amaranth import Value

from skimp.hw.arith.heap import BitHeap

__all__ = ["and_rows"]


def and_rows(heap: BitHeap, number: Value, signed: Value, arrival: float, *,
             clear: bool = False) -> None:
    """Add ``number * signed`` to ``heap``: a row for each bit of ``number``.

    The sign's bits are negative, which makes a constant of two ones: at the sign of the first row,
    and above the last row. With ``clear``, for a bit more, there are no constants in the middle,
    where carries are late and a one would delay them further.
    """
    sign = len(signed) - 1
    for row, bit in enumerate(number):
        for place, other in enumerate(signed[:sign]):
            heap.add(bit & other, row + place, arrival)
        negative = bit & signed[sign]
        if clear and row == 0:              # -b = b - 2 b
            heap.add(negative, sign, arrival)
            heap.subtract(negative, sign + 1, arrival)
        else:
            heap.subtract(negative, row + sign, arrival)
