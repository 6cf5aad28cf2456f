"""Tables of units: the catalogue, what was written and checked, area, energy, boards."""

from typing import Any

from skimp.catalogue.figures import CatalogueRecord, VerifiedRecord, WrittenRecord
from skimp.fpga.figures import BoardRecord
from skimp.jobs.record import shown_parameters
from skimp.power.figures import EnergyRecord
from skimp.show.table import Table, conditions, table
from skimp.silicon.figures import GateRecord, SweptRecord

__all__ = ["areas", "boards", "bounds", "catalogue", "energies", "verified", "written"]

Rows = list[dict[str, Any]]

UNIT = "block config parameters"
MAPPED = ("Ideal clock and wires; output registered; the best of the same recipes for every entry. "
          "Slack at the clock that stands beside it.")
MISSED = "! one of the two misses the clock, so the comparison is not one at the same met clock."
ERROR = ("error: root mean square of what is wrong in the sums of LeNet-5's second convolution, of "
         "that of the sums.")
SIMULATED = ("Netlists simulated with the delays of cells, so with glitches; ideal clock tree. The "
             "four parts are of the whole array, also where an element alone is counted.")
BOARDS = ("LUTs and flip-flops: of the unit, and with its self-test; cells: of the device, as "
          "nextpnr placed them; fmax of the whole, by nextpnr, and where its slowest path runs.")
GATED = ("Clocks gated: registers with an enable are clocked only where they load; the gates are "
         "counted, a test enable and a clock tree are not.")
TITLE = ", clocks gated"
#: Parts of a unit that are named; the others are added up.
NAMED = 8


def catalogue(rows: Rows, names: str = f"{UNIT} paper") -> list[Table]:
    """Return blocks, configurations and parameters."""
    return table("Configurations", "catalogue", CatalogueRecord, names, rows)


def written(rows: Rows) -> list[Table]:
    """Return what was written where."""
    return table("Verilog", "generate", WrittenRecord, "block config verilog latency sha256", rows)


def verified(rows: Rows) -> list[Table]:
    """Return the benches that passed."""
    return table("Benches", "verify", VerifiedRecord,
                 f"{UNIT} design simulator tests_passed seconds", rows)


def bounds(document: dict[str, Any]) -> list[Table]:
    """Return figures beside their bounds."""
    rows = document["entries"]
    return table("Bounds", "ppa.entries", GateRecord, "entry clock_ns area_um2 area_at_most_um2 "
                 "slack_ns slack_at_least_ns", rows, notes=_gated(rows, GATED))


def areas(rows: Rows, source: str = "area") -> list[Table]:
    """Return areas, areas for each product, highest clocks and critical paths.

    ``source`` is where in the documents the rows are.
    """
    mapped = [row for row in rows if row.get("library")]
    notes = [*conditions(SweptRecord, mapped, "library wire_ff tools"), *_gated(rows, GATED), *(
        f"{row['block']} {row['config']} ({shown_parameters(row['parameters'])}): "
        f"{row['violations']:,} nets break a limit of the library."
        for row in rows if row.get("violations"))]
    corners = " ".join(dict.fromkeys(f"corners.{name}" for row in rows
                                     for name in row.get("corners") or ()))
    unequal = any(row.get("comparison_meets_clock") is False for row in rows)
    # Rows of a sweep differ in parameters and clocks alone.
    unit = f"grid {UNIT}" if any("grid" in row for row in rows) else "block config"
    more = "".join(_gated(rows, TITLE))
    return [
        *table(f"Area{more}", source, SweptRecord, f"grid {UNIT} area_um2 sequential_area_um2 "
               f"cells transistors_estimated latency clock_ns slack_ns {corners}", rows,
               notes=[*notes, *([MAPPED] if mapped else [])]),
        *table(f"Area for each product{more}", source, SweptRecord, f"{unit} clock_ns macs "
               "macs_per_ns_mm2 area_to_baseline um2_per_mac to_baseline edge_um2 "
               "to_baseline_with_edge baseline error", rows,
               keep=lambda row: row.get("to_baseline"),
               notes=[ERROR, *([MISSED] if unequal else [])]),
        *table(f"Timing{more}", source, SweptRecord, f"{UNIT} timing.fastest.clock_ns "
               "timing.fastest.mhz timing.fastest.area_um2 timing.fastest.slack_ns "
               "timing.critical_path.arrival_ns timing.critical_path.summary", rows,
               keep=lambda row: row.get("timing"),
               notes=["The critical path is that at the clock of the area table."])]


def _gated(rows: Rows, words: str) -> list[str]:
    """Return ``words`` if the clocks of ``rows``, which share a library, are gated."""
    return [words] if any(row.get("clock_gating") for row in rows) else []


def energies(rows: Rows, source: str = "power") -> list[Table]:
    """Return the energy of an operation, by what dissipates it; below, by part of the unit.

    ``source`` is where in the documents the rows are.
    """
    notes = [*conditions(EnergyRecord, rows, "library volts wire_ff tools"), *_gated(rows, GATED)]
    notes += dict.fromkeys(f"Not checked against OpenSTA: {row['not_checked']}."
                           for row in rows if row.get("not_checked"))
    for row in rows:
        most = list(row.get("parts_pj", {}).items())
        if most:
            named = ", ".join(f"{part} {pj:.2f}" for part, pj in most[:NAMED])
            rest = sum(pj for _, pj in most[NAMED:])
            notes.append(f"{row['block']} {row['config']}, pJ by part: {named}, others {rest:.2f}")
    title = "".join(["Energy of an operation", *_gated(rows, TITLE)])
    return table(
        title, source, EnergyRecord, f"{UNIT} workload pj operation every to_baseline baseline "
        "switching_pj internal_pj clock_pj leakage_pj milliwatts clock_ns slack_ns "
        "annotated_percent operations", rows, notes=[SIMULATED, *notes])


def boards(rows: Rows) -> list[Table]:
    """Return figures of boards, with the clocks that are missed marked."""
    seeds = sorted({row["seed"] for row in rows if "seed" in row})
    return table(
        "Units on boards", "fpga", BoardRecord, "block config parameters harness board device "
        "package luts all_luts flip_flops all_flip_flops cells cells_available fmax_mhz limited_by "
        "board_clock_mhz simulated bitstream", rows,
        notes=[BOARDS, *conditions(BoardRecord, rows, "tools"),
               *(f"Seed of the placement: {seed}." for seed in seeds)])
