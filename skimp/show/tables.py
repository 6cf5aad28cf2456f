"""Rows as JSON or as tables."""

from collections.abc import Callable
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from skimp.catalogue.selection import written
from skimp.jobs.documents import to_json
from skimp.show.terminal import plain_console
from skimp.silicon.area import SHARED_BY
from skimp.silicon.mapping import spare

__all__ = ["areas", "catalogue", "gated", "generated", "new_table", "reductions", "show",
           "verified"]

Rows = list[dict[str, Any]]


def show(document: Any, as_json: bool, table: Callable[[Any], RenderableType]) -> None:
    """Print ``document``: as JSON, or as the ``table`` made of it."""
    if as_json:
        print(to_json(document, indent=1))
    else:
        console = plain_console()
        # A pipe has no width of its own: let no column be cut.
        console.width = console.width if console.is_terminal else 400
        console.print(table(document))


def parameters(row: dict[str, Any]) -> str:
    """Give the parameters that are set, in short."""
    return written(row["parameters"])


def new_table(*columns: str) -> Table:
    """Give an empty table; columns that begin with > are numbers."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.lstrip(">"), justify="right" if column[0] == ">" else "left",
                         overflow="fold")
    return table


def catalogue(rows: Rows) -> Table:
    """Blocks, configurations and parameters."""
    table = new_table("block", "config", "parameters", "paper")
    for row in rows:
        table.add_row(row["block"], row["config"], parameters(row), row["paper"])
    return table


def generated(rows: Rows) -> Table:
    """What was written where."""
    table = new_table("block", "config", "Verilog", ">latency", "SHA-256")
    for row in rows:
        table.add_row(row["block"], row["config"], row["verilog"], str(row["latency"]),
                      row["sha256"][:16])
    return table


def verified(rows: Rows) -> Table:
    """Benches that passed."""
    table = new_table("block", "config", "parameters", "design", "simulator", ">tests", ">s")
    for row in rows:
        table.add_row(row["block"], row["config"], parameters(row), row["design"],
                      row["simulator"], str(row["tests_passed"]), str(row["seconds"]))
    return table


MISSED = "! one of the two misses the clock, so the comparison is not one at the same met clock."
ERROR = ("error: root mean square of what is wrong in the sums of LeNet-5's second convolution, of "
         "that of the sums.")


def areas(rows: Rows) -> Group:
    """Areas, with those that miss the clock marked; below them those of multipliers, by product.

    Rows of a sweep have their grid first.
    """
    corners = list(rows[0]["corners"]) if rows else []
    swept = bool(rows) and "grid" in rows[0]
    grid = ["grid"] if swept else []
    table = new_table(*grid, "block", "config", "parameters", ">area um2", ">registers", ">cells",
                      ">latency", ">clock ns", ">slack ns",
                      *(f">slack ns, {name}" for name in corners))
    for row in rows:
        area = row["area_um2"]
        figures = ([f"about {row['transistors_estimated']:,} transistors", "-", "-"]
                   if area is None else
                   [_um2(area), f"{row['sequential_area_um2'] / (area or 1):.0%}",
                    f"{row['cells']:,}"])
        table.add_row(
            *(str(row[name]) for name in grid), row["block"], row["config"], parameters(row),
            *figures, str(row["latency"]),
            f"{row['clock_ns']:g}",
            *(_slack(slack, row["clock_ns"])
              for slack in (row["slack_ns"], *row["corners"].values())))
    products = new_table(*grid, "block", "config", *(["parameters", ">clock ns"] if swept else []),
                         ">products a clock", ">per ns and mm2",
                         ">area to baseline", ">um2 for each product", ">to baseline",
                         ">units at the edge um2", f">to baseline with 1/{SHARED_BY} of them",
                         "baseline", ">error")
    compared = [row for row in rows if row["to_baseline"]]
    for row in compared:
        mark = " !" * (row["comparison_meets_clock"] is False)
        products.add_row(
            *(str(row[name]) for name in grid), row["block"], row["config"],
            *([parameters(row), f"{row['clock_ns']:g}"] if swept else []),
            str(row["macs"]), f"{row['macs_per_ns_mm2']:.2f}",
            f"{row['area_to_baseline']:.3f}{mark}", _um2(row["um2_per_mac"]),
            f"{row['to_baseline']:.3f}{mark}", _um2(row["edge_um2"]),
            f"{row['to_baseline_with_edge']:.3f}{mark}", row["baseline"],
            "-" if row["error"] is None else f"{row['error']:.1%}")
    missed = any(row["comparison_meets_clock"] is False for row in compared)
    return Group(table, *(["", products, "", ERROR] if compared else []),
                 *([MISSED] if missed else []), *_timings(rows), "", *_conditions(rows))


def _conditions(rows: Rows) -> list[str]:
    """Give a line for each library and its wires, and one for each row that breaks its limits."""
    lines = sorted({f"{row['library']}, {row['wire_ff']:g} fF of wire a pin, "
                    f"{', '.join(row['tools'])}." for row in rows if row["library"]})
    return lines + [f"{row['block']} {row['config']} ({parameters(row)}): {row['violations']:,} "
                    "nets break a limit of the library." for row in rows if row["violations"]]


def _um2(area: float) -> str:
    """Write an area in whole um2, a small one with three digits."""
    return f"{area:,.0f}" if area >= 100 or area == 0 else f"{area:.3g}"


def _slack(slack: float | None, clock_ns: float) -> str:
    """Write a slack; one that is negative, or too little to say that the clock is met, marked."""
    if slack is None:
        return "-"
    mark = " missed" if slack < 0 else " tight" if slack < spare(clock_ns) else ""
    return f"{slack:.2f}{mark}"


def _timings(rows: Rows) -> list[RenderableType]:
    """Critical paths, and highest clocks if they were searched for; nothing if none was asked."""
    timed = [row for row in rows if row["timing"]]
    if not timed:
        return []
    fastest = "fastest" in timed[0]["timing"]
    table = new_table("block", "config", "parameters",
                      *(fastest * (">fastest ns", ">MHz", ">area um2 there")), "critical path")
    for row in timed:
        found, path = row["timing"].get("fastest"), row["timing"]["critical_path"]
        figures = ((f"{found['clock_ns']:g}", f"{found['mhz']:g}", _um2(found["area_um2"]))
                   if found else ("-",) * 3)
        table.add_row(row["block"], row["config"], parameters(row), *(fastest * figures),
                      path["summary"] if path else "-")
    return ["", table]


def gated(document: dict[str, Any]) -> Table:
    """Figures beside their bounds."""
    table = new_table("entry", ">clock ns", ">area um2", ">at most", ">slack ns", ">at least")
    for row in document["entries"]:
        table.add_row(
            row["entry"], f"{row['clock_ns']:g}", f"{row['area_um2']:,.0f}",
            "-" if row["area_at_most_um2"] is None else f"{row['area_at_most_um2']:,}",
            f"{row['slack_ns']:.2f}",
            "-" if row["slack_at_least_ns"] is None else f"{row['slack_at_least_ns']:.2f}")
    return table


# Orderings of the terminal's table; all are in the JSON.
ORDERINGS = {
    "popcount": "popcount", "approximate": "approx.", "approximate-calibrated": "calibrated",
    "gray2": "gray2", "nonzero-gray2": "nonzero2", "gray3": "gray3",
    "gray3+bus-invert+snake": "gray3 +bi +snake", "bus-invert": "bus-invert",
    "offline-weights": "offline",
}
REDUCTIONS = ("Reduction in % of the transitions unsorted, row-major; ! where ordering disturbs a "
              "stream that stands still.")


def reductions(document: dict[str, Any]) -> Group:
    """Reduction of the transitions by ordering, and the paper's figures beside ours."""
    table = new_table("layer", "packet order", ">lanes", "pads", "stream", "ordered by",
                   ">transitions", *(f">{short}" for short in ORDERINGS.values()))
    lines: dict[tuple[Any, ...], dict[str, dict[str, Any]]] = {}
    plain: dict[tuple[Any, ...], dict[str, dict[str, Any]]] = {}
    for row in document["rows"]:
        place = (row["layer"], row["packet_order"], row["lanes"], row["pads"], row["stream"])
        if row["mode"]:
            lines.setdefault((*place, row["mode"], row["operand"]), {})[row["ordering"]] = row
        else:
            plain.setdefault(place, {})[row["ordering"]] = row
    for (*place, mode, operand), row in lines.items():
        if place[-1] != "pair" and mode == "affiliated":
            continue                            # the two parts of a pair
        unsorted = plain[tuple(place)]
        table.add_row(
            *map(str, place), operand if mode != "separated" else "each its own",
            f"{unsorted['unsorted']['transitions']:,}",
            *(_reduction({**unsorted, **row}.get(ordering)) for ordering in ORDERINGS))
    notes = [REDUCTIONS, ""]
    for figure in document["paper"]:
        notes.append(f"{figure['source']}, {figure['unit']}: -{figure['reduction_percent']:.2f} % "
                     f"({figure['technology']}; {figure['workload']}; not known: "
                     f"{', '.join(figure['not_known'])}). All layers here together:")
        notes += [f"  {ours['ordering']}, {ours['lanes']} lanes, {ours['stream']}, {ours['mode']} "
                  f"by {ours['operand']}: {_reduction(ours, sign=-1)} %" for ours in figure["ours"]]
    return Group(table, "", *notes, *_break_even(document))


def _break_even(document: dict[str, Any]) -> list[RenderableType]:
    """Sorting units' energy against that of the wires."""
    if not document["break_even"]:
        return []
    wire = document["wire"]
    table = new_table("layer", ">lanes", "ordered by", "unit", ">n", ">area um2",
                      ">unit pJ a packet", ">transitions saved", ">saved pJ", ">net pJ",
                      ">pays from mm")
    for row in document["break_even"]:
        length = row["break_even_mm"]
        table.add_row(row["layer"], str(row["lanes"]), row["ordering"], f"psu {row['unit']}",
                      str(row["n"]), f"{row['area_um2']:,.0f}", f"{row['unit_pj']:.1f}",
                      f"{row['saved_transitions']:.2f}", f"{row['saved_pj']:.2f}",
                      f"{row['net_pj']:.1f}", "never" if length is None else f"{length:.0f}")
    return ["", table, "", (
        f"Activations on a link of their own, wires of {wire['mm']:g} mm, "
        f"{wire['pf_per_mm']:g} pF a mm, {wire['volts']:g} V; units in OSU 0.18 um, 1.8 V.")]


def _reduction(row: dict[str, Any] | None, sign: int = 1) -> str:
    if row is None:
        return "-"
    return "!" if row["warning"] else f"{sign * row['reduction_percent']:.1f}"
