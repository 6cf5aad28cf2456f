"""From the rank of each element to the element of each rank."""

from amaranth import Cat, Const, Module, Value

from skimp.hw.pipeline import Gated, Pipeline
from skimp.hw.psu.sorter import Line
from skimp.hw.wires import wire

__all__ = ["scatter"]


def scatter(pipeline: Pipeline, ranks: list[Value], lines: list[Line]) -> list[Line]:
    """Place line ``i`` at ``ranks[i]``, a permutation, for the next rank of ``pipeline``.

    ``n**2`` matches: decoders of both halves of each rank, shared by all places, one AND a match,
    and an encoder that folds pairs of neighbours, so that half of the matches serve each further
    bit of the index. Gating the decoders, which are few, saves each register a multiplexer.
    """
    m = pipeline.m
    decoded = []
    for rank in ranks:
        low, high = _decode(m, rank[:3]), _decode(m, rank[3:])
        gated = [pipeline.gate(line) for line in high or low]
        decoded.append([wire(m, gated[place >> 3] & low[place & 7], "match") if high
                        else gated[place] for place in range(len(ranks))])
    placed = []
    for place in range(len(ranks)):
        match = [row[place] for row in decoded]
        payload = [hit.replicate(len(line.data)) & line.data
                   for hit, line in zip(match, lines, strict=True)]
        placed.append(Line(Gated(_encode(m, match)), Const(0, 0), Gated(any_of(payload))))
    return placed


def any_of(values: list[Value]) -> Value:
    """Return the OR of ``values``, as a balanced tree."""
    while len(values) > 1:
        values = [a | b for a, b in zip(values[::2], values[1::2], strict=False)] \
            + (values[-1:] if len(values) % 2 else [])
    return values[0]


def _decode(m: Module, code: Value) -> list[Value]:
    if not len(code):
        return []
    return [wire(m, code == value, "decoded") for value in range(1 << len(code))]


def _encode(m: Module, match: list[Value]) -> Value:
    """Return the index of the single match."""
    bits = []
    while len(match) > 1:
        bits.append(any_of(match[1::2]))
        match = [wire(m, any_of(match[pair:pair + 2]), "pair") for pair in range(0, len(match), 2)]
    return Cat(bits)
