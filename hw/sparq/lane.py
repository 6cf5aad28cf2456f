"""The two lanes that multiply a pair."""

from itertools import combinations

from amaranth import Const, Module, Mux, Value
from amaranth.lib import data

from skimp.hw.arith.heap import BitHeap
from skimp.hw.arith.product import and_rows
from skimp.hw.sparq.pair import has_steal_bit
from skimp.hw.sparq.window import WindowParams
from skimp.hw.wires import gate, wire

__all__ = ["multiply_pair"]

OPERAND = 0.85          # arrival of a weight behind its multiplexer, in ns as in `BitHeap`
MUX = 0.1               # delay of a multiplexer


def multiply_pair(m: Module, heap: BitHeap, pair: data.View, weights: tuple[Value, Value],
                  params: WindowParams, enable: Value | None = None) -> None:
    """Add the products of a ``pair``, encoded as `pair_layout` says, with its weights to ``heap``.

    ``weights`` are complements, for the multiplexer of the two inverts. With ``enable`` nothing is
    added unless it is one.

    Each lane: a weight of two, an array of ``window`` rows, a shifter. The product is added up
    before it is shifted, so only one number has to be.
    """
    for lane in range(2):
        code, other = pair.code[lane], pair.code[1 - lane]
        steals = wire(m, _steals(pair, lane, params), "steals")
        if params.window < 4 and not has_steal_bit(params):
            code = wire(m, Mux(steals, _beside(other, params), code), "code")
        weight = wire(m, ~Mux(steals, weights[1 - lane], weights[lane]), "weight")
        width = params.window + len(weight)
        # Complements, for the multiplexers of the shifter invert; the sign is one anyway.
        product = BitHeap(m, width, "product", inverted=width - 1)
        kept = pair.kept[lane]
        if enable is not None:
            kept = wire(m, gate(enable, kept), "kept")
        and_rows(product, kept, weight, OPERAND, clear=True)
        bits = wire(m, (product.total() ^ ((1 << width - 1) - 1)).as_signed(), "product")
        # No bit of a product is above those of an activation of 8 bits.
        shifted = _shift(m, bits, code, params.shifts)[:8 + len(weight)]
        for column, bit in enumerate(shifted):
            arrival = product.arrivals[min(column, width - 1)] + MUX * len(code)
            if column == len(shifted) - 1:
                heap.subtract(bit, column, arrival)
            else:
                heap.add(bit, column, arrival)


def _steals(pair: data.View, lane: int, params: WindowParams) -> Value:
    """Return whether ``lane`` takes the weight of the other lane."""
    code, other = pair.code[lane], pair.code[1 - lane]
    if has_steal_bit(params):
        # With a window of 4 bits or more the other code is that of shift 0.
        return pair.steal & (code[0] if params.window >= 4 else code > other)
    # The fewest bits of which no index has all, instead of all bits.
    bits = range(params.code_width)
    masks = [sum(1 << bit for bit in chosen)
             for count in bits for chosen in combinations(bits, count + 1)]
    mask = next(mask for mask in masks
                if all(index & mask != mask for index in range(len(params.shifts))))
    return (code & mask) == mask


def _beside(code: Value, params: WindowParams) -> Value:
    """Return the code of the window beside that of ``code``."""
    result: Value = Const(0, params.code_width)
    for index, shift in enumerate(params.shifts):
        if shift + params.window in params.shifts:
            result = Mux(code == index, params.shifts.index(shift + params.window), result)
    return result


def _shift(m: Module, number: Value, code: Value, shifts: tuple[int, ...]) -> Value:
    """Shift a signed ``number`` to the left by the shift that ``code`` is the index of.

    A multiplexer for each bit of the code, the lowest bit first, while the number is narrow.
    """
    if len(shifts) == 1:
        return wire(m, number.shift_left(shifts[0]), "shifted")
    top = len(code) - 1
    middle = 1 << top
    if len(shifts) <= middle:
        return _shift(m, number, code[:top], shifts)
    lower, upper = shifts[:middle], shifts[middle:]
    if top == 1 and len(upper) == 1:
        # The all-ones code too is the largest shift: mask the other bit, and shift twice.
        result = _shift(m, number, wire(m, code[0] & ~code[1], "small"), lower)
        return wire(m, Mux(code[1], result.shift_left(upper[0]), result), "shifted")
    result = _shift(m, number, code[:top], lower)
    step = upper[0] - lower[0]
    if len(upper) > 1 and upper == tuple(shift + step for shift in lower[:len(upper)]):
        shifted = result.shift_left(step)
    else:
        # Alone in the upper half, a shift needs no other bit of the code: all ones will do as well.
        shifted = _shift(m, number, code[:top], upper)
    return wire(m, Mux(code[top], shifted, result), "shifted")
