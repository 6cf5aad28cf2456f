"""How large the tensors of a Mamba get: what steps of static quantisation are made of.

They are those of a network that was `prepared` for it: scales of norms are folded into the weights
behind them, and what out_proj reads is spread by a Hadamard matrix, as Quamba does (Chiang et al.,
"Quamba: A Post-Training Quantization Recipe for Selective State Space Models", 2024, arXiv
2410.13229): outliers of single channels are shared out to all.
"""

from dataclasses import dataclass, replace

import numpy as np

from skimp.golden.mamba import floating, text
from skimp.golden.softedge import percentiles

__all__ = ["ALPHAS", "CHARACTERS", "SHARES", "Ranges", "hadamard", "int8_unit", "measured",
           "prepared", "ranges"]

#: Percentiles of ``|u|`` that are kept.
ALPHAS = (0.99, 0.999, 0.9995, 0.9999, 0.99999)
#: Of the shipped calibration text, from its beginning.
CHARACTERS = 25_600
#: Where INT8 ends below the largest magnitude: few numbers are clipped, all others are finer. On
#: calibration text 0.7 costs 0.5 mbit for 0.9 of 1, mean of three networks; 0.5 costs 1.1. Less
#: than 1 did not pay at other sites.
SHARES = {"out": 0.7}
#: Digits that are kept: machines differ only in later ones.
DIGITS = 5


@dataclass(frozen=True)
class Ranges:
    """What calibration text gives."""

    #: The largest magnitude at each site, for each block; ``"in"`` has the head's, too.
    largest: dict[str, tuple[float, ...]]
    #: The calibrated percentile of ``|u|`` for each of `ALPHAS`, for each block.
    percentiles: dict[float, tuple[float, ...]]

    def record(self):
        """Return an object for JSON text."""
        return {"largest": {name: list(values) for name, values in self.largest.items()},
                "percentiles": {str(alpha): list(c) for alpha, c in self.percentiles.items()}}


def int8_unit(site, largest):
    """Return what a unit of INT8 is worth at a site whose largest magnitude is ``largest``."""
    return largest * SHARES.get(site, 1.0) / 127


def hadamard(size):
    """Return the Hadamard matrix of Sylvester's, float32 of 1 and -1; ``size`` a power of two.

    Raises
    ------
    ValueError
        If it is none.
    """
    if size < 1 or size & size - 1:
        raise ValueError(f"Channels must be a power of two to be spread, not {size}")
    matrix = np.ones((1, 1), np.float32)
    while len(matrix) < size:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix


def prepared(network):
    """Return the same function with norms that do not scale, and out_proj behind a Hadamard matrix.

    ``out_proj`` is multiplied by the matrix and divided by its size: so a network's forward must
    multiply what is at site ``"out"`` by the same matrix, whose square is its size. Of weights that
    are 16-bit floats, as shipped ones are, the sums are exact before they are rounded.
    """
    blocks = []
    for block in network.blocks:
        matrix = hadamard(block.inner)
        blocks.append(replace(
            block, norm=np.ones_like(block.norm), in_proj=block.in_proj * block.norm,
            out_proj=(block.out_proj.astype(np.float64) @ matrix / block.inner).astype(np.float32)))
    return replace(network, norm=np.ones_like(network.norm), head=network.head * network.norm,
                   blocks=tuple(blocks))


def measured(network, sequences):
    """Return the `Ranges` of ``sequences``, ``(batch, time)``, for a network as it is loaded."""
    largest = {site: [0.0] * len(network.blocks) for site in floating.SITES}
    largest["in"].append(0.0)
    inputs = [[] for _ in network.blocks]
    spread = [hadamard(block.inner) for block in network.blocks]

    def look(number, site, tensor):
        if site == "u":
            inputs[number].extend(tensor.swapaxes(0, 1))
        if site == "out":
            tensor = tensor @ spread[number]
        largest[site][number] = max(largest[site][number], float(np.abs(tensor).max()))
        return tensor
    floating.forward(prepared(network), sequences, hook=look)
    found = [percentiles(each, ALPHAS) for each in inputs]
    return Ranges({site: tuple(map(_short, values)) for site, values in largest.items()},
                  {alpha: tuple(map(_short, c))
                   for alpha, c in zip(ALPHAS, zip(*found, strict=True), strict=True)})


def _short(value):
    return float(f"{value:.{DIGITS}g}")


def ranges(network):
    """Return the `Ranges` that a network's file notes; else those of shipped calibration text.

    Raises
    ------
    ValueError
        If the file notes others than this network's, or the network knows other characters.
    """
    noted = network.metadata.get("ranges")
    if noted is None:
        if network.alphabet != text.alphabet():
            raise ValueError("A network whose file notes no ranges must have the alphabet of the "
                             "text that ships, to be calibrated")
        return measured(network, text.sequences("calibration", CHARACTERS))
    try:
        found = Ranges({site: tuple(map(float, noted["largest"][site])) for site in floating.SITES},
                       {alpha: tuple(map(float, noted["percentiles"][str(alpha)]))
                        for alpha in ALPHAS})
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("Ranges in a Mamba's file must have numbers for each site and "
                         "percentile") from error
    count = len(network.blocks)
    for name, values in (found.largest | found.percentiles).items():
        needed = count + (name == "in")             # the head reads there, too
        if len(values) != needed or not all(0 < v < np.inf for v in values):
            raise ValueError(f"Ranges in a Mamba's file must be positive, {needed} of {name}, "
                             f"not {values}")
    return found
