"""Two threads, of which a collision reduces activations: policies A and wA."""

from collections.abc import Sequence

from amaranth import Cat, Const, Module, Mux, Value
from amaranth.lib import data

from skimp.hw.arith.element import Gating
from skimp.hw.arith.heap import BitHeap
from skimp.hw.sysmt.params import SysmtPeParams
from skimp.hw.sysmt.reduce import large_weight
from skimp.hw.sysmt.structure import PRODUCT, Structure, add_shifted, split
from skimp.hw.wires import gate, wire

__all__ = ["NarrowActivation"]

# Arrivals in ns, as in `BitHeap`: of products, and of what negates some of them.
OPERAND, NEGATED, FLAG = 2.0, 2.2, 1.3


class NarrowActivation(Structure):
    """Each thread has a unit: 4 bits of an activation by 8 bits of a weight, rows of ANDs.

    A thread alone has both: its own unit for the low nibble, the other for the high nibble.

    ``wA`` keeps an activation of 8 bits with a small weight in one unit: the edge sends a small
    weight twice, in both halves of the wide port, and the half of the unit that has the upper copy
    takes the high nibble. That costs a second bus for a nibble and the sign of the lower copy,
    which is less than swapping the operands.

    Every bit that is passed on takes a register that stalls, 143 um2 in OSU 0.18 um. So activations
    have no tags, unless they stand still: the gates that find out whether they are zero or rounded
    up are smaller, as those for large activations are needed anyway. A small weight is zero if its
    low nibble is, a large weight never; only without the tag for large weights is there a tag for
    zero.

    Rows of ANDs beat digits of the weight here: 4 rows of 5 bits take fewer adders than 32 ANDs,
    but the bits of a digit's row cost three times as much, and digits are wider than the weight.
    """

    halts = True

    def __init__(self, params: SysmtPeParams):
        self.copies = params.policy == "wA"
        self.takes_tag = not params.sparsity
        nonzero = params.gating == Gating.ZERO and params.sparsity
        super().__init__(params, data.ArrayLayout(data.StructLayout({
            "value": 8, "nonzero": int(nonzero)}), 2), data.ArrayLayout(data.StructLayout({
            "value": 8, "large": int(self.copies),
            "nonzero": int(params.sparsity and not self.copies)}), 2))

    def encode_activation(self, m: Module, activations: Sequence[Value]) -> Value:
        return Cat(Cat(x, x.any()[:int(self.stale)]) for x in activations)

    def encode_weight(self, m: Module, weights: Sequence[Value]) -> Value:
        fields = []
        for w in weights:
            if self.copies:
                large = large_weight(m, w)
                fields += [w[:4], Mux(large, w[4:], w[:4]), large]
            else:
                fields += [w, w.any()[:int(self.params.sparsity)]]
        return Cat(fields)

    def products(self, m: Module, heap: BitHeap, activation: data.View, weight: data.View,
                 enable: Value | None = None) -> None:
        active = self.active(m, activation, weight)
        collision, alone = split(m, active, stale=self.stale)
        x = [activation[t].value for t in range(2)]
        for own in range(2):
            other = 1 - own
            crosses, big = alone[other], collision & x[own][4:].any()
            if self.copies:
                # A small weight needs no other unit and no reduced activation.
                crosses, big = crosses & weight[other].large, big & weight[own].large
            crosses = wire(m, crosses, "crosses")
            keeps = active[own] if self.stale else wire(m, ~crosses, "keeps")
            self._unit(m, heap, keeps, crosses, wire(m, big, "big"), (x[own], x[other]),
                       (weight[own], weight[other]), enable)

    def _unit(self, m: Module, heap: BitHeap, keeps: Value, crosses: Value, big: Value,
              activations: tuple[Value, Value], weights: tuple[data.View, data.View],
              enable: Value | None) -> None:
        """Multiply the own operands if it ``keeps``, those of the other thread if it ``crosses``.
        """
        low = wire(m, keeps & ~big, "low")
        own, other = activations
        # What the upper half takes of a small weight must not be reduced, nor what is not used.
        high, overflow = self.reduce(m, own[4:], own, big)
        high, crossing = gate(keeps, high), gate(crosses, other[4:])
        upper = negate = None
        if self.copies:
            # Two buses share one choice of the high nibble.
            high = wire(m, high | crossing, "high")
            narrow = Mux(low, own[:4], high)
            upper = wire(m, Mux(wire(m, low & weights[0].large, "lower"), own[:4], high),
                         "narrow_upper")
            negate = wire(m, keeps & ~weights[0].large, "negate")
        else:
            narrow = gate(low, own[:4]) | gate(big, high) | crossing
        narrow = wire(m, narrow, "narrow")
        wide = wire(m, gate(keeps, weights[0].value) | gate(crosses, weights[1].value), "wide")
        total, arrivals = self.multiply(m, narrow, wide, overflow, upper, negate)
        add_shifted(heap, total, arrivals, wire(m, crosses | big, "shift"), low, Const(0, 1),
                    enable)

    def multiply(self, m: Module, narrow: Value, wide: Value, overflow: Value,
                 upper: Value | None = None, negate: Value | None = None
                 ) -> tuple[Value, list[float]]:
        """Return ``narrow * wide``, and when its bits are there.

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

    def reduce(self, m: Module, nibble: Value, activation: Value,
               needed: Value) -> tuple[Value, Value]:
        """Reduce the high ``nibble`` of ``activation``; return it, and whether it should be 16.

        It is left as it is unless ``needed``. For half to even the bits below the half matter only
        if the nibble is even, and then there is no carry.
        """
        if self.params.rounding == "floor":
            return nibble, Const(0, 1)
        half = wire(m, activation[3] & needed, "half")
        carry = half & nibble[0]
        if self.params.saturate:
            carry = carry & ~nibble[1:].all()
        carry = wire(m, carry, "carry")
        bits = [(nibble[0] & ~carry) | (half & ~nibble[0] & activation[:3].any())]
        for bit in nibble[1:]:
            bits.append(bit ^ carry)
            carry = wire(m, bit & carry, "carry")
        return wire(m, Cat(bits), "reduced"), carry

    def active(self, m: Module, activation: data.View, weight: data.View) -> list[Value]:
        """Return which threads are active; nothing without ``sparsity``."""
        if not self.params.sparsity:
            return []
        active = []
        for x, w in ((activation[t], weight[t]) for t in range(2)):
            nonzero = w.large | w.value[:4].any() if self.copies else w.nonzero
            some = x.nonzero if self.stale else x.value.any()
            active.append(wire(m, some & nonzero, "active"))
        return active
