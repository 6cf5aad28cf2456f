"""Copies of a library for the tools, without what they cannot read or would apply unasked."""

import re
from collections.abc import Collection

from skimp.silicon.liberty import cut, split

__all__ = ["for_mapping", "for_timing"]

# Of a cell's text: capacitances of pins, but not limits.
CAPACITANCE = re.compile(r"(?<!\w)((?:rise_|fall_)?capacitance\s*:\s*)([\d.eE+-]+)")
# The same wire for each pin, however many there are.
WIRE_LOAD = """\
  wire_load (skimp) {{
    resistance : 0;
    capacitance : {:.7g};
    area : 0;
    slope : 1;
    fanout_length (1, 1);
  }}
  default_wire_load : "skimp";
"""


def for_mapping(text: str, keep: Collection[str], wire: float) -> str:
    """Return the text for ABC: cells ``keep``, with a ``wire`` (file's unit) in each input pin."""
    head, cells = split(_without_wires(cut(text, "internal_power", "leakage_power")))

    def loaded(match: re.Match[str]) -> str:
        return f"{match[1]}{float(match[2]) + wire:.7g}"

    return "\n".join([head, *(CAPACITANCE.sub(loaded, body) for name, body in cells.items()
                              if name in keep), "}\n"])


def for_timing(text: str, wire: float, *, power: bool) -> str:
    """Return the text for OpenSTA: a ``wire`` for each pin, and energies if for ``power``."""
    dropped = () if power else ("internal_power", "leakage_power")
    head, cells = split(_without_wires(cut(text, *dropped) if dropped else text))
    # Behind the head: OpenSTA must know the units when it reads a number.
    return "\n".join([head, WIRE_LOAD.format(wire), *cells.values(), "}\n"])


def _without_wires(text: str) -> str:
    """Drop a library's own wire loads, which both ABC and OpenSTA would apply unasked."""
    text = cut(text, "wire_load", "wire_load_selection", "wire_load_table")
    return re.sub(r"\bdefault_wire_load\w*\s*:[^;\n]*;?", "", text)
