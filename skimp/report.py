"""Rows as JSON or as tables."""

import json
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table

__all__ = ["areas", "catalogue", "generated", "show", "verified"]

Rows = list[dict[str, Any]]


def show(document: Any, as_json: bool, table: Callable[[Any], Table]) -> None:
    """Print ``document``: as JSON, or as the ``table`` made of it."""
    if as_json:
        print(json.dumps(document, indent=1))
    else:
        console = Console()
        # A pipe has no width of its own: let no column be cut.
        console.width = max(console.width, 120) if console.is_terminal else 160
        console.print(table(document))


def parameters(row: dict[str, Any]) -> str:
    """Give the parameters that are set, in short."""
    def text(value: Any) -> str:
        return ",".join(map(str, value)) if isinstance(value, tuple | list) else str(value)

    return " ".join(f"{name}={text(value)}" for name, value in row["parameters"].items()
                    if value is not None and value is not False)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.lstrip(">"), justify="right" if column[0] == ">" else "left",
                         overflow="fold")
    return table


def catalogue(rows: Rows) -> Table:
    """Blocks, configurations and parameters."""
    table = _table("block", "config", "parameters", "paper")
    for row in rows:
        table.add_row(row["block"], row["config"], parameters(row), row["paper"])
    return table


def generated(rows: Rows) -> Table:
    """What was written where."""
    table = _table("block", "config", "Verilog", ">latency", "SHA-256")
    for row in rows:
        table.add_row(row["block"], row["config"], row["verilog"], str(row["latency"]),
                      row["sha256"][:16])
    return table


def verified(rows: Rows) -> Table:
    """Benches that passed."""
    table = _table("block", "config", "parameters", "design", "simulator", ">tests", ">s")
    for row in rows:
        table.add_row(row["block"], row["config"], parameters(row), row["design"],
                      row["simulator"], str(row["tests_passed"]), str(row["seconds"]))
    return table


def areas(rows: Rows) -> Table:
    """Areas, with those that miss the clock marked."""
    table = _table("block", "config", "parameters", ">area um2", ">registers", ">cells",
                   ">latency", ">clock ns", ">slack ns")
    for row in rows:
        area, slack = row["area_um2"], row["slack_ns"]
        figures = ([f"about {row['transistors_estimated']:,} transistors", "-", "-"]
                   if area is None else
                   [f"{area:,.0f}", f"{row['sequential_area_um2'] / area:.0%}",
                    f"{row['cells']:,}"])
        table.add_row(
            row["block"], row["config"], parameters(row), *figures, str(row["latency"]),
            f"{row['clock_ns']:g}",
            "-" if slack is None else f"{slack:.2f}" + (" missed" if slack < 0 else ""))
    return table
