"""Rows of a sweep in a file: JSON, or CSV with a column for each parameter."""

import csv
import io
import math
import os
from pathlib import Path
from typing import Any

from skimp.hw.emit import write_whole
from skimp.jobs.documents import to_json

__all__ = ["check_path", "write"]

SUFFIXES = (".csv", ".json")


def check_path(path: Path) -> None:
    """Refuse a ``path`` that rows cannot be written to, before anything is measured."""
    if path.suffix not in SUFFIXES:
        raise ValueError(f"--output must be a file ending in {' or '.join(SUFFIXES)}, not {path}")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise ValueError(f"cannot write to the folder {path.parent}")


def write(rows: list[dict[str, Any]], path: Path) -> None:
    """Write ``rows`` to ``path``, as its ending says."""
    write_whole(path, to_json(rows, indent=1) + "\n" if path.suffix == ".json" else _csv(rows))


def _csv(rows: list[dict[str, Any]]) -> str:
    """Give rows as CSV: ``parameters.NAME`` for each parameter, what is not there empty."""
    flat = [{column: _cell(value) for name, part in row.items() for column, value in (
                ((f"{name}.{key}", value) for key, value in part.items())
                if isinstance(part, dict) else [(name, part)])} for row in rows]
    columns = dict.fromkeys(column for row in flat for column in row)
    first = ("grid", "block", "config", "parameters.")
    ordered = sorted(columns, key=lambda column: not column.startswith(first))
    text = io.StringIO()
    writer = csv.DictWriter(text, ordered, lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    return text.getvalue()


def _cell(value: Any) -> Any:
    """Give a list as its items with commas between them, nothing for what is no number."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else value
