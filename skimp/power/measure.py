"""The energy of a configuration: mapped, simulated with real operands, added up; a row for each."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from skimp import power, silicon, sim
from skimp.catalogue.rows import CATALOGUE, Block
from skimp.catalogue.selection import Selected, generate
from skimp.jobs import cache as results
from skimp.jobs import tools
from skimp.power.energy import energy
from skimp.power.netlist import flatten
from skimp.power.operands import FEEDS, WARM_UP, Feed
from skimp.power.simulate import simulate
from skimp.power.sta import check, compare, unchecked
from skimp.silicon import mapping
from skimp.silicon.library import Library

__all__ = ["energies", "feed_of", "measure"]

#: Processing elements are measured in an array of so many rows and columns, alone in the figures.
SIDE = 4


def feed_of(one: Selected, layer: str | None = None, amount: int | None = None) -> Feed:
    """Return what ``one`` is fed, before anything is mapped.

    Raises
    ------
    ValueError
        If nothing real can be fed to it, or not that layer.
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
    return FEEDS[whole.model.fed](whole, layer, amount)


def _fed(block: Block) -> str:
    """Return what real operands ``block``, or the array that it is an element of, can be fed."""
    whole = block.inside or block
    return "" if whole.harness else whole.model.fed


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
        other = one.baseline
        if not other:
            return found | {"baseline": None, "to_baseline": None}
        plain = others[other.name, found["clock_ns"]]
        return found | {"baseline": f"{other.block.name} {other.config}",
                        "to_baseline": found["pj"] / plain["pj"]}

    with tools.workers() as pool:
        # Baselines first, and once: several rows at a time would each measure them.
        plain = {(other.name, clock_ns or one.block.clock_ns): other for one in chosen
                 for other in [one.baseline] if other}
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
        *_code(), *mapping.tool_versions())
    found = results.read(name)
    if found is None:
        found = _measured(one, whole, mapped, library, clock_ns, feed)
        results.write(name, found)
    return found


def _in_an_array(one: Selected) -> Selected:
    """Return the array that an element is measured in; anything else is measured as it is."""
    block = one.block.inside
    if block is None:
        return one
    params = asdict(one.params) | {"rows": SIDE, "cols": SIDE}
    params = {field.name: params[field.name] for field in fields(block.parameters)
              if field.name in params}
    return Selected(block, one.config, f"{one.name}_in_array", block.parameters(**params))


def _measured(one: Selected, whole: Selected, mapped: mapping.Mapped, library: Library,
              clock_ns: float, feed: Feed) -> dict[str, Any]:
    unit = generate(whole)
    # The bench's clock is in whole, even ns; energy but leakage does not depend on it.
    period = 2 * math.ceil(max(clock_ns, clock_ns - (mapped.slack_ns or 0.0)) / 2)
    with tools.scratch() as folder:
        netlist = flatten(mapped.netlist, unit.name, library, folder)
        uniform, why_not = {}, unchecked(netlist, library)
        if why_not is None:
            uniform = compare(netlist, unit.name, library, clock_ns=clock_ns)
            why_not = check(uniform)
        activity = simulate(unit, netlist, library, mapping.cell_models(library), whole.model,
                            whole.model(unit.manifest).real(**feed.arrays), WARM_UP, folder,
                            period)
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
def _code() -> list[str]:
    """All that a figure depends on besides netlist and operands: our text, and the simulators'."""
    files = [file for room in (power, silicon, sim)
             for file in sorted(Path(room.__path__[0]).rglob("*.py"))]
    return [hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest(),
            version("cocotb"), version("pywellen")]
