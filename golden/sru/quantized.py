"""The SRU with chosen bits for the weights of each matrix and for what enters it.

As Rezk et al., "MOHAQ", arXiv 2108.01192, and the authors' code have it. Of 2, 4 and 8 bits, codes
are symmetric integers of one step a matrix, clipped at the level with the least square error. 16
bits are fixed point: a step that is a power of two, and 15 bits for the largest value; theirs
rounds decimally. Recurrent weights and biases have 16 bits; gates and states stay float32.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from skimp.golden.checks import one_of
from skimp.golden.sru import floating
from skimp.golden.sru.network import Network

__all__ = ["BITS", "Bits", "Quantized", "step"]

#: Bits that weights and activations may have.
BITS = (2, 4, 8, 16)
BINS = 201
#: Clips that are tried, in shares of the largest value.
CLIPS = np.arange(1, 100) / 100
#: Below this, integers in float32 are exact, and so is any sum of them.
EXACT = 1 << 24


class Bits(NamedTuple):
    """Bits of a matrix' weights and of the activations that enter it."""

    weights: int
    activations: int


def step(x, bits):
    """Return the step of an array's codes of ``bits`` bits, a float.

    Of fewer than 16 bits it is ``clip / (2**(bits - 1) - 1)``, with the clip among 0.01, 0.02 ..
    0.99 times the largest magnitude whose codes have the least square error, over a histogram of
    201 bins. Of zeros the step is 1.

    Raises
    ------
    ValueError
        If ``bits`` is not among `BITS`.
    """
    one_of("Bits", bits, BITS)
    largest = float(np.abs(x).max(initial=0))
    if not largest:
        return 1.0
    if bits == 16:
        return 2.0 ** (np.ceil(np.log2(largest)) - 15)
    counts, edges = np.histogram(x, BINS, (-largest, largest))
    middles = (edges[1:] + edges[:-1]) / 2
    steps = CLIPS[:, np.newaxis] * largest / (2 ** (bits - 1) - 1)
    errors = (counts * (_codes(middles, bits, steps) * steps - middles) ** 2).sum(axis=1)
    return float(steps[errors.argmin(), 0])


def _codes(x, bits, step):
    half = 1 << bits - 1
    return np.clip(np.rint(x / step), -half, half - 1)


class Quantized:
    """A network in chosen bits; steps are found once, for all bits.

    Parameters
    ----------
    network : golden.sru.network.Network
    frames : float32 ``(frames, inputs)``
        Calibration sequences in the order of ``packing``: what enters the matrices there gives the
        steps of activations.
    packing : golden.sru.packing.Packing
    trained : dict of str to Bits, optional
        Bits that the network was trained for: calibration runs in them, in float32 by default.
    """

    def __init__(self, network, frames, packing, trained=None):
        vectors = {name: _fixed(network.arrays[name]) for name in network.sizes.vectors}
        self.network = Network(sizes=network.sizes, arrays=network.arrays | vectors,
                               deviation=network.deviation, metadata=network.metadata)
        #: Steps of activations, by matrix and bits.
        self.steps = {}
        self._weights = cache(self._quantize_weights)

        def calibrate(name, x):
            self.steps |= {(name, bits): step(x, bits) for bits in BITS}
            return self._product(name, x, trained[name]) if trained else x @ network.arrays[name]

        *_, last = floating.layers(self.network, frames, packing, calibrate)
        calibrate("FC", last)

    def logits(self, frames, packing, chosen, kept=None):
        """Return the logits of each sequence, float32 ``(sequences, classes)``.

        Parameters
        ----------
        frames, packing
            As in `golden.sru.floating.logits`.
        chosen : dict of str to Bits
            For each matrix of `Sizes.matrices`.
        kept : golden.kept.Kept, optional
            Keeps what layers give, of these frames alone.

        Raises
        ------
        ValueError
            If a matrix has no bits, or bits that are not in `BITS`.
        """
        bits = self._check(chosen)
        depths = {2 * layer + 1: layer + 1 for layer in range(self.network.sizes.layers)}
        length, x = kept.longest(bits, depths) if kept else (0, None)
        begin, x = (0, frames) if x is None else (depths[length], x)

        def product(name, x):
            return self._product(name, x, chosen[name])

        outputs = floating.layers(self.network, x, packing, product, begin)
        for layer, output in enumerate(outputs, begin):
            x = output
            if kept:
                kept.keep(bits[:2 * layer + 1], x)
        return floating.answers(self.network, x, packing, product)

    def _check(self, chosen):
        names = list(self.network.sizes.matrices)
        if set(chosen) != set(names):
            raise ValueError(f"Bits are of the matrices {', '.join(names)}, "
                             f"not of {', '.join(chosen) or 'none'}")
        for name in names:
            one_of(f"Bits of {name}'s weights", chosen[name].weights, BITS)
            one_of(f"Bits of {name}'s activations", chosen[name].activations, BITS)
        return tuple(tuple(chosen[name]) for name in names)

    def _product(self, name, x, bits):
        """Multiply integers, exactly; return the float32 products."""
        weights, weight_step = self._weights(name, bits.weights)
        unit = self.steps[name, bits.activations]
        exact = len(weights) << bits.weights + bits.activations - 2 < EXACT
        kind = np.float32 if exact else np.float64
        codes = _codes(x, bits.activations, np.float32(unit)).astype(kind, copy=False)
        return ((codes @ weights.astype(kind)) * kind(unit * weight_step)).astype(
            np.float32, copy=False)

    def _quantize_weights(self, name, bits):
        w = self.network.arrays[name]
        unit = step(w, bits)
        return _codes(w, bits, np.float32(unit)), unit


def _fixed(x):
    """Return an array rounded to 16 bits, in float32."""
    unit = np.float32(step(x, 16))
    return _codes(x, 16, unit) * unit
