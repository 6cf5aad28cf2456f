"""Two threads, of which a collision reduces weights: policy W."""

from collections.abc import Sequence

from amaranth import Cat, Const, Module, Mux, Value
from amaranth.lib import data

from skimp.hw.arith.booth import last_row, lower_row
from skimp.hw.arith.heap import BitHeap
from skimp.hw.sysmt.params import SysmtPeParams
from skimp.hw.sysmt.reduce import large_weight, reduce_weight
from skimp.hw.sysmt.structure import PRODUCT, Structure, add_shifted, split
from skimp.hw.wires import gate, wire

__all__ = ["FLAG", "NarrowWeight", "multiply_digits"]

OPERAND, FLAG = 2.1, 1.9        # arrivals in ns, as in `BitHeap`: of a row's bits and of its sign


class NarrowWeight(Structure):
    """Each thread has a unit: two digits of a weight by 8 bits of an activation.

    A weight is ``16 * high + low``, with both of -8 to 8, so half to even is but to drop ``low``.
    Each is a lower digit of -1 to 2 and an upper one of -2 to 2, as in
    :func:`~hw.arith.booth.booth_digits`. A thread alone has both units: its own one for ``low``,
    the other one for ``high``. Of a small weight ``high`` is zero. Where reduced weights may be
    less than ``high``, their digits are sent, too; in saturation only the lower one differs.

    This structure is the smallest: no gate rounds, most tags are codes that digits do not use, and
    the one that completes a negative row of the lower digit is added behind the shift, where there
    is a free place: 1 is 16 - 15, and a shift leaves room for 15.

    Fields of a weight: the digits of ``low``; the lower digit of ``high``; ``tag``, its upper
    digit, or 0 for zero and 4 for any other small weight; the digits of the reduced weight. Lower
    digits and ``tag`` are complements, so that zero is all zeros.
    """

    halts = True

    def __init__(self, params: SysmtPeParams):
        self.takes_tag = not params.sparsity
        self.apart = not params.overflows
        self.floors = params.rounding == "floor"
        super().__init__(params, data.ArrayLayout(data.StructLayout({
            "value": 8, "nonzero": int(params.sparsity)}), 2),
            data.ArrayLayout(data.StructLayout({
                "low": 5, "high": 2, "tag": 3, "reduced": 2 * self.apart,
                "reduced_upper": 3 * self.floors}), 2))

    def encode_activation(self, m: Module, activations: Sequence[Value]) -> Value:
        return Cat(Cat(x, x.any()[:int(self.params.sparsity)]) for x in activations)

    def encode_weight(self, m: Module, weights: Sequence[Value]) -> Value:
        fields = []
        for w in weights:
            large = wire(m, w.any(), "nonzero") if self.params.always else large_weight(m, w)
            up = wire(m, w[3] & (w[:3].any() | w[4]), "up")
            low = wire(m, Cat(w[:4], Mux(large, up, w[3])).as_signed(), "low")
            high = wire(m, w[4:].as_signed() + up, "high")
            low_upper, upper = (wire(m, (part + 1) >> 2, "upper") for part in (low, high))
            fields += [_lower_digit(m, low, low_upper), _upper_digit(m, low_upper),
                       gate(large, _lower_digit(m, high, upper))]
            fields.append(Mux(large, ~_upper_digit(m, upper), Cat(Const(0, 2), w.any())))
            if self.apart:
                reduced = reduce_weight(m, w, self.params).as_signed()
                if self.floors:
                    upper = wire(m, (reduced + 1) >> 2, "upper")
                fields.append(gate(large, _lower_digit(m, reduced, upper)))
                if self.floors:
                    fields.append(gate(large, _upper_digit(m, upper)))
        return Cat(fields)

    def products(self, m: Module, heap: BitHeap, activation: data.View, weight: data.View,
                 enable: Value | None = None) -> None:
        large = [wire(m, weight[t].tag[:2].any(), "large") for t in range(2)]
        active = self.active(m, activation, weight)
        collision, alone = split(m, active, stale=self.stale)
        for own in range(2):
            other = 1 - own
            # Without a high part a thread alone needs no other unit, and a collision takes nothing.
            crosses = wire(m, alone[other] & large[other], "crosses")
            big = wire(m, collision & large[own], "big")
            shift = wire(m, crosses | big, "shift")
            keeps = active[own] if self.stale else wire(m, ~crosses, "keeps")
            stay = wire(m, keeps & ~big if self.stale else ~shift, "stay")
            lower = ~(gate(stay, weight[own].low[:2])
                      | gate(big, weight[own].reduced if self.apart else weight[own].high)
                      | gate(crosses, weight[other].high))
            upper = (gate(stay, weight[own].low[2:])
                     | gate(big, weight[own].reduced_upper if self.floors else ~weight[own].tag)
                     | gate(crosses, ~weight[other].tag))
            wide = gate(keeps, activation[own].value) | gate(crosses, activation[other].value)
            plain, flip = wire(m, lower, "lower")
            negative = wire(m, ~plain & flip, "negative")
            # Complements, for the shift inverts.
            product = BitHeap(m, PRODUCT, "product", inverted=PRODUCT)
            multiply_digits(m, product, wire(m, wide, "wide"), (plain, flip), negative,
                            wire(m, upper, "upper"))
            total = wire(m, product.total() ^ ((1 << PRODUCT) - 1), "product")
            add_shifted(heap, total, product.arrivals, shift, stay, negative, enable)
            heap.add(negative if enable is None else negative & enable, 0, FLAG)

    def active(self, m: Module, activation: data.View, weight: data.View) -> list[Value]:
        """Return which threads are active; nothing without ``sparsity``."""
        if not self.params.sparsity:
            return []
        return [wire(m, activation[t].nonzero & weight[t].tag.any(), "active") for t in range(2)]


def multiply_digits(m: Module, heap: BitHeap, number: Value, lower: tuple[Value, Value],
                    lower_negative: Value, upper: Value, place: int = 0, *,
                    copies: bool = True) -> None:
    """Add ``(number * digits - lower_negative) * 2**place`` to ``heap``.

    Signs are copied to the top of the heap, which takes as many adders as constants would; without
    ``copies`` they are subtracted, which suits a wide heap.
    """
    width, negative = len(number), upper[-1]
    lower_row(m, heap, number, *lower, place, OPERAND)
    last_row(m, heap, number, upper, place + 2, OPERAND)
    heap.add(negative, place + 2, FLAG)
    for sign, low in ((lower_negative, place), (negative, place + 2)):
        if copies:
            for column in range(low + width + 1, heap.width):
                heap.add(sign, column, FLAG)
        else:
            heap.subtract(sign, low + width + 1, FLAG)


def _lower_digit(m: Module, number: Value, upper: Value) -> Value:
    """Return the complement of ``plain`` and ``flip`` of the digit beside ``upper``."""
    digit = wire(m, number - (upper << 2), "digit")
    return wire(m, Cat((digit != 0) & (digit != 1), (digit != 0) & (digit != -1)), "lower")


def _upper_digit(m: Module, digit: Value) -> Value:
    """Return ``one``, ``two`` and ``negative`` of a digit."""
    return wire(m, Cat(digit[0], digit[1] & ~digit[0], digit < 0), "upper")
