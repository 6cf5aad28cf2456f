"""The cells of a Liberty file, each read when it is first asked for."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np

from skimp.silicon.cell import Array, Cell, ClockGate, Latch, Table
from skimp.silicon.liberty import Group, cut, parse, split

__all__ = ["AXES", "Cells"]

# Units in seconds, farads, watts, volts by their prefix.
PREFIX = {"f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3}
UNIT = re.compile(r"\s*(\d*\.?\d*(?:e-?\d+)?)\s*([fpnumk]?)(?:s|f|v|w)\s*", re.IGNORECASE)
# Variables of tables; True for loads.
AXES = {"total_output_net_capacitance": True, "input_net_transition": False,
        "input_transition_time": False}
# Groups of cells that store a bit.
STORES = ("ff", "latch", "ff_bank", "latch_bank", "statetable")


class Cells(Mapping[str, Cell]):
    """The cells of a library by name, from its text as `skimp.silicon.liberty` reads it."""

    def __init__(self, text: str):
        head, self._texts = split(text)
        # These groups of a head may be long.
        self._root = parse(cut(head + "}", "wire_load", "wire_load_selection"))
        self._read: dict[str, Cell] = {}

    def __getitem__(self, name: str) -> Cell:
        if name not in self._read:
            if name not in self._texts:
                raise KeyError(name)
            try:
                self._read[name] = _Reader(parse(self._texts[name]), self).cell()
            except (ValueError, KeyError, IndexError) as error:
                raise ValueError(f"cell {name} of the Liberty file: {error}") from error
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    @property
    def name(self) -> str:
        """Name that the library gives itself."""
        return self._root.name

    @cached_property
    def volts(self) -> float:
        """Supply in V; ValueError if the library names none."""
        if "nom_voltage" not in self._root.values:
            raise ValueError(f"{self.name} has no nom_voltage, so no energy")
        volts = self._root.number("nom_voltage")
        if not 0 < volts < 100:
            raise ValueError(f"{self.name} has a nom_voltage of {volts:g}; it must be above 0 and "
                             "below 100 V")
        return volts

    @property
    def has_conditions(self) -> bool:
        """Whether it names default operating conditions."""
        return "default_operating_conditions" in self._root.values

    def says(self, cell: str, group: str, attribute: str) -> bool:
        """Return whether any group of a kind in ``cell`` has an attribute."""
        kept = re.findall(rf"\b{group}\s*\([^)]*\)\s*\{{([^{{}}]*)", self._texts[cell])
        return any(re.search(rf"\b{attribute}\b", head) for head in kept)

    @cached_property
    def templates(self) -> dict[str, Group]:
        """Templates of tables, by name."""
        return {group.name: group for group in self._root.groups if "template" in group.kind}

    @cached_property
    def scales(self) -> dict[str, float]:
        """Factors from the file's units to ns, pF, nW and pJ."""
        values = self._root.values
        farads = _unit("".join(values.get("capacitive_load_unit", ["1", "pf"])[:2]))
        volts = _unit(values.get("voltage_unit", "1V"))
        # Internal power is an energy: the unit of loads times a square volt.
        return {"ns": _unit(values.get("time_unit", "1ns")) / 1e-9, "pF": farads / 1e-12,
                "nW": _unit(values.get("leakage_power_unit", "1nW")) / 1e-9,
                "pJ": farads * volts ** 2 / 1e-12}

    def default(self, name: str) -> float | None:
        """Return a number of the head; None where there is none."""
        return self._root.number(name) if name in self._root.values else None


def _unit(text: str) -> float:
    """Return a unit such as 1ns or 100ff in its base unit."""
    found = UNIT.fullmatch(text)
    if not found:
        raise ValueError(f"the unit {text!r} is not understood")
    return float(found[1] or 1) * PREFIX[found[2].lower()]


class _Reader:
    """Reads one cell."""

    def __init__(self, group: Group, cells: Cells):
        self.group, self.cells, self.scales = group, cells, cells.scales

    def cell(self) -> Cell:
        inputs, outputs, functions, clocks = {}, {}, {}, set()
        most, slowest = {}, {}
        for pin in self.group.all("pin"):
            if pin.values.get("direction") == "internal":
                continue
            out = pin.values.get("direction") != "input"
            (outputs if out else inputs)[pin.name] = (
                pin.number("capacitance", self.cells.default(
                    "default_output_pin_cap" if out else "default_input_pin_cap") or 0.0)
                * self.scales["pF"])
            if out and "function" in pin.values:
                functions[pin.name] = pin.values["function"]
            if pin.values.get("clock") == "true":
                clocks.add(pin.name)
            if out:
                self._limit(most, pin, "max_capacitance", self.scales["pF"])
            self._limit(slowest, pin, "max_transition", self.scales["ns"])
        arcs = {pin.name: pin.all("timing") for pin in self.group.all("pin") if pin.name in outputs}
        return Cell(
            self.group.number("area"), inputs, outputs, functions, clocks, most, slowest,
            self._leakage(), self._arcs(arcs, "cell_rise", "cell_fall"),
            self._arcs(arcs, "rise_transition", "fall_transition"), self._energy(set(outputs)),
            bool(self.group.all(*STORES)), self.group.values.get("dont_use") == "true",
            self._clock_gate(), self._latch(functions, set(inputs)))

    def _clock_gate(self) -> ClockGate | None:
        kind = self.group.values.get("clock_gating_integrated_cell", "")
        pins = {what: [pin.name for pin in self.group.all("pin")
                       if pin.values.get(f"clock_gate_{what}_pin") == "true"]
                for what in ("clock", "enable", "out", "test")}
        if not kind.startswith("latch_posedge") or not all(
                len(pins[what]) == 1 for what in ("clock", "enable", "out")):
            return None
        return ClockGate(pins["clock"][0], pins["enable"][0], pins["out"][0], tuple(pins["test"]))

    def _latch(self, functions: dict[str, str], inputs: set[str]) -> Latch | None:
        """Return what a latch without set and reset is."""
        for latch in self.group.all("latch"):
            enable = re.sub(r"[\s()]", "", latch.values.get("enable", ""))
            data = re.sub(r"[\s()]", "", latch.values.get("data_in", ""))
            pin = enable.strip("!'")
            outputs = [out for out, function in functions.items()
                       if function.strip(" ()") == latch.name]
            if outputs and {pin, data} == inputs and len(self.group.all("pin")) == 2 + len(outputs):
                return Latch(data, pin, outputs[0], pin == enable)
        return None

    def _limit(self, limits: dict[str, float], pin: Group, name: str, scale: float) -> None:
        default = self.cells.default(f"default_{name}")
        if name in pin.values or default is not None:
            limits[pin.name] = pin.number(name, default or 0.0) * scale

    def _leakage(self) -> float:
        """Return the stated mean, or that of the states."""
        if "cell_leakage_power" in self.group.values:
            return self.group.number("cell_leakage_power") * self.scales["nW"]
        supplies: dict[str, list[float]] = {}
        for state in self.group.all("leakage_power"):
            supplies.setdefault(state.values.get("related_pg_pin", ""), []).append(
                state.number("value"))
        return sum(float(np.mean(values)) for values in supplies.values()) * self.scales["nW"]

    def _arcs(self, arcs: dict[str, list[Group]],
              *kinds: str) -> dict[tuple[str, str], list[Table]]:
        found: dict[tuple[str, str], list[Table]] = {}
        for pin, groups in arcs.items():
            for arc in groups:
                tables = [self._table(table, "ns") for table in arc.all(*kinds)]
                for related in arc.values.get("related_pin", "").split():
                    if tables:
                        found.setdefault((related, pin), []).extend(tables)
        return found

    def _energy(self, outputs: set[str]) -> dict[tuple[str, str], list[list[Table]]]:
        found: dict[tuple[str, str], dict[str, list[Table]]] = {}
        for pin in self.group.all("pin"):
            for power in pin.all("internal_power"):
                tables = [self._table(table, "pJ")
                          for table in power.all("power", "rise_power", "fall_power")]
                supply = power.values.get("related_pg_pin", "")
                for related in power.values.get("related_pin", "").split() or [""]:
                    place = (related if pin.name in outputs else "", pin.name)
                    found.setdefault(place, {}).setdefault(supply, []).extend(tables)
        return {place: list(supplies.values()) for place, supplies in found.items()}

    def _table(self, table: Group, unit: str) -> Table:
        """Return a table with its axes in the order load, slew."""
        def numbers(texts: list[str]) -> Array:
            found = np.array([float(number) for text in texts
                              for number in text.replace(",", " ").split()])
            if not np.isfinite(found).all():
                raise ValueError(f"{table.kind} must have finite numbers")
            return found

        template = self.cells.templates.get(table.name, Group("", []))
        if "values" not in table.values or "variable_3" in template.values:
            raise ValueError(f"{table.kind} is no table of load and slew")
        values = numbers(table.values["values"]) * self.scales[unit]
        axes = {}
        for place in (1, 2):
            variable = template.values.get(f"variable_{place}", "")
            index = table.values.get(f"index_{place}", template.values.get(f"index_{place}"))
            if index and variable:
                if variable not in AXES:
                    raise ValueError(f"a table over {variable} is not understood")
                load = AXES[variable]
                axes["load" if load else "slew"] = (place, numbers(index) *
                                                    self.scales["pF" if load else "ns"])
        loads = axes.get("load", (1, np.zeros(1)))
        slews = axes.get("slew", (2, np.zeros(1)))
        order = (len(loads[1]), len(slews[1]))
        grid = (values.reshape(order) if loads[0] < slews[0] or 1 in order
                else values.reshape(order[::-1]).T)
        return Table(loads[1], slews[1], grid)
