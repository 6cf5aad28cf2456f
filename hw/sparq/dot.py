"""The SPARQ dot-product unit."""

from dataclasses import dataclass
from enum import StrEnum

from amaranth import Cat, Module, Mux, Value
from amaranth.hdl import signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.arith.heap import BitHeap
from skimp.hw.parameters import parameter
from skimp.hw.pipeline import GATING_HELP, Gating, Pipeline
from skimp.hw.sparq.lane import multiply_pair
from skimp.hw.sparq.pair import pair_layout, select_pair
from skimp.hw.sparq.window import WindowParams
from skimp.hw.wires import gate, wire

__all__ = ["Input", "SparqDot", "SparqDotParams"]


class Input(StrEnum):
    """How activations arrive."""

    #: Pairs encoded by pair selectors elsewhere, whose ``rounding`` then is theirs.
    ENCODED = "encoded"
    #: Bytes.
    RAW = "raw"
    #: Bytes, of each 4 of which 2:4 sparse weights choose two.
    SPARSE24 = "sparse24"


@dataclass(frozen=True, kw_only=True)
class SparqDotParams(WindowParams):
    """Parameters of :class:`SparqDot`."""

    pairs: int = parameter(4, "pairs of activations multiplied in a clock, 1 to 64",
                           range(1, 65))
    weight_width: int = parameter(8, "bits of a weight, 8 or 4", (8, 4))
    input: Input = parameter(Input.ENCODED, "activations: encoded pairs, raw, or groups of 4 of "
                             "which 2:4 sparse weights choose two", Input)
    gating: Gating = parameter(Gating.NONE, GATING_HELP, Gating)


class SparqDot(wiring.Component):
    """Dot product of ``pairs`` pairs of activations with their weights, one in each clock.

    The form of a tensor core. Encoded pairs and the result are registered: selectors, if they are
    inside, precede the first rank. All products are added up in a single bit heap. One dot product
    per clock, two clocks later; full back-pressure.

    With ``sparse24`` a group of 4 activations has two slots of weights, each with the index of its
    activation, the lower one first. A slot whose weight is zero is empty: its activation, at
    whatever index, counts as zero, so that a lone one has both lanes.

    Source: Shomron, Gabbay, Kurzum, Weiser, "Post-Training Sparsity-Aware Quantization", NeurIPS
    2021, arXiv 2105.11010.

    Members
    -------
    i : ``In(stream.Signature(StructLayout({"activation": ..., "weight": 2 pairs x weight_width,
        "index": 2 pairs x 2})))``
        ``activation``: ``pairs`` pairs encoded as :func:`~hw.sparq.pair.pair_layout` says, or 2 (if
        ``raw``) or 4 (``sparse24``) bytes a pair. Weights are signed. ``index``: ``sparse24`` only.
    o : ``Out(stream.Signature(StructLayout({"sum": signed})))``
        The dot product, exact.
    """

    i: stream.Interface
    o: stream.Interface

    latency = 2

    def __init__(self, params: SparqDotParams):
        self.params = params
        raw = params.input != Input.ENCODED
        count = 2 * params.pairs
        self.facts = {"macs": count, "edges": {} if raw else {"pair-select": params.pairs}}
        layout: dict[str, data.ArrayLayout] = {
            "activation": data.ArrayLayout(8, count * (1 + (params.input == Input.SPARSE24))) if raw
            else data.ArrayLayout(pair_layout(params), params.pairs),
            "weight": data.ArrayLayout(signed(params.weight_width), count)}
        if params.input == Input.SPARSE24:
            layout["index"] = data.ArrayLayout(2, count)
        self.encoded = {} if raw else {"i": count * (8 + params.weight_width)}
        # No sum exceeds that of activations of 8 bits.
        self._width = 8 + params.weight_width + (count - 1).bit_length()
        super().__init__({
            "i": In(stream.Signature(data.StructLayout(layout))),
            "o": Out(stream.Signature(data.StructLayout({"sum": signed(self._width)})))})

    def encode(self, m: Module, port: str, drawn: Value) -> Value:
        """Encode raw activations, and weights above them, for ``i``."""
        count = 2 * self.params.pairs
        activations = [drawn.word_select(place, 8) for place in range(count)]
        return Cat(*(select_pair(m, *pair, self.params)
                     for pair in zip(activations[::2], activations[1::2], strict=True)),
                   drawn[8 * count:])

    def elaborate(self, platform):
        m = Module()
        params = self.params
        pipeline = Pipeline(m, self.i, self.o, params.gating)
        payload = {name: [Value.cast(element) for element in self.i.payload[name]]
                   for name, _ in self.i.payload.shape()}
        activation, weight = payload["activation"], payload["weight"]
        if params.input == Input.SPARSE24:
            activation = _chosen(m, activation, weight, payload["index"])
        if params.input != Input.ENCODED:
            activation = [select_pair(m, *pair, params)
                          for pair in zip(activation[::2], activation[1::2], strict=True)]
        activation, weight = pipeline.register(
            activation=activation, weight=[~value for value in weight])
        heap = BitHeap(m, self._width, "heap")
        for place, pair in enumerate(activation):
            multiply_pair(m, heap, data.View(pair_layout(params), pair),
                          (weight[2 * place], weight[2 * place + 1]), params)
        pipeline.finish(sum=heap.total())
        return m


def _chosen(m: Module, activations: list[Value], weights: list[Value],
            indices: list[Value]) -> list[Value]:
    """Return the activation of each slot of a group of 4, zero if the slot is empty."""
    chosen = []
    for slot, (weight, index) in enumerate(zip(weights, indices, strict=True)):
        group = activations[4 * (slot // 2):][:4]
        low = [wire(m, Mux(index[0], odd, even), "slot")
               for even, odd in (group[:2], group[2:])]
        either = Mux(index[1], low[1], low[0])
        filled = wire(m, weight.any(), "filled")
        chosen.append(wire(m, gate(filled, either), "slot"))
    return chosen
