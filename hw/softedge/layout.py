"""How the codes of a soft edge lie, and those that have a name."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import accumulate

__all__ = ["LAYOUTS", "Code", "Layout"]

# The segments that the paper's quirks belong to.
PAPER = ((64, 0), (128, 2), (64, 4))


class Code(StrEnum):
    """How a number becomes a few bits."""

    #: The paper's, in 9 bits: nothing between 63 q and 64 q, and two codes of 572 q.
    PAPER = "paper"
    #: The same counts without these, in 9 bits: always the nearest value.
    ALIGNED = "aligned"
    #: 9 bits, with thresholds that are powers of two.
    SHORT = "short"
    #: 8 bits, a quarter of the codes below zero: for SiLU, which gives hardly anything there.
    SIGNED8 = "signed8"
    #: The same with more fine and more coarse codes.
    SIGNED8_FINE = "signed8-fine"
    #: 6 bits.
    SIGNED6 = "signed6"
    #: 5 bits.
    SIGNED5 = "signed5"
    #: 4 bits.
    SIGNED4 = "signed4"


@dataclass(frozen=True)
class Layout:
    """Segments of codes; values are in units of ``q``, the fine step.

    Segment ``i`` holds ``count`` codes, ``2**shift`` q apart, and begins where the one before would
    go on. A magnitude ``m`` in it has the value ``(m << shift) - constant``.

    Parameters
    ----------
    segments : tuple of (int, int)
        A count and a shift for each, the shifts ascending from 0.
    negative : int
        Codes below zero, all fine, in two's complement; 0: a sign bit above the magnitude.
    quirks : bool
        The paper's.

    Raises
    ------
    ValueError
        If segments do not fit together.
    """

    segments: tuple[tuple[int, int], ...]
    negative: int = 0
    quirks: bool = False

    def __post_init__(self):
        shifts = [shift for _, shift in self.segments]
        if not shifts or shifts != sorted({0, *shifts}):
            raise ValueError(f"shifts of segments must ascend from 0, not be {shifts}")
        for threshold, (count, shift) in zip(self.thresholds, self.segments, strict=True):
            if count < 1:
                raise ValueError(f"a segment must have at least 1 code, not {count}")
            if threshold % (1 << shift):
                raise ValueError(f"a segment must begin at a multiple of its step, "
                                 f"{1 << shift} q, not at {threshold} q")
        if not 0 <= self.negative <= self.segments[0][0]:
            raise ValueError(f"codes below zero must be at most {self.segments[0][0]}, which the "
                             f"fine segment has, not {self.negative}")
        codes = self.magnitudes + (self.negative or self.magnitudes)
        if codes & codes - 1:
            raise ValueError(f"codes must fill their bits, not be {codes} in all")
        if self.quirks and (self.segments, self.negative) != (PAPER, 0):
            raise ValueError(f"quirks must be those of the segments {PAPER} with a sign bit, "
                             f"not of {self.segments}")

    @cached_property
    def magnitudes(self) -> int:
        """Codes that are not negative."""
        return sum(count for count, _ in self.segments)

    @cached_property
    def bits(self) -> int:
        """Bits of a code."""
        return (self.magnitudes + (self.negative or self.magnitudes) - 1).bit_length()

    @cached_property
    def firsts(self) -> tuple[int, ...]:
        """The first code of each segment."""
        return tuple(accumulate((count for count, _ in self.segments[:-1]), initial=0))

    @cached_property
    def thresholds(self) -> tuple[int, ...]:
        """The value of each segment's first code, but for quirks."""
        return tuple(accumulate((count << shift for count, shift in self.segments[:-1]), initial=0))

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """What each segment's codes have more than its values in units of its step."""
        return tuple(first - (threshold >> shift) for first, threshold, (_, shift)
                     in zip(self.firsts, self.thresholds, self.segments, strict=True))

    @cached_property
    def largest(self) -> int:
        """The value of the last code."""
        count, shift = self.segments[-1]
        return self.thresholds[-1] + (count - 1 << shift) - 4 * self.quirks

    @cached_property
    def value_width(self) -> int:
        """Bits of a value in two's complement."""
        return self.largest.bit_length() + 1


#: The layout of each code.
LAYOUTS = {
    Code.PAPER: Layout(PAPER, quirks=True),
    Code.ALIGNED: Layout(PAPER),
    Code.SHORT: Layout(((64, 0), (112, 2), (80, 4))),
    Code.SIGNED8: Layout(((64, 0), (112, 2), (16, 4)), negative=64),
    Code.SIGNED8_FINE: Layout(((96, 0), (64, 2), (32, 4)), negative=64),
    Code.SIGNED6: Layout(((16, 0), (28, 2), (4, 4)), negative=16),
    Code.SIGNED5: Layout(((8, 0), (14, 2), (2, 4)), negative=8),
    Code.SIGNED4: Layout(((4, 0), (7, 2), (1, 4)), negative=4),
}
