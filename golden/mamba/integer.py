"""The integer Mamba: W8A8, every step of it in integers that are the same on every machine.

Weights are INT8 with a step a row, activations INT8 with a step a tensor, which calibration text
has chosen; between blocks there are 19 bits. exp, softplus and SiLU are tables (`tables`), the scan
is that of the hardware (`golden.scan`), a norm is a root and a quotient, everything else a
multiplier and a shift (`requantise`). Matrices are multiplied in float32 where all sums are below
2**24, so that their order does not matter. What out_proj reads is spread by a Hadamard matrix:
sums and differences. Only the steps are real numbers, made by products and quotients of doubles,
which every machine rounds alike.

`golden.workloads.text.Text.in_integers` runs and scores it; by hand::

    network = shipped("mamba")
    model = IntegerMamba(network, coded(network, parse_code("softedge:signed8")))
    cost = bits(model.logits(tokens) * LOGIT_UNIT, tokens)
"""

from math import sqrt

import numpy as np

from skimp.golden.mamba.floating import BATCH, EPS, as_tokens
from skimp.golden.mamba.integer_steps import RESIDUAL_BITS, RESIDUAL_UNIT, block_of
from skimp.golden.mamba.ranges import prepared, ranges
from skimp.golden.mamba.requantise import Requantiser, quantised_rows, signed

__all__ = ["LOGIT_UNIT", "IntegerMamba", "coded", "scan_operands"]

#: What a unit of a logit is worth.
LOGIT_UNIT = 2.0**-10
#: Fraction bits of a root, and of a reciprocal.
ROOT_BITS, RECIPROCAL_BITS = 5, 30
#: Numbers between blocks, whose squares a double adds up; channels, whose sums float32 holds.
WIDEST = 128, 256
INT8 = signed(8)


class IntegerMamba:
    """A network in integers.

    Parameters
    ----------
    network : golden.mamba.network.Mamba
        As it is loaded. Its `ranges` are those that its file notes; else they are measured, in
        floats, so that the last of five digits may differ between machines.
    codes : sequence of ``(code, step)``
        Of u in each block, as `coded` returns them.

    Raises
    ------
    ValueError
        If there is not a code for each block, a code has no integers, the network is wider than
        `WIDEST`, or its ranges are out of proportion.
    """

    def __init__(self, network, codes):
        if len(codes) != len(network.blocks):
            raise ValueError(f"Each of {len(network.blocks)} blocks must have a code, "
                             f"not {len(codes)}")
        sizes = network.embedding.shape[1], max(block.inner for block in network.blocks)
        if any(size > most for size, most in zip(sizes, WIDEST, strict=True)):
            raise ValueError(f"A Mamba in integers must have at most {WIDEST[0]} numbers between "
                             f"blocks and {WIDEST[1]} channels, so that all sums are exact, "
                             f"not {sizes[0]} and {sizes[1]}")
        largest, network = ranges(network).largest, prepared(network)
        self.characters = len(network.alphabet)
        self.blocks = [
            block_of(block, code, step, {site: values[number] for site, values in largest.items()})
            for number, (block, (code, step)) in enumerate(zip(network.blocks, codes, strict=True))]
        self.embedding = np.rint(network.embedding / RESIDUAL_UNIT).astype(np.int64)
        width = self.embedding.shape[1]
        #: In a unit's square times width, so that sums of squares need no division.
        self.least = max(1, round(float(EPS) * width / RESIDUAL_UNIT**2))
        self.scales = [round(sqrt(width) * 127 / most * (1 << ROOT_BITS + RECIPROCAL_BITS))
                       for most in largest["in"]]
        self.head, units = quantised_rows(network.head, largest["in"][-1] / 127)
        self.to_logits = Requantiser.to(units / LOGIT_UNIT, *signed(32))

    def logits(self, tokens):
        """Return the logits in units of `LOGIT_UNIT`: int64 ``(batch, time, characters)``.

        Tokens and errors are those of `golden.mamba.floating.forward`.
        """
        tokens = as_tokens(tokens, self.characters)
        return np.concatenate([self._logits(tokens[begin:begin + BATCH])
                               for begin in range(0, len(tokens), BATCH)])

    def _logits(self, tokens):
        *_, (x, _) = self._run(tokens)
        return self.to_logits(self._normed(x, -1).astype(np.float32) @ self.head.T)

    def _run(self, tokens):
        """Yield what is between blocks, int64 ``(batch, time, width)``, and what a block read."""
        x = self.embedding[tokens]
        for number, block in enumerate(self.blocks):
            read = self._normed(x, number)
            x = np.clip(x + block(read), *signed(RESIDUAL_BITS))
            yield x, read

    def _normed(self, x, number):
        """Return INT8 of ``x`` divided by the root of its mean square."""
        squares = np.sum(np.square(x), axis=-1, keepdims=True) + self.least
        # A double holds the square, and its root is rounded alike everywhere.
        root = np.sqrt((squares << 2 * ROOT_BITS).astype(np.float64)).astype(np.int64)
        reciprocal = self.scales[number] // root
        return np.clip(x * reciprocal + (1 << RECIPROCAL_BITS - 1) >> RECIPROCAL_BITS, *INT8)

    def operands(self, tokens, layer):
        """Return the `ScanOperands` of a block, counted from 0, for at most `BATCH` sequences.

        Raises
        ------
        ValueError
            If there is no such block.
        """
        if layer not in range(len(self.blocks)):
            raise ValueError(f"Layer must be 0 to {len(self.blocks) - 1}, not {layer!r}")
        tokens = as_tokens(tokens, self.characters)[:BATCH]
        read = next(read for number, (_, read) in enumerate(self._run(tokens)) if number == layer)
        return self.blocks[layer].until_scan(read)[1]


def coded(network, code, percentile=0.9995):
    """Return ``(code, step)`` for each block, by the percentile of calibration text.

    Raises
    ------
    ValueError
        If the percentile is not one of `golden.mamba.ranges.ALPHAS`.
    """
    found = ranges(network).percentiles
    if percentile not in found:
        raise ValueError(f"A percentile must be one of {', '.join(map(str, found))}, "
                         f"not {percentile}")
    return [(code, code.step(c)) for c in found[percentile]]


def scan_operands(network, tokens, layer, code, percentile=0.9995):
    """Return what the scan of a layer reads on real text: `ScanOperands`, ``(batch, time, ...)``.

    Parameters
    ----------
    network : golden.mamba.network.Mamba
        Such as `golden.mamba.network.shipped` gives.
    tokens : array of integers ``(batch, time)``
        Such as `golden.mamba.text.sequences` gives.
    layer : int
        From 0.
    code : golden.softedge.Code
        Of u; `golden.softedge.parse_code` makes it of a text.
    percentile : float
        That the step of u is made of.
    """
    return IntegerMamba(network, coded(network, code, percentile)).operands(tokens, layer)
