"""An adder of two numbers whose carry passes blocks of bits at once."""

from amaranth import Cat, Module, Mux, Value

from hw.wires import wire

__all__ = ["add"]

BLOCK = 6               # bits, whose carry ripples


def add(m: Module, a: Value, b: Value, carry: Value) -> Value:
    """Give ``a + b + carry`` modulo two to the width of ``a``, by carry selection.

    Each block of bits is added up with and without a carry, and the carry chooses.
    """
    bits = []
    for low in range(0, len(a), BLOCK):
        x, y = a[low:low + BLOCK], b[low:low + BLOCK]
        without = wire(m, x + y, "block_sum")
        chosen = wire(m, Mux(carry, (without + 1)[:len(without)], without), "block_chosen")
        bits.append(chosen[:len(x)])
        carry = chosen[len(x)]
    return wire(m, Cat(bits)[:len(a)], "total")
