"""A link that counts its transitions while packets come in pieces.

`golden.link` lays out and codes a whole trace at once. A `Meter` gives the same figures piece by
piece, so that a thousand images need no more memory than one, and a piece stays in the cache.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from skimp.golden.link import bus_invert, flits

__all__ = ["Meter", "Words"]

Words = np.ndarray[Any, np.dtype[Any]]


def _lead_in(sent: Words, lines: Words, width: int) -> Words:
    """Words that bring a resting bus-invert link to a state: one more wire of each lane a flit.

    Too few wires toggle to change an invert line, the first flit excepted, which is all ones where
    the line is to be 1. That needs at least 3 bits a word.
    """
    full = (1 << width) - 1
    wires = (1 << np.arange(width + 1)) - 1
    return ((sent & wires[:, None]) ^ lines * full).astype(sent.dtype)


def _toggled(rows: Words, known: int) -> int:
    """Transitions of the ``rows`` from ``known`` on; those before were counted."""
    after, before = rows[max(known, 1):], rows[max(known, 1) - 1:-1]
    first = rows[:0] if known else rows[:1]
    return sum(int(np.bitwise_count(part).sum(dtype=np.int64)) for part in (after ^ before, first))


class Meter:
    """Bit transitions of packets sent over one link, every stream on lanes of its own.

    The link rests at zero before the first packet and keeps its state from one `send` to the next,
    so only the packets count, not how they are cut into pieces.

    Parameters
    ----------
    lanes, width, filling, snake, pads
        As for `golden.link.flits`; ``lanes`` are those of one stream, ``width`` is 3 or more.
    group : {"lane", "flit"}, optional
        Code the link by bus-invert, as for `golden.link.bus_invert`; its lines count too.

    Attributes
    ----------
    streams : list of int
        Transitions of each stream so far, with the invert lines of its lanes; of the whole link,
        as one stream, where the group is the flit.
    """

    def __init__(self, *, lanes: int, width: int = 8, filling: str = "column", snake: bool = False,
                 pads: str = "hold", group: str | None = None) -> None:
        self._layout: dict[str, Any] = {"lanes": lanes, "width": width, "filling": filling,
                                        "snake": snake, "pads": pads}
        self._group = group
        self._last: list[Words] = []
        self._states: list[tuple[Words, Words]] = []
        self.streams: list[int] = []

    @property
    def total(self) -> int:
        """Transitions of the whole link so far."""
        return sum(self.streams)

    def send(self, streams: Sequence[Words]) -> None:
        """Send packets: one ``(packets, n)`` array of words for each stream, all of one shape.

        Every piece but the last must have an even number of packets, for a snake turns every second
        one.
        """
        last = self._last or [words[:0] for words in streams]
        self._last = [words[-2:] for words in streams]
        # A held pad depends on no packet but the one before; two of them keep the snake in step.
        sides = [flits(np.concatenate(both), **self._layout)
                 for both in zip(last, streams, strict=True)]
        known = len(last[0]) * -(-streams[0].shape[1] // self._layout["lanes"])
        if self._group:
            whole = [np.hstack(sides)] if self._group == "flit" else sides
            counts = self._coded([rows[known:] for rows in whole], self._group)
        else:
            counts = [_toggled(rows, known) for rows in sides]
        self.streams = [before + count for before, count
                        in zip(self.streams or [0] * len(counts), counts, strict=True)]

    def _coded(self, sides: list[Words], group: str) -> list[int]:
        """Code each side of the link by bus-invert and count."""
        width = self._layout["width"]
        if self._states:
            leads = [_lead_in(*state, width) for state in self._states]
            sides = [np.concatenate(both) for both in zip(leads, sides, strict=True)]
        known = width + 1 if self._states else 0
        coded = [bus_invert(rows, width=width, group=group) for rows in sides]
        self._states = [(words[-1], lines[-1]) for words, lines in coded]
        return [_toggled(words, known) + _toggled(lines, known) for words, lines in coded]
