"""A link that counts its transitions while packets come in pieces.

`golden.link` lays out and codes a whole trace at once. A `Meter` gives the same figures piece by
piece, so that a thousand images need no more memory than one.
"""

from typing import Any

import numpy as np

from golden.link import bus_invert, flits, transitions_per_lane

__all__ = ["Meter"]

Words = np.ndarray[Any, np.dtype[Any]]


def _lead_in(sent: Words, lines: Words, width: int) -> Words:
    """Words that bring a resting bus-invert link to a state: one more wire of each lane a flit.

    Too few wires toggle to change an invert line, the first flit excepted, which is all ones where
    the line is to be 1. That needs at least 3 bits a word.
    """
    full = (1 << width) - 1
    wires = (1 << np.arange(width + 1)) - 1
    return ((sent & wires[:, None]) ^ lines * full).astype(sent.dtype)


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
        Transitions of each stream so far, with its lanes' invert lines.
    total : int
        Their sum, and the transitions of the line that a whole flit shares.
    """

    def __init__(self, *, lanes: int, width: int = 8, filling: str = "column", snake: bool = False,
                 pads: str = "hold", group: str | None = None) -> None:
        self._layout: dict[str, Any] = {"lanes": lanes, "width": width, "filling": filling,
                                        "snake": snake, "pads": pads}
        self._group = group
        self._last: list[Words] = []
        self._sent: Words | None = None
        self._lines: Words | None = None
        self.streams: list[int] = []
        self.total = 0

    def send(self, *streams: Words) -> None:
        """Send packets: one ``(packets, n)`` array of words for each stream, all of one shape.

        Every piece but the last must have an even number of packets, for a snake turns every second
        one.
        """
        self._last = self._last or [words[:0] for words in streams]
        # A pad, held, depends on no packet but the one before; two of them keep the snake in step.
        rows = np.hstack([flits(np.concatenate(both), **self._layout)
                          for both in zip(self._last, streams, strict=True)])
        depth = -(-streams[0].shape[1] // self._layout["lanes"])
        known = len(self._last[0]) * depth
        self._last = [words[-2:] for words in streams]

        counts = np.zeros(len(streams), dtype=np.int64)
        if self._group:
            rows, known, lines = self._code(rows[known:])
            toggled = transitions_per_lane(lines) - transitions_per_lane(lines[:known])
            if self._group == "lane" or len(streams) == 1:
                counts += toggled.reshape(len(streams), -1).sum(axis=1)
            else:
                self.total += int(toggled.sum())
        per_lane = transitions_per_lane(rows) - transitions_per_lane(rows[:known])
        counts += per_lane.reshape(len(streams), -1).sum(axis=1)
        self.streams = (counts + (self.streams or 0)).tolist()
        self.total += int(counts.sum())

    def _code(self, rows: Words) -> tuple[Words, int, Words]:
        """Code ``rows`` after a lead-in; return coded words, length of the lead-in, lines."""
        width = self._layout["width"]
        known = 0
        if self._sent is not None and self._lines is not None:
            lead = _lead_in(self._sent, self._lines, width)
            rows, known = np.concatenate([lead, rows]), len(lead)
        coded, lines = bus_invert(rows, width=width, group=self._group)
        self._sent, self._lines = coded[-1], lines[-1]
        return coded, known, lines
