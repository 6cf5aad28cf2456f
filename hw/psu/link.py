"""The link orderer: packets in, ordered flits out."""

from dataclasses import dataclass
from enum import StrEnum

from amaranth import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.parameters import check_choice, check_range, parameter
from skimp.hw.pipeline import Gating
from skimp.hw.psu.keys import key_code
from skimp.hw.psu.unit import SORTERS, SorterParams
from skimp.hw.wires import wire

__all__ = ["LinkOrderer", "LinkOrdererParams", "Operand", "Pads"]


class Operand(StrEnum):
    """Operand whose keys order a packet."""

    #: Activations; weights, if there are any, travel with them.
    ACTIVATION = "activation"
    #: Weights, with which activations travel.
    WEIGHT = "weight"


class Pads(StrEnum):
    """Slots without an element, where ``lanes`` does not divide ``n``."""

    #: Their wires hold.
    HOLD = "hold"
    #: They are zero.
    ZERO = "zero"


@dataclass(frozen=True, kw_only=True)
class LinkOrdererParams(SorterParams):
    """Parameters of :class:`LinkOrderer`: no serial sorter, and ``by`` weights only in pairs."""

    lanes: int = parameter(5, "elements of each stream in a flit, 1 to n")
    pairs: bool = parameter(True, "pairs of activation and weight, or activations alone")
    by: Operand = parameter(Operand.ACTIVATION, "operand whose keys order both streams", Operand)
    snake: bool = parameter(False, "send the flits of every second packet in reverse order")
    pads: Pads = parameter(Pads.HOLD, "slots without an element hold their wires or are zero", Pads)

    def __post_init__(self):
        super().__post_init__()
        check_choice("sorter of a link", self.sorter.value,
                     [kind.value for kind, sorter in SORTERS.items() if not sorter.serial])
        check_range("lanes", self.lanes, 1, self.n)
        if self.by == Operand.WEIGHT and not self.pairs:
            raise ValueError("by must be 'activation' where there are no weights, not 'weight'")

    @property
    def streams(self) -> tuple[str, ...]:
        """Streams of the link, the left one first."""
        return ("activation", "weight") if self.pairs else ("activation",)

    @property
    def flits(self) -> int:
        """Flits of a packet."""
        return -(-self.n // self.lanes)


class LinkOrderer(wiring.Component):
    """Send packets of ``n`` elements over a narrow link, so that few of its wires toggle.

    The element of rank ``e`` goes to flit ``e mod F`` in lane ``e div F`` (column-major), where
    ``F = ceil(n / lanes)``: neighbours in rank follow each other on the same wires. Weights travel
    with their activations, so a dot product at the receiver needs nothing undone. With ``snake``,
    every second packet starts with its last flit.

    One flit per clock with no gap between packets; the first flit of a packet is offered
    ``latency`` clocks after the packet was taken, if none is before it. Full back-pressure. The
    wires of the elements are registers, zero after reset, and hold between flits.

    The unit sorts indices and keeps packets in a queue until they have been sent: only the lanes,
    not each column of the sorter, have multiplexers for whole elements. The queue has a place for
    each packet that can be under way without a gap. With ``gating`` a place loads when a packet
    moves up to it, not whenever one leaves, and so do the ranks of the sorter.

    Source: the link of Chen et al., arXiv 2509.00500, with the sorting unit of Han et al.,
    arXiv 2601.14087; snake and Gray keys are this project's own.

    Members
    -------
    i : ``In(stream.Signature(StructLayout({"activation": n x width, "weight": n x width})))``
        Packets; without ``pairs`` only activations.
    o : ``Out(stream.Signature(StructLayout({"activation": lanes x width, "weight": ...,
        "last": 1})))``
        Flits; ``last`` marks the last of a packet.
    """

    i: stream.Interface
    o: stream.Interface

    def __init__(self, params: LinkOrdererParams):
        self.params = params
        self._sorter = params.made(data_width=0)
        self.latency = self._sorter.latency + 1
        super().__init__({
            "i": In(stream.Signature(data.StructLayout({
                name: data.ArrayLayout(params.width, params.n) for name in params.streams}))),
            "o": Out(stream.Signature(data.StructLayout({
                **{name: data.ArrayLayout(params.width, params.lanes) for name in params.streams},
                "last": 1}))),
        })

    def elaborate(self, platform):
        m = Module()
        params = self.params
        m.submodules.sorter = sorter = self._sorter
        codes = sorter.codes(sorter.buckets)
        # In one assignment: Icarus takes minutes over a wide vector that is driven in pieces.
        m.d.comb += sorter.i.payload["key"].eq(Cat(
            key_code(m, element, params, codes) for element in self.i.payload[params.by]))

        sent = Signal()                         # the last flit of the packet goes out
        packet, full = self._queue(m, sent)
        m.d.comb += [sorter.i.valid.eq(self.i.valid & ~full),
                     self.i.ready.eq(sorter.i.ready & ~full)]

        flit = Signal(range(params.flits))
        reverse = Signal()
        send = Signal()
        m.d.comb += [send.eq(sorter.o.valid & (~self.o.valid | self.o.ready)),
                     sent.eq(send & (flit == params.flits - 1)), sorter.o.ready.eq(sent)]
        with m.If(~self.o.valid | self.o.ready):
            m.d.sync += self.o.valid.eq(sorter.o.valid)
        with m.If(send):
            m.d.sync += [flit.eq(Mux(sent, 0, flit + 1)), self.o.payload["last"].eq(sent)]
            if params.snake:
                m.d.sync += reverse.eq(reverse ^ sent)
            place = wire(m, Mux(reverse, params.flits - 1 - flit, flit), "place")
            for lane in range(params.lanes):
                self._lane(m, lane, place, packet, sorter.o.payload["order"])
        return m

    def _queue(self, m: Module, leave: Value) -> tuple[dict[str, list[Value]], Value]:
        """Queue packets until they have been sent; return the oldest, and whether it is full."""
        params = self.params
        depth = 1 + -(-self._sorter.latency // params.flits)
        waiting = Signal(range(depth + 1))
        full = wire(m, waiting == depth, "full")
        enter = wire(m, self.i.valid & self.i.ready, "enter")
        m.d.sync += waiting.eq(waiting + enter - leave)
        slots = [Signal(len(self.i.payload.as_value()), name=f"packet_{slot}", reset_less=True)
                 for slot in range(depth)]
        for slot, register in enumerate(slots):
            if slot + 1 < depth:
                moves = leave & (waiting > slot + 1) if params.gating == Gating.VALID else leave
                with m.If(moves):
                    m.d.sync += register.eq(slots[slot + 1])
            with m.If(enter & (waiting - leave == slot)):
                m.d.sync += register.eq(self.i.payload)
        oldest = data.View(self.i.payload.shape(), slots[0])
        return {name: [oldest[name][index] for index in range(params.n)]
                for name in params.streams}, full

    def _lane(self, m: Module, lane: int, place: Value, packet: dict[str, list[Value]],
              order: data.View) -> None:
        """Fill ``lane`` of the flit at ``place``."""
        params = self.params
        ranks = range(lane * params.flits, (lane + 1) * params.flits)
        index = wire(m, _choose(m, [order[min(rank, params.n - 1)] for rank in ranks], place),
                     f"index_{lane}")
        pad = place >= max(0, params.n - ranks.start) if ranks.stop > params.n else Const(0, 1)
        for name in params.streams:
            chosen = _choose(m, packet[name], index)
            with m.If(~pad):
                m.d.sync += self.o.payload[name][lane].eq(chosen)
            if params.pads == Pads.ZERO:
                with m.If(pad):
                    m.d.sync += self.o.payload[name][lane].eq(0)


def _choose(m: Module, values: list[Value], index: Value) -> Value:
    """Return value number ``index``: a tree of multiplexers, the lowest bit first."""
    for bit in index:
        pairs = [Mux(bit, odd, even) for even, odd in zip(values[::2], values[1::2], strict=False)]
        values = [wire(m, pair, "choice") for pair in pairs] + values[2 * len(pairs):]
    return values[0]
