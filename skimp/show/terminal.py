"""Where tables and notes are printed: as they are, for much of their text is the user's."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from rich import table
from rich.console import Console, Group, RenderableType

from skimp.jobs.documents import to_json
from skimp.show.table import MISSING, Table

__all__ = ["drawn", "plain_console", "show"]


def plain_console(**settings: Any) -> Console:
    """Return a console that prints text as it is: no markup, no emoji, no colours of its own."""
    return Console(markup=False, emoji=False, highlight=False, **settings)


def show(document: Any, as_json: bool, tables: Callable[[Any], Sequence[Table]]) -> None:
    """Print ``document``, records and what holds them: as JSON, or as the ``tables`` made of that.
    """
    text = to_json(document, indent=1)
    if as_json:
        print(text)
        return
    console = plain_console()
    # A pipe has no width of its own: let no column be cut.
    console.width = console.width if console.is_terminal else 400
    console.print(drawn(tables(json.loads(text))))


def drawn(tables: Sequence[Table]) -> Group:
    """Return tables for a terminal, below each its notes."""
    parts: list[RenderableType] = []
    for one in tables:
        if one.heads:
            grid = table.Table(box=None, pad_edge=False, header_style="bold")
            for head, numeric in one.heads:
                grid.add_column(head, justify="right" if numeric else "left", overflow="fold")
            for row in one.rows:
                grid.add_row(*("-" if cell.text == MISSING else cell.text for cell in row))
            parts += ["", grid]
        parts += ["", *one.notes] if one.notes else []
    return Group(*parts[1:])
