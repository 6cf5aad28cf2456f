"""What the papers report, and which of our figures stand beside it. Theirs are never ours."""

from collections.abc import Iterator
from typing import Any, NamedTuple

__all__ = ["AREA_RATIO", "ENERGY_RATIO", "Beside", "Claim", "beside"]

#: Of an array of so many threads, relative to the plain array; the paper says 33 and 39 % less
#: energy.
AREA_RATIO = {2: 1.4, 4: 2.5}
ENERGY_RATIO = {2: 0.67, 4: 0.61}
SPEED_UP = {2: 2.0, 4: 3.4}
HAN, NBSMT = "arXiv 2601.14087", "arXiv 2004.09309"


class Claim(NamedTuple):
    """A figure of a paper; ``said`` is how the paper puts it."""

    quantity: str
    value: float
    said: str
    source: str
    link: str


class Beside(NamedTuple):
    """A claim with one figure of ours: what it is of, its value, and where it is from.

    ``origin`` is the figure's path in the documents, or two paths of which it is the ratio.
    """

    claim: Claim
    ours: str | None = None
    value: float | None = None
    origin: str | None = None


def beside(documents: dict[str, Any]) -> list[Beside]:
    """Give each figure of the papers with ours, a line for each of ours; one if there is none."""
    lines: list[Beside] = []
    for claim, ours in (*_han(documents), *_nbsmt(documents)):
        lines += [Beside(claim, *one) for one in ours] or [Beside(claim)]
    return lines


Ours = list[tuple[str, float, str]]


def _han(documents: dict[str, Any]) -> Iterator[tuple[Claim, Ours]]:
    where = "Han et al.", f"https://arxiv.org/abs/{HAN.split()[1]}"
    areas = {(row["config"], row["parameters"].get("n")): (row["area_um2"], place)
             for place, row in enumerate(documents.get("area", []))
             if row.get("block") == "psu" and row.get("area_um2")}
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
    for name, key, quantity, figures in sides:
        for threads, figure in figures.items():
            said = f"{figure:g}x" if name == "area" else f"{100 * (1 - figure):.0f} % less"
            yield Claim(f"{quantity} of an array of {threads} threads, relative to the plain one",
                        figure, said, *where), [
                (f"{row['block']} {row['config']}", row[key], f"{name}.{place}.{key}")
                for place, row in enumerate(documents.get(name, []))
                if row.get("block") == "sysmt-array" and row.get(key) is not None
                and row["parameters"].get("threads") == threads]
    rows = documents.get("evaluate", {}).get("rows", [])
    for threads, figure in SPEED_UP.items():
        yield Claim(f"speed of an array of {threads} threads, relative to the plain one", figure,
                    f"{figure:g}x" + ("" if threads == 2 else ", e.g. on a pruned ResNet-18"),
                    *where), [
            (f"{row['scheme']}, ResNet-8", row["speed_up"], f"evaluate.rows.{place}.speed_up")
            for place, row in enumerate(rows)
            if row["scheme"].startswith(f"nbsmt:{threads}:") and not row.get("recalibrated")]
