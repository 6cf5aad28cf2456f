"""Processing elements of neighbouring columns, a module of the array."""

from amaranth import EnableInserter, Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.arith.element import ProcessingElement, pass_on

__all__ = ["AdvanceRegister", "ElementGroup"]


class ElementGroup(wiring.Component):
    """Processing elements of neighbouring columns, which share the register of the activation.

    So columns of a group are skewed alike. Ports and timing are those of
    :class:`~hw.arith.element.ProcessingElement`, with weights and a sum for each column; without
    ``advance`` all stalls.

    Members
    -------
    advance : ``In(1)``
        Whether the elements advance in this clock.
    activation, first, activation_next, first_next
        As those of the element.
    weight_0, weight_0_next, sum_0, weight_1, ...
        As those of the element, for each column.
    keep_0, keep_1, ... : ``In(1)``
        If it skips: whether the sum that ``first`` begins is computed; read with that. If not, the
        column's element passes operands on, but its sum is zero and neither that nor its adders
        move.
    """

    def __init__(self, element: ProcessingElement, columns: int, *, skip: bool = False):
        self.element, self.columns, self.skips = element, columns, skip
        operands = element.signature.members
        ports = {"advance": In(1)}
        ports |= {name: operands[name]
                  for name in ("activation", "first", "activation_next", "first_next")}
        for column in range(columns):
            ports |= {f"weight_{column}": operands["weight"],
                      f"weight_{column}_next": operands["weight_next"],
                      f"sum_{column}": operands["sum"]}
            ports |= {f"keep_{column}": In(1)} if skip else {}
        super().__init__(ports)

    def elaborate(self, platform):
        m = Module()
        hold = EnableInserter(self.advance)
        moving = Module()
        activation = self.element.pass_activation(moving, self)
        first = pass_on(moving, self, "first")
        for column in range(self.columns):
            weight = pass_on(moving, self, f"weight_{column}")
            place = Module()
            keep = self._keep(moving, column) if self.skips else None
            advance = self.advance if self.element.stalls_itself and not self.skips else None
            place.d.comb += getattr(self, f"sum_{column}").eq(
                self.element.accumulated(place, activation, weight, first, advance, keep))
            m.submodules[f"column_{column}"] = hold(place) if advance is None else place
        m.submodules.moving = hold(moving)
        return m

    def _keep(self, moving: Module, column: int) -> Value:
        """Register whether the sum of ``column`` is computed."""
        keep = Signal(name=f"keep_register_{column}", reset_less=True)
        with moving.If(self.first):
            moving.d.sync += keep.eq(getattr(self, f"keep_{column}"))
        return keep


class AdvanceRegister(wiring.Component):
    """A register of ``advance``, one for each row of the array.

    A module of its own, so that synthesis does not make one of all, with a wire to every register
    of the array.
    """

    i: Signal
    o: Signal

    def __init__(self):
        super().__init__({"i": In(1), "o": Out(1)})

    def elaborate(self, platform):
        m = Module()
        advance = Signal(init=1)
        m.d.sync += advance.eq(self.i)
        m.d.comb += self.o.eq(advance)
        return m
