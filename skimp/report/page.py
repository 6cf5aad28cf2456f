"""The page: sections of tables and plots, made of whatever documents there are."""

from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from skimp.report import content
from skimp.report.drawing import inline
from skimp.report.plots import PLOTS
from skimp.report.table import Table

__all__ = ["Section", "page", "sections"]

Documents = dict[str, Any]


@dataclass
class Section:
    """A part of the page; without tables, ``absent`` says what would bring them."""

    name: str
    title: str
    tables: list[Table]
    absent: str
    plots: list[str] = field(default_factory=list)


def sections(documents: Documents) -> list[Section]:
    """Make the tables of the documents, of which any may be missing.

    Raises
    ------
    ValueError
        If a document has something else where a number should be.
    """
    made = "The document {}.json is missing; `skimp report` measures it."
    return [
        Section("papers", "Figures of papers beside ours", content.papers(documents), ""),
        Section("area", "Area and timing", content.areas(documents), made.format("area"), ["area"]),
        Section("energy", "Energy", content.energies(documents), made.format("power"), ["energy"]),
        Section("accuracy", "Accuracy", content.accuracy(documents), made.format("evaluate"),
                ["accuracy"]),
        Section("traffic", "Link", content.traffic(documents), made.format("traffic"),
                ["transitions", "break-even"]),
        Section("fpga", "FPGA boards", content.boards(documents),
                "No unit was built for a board when the documents were made."),
        Section("catalogue", "Catalogue", content.catalogue(documents), made.format("catalogue")),
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
