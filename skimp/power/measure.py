"""The energy of a configuration: mapped, simulated with real operands, added up."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from skimp import power, silicon, sim
from skimp.catalogue.block import Block
from skimp.catalogue.rows import CATALOGUE
from skimp.catalogue.selection import Design
from skimp.jobs import cache as results
from skimp.jobs import tools
from skimp.jobs.batch import results_of
from skimp.jobs.job import Job
from skimp.jobs.sources import digest
from skimp.power.energy import energy
from skimp.power.feed import WARM_UP, Feed
from skimp.power.figures import EnergyRecord
from skimp.power.netlist import flatten
from skimp.power.operands import FEEDS
from skimp.power.simulate import simulate
from skimp.power.sta import check, compare, unchecked
from skimp.silicon import mapping
from skimp.silicon.jobs import CellModels, Netlist, OnSilicon
from skimp.silicon.library import Library
from skimp.silicon.prepare import code_of

__all__ = ["Compared", "Energy", "energies", "feed_of"]

#: Processing elements are measured in an array of so many rows and columns, alone in the figures.
SIDE = 4


def feed_of(one: Design, layer: str | None = None, amount: int | None = None,
            every: int = 1, mode: str | None = None) -> Feed:
    """Return what ``one`` is fed, before anything is mapped.

    Raises
    ------
    ValueError
        If nothing real can be fed to it, or not that layer, or not a packet in ``every`` clocks.
    """
    if not _fed(one.block):
        known = [name for name, block in CATALOGUE.items() if _fed(block)]
        raise ValueError(f"energy is measured of what real operands can be fed to: "
                         f"{', '.join(known)}; not of {one.block.name}")
    whole = _in_an_array(one)
    if not whole.model.fed:
        raise ValueError(f"energy is measured of sorting units with a vector per clock, "
                         f"not of {one.name}")
    for width in ("activation_width", "weight_width"):
        if getattr(one.params, width, 8) != 8:
            raise ValueError(f"the operands have 8 bits: {one.name} has a {width} of "
                             f"{getattr(one.params, width)}")
    if getattr(one.params, "signed", False):
        raise ValueError(f"the operands are unsigned: {one.name} takes signed ones")
    if mode is None:
        return FEEDS[whole.model.fed](whole, layer, amount, every)
    if whole.model.fed != "layer":
        raise ValueError(f"--mode is of arrays and their elements: name those alone, "
                         f"for {one.block.name} has none")
    return FEEDS[whole.model.fed](whole, layer, amount, every, mode)


def _fed(block: Block) -> str:
    """Return what real operands ``block``, or the array that it is an element of, can be fed."""
    whole = block.inside or block
    return "" if whole.harness else whole.model.fed


def energies(chosen: list[Design], library: Library, clock_ns: float | None,
             done: Callable[[], object], *, layer: str | None = None,
             amount: int | None = None, every: int = 1,
             mode: str | None = None) -> list[EnergyRecord]:
    """Measure configurations, each at its block's clock unless told; a record each.

    Where the block has a baseline, its energy for each operation is given relative to that at the
    same clock, fed the same (``to_baseline``).

    Parameters
    ----------
    layer : str, optional
        ``NET:LAYER`` that operands are taken from.
    amount : int, optional
        Tiles or packets.
    every : int
        Clocks from one packet to the next; energies are of all of them.
    mode : str, optional
        Of arrays, see `skimp.power.modes`; baselines are busy.
    """
    for one in chosen:
        feed_of(one, layer, amount, every, mode)
    return results_of([Compared(one, library, clock_ns or one.block.clock_ns, layer, amount, every,
                                mode) for one in chosen], done=done)


@dataclass(frozen=True)
class _OnOperands(OnSilicon[EnergyRecord]):
    """A configuration at work on operands of ``layer``, so many tiles or packets of it.

    A packet comes in ``every`` clocks, at most.
    """

    library: Library
    layer: str | None = None
    amount: int | None = None
    every: int = 1
    mode: str | None = None

    @property
    def _feed(self) -> Feed:
        return feed_of(self.one, self.layer, self.amount, self.every, self.mode)


class Energy(_OnOperands):
    """The energy of one configuration on real operands."""

    kind = "energy"
    record = EnergyRecord

    @property
    def _whole(self) -> Design:
        return _in_an_array(self.one)

    @property
    def _netlist(self) -> Netlist:
        return Netlist(self._whole, self.library, self.clock_ns)

    def needs(self) -> tuple[Job[Any], ...]:
        return self._netlist, CellModels(self.library)

    def key(self) -> str:
        unit, feed = self._whole.emit(), self._feed
        facts = {name: value for name, value in unit.manifest.items()
                 if name not in ("sha256", "golden", "paper")}
        folders = [Path(*room.__path__) for room in (power, silicon, sim)]
        return results.entry(
            self.kind, code_of(unit.verilog), json.dumps(facts, sort_keys=True), self.library.key,
            repr([self.one.name, self.clock_ns, feed.workload, feed.every]),
            *_digests(feed.arrays),
            digest(*folders), *(f"{name} {version(name)}" for name in ("cocotb", "pywellen")),
            *mapping.tool_versions())

    def run(self, needed: Mapping[Job[Any], Any]) -> EnergyRecord:
        return _measured(self.one, self._whole, needed[self._netlist], self.library, self.clock_ns,
                         self._feed, needed[CellModels(self.library)])


class Compared(_OnOperands):
    """The record of `Energy` beside the energy of the baseline, where there is one."""

    light = True

    @property
    def _own(self) -> Energy:
        return Energy(self.one, self.library, self.clock_ns, self.layer, self.amount, self.every,
                      self.mode)

    @property
    def _baseline(self) -> Energy | None:
        other = self.one.baseline
        return replace(self._own, one=other, mode=None) if other else None

    def needs(self) -> tuple[Job[Any], ...]:
        return tuple(job for job in (self._own, self._baseline) if job)

    def run(self, needed: Mapping[Job[Any], Any]) -> EnergyRecord:
        found, other = needed[self._own], self._baseline
        if not other:
            return found
        plain = needed[other]
        return replace(found, baseline=f"{plain.block} {plain.config}",
                       to_baseline=found.pj / plain.pj)


def _in_an_array(one: Design) -> Design:
    """Return the array that an element is measured in; anything else is measured as it is."""
    block = one.block.inside
    if block is None:
        return one
    params = asdict(one.params) | {"rows": SIDE, "cols": SIDE}
    params = {field.name: params[field.name] for field in fields(block.parameters)
              if field.name in params}
    return Design(block, one.config, f"{one.name}_in_array", block.parameters(**params))


def _measured(one: Design, whole: Design, mapped: mapping.Mapped, library: Library,
              clock_ns: float, feed: Feed, models: str) -> EnergyRecord:
    unit = whole.emit()
    # The bench's clock is in whole, even ns; energy but leakage does not depend on it. What misses
    # may be the enable of an OR, which has half of the clock.
    period = 2 * math.ceil((clock_ns + 2 * max(0.0, -(mapped.slack_ns or 0.0))) / 2)
    with tools.scratch() as folder:
        netlist = flatten(mapped.netlist, unit.name, library, folder)
        uniform, why_not = {}, unchecked(netlist, library)
        if why_not is None:
            uniform = compare(netlist, unit.name, library, clock_ns=clock_ns)
            why_not = check(uniform)
        activity = simulate(unit, netlist, library, models, whole.model,
                            whole.model(unit.manifest).real(**feed.arrays), WARM_UP, folder,
                            period, feed.every or 1)
    spent = energy(netlist, library, activity.toggles.astype(float), activity.clocks * clock_ns)
    operations = round(activity.operations * feed.useful)
    each = 1 / operations
    parts = {part: pj * each for part, pj in sorted(spent.parts.items(), key=lambda item: -item[1])}
    own = (sum(pj for part, pj in parts.items() if part.startswith("element:"))
           if whole is not one else spent.total * each)
    known = activity.known[_on_pins(netlist)]
    return EnergyRecord(
        block=one.block.name, config=one.config, parameters=asdict(one.params),
        measured_in=whole.name, library=library.name, tools=mapping.tool_versions(),
        clock_ns=clock_ns, slack_ns=mapped.slack_ns, area_um2=mapped.area_um2,
        volts=library.powered.volts, wire_ff=library.wire_ff,
        clock_gating=library.clock_gating, workload=feed.workload,
        operation=feed.operation, operations=operations, every=feed.every,
        clocks=activity.clocks,
        pj=own, pj_whole=spent.total * each, switching_pj=spent.switching * each,
        internal_pj=spent.internal * each, clock_pj=spent.clock * each,
        leakage_pj=spent.leakage * each, parts_pj=parts,
        kinds_pj={kind: pj * each for kind, pj in spent.kinds.items()},
        milliwatts=spent.total / (activity.clocks * clock_ns),
        toggles_per_clock=float(activity.toggles.sum() / activity.clocks),
        annotated_percent=100 * float(known.mean()), nets=len(known), not_checked=why_not,
        uniform_mw=None if why_not is not None else {
            part: {"ours": ours, "opensta": theirs} for part, (ours, theirs) in uniform.items()})


def _on_pins(netlist: Any) -> list[int]:
    """Return the nets on a pin of some cell, without constants."""
    return sorted({net for cells in netlist.cells.values() for net in cells.ravel().tolist()
                   if net > 3})


def _digests(arrays: Mapping[str, Any]) -> list[str]:
    return [f"{name} {array.shape} {hashlib.sha256(array.tobytes()).hexdigest()}"
            for name, array in arrays.items()]
