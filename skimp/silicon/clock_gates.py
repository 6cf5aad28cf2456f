"""Clock gates: registers that share an enable get a clock that stops instead of a multiplexer each.

Yosys finds the registers and leaves a module `GATE` for each enable, see `skimp.silicon.mapping`.
Here cells of the library take its place in the mapped netlist: the library's own clock gate, or an
OR, or an AND behind a latch, see `skimp.silicon.gating_cells`.
"""

import re
from collections import defaultdict
from graphlib import TopologicalSorter
from typing import Any

from skimp.silicon.gating_cells import Gate
from skimp.silicon.library import Library
from skimp.silicon.netlist import without_boxes

__all__ = ["GATE", "LEAST", "MODULE", "insert"]

GATE = "skimp_clock_gate"
#: What Yosys takes for a clock gate.
MODULE = f"(* blackbox *) module {GATE}(input en, input clk, output gclk);\nendmodule\n"
#: Registers that make a gate worth it: with one or two it costs what their multiplexers do.
LEAST = 3
# Registers behind one gate. Gates of one enable share a latch, four latches share an inverter.
MOST, SHARE = 16, 4
# An enable is early if it has settled by this part of the period, at typical loads. An OR needs it
# by one half, but real loads may double its delay, and the clock should be met with time to spare.
EARLY = 0.2

Json = dict[str, Any]


def insert(design: Json, library: Library, clock_ns: float, *, latches: bool = False) -> bool:
    """Put cells in the places of clock gates in ``design``, Yosys' JSON of a mapped netlist.

    With ``latches`` no enable is taken for early. Return whether some were.
    """
    modules = design["modules"] = without_boxes(design)
    return any([_Module(module, modules, library, 0.0 if latches else EARLY * clock_ns).run()
                for module in modules.values()])


class _Module:
    """One module while its gates are made of cells."""

    def __init__(self, module: Json, modules: Json, library: Library, early_ns: float):
        self.cells, self.names, self.modules = module["cells"], module["netnames"], modules
        self.library, self.gating, self.early_ns = library, library.gating, early_ns
        self.drivers: dict[int, tuple[Json, str]] = {}
        self.sinks: dict[int, list[tuple[Json, str, int]]] = defaultdict(list)
        for cell in self.cells.values():
            for pin, bits in cell["connections"].items():
                for place, bit in enumerate(bits):
                    if cell["port_directions"][pin] == "output":
                        self.drivers[bit] = cell, pin
                    else:
                        self.sinks[bit].append((cell, pin, place))
        self.fresh = 1 + max((bit for record in (*self.names.values(), *module["ports"].values())
                              for bit in record["bits"] if isinstance(bit, int)), default=1)
        self.count, self.inverted, self.latched, self.closers = 0, {}, {}, defaultdict(list)
        self.low: list[Any] = []

    def run(self) -> bool:
        """Replace all gates; return whether one of them has an early enable."""
        early = False
        for name in [name for name, cell in self.cells.items() if cell["type"] == GATE]:
            enable, clock, gated = (self.cells[name]["connections"][pin][0]
                                    for pin in ("en", "clk", "gclk"))
            del self.cells[name]
            registers = self.sinks[gated]
            stem = self._stem(registers)
            parts = -(-len(registers) // MOST)
            for part in range(parts):
                out = self._net(f"{stem}clock_gate")
                for cell, pin, place in registers[part::parts]:
                    cell["connections"][pin][place] = out
                early |= self._gate(clock, enable, out)
        return early

    def _gate(self, clock: Any, enable: Any, out: int) -> bool:
        """Add a gate that drives net ``out``; return whether its enable is early."""
        gating = self.gating
        if gating.whole:
            cell, pins = gating.whole
            self._cell(cell, pins.output, out, {
                pins.clock: clock, pins.enable: enable,
                **{pin: self._zero() for pin in pins.tests}})
            return False
        assert gating.both and gating.latch and gating.inverter
        if gating.either and self._settled(enable) <= self.early_ns:
            self._put(gating.either, out, clock, self._inverse(enable))
            return True
        self._put(gating.both, out, clock, self._held(clock, enable))
        return False

    def _inverse(self, net: Any) -> Any:
        """Return the inverse of ``net``: what an inverter makes it of, or a new one of it."""
        if net not in self.inverted:
            cell, _ = self.drivers.get(net, ({"type": ""}, ""))
            known = self.gating.inverters.get(cell["type"])
            self.inverted[net] = (cell["connections"][known.inputs[0]][0] if known
                                  else self._invert(net, "clock_gate_stops"))
        return self.inverted[net]

    def _held(self, clock: Any, enable: Any) -> int:
        """Return ``enable`` behind a latch that is closed while ``clock`` is high."""
        if (clock, enable) not in self.latched:
            assert self.gating.latch
            cell, pins = self.gating.latch
            closer, closers = clock, self.closers[clock]
            if pins.high:
                if len(closers) % SHARE == 0:
                    closers.append(self._invert(clock, "clock_gate_low"))
                else:
                    closers.append(closers[-1])
                closer = closers[-1]
            held = self._net("clock_gate_held")
            self._cell(cell, pins.output, held, {pins.data: enable, pins.enable: closer})
            self.latched[clock, enable] = held
        return self.latched[clock, enable]

    def _settled(self, net: Any) -> float:
        """Return when an inverse of ``net`` has settled, in ns from the clock's rise.

        Delays are typical ones. Paths begin at registers, ports and modules below.
        """
        before: dict[Any, list[Any]] = {}
        stack = [net]
        while stack:
            bit = stack.pop()
            if bit not in before:
                before[bit] = self._sources(bit)
                stack += before[bit]
        settled: dict[Any, float] = {}
        for bit in TopologicalSorter(before).static_order():
            cell, out = self.drivers.get(bit, ({"type": ""}, ""))
            kind = self.library.timed.get(cell["type"])
            settled[bit] = max((self.library.typical(cell["type"], pin, out) + sum(
                settled[source] for source in cell["connections"][pin] if source in before[bit])
                for pin in (kind.inputs if kind else ())), default=0.0)
        inverter = self.gating.inverter
        assert inverter
        return settled[net] + self.library.typical(inverter.cell, inverter.inputs[0],
                                                   inverter.output)

    def _sources(self, bit: Any) -> list[Any]:
        """Return the nets that a gate makes ``bit`` of."""
        cell, _ = self.drivers.get(bit, ({"type": ""}, ""))
        kind = self.library.timed.get(cell["type"])
        if kind is None or kind.sequential:
            return []
        return [source for pin in kind.inputs for source in cell["connections"][pin]]

    def _stem(self, registers: list[tuple[Json, str, int]]) -> str:
        """Return what the first of ``registers`` with a name is called, with an underscore."""
        outputs = {bit for cell, _, _ in registers for pin, bits in cell["connections"].items()
                   if cell["port_directions"][pin] == "output" for bit in bits}
        names = [name for name, net in self.names.items()
                 if not net.get("hide_name") and not outputs.isdisjoint(net["bits"])]
        plain = [re.sub(r"(\[\d+\])+$|\$\d+(\[\d+\])*$", "", name) for name in sorted(names)]
        return f"{plain[0]}_" if plain else ""

    def _invert(self, net: Any, name: str) -> int:
        assert self.gating.inverter
        out = self._net(name)
        self._put(self.gating.inverter, out, net)
        return out

    def _zero(self) -> Any:
        """Return a net that is 0: of a tie cell, where the library has one."""
        if not self.low:
            self.low = ["0"]
            if "0" in self.library.ties:
                cell, pin = self.library.ties["0"]
                self.low = [self._net("clock_gate_zero")]
                self._cell(cell, pin, self.low[0], {})
        return self.low[0]

    def _net(self, name: str) -> int:
        bit, self.fresh = self.fresh, self.fresh + 1
        self.names[f"{name}_{bit}"] = {"hide_name": 0, "bits": [bit], "attributes": {}}
        return bit

    def _put(self, gate: Gate, out: int, *inputs: Any) -> None:
        self._cell(gate.cell, gate.output, out, dict(zip(gate.inputs, inputs, strict=True)))

    def _cell(self, kind: str, pin: str, out: int, inputs: dict[str, Any]) -> None:
        self.count += 1
        self.cells[f"clock_gate_{self.count}"] = {
            "hide_name": 0, "type": kind, "parameters": {}, "attributes": {},
            "port_directions": {pin: "output"} | dict.fromkeys(inputs, "input"),
            "connections": {pin: [out]} | {name: [net] for name, net in inputs.items()}}
