"""Full and half adders, as modules of their own in the Verilog."""

from amaranth import Instance, Module, Signal, Value

__all__ = ["FULL_ADDER", "HALF_ADDER", "adder_modules", "full_adder", "half_adder"]

# Stand for the modules until `hw.emit` gives them names that belong to the unit.
FULL_ADDER = "skimp_full_adder"
HALF_ADDER = "skimp_half_adder"


def full_adder(m: Module, a: Value, b: Value, c: Value, name: str) -> tuple[Value, Value]:
    """Sum and carry of three bits.

    Logic synthesis never finds a library's full-adder cell by itself. A module marks the place, and
    a flow may put the cell there; elsewhere its two lines of plain Verilog serve.
    """
    total, carry = Signal(name=f"{name}_sum"), Signal(name=f"{name}_carry")
    m.submodules += Instance(FULL_ADDER, i_a=a, i_b=b, i_c=c, o_sum=total, o_carry=carry)
    return total, carry


def half_adder(m: Module, a: Value, b: Value, name: str) -> tuple[Value, Value]:
    """Sum and carry of two bits; a module for the same reason."""
    total, carry = Signal(name=f"{name}_sum"), Signal(name=f"{name}_carry")
    m.submodules += Instance(HALF_ADDER, i_a=a, i_b=b, o_sum=total, o_carry=carry)
    return total, carry


MODULES = {
    FULL_ADDER: """
module {name}(input a, input b, input c, output sum, output carry);
  assign sum = a ^ b ^ c;
  assign carry = (a & b) | (c & (a | b));
endmodule
""",
    HALF_ADDER: """
module {name}(input a, input b, output sum, output carry);
  assign sum = a ^ b;
  assign carry = a & b;
endmodule
""",
}


def adder_modules(body: str, top: str) -> str:
    """Give Verilog ``body`` of module ``top`` with the adders that it has instances of."""
    for adder, module in MODULES.items():
        if f"{adder} " in body:
            name = adder.replace("skimp", top)
            body = body.replace(f"{adder} ", f"{name} ") + module.format(name=name)
    return body
