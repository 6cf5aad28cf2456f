"""ZAP: two small convolutions of a channel predict which of its activations are zero."""

from dataclasses import dataclass

from amaranth import Cat, Const, Module, Signal, Value
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.arith.heap import BitHeap
from skimp.hw.arith.product import and_rows
from skimp.hw.parameters import Params, parameter
from skimp.hw.predict.chain import Chain
from skimp.hw.predict.line import COMPLEMENT_HELP
from skimp.hw.predict.masks import KINDS, NEAR, Slot, period, phases
from skimp.hw.predict.narrow import narrowed
from skimp.hw.predict.raster import Raster
from skimp.hw.predict.window import Reach, Window
from skimp.hw.wires import gate, wire

__all__ = ["Zap", "ZapParams"]

SHIFT_BITS = 4
# Bits of an input and a weight from which a rank parts the sums of the first stage from what
# becomes of them: with fewer both fit into a clock.
RANK_FROM = 10
# Arrival of parameters and values at a heap, in ns as in `BitHeap`.
WEIGHT, VALUE = 0.8, 0.6


@dataclass(frozen=True, kw_only=True)
class ZapParams(Params):
    """Parameters of :class:`Zap`; a plane must have more pixels than a stage looks ahead."""

    rows: int = parameter(28, "rows of a plane, 1 to 512", range(1, 513))
    columns: int = parameter(28, "columns of a plane, 1 to 512", range(1, 513))
    lanes: int = parameter(1, "channels side by side, 1 to 64", range(1, 65))
    kind: int = parameter(3, "mask, 1 to 10", KINDS)
    input_bits: int = parameter(2, "bits of an activation as it is read, 1 to 8", range(1, 9))
    weight_bits: int = parameter(4, "bits of a weight, 3 to 8", range(3, 9))
    hidden_bits: int = parameter(4, "bits of a hidden value, 1 to 8", range(1, 9))
    complement: bool = parameter(True, COMPLEMENT_HELP)

    def __post_init__(self):
        super().__post_init__()
        most = max(self.first.lag, self.second.lag + self.ranks)
        if self.rows * self.columns <= most:
            raise ValueError(f"a plane must have more than {most} pixels, not {self.rows} x "
                             f"{self.columns}")

    @property
    def first(self) -> Reach:
        """How far the first stage looks."""
        return Reach.of(self.kind, self.rows, self.columns, NEAR, phases(self.kind))

    @property
    def second(self) -> Reach:
        """How far the second stage looks."""
        return Reach.of(None, self.rows, self.columns, NEAR)

    @property
    def ranks(self) -> int:
        """Ranks of registers between the sums of the first stage and its hidden values."""
        return int(self.input_bits + self.weight_bits >= RANK_FROM)

    @property
    def lag(self) -> int:
        """Pixels from the output to the input."""
        return self.first.lag + self.ranks + self.second.lag

    @property
    def halves(self) -> tuple[dict[str, int], dict[str, int]]:
        """Bits of the fields of the two halves of a set."""
        nine = len(NEAR) * self.weight_bits
        return ({"b1": self.input_bits + self.weight_bits + 4, "shift": SHIFT_BITS, "w1": nine},
                {"b2": self.hidden_bits + self.weight_bits + 4, "w2": nine})

    @property
    def words(self) -> int:
        """Words of a half."""
        return -(-max(sum(half.values()) for half in self.halves) // self.weight_bits)


class Zap(wiring.Component):
    """Predict which activations of a plane are zero, by two depthwise 3 x 3 convolutions.

    Codes of planes of ``rows`` x ``columns`` pixels come in raster order, planes back to back; each
    of ``lanes`` lanes has a channel of its own. Of a code, the highest ``input_bits`` are kept,
    rounded up, at most all ones; places that mask ``kind`` does not compute first count as 0,
    whatever comes. The first convolution gives hidden values of ``hidden_bits``::

        y = min((max(sum of w1 x + b1, 0) + r) >> shift, 2**hidden_bits - 1)

    r being half of ``1 << shift``, rounded down. An activation is kept, which is to be computed, if
    ``sum of w2 y + b2 > 0``. What lies outside of the plane is 0, in both.

    A pixel per clock with full back-pressure. The word of a pixel is offered ``latency`` clocks
    after the pixel was taken, if no stream pauses: in planes of two rows and six columns at least,
    ``2 columns + 5``, with mask 5 ``2 columns + 7``, with 1 and 3 ``2 columns + 9``; 1 more if an
    input and a weight have 10 bits or more together. If no next plane is there when the last pixel
    of one has been taken, the unit drains: it takes nothing for ``latency - 1`` clocks. So a single
    idle clock at a plane's end costs as many.

    Each plane takes a set of parameters from ``parameter``, and is not begun before the first half
    of it has come. A set has two halves of ``words / 2`` words each, see the manifest. The second
    half comes while the plane is between the stages, which is a row and 2 or 3 clocks; the first
    half of the next set comes behind it, when the second stage has taken it over, ``latency - 2``
    clocks after the plane began. So sets cost no clock where a row has more pixels than a half has
    words, and a plane has at least ``latency - 1 + words / 2`` pixels. In narrower planes the unit
    waits for the second half; in smaller ones it drains at the end of each plane.

    As fewer places are computed first than a window has, the first stage has a multiplier for each
    that a place sees at most (5 in mask 5, 3 in mask 3), whose weights are chosen by the place's
    position in the tile. The second has nine. Hidden values are kept in lines: to compute them
    again for each of three rows, from lines of codes alone, is 1 % smaller in mask 3 and 4 % larger
    in mask 5.

    Source: Shomron, Banner, Shkolnik, Weiser, "Thanks for Nothing: Predicting Zero-Valued
    Activations with Lightweight CNNs", ECCV 2020, arXiv 1909.07636; the integers are this
    project's own.

    Members
    -------
    i : ``In(stream.Signature(ArrayLayout(8, lanes)))``
        Codes of a pixel, unsigned.
    parameter : ``In(stream.Signature(ArrayLayout(weight_bits, lanes)))``
        Words of sets, a word of each lane. The words of a half are the bits of its fields, lowest
        first, behind as many zeros as fill up the words: in the first half ``b1`` (signed, of
        ``input_bits + weight_bits + 4`` bits), ``shift`` (4 bits), the nine of ``w1`` row by row
        (signed); in the second ``b2`` (signed, of ``hidden_bits + weight_bits + 4`` bits), ``w2``.
    o : ``Out(stream.Signature(StructLayout({"known": 1, "keep": lanes})))``
        Whether the pixel is computed first; whether each lane of it is kept, as are all then.
    """

    i: stream.Interface
    parameter: stream.Interface
    o: stream.Interface

    def __init__(self, params: ZapParams):
        self.params = params
        self.latency = params.lag + 1
        self.facts = {"words": 2 * params.words}
        self.encoded = {"parameter": params.lanes * params.weight_bits}
        super().__init__({
            "i": In(stream.Signature(data.ArrayLayout(8, params.lanes))),
            "parameter": In(stream.Signature(data.ArrayLayout(params.weight_bits, params.lanes))),
            "o": Out(stream.Signature(data.StructLayout({"known": 1, "keep": params.lanes}))),
        })

    def encode(self, m: Module, port: str, drawn: Value) -> Value:
        """Encode drawn words for ``parameter``: the least of their values, which no weight has, is
        one more."""
        width = self.params.weight_bits
        words = [drawn.word_select(lane, width) for lane in range(self.params.lanes)]
        return Cat(word | (word[-1] & ~word[:-1].any()) for word in words)

    def elaborate(self, platform):
        m = Module()
        params = self.params
        ahead = params.second.lag + params.ranks        # of the first stage's centre
        chain = Chain(m, self.parameter, params.words, complement=params.complement)
        raster = Raster(m, self.i, self.o, rows=params.rows, columns=params.columns,
                        lag=params.lag, admit=chain.admits)
        first = raster.load(ahead)
        second = raster.load(0, first, chain.complete)
        m.d.comb += chain.take.eq(first | second)
        first_sets, second_sets = ([chain.registers(lane, half, load)
                                    for lane in range(params.lanes)]
                                   for half, load in zip(params.halves, (first, second),
                                                         strict=True))
        codes = [wire(m, narrowed(code, params.input_bits), "code") for code in self.i.payload]
        window = Window(m, raster, params.first, Cat(codes), ahead,
                        complement=params.complement)
        hidden = self._first_stage(m, raster, window, first_sets)
        window = Window(m, raster, params.second, Cat(hidden), complement=params.complement)
        keep = self._second_stage(m, window, second_sets)
        known = raster.at(0).known(params.kind)
        raster.finish(known=known, keep=Cat(known | one for one in keep))
        return m

    def _first_stage(self, m: Module, raster: Raster, window: Window,
                     sets: list[dict[str, Signal]]) -> list[Value]:
        """Return the hidden values of all lanes."""
        params = self.params
        centres = phases(params.kind)
        slots = window.slots(centres)
        values = [window.value(slot, centres) for slot in slots]
        hidden = []
        for lane, own in enumerate(sets):
            heap = BitHeap(m, params.input_bits + params.weight_bits + 5, "first")
            for slot, value in zip(slots, values, strict=True):
                and_rows(heap, value.word_select(lane, params.input_bits),
                         self._weight(m, window, slot, own["w1"]), WEIGHT)
            heap.add_number(own["b1"], signed=True)
            # The shift goes with the sum: behind the rank a plane ends later.
            total = Cat(heap.total(), own["shift"])
            if params.ranks:
                total, fresh = Signal.like(total, name="first_sum", reset_less=True), total
                with m.If(raster.advance):
                    m.d.sync += total.eq(fresh)
            hidden.append(self._hidden(m, total[:-SHIFT_BITS], total[-SHIFT_BITS:]))
        return hidden

    def _weight(self, m: Module, window: Window, slot: Slot, weights: Value) -> Value:
        """Return the weight of a slot: that of the place that the slot holds now."""
        width = self.params.weight_bits
        total: Value = Const(0, width)
        for place in sorted(set(slot.place.values())):
            chosen = {phase for phase, one in slot.place.items() if one == place}
            now = window.centre.among(period(self.params.kind), chosen, set(slot.place))
            total |= gate(now, weights.word_select(NEAR.index(place), width))
        return wire(m, total, "weight")

    def _hidden(self, m: Module, total: Value, shift: Value) -> Value:
        """Return the hidden value of a sum: shifted, rounded half up, within its range."""
        bits = self.params.hidden_bits
        shifted = wire(m, Cat(Const(0, 1), total[:-1]) >> shift, "shifted")
        half, value = shifted[0], shifted[1:bits + 1]
        rounded = (value + (half & ~value.all()))[:bits] | shifted[bits + 1:].any().replicate(bits)
        return wire(m, gate(~total[-1], rounded), "hidden")

    def _second_stage(self, m: Module, window: Window,
                      sets: list[dict[str, Signal]]) -> list[Value]:
        """Return whether each lane's activation is kept: the sign of its sum less 1."""
        params = self.params
        places = window.reach.places
        values = [wire(m, gate(window.inside(*place), window.entry(*place)), "hidden")
                  for place in places]
        keep = []
        for lane, own in enumerate(sets):
            width = params.hidden_bits + params.weight_bits + 5
            heap = BitHeap(m, width, "second", inverted=width - 1)
            for place, value in zip(places, values, strict=True):
                and_rows(heap, value.word_select(lane, params.hidden_bits),
                         own["w2"].word_select(NEAR.index(place), params.weight_bits), VALUE)
            heap.add_number(own["b2"], signed=True)
            heap.constant -= 1
            keep.append(~heap.total()[-1])
        return keep
