"""How a Liberty file of tests is written: its units, words, tables, states."""

from dataclasses import dataclass

__all__ = ["PARTS", "TEMPLATES", "Style"]

PREFIX = {"f": 1e-3, "p": 1.0, "n": 1e3, "u": 1e6}
PARTS = {"slew": (0.2, 1.0, 5.0), "load": (1.0, 8.0, 64.0)}     # of a usual slew, of an input
# Templates: their kind, and for each index what it is of and its name.
LOAD = ("load", "total_output_net_capacitance")
TEMPLATES = {
    "delay": ("lu_table_template", [LOAD, ("slew", "input_net_transition")]),
    "energy": ("power_lut_template", [LOAD, ("slew", "input_transition_time")]),
    "passive": ("power_lut_template", [("slew", "input_transition_time")]),
    "constraint": ("lu_table_template", [("slew", "related_pin_transition"),
                                         ("slew", "constrained_pin_transition")])}


@dataclass(frozen=True)
class Style:
    """How a library is written; in ns, pF, nW, pJ, whatever the file's units are.

    Attributes
    ----------
    prefix, units, volts
        Before each cell's name; of the file's units of time, capacitance, leakage; voltage.
    pin, delay, ohms, slew, energy, leak
        Of an inverter of drive 1: input's capacitance, delay without load, ns for a pF, usual slew,
        energy of a transition; leakage for a unit of area.
    header, rails
        Further lines of the library; power and ground pin.
    quoted, load_first, indexed
        Whether words stand in quotes, the load is a table's first index, tables tell indices.
    negative, states, conditions, shared
        Whether energies are negative for a rise, more for a fall; are told for each state of the
        other inputs; delays are, too; powers are told for each rail.
    leakage, breaks
        ``"cell"``, ``"states"`` or both; what goes before a newline in values, by turns.
    """

    prefix: str
    units: str
    volts: float
    pin: float
    delay: float
    ohms: float
    slew: float
    energy: float
    leak: float
    header: str = ""
    rails: tuple[str, ...] = ()
    quoted: bool = False
    load_first: bool = True
    indexed: bool = True
    negative: bool = False
    states: bool = False
    conditions: bool = False
    shared: bool = False
    leakage: str = "cell states"
    breaks: tuple[str, ...] = (" \\",)

    def word(self, text: str) -> str:
        return f'"{text}"' if self.quoted else text

    def number(self, value: float, unit: str) -> str:
        """Write ns, pF (or pJ) or nW in the file's unit."""
        base = PREFIX["p" if unit == "load" else "n"]
        return f"{value * base / PREFIX[self.units[('slew', 'load', 'power').index(unit)]]:.6g}"

    def function(self, text: str) -> str:
        """Write a function with ``*`` and ``+`` where the library has these."""
        return text.replace("&", "*").replace("|", "+") if self.conditions else text

    def axes(self, template: str) -> list[tuple[str, str]]:
        axes = TEMPLATES[template][1]
        return axes if self.load_first or template == "constraint" else axes[::-1]

    def points(self, axis: str) -> list[float]:
        return [part * {"slew": self.slew, "load": self.pin}[axis] for part in PARTS[axis]]

    def indices(self, template: str) -> list[str]:
        axes = [[self.number(point, of) for point in self.points(of)]
                for of, _ in self.axes(template)]
        return [f'index_{place} ("{", ".join(axis)}");' for place, axis in enumerate(axes, 1)]
