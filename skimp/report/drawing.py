"""What the plots of the page share: their looks, and SVG text that stands alone or in a page."""

import io
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from typing import Any

from matplotlib import rc_context
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import LogLocator, NullFormatter

__all__ = ["PAPER", "draw", "figure", "inline", "logarithmic"]

#: Colour of what a paper says.
PAPER = "#b5179e"
SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
# Text stays text, as it is written; names inside depend on the drawing alone.
STYLE: dict[Any, Any] = {"svg.fonttype": "none", "text.parse_math": False, "font.size": 9,
         "axes.titlesize": 10, "axes.titlelocation": "left", "axes.titleweight": "bold"}
NO_METADATA: dict[str, Any] = dict.fromkeys(("Date", "Creator", "Format", "Type"))

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


def figure(height: float, width: float = 7.2) -> Figure:
    """Return an empty figure of a size in inches."""
    # A browser's letters may be wider than those that the layout was made with: leave a margin.
    return Figure(figsize=(width, height),
                  layout=ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.06))


def logarithmic(axis: Axis, steps: Sequence[float] = (1, 2, 5)) -> None:
    """Put on a logarithmic axis plain numbers at ``steps`` of each decade."""
    axis.set_major_locator(LogLocator(subs=steps))
    axis.set_major_formatter("{x:,g}")
    axis.set_minor_formatter(NullFormatter())


def draw(name: str, plot: Callable[[dict[str, Any]], Figure | None],
         documents: dict[str, Any]) -> str | None:
    """Draw ``plot`` of the documents as SVG text, the same for the same documents.

    None where they have nothing of what it shows.
    """
    style: dict[Any, Any] = {**STYLE, "svg.hashsalt": name}
    with rc_context(style):
        drawn = plot(documents)
        if drawn is None:
            return None
        text = io.StringIO()
        drawn.savefig(text, format="svg", metadata=NO_METADATA)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def inline(name: str, svg: str, label: str) -> str:
    """Make SVG text part of a page: named for readers, no name twice in the page, sized by it."""
    root = ElementTree.fromstring(svg)
    for metadata in root.findall(f"{{{SVG}}}metadata"):
        root.remove(metadata)
    text = ElementTree.tostring(root, encoding="unicode")
    for element in root.iter():
        own = element.get("id")
        if own and f"#{own}" not in text:
            del element.attrib["id"]
        elif own:
            element.set("id", f"{name}-{own}")
        for key, value in element.attrib.items():
            element.set(key, value.replace("url(#", f"url(#{name}-"))
        link = element.get(f"{{{XLINK}}}href")
        if link:
            element.set(f"{{{XLINK}}}href", f"#{name}-{link.removeprefix('#')}")
    del root.attrib["width"], root.attrib["height"]
    root.set("role", "img")
    root.set("aria-label", label)
    return ElementTree.tostring(root, encoding="unicode")
