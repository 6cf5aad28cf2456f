"""The parts of a unit that a path goes through, by the names of its Verilog.

ABC keeps names only at the border of its logic: of registers, ports, adder cells and their inputs.
A gate without a name counts to the next stage of the path that has one.
"""

import re
from collections import Counter
from dataclasses import replace
from itertools import groupby

from skimp.hw.emit import Emitted
from skimp.silicon.timing import CriticalPath, Part, Stage

__all__ = ["in_parts", "parts", "summary"]

MODULE = re.compile(r"^module (\S+?) ?\((.*?)^endmodule", re.MULTILINE | re.DOTALL)
INSTANCE = re.compile(r"^  (\S+) +(\S+) +\(\n(.*?)\n  \);", re.MULTILINE | re.DOTALL)
PORT = re.compile(r"\.(\w+)\((\S+?) ?\)")
ASSIGNED = re.compile(r"^  assign (\S+) = \{? ?(.*?) ?\}? ?;$", re.MULTILINE)
ADDER = re.compile(r"_(full|half)_adder$")
# Names that tools give: to expressions in the Verilog, to gates of Yosys and ABC, to our buffers.
NAMELESS = re.compile(r"(^|\.)(_\d+_|\$[\w$]*|buffered_\d+)(\[\d+\])*$")
# How Amaranth distinguishes signals of the same name.
NUMBER = re.compile(r"(?<=\w)\$\d+(?=\[|$)")


class Names:
    """Names of the nets of a flattened netlist as the unit's Verilog has them."""

    def __init__(self, unit: Emitted, netlist: str):
        self.top = unit.name
        # Registers that are part of an output.
        self.outputs = {}
        for port, nets in ASSIGNED.findall(dict(MODULE.findall(netlist))[self.top]):
            bits = nets.split(", ")
            for bit, net in enumerate(reversed(bits)):
                self.outputs[net.strip().lstrip("\\")] = port + f"[{bit}]" * (len(bits) > 1)
        bodies = {name.lstrip("\\"): body for name, body in MODULE.findall(unit.verilog)}
        self.instances = {name: {
            instance.lstrip("\\"): (kind.lstrip("\\"), dict(PORT.findall(ports)))
            for kind, instance, ports in INSTANCE.findall(body) if kind.lstrip("\\") in bodies}
            for name, body in bodies.items()}

    def name(self, net: str) -> str:
        """Return the path of ``net``, dots between instances; an adder's ports are its nets."""
        if NAMELESS.search(net) and net in self.outputs:
            return self.outputs[net]
        path = net.replace("\\", "").replace("/", ".").split(".")
        module, ports = self.top, {}
        for depth, step in enumerate(path[:-1]):
            if step not in self.instances[module]:
                return ".".join(path)           # the rest belongs to the name
            module, ports = self.instances[module][step]
            if ADDER.search(module) and depth == len(path) - 2:
                return ".".join([*path[:depth], ports.get(path[-1], "$0").lstrip("\\")])
        return ".".join(path)


def plain(name: str) -> str:
    """Return ``name`` without bits, numbers that keep names apart, and which output of an adder.
    """
    name = re.sub(NUMBER, "", re.sub(r"(\[\d+\])+$", "", name))
    return re.sub(r"(?<=\w)_(sum|carry)$", "", name)


def kind(stage: Stage, adders: dict[str, str]) -> str:
    """Return what a stage is, as the summary calls it."""
    known = {cell: adder.replace("_", " ") for adder, cell in adders.items()}
    if re.search(r"(^|/)buffer_\d+$", stage.instance):
        return "buffer"
    return known.get(stage.cell, "gate")


def owners(path: CriticalPath, names: Names, adders: dict[str, str]) -> list[str]:
    """Return, for each stage of ``path``, the name of the part that it counts to."""
    found, name = [], plain(names.name(path.end))
    for stage in reversed(path.stages):
        own = names.name(stage.net)
        if not NAMELESS.search(own):
            name = plain(own)
        found.append(name)
    found.reverse()
    for place, stage in enumerate(path.stages):
        if place and kind(stage, adders) == "buffer":
            found[place] = found[place - 1]             # a buffer belongs to its driver
    return found


def parts(path: CriticalPath, adders: dict[str, str]) -> list[Part]:
    """Return the parts that ``path``, whose stages know theirs, goes through, in order.

    ``adders`` are the cells of the library that are a ``full_adder`` and a ``half_adder``.
    """
    result = []
    for name, group in groupby(path.stages, key=lambda stage: stage.part):
        stages = list(group)
        counts = Counter("register" if stage is path.stages[0] and path.begins_at == "register"
                         else kind(stage, adders) for stage in stages)
        delay = round(sum(stage.delay_ns for stage in stages), 4)
        result.append(Part(name=name, cells=dict(counts), delay_ns=delay,
                           share=round(delay / path.arrival_ns, 4)))
    return result


def summary(begin: str, end: str, divided: list[Part]) -> str:
    """Return a path in a line: begin, parts with their share of the delay, end.

    A part in the scope of the one before it has only its last name there.
    """
    pieces, before = [begin], begin
    for part in divided:
        count = ", ".join(f"{number} {what}{'s' * (number > 1)}"
                          for what, number in part.cells.items())
        scope, _, leaf = part.name.rpartition(".")
        same = scope and scope == before.rpartition(".")[0]
        before = part.name
        pieces.append(f"{'.' + leaf if same else part.name} ({count}, {part.share:.0%})")
    if divided and "register" in divided[0].cells:
        pieces[:2] = [begin + pieces[1][pieces[1].index(" ("):]]
    scope = before.rpartition(".")[0]
    inside = scope and end.startswith(f"{scope}.")
    return " -> ".join([*pieces, end.removeprefix(scope) if inside else end])


def in_parts(path: CriticalPath, unit: Emitted, netlist: str,
             adders: dict[str, str]) -> CriticalPath:
    """Return ``path`` with begin and end by their names in the unit's Verilog, and its parts."""
    names = Names(unit, netlist)
    path = replace(path, stages=[replace(stage, part=part) for part, stage in zip(
        owners(path, names, adders), path.stages, strict=True)])
    divided = parts(path, adders)
    begin, end = names.name(path.begin), names.name(path.end)
    return replace(path, begin=begin, end=end, parts=divided, summary=summary(
        re.sub(NUMBER, "", begin), re.sub(NUMBER, "", end), divided))
