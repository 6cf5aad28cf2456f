"""A standard-cell library: its cells by function, limits of its nets, copies for the tools."""

import hashlib
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from skimp.silicon import copies, roles
from skimp.silicon.cells import Cells
from skimp.silicon.gating_cells import GatingCells, gating_cells
from skimp.silicon.liberty import cut, merged, read
from skimp.silicon.roles import UNWANTED, Adder, Buffer

__all__ = ["MOST_PINS", "OSU018", "WIRE_FF", "Library"]

#: From Debian's qflow-tech-osu018.
OSU018 = Path("/usr/share/qflow/tech/osu018/osu018_stdcells.lib")
#: Wire of a net for each pin on it, fF, where the smallest inverter has `AREA_UM2`, as OSU's has.
#: Placed and routed units of its cells have 1.9 to 2.7. Wires get shorter as cells do.
WIRE_FF, AREA_UM2 = 2.5, 16.0
#: Pins that one cell drives where the library says nothing.
MOST_PINS = 16


@dataclass(frozen=True)
class Library:
    """A standard-cell library, and how it is used."""

    files: tuple[Path, ...]
    text: str = field(repr=False)           # of all files
    wire_given: float | None = None         # fF of wire for each pin; None for the default
    # Patterns of cells that are not to be used, beside `UNWANTED` and what the library marks.
    dont_use: tuple[str, ...] = ()
    clock_gating: bool = False              # whether clocks of registers with an enable are gated

    @classmethod
    def find(cls, liberty: Path | Iterable[Path] | None = None, *, wire_ff: float | None = None,
             dont_use: Iterable[str] = (), clock_gating: bool = False) -> "Library | None":
        """Open the files ``liberty``, or OSU 0.18 um if there are none; None if it is missing.

        Raises
        ------
        ValueError
            If one is not a Liberty file, they do not fit together, have no cells or no delays, or
            ``dont_use`` leaves nothing to map to.
        """
        files = [liberty] if isinstance(liberty, Path) else list(liberty or ())
        if not files and not OSU018.exists():
            return None
        files = files or [OSU018]
        texts, names = [read(file) for file in files], [str(file) for file in files]
        for text, name in zip(texts, names, strict=True):
            if not re.search(r"\bcell\s*\(", text):
                raise ValueError(f"{name} has no cells")
            if not re.search(r"\btiming\s*\(", text):
                raise ValueError(f"{name} has no timing: gates are sized, and slack is told, by "
                                 "the delays in its cells' timing groups")
        found = cls(tuple(file.absolute() for file in files), merged(texts, names), wire_ff,
                    tuple(dont_use), clock_gating)
        try:
            found._check()
        except ValueError as error:
            raise ValueError(f"{', '.join(names)}: {error}") from error
        return found

    def _check(self) -> None:
        for pattern in self.dont_use:
            if not any(fnmatchcase(cell, pattern) for cell in self.cells):
                raise ValueError(f"no cell is called {pattern!r}, which is not to be used")
        missing = [what for what, found in (
            ("inverter", self._of_one_input(roles.INVERT)), ("register", any(
                self._all[cell].sequential for cell in self.usable))) if not found]
        if missing:
            raise ValueError(f"there is no {missing[0]} that may be used, so nothing can be mapped")
        if self.clock_gating and not self.gating.complete:
            raise ValueError("clocks can be gated only with a clock gate, or with a latch, an AND "
                             "and an inverter, that may be used, and the library has neither")

    @property
    def name(self) -> str:
        """Name of its first file, and how many more there are."""
        name = re.sub(r"\.lib(\.gz)?$|\.gz$", "", self.files[0].name)
        return name + (f" and {len(self.files) - 1} more" if self.files[1:] else "")

    def __reduce__(self) -> tuple[Any, ...]:
        # Another process opens the same files once, instead of receiving tens of megabytes.
        return _opened, (self.files, self.wire_given, self.dont_use, self.clock_gating)

    @cached_property
    def digest(self) -> str:
        """Hash of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def key(self) -> str:
        """Hash of all that a result depends on: the library and how it is used."""
        used = [self.digest, self.wire_ff, self.dont_use, self.clock_gating, UNWANTED, MOST_PINS]
        return hashlib.sha256(repr(used).encode()).hexdigest()

    @cached_property
    def cells(self) -> set[str]:
        """Names of its cells."""
        return set(self._all)

    @cached_property
    def usable(self) -> set[str]:
        """Names of the cells that units are mapped to."""
        return {name for name in self._allowed
                if not any(fnmatchcase(name, pattern) for pattern in UNWANTED)}

    @cached_property
    def adders(self) -> dict[str, Adder]:
        """The smallest full and half adder, by the names of our modules."""
        # `UNWANTED` sizes of adders are allowed: there may be no other.
        return roles.adders(self._all, self._allowed)

    @cached_property
    def adder_cells(self) -> dict[str, str]:
        """Cell of each of `adders`."""
        return {name: adder.cell for name, adder in self.adders.items()}

    @cached_property
    def gating(self) -> GatingCells:
        """Cells that gate clocks, where clocks are gated."""
        if not self.clock_gating:
            return GatingCells()
        # They have no functions. That a library does not want them, it means of logic.
        own = [name for name in self._all if self._all[name].gate and not self._refused(name)]
        return gating_cells(self._all, own, self.usable)

    @cached_property
    def ties(self) -> dict[str, tuple[str, str]]:
        """Tie cell and its pin for "0" and "1", where the library has them."""
        return roles.ties(self._all, self.usable)

    @cached_property
    def buffers(self) -> list[Buffer]:
        """The smallest and the best buffer; one if they are the same, none if there is none."""
        found = self._of_one_input(roles.COPY)
        return roles.buffers(self.timed, found, self.most_pins * (self.pin_pf + self.wire_pf),
                             {name: self.most_pf(name, pin) for name, _, pin in found})

    @cached_property
    def wire_ff(self) -> float:
        """Wire of a net for each pin that it drives, fF."""
        if self.wire_given is not None:
            return self.wire_given
        area = min(self._all[name].area for name, *_ in self._of_one_input(roles.INVERT))
        return float(f"{WIRE_FF * math.sqrt(area / AREA_UM2):.2g}")

    @property
    def wire_pf(self) -> float:
        """`wire_ff` in pF."""
        return self.wire_ff / 1000

    @cached_property
    def most_pins(self) -> int:
        """Pins that a net may drive."""
        return int(self._all.default("default_max_fanout") or MOST_PINS)

    @cached_property
    def most_pf(self) -> Callable[[str, str], float]:
        """Return the capacitance in pF that a pin of a cell may drive, by load and slew."""
        return cache(lambda cell, pin: self.timed[cell].most_pf(pin))

    @cached_property
    def typical(self) -> Callable[[str, str, str], float]:
        """Return the delay in ns from an input of a cell to an output that drives four pins."""
        load = 4 * (self.pin_pf + self.wire_pf)
        return cache(lambda cell, source, pin: self.timed[cell].delay_ns(source, pin, load))

    @cached_property
    def pin_pf(self) -> float:
        """Median capacitance of the inputs of gates, pF."""
        gates = [cell for name, cell in self._all.items()
                 if name in self.usable and cell.inputs and not cell.sequential]
        return float(np.median([pf for cell in gates for pf in cell.inputs.values()]))

    @cached_property
    def timed(self) -> Cells:
        """Cells with delays and slews, but without energies."""
        return Cells(cut(self._text, "internal_power", "leakage_power"))

    @cached_property
    def powered(self) -> Cells:
        """Cells with energies."""
        return Cells(self._text)

    @cached_property
    def _all(self) -> Cells:
        """Cells without tables."""
        return Cells(cut(self._text, "internal_power", "leakage_power", "timing"))

    @cached_property
    def _allowed(self) -> list[str]:
        """Names of the cells with functions, which clock gates lack, that are not forbidden."""
        return [name for name, cell in self._all.items()
                if not cell.unwanted and cell.outputs and set(cell.functions) == set(cell.outputs)
                and not self._refused(name)]

    def _refused(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self.dont_use)

    def _of_one_input(self, table: int) -> list[tuple[str, str, str]]:
        return roles.of_one_input(self._all, self.usable, table)

    @cached_property
    def for_mapping(self) -> str:
        """Text for ABC."""
        return self._kept(set())

    def _kept(self, more: set[str]) -> str:
        keep = self.usable | set(self.adder_cells.values()) | more
        return copies.for_mapping(self._text, keep, self._wire)

    @cached_property
    def for_reading(self) -> str:
        """Text for Yosys, which needs no delays, with all cells that a netlist may have."""
        return cut(self._kept(self.gating.names), "timing")

    @cached_property
    def for_timing(self) -> str:
        """Text for OpenSTA, to tell slack."""
        return copies.for_timing(self._text, self._wire, latch=self.gating.latch)

    @cached_property
    def for_power(self) -> str:
        """Text for OpenSTA, with energies."""
        return copies.for_timing(self._text, self._wire, power=True)

    @cached_property
    def _text(self) -> str:
        return copies.with_areas(self.text)

    @property
    def _wire(self) -> float:
        """Wire for each pin in the unit of the file."""
        return self.wire_pf / self._all.scales["pF"]


@cache
def _opened(files: tuple[Path, ...], wire_ff: float | None, dont_use: tuple[str, ...],
            clock_gating: bool) -> Library | None:
    return Library.find(files, wire_ff=wire_ff, dont_use=dont_use, clock_gating=clock_gating)
