"""Tables of the page: each number knows its raw value and where in the documents it is from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from skimp.show import tables

__all__ = ["Cell", "Column", "Table", "number", "table", "value_at"]

MISSING = "\N{EN DASH}"
SHORT = 24      # characters of a text that is not broken into lines


@dataclass(frozen=True)
class Cell:
    """What a place of a table shows.

    Attributes
    ----------
    text : str
        As it is read.
    value : int, float or None
        The number itself, which the table is sorted by; None of texts and where there is none.
    origin : str
        Path of the number in the documents, or two with " / " between, of which it is the ratio.
    kind : str
        Classes of the cell: "number", "paper" (a paper's figure, not ours), "missed" (the clock),
        "short" (a text that is not broken into lines).
    link : str
        Where a text leads, if anywhere.
    """

    text: str
    value: float | None = None
    origin: str = ""
    kind: str = ""
    link: str = ""


@dataclass(frozen=True)
class Column:
    """A column: its head, the key of a row (dots between keys), how a number is written.

    Without ``form`` the column holds text.
    """

    head: str
    key: str
    form: str = ""
    percent: bool = False
    negative: str = ""          # word for numbers below 0


@dataclass(frozen=True)
class Table:
    """A table: heads, whether a column is of numbers, rows of cells, what is said below it."""

    title: str
    heads: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = field(default_factory=tuple)


def table(title: str, source: str, rows: Sequence[dict[str, Any]], columns: Iterable[Column],
          keep: Callable[[dict[str, Any]], Any] = bool, notes: Sequence[str] = ()) -> Table | None:
    """Make a table of those ``rows`` that ``keep`` takes; None if there are none.

    Columns of which no row has anything are left out: documents made before a figure was measured
    lack it. ``source`` is where in the documents the rows are.

    Raises
    ------
    ValueError
        If a number is none; the sentence names it.
    """
    kept = [(place, row) for place, row in enumerate(rows) if keep(row)]
    shown = [column for column in columns
             if any(value_at(row, column.key) is not None for _, row in kept)]
    if not kept or not shown:
        return None
    return Table(title, [(column.head, bool(column.form)) for column in shown],
                 [[_cell(column, row, f"{source}.{place}.{column.key}") for column in shown]
                  for place, row in kept], notes)


def number(value: float | None, form: str, origin: str, kind: str = "") -> Cell:
    """Give the cell of a number."""
    text = MISSING if value is None else format(value, form)
    return Cell(text, value, origin, f"number {kind}".rstrip())


def value_at(row: Any, key: str) -> Any:
    """Give what is at the path ``key`` of dicts in dicts, None where there is nothing."""
    for step in key.split("."):
        row = row.get(step) if isinstance(row, dict) else None
    return row


def _cell(column: Column, row: dict[str, Any], origin: str) -> Cell:
    value = value_at(row, column.key)
    if not column.form:
        text = _text(column, row, value)
        return Cell(text, kind="short" if len(text) <= SHORT else "")
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise ValueError(f"{origin} must be a number, not {value!r}: mend the document, or make it "
                         "again with `skimp report`")
    if column.percent and value is not None:
        return Cell(f"{value:{column.form}} %", value, origin, "number")
    if column.negative and value is not None and value < 0:
        return Cell(f"{value:{column.form}} {column.negative}", value, origin, "number missed")
    return number(value, column.form, origin)


def _text(column: Column, row: dict[str, Any], value: Any) -> str:
    if column.key == "parameters" and isinstance(value, dict):
        return tables.parameters(row)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return MISSING if value is None else str(value)
