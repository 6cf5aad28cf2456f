"""What energy needs of a Liberty file: pin capacitances, slews, internal energies, leakage."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from lark import Lark, Transformer, UnexpectedInput

__all__ = ["Cell", "CellLibrary", "Table", "read_cells"]

GRAMMAR = r"""
start: group
group: WORD "(" [_arguments] ")" "{" (group | simple | complex)* "}" [";"]
simple: WORD ":" VALUE [";"]
complex: WORD "(" [_arguments] ")" [";"]
_arguments: argument ("," argument)*
argument: STRING | BARE
WORD: /[A-Za-z_]\w*/
VALUE.2: /"[^"]*"|[^\s;{}"][^;{}"\n]*/
STRING: /"[^"]*"/
BARE: /[^\s,()";{}]+/
%ignore /(\s|\\\r?\n)+/
%ignore /\/\*(.|\n)*?\*\//
%ignore /\/\/[^\n]*/
"""

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass
class Group:
    """A group of the file: its kind, its name, what it says, the groups in it."""

    kind: str
    name: str
    values: dict[str, Any] = field(default_factory=dict)
    groups: list["Group"] = field(default_factory=list)

    def all(self, *kinds: str) -> list["Group"]:
        """Give the groups in it of these kinds."""
        return [group for group in self.groups if group.kind in kinds]

    def number(self, name: str, default: float = 0.0) -> float:
        """Give a value as a number."""
        return float(self.values.get(name, default))


class _Groups(Transformer[Any, Group]):
    def start(self, children: list[Any]) -> Group:
        return children[0]

    def argument(self, children: list[Any]) -> str:
        return str(children[0]).strip('"')

    def simple(self, children: list[Any]) -> tuple[str, str]:
        return str(children[0]), str(children[1]).strip().strip('"')

    def complex(self, children: list[Any]) -> tuple[str, list[str]]:
        return str(children[0]), [child for child in children[1:] if child is not None]

    def group(self, children: list[Any]) -> Group:
        kind, *rest = children
        names = [child for child in rest if isinstance(child, str)]
        made = Group(str(kind), names[0] if names else "")
        for child in rest:
            if isinstance(child, Group):
                made.groups.append(child)
            elif isinstance(child, tuple):
                made.values[child[0]] = child[1]
        return made


_PARSER = Lark(GRAMMAR, parser="lalr", transformer=_Groups())


@dataclass(frozen=True)
class Table:
    """A look-up table of load (pF) and input slew (ns); one of a single index has but slews."""

    loads: Array
    slews: Array
    values: Array

    def at(self, load: Array, slew: Array) -> Array:
        """Interpolate linearly, and beyond the table's edges, too, as timing tools do."""
        row, down = _place(self.loads, load)
        column, right = _place(self.slews, slew)
        next_row = np.minimum(row + 1, len(self.loads) - 1)
        next_column = np.minimum(column + 1, len(self.slews) - 1)
        upper = (self.values[row, column] * (1 - right) + self.values[row, next_column] * right)
        lower = (self.values[next_row, column] * (1 - right)
                 + self.values[next_row, next_column] * right)
        return upper * (1 - down) + lower * down


def _place(index: Array, where: Array) -> tuple[np.ndarray[Any, Any], Array]:
    if len(index) == 1:
        return np.zeros(np.shape(where), np.int64), np.zeros(np.shape(where))
    low = np.clip(np.searchsorted(index, where) - 1, 0, len(index) - 2)
    return low, (where - index[low]) / (index[low + 1] - index[low])


@dataclass(frozen=True)
class Cell:
    """A cell.

    Attributes
    ----------
    inputs, outputs : dict of str to float
        Capacitance of each pin, pF.
    clocks : set of str
        Inputs that are clocks.
    leakage : float
        nW.
    slew : dict of (input, output) to list of Table
        Transition times of the output, rising and falling, ns.
    energy : dict of (input or "", pin) to list of Table
        What a transition of the pin dissipates inside, pJ, rising and falling; of an output, when
        that input causes it.
    sequential : bool
        Whether it stores a bit.
    """

    inputs: dict[str, float]
    outputs: dict[str, float]
    clocks: set[str]
    leakage: float
    slew: dict[tuple[str, str], list[Table]]
    energy: dict[tuple[str, str], list[Table]]
    sequential: bool


@dataclass(frozen=True)
class CellLibrary:
    """Cells by name, and the voltage (V) that they are characterised at."""

    cells: dict[str, Cell]
    volts: float


@lru_cache(maxsize=4)
def read_cells(liberty: Path) -> CellLibrary:
    """Read what energy needs of a Liberty file.

    Raises
    ------
    ValueError
        If it cannot be parsed, names no voltage, or has no internal power.
    """
    try:
        root = _PARSER.parse(liberty.read_text())
    except UnexpectedInput as error:
        raise ValueError(f"{liberty} is not a Liberty file that can be read: line {error.line} is "
                         "not as the format says") from None
    assert isinstance(root, Group)
    if "nom_voltage" not in root.values:
        raise ValueError(f"{liberty} has no nom_voltage, so no energy")
    volts = root.number("nom_voltage")
    scales = _scales(root, volts)
    templates = {group.name: group for group in root.all("lu_table_template", "power_lut_template")}
    cells = {group.name: _cell(group, templates, scales) for group in root.all("cell")}
    if not any(cell.energy for cell in cells.values()):
        raise ValueError(f"{liberty} has no internal power: energy needs a library with "
                         "internal_power groups")
    return CellLibrary(cells, volts)


# Units in seconds, farads, watts by their prefix.
PREFIX = {"f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0}


def _scales(root: Group, volts: float) -> dict[str, float]:
    """Give what takes the file's units to ns, pF, nW and pJ."""
    def unit(text: str) -> float:
        number = text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        letters = text[len(number):]
        return float(number or 1) * PREFIX[letters[:-1].lower() if len(letters) > 1 else ""]

    size, letters = root.values.get("capacitive_load_unit", ["1", "pf"])
    farads = float(size) * PREFIX[letters[0].lower()]
    # Internal power is energy, of a load's unit at a square volt: so with OSU's and sky130's files.
    return {"ns": unit(root.values.get("time_unit", "1ns")) / 1e-9, "pF": farads / 1e-12,
            "nW": unit(root.values.get("leakage_power_unit", "1nW")) / 1e-9,
            "pJ": farads / 1e-12, "volts": volts}


def _cell(group: Group, templates: dict[str, Group], scales: dict[str, float]) -> Cell:
    inputs, outputs, clocks = {}, {}, set()
    slew: dict[tuple[str, str], list[Table]] = {}
    energy: dict[tuple[str, str], list[Table]] = {}
    for pin in group.all("pin"):
        out = pin.values.get("direction") != "input"
        (outputs if out else inputs)[pin.name] = pin.number("capacitance") * scales["pF"]
        if pin.values.get("clock") == "true":
            clocks.add(pin.name)
        for arc in pin.all("timing"):
            tables = [_table(table, templates, scales, "ns")
                      for table in arc.all("rise_transition", "fall_transition")]
            for related in arc.values.get("related_pin", "").split():
                if out and tables:
                    slew.setdefault((related, pin.name), []).extend(tables)
        for power in pin.all("internal_power"):
            tables = [_table(table, templates, scales, "pJ")
                      for table in power.all("power", "rise_power", "fall_power")]
            for related in power.values.get("related_pin", "").split() or [""]:
                energy.setdefault((related if out else "", pin.name), []).extend(tables)
    return Cell(inputs, outputs, clocks, group.number("cell_leakage_power") * scales["nW"], slew,
                energy, bool(group.all("ff", "latch")))


def _table(table: Group, templates: dict[str, Group], scales: dict[str, float],
           unit: str) -> Table:
    """Give a table with its axes in the order load, slew."""
    def numbers(texts: list[str]) -> Array:
        return np.array([float(number) for text in texts
                         for number in text.replace(",", " ").split()])

    template = templates.get(table.name, Group("", ""))
    values = numbers(table.values["values"]) * scales[unit]
    axes = {}
    for place in (1, 2):
        variable = template.values.get(f"variable_{place}", "")
        index = table.values.get(f"index_{place}", template.values.get(f"index_{place}"))
        if index and variable:
            load = "capacitance" in variable
            axes["load" if load else "slew"] = (place, numbers(index) *
                                                scales["pF" if load else "ns"])
    loads = axes.get("load", (1, np.zeros(1)))
    slews = axes.get("slew", (2, np.zeros(1)))
    order = (len(loads[1]), len(slews[1]))
    grid = (values.reshape(order) if loads[0] < slews[0] or 1 in order
            else values.reshape(order[::-1]).T)
    return Table(loads[1], slews[1], grid)
