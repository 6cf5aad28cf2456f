"""Buffers: no net of a mapped netlist drives more than the library allows, whatever drives it.

ABC buffers only what its own gates drive. The nets of registers and enables keep all their loads.
Here every net of a module, bottom up, gets the buffers that it needs. Clocks are left alone: a
clock tree is made after placement.
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from skimp.silicon.clocks import clock_nets
from skimp.silicon.library import Library
from skimp.silicon.netlist import without_boxes
from skimp.silicon.roles import Buffer

__all__ = ["insert"]

Json = dict[str, Any]


@dataclass
class Sink:
    """What a net drives: a pin of a cell, of a module with all behind it, or of a new buffer."""

    bits: list[Any]         # the connection that names the net, which moves it to another,
    place: int              # and the place of the net in it
    pins: int
    pf: float               # capacitance of the pins, with wires
    ahead_ns: float         # delay from here to the end of the longest path


@dataclass
class Port:
    """What is behind an input of a module, or what an output may still drive."""

    pins: int
    pf: float
    ahead_ns: float = 0.0


def insert(design: Json, top: str, library: Library, buffer: Buffer, most_pins: int) -> int:
    """Insert buffers of a kind in ``design``, Yosys' JSON of a mapped netlist; return how many.

    Then each net drives at most ``most_pins`` pins, and no more capacitance than its driver may.
    """
    modules = design["modules"] = without_boxes(design)
    ports: dict[str, dict[str, Port]] = {}
    clocks = clock_nets(modules, top, library.timed)
    inserted = 0
    for name in _bottom_up(modules):
        module = _Module(modules[name], ports, clocks[name], library, buffer, most_pins,
                         whole=name == top)
        inserted += module.buffer()
        ports[name] = module.seen()
    return inserted


def _bottom_up(modules: Json) -> list[str]:
    """Return the names of the modules, each after those that it holds."""
    held = {name: [cell["type"] for cell in module["cells"].values() if cell["type"] in modules]
            for name, module in modules.items()}
    return list(TopologicalSorter(held).static_order())


class _Module:
    """One module while buffers are inserted."""

    def __init__(self, module: Json, below: dict[str, dict[str, Port]], clocks: set[int],
                 library: Library, buffer: Buffer, most_pins: int, *, whole: bool):
        self.module, self.below, self.library, self.whole = module, below, library, whole
        self.clocks = clocks
        self.most_pins, self.kind = most_pins, buffer
        self.sinks: dict[int, list[Sink]] = defaultdict(list)
        self.drivers: dict[int, tuple[float, int]] = {}
        self.inserted = 0
        self.fresh = 1 + max((bit for record in (*module["netnames"].values(),
                                                 *module["ports"].values())
                              for bit in record["bits"] if isinstance(bit, int)), default=1)
        self._own_outputs()
        ahead = self._ahead()
        for cell in module["cells"].values():
            self._connect(cell, ahead)
        for _, bits, place in [] if whole else self._ports("output"):
            # Room for the buffer that the module above may insert there.
            self.sinks[bits[place]].append(Sink(bits, place, 1, self.kind.pf + library.wire_pf,
                                                math.inf))

    def _ports(self, direction: str) -> list[tuple[str, list[Any], int]]:
        """Return, for each net on a port of a direction, its name, the port's bits, its place."""
        return [(f"{name}{place}", port["bits"], place)
                for name, port in self.module["ports"].items() if port["direction"] == direction
                for place, bit in enumerate(port["bits"]) if isinstance(bit, int)]

    def _own_outputs(self) -> None:
        """Drive an output by its own buffer if it only repeats an input or another output."""
        taken = {bits[place] for _, bits, place in self._ports("input")}
        for _, bits, place in self._ports("output"):
            bit = bits[place]
            if bit in taken and not self.whole:
                self._buffer([Sink(bits, place, 1, 0.0, math.inf)], bit)
            taken.add(bit)

    def _connect(self, cell: Json, ahead: dict[int, float]) -> None:
        kind, behind = cell["type"], self.below.get(cell["type"])
        for pin, bits in cell["connections"].items():
            for place, bit in enumerate(bits):
                if not isinstance(bit, int):
                    continue
                if behind is not None:
                    port = behind.get(f"{pin}{place}", Port(0, 0.0))
                    if cell["port_directions"][pin] == "output":
                        self.drivers[bit] = port.pf, port.pins
                    else:
                        self.sinks[bit].append(Sink(bits, place, port.pins, port.pf, port.ahead_ns))
                elif cell["port_directions"][pin] == "output":
                    self.drivers[bit] = self.library.most_pf(kind, pin), self.most_pins
                else:
                    of = self.library.timed[kind]
                    self.sinks[bit].append(Sink(
                        bits, place, 1, of.inputs[pin] + self.library.wire_pf,
                        0.0 if of.sequential else self._through(cell, pin, ahead)))

    def _through(self, cell: Json, pin: str, ahead: dict[int, float]) -> float:
        """Return the delay from an input of a gate to the end of the longest path."""
        return max((self.library.typical(cell["type"], pin, out) + ahead.get(bits[0], 0.0)
                    for out, bits in cell["connections"].items()
                    if cell["port_directions"][out] == "output" and bits), default=0.0)

    def _ahead(self) -> dict[int, float]:
        """Return, for each net, the delay from it to the end of the longest path, in ns."""
        users: dict[int, list[tuple[Json, str, int]]] = defaultdict(list)
        for cell in self.module["cells"].values():
            for pin, bits in cell["connections"].items():
                if cell["port_directions"][pin] == "input":
                    for place, bit in enumerate(bits):
                        users[bit].append((cell, pin, place))
        ahead: dict[int, float] = {}
        # Depth first, without recursion since paths may be long. A net leaves the stack when all
        # nets behind it are known.
        for start in list(users):
            stack = [start]
            while stack:
                bit = stack[-1]
                behind = [out for cell, _, _ in users[bit] if self._passes(cell)
                          for pin, bits in cell["connections"].items()
                          if cell["port_directions"][pin] == "output" for out in bits]
                open_ = [out for out in behind if out not in ahead and out in users]
                if open_ and bit not in ahead:
                    ahead[bit] = 0.0            # a loop, which a latch may make, ends here
                    stack += open_
                    continue
                ahead[bit] = max((self._behind(*user, ahead) for user in users[bit]), default=0.0)
                stack.pop()
        return ahead

    def _passes(self, cell: Json) -> bool:
        return cell["type"] not in self.below and not self.library.timed[cell["type"]].sequential

    def _behind(self, cell: Json, pin: str, place: int, ahead: dict[int, float]) -> float:
        if cell["type"] in self.below:
            return self.below[cell["type"]].get(f"{pin}{place}", Port(0, 0.0)).ahead_ns
        return self._through(cell, pin, ahead) if self._passes(cell) else 0.0

    def buffer(self) -> int:
        """Insert buffers where they are needed; return how many there are."""
        for bit, pending in list(self.sinks.items()):
            if bit not in self.clocks:
                most_pf, most_pins = self.drivers.get(bit, (self.kind.most_pf, self.most_pins))
                self.sinks[bit] = self._reduced(pending, bit, most_pf, most_pins)
        return self.inserted

    def _reduced(self, pending: list[Sink], bit: int, most_pf: float, most_pins: int) -> list[Sink]:
        """Move sinks behind buffers until the rest fits, those with the shortest path first."""
        while True:
            pins, pf = sum(sink.pins for sink in pending), sum(sink.pf for sink in pending)
            fits = pins <= most_pins and pf <= most_pf
            if fits or len(pending) == pins == 1:
                return pending
            pending.sort(key=lambda sink: -sink.ahead_ns)
            moved: list[Sink] = []
            inside_pins, inside_pf = 0, 0.0
            while pending:
                sink = pending[-1]
                room = (inside_pins + sink.pins <= self.most_pins
                        and inside_pf + sink.pf <= self.kind.most_pf)
                left_pins = pins - inside_pins + 1
                left_pf = pf - inside_pf + self.kind.pf + self.library.wire_pf
                enough = left_pins <= most_pins and left_pf <= most_pf
                if moved and (enough or not room) or math.isinf(sink.ahead_ns):
                    break
                moved.append(pending.pop())
                inside_pins, inside_pf = inside_pins + sink.pins, inside_pf + sink.pf
            if sum(sink.pins for sink in moved) < 2:
                return [*pending, *moved]               # nothing gets smaller by a buffer
            pending.append(self._buffer(moved, bit))

    def _buffer(self, moved: list[Sink], bit: int) -> Sink:
        """Drive ``moved`` by a buffer behind net ``bit``; return its input."""
        new, self.fresh, self.inserted = self.fresh, self.fresh + 1, self.inserted + 1
        for sink in moved:
            sink.bits[sink.place] = new
        connections = {self.kind.input: [bit], self.kind.output: [new]}
        self.module["cells"][f"buffer_{new}"] = {
            "hide_name": 0, "type": self.kind.cell, "parameters": {}, "attributes": {},
            "port_directions": {self.kind.input: "input", self.kind.output: "output"},
            "connections": connections}
        self.module["netnames"][f"buffered_{new}"] = {
            "hide_name": 0, "bits": [new], "attributes": {}}
        return Sink(connections[self.kind.input], 0, 1, self.kind.pf + self.library.wire_pf,
                    max(sink.ahead_ns for sink in moved) + self.kind.delay_ns)

    def seen(self) -> dict[str, Port]:
        """Return what the module above sees of the ports."""
        seen = {}
        for name, bits, place in self._ports("input"):
            sinks = self.sinks.get(bits[place], [])
            seen[name] = Port(max(1, sum(sink.pins for sink in sinks)),
                              sum(sink.pf for sink in sinks),
                              max((sink.ahead_ns for sink in sinks), default=0.0))
        for name, bits, place in self._ports("output"):
            bit = bits[place]
            most_pf, most_pins = self.drivers.get(bit, (self.kind.most_pf, self.most_pins))
            inside = [sink for sink in self.sinks.get(bit, []) if not math.isinf(sink.ahead_ns)]
            seen[name] = Port(max(1, most_pins - sum(sink.pins for sink in inside)),
                              most_pf - sum(sink.pf for sink in inside))
        return seen
