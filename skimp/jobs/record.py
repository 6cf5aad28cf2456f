"""Results that explain themselves: of each field its head, unit, format and one line of meaning.

JSON has the fields of a `Record` by their names, in their order. Tables of the terminal and of the
page are lists of such names: what a column is called and how it is written, its field says.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, replace
from typing import Any, Self, get_args, get_type_hints

__all__ = ["Figure", "Record", "UnitRecord", "figure", "figure_at"]


@dataclass(frozen=True)
class Figure:
    """What a field of a record says of itself.

    Attributes
    ----------
    head, unit : str
        Head of its column; the unit goes behind it.
    form : str or callable
        How a number is written: a format, or a function of the value. "" for a text.
    meaning : str
        What it is, in a line.
    mark : callable, optional
        Of the value and the row, as JSON has it: a word to put behind the number, "" for none.
    """

    head: str
    form: str | Callable[[Any], str]
    meaning: str
    unit: str
    mark: Callable[[Any, Mapping[str, Any]], str] | None

    @property
    def title(self) -> str:
        """Return head and unit."""
        return f"{self.head} {self.unit}".rstrip()


def figure(head: str, form: str | Callable[[Any], str] = "", meaning: str = "", *, unit: str = "",
           mark: Callable[[Any, Mapping[str, Any]], str] | None = None,
           default: Any = MISSING) -> Any:
    """Return a field of a record; see `Figure`."""
    return field(default=default, metadata={"figure": Figure(head, form, meaning, unit, mark)})


@dataclass(frozen=True, kw_only=True)
class Record:
    """What was measured; `skimp.jobs.documents.to_json` writes it."""

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Return the record that JSON gives back as ``document``."""
        hints = get_type_hints(cls)
        return cls(**{name: _read(hints[name], value) for name, value in document.items()})


@dataclass(frozen=True, kw_only=True)
class UnitRecord(Record):
    """What was measured of a configuration."""

    block: str = figure("block", meaning="block of the catalogue")
    config: str = figure("config", meaning="named configuration, or custom")
    parameters: dict[str, Any] = figure("parameters", meaning="all parameters of the block")


def figure_at(kind: type[Record], path: str) -> Figure:
    """Return what the field of ``kind`` at ``path``, dots between names, says of itself."""
    name, _, rest = path.partition(".")
    found: Figure = kind.__dataclass_fields__[name].metadata["figure"]
    if not rest:
        return found
    inner = _record_in(get_type_hints(kind)[name])
    return figure_at(inner, rest) if inner else replace(
        found, head=f"{found.title}, {rest}", unit="")


def _record_in(hint: Any) -> type[Record] | None:
    """Return the kind of record that a field holds: itself, in a list, or None instead."""
    return next((kind for kind in (hint, *get_args(hint))
                 if isinstance(kind, type) and issubclass(kind, Record)), None)


def _read(hint: Any, value: Any) -> Any:
    kind = _record_in(hint)
    if kind is None or value is None:
        return value
    return [kind.read(one) for one in value] if isinstance(value, list) else kind.read(value)
