"""The energy of a configuration: mapped, simulated with real operands, added up; a row for each."""

import hashlib
import inspect
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from skimp import power, silicon, sim
from skimp.catalogue.rows import CATALOGUE
from skimp.catalogue.selection import Selected, generate
from skimp.jobs import cache as results
from skimp.jobs import tools
from skimp.power.energy import energy
from skimp.power.netlist import flatten
from skimp.power.operands import LAYER, PACKETS, WARM_UP, Feed, layer_feed, traffic_feed
from skimp.power.simulate import simulate
from skimp.power.sta import check, compare, unchecked
from skimp.silicon import mapping
from skimp.silicon.area import baseline_of
from skimp.silicon.library import Library

__all__ = ["energies", "feed_of", "measure"]

#: Tiles of an array, packets of a sorting unit, in which toggles are counted.
TILES, PACKET_COUNT = 4, 48
#: Processing elements are measured in an array of so many rows and columns, alone in the figures.
SIDE = 4
ELEMENTS = {"plain-pe": "plain-array", "sparq-pe": "sparq-array", "sysmt-pe": "sysmt-array"}
ARRAYS = tuple(ELEMENTS.values())
#: Benches of what is fed packets.
SORTING = ("skimp.sim.tb_psu", "skimp.sim.tb_link_orderer")


def feed_of(one: Selected, layer: str | None = None, amount: int | None = None) -> Feed:
    """Give what ``one`` is fed, before anything is mapped.

    Raises
    ------
    ValueError
        If nothing real can be fed to it, or not that layer.
    """
    if one.block.bench not in SORTING and one.block.name not in (*ELEMENTS, *ARRAYS):
        known = [block.name for block in CATALOGUE.values() if block.bench in SORTING]
        raise ValueError(f"energy is measured of what real operands can be fed to: "
                         f"{', '.join((*known, *ELEMENTS, *ARRAYS))}; not of {one.block.name}")
    if one.bench == "skimp.sim.tb_psu_serial":
        raise ValueError(f"energy is measured of sorting units with a vector per clock, "
                         f"not of {one.name}")
    for width in ("activation_width", "weight_width"):
        if getattr(one.params, width, 8) != 8:
            raise ValueError(f"the operands have 8 bits: {one.name} has a {width} of "
                             f"{getattr(one.params, width)}")
    if one.block.bench in SORTING:
        return traffic_feed(one, layer or PACKETS, amount or PACKET_COUNT)
    return layer_feed(_in_an_array(one), layer or LAYER, amount or TILES)


def energies(chosen: list[Selected], library: Library, clock_ns: float | None,
             done: Callable[[], object], **how: Any) -> list[dict[str, Any]]:
    """Measure configurations, each at its block's clock unless told; one row each.

    Where the block has a baseline, its energy for each operation is given relative to that at the
    same clock, fed the same (``to_baseline``). ``how`` are the keywords of `measure`.
    """
    for one in chosen:
        feed_of(one, how.get("layer"), how.get("amount"))

    def row(one: Selected) -> dict[str, Any]:
        found = measure(one, library, clock_ns or one.block.clock_ns, **how)
        done()
        return found

    def compared(one: Selected, found: dict[str, Any]) -> dict[str, Any]:
        if not one.block.baseline:
            return found | {"baseline": None, "to_baseline": None}
        other = baseline_of(one)
        plain = others[other.name, found["clock_ns"]]
        return found | {"baseline": f"{other.block.name} {other.config}",
                        "to_baseline": found["pj"] / plain["pj"]}

    with tools.workers() as pool:
        # Baselines first, and once: several rows at a time would each measure them.
        plain = {(other.name, clock_ns or one.block.clock_ns): other for one in chosen
                 if one.block.baseline for other in [baseline_of(one)]}
        others = dict(zip(plain, pool.map(
            lambda key: measure(plain[key], library, key[1], **how), plain), strict=True))
        rows = list(pool.map(row, chosen))
    return [compared(one, found) for one, found in zip(chosen, rows, strict=True)]


def measure(one: Selected, library: Library, clock_ns: float, *, layer: str | None = None,
            amount: int | None = None) -> dict[str, Any]:
    """Measure one configuration, or take its row from the cache; the row is as the package says.

    Parameters
    ----------
    layer : str, optional
        ``NET:LAYER`` that operands are taken from.
    amount : int, optional
        Tiles or packets.
    """
    feed = feed_of(one, layer, amount)
    whole = _in_an_array(one)
    unit = generate(whole)
    mapped = mapping.map_best(unit, library, clock_ns)
    name = results.entry(
        "energy", mapped.netlist, json.dumps(unit.manifest, sort_keys=True), library.key,
        repr([one.name, clock_ns, feed.workload]), *_digests(feed.arrays),
        *_code(feed.bench), *mapping.tool_versions())
    found = results.read(name)
    if found is None:
        found = _measured(one, whole, mapped, library, clock_ns, feed)
        results.write(name, found)
    return found


def _in_an_array(one: Selected) -> Selected:
    """Give the array that an element is measured in; anything else is measured as it is."""
    if one.block.name not in ELEMENTS:
        return one
    block = CATALOGUE[ELEMENTS[one.block.name]]
    params = asdict(one.params) | {"rows": SIDE, "cols": SIDE}
    names = inspect.signature(block.parameters).parameters
    params = {key: value for key, value in params.items() if key in names}
    return Selected(block, one.config, f"{one.name}_in_array", block.parameters(**params))


def _measured(one: Selected, whole: Selected, mapped: mapping.Mapped, library: Library,
              clock_ns: float, feed: Feed) -> dict[str, Any]:
    unit = generate(whole)
    # The bench's clock is in whole, even ns; energy but leakage does not depend on it.
    period = 2 * math.ceil(max(clock_ns, clock_ns - (mapped.slack_ns or 0.0)) / 2)
    with tools.scratch() as folder:
        np.savez(folder / "operands.npz", allow_pickle=False, **feed.arrays)
        facts = {feed.name: str(folder / "operands.npz"), "warm_up": WARM_UP}
        netlist = flatten(mapped.netlist, unit.name, library, folder)
        uniform, why_not = {}, unchecked(netlist, library)
        if why_not is None:
            uniform = compare(netlist, unit.name, library, clock_ns=clock_ns)
            why_not = check(uniform)
        activity = simulate(unit, netlist, library, mapping.cell_models(library), feed.bench,
                            facts, folder, period)
    spent = energy(netlist, library, activity.toggles.astype(float), activity.clocks * clock_ns)
    each = 1 / activity.operations
    parts = {part: pj * each for part, pj in sorted(spent.parts.items(), key=lambda item: -item[1])}
    own = (sum(pj for part, pj in parts.items() if part.startswith("element:"))
           if whole is not one else spent.total * each)
    known = activity.known[_on_pins(netlist)]
    return {
        "block": one.block.name, "config": one.config, "parameters": asdict(one.params),
        "measured_in": whole.name, "library": library.name, "tools": mapping.tool_versions(),
        "clock_ns": clock_ns, "slack_ns": mapped.slack_ns, "area_um2": mapped.area_um2,
        "volts": library.powered.volts, "wire_ff": library.wire_ff, "workload": feed.workload,
        "operation": feed.operation, "operations": activity.operations,
        "clocks": activity.clocks, "pj": own, "pj_whole": spent.total * each,
        "switching_pj": spent.switching * each, "internal_pj": spent.internal * each,
        "clock_pj": spent.clock * each, "leakage_pj": spent.leakage * each,
        "milliwatts": spent.total / (activity.clocks * clock_ns),
        "kinds_pj": {kind: pj * each for kind, pj in spent.kinds.items()}, "parts_pj": parts,
        "toggles_per_clock": float(activity.toggles.sum() / activity.clocks),
        "annotated_percent": 100 * float(known.mean()), "nets": len(known),
        "uniform_mw": {part: {"ours": ours, "opensta": theirs}
                       for part, (ours, theirs) in uniform.items()} if why_not is None else None,
        "not_checked": why_not}


def _on_pins(netlist: Any) -> list[int]:
    """Nets on a pin of some cell, without constants."""
    return sorted({net for cells in netlist.cells.values() for net in cells.ravel().tolist()
                   if net > 3})


def _digests(arrays: Mapping[str, Any]) -> list[str]:
    return [f"{name} {array.shape} {hashlib.sha256(array.tobytes()).hexdigest()}"
            for name, array in arrays.items()]


@cache
def _code(bench: str) -> list[str]:
    """All that a figure depends on besides netlist and operands: our text, and the simulators'."""
    benches = Path(sim.__path__[0])
    files = [file for room in (power, silicon)
             for file in sorted(Path(room.__path__[0]).glob("*.py"))]
    files += [benches / f"{name}.py" for name in ("bench", "streams", bench.rpartition(".")[2])]
    return [hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest(),
            version("cocotb"), version("pywellen")]
