"""How the codes of a soft edge lie: segments, each with a step of its own."""

from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

import numpy as np

from skimp.golden.softedge.base import SILU_LOW

__all__ = ["ENDS", "Layout"]

#: The only segments that are known to have quirks, and where those let a segment end, in q.
PAPER, ENDS = ((64, 0), (128, 2), (64, 4)), (63, 572)
MOST_BITS = 12


@dataclass(frozen=True)
class Layout:
    """Segments of codes; all values are in units of ``q``, the fine step.

    Segment i holds ``count`` codes, ``2**shift`` q apart, and begins where the one before would go
    on.

    Raises
    ------
    ValueError
        If segments do not fit together, or quirks are asked of others than the paper's.
    """

    #: A count of codes and a shift for each, the shifts ascending from 0.
    segments: tuple[tuple[int, int], ...]
    #: Codes below zero, all fine, in two's complement; None: a sign bit above the magnitude.
    negative: int | None = None
    #: The paper's: between 63 q and 64 q all becomes 64 q, and 572 q has two codes.
    quirks: bool = False
    #: As `parse_code` has it.
    name: str = field(default="own", compare=False)
    #: Bits of a code, which all codes together fill.
    bits: int = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        shifts = [shift for _, shift in self.segments]
        if not shifts or shifts != sorted({0, *shifts}):
            raise ValueError(f"Shifts of segments must ascend from 0, not be {shifts}")
        begin = 0
        for number, (count, shift) in enumerate(self.segments):
            if count < 1:
                raise ValueError(f"A segment must have at least 1 code, not {count}")
            if begin % (1 << shift):
                raise ValueError(f"Segment {number} must begin at a multiple of its step, "
                                 f"{1 << shift} q, not at {begin} q")
            begin += count << shift
        codes = self.magnitudes
        if self.negative is None:
            codes *= 2
        elif not 1 <= self.negative <= self.segments[0][0]:
            raise ValueError(f"Codes below zero must be 1 to {self.segments[0][0]}, which the fine "
                             f"segment has, not {self.negative}")
        else:
            codes += self.negative
        if codes & codes - 1 or not 4 <= codes <= 1 << MOST_BITS:
            raise ValueError(f"Codes must fill 2 to {MOST_BITS} bits, not be {codes} in all")
        object.__setattr__(self, "bits", codes.bit_length() - 1)
        if self.largest >= 1 << 16:
            raise ValueError(f"The largest value must be below 65536 q, not {self.largest} q")
        if self.quirks and (self.segments, self.negative) != (PAPER, None):
            raise ValueError(f"Quirks must be those of the segments {PAPER} with a sign bit, "
                             f"not of {self.segments}")

    @cached_property
    def magnitudes(self):
        """Codes that are not negative."""
        return sum(count for count, _ in self.segments)

    @cached_property
    def firsts(self):
        """The first code of each segment."""
        return tuple(accumulate((count for count, _ in self.segments[:-1]), initial=0))

    @cached_property
    def thresholds(self):
        """The value in q of each segment's first code."""
        regular = accumulate((count << shift for count, shift in self.segments[:-1]), initial=0)
        return (0, 64, ENDS[1]) if self.quirks else tuple(regular)

    @cached_property
    def constants(self):
        """Of each segment, in q: a magnitude ``m`` there has the value ``(m << shift) - constant``.
        """
        return tuple((first << shift) - begin for first, begin, (_, shift)
                     in zip(self.firsts, self.thresholds, self.segments, strict=True))

    @cached_property
    def largest(self):
        """The value of the last code, in q."""
        count, shift = self.segments[-1]
        return self.thresholds[-1] + (count - 1 << shift)

    @cached_property
    def span(self):
        """Steps in the calibrated percentile: as many as INT8 has, with fewer bits fewer."""
        return (1 << self.bits - 1 - (self.negative is None)) - 1

    @cached_property
    def values(self):
        """Values in q of all magnitudes, int64."""
        return np.concatenate([begin + (np.arange(count) << shift) for begin, (count, shift)
                               in zip(self.thresholds, self.segments, strict=True)])

    @property
    def floor(self):
        """The least step whose codes below zero reach `SILU_LOW`; 0 with a sign bit."""
        return 4 * -SILU_LOW / self.negative if self.negative else 0.0

    def check_reach(self, step):
        """Refuse a step whose codes below zero end above what SiLU gives.

        Raises
        ------
        ValueError
            If it is below `floor`.
        """
        if step < self.floor:
            raise ValueError(f"The step must be at least {self.floor:.6f}, so that {self.negative} "
                             f"codes below zero reach {SILU_LOW}, not {step}")
