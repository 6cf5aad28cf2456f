"""Full W8A8 as Quamba has it, simulated in floats: all products of INT8 but for the scan's states.

Per tensor, symmetric, static: weights by their largest magnitude, activations by the largest in
calibration text (or below: `golden.mamba.ranges.SHARES`), u by the code in question. What out_proj
reads is spread by a Hadamard matrix first. Chiang et al., 2024, arXiv 2410.13229; the embedding,
norms and the head stay in floats, as there, and so do the scan's states and what softplus gives.
"""

from dataclasses import replace

import numpy as np

from skimp.golden.mamba.ranges import hadamard, int8_unit, prepared, ranges
from skimp.golden.softedge.base import rounded

__all__ = ["in_eight_bits"]

#: Weights that become INT8, per tensor.
WEIGHTS = ("in_proj", "conv", "x_proj", "dt_proj", "out_proj")
#: Sites that become INT8, besides u. x_proj reads u as its code says.
SITES = ("in", "gate", "conv", "low", "b", "c", "out")


def in_eight_bits(network):
    """Return a network of INT8 weights, and the hook that makes activations INT8.

    Both are for `golden.mamba.floating.forward`; give the codes of u there.

    Returns
    -------
    network : Mamba
        The weights are floats still, but 255 different ones a tensor.
    hook : function of ``(number of the block, site, tensor)``
    """
    largest = ranges(network).largest
    spread = [hadamard(block.inner) for block in network.blocks]

    def hook(number, site, tensor):
        if number == len(spread) or site not in SITES:
            return tensor
        if site == "out":
            tensor = tensor @ spread[number]
        return _int8(tensor, int8_unit(site, largest[site][number]))
    ready = prepared(network)
    blocks = tuple(replace(block, **{
        name: _int8(getattr(block, name), float(np.abs(getattr(block, name)).max()) / 127)
        for name in WEIGHTS}) for block in ready.blocks)
    return replace(ready, blocks=blocks), hook


def _int8(x, unit):
    return rounded(x, np.float32(unit), -127, 127)
