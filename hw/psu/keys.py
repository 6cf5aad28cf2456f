"""Sort keys of an element: buckets of its popcount, or some of its wires read as a Gray code."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from itertools import zip_longest
from operator import and_, or_

from amaranth import Cat, Const, Module, Mux, Value
from amaranth.utils import bits_for

from skimp.hw.arith.adder import full_adder
from skimp.hw.arith.popcount import count_ones
from skimp.hw.parameters import Params, check_distinct, check_range, parameter
from skimp.hw.wires import wire

__all__ = ["Key", "KeyParams", "gray", "key_code"]


class Key(StrEnum):
    """What elements are sorted by."""

    #: The number of ones, through the table ``buckets``; without a table each count is a bucket of
    #: its own (the paper's accurate unit), with one, several share it (its approximate unit).
    POPCOUNT = "popcount"
    #: The bits ``wires``, first the most significant, read as a reflected Gray code: neighbouring
    #: buckets differ in one wire, and no popcount is needed. This project's own.
    GRAY = "gray"
    #: Bucket 0 for the element zero, the Gray buckets behind it.
    NONZERO_GRAY = "nonzero-gray"


@dataclass(frozen=True, kw_only=True)
class KeyParams(Params):
    """How an element becomes the number of its bucket, 0 to ``bucket_count - 1``.

    ``buckets``, for the popcount key alone, are monotone and onto; ``wires``, for the Gray keys
    alone, are one to eight distinct bits. ``descending`` does not change the order of equal keys.
    """

    width: int = parameter(8, "bits of an element, 1 to 32", range(1, 33))
    key: Key = parameter(Key.POPCOUNT, "what elements are sorted by", Key)
    buckets: tuple[int, ...] | None = parameter(
        None, "popcount key: bucket of each count 0 to width (default: one bucket per count)")
    wires: tuple[int, ...] | None = parameter(
        None, "Gray keys: bits of the element, the most significant Gray digit first")
    descending: bool = parameter(False, "the largest bucket first")

    def __post_init__(self):
        super().__post_init__()
        if self.key == Key.POPCOUNT:
            if self.wires is not None:
                raise ValueError(f"wires belong to the Gray keys, not to key 'popcount': "
                                 f"{self.wires!r}")
            if self.buckets is not None:
                self._check_buckets(self.buckets)
        else:
            if self.buckets is not None:
                raise ValueError(f"buckets belong to key 'popcount', not to '{self.key}': "
                                 f"{self.buckets!r}")
            if not self.wires:
                raise ValueError(f"key '{self.key}' needs at least one of the element's wires")
            check_distinct("wires", self.wires, 0, self.width - 1)
            check_range("number of wires", len(self.wires), 1, 8)

    def _check_buckets(self, table: tuple[int, ...]) -> None:
        if len(table) != self.width + 1:
            raise ValueError(f"buckets must have {self.width + 1} entries, one for each count of 0 "
                             f"to {self.width}, not {len(table)}")
        for count, (low, high) in enumerate(zip((0, *table), table, strict=False)):
            if not low <= high <= low + bool(count):
                raise ValueError("buckets must start at 0 and go up by 0 or 1 from count to count, "
                                 f"but count {count} has {high!r} behind {low!r}: {table!r}")
        if table[-1] == 0:
            raise ValueError(f"buckets must be at least two, not {table!r}")

    @property
    def bucket_count(self) -> int:
        """Number of buckets."""
        if self.key == Key.POPCOUNT:
            return self.width + 1 if self.buckets is None else self.buckets[-1] + 1
        return 2 ** len(self.wires or ()) + (self.key == Key.NONZERO_GRAY)


def gray(number: int) -> int:
    """Return the reflected Gray code of ``number``."""
    return number ^ number >> 1


def key_code(m: Module, element: Value, params: KeyParams, codes: Sequence[int]) -> Value:
    """Return ``codes[b]`` of the bucket ``b`` of ``element``; a sorter has a code per bucket."""
    if params.descending:
        codes = codes[::-1]
    width = bits_for(max(codes))
    if params.key == Key.POPCOUNT:
        of_count = params.buckets or tuple(range(params.width + 1))
        starts = [count for count in range(1, len(of_count))
                  if of_count[count] != of_count[count - 1]]
        if len({start % 2 for start in starts}) == 1 and params.width >= 4:
            return _from_thresholds(_reached(m, list(element), starts), codes, width)
        return _lookup(count_ones(m, list(element)), [codes[bucket] for bucket in of_count],
                       width)
    assert params.wires is not None
    word = Cat(element[position] for position in reversed(params.wires))
    zero = params.key == Key.NONZERO_GRAY
    table: list[int | None] = [None] * 2 ** len(word)
    for position, code in enumerate(codes[zero:]):
        table[gray(position)] = code
    looked_up = _lookup(word, table, width)
    return Mux(element.any(), looked_up, codes[0]) if zero else looked_up


def _reached(m: Module, bits: list[Value], starts: list[int]) -> list[Value]:
    """Return for each of ``starts``, all odd or all even, whether so many of ``bits`` are one.

    Half the count decides: a full adder makes a pair of three bits, and the thresholds 1 and 3, or
    2 and 4, of the last four bits make pairs. The thermometer of pairs takes fewer gates than the
    count and a table.
    """
    parity = starts[0] % 2
    pairs = []
    while len(bits) > 4:
        a, b, c, *rest = bits
        bit, pair = full_adder(m, a, b, c, "ones")
        bits = [*rest, bit]
        pairs.append(pair)
    four = _thermometer(m, bits)
    reached = _merged(m, _thermometer(m, pairs), four[1 - parity::2])
    return [reached[(start + parity) // 2 - 1] for start in starts]


def _thermometer(m: Module, bits: list[Value]) -> list[Value]:
    """Sort ``bits``: entry ``k`` is whether more than ``k`` of them are one."""
    if len(bits) < 2:
        return bits
    half = len(bits) // 2
    return _merged(m, _thermometer(m, bits[:half]), _thermometer(m, bits[half:]))


def _merged(m: Module, a: list[Value], b: list[Value]) -> list[Value]:
    """Return the thermometer of the sum of two thermometers."""
    merged = []
    for total in range(1, len(a) + len(b) + 1):
        terms = []
        for of_a in range(max(0, total - len(b)), min(total, len(a)) + 1):
            of_b = total - of_a
            terms.append(reduce(and_, [*a[:of_a][-1:], *b[:of_b][-1:]]))
        merged.append(wire(m, reduce(or_, terms), "reached"))
    return merged


def _from_thresholds(reached: list[Value], codes: Sequence[int], width: int) -> Value:
    """Return ``codes[b]`` where the first ``b`` thresholds are reached."""
    bits = []
    for bit in range(width):
        column = [code >> bit & 1 for code in codes]
        turns = [reached[bucket - 1] for bucket in range(1, len(column))
                 if column[bucket] != column[bucket - 1]]
        if column[0]:
            turns = [Const(1, 1), *turns]
        # One from each odd turn to the next even one.
        spans = [on & ~off if off is not None else on
                 for on, off in zip_longest(turns[::2], turns[1::2])]
        bits.append(reduce(or_, spans, Const(0, 1)))
    return Cat(bits)


def _lookup(select: Value, table: list[int | None], width: int) -> Value:
    """Return entry ``select`` of a table of constants; missing entries and None do not matter.

    A tree of multiplexers from the top bit down, where a half that does not matter has the value of
    the other half: synthesis cannot know which counts never occur.
    """
    table = table + [None] * ((1 << len(select)) - len(table))
    return Cat(_lookup_bit(select, [None if entry is None else entry >> bit & 1 for entry in table])
               for bit in range(width))


def _lookup_bit(select: Value, table: list[int | None]) -> Value:
    known = {entry for entry in table if entry is not None}
    if len(known) < 2:
        return Const(known.pop() if known else 0, 1)
    half = len(table) // 2
    low, high = table[:half], table[half:]
    if all(a is None or b is None or a == b for a, b in zip(low, high, strict=True)):
        return _lookup_bit(select[:-1], [b if a is None else a
                                         for a, b in zip(low, high, strict=True)])
    return Mux(select[-1], _lookup_bit(select[:-1], high), _lookup_bit(select[:-1], low))
