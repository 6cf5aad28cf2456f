"""Select the two lanes of a pair of activations, and encode them."""

from amaranth import Cat, Const, Module, Mux, Value
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.sparq.window import WindowParams, select_window
from skimp.hw.wires import wire

__all__ = ["PairSelect", "pair_layout", "select_pair"]


def pair_layout(params: WindowParams) -> data.StructLayout:
    """Return the encoding of a pair: window and code of each lane, and which weight each takes.

    A lane's code is the index of its shift. Where both lanes serve the same activation, the
    survivor, the lane of the other, which is zero, steals: it takes the survivor's weight and the
    high half of its bits. If there is an unused index, the all-ones code means that a lane
    steals; its shift is that of the survivor's own lane plus the window, or the largest if the
    window has 4 bits or more. Otherwise a bit ``steal`` says that the lane with the larger code
    steals.

    No encoding of a pair's states takes fewer bits, except for 5opt: 27 states would fit into 5
    bits instead of 6, but then a lane could not be decoded without the other.
    """
    fields: dict[str, data.ArrayLayout | int] = {
        "kept": data.ArrayLayout(params.window, 2), "code": data.ArrayLayout(params.code_width, 2)}
    if has_steal_bit(params):
        fields["steal"] = 1
    return data.StructLayout(fields)


def has_steal_bit(params: WindowParams) -> bool:
    """Return whether all codes are indices of shifts."""
    return len(params.shifts) == 1 << params.code_width


def select_pair(m: Module, first: Value, second: Value, params: WindowParams) -> Value:
    """Return the pair of two activations, encoded as :func:`pair_layout` says."""
    activations = first, second
    zero = [wire(m, ~activation.any(), "zero") for activation in activations]
    lone = wire(m, zero[0] ^ zero[1], "lone")
    survivor = wire(m, first | second, "survivor")
    width, shifts = params.double
    both, place = select_window(m, survivor, width, shifts, params.rounding)
    # The high half has the largest bits that a window can have; the low half has the others.
    split = min(params.window, 8 - params.window)
    low, high = both[:split], both[split:]
    own_code, steal_code = (_table(m, place, codes, params.code_width) for codes in _codes(params))
    kept, code = [], []
    for lane in range(2):
        alone = wire(m, zero[1 - lane] & lone, "alone")
        steals = wire(m, zero[lane] & lone, "steals")
        bits, index = select_window(m, activations[lane], params.window, params.shifts,
                                    params.rounding)
        kept.append(wire(m, Mux(steals, high, Mux(alone, low, bits))[:params.window], "lane_kept"))
        code.append(wire(m, Mux(steals, steal_code, Mux(alone, own_code, index)), "lane_code"))
    return Cat(*kept, *code, lone if has_steal_bit(params) else Const(0, 0))


def _codes(params: WindowParams) -> tuple[list[int], list[int]]:
    """Return the codes of the survivor's own and of the stealing lane, per double window."""
    width, shifts = params.double
    ones = (1 << params.code_width) - 1
    own = [params.shifts.index(shift) for shift in shifts]
    if params.window >= 4 or not has_steal_bit(params):
        return own, [ones] * len(own)
    return own, [params.shifts.index(shift + params.window) for shift in shifts]


def _table(m: Module, index: Value, values: list[int], width: int) -> Value:
    """Look ``index`` up in ``values``."""
    result: Value = Const(values[0], width)
    for place, value in enumerate(values[1:], 1):
        result = Mux(index == place, Const(value, width), result)
    return wire(m, result, "code")


class PairSelect(wiring.Component):
    """Select two lanes for a pair of 8-bit activations; combinational.

    If one activation is zero, the other uses both lanes: with a window of 4 bits or more it is
    exact, with a smaller one it has a window of twice the bits. Otherwise each has a window of its
    own, as of :class:`~hw.sparq.window.WindowSelect`. It depends on activations only, so it stands
    once at the edge of an array, or where activations are written to memory.

    The encoding is that of :func:`pair_layout`; ``footprint_bits`` of the manifest are its bits:
    14 for 5opt, 12 for 3opt and 6opt, 11 for 2opt, 10 for 7opt, instead of 16.

    Source: Shomron, Gabbay, Kurzum, Weiser, "Post-Training Sparsity-Aware Quantization", NeurIPS
    2021, arXiv 2105.11010: vSPARQ. The encoding is this project's own.

    Members
    -------
    i : ``In(ArrayLayout(8, 2))``
        The activations, unsigned.
    o : ``Out(StructLayout({"kept": 2 x window, "code": 2 x bits of an index, "steal": 1}))``
        The lanes; ``steal`` only if there are 2, 4 or 8 shifts.
    """

    i: data.View
    o: data.View

    def __init__(self, params: WindowParams):
        self.params = params
        self.latency = 0
        layout = pair_layout(params)
        self.facts = {"footprint_bits": layout.size}
        super().__init__({"i": In(data.ArrayLayout(8, 2)), "o": Out(layout)})

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.o.eq(select_pair(m, self.i[0], self.i[1], self.params))
        return m
