"""Verilog models of a library's cells, for simulation."""

import re

from skimp.jobs import tools
from skimp.silicon.library import Library
from skimp.silicon.mapping import yosys

__all__ = ["cell_models"]

READ = """\
read_liberty -ignore_miss_func cells.lib
proc
opt
clean -purge
write_verilog -noattr cells.v
"""
# A clock gate has no function that Yosys could read.
GATE = """
module {name}({pins});
  input {inputs};
  output {output};
  reg open;
  always @*
    if (!{clock}) open = {enables};
  assign {output} = {clock} & open;
endmodule
"""


def cell_models(library: Library) -> str:
    """Return Verilog models of the library's cells, made from their functions.

    Registers start at 0 and see no edge before time has begun. Silicon has no X, and gates spread
    it where the function would not: from a register that has held what it never took, say.
    """
    with tools.scratch() as folder:
        (folder / "cells.lib").write_text(library.for_reading)
        yosys(READ, folder)
        models = (folder / "cells.v").read_text()
    models = re.sub(r"^( *always @\((?:pos|neg)edge [^)]*\))$", r"\1 if ($time > 0)", models,
                    flags=re.MULTILINE)
    models = re.sub(r"^( *)reg (\w+);$", r"\1reg \2;\n\1initial \2 = 1'b0;", models,
                    flags=re.MULTILINE)
    return models + _clock_gate(library)


def _clock_gate(library: Library) -> str:
    if not library.clock_gating or not library.gating.whole:
        return ""
    name, gate = library.gating.whole
    inputs = list(library.timed[name].inputs)
    return GATE.format(
        name=name, pins=", ".join([*inputs, gate.output]), inputs=", ".join(inputs),
        output=gate.output, clock=gate.clock, enables=" | ".join([gate.enable, *gate.tests]))
