"""Processing elements of neighbouring columns, a module of the array."""

from amaranth import EnableInserter, Module, Signal
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
    """

    def __init__(self, element: ProcessingElement, columns: int):
        self.element, self.columns = element, columns
        operands = element.signature.members
        ports = {"advance": In(1)}
        ports |= {name: operands[name]
                  for name in ("activation", "first", "activation_next", "first_next")}
        for column in range(columns):
            ports |= {f"weight_{column}": operands["weight"],
                      f"weight_{column}_next": operands["weight_next"],
                      f"sum_{column}": operands["sum"]}
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
            halts = [self.advance] if self.element.stalls_itself else []
            place.d.comb += getattr(self, f"sum_{column}").eq(
                self.element.accumulated(place, activation, weight, first, *halts))
            m.submodules[f"column_{column}"] = place if halts else hold(place)
        m.submodules.moving = hold(moving)
        return m


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
