"""Buffers: every net keeps to the library's limits, long paths stay short, nothing else changes."""

from collections import Counter
from pathlib import Path

import libraries
import pytest

from skimp.silicon import buffers
from skimp.silicon.library import Library

DIRECTIONS = {"Y": "output", "Q": "output", "QN": "output"}


@pytest.fixture
def cells(tmp_path):
    """A small library: 16 pins, 1.28 pF behind BUF2, 0.64 pF behind INV, pins of 0.01 pF."""
    found = Library.find(libraries.write("plain", Path(tmp_path)), wire_ff=0)
    assert found
    return found


def cell(kind, **pins):
    return {"type": kind, "connections": {pin: [bit] for pin, bit in pins.items()},
            "port_directions": {pin: DIRECTIONS.get(pin, "input") for pin in pins}}


def module(cells, outputs=(), **inputs):
    bits = [bit for each in cells.values() for net in each["connections"].values() for bit in net]
    ports = {name: {"direction": "input", "bits": [bit]} for name, bit in inputs.items()}
    ports |= {f"o{bit}_{place}": {"direction": "output", "bits": [bit]}
              for place, bit in enumerate(outputs)}
    return {"attributes": {}, "cells": cells, "netnames": {"all": {"bits": bits}}, "ports": ports}


def below(module, name, bit):
    """An instance of a module whose one input is ``bit``."""
    port = next(iter(module["ports"]))
    return {"type": name, "connections": {port: [bit]}, "port_directions": {port: "input"}}


def insert(modules, top, cells, pins=16):
    return buffers.insert({"modules": modules}, top, cells, cells.buffers[0], pins)


def pins(module):
    """Number of pins that each net drives."""
    return Counter(bit for each in module["cells"].values()
                   for pin, bits in each["connections"].items() for bit in bits
                   if each["port_directions"][pin] == "input")


def source(module, bit):
    """Net that ``bit`` is a copy of, and how many buffers are between."""
    for each in module["cells"].values():
        if each["type"] == "BUF2" and each["connections"]["Y"] == [bit]:
            net, count = source(module, each["connections"]["A"][0])
            return net, count + 1
    return bit, 0


@pytest.mark.parametrize("driver", ["DFF", "INV", None])
@pytest.mark.parametrize("count", [1, 16, 17, 300, 3000])
def test_nothing_drives_many_pins(cells, count, driver):
    gates = {f"g{i}": cell("INV", A=3, Y=10 + i) for i in range(count)}
    first = {"DFF": {"r": cell("DFF", CK=2, D=4, Q=3)}, "INV": {"r": cell("INV", A=4, Y=3)},
             None: {}}[driver]
    top = module({**first, **gates}, clk=2, d=4, **({} if driver else {"i": 3}))
    box = {"attributes": {"blackbox": 1}, "cells": {}}
    insert({"top": top, "INV": box}, "top", cells)
    assert max(pins(top).values()) <= 16
    read = [each["connections"]["A"][0] for name, each in top["cells"].items() if name[0] == "g"]
    assert {source(top, bit)[0] for bit in read} == {3} and len(read) == count
    added = len(top["cells"]) - count - len(first)
    assert added == 0 if count <= 16 else added <= count / 15 + 1


def test_capacitance_counts_as_pins_do(tmp_path):
    wired = Library.find(libraries.write("plain", Path(tmp_path)), wire_ff=150)
    assert wired
    top = module({"r": cell("INV", A=4, Y=3),
                  **{f"g{i}": cell("INV", A=3, Y=10 + i) for i in range(12)}}, d=4)
    insert({"top": top}, "top", wired)
    # Four pins of 0.16 pF are all that an inverter may drive.
    assert 2 <= pins(top)[3] <= 4


def test_the_longest_way_ahead_stays_at_the_driver(cells):
    chain = {f"c{i}": cell("INV", A=100 + i, Y=101 + i) for i in range(6)}
    top = module({"r": cell("DFF", CK=2, D=4, Q=3), "first": cell("INV", A=3, Y=100), **chain,
                  **{f"g{i}": cell("INV", A=3, Y=10 + i) for i in range(40)}}, clk=2, d=4)
    insert({"top": top}, "top", cells)
    assert top["cells"]["first"]["connections"]["A"] == [3]
    assert max(source(top, top["cells"][f"g{i}"]["connections"]["A"][0])[1] for i in range(40)) == 1


def test_clocks_keep_their_loads(cells):
    registers = {f"r{i}": cell("DFF", CK=2, D=200, Q=300 + i) for i in range(40)}
    inner = module({f"r{i}": cell("DFF", CK=5, D=6, Q=10 + i) for i in range(40)}, ck=5)
    top = module({**registers, "m": below(inner, "inner", 2)}, clk=2)
    insert({"top": top, "inner": inner}, "top", cells)
    assert all(each["connections"]["CK"] == [2] for each in registers.values())
    assert top["cells"]["m"]["connections"]["ck"] == [2]
    assert all(inner["cells"][f"r{i}"]["connections"]["CK"] == [5] for i in range(40))


def test_pins_of_modules_below_count(cells):
    inner = module({f"g{i}": cell("INV", A=2, Y=10 + i) for i in range(12)}, enable=2)
    top = module({"r": cell("DFF", CK=2, D=4, Q=3),
                  **{f"m{i}": below(inner, "inner", 3) for i in range(4)}}, clk=2)
    insert({"top": top, "inner": inner}, "top", cells)
    assert len(inner["cells"]) == 12, "twelve pins need no buffer"
    inputs = [top["cells"][f"m{i}"]["connections"]["enable"][0] for i in range(4)]
    assert len(set(inputs)) == 4, "two modules are too many for a buffer"


def test_what_drives_in_a_module_drives_outside_too(cells):
    inner = module({"r": cell("DFF", CK=2, D=4, Q=3),
                    **{f"g{i}": cell("INV", A=3, Y=10 + i) for i in range(10)}},
                   outputs=(3, 3), clk=2, d=4)
    names = list(inner["ports"])
    holder = {"type": "inner", "connections": dict(zip(names, ([5], [6], [7], [8]), strict=True)),
              "port_directions": {name: inner["ports"][name]["direction"] for name in names}}
    top = module({"m": holder, **{f"h{i}": cell("INV", A=7, Y=50 + i) for i in range(10)},
                  **{f"k{i}": cell("INV", A=8, Y=80 + i) for i in range(10)}}, clk=5, d=6)
    insert({"top": top, "inner": inner}, "top", cells)
    ports = [inner["ports"][name]["bits"][0] for name in names[2:]]
    assert len(set(ports)) == 2, "the second output has a driver of its own"
    for net, bit in zip((7, 8), ports, strict=True):
        assert pins(inner)[bit] + pins(top)[net] <= 16


def test_an_output_that_is_an_input_has_a_driver(cells):
    inner = module({}, outputs=(2,), i=2)
    insert({"top": module({"m": below(inner, "inner", 3)}, i=3), "inner": inner}, "top", cells)
    assert inner["ports"]["o2_0"]["bits"] != [2] and len(inner["cells"]) == 1
    alone = module({}, outputs=(2,), i=2)
    assert insert({"top": alone}, "top", cells) == 0, "a wire through the whole unit stays one"
