"""Select the window of an activation."""

from dataclasses import dataclass
from enum import StrEnum

from amaranth import Cat, Const, Module, Signal, Value
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.parameters import Params, check_range, parameter
from skimp.hw.wires import gate, wire

__all__ = ["Rounding", "WindowParams", "WindowSelect", "select_window"]


class Rounding(StrEnum):
    """How the bits below a window are removed."""

    #: They are rounded half to even, which saturates in the window.
    ROUND = "round"
    #: They are dropped.
    TRIM = "trim"


@dataclass(frozen=True, kw_only=True)
class WindowParams(Params):
    """The options of an activation: a window of its bits, at one of some places.

    The paper's 5opt has the shifts 0 to 4 with 4 bits, 3opt 0, 2, 4 and 2opt 0, 4; 6opt has 0 to 5
    with 3 bits and 7opt 0 to 6 with 2. With a window under 4 bits the shifts must allow two windows
    side by side at both ends of an activation.
    """

    window: int = parameter(4, "bits kept of an activation, 1 to 7", range(1, 8))
    shifts: tuple[int, ...] = parameter((0, 1, 2, 3, 4), "places of the window, as right shifts "
                                        "that ascend from 0 to 8 - window")
    rounding: Rounding = parameter(
        Rounding.ROUND, "what becomes of the bits below the window", Rounding)

    def __post_init__(self):
        super().__post_init__()
        last = 8 - self.window
        for shift in self.shifts:
            check_range("shifts", shift, 0, last)
        if list(self.shifts) != sorted({0, last, *self.shifts}):
            raise ValueError(f"shifts must ascend from 0 to 8 - window = {last}, not "
                             f"{', '.join(map(str, self.shifts)) or 'none'}")
        for shift in (self.window, last - self.window):
            if self.window < 4 and shift not in self.shifts:
                raise ValueError(f"shifts of a window of {self.window} bits must contain {shift}, "
                                 "or an activation alone could not use two windows side by side")

    @property
    def code_width(self) -> int:
        """Bits of a code: the index of a shift."""
        return (len(self.shifts) - 1).bit_length()

    @property
    def double(self) -> "tuple[int, tuple[int, ...]]":
        """Bits and shifts of the window of an activation that has two lanes."""
        if self.window >= 4:
            return 8, (0,)
        return 2 * self.window, tuple(shift for shift in self.shifts
                                      if shift + self.window in self.shifts)


def select_window(m: Module, x: Value, window: int, shifts: tuple[int, ...],
                  rounding: Rounding) -> tuple[Value, Value]:
    """Select ``window`` bits of ``x`` at the first of ``shifts`` that loses no leading one.

    Returns the bits of the window, rounded, and the index of the shift.
    """
    # Whether the window at each shift, but for the last, would be too low.
    low = [wire(m, x[window + shift:].any(), "low") for shift in shifts[:-1]]
    chosen = [wire(m, above & ~below, "chosen")
              for above, below in zip([Const(1, 1), *low], [*low, Const(0, 1)], strict=True)]

    def choose(values: list[Value]) -> Value:
        result: Value = Const(0, 1)
        for choice, value in zip(chosen, values, strict=True):
            result = result | gate(choice, value)
        return result

    kept = wire(m, choose([x[shift:shift + window] for shift in shifts]), "kept")
    code = choose([Const(index, (len(shifts) - 1).bit_length()) for index in range(len(shifts))])
    if rounding == Rounding.ROUND:
        half = choose([x[shift - 1] if shift else Const(0, 1) for shift in shifts])
        more = choose([x[:shift - 1].any() if shift > 1 else Const(0, 1) for shift in shifts])
        up = wire(m, half & (more | kept[0]) & ~kept.all(), "up")
        kept = wire(m, (kept + up)[:window], "rounded")
    return kept, wire(m, code, "code")


class WindowSelect(wiring.Component):
    """Select the most useful ``window`` bits of an 8-bit activation; combinational.

    The shift is the smallest of ``shifts`` with ``i < 2**(window + shift)``; the bits below it are
    dropped or rounded. The value that is left is ``kept << shift``; shift 0 is exact. If no two
    shifts are further apart than the window, a nonzero activation never becomes zero.

    Source: Shomron, Gabbay, Kurzum, Weiser, "Post-Training Sparsity-Aware Quantization", NeurIPS
    2021, arXiv 2105.11010: bSPARQ.

    Members
    -------
    i : ``In(8)``
        The activation, unsigned.
    o : ``Out(StructLayout({"kept": window, "code": bits of an index of shifts}))``
        The bits in the window, and the index of the shift.
    """

    i: Signal
    o: data.View

    def __init__(self, params: WindowParams):
        self.params = params
        self.latency = 0
        super().__init__({"i": In(8), "o": Out(data.StructLayout(
            {"kept": params.window, "code": params.code_width}))})

    def elaborate(self, platform):
        m = Module()
        params = self.params
        m.d.comb += self.o.eq(Cat(*select_window(m, self.i, params.window, params.shifts,
                                                 params.rounding)))
        return m
