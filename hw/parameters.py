"""What every parameter class shares: field descriptions and checks."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

__all__ = ["Params", "check_choice", "check_distinct", "check_range", "parameter"]


def parameter(default: Any, description: str,
              allowed: range | Sequence[Any] | type[StrEnum] = ()) -> Any:
    """Describe one field of a parameter class: its default, one line of help, what is allowed."""
    choices = tuple(choice.value for choice in allowed) if isinstance(allowed, type) else ()
    return field(default=default, metadata={
        "help": description, "choices": choices, "allowed": allowed})


@dataclass(frozen=True, kw_only=True)
class Params:
    """Base of parameter classes, which are frozen, keyword-only dataclasses.

    Fields are the flags of the command, the record in the manifest and the keywords of the golden
    function, so each field carries its own help, and docstrings add only what is longer. Choices
    are members of an enumeration; their text is accepted, too.

    Raises
    ------
    ValueError
        If a parameter is not allowed.
    """

    def __post_init__(self):
        for one in fields(self):
            value, allowed = getattr(self, one.name), one.metadata["allowed"]
            if isinstance(allowed, type):
                check_choice(one.name, getattr(value, "value", value), one.metadata["choices"])
                object.__setattr__(self, one.name, allowed(value))
            elif isinstance(allowed, range):
                check_range(one.name, value, allowed[0], allowed[-1])
            elif allowed:
                check_choice(one.name, value, allowed)


def check_range(name: str, value: int, low: int, high: int) -> None:
    """Refuse ``value`` unless it is an integer of ``low`` to ``high``."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        # Of an integer of thousands of digits Python makes no text.
        huge = isinstance(value, int) and abs(value) >= 10**40
        given = "a number of more than forty digits" if huge else repr(value)
        raise ValueError(f"{name} must be an integer of {low} to {high}, not {given}")


def check_choice(name: str, value: Any, choices: Sequence[Any]) -> None:
    """Refuse ``value`` unless it is one of ``choices``, and of the type of that: True is not 1."""
    if not any(value == choice and type(value) is type(choice) for choice in choices):
        raise ValueError(f"{name} must be one of {', '.join(map(str, choices))}, not {value!r}")


def check_distinct(name: str, values: Sequence[int], low: int, high: int) -> None:
    """Refuse ``values`` unless they are distinct integers of ``low`` to ``high``."""
    for value in values:
        check_range(name, value, low, high)
    for position, value in enumerate(values):
        if value in values[:position]:
            raise ValueError(f"{name} must be distinct, but {value} is named twice")
