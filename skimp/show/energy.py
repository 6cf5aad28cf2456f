"""Energy as tables for a terminal."""

from typing import Any

from rich.console import Group

from skimp.show.tables import new_table, parameters

__all__ = ["energy_table"]

#: Parts of a unit that are named; the others are added up.
NAMED = 8


def energy_table(rows: list[dict[str, Any]]) -> Group:
    """Energy of an operation, by what dissipates it; below, by part of the unit."""
    table = new_table("block", "config", "parameters", "fed", ">pJ", "for each", ">to baseline",
                      "baseline", ">nets pJ", ">inside cells pJ", ">clock pJ", ">leakage pJ",
                      ">mW", ">clock ns", ">nets known", ">operations")
    parts = new_table("block", "config", "pJ for each operation by part")
    for row in rows:
        table.add_row(
            row["block"], row["config"], parameters(row), row["workload"], f"{row['pj']:.2f}",
            row["operation"], "-" if row["to_baseline"] is None else f"{row['to_baseline']:.3f}",
            row["baseline"] or "-", f"{row['switching_pj']:.2f}", f"{row['internal_pj']:.2f}",
            f"{row['clock_pj']:.2f}", f"{row['leakage_pj']:.4f}", f"{row['milliwatts']:.1f}",
            f"{row['clock_ns']:g}", f"{row['annotated_percent']:.1f} %", f"{row['operations']:,}")
        most = list(row["parts_pj"].items())
        named = [f"{part} {pj:.2f}" for part, pj in most[:NAMED]]
        rest = sum(pj for _, pj in most[NAMED:])
        parts.add_row(row["block"], row["config"], ", ".join(named) + f", others {rest:.2f}")
    conditions = sorted({(f"{row['library']}, {row['volts']:g} V, {row['wire_ff']:g} fF of wire a "
                          f"pin, {', '.join(row['tools'])}.") for row in rows})
    conditions += sorted({f"Not checked against OpenSTA: {row['not_checked']}."
                          for row in rows if row["not_checked"]})
    return Group(table, "", parts, "", *conditions)
