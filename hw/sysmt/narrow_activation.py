"""Two threads, of which a collision reduces activations: policies A and wA."""

from collections.abc import Sequence

from amaranth import Cat, Const, Module, Mux, Value
from amaranth.lib import data

from hw.arith.heap import BitHeap
from hw.sysmt.params import SysmtPeParams
from hw.sysmt.reduce import large_weight, round_up
from hw.sysmt.structure import PRODUCT, Structure, add_shifted, split
from hw.wires import gate, wire

__all__ = ["NarrowActivation"]

# Arrivals in ns, as in `BitHeap`: of products, and of what negates some of them.
OPERAND, NEGATED, FLAG = 2.0, 2.2, 1.3


class NarrowActivation(Structure):
    """Each thread has a unit: 4 bits of an activation by 8 bits of a weight, rows of ANDs.

    A thread alone has both: its own unit for the low nibble, the other one for the high nibble.

    ``wA`` keeps an activation of 8 bits with a small weight in one unit: the edge sends a small
    weight twice, in both halves of the wide port, and the half of the unit that has the upper copy
    takes the high nibble. That costs a second bus for a nibble, which is less than to swap the
    operands, and the sign of the lower copy.

    Of an activation there is one tag. With bit 3 set it is not zero anyway, and the tag says
    whether it is rounded up; otherwise it never is, and the tag says whether it is not zero.
    To send reduced activations instead of rounding them here would take more registers than it
    spares gates.

    Rows of ANDs beat digits of the weight here: 4 rows of 5 bits take fewer adders than 32 ANDs,
    but the bits of a digit's row cost three times as much, and digits are wider than the weight.
    """

    def __init__(self, params: SysmtPeParams):
        super().__init__(params)
        self.nearest = params.rounding == "nearest"
        self.copies = params.policy == "wA"
        # What just meets 8 ns in OSU 0.18 um.
        self.skips = (24,) if self.copies or params.always else (22, 27)
        self.tags = int(self.nearest or params.sparsity)
        self.activation = data.ArrayLayout(data.StructLayout({
            "value": 8, "tag": self.tags}), 2)
        self.weight = data.ArrayLayout(data.StructLayout({
            "value": 8, "nonzero": int(params.sparsity), "large": int(self.copies)}), 2)

    def encode_activation(self, m: Module, activations: Sequence[Value]) -> Value:
        fields = []
        for x in activations:
            tag = x.any()
            if self.nearest:
                tag = Mux(x[3], round_up(m, x, self.params, 15), tag)
            fields += [x, tag[:self.tags]]
        return Cat(fields)

    def encode_weight(self, m: Module, weights: Sequence[Value]) -> Value:
        fields = []
        for w in weights:
            if self.copies:
                large = large_weight(m, w)
                fields += [w[:4], Mux(large, w[4:], w[:4])]
            else:
                large = Const(0, 0)
                fields.append(w)
            fields += [w.any()[:int(self.params.sparsity)], large]
        return Cat(fields)

    def products(self, m: Module, heap: BitHeap, activation: data.View, weight: data.View) -> None:
        collision, alone = split(m, self.active(m, activation, weight))
        for own in range(2):
            other = 1 - own
            crosses, big = alone[other], collision & activation[own].value[4:].any()
            if self.copies:
                # A small weight needs no other unit and no reduced activation.
                crosses, big = crosses & weight[other].large, big & weight[own].large
            self._unit(m, heap, wire(m, crosses, "crosses"), wire(m, big, "big"),
                       (activation[own], activation[other]), (weight[own], weight[other]))

    def _unit(self, m: Module, heap: BitHeap, crosses: Value, big: Value,
              activations: tuple[data.View, data.View], weights: tuple[data.View, data.View]
              ) -> None:
        """Multiply the thread's own operands, or those of the other one if it ``crosses``."""
        keeps = wire(m, ~crosses, "keeps")
        low = wire(m, ~(crosses | big), "low")
        own, other = (activation.value for activation in activations)
        # Only these use the high nibble, or a sixteen, where it must not be reduced.
        needed = big if self.copies or self.params.overflows else Const(1, 1)
        high, overflow = self.reduce(m, own[4:], activations[0], needed)
        crossing = gate(crosses, other[4:])
        narrow = wire(m, gate(low, own[:4]) | gate(big, high) | crossing, "narrow")
        upper = negate = None
        if self.copies:
            small = wire(m, ~weights[0].large, "small")
            negate = wire(m, keeps & small, "negate")
            upper = wire(m, gate(wire(m, low & ~small, "lower"), own[:4])
                         | gate(wire(m, big | negate, "upper"), high) | crossing, "narrow_upper")
        wide = wire(m, gate(keeps, weights[0].value) | gate(crosses, weights[1].value), "wide")
        total, arrivals = self.multiply(m, narrow, wide, overflow, upper, negate)
        add_shifted(heap, total, arrivals, wire(m, crosses | big, "shift"), low, Const(0, 1))

    def multiply(self, m: Module, narrow: Value, wide: Value, overflow: Value,
                 upper: Value | None = None, negate: Value | None = None
                 ) -> tuple[Value, list[float]]:
        """Give ``narrow * wide``, and when its bits are there.

        With ``overflow`` it is ``16 * wide``; ``narrow`` is zero then. The upper half of ``wide``
        is multiplied with ``upper`` instead, if given; the lower half is signed if ``negate``.
        """
        # Complements, for the shift inverts.
        product = BitHeap(m, PRODUCT, "product", inverted=PRODUCT)
        for row in range(4):
            for place, other in enumerate(wide):
                bit = (narrow if upper is None or place < 4 else upper)[row] & other
                if place == 7:
                    product.subtract(bit, row + place, OPERAND)
                elif place == 3 and negate is not None:
                    product.add(bit ^ negate, row + place, NEGATED)
                else:
                    product.add(bit, row + place, OPERAND)
        if negate is not None:
            # Each of the four rows: -b = ~b - 1.
            product.add(negate, 3, FLAG)
            product.subtract(negate, 7, FLAG)
        total = product.total() ^ ((1 << PRODUCT) - 1)
        if self.params.overflows:
            total = Cat(total[:4], total[4:] | gate(overflow, wide))
        return wire(m, total, "product"), product.arrivals

    def reduce(self, m: Module, nibble: Value, activation: data.View,
               needed: Value) -> tuple[Value, Value]:
        """Reduce the high ``nibble`` of ``activation``; give it, and whether it should be 16.

        It is left as it is unless ``needed``.
        """
        if not self.nearest:
            return nibble, Const(0, 1)
        bits = []
        carry = wire(m, activation.value[3] & activation.tag & needed, "up")
        for bit in nibble:
            bits.append(wire(m, bit ^ carry, "reduced"))
            carry = wire(m, bit & carry, "reduced_carry")
        return Cat(bits), carry

    def active(self, m: Module, activation: data.View, weight: data.View) -> list[Value]:
        """Tell which threads are active; nothing if that is not looked at."""
        if not self.params.sparsity:
            return []
        active = []
        for x, w in ((activation[t], weight[t]) for t in range(2)):
            nonzero = x.tag | x.value[3] if self.nearest else x.tag
            active.append(wire(m, nonzero & w.nonzero, "active"))
        return active
