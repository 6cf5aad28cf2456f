"""What Yosys reads of a unit: its code, with the library's adders and tie cells."""

import re

from skimp.hw.emit import Emitted
from skimp.silicon.library import Library

__all__ = ["code_of", "ties", "with_adder_cells"]

# Ports of our modules for the inputs of a library's cell, in any order.
ADDER_INPUTS = {"full_adder": ("a", "b", "c"), "half_adder": ("a", "b")}


def code_of(verilog: str) -> str:
    """Return Verilog without the comment lines at its head."""
    return re.sub(r"\A(//.*\n)+", "", verilog)


def ties(library: Library) -> str:
    """Return the command that makes constants with the library's tie cells."""
    options = [f"-{option} {' '.join(library.ties[value])}"
               for option, value in (("hicell", "1"), ("locell", "0")) if value in library.ties]
    return " ".join(["hilomap", *options]) if options else ""


def with_adder_cells(unit: Emitted, library: Library) -> str:
    """Return the Verilog of ``unit``, its adders replaced by the library's where there are such."""
    text = unit.verilog
    for name, adder in library.adders.items():
        module = f"module {unit.name}_{name}("
        if module in text:
            wires = dict(zip(adder.inputs, ADDER_INPUTS[name], strict=True))
            inverters = ""
            for pin, port, inverted in zip((adder.sum, adder.carry), ("sum", "carry"),
                                           adder.inverted, strict=True):
                wires[pin] = f"not_{port}" if inverted else port
                if inverted:
                    inverters += f"  wire not_{port};\n  assign {port} = ~not_{port};\n"
            ports = ", ".join(f".{pin}({wire})" for pin, wire in wires.items())
            start = text.index(module)
            head, end = text.index(";", start) + 1, text.index("endmodule", start)
            text = f"{text[:head]}\n{inverters}  {adder.cell} cell ({ports});\n{text[end:]}"
    return text
