"""The page: sections of tables and plots, made of whatever documents there are."""

from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from skimp.report import searches
from skimp.report.drawing import inline
from skimp.report.papers import papers
from skimp.report.plots import PLOTS
from skimp.show import units, workloads
from skimp.show.table import Table

__all__ = ["Section", "page", "sections"]

Documents = dict[str, Any]


@dataclass
class Section:
    """A part of the page; ``absent`` says what would bring tables that are not there."""

    name: str
    title: str
    tables: list[Table]
    absent: list[str]
    plots: list[str] = field(default_factory=list)


def sections(documents: Documents) -> list[Section]:
    """Make the tables of the documents, of which any may be missing.

    Raises
    ------
    ValueError
        If a document has something else where a number should be.
    """
    link, boards = documents.get("traffic", {}), units.boards(documents.get("fpga", []))

    def missing(*names: str) -> list[str]:
        return [f"The document {name}.json is missing; `skimp report` measures it."
                for name in names if name not in documents]

    return [
        Section("papers", "Figures of papers beside ours", papers(documents), []),
        Section("area", "Area and timing", [
            *units.areas(documents.get("area_gated", []), "area_gated"),
            *units.areas(documents.get("area", []))], missing("area_gated", "area"), ["area"]),
        Section("energy", "Energy", [
            *units.energies(documents.get("power_gated", []), "power_gated"),
            *units.energies(documents.get("power", []))], missing("power_gated", "power"),
            ["energy"]),
        Section("accuracy", "Accuracy", workloads.accuracy(documents.get("evaluate", {})),
                missing("evaluate"), ["accuracy", "predictions"]),
        Section("traffic", "Link", [*workloads.balances(link), *workloads.transitions(link)],
                missing("traffic"), ["transitions", "break-even"]),
        Section("search", "Search", searches.tables(documents.get("search", [])),
                searches.absent(documents["search"]) if "search" in documents
                else missing("search"), ["search"]),
        Section("fpga", "FPGA boards", boards, [] if boards else [
            "No unit was built for a board when the documents were made."]),
        Section("catalogue", "Catalogue", units.catalogue(
            documents.get("catalogue", []), "block config summary parameters golden paper"),
            missing("catalogue")),
    ]


def page(parts: list[Section], plots: dict[str, str]) -> str:
    """Make the page of its sections; it needs no other file.

    ``plots`` are SVG text by name; those that could not be drawn are missing.
    """
    environment = Environment(loader=PackageLoader("skimp.report", "."), autoescape=True,
                              undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    package = files("skimp.report")
    drawn = {name: (PLOTS[name][1], Markup(inline(name, svg, PLOTS[name][1])))
             for name, svg in plots.items()}
    return environment.get_template("page.html.j2").render(
        sections=parts, plots=drawn, css=Markup((package / "page.css").read_text()),
        script=Markup((package / "page.js").read_text()))
