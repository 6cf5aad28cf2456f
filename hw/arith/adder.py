"""Full and half adders, as modules of their own in the Verilog."""

import re

from amaranth import Instance, Module, Signal, Value

__all__ = ["ADDERS", "adder_modules", "full_adder", "half_adder"]

# Placeholders for the modules, until `hw.emit` names them after the unit.
FULL_ADDER = "skimp_full_adder"
HALF_ADDER = "skimp_half_adder"


def full_adder(m: Module, a: Value, b: Value, c: Value, name: str) -> tuple[Value, Value]:
    """Return sum and carry of three bits.

    Logic synthesis never finds a library's full-adder cell by itself. A module marks the place, so
    that a flow may map the cell there; without one, its two lines of plain Verilog remain.
    """
    total, carry = Signal(name=f"{name}_sum"), Signal(name=f"{name}_carry")
    m.submodules += Instance(FULL_ADDER, i_a=a, i_b=b, i_c=c, o_sum=total, o_carry=carry)
    return total, carry


def half_adder(m: Module, a: Value, b: Value, name: str) -> tuple[Value, Value]:
    """Return sum and carry of two bits; a module for the same reason."""
    total, carry = Signal(name=f"{name}_sum"), Signal(name=f"{name}_carry")
    m.submodules += Instance(HALF_ADDER, i_a=a, i_b=b, o_sum=total, o_carry=carry)
    return total, carry


ADDERS = {
    FULL_ADDER: f"""
module {FULL_ADDER}(input a, input b, input c, output sum, output carry);
  assign sum = a ^ b ^ c;
  assign carry = (a & b) | (c & (a | b));
endmodule
""",
    HALF_ADDER: f"""
module {HALF_ADDER}(input a, input b, output sum, output carry);
  assign sum = a ^ b;
  assign carry = a & b;
endmodule
""",
}


def adder_modules(body: str) -> str:
    """Return the Verilog of the adders that ``body`` instantiates."""
    return "".join(text for adder, text in ADDERS.items() if re.search(rf"\b{adder}\b", body))
