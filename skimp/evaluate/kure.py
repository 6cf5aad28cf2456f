"""How well two networks stand fewer bits, untrained for them: one trained plainly, one with KURE.

Shkolnik et al., "Robust Quantization: One Model to Rule Them All", NeurIPS 2020, arXiv 2002.07686.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from skimp.evaluate.workload import count_pieces
from skimp.golden.arithmetic import Static
from skimp.golden.nets.engine import BATCH, Model, assign
from skimp.golden.nets.measure import kurtosis
from skimp.golden.workloads.images import Images

__all__ = ["compare_bits"]

#: Bits of activations and weights.
BITS = [*((8, weights) for weights in range(8, 1, -1)), (4, 4), (3, 3)]
#: Steps of the weights: whether powers of two, whether one for all filters.
STEPS = {(False, False): "uniform", (True, False): "power of two",
         (False, True): "uniform, one a tensor"}


def compare_bits(workloads: tuple[Images, Images], *,
                 progress: Callable[..., None] | None = None) -> list[dict[str, Any]]:
    """Quantise both networks after training, to fewer and fewer bits; rows as the package says."""
    schemes = [Static(activations, weights, *kind) for activations, weights in BITS
               for kind in STEPS]
    pieces = sum(-(-len(one.images) // BATCH) for one in workloads) * (1 + len(schemes))
    step = count_pieces(progress, pieces)
    references = [Model(one.quantized).logits(one.images, step) for one in workloads]
    shape = [float(np.mean([kurtosis(one.quantized.network)[node.name]
                            for node in one.quantized.reduced])) for one in workloads]
    rows = []
    for scheme in schemes:
        logits = [Model(one.quantized, assign(one.quantized, scheme)).logits(one.images, step)
                  for one in workloads]
        networks = []
        for one, given, reference, kurtic in zip(workloads, logits, references, shape, strict=True):
            right = one.score(given, reference)
            networks.append({
                "network": one.name, "mean_kurtosis": kurtic, "top1_percent": 100 * right.value,
                "loss_points": 100 * right.loss, "loss_error_points": 100 * right.error})
        gain = workloads[0].score(logits[0], logits[1])      # paired, by the same images
        rows.append({
            "weights": scheme.weight_width, "activations": scheme.activation_width,
            "steps": STEPS[scheme.power_of_two, scheme.per_tensor], "networks": networks,
            "gain_points": 100 * gain.loss, "gain_error_points": 100 * gain.error})
    return rows
