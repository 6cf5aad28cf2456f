"""The full adder, as a module of its own in the Verilog."""

from amaranth import Instance, Module, Signal, Value

__all__ = ["FULL_ADDER", "full_adder", "full_adder_module"]

# Stands for the module until `hw.emit` gives it a name that belongs to the unit.
FULL_ADDER = "skimp_full_adder"


def full_adder(m: Module, a: Value, b: Value, c: Value, name: str) -> tuple[Value, Value]:
    """Sum and carry of three bits.

    Logic synthesis never finds a library's full-adder cell by itself. A module marks the place, and
    a flow may put the cell there; elsewhere its two lines of plain Verilog serve.
    """
    total, carry = Signal(name=f"{name}_sum"), Signal(name=f"{name}_carry")
    m.submodules += Instance(FULL_ADDER, i_a=a, i_b=b, i_c=c, o_sum=total, o_carry=carry)
    return total, carry


def full_adder_module(name: str) -> str:
    """Verilog of the module that full adders are instances of."""
    return f"""
module {name}(input a, input b, input c, output sum, output carry);
  assign sum = a ^ b ^ c;
  assign carry = (a & b) | (c & (a | b));
endmodule
"""
