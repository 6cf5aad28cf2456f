"""The plain dot-product unit."""

from dataclasses import dataclass

from amaranth import Module
from amaranth.hdl import signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.arith.booth import booth_digits, booth_rows
from skimp.hw.arith.heap import BitHeap
from skimp.hw.arith.product import and_rows
from skimp.hw.parameters import parameter
from skimp.hw.pipeline import GATING_HELP, Gating, Pipeline
from skimp.hw.plain.params import PlainParams
from skimp.hw.wires import wire

__all__ = ["PlainDot", "PlainDotParams"]


@dataclass(frozen=True, kw_only=True)
class PlainDotParams(PlainParams):
    """Parameters of :class:`PlainDot`."""

    products: int = parameter(4, "products of a clock, 1 to 128", range(1, 129))
    gating: Gating = parameter(Gating.NONE, GATING_HELP, Gating)


class PlainDot(wiring.Component):
    """Dot product of ``products`` activations with their weights, one in each clock.

    The baseline of every other dot-product unit. Operands and result are registered, all products
    are added up in one bit heap. One dot product per clock, two clocks later; full back-pressure.

    For activations of 8 bits a row for each Booth digit of the weight, made inside, is a tenth
    smaller than one for each bit of the activation; for those of 4 bits it is larger.

    Members
    -------
    i : ``In(stream.Signature(StructLayout({"activation": products x activation_width, "weight":
        products x weight_width})))``
        Activations, unsigned, and weights, signed.
    o : ``Out(stream.Signature(StructLayout({"sum": signed})))``
        The dot product, exact.
    """

    i: stream.Interface
    o: stream.Interface

    latency = 2

    def __init__(self, params: PlainDotParams):
        self.params = params
        self.facts = {"macs": params.products, "edges": {}}
        self._width = (params.activation_width + params.weight_width
                       + (params.products - 1).bit_length())
        super().__init__({
            "i": In(stream.Signature(data.StructLayout({
                "activation": data.ArrayLayout(params.activation_width, params.products),
                "weight": data.ArrayLayout(signed(params.weight_width), params.products)}))),
            "o": Out(stream.Signature(data.StructLayout({"sum": signed(self._width)})))})

    def elaborate(self, platform):
        m = Module()
        pipeline = Pipeline(m, self.i, self.o, self.params.gating)
        payload = self.i.payload
        activation, weight = pipeline.register(
            **{name: list(payload[name]) for name in ("activation", "weight")})
        # Complements, but for the sign.
        low = self._width - 1
        heap = BitHeap(m, self._width, "heap", inverted=low)
        for number, factor in zip(activation, weight, strict=True):
            if self.params.activation_width == 8:
                digits = wire(m, booth_digits(m, factor), "digits")
                booth_rows(m, heap, number, digits, arrival=1.5)
            else:
                and_rows(heap, number, factor, arrival=0.7)
        pipeline.finish(sum=heap.total() ^ ((1 << low) - 1))
        return m
