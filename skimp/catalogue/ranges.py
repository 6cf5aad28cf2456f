"""Numbers of users: finite, in a range, with ASCII digits, be they flags, in files or in rules."""

import math
import re
from dataclasses import dataclass
from typing import Any

__all__ = ["ANY_INTEGER", "CLOCK_NS", "Range", "shown"]

# Of more digits Python makes no integer, or no text of one.
INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
REAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
LONGEST = 60            # of what is shown of a wrong value


@dataclass(frozen=True)
class Range:
    """Numbers that are allowed.

    Attributes
    ----------
    low, high : float or int
        The least and the greatest; None where something else sets the bound.
    unit : str
        What they count, for the sentence.
    integer : bool
        Whether they are integers.
    """

    low: float | None
    high: float | None
    unit: str = ""
    integer: bool = False

    def __str__(self) -> str:
        what = "an integer" if self.integer else "a number"
        return f"{what} of {self.span}" if self.span else what

    @property
    def span(self) -> str:
        """The range in words; empty where there is none."""
        if self.low is None or self.high is None:
            return ""
        return f"{_text(self.low)} to {_text(self.high)}{self.unit and ' ' + self.unit}"

    def parse(self, name: str, text: str) -> Any:
        """Give the number that ``text`` is.

        Raises
        ------
        ValueError
            If it is none that is allowed; the sentence begins with ``name``.
        """
        if not (INTEGER if self.integer else REAL).fullmatch(text):
            raise ValueError(f"{name} must be {self}, not {shown(text)}")
        number = int(text) if self.integer else float(text)
        if not self._allows(number):
            raise ValueError(f"{name} must be {self}, not {_short(text)}")
        return number

    def check(self, name: str, value: Any) -> Any:
        """Give ``value`` of a file if it is allowed, as a float where no integer is asked.

        Raises
        ------
        ValueError
            If it is not; the sentence begins with ``name``.
        """
        # In Python True is an integer; here it is not.
        kinds = (int,) if self.integer else (int, float)
        if type(value) not in kinds or not self._allows(value):
            raise ValueError(f"{name} must be {self}, not {shown(value)}")
        return value if self.integer else float(value)

    def _allows(self, number: float) -> bool:
        return ((self.low is None or number >= self.low)
                and (self.high is None or number <= self.high) and abs(number) < math.inf)


def _text(number: float) -> str:
    return f"{number:,}" if isinstance(number, int) and number >= 10_000 else f"{number:g}"


def shown(value: Any) -> str:
    """Give ``value`` as it is shown in a sentence: as Python writes it, shortened."""
    try:
        text = repr(value)
    except ValueError:                          # an integer of thousands of digits
        return "a number of thousands of digits"
    return _short(text)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


#: Integers whose bounds the one that takes them knows.
ANY_INTEGER = Range(None, None, integer=True)
#: Periods of a clock.
CLOCK_NS = Range(0.01, 1000, "ns")
