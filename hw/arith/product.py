"""Products of an unsigned and a signed number, by rows of ANDs."""

from amaranth import Value

from hw.arith.heap import BitHeap

__all__ = ["and_rows"]


def and_rows(heap: BitHeap, number: Value, signed: Value, arrival: float, column: int = 0) -> None:
    """Add ``number * signed * 2**column`` to ``heap``: a row for each bit of ``number``."""
    for row, bit in enumerate(number):
        for place, other in enumerate(signed):
            negative = place == len(signed) - 1
            put = heap.subtract if negative else heap.add
            put(bit & other, column + row + place, arrival)
