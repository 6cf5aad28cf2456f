"""Numbers from flags, files and rules: finite, in a range, with ASCII digits."""

import math
import re
from dataclasses import dataclass
from typing import Any

__all__ = ["ANY_INTEGER", "CLOCK_NS", "Range", "shown"]

# Python limits conversions of integers with many digits.
INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
REAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
LONGEST = 60            # characters that are shown of a wrong value


@dataclass(frozen=True)
class Range:
    """Numbers that are allowed."""

    low: float | None       # None where something else sets the bounds
    high: float | None
    unit: str = ""          # for sentences
    integer: bool = False   # whether they are integers

    def __str__(self) -> str:
        what = "an integer" if self.integer else "a number"
        return f"{what} of {self.span}" if self.span else what

    @property
    def span(self) -> str:
        """The range in words; empty if there is none."""
        if self.low is None or self.high is None:
            return ""
        return f"{_text(self.low)} to {_text(self.high)}{self.unit and ' ' + self.unit}"

    def parse(self, name: str, text: str) -> Any:
        """Return the number that ``text`` is.

        Raises
        ------
        ValueError
            If it is not allowed; the sentence begins with ``name``.
        """
        if not (INTEGER if self.integer else REAL).fullmatch(text):
            raise ValueError(f"{name} must be {self}, not {shown(text)}")
        number = int(text) if self.integer else float(text)
        if not self._allows(number):
            raise ValueError(f"{name} must be {self}, not {_short(text)}")
        return number

    def check(self, name: str, value: Any) -> Any:
        """Return ``value``, from a file, if it is allowed; as a float unless integers are.

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
    """Return ``value`` for a sentence: as Python writes it, shortened."""
    try:
        text = repr(value)
    except ValueError:                          # an integer of thousands of digits
        return "a number of thousands of digits"
    return _short(text)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


#: Integers whose bounds are checked elsewhere.
ANY_INTEGER = Range(None, None, integer=True)
#: Periods of a clock.
CLOCK_NS = Range(0.01, 1000, "ns")
