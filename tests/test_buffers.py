"""Buffers behind registers: every fan-out is bounded, and nothing else changes."""

from collections import Counter

import pytest

from skimp.buffers import FANOUT, buffer_registers

BUFFER = ("BUF", "A", "Y")


def cell(kind, **pins):
    return {"type": kind, "connections": {pin: [bit] for pin, bit in pins.items()},
            "port_directions": {pin: "output" if pin in "QY" else "input" for pin in pins}}


def module(cells, **ports):
    bits = [bit for each in cells.values() for net in each["connections"].values() for bit in net]
    return {"attributes": {}, "cells": cells, "netnames": {"all": {"bits": bits}},
            "ports": {name: {"direction": "input", "bits": [bit]} for name, bit in ports.items()}}


def loads(design, kind):
    """Pins that each net drives, which cells of ``kind`` drive."""
    pins, driven = Counter(), set()
    for each in design["cells"].values():
        for pin, (bit,) in each["connections"].items():
            if each["port_directions"][pin] == "input":
                pins[bit] += 1
            elif each["type"] == kind:
                driven.add(bit)
    return [pins[bit] for bit in driven]


def source(design, bit):
    """Net that ``bit`` is a copy of."""
    for each in design["cells"].values():
        if each["type"] == "BUF" and each["connections"]["Y"] == [bit]:
            return source(design, each["connections"]["A"][0])
    return bit


@pytest.mark.parametrize("count", [1, 16, 17, 300, 5000])
def test_a_register_drives_few_pins_however_many_read_it(count):
    gates = {f"g{i}": cell("INV", A=3, Y=10 + i) for i in range(count)}
    top = module({"r": cell("DFF", CLK=2, D=4, Q=3), **gates}, clk=2, d=4)
    design = {"modules": {"top": top, "INV": {"attributes": {"blackbox": 1}, "cells": {}}}}
    buffer_registers(design, {"INV", "BUF"}, BUFFER)
    assert list(design["modules"]) == ["top"]
    assert max(loads(top, "DFF")) <= FANOUT and max(loads(top, "BUF"), default=0) <= FANOUT
    read = [each["connections"]["A"][0] for each in top["cells"].values() if each["type"] == "INV"]
    assert {source(top, bit) for bit in read} == {3} and len(read) == count
    assert (count <= FANOUT) == (len(top["cells"]) == count + 1)


def test_gates_and_clocks_keep_their_loads():
    gates = {f"g{i}": cell("INV", A=5, Y=100 + i) for i in range(40)}
    registers = {f"r{i}": cell("DFF", CLK=2, D=200, Q=300 + i) for i in range(40)}
    top = module({"n": cell("NAND", A=4, B=6, Y=5), **gates, **registers}, clk=2)
    buffer_registers({"modules": {"top": top}}, {"INV", "NAND", "BUF"}, BUFFER)
    assert all(gate["connections"]["A"] == [5] for gate in gates.values())
    assert all(register["connections"]["CLK"] == [2] for register in registers.values())


def test_pins_of_modules_below_count():
    inner = module({f"g{i}": cell("INV", A=2, Y=10 + i) for i in range(12)}, enable=2)
    outer = module({"r": cell("DFF", CLK=2, D=4, Q=3),
                    **{f"m{i}": cell("inner", enable=3) for i in range(4)}}, clk=2)
    buffer_registers({"modules": {"outer": outer, "inner": inner}}, {"INV", "BUF"}, BUFFER)
    assert not loads(inner, "BUF"), "twelve pins need no buffer"
    assert loads(outer, "BUF") == [1] * 4, "two modules are too many for a buffer"
