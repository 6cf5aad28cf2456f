"""A rigid pipeline between two streams: all of its register ranks move together, or none does."""

from typing import Any

from amaranth import Const, Module, Signal, Value
from amaranth.lib import stream

__all__ = ["Pipeline"]


class Pipeline:
    """Register ranks between stream ``i`` and stream ``o``, with full back-pressure.

    A single enable moves every rank: it is low only while a finished item waits at ``o``. One item
    per clock goes through, and an item leaves ``latency`` clocks after it was taken, stalls aside.
    One enable costs less than ranks that move on their own, whose gain (bubbles close up during a
    stall) a stream of whole vectors does not need. Only the valid bits are reset.

    Attributes
    ----------
    advance : Signal
        High when all ranks move; this is ``i.ready``.
    latency : int
        Ranks made so far.
    """

    def __init__(self, m: Module, i: stream.Interface, o: stream.Interface):
        self.m = m
        self.o = o
        self.valid = i.valid
        self.latency = 0
        self.advance = Signal()
        m.d.comb += [self.advance.eq(~o.valid | o.ready), i.ready.eq(self.advance)]

    def register(self, **values: Any) -> list[Any]:
        """Make one rank of registers of ``values``: nests of lists and named tuples of Values, constants kept.

        Returns the registered values, in the order and the shape of the arguments. Every value that
        is used behind the rank must be among them.
        """
        self.latency += 1
        valid = Signal(name=f"rank{self.latency}_valid")
        with self.m.If(self.advance):
            self.m.d.sync += valid.eq(self.valid)
        self.valid = valid
        return [self._registered(value, f"rank{self.latency}_{name}")
                for name, value in values.items()]

    def _registered(self, value: Any, name: str) -> Any:
        if value is None:
            return None
        if hasattr(value, "_fields"):               # a named tuple
            return type(value)(*(self._registered(item, f"{name}_{field}")
                                 for field, item in zip(value._fields, value, strict=True)))
        if isinstance(value, list):
            return [self._registered(item, f"{name}_{position}")
                    for position, item in enumerate(value)]
        value = Value.cast(value)
        if isinstance(value, Const) or not len(value):
            return value
        register = Signal(value.shape(), name=name, reset_less=True)
        with self.m.If(self.advance):
            self.m.d.sync += register.eq(value)
        return register

    def finish(self, **fields: Any) -> None:
        """Register ``fields`` of the payload of ``o`` in the last rank."""
        registered = self.register(**fields)
        self.m.d.comb += self.o.valid.eq(self.valid)
        for name, values in zip(fields, registered, strict=True):
            self.m.d.comb += [self.o.payload[name][position].eq(value)
                              for position, value in enumerate(values)]
