"""A pipeline between two streams."""

from enum import StrEnum
from typing import Any, NamedTuple

from amaranth import Const, Module, Mux, Signal, Value
from amaranth.lib import stream

from skimp.hw.wires import wire

__all__ = ["GATING_HELP", "Choice", "Gated", "Gating", "Pipeline"]

#: What a parameter ``gating`` of a unit with a `Pipeline` means.
GATING_HELP = "what ranks of registers load: whatever they take, or valid items alone"


class Gating(StrEnum):
    """What ranks of registers load."""

    #: Whatever they take, valid or not: the smaller unit, where nothing stops clocks.
    NONE = "none"
    #: Valid items alone. A rank that has none keeps what it had, which is what clock gates need.
    VALID = "valid"


class Choice(NamedTuple):
    """A multiplexer yet to be made: its register takes ``chosen`` if ``select``, else ``other``.

    It merges with the register's own multiplexer, which holds the value during a stall: an AND for
    each of the three sources, of which the two for the data share their control. With gating there
    is no multiplexer to merge with: a gate stops the clock.
    """

    select: Value
    chosen: Value
    other: Value


class Gated(NamedTuple):
    """A value that is zero while the next rank takes no item: made by `Pipeline.gate`."""

    value: Value


class Pipeline:
    """Register ranks between stream ``i`` and stream ``o``, with full back-pressure.

    A rank takes an item when it is empty or when the rank behind it takes its own, so during a
    stall the ranks fill up, and ``i`` stalls only when all are full. Throughput is an item per
    clock; it is offered at ``o`` ``latency`` clocks after it was taken. Only valid bits are
    reset.

    Parameters
    ----------
    gating : Gating
        What ranks load. Without gates in the clock, an enable is a multiplexer a bit.

    Attributes
    ----------
    latency : int
        Ranks made so far.
    take : Signal
        High when the next rank to be made takes an item.
    """

    def __init__(self, m: Module, i: stream.Interface, o: stream.Interface, gating: Gating):
        self.m = m
        self.o = o
        self._gated = gating == Gating.VALID
        self.latency = 0
        self._valid = i.valid
        self._ready = i.ready               # of the last rank made, to be driven by the next
        self.take = Signal(name="rank1_take")
        self._controls: dict[int, tuple[Value, Value]] = {}

    def gate(self, value: Value) -> Value:
        """Return a factor of `Gated` values: ``value``, zero while the next rank takes no item.

        With gating the rank does not load then, and the factor stays as it is.
        """
        return value if self._gated else wire(self.m, value & self.take, "gated")

    def register(self, **values: Any) -> list[Any]:
        """Make one rank of registers of ``values``: nests of lists and named tuples of Values.

        Returns the registered values, in the order and shape of the arguments; constants stay
        constants. Every value that is used behind the rank must be among them.
        """
        self.latency += 1
        name = f"rank{self.latency}"
        valid = Signal(name=f"{name}_valid")
        ready = Signal(name=f"{name}_ready")
        self.m.d.comb += [self.take.eq(~valid | ready), self._ready.eq(self.take)]
        with self.m.If(self.take):
            self.m.d.sync += valid.eq(self._valid)
        self._loads = (wire(self.m, self.take & self._valid, f"{name}_loads")
                       if self._gated else self.take)
        self._valid, self._ready = valid, ready
        registered = [self._registered(value, f"{name}_{kind}") for kind, value in values.items()]
        self.take = Signal(name=f"rank{self.latency + 1}_take")
        return registered

    def _registered(self, value: Any, name: str) -> Any:
        if value is None:
            return None
        if isinstance(value, Choice):
            return self._registered_choice(value, name)
        if isinstance(value, Gated):
            return self._or_held(value.value, name)
        if hasattr(value, "_fields"):               # a named tuple
            return type(value)(*(self._registered(item, f"{name}_{field}")
                                 for field, item in zip(value._fields, value, strict=True)))
        if isinstance(value, list):
            return [self._registered(item, f"{name}_{position}")
                    for position, item in enumerate(value)]
        value = Value.cast(value)
        return value if isinstance(value, Const) else self._loaded(value, name)

    def _loaded(self, value: Value, name: str) -> Value:
        """Return a register of ``value``, which holds unless the rank loads."""
        register = Signal(value.shape(), name=name, reset_less=True)
        with self.m.If(self._loads):
            self.m.d.sync += register.eq(value)
        return register

    def _registered_choice(self, choice: Choice, name: str) -> Value:
        if not len(Mux(*choice)):
            return Const(0, 0)
        if self._gated:
            return self._loaded(Mux(*choice), name)
        if id(choice.select) not in self._controls:
            self._controls[id(choice.select)] = (
                wire(self.m, choice.select & self.take, "take_chosen"),
                wire(self.m, ~choice.select & self.take, "take_other"))
        taken = [control.replicate(len(value)) & value for control, value in zip(
            self._controls[id(choice.select)], (choice.chosen, choice.other), strict=True)]
        return self._or_held(taken[0] | taken[1], name)

    def _or_held(self, value: Value, name: str) -> Value:
        """Return a register of ``value``, which is zero unless the rank takes an item."""
        if not len(value):
            return Const(0, 0)
        if self._gated:
            return self._loaded(value, name)
        register = Signal(value.shape(), name=name, reset_less=True)
        self.m.d.sync += register.eq(value | (register & ~self.take.replicate(len(value))))
        return register

    def finish(self, **fields: Any) -> None:
        """Register ``fields`` of the payload of ``o`` in the last rank."""
        registered = self.register(**fields)
        self.m.d.comb += [self.o.valid.eq(self._valid), self._ready.eq(self.o.ready)]
        for name, values in zip(fields, registered, strict=True):
            field = self.o.payload[name]
            self.m.d.comb += ([field[position].eq(value) for position, value in enumerate(values)]
                              if isinstance(values, list) else field.eq(values))
