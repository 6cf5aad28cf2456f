"""SPARQ: 8-bit activations on multipliers that take only a window of their bits.

Shomron, Gabbay, Kurzum, Weiser, "Post-Training Sparsity-Aware Quantization", NeurIPS 2021, arXiv
2105.11010. An unsigned activation keeps its most useful bits, chosen when it comes (bSPARQ: see
`window`); of a pair with one zero, the other uses the bits of both (vSPARQ: see `pair`). Weights
keep their 8 bits.

`CONFIGS` has the paper's five settings, each to be splatted: a window of 1 to 7 bits, and shifts
that ascend from 0 to ``8 - window`` and, for windows below 4 bits, contain ``window`` and
``8 - 2*window`` too.
"""

from skimp.golden.arithmetic.sparq.lanes import CONFIGS, ROUNDINGS, Lanes, pair, window
from skimp.golden.arithmetic.sparq.matrices import effective, matmul
from skimp.golden.arithmetic.sparq.words import decode, encode, footprint

__all__ = [
    "CONFIGS", "ROUNDINGS", "Lanes", "decode", "effective", "encode", "footprint", "matmul",
    "pair", "window",
]
