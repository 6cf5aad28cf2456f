"""Figures of a board as a table for a terminal."""

from typing import Any

from rich.console import Group

from skimp.show.tables import new_table, parameters

__all__ = ["boards_table"]

BOARDS = ("LUTs and flip-flops: of the unit, and with its self-test; cells: of the device, as "
          "nextpnr placed them; fmax of the whole, by nextpnr, and where its slowest path runs.")


def boards_table(rows: list[dict[str, Any]]) -> Group:
    """Figures of a board, with the clocks that it misses marked."""
    table = new_table("block", "config", "parameters", "board", "device", ">LUTs", ">with test",
                      ">flip-flops", ">with test", ">cells", ">fmax MHz", "in the", ">clock MHz",
                      "simulated", "bitstream")
    for row in rows:
        missed = "" if row["meets_board_clock"] else " missed"
        table.add_row(
            row["block"], row["config"], parameters(row), row["board"],
            f"{row['device']} {row['package']}", f"{row['luts']:,}", f"{row['all_luts']:,}",
            f"{row['flip_flops']:,}", f"{row['all_flip_flops']:,}",
            f"{row['cells'] / row['cells_available']:.0%}", f"{row['fmax_mhz']:.1f}",
            row["limited_by"], f"{row['board_clock_mhz']:g}{missed}", row["simulated"] or "-",
            row["bitstream"])
    tools = sorted({tool for row in rows for tool in row["tools"]})
    return Group(table, "", BOARDS, ", ".join(tools) + f", seed {rows[0]['seed']}")
