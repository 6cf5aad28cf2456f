"""Results that explain themselves: of each field its head, unit, format and one line of meaning.

JSON has the fields of a `Record` by their names, in their order. Tables of the terminal and of the
page are lists of such names: what a column is called and how it is written, its field says.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, replace
from typing import Any, Self, get_args, get_type_hints

__all__ = ["Figure", "Record", "UnitRecord", "figure", "figure_at", "shown_parameters",
           "text"]


Form = str | Callable[[Any], str]
Mark = Callable[[Any, Mapping[str, Any]], str]


@dataclass(frozen=True)
class Figure:
    """What a field of a record says of itself."""

    #: Of its column; the unit goes behind it.
    head: str
    unit: str
    #: How it is written: a format of numbers, or a function of the value. "" for all else.
    form: Form
    #: What it is, in a line.
    meaning: str
    #: Of the value and the row, as JSON has it: a word to put behind a number, "" for none.
    mark: Mark | None = None

    @property
    def title(self) -> str:
        """Return head and unit."""
        return f"{self.head} {self.unit}".rstrip()


def figure(head: str, unit: str, form: Form, meaning: str, *, mark: Mark | None = None,
           default: Any = MISSING) -> Any:
    """Return a field of a record; see `Figure`."""
    return field(default=default, metadata={"figure": Figure(head, unit, form, meaning, mark)})


def text(head: str, meaning: str, *, default: Any = MISSING) -> Any:
    """Return a field of words, of lists, or of other records."""
    return figure(head, "", "", meaning, default=default)


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

    block: str = text("block", "block of the catalogue")
    config: str = text("config", "named configuration, or custom")
    parameters: dict[str, Any] = text("parameters", "all parameters of the block")


def shown_parameters(values: Mapping[str, Any]) -> str:
    """Return the parameters that are set, in short."""
    def short(value: Any) -> str:
        return ",".join(map(str, value)) if isinstance(value, tuple | list) else str(value)

    return " ".join(f"{name}={short(value)}" for name, value in values.items()
                    if value is not None and value is not False)


def figure_at(kind: type[Record], path: str) -> Figure:
    """Return what the field of ``kind`` at ``path``, dots between names, says of itself."""
    name, _, rest = path.partition(".")
    found: Figure = kind.__dataclass_fields__[name].metadata["figure"]
    if not rest:
        return found
    inner = _record_in(get_type_hints(kind)[name])
    rest = rest.lstrip("0123456789.") if inner else rest        # in a list
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
