"""Nets of clocks, gated ones included: the net ``clk``, and what gates of clocks drive from it."""

from collections.abc import Mapping
from typing import Any

from skimp.silicon.cell import Cell

__all__ = ["CLOCK", "clock_nets", "drives_a_clock"]

Json = dict[str, Any]
#: The clock's port, as Amaranth calls it.
CLOCK = "clk"


def clock_nets(modules: Json, top: str, cells: Mapping[str, Cell]) -> dict[str, set[int]]:
    """Return the clock nets of each of ``modules``, of Yosys' JSON without the library's cells.

    They are the nets on clock pins, and all that gates or a library's own clock gates drive from
    port `CLOCK` of ``top``: no logic takes a clock for data.
    """
    clocks = {name: _on_clock_pins(module, modules, cells) for name, module in modules.items()}
    clocks[top] |= set(modules[top]["ports"].get(CLOCK, {"bits": []})["bits"])
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        module, found = modules[name], clocks[name]
        before = None
        while before != len(found):
            before = len(found)
            for cell in module["cells"].values():
                found |= _driven(cell, found, modules, cells)
        for cell in module["cells"].values():
            if cell["type"] in modules:
                inner, ports = clocks[cell["type"]], modules[cell["type"]]["ports"]
                new = {ports[port]["bits"][place]
                       for port, bits in cell["connections"].items()
                       for place, bit in enumerate(bits)
                       if bit in found and cell["port_directions"][port] == "input"}
                if not new <= inner:
                    inner |= new
                    waiting.append(cell["type"])
    return clocks


def drives_a_clock(cell: Json, clocks: set[int]) -> bool:
    """Return whether an output of ``cell``, of Yosys' JSON, is one of the nets ``clocks``."""
    return any(bit in clocks for pin, bits in cell["connections"].items()
               if cell["port_directions"][pin] == "output" for bit in bits)


def _on_clock_pins(module: Json, modules: Json, cells: Mapping[str, Cell]) -> set[int]:
    return {bit for cell in module["cells"].values() if cell["type"] not in modules
            for pin, bits in cell["connections"].items() if pin in cells[cell["type"]].clocks
            for bit in bits if isinstance(bit, int)}


def _driven(cell: Json, clocks: set[int], modules: Json, cells: Mapping[str, Cell]) -> set[int]:
    """Return the nets that ``cell`` drives from one of ``clocks``, if it is a gate."""
    if cell["type"] in modules:
        return set()
    kind, pins = cells[cell["type"]], cell["connections"]
    sources = [kind.gate.clock] if kind.gate else [] if kind.sequential else list(kind.inputs)
    if not any(bit in clocks for pin in sources for bit in pins.get(pin, ())):
        return set()
    return {bit for pin in kind.outputs for bit in pins.get(pin, ()) if isinstance(bit, int)}
