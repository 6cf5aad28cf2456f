"""Documents as JSON, written and read with finite numbers only."""

import json
import math
from dataclasses import asdict, is_dataclass
from typing import Any

__all__ = ["LARGEST", "from_json", "to_json"]

#: Bytes of a document that is read: more than any has.
LARGEST = 1 << 28


def to_json(document: Any, indent: int | None = None, **settings: Any) -> str:
    """Return ``document`` as JSON, with null for numbers that are not finite.

    Records in it, and other dataclasses, become objects of their fields. ``settings`` are those of
    `json.dumps`.
    """
    settings |= {"indent": indent, "allow_nan": False, "default": asdict}
    try:
        return json.dumps(document, **settings)
    except ValueError:
        return json.dumps(_finite(document), **settings)


def _finite(document: Any) -> Any:
    if is_dataclass(document) and not isinstance(document, type):
        return _finite(asdict(document))
    if isinstance(document, dict):
        return {name: _finite(value) for name, value in document.items()}
    if isinstance(document, list | tuple):
        return [_finite(value) for value in document]
    return None if isinstance(document, float) and not math.isfinite(document) else document


def from_json(text: str | bytes) -> Any:
    """Return a document read from JSON.

    Raises
    ------
    ValueError
        If ``text`` is not JSON. The sentence completes one that begins with a file's name and "is".
    """
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite_float)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: line {error.lineno}, column {error.colno} is not as it must "
                         "be") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"not JSON: its byte {error.start + 1} is no text of UTF-8") from error
    except RecursionError as error:
        raise ValueError("not JSON that anybody would write: it is nested too deeply") from error
    except _NotFinite as error:
        raise ValueError(f"not JSON: {error} is no number of it") from error
    except ValueError as error:                 # Python makes no integer of so many digits
        raise ValueError("not JSON that anybody would write: it has a number of thousands of "
                         "digits") from error


class _NotFinite(ValueError):
    """A number that JSON does not have."""


def _refuse(text: str) -> None:
    raise _NotFinite(text)


def _finite_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _NotFinite(text if len(text) < 40 else "one of forty digits or more")
    return number
