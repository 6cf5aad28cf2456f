"""Buffers behind registers, ports and adder cells that drive many pins.

ABC buffers only what its own gates drive. What it takes for inputs, above all registers, keeps all
its loads, and an enable of a thousand registers would take tens of nanoseconds.
"""

from collections import defaultdict
from typing import Any

__all__ = ["BUFFERS", "FANOUT", "buffer_registers"]

#: Buffers of libraries: cell, input, output.
BUFFERS = (
    ("BUFX4", "A", "Y"),                                                    # OSU
    ("sky130_fd_sc_hd__buf_4", "A", "X"),
    ("gf180mcu_fd_sc_mcu7t5v0__buf_4", "I", "Z"),
    ("gf180mcu_fd_sc_mcu9t5v0__buf_4", "I", "Z"),
)
#: Pins that one cell drives.
FANOUT = 16


def buffer_registers(design: dict[str, Any], combinational: set[str],
                     buffer: tuple[str, str, str]) -> None:
    """Insert trees of ``buffer`` in ``design``, Yosys' JSON of a mapped netlist.

    Every net that no cell of ``combinational`` drives, nor a constant, gets so many buffers that
    nothing drives more than `FANOUT` pins, those of modules below counted as so many. Clocks are
    left alone.
    """
    loads: dict[str, dict[str, int]] = {}           # of the ports of each module
    modules = design["modules"] = {name: module for name, module in design["modules"].items()
                                   if "blackbox" not in module["attributes"]}
    for name in _bottom_up(modules):
        loads[name] = _buffer_module(modules[name], loads, combinational, buffer)


def _bottom_up(modules: dict[str, Any]) -> list[str]:
    """Names of the modules, each after those that it holds."""
    order: dict[str, None] = {}

    def visit(name: str) -> None:
        for cell in modules[name]["cells"].values():
            if cell["type"] in modules and cell["type"] not in order:
                visit(cell["type"])
        order[name] = None

    for name in modules:
        if name not in order:
            visit(name)
    return list(order)


def _buffer_module(module: dict[str, Any], loads: dict[str, dict[str, int]],
                   combinational: set[str], buffer: tuple[str, str, str]) -> dict[str, int]:
    """Insert buffers in one module; tell how many pins each of its inputs drives."""
    kind, pin_in, pin_out = buffer
    cells, ports = module["cells"], module["ports"]
    # Of each net the connections it has, their places in it, and the pins behind them.
    sinks: dict[int, list[tuple[list[Any], int, int]]] = defaultdict(list)
    clocks: set[int] = set(ports.get("clk", {"bits": ()})["bits"])
    driven: set[int] = set()                                                # by gates
    for cell in cells.values():
        for pin, bits in cell["connections"].items():
            out = cell["port_directions"][pin] == "output"
            for place, bit in enumerate(bits):
                if out and cell["type"] in combinational:
                    driven.add(bit)
                elif not out and isinstance(bit, int):
                    pins = loads.get(cell["type"], {}).get(f"{pin}{place}", 1)
                    sinks[bit].append((bits, place, pins))
    fresh = max((bit for net in module["netnames"].values() for bit in net["bits"]
                 if isinstance(bit, int)), default=1) + 1
    for bit, pending in list(sinks.items()):
        if bit in driven or bit in clocks:
            continue
        while sum(pins for _, _, pins in pending) > FANOUT:
            above = []
            for part in _parts(pending):
                for bits, place, _ in part:
                    bits[place] = fresh
                connections = {pin_in: [bit], pin_out: [fresh]}
                cells[f"buffer_{fresh}"] = {
                    "hide_name": 0, "type": kind, "parameters": {}, "attributes": {},
                    "port_directions": {pin_in: "input", pin_out: "output"},
                    "connections": connections}
                module["netnames"][f"buffered_{fresh}"] = {
                    "hide_name": 0, "bits": [fresh], "attributes": {}}
                above.append((connections[pin_in], 0, 1))
                fresh += 1
            if len(above) >= len(pending):
                break                                   # each drives a module with many pins
            pending = above
        sinks[bit] = pending
    return {f"{port}{place}": max(1, sum(pins for _, _, pins in sinks.get(bit, ())))
            for port, record in ports.items() if record["direction"] == "input"
            for place, bit in enumerate(record["bits"])}


def _parts(pending: list[tuple[list[Any], int, int]]) -> list[list[tuple[list[Any], int, int]]]:
    """Cut loads into parts of `FANOUT` pins each, or of one load with more."""
    parts, pins = [], FANOUT
    for load in pending:
        if pins + load[2] > FANOUT:
            parts.append([])
            pins = 0
        parts[-1].append(load)
        pins += load[2]
    return parts
