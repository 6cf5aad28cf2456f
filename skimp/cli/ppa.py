"""The verb that holds areas and slacks to their bounds."""

import os
from dataclasses import asdict
from pathlib import Path

from skimp.catalogue.groups import bounded
from skimp.catalogue.selection import Design
from skimp.cli.notes import (
    NOTES,
    announce_first_synthesis,
    open_library,
    open_sta,
    progress,
)
from skimp.cli.options import FILE, LIBRARY, LibraryChoice, option, verb
from skimp.show import units
from skimp.show.terminal import show
from skimp.silicon import gate
from skimp.silicon.figures import GateRecord

__all__ = ["COMMANDS"]


def ppa(chosen: list[Design], update: bool, rules: Path | None, choice: LibraryChoice,
        as_json: bool) -> None:
    """Check area and slack of each configuration against its bounds; fail where one is exceeded.

    Configurations have bounds of their own with --clock-gating; those without it stay as they are.
    Only elements, arrays of 8 x 8 and sorting units of 25 elements have them.
    """
    library = open_library(choice)
    open_sta()
    gated = library.clock_gating
    gate.refuse_others(chosen, gated)
    if gated:
        chosen = _bounded(chosen)
    path = rules or gate.RULES
    if update and not os.access(path.absolute().parent, os.W_OK):
        raise ValueError(f"cannot write to the folder {path.parent}")
    everything = not gated and gate.entries(gated) <= {gate.entry(one, gated) for one in chosen}
    catalogue = gate.entries(False) | gate.entries(True)
    bounds = {}
    if not update or path.exists():
        try:
            bounds = gate.load(path, library)
        except (RuntimeError, ValueError):
            # With the whole catalogue measured, no rule has to stay that was made otherwise.
            if not (update and everything):
                raise
    announce_first_synthesis()
    with progress("synthesize", len(chosen)) as done:
        measured = gate.measure(chosen, library, done)
    broken = []
    if update:
        bounds = {name: old for name, old in bounds.items() if name in catalogue}
        bounds |= {name: gate.rule(figures) for name, figures in measured.items()}
        gate.save(path, library, bounds)
        NOTES.print(f"skimp: wrote {path}")
    else:
        broken = gate.violations(measured, bounds)
        broken += [f"{name}: has a rule, but is not in the catalogue; {gate.UPDATE}"
                   for name in bounds if name not in catalogue]
    rows = [GateRecord(entry=name, clock_gating=gated, **(
        asdict(bounds[name]) if name in bounds else {}) | asdict(figures))
        for name, figures in measured.items()]
    show({"entries": rows, "violations": broken}, as_json, units.bounds)
    for line in broken:
        NOTES.print(f"skimp: {line}")
    if broken:
        raise RuntimeError(f"{len(broken)} bounds of {path} are not kept")


def _bounded(chosen: list[Design]) -> list[Design]:
    """Return those of ``chosen`` that have bounds with gated clocks; ValueError if none has."""
    names = {one.name for one in bounded()}
    kept = [one for one in chosen if one.name in names]
    if not kept:
        raise ValueError("with --clock-gating elements, arrays of 8 x 8 and sorting units of 25 "
                         f"elements have bounds: {gate.entry(chosen[0], gated=False)!r} is none of "
                         "them")
    return kept


COMMANDS = (
    verb(ppa,
         option("--update", is_flag=True, help="make the present figures the bounds"),
         option("--rules", type=FILE, help="a file of rules instead of the one that ships"),
         *LIBRARY),
)
