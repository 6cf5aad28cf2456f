"""Tables made of the names of fields: what a column is called and how it is written, those say.

Rows are as JSON has them, be they just measured or read from a file of the past. The same tables
stand in the terminal and on the page, where each number knows where in the documents it is from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from skimp.jobs.record import Figure, Record, figure_at, shown_parameters

__all__ = ["MISSING", "Cell", "Table", "conditions", "number", "table", "value_at"]

MISSING = "\N{EN DASH}"
SHORT = 24      # characters of a text that is not broken into lines

Row = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """What a place of a table shows."""

    text: str
    #: The number itself, which the table is sorted by; None of texts and where there is none.
    value: float | None = None
    #: Path of the number in the documents, or two of which it is the ratio or the difference, with
    #: " / " or " - " between.
    origin: str = ""
    #: Classes: "number", "paper" (a paper's figure, not ours), "missed" (the number is marked),
    #: "short" (a text that is not broken into lines).
    kind: str = ""
    link: str = ""


@dataclass(frozen=True)
class Table:
    """A table: heads, whether a column is of numbers, rows of cells, what is said below it."""

    title: str
    heads: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()


def table(title: str, source: str, kind: type[Record], names: str, rows: Sequence[Row], *,
          keep: Callable[[Row], Any] = bool, notes: Sequence[str] = ()) -> list[Table]:
    """Make a table of those ``rows`` that ``keep`` takes; none if there are none.

    Parameters
    ----------
    source : str
        Where in the documents the rows are.
    kind : type
        Their record.
    names : str
        Fields to show, with blanks between; dots lead into records. A field that no row has is left
        out: it was not asked for, or the document was made before it was measured.

    Raises
    ------
    ValueError
        If a number is none; the sentence names it.
    """
    kept = [(place, row) for place, row in enumerate(rows) if keep(row)]
    shown = [name for name in names.split()
             if any(value_at(row, name) is not None for _, row in kept)]
    if not shown:
        return []
    figures = {name: figure_at(kind, name) for name in shown}
    cells = [[_cell(figure, row, value_at(row, name), f"{source}.{place}.{name}")
              for name, figure in figures.items()] for place, row in kept]
    heads = [(figure.title, any("number" in row[place].kind for row in cells))
             for place, figure in enumerate(figures.values())]
    return [Table(title, heads, cells, notes)]


def conditions(kind: type[Record], rows: Sequence[Row], names: str) -> list[str]:
    """Return each combination of the fields ``names`` that rows have, once."""
    lines = dict.fromkeys(", ".join(
        f"{_written(figure, value)} {figure.unit}".rstrip()
        for name in names.split() for figure in (figure_at(kind, name),)
        if (value := value_at(row, name)) is not None) for row in rows)
    return [f"{line}." for line in lines if line]


def number(value: float | None, form: str, origin: str, kind: str = "") -> Cell:
    """Return the cell of a number."""
    text = MISSING if value is None else format(value, form)
    return Cell(text, value, origin, f"number {kind}".rstrip())


def value_at(row: Any, name: str) -> Any:
    """Return what is at the path ``name`` of dicts and lists, None where there is nothing."""
    first, dot, rest = name.partition(".")
    if isinstance(row, list):
        return value_at(row[int(first)], rest)
    if not isinstance(row, dict) or name in row or not dot:
        return row.get(name) if isinstance(row, dict) else None
    return value_at(row.get(first), rest)


def _cell(figure: Figure, row: Row, value: Any, origin: str) -> Cell:
    if value is None:
        return Cell(MISSING, kind="number" if figure.form else "")
    try:
        text = _written(figure, value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{origin} must be a number, not {value!r}: mend the document, or make it "
                         "again with `skimp report`") from error
    if not figure.form or not isinstance(value, int | float):
        return Cell(text, kind="short" if len(text) <= SHORT else "")
    mark = figure.mark(value, row) if figure.mark else ""
    return Cell(f"{text} {mark}".rstrip(), value, origin, "number missed" if mark else "number")


def _written(figure: Figure, value: Any) -> str:
    if callable(figure.form):
        return figure.form(value)
    if figure.form and isinstance(value, bool):
        raise TypeError("true and false are no numbers")
    if figure.form:
        return format(value, figure.form)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return shown_parameters(value) if isinstance(value, dict) else str(value)
