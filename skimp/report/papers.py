"""What the papers report, and which of our figures stand beside it. Theirs are never ours."""

from collections.abc import Iterator
from typing import Any

from skimp.catalogue.groups import SORTER, THREADED_ARRAY
from skimp.report.claims import Claim, Ours
from skimp.report.claims_searches import searched
from skimp.show.table import Cell, Table, number

__all__ = ["AREA_RATIO", "ENERGY_RATIO", "papers"]

#: Of an array of so many threads, relative to the plain array; the paper says 33 and 39 % less
#: energy.
AREA_RATIO = {2: 1.4, 4: 2.5}
ENERGY_RATIO = {2: 0.67, 4: 0.61}
SPEED_UP = {2: 2.0, 4: 3.4}
PAPERS = ("Figures in this colour are the papers', never ours. Their technologies, clocks and "
          "baselines differ from ours or are not known to us: a figure of ours beside theirs is no "
          "reproduction. The threads' baseline is the plain array of the same size, with clocks "
          "gated where theirs are; their energy is of the layer that the table of energies names. "
          "Whether the paper's baseline gates clocks or operands is not known to us. Of SPARQ's "
          "paper no area is known to us. MOHAQ's network recognises speech "
          "and has 21.2 MB in float32; ours has 0.26 MB and tells ten digits apart.")
WINDOWS = "{predictor} (a reconstruction), ResNet-8, recalibrated, {loss_points:+.2f} points"
HAN, NBSMT = "arXiv 2601.14087", "arXiv 2004.09309"


def papers(documents: dict[str, Any]) -> list[Table]:
    """Return the figures of papers, each of ours beside it with its path in the documents."""
    heads = (("quantity", False), ("paper's figure", True), ("as the paper says it", False),
             ("paper", False), ("ours", True), ("ours is of", False))
    rows = [[Cell(claim.quantity), number(claim.value, "g", "", "paper"),
             Cell(claim.said, kind="paper short"),
             Cell(claim.source, kind="short", link=claim.link),
             number(value, ".3f" if claim.value < 10 else ".2f", origin), Cell(what)]
            for claim, ours in (*_han(documents), *_nbsmt(documents), *_neurons(documents),
                                *searched(documents))
            for what, value, origin in ours or [("not measured", None, "")]]
    return [Table("Papers and skimp", heads, rows, (PAPERS,))]


def _han(documents: dict[str, Any]) -> Iterator[tuple[Claim, Ours]]:
    where = "Han et al.", f"https://arxiv.org/abs/{HAN.split()[1]}"
    areas = {(row["config"], row["parameters"].get("n")): (row["area_um2"], place)
             for place, row in enumerate(documents.get("area", []))
             if row.get("block") == SORTER and row.get("area_um2")}
    yield Claim("area of the approximate sorting unit, relative to the accurate one", 0.646,
                "35.4 % smaller, 22 nm", *where), [
        (f"counting, n = {n}", area / areas["accurate", n][0],
         f"area.{place}.area_um2 / area.{areas['accurate', n][1]}.area_um2")
        for (config, n), (area, place) in areas.items()
        if config == "approximate" and ("accurate", n) in areas]
    traffic = documents.get("traffic", {}).get("paper", [])
    way = "{ordering}, lanes: {lanes}, {stream}, {mode} by {operand}"
    for unit, reduction in (("precise", 20.42), ("approximate", 19.50)):
        yield Claim(f"bit transitions saved by the {unit} unit, %", reduction,
                    f"{reduction:.2f} %, 22 nm", *where), [
            (way.format(**ours), ours["reduction_percent"],
             f"traffic.paper.{number}.ours.{place}.reduction_percent")
            for number, figure in enumerate(traffic) if figure["unit"] == unit
            for place, ours in enumerate(figure["ours"]) if ours["reduction_percent"] is not None]


def _nbsmt(documents: dict[str, Any]) -> Iterator[tuple[Claim, Ours]]:
    where = "Shomron, Weiser, MICRO 2020", f"https://arxiv.org/abs/{NBSMT.split()[1]}"
    sides = [("area", "area_to_baseline", "area", AREA_RATIO),
             ("power", "to_baseline", "energy", ENERGY_RATIO)]
    for document, key, quantity, figures in sides:
        for threads, figure in figures.items():
            said = f"{figure:g}x" if document == "area" else f"{100 * (1 - figure):.0f} % less"
            yield Claim(f"{quantity} of an array of {threads} threads, relative to the plain one",
                        figure, said, *where), [
                (f"{row['block']} {row['config']}{more}", row[key], f"{name}.{place}.{key}")
                for name, more in ((f"{document}_gated", ", clocks gated"), (document, ""))
                for place, row in enumerate(documents.get(name, []))
                if row.get("block") == THREADED_ARRAY and row.get(key) is not None
                and row["parameters"].get("threads") == threads]
    rows = documents.get("evaluate", {}).get("rows", [])
    for threads, figure in SPEED_UP.items():
        yield Claim(f"speed of an array of {threads} threads, relative to the plain one", figure,
                    f"{figure:g}x" + ("" if threads == 2 else ", e.g. on a pruned ResNet-18"),
                    *where), [
            (f"{row['scheme']}, ResNet-8", row["speed_up"], f"evaluate.rows.{place}.speed_up")
            for place, row in enumerate(rows)
            if row["scheme"].startswith(f"nbsmt:{threads}:") and not row.get("recalibrated")]


def _neurons(documents: dict[str, Any]) -> Iterator[tuple[Claim, Ours]]:
    rows = documents.get("evaluate", {}).get("predictions", [])
    yield Claim("products that cross-neuron prediction skips, %", 30.4,
                "30.4 % at 1.7 points of top-1, mean of three ImageNet networks",
                "Shomron, Weiser, CAL 2018", "https://arxiv.org/abs/1807.10598"), [
        (WINDOWS.format(**row), row["skipped_percent"],
         f"evaluate.predictions.{place}.skipped_percent")
        for place, row in enumerate(rows)
        if row["predictor"].startswith("window:") and row.get("recalibrated")]
