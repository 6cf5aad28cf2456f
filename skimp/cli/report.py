"""The verb that makes one page of everything."""

import json
import shutil
from pathlib import Path
from typing import Any

from skimp.catalogue.groups import measured
from skimp.cli.notes import (
    NOTES,
    announce_first_synthesis,
    check_folder,
    open_library,
    open_sta,
    progress,
)
from skimp.cli.options import FILE, FOLDER, LibraryChoice, option, verb
from skimp.hw.emit import write_whole
from skimp.jobs.documents import to_json
from skimp.silicon.library import Library

__all__ = ["COMMANDS"]

PAGE = Path("build/report/index.html")


def report(output: Path, data: Path | None, fastest: bool, as_json: bool) -> None:
    """Measure everything, and make one page of it that needs no network: tables and plots.

    Area and energy are measured with gated clocks, too, of what is made for them.
    Beside the page stand the documents that it is made of, as JSON, and its plots, as SVG. The
    first time takes some hours; what was measured once is kept. --data makes the page again
    from such documents, and measures nothing.
    """
    from skimp.report.drawing import draw  # matplotlib takes a second to import
    from skimp.report.gather import load
    from skimp.report.page import page, sections
    from skimp.report.plots import PLOTS

    if data is not None and not data.is_dir():
        raise ValueError(f"--data must be a folder of documents, and there is none at {data}")
    if data is not None and fastest:
        raise ValueError("--fastest measures, --data does not: leave one of them out")
    documents = load(data) if data is not None else {}
    libraries = _open_tools() if data is None else None
    folder = output.parent
    check_folder(folder)
    if libraries:
        documents = _measured(*libraries, folder, fastest)
    try:
        parts = sections(documents)
        plots = {name: svg for name, (plot, _) in PLOTS.items()
                 if (svg := draw(name, plot, documents)) is not None}
        html = page(parts, plots)
    except (LookupError, TypeError, AttributeError) as error:
        if data is None:
            raise
        raise ValueError(f"{data} has a document that `skimp report` did not write "
                         "so: a figure is missing or of another kind; make it again") from error
    drawn = {name: folder / f"{name}.svg" for name in plots}
    for name, path in drawn.items():
        write_whole(path, plots[name])
    write_whole(output, html)
    if as_json:
        print(to_json({"page": str(output), "plots": list(map(str, drawn.values())),
                       "documents": list(documents)}, indent=1))
    else:
        NOTES.print(f"skimp: wrote {output}")


def _open_tools() -> tuple[Library, Library]:
    """Check that no tool is missing, before an hour is spent; return the library both ways."""
    libraries = open_library(), open_library(LibraryChoice(clock_gating=True))
    open_sta()
    if not shutil.which("iverilog"):
        raise RuntimeError("Icarus Verilog is missing, which simulates netlists; Debian's package "
                           "iverilog brings it")
    return libraries


def _measured(library: Library, gated: Library, folder: Path, fastest: bool) -> dict[str, Any]:
    """Return all documents; write each to ``folder`` as soon as it is measured."""
    from skimp.report.gather import gather

    announce_first_synthesis()
    documents = {}
    try:
        for name, document in gather(library, gated, measured(), progress,
                                     fastest=fastest):
            text = to_json(document, indent=1)
            write_whole(folder / f"{name}.json", text + "\n")
            documents[name] = json.loads(text)
    except RuntimeError as error:
        raise RuntimeError(f"{error}; `skimp report --data {folder}` makes the page of what was "
                           "measured before") from error
    return documents


COMMANDS = (
    verb(report,
         option("-o", "--output", type=FILE, default=PAGE, help="the page"),
         option("--data", type=FOLDER, help="make the page from the documents in this folder"),
         option("--fastest", is_flag=True, help="search the highest clocks, too: hours"),
         selects=False),
)
