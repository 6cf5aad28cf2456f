"""The short text form of predictors.

============================= ====================================================================
text                          predictor
============================= ====================================================================
``zap:3``, ``zap:5:2,4,4``    ZAP with a mask; bits of activations, weights, hidden values (8,8,8)
``neighbour:5``               sum of the computed neighbours, with a mask
``window:2``, ``window:3``    cross-neuron windows of 2 x 2 (mask 5) or 3 x 3 (mask 3)
``value:16``                  whole pixels of 16 channels, by value
``neighbour:5:zero``          zero where all computed neighbours are; so ``window:2:zero``
``value:16:all``              every pixel that is not computed first: perforation
============================= ====================================================================
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from skimp.golden.masks import KINDS
from skimp.golden.neighbour import Neighbours
from skimp.golden.nets.predict import Site
from skimp.golden.pixel import EVERYWHERE, Pixels
from skimp.golden.predictor import Predictor

__all__ = ["Asked", "parse_predictor"]

#: Masks of cross-neuron windows by their side.
WINDOWS = {2: 5, 3: 3}
COLS = range(1, 1025)
FORMS = ("zap:MASK, zap:MASK:IN,WEIGHT,HIDDEN, neighbour:MASK, window:SIDE or value:CHANNELS; "
         "neighbour and window may end in :zero, value in :all")


@dataclass(frozen=True)
class Asked:
    """A predictor for all layers of a network that can be predicted."""

    text: str
    #: What makes it for a layer; or mask and bits of a ZAP, whose parameters are trained.
    rule: Callable[[Site], Predictor] | tuple[int, tuple[int, int, int]]
    #: Whether its limits are the rule's own, and none is chosen.
    fixed: bool = False

    def __str__(self):
        return self.text

    @property
    def zap(self) -> tuple[int, tuple[int, int, int]] | None:
        """Mask and bits of a ZAP; None of others."""
        return self.rule if isinstance(self.rule, tuple) else None

    def over(self, sites: Mapping[str, Site], zaps) -> Mapping[str, Predictor]:
        """Return a predictor for each of a network's layers.

        ``zaps(kind, bits)`` returns the trained ones.
        """
        if isinstance(self.rule, tuple):
            return zaps(*self.rule)
        return {name: self.rule(site) for name, site in sites.items()}


def parse_predictor(text: str) -> Asked:
    """Return the predictor of a text such as those of this module's table.

    Raises
    ------
    ValueError
        If it is none; the sentence names the part that is wrong.
    """
    family, *parts = text.split(":")
    if family not in ("zap", "neighbour", "window", "value") or not 1 <= len(parts) <= 2:
        raise ValueError(f"A predictor must be {FORMS}, not {text!r}")
    fixed = len(parts) == 2
    if family == "zap":
        kind = _number(text, parts[0], KINDS, "a mask")
        return Asked(text, (kind, _bits(text, parts[1]) if fixed else (8, 8, 8)))
    word = "all" if family == "value" else "zero"
    if fixed and parts[1] != word:
        raise ValueError(f"Predictor {text!r} must end in {word!r} or not at all, where it has "
                         f"{parts[1]!r}")
    if family == "value":
        cols = _number(text, parts[0], COLS, "channels of a block")
        limit = EVERYWHERE if fixed else -1
        return Asked(text, lambda site: Pixels(cols=cols, limits=np.full(
            -(-site.shape[-1] // cols), limit)), fixed=fixed)
    window = family == "window"
    kind = (WINDOWS[_number(text, parts[0], WINDOWS, "the side of a window")] if window
            else _number(text, parts[0], KINDS, "a mask"))
    limit = 0 if fixed else -1
    return Asked(text, lambda site: Neighbours(
        kind=kind, rule="window" if window else "sum", limits=np.full(site.shape[-1], limit)),
        fixed=fixed)


def _number(text, part, among, what):
    known = f"{among[0]} to {among[-1]}" if isinstance(among, range) else ", ".join(map(str, among))
    if not (part.isascii() and part.isdecimal() and len(part) <= 4 and int(part) in among):
        raise ValueError(f"Predictor {text!r} must have {what}, {known}, where it has {part!r}")
    return int(part)


def _bits(text, part):
    bits = part.split(",")
    if len(bits) != 3:
        raise ValueError(f"Predictor {text!r} must have three numbers of bits, such as 2,4,4, "
                         f"where it has {part!r}")
    return (_number(text, bits[0], range(1, 9), "bits of activations"),
            _number(text, bits[1], range(3, 9), "bits of weights"),
            _number(text, bits[2], range(1, 9), "bits of hidden values"))
