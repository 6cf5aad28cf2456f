"""Copies of a library for the tools, without what they cannot read or would apply unasked."""

import re
from collections.abc import Collection

from skimp.silicon.cell import Latch
from skimp.silicon.liberty import cut, groups, split

__all__ = ["for_mapping", "for_timing", "with_areas"]

# Areas in um2 that a file gives as 0, by the names of library and cell. From Debian's LEF file:
# 5.6 um x 10 um.
AREAS = {("osu018_stdcells", "LATCH"): 56.0}

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


def with_areas(text: str) -> str:
    """Return the text with the areas that its file lacks."""
    named = re.match(r"\s*library\s*\(\s*\"?(\w+)", text)
    for (library, cell), area in AREAS.items():
        if named and named[1] == library:
            text = re.sub(rf"(\bcell\s*\(\s*\"?{cell}\"?\s*\)\s*\{{\s*area\s*:\s*)0(?=\s*;)",
                          rf"\g<1>{area:g}", text)
    return text


def for_timing(text: str, wire: float, *, power: bool = False,
               latch: tuple[str, Latch] | None = None) -> str:
    """Return the text for OpenSTA: a ``wire`` for each pin, and energies if for ``power``.

    For slack, the ``latch`` of clock gates is a register that takes its input when it closes. A
    latch would lend the time that its input is late, and tell no slack.
    """
    dropped = () if power else ("internal_power", "leakage_power")
    head, cells = split(_without_wires(cut(text, *dropped) if dropped else text))
    if latch:
        cells[latch[0]] = _closing(cells[latch[0]], latch[1])
    # Behind the head: OpenSTA must know the units when it reads a number.
    return "\n".join([head, WIRE_LOAD.format(wire), *cells.values(), "}\n"])


def _closing(text: str, latch: Latch) -> str:
    """Return the text of a cell, a latch, as that of a register clocked where the latch closes."""
    for start, end, kind, names in sorted([*groups(text, 1), *groups(text, 2)], reverse=True):
        body = text[start:end]
        if kind == "latch":
            clocked = ("!" if latch.high else "") + latch.enable
            body = (f'ff ({names}) {{\n next_state : "{latch.data}";\n'
                    f' clocked_on : "{clocked}";\n}}')
        elif kind == "timing" and re.search(rf'\brelated_pin\s*:\s*"?{latch.data}\b', body):
            body = ""                           # from input to output while it is open
        elif kind == "timing":
            edge = "falling_edge" if latch.high else "rising_edge"
            body = re.sub(r"\b(rising|falling)_edge\b", edge, body)
        text = text[:start] + body + text[end:]
    return text


def _without_wires(text: str) -> str:
    """Drop a library's own wire loads, which both ABC and OpenSTA would apply unasked."""
    text = cut(text, "wire_load", "wire_load_selection", "wire_load_table")
    return re.sub(r"\bdefault_wire_load\w*\s*:[^;\n]*;?", "", text)
