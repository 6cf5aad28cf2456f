"""Source and sink of the ``valid``/``ready`` streams that `hw` emits.

Both ends sample right after the clock edge, when cocotb still shows the values before it, as a
flip-flop does. What they then drive arrives before the next edge. Both check the rules of the
stream on the unit's side, so a bench that uses them checks these as well:

- ``valid`` and ``ready`` are never X outside reset, and ``valid`` is low in reset;
- an offer stays, unchanged, until it is taken;
- a payload that is not offered is ignored: it is X, random where X would mislead, or the last one.
"""

import random
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import cocotb
from cocotb.triggers import RisingEdge
from cocotb.types import Logic, LogicArray

__all__ = ["Sink", "Source", "high", "pauses"]


def high(signal: Any) -> bool:
    """Return whether a signal of one bit is 1; compared as text, which takes half the time."""
    return str(signal.value) == "1"


def pauses(kind: str | int, rng: random.Random) -> Iterator[bool]:
    """Yield per cycle whether to pause: never, always, at random (60 %), or in bursts.

    A number: not to pause in the first of so many cycles, and to pause in the others.
    """
    while True:
        match kind:
            case int():
                yield False
                yield from [True] * (kind - 1)
            case "never":
                yield False
            case "always":
                yield True
            case "random":
                yield rng.random() < 0.6
            case "bursts":
                yield from [True] * rng.randrange(40) + [False] * rng.randrange(40)
            case _:
                raise ValueError("Pauses must be never, always, random, bursts or a number, "
                                 f"not {kind!r}")


class _End:
    """An end of stream ``name`` of ``dut``, run by a task of its own from its creation on."""

    def __init__(self, dut: Any, name: str, pauses: Iterator[bool]):
        self.name, self.clk, self.rst = name, dut.clk, dut.rst
        self.pauses = pauses
        self.valid = getattr(dut, f"{name}__valid")
        self.ready = getattr(dut, f"{name}__ready")
        self.payload = getattr(dut, f"{name}__payload")
        self.cycle = 0
        cocotb.start_soon(self._run())

    async def _run(self) -> None:
        raise NotImplementedError

    def _known(self, handle: Any, signal: str) -> bool:
        value = str(handle.value)
        assert value in "01", f"{self.name}__{signal} is {value}"
        return value == "1"


class Source(_End):
    """Send ``items`` in order; idle in the cycles where ``pauses`` yields True.

    Without an offer the payload is X if ``use_x``, else a random word for each time of idling:
    Verilator has no X, and a mapped netlist spreads it, for its gates may compute
    ``(p & q) | (~p & q)`` where ``q`` would do. If the source ``holds``, it is the last word sent,
    as behind a register.

    Attributes
    ----------
    items : deque of int or None
        Words still to send; more may be appended at any time. None: a word that may be anything,
        which is sent as an idle payload is.
    taken : list of int
        Cycle in which each item was taken.
    """

    def __init__(self, dut: Any, name: str, items: Iterable[int | None], pauses: Iterator[bool], *,
                 use_x: bool = True, holds: bool = False):
        self.items = deque(items)
        self.use_x, self.holds = use_x, holds
        self.taken: list[int] = []
        super().__init__(dut, name, pauses)

    async def _run(self) -> None:
        width = len(str(self.payload.value))
        rng = random.Random(width)
        unknown = LogicArray("X" * width) if width > 1 else Logic("X")

        def anything() -> Any:
            return unknown if self.use_x else rng.getrandbits(width)

        offering, idling = False, False
        while True:
            if not offering and not idling:
                self.valid.value = 0
                if not (self.holds and self.taken):
                    self.payload.value = anything()
                idling = True
            await RisingEdge(self.clk)
            self.cycle += 1
            in_reset = self._known(self.rst, "rst")
            if not in_reset:
                ready = self._known(self.ready, "ready")
                if offering and not ready:
                    continue                            # an offer, once made, stays
                if offering:
                    self.taken.append(self.cycle)
            offering = bool(not in_reset and self.items and not next(self.pauses))
            if offering:
                word = self.items.popleft()
                self.valid.value, self.payload.value = 1, anything() if word is None else word
                idling = False


class Sink(_End):
    """Collect words; stall in the cycles where ``pauses`` yields True.

    Attributes
    ----------
    received : list of int
        Words taken.
    taken, offered : list of int
        Cycle in which each word was taken, and in which it was first offered.
    gaps : int
        Cycles between the first and the last word in which the sink was ready and got nothing.
    """

    def __init__(self, dut: Any, name: str, pauses: Iterator[bool]):
        self.received: list[int] = []
        self.taken: list[int] = []
        self.offered: list[int] = []
        self.gaps = 0
        super().__init__(dut, name, pauses)

    def stall(self, kind: str) -> None:
        """From now on stall ``never`` or ``always``."""
        self.pauses = pauses(kind, random.Random())

    async def _run(self) -> None:
        self.ready.value, ready = 0, False
        waiting, was_in_reset, empty = None, False, 0
        while True:
            await RisingEdge(self.clk)
            self.cycle += 1
            in_reset = self._known(self.rst, "rst")
            if in_reset:
                waiting, empty = None, 0
                if was_in_reset:
                    assert not self._known(self.valid, "valid"), f"{self.name}: valid in reset"
            elif self._known(self.valid, "valid"):
                word = str(self.payload.value)
                unknown = len(word) - word.count("0") - word.count("1")
                assert not unknown, f"{self.name} offers X in {unknown} of {len(word)} bits"
                if waiting is None:
                    self.offered.append(self.cycle)
                assert waiting in (None, word), f"{self.name} offered {waiting}, then {word}"
                waiting = word
                if ready:
                    self.gaps += empty if self.received else 0
                    self.received.append(int(word, 2))
                    self.taken.append(self.cycle)
                    waiting, empty = None, 0
            else:
                assert waiting is None, f"{self.name} offered {waiting}, then nothing"
                empty += ready
            was_in_reset = in_reset
            ready = not next(self.pauses)
            self.ready.value = int(ready)
