"""SPARQ as the arithmetic of a network's layers."""

import functools
import re
from dataclasses import dataclass

import numpy as np

from skimp.golden.arithmetic.base import Arithmetic, Layer, read_words
from skimp.golden.arithmetic.sparq.lanes import CONFIGS, as_cut, window
from skimp.golden.arithmetic.sparq.matrices import effective, matmul
from skimp.golden.array import exact

__all__ = ["Sparq"]

WORDS = {"round": ("rounding", "round"), "trim": ("rounding", "trim"),
         "single": ("paired", False), "pairs": ("paired", True)}
SETTING = re.compile(r"([1-7])@([0-7](?:\.[0-7])*)", re.ASCII)


@dataclass(frozen=True)
class Sparq(Arithmetic):
    """A window of each activation's bits: see `golden.arithmetic.sparq`.

    Depthwise layers pair the taps of their channel, all others neighbouring channels of a tap.
    """

    family, label = "sparq", "SPARQ"

    window: int = 4
    shifts: tuple[int, ...] = (0, 1, 2, 3, 4)
    rounding: str = "round"
    #: Whether the partner of a zero uses the bits of both.
    paired: bool = True

    def __post_init__(self):
        as_cut(self.window, self.shifts, self.rounding)

    def __str__(self):
        own = f"{self.window}@{'.'.join(map(str, self.shifts))}"
        name = next((name for name, cut in CONFIGS.items() if cut == self._cut), own)
        return (f"sparq:{name}{'' if self.rounding == 'round' else ':trim'}"
                f"{'' if self.paired else ':single'}")

    @classmethod
    def from_parts(cls, text, parts):
        setting, *words = parts
        own = SETTING.fullmatch(setting)
        if own:
            cut = {"window": int(own[1]), "shifts": tuple(map(int, own[2].split(".")))}
        elif setting in CONFIGS:
            cut = CONFIGS[setting]
        else:
            raise ValueError(f"The SPARQ setting must be one of {', '.join(CONFIGS)}, or "
                             f"WINDOW@SHIFTS such as 5@0.3, not {setting!r}")
        return cls(**cut, **read_words(text, words, WORDS))

    @property
    def products_per_step(self):
        return 2

    @property
    def _cut(self):
        return {"window": self.window, "shifts": self.shifts}

    def layer(self, weights, *, channels, depthwise=False, large_counts=None):
        return SparqLayer(self, weights, channels, depthwise)

    def matmul(self, x, w):
        if self.paired:
            return matmul(x, w, **self._cut, rounding=self.rounding)
        return exact(self.alone(x), w)

    def alone(self, x):
        """Return what activations count as without their neighbours."""
        kept, shift = window(x, **self._cut, rounding=self.rounding)
        return kept << shift

    def pairs(self, x):
        """Return what activations ``(..., 2)`` count as, each beside its neighbour."""
        if not self.paired:
            return self.alone(x)
        return effective(x, **self._cut, rounding=self.rounding)


@functools.cache
def _table(arithmetic):
    """Tabulate both effective activations of a pair, as it lies in memory: first + 256 * second."""
    both = np.arange(1 << 16)
    both = arithmetic.pairs(np.stack([both & 255, both >> 8], axis=-1))
    return (both[:, 0] | both[:, 1] << 8).astype("<u2")


class SparqLayer(Layer):
    """Products of windows. Hardware reads raw activations and selects windows itself."""

    def __init__(self, arithmetic, weights, channels, depthwise):
        super().__init__(weights, depthwise=depthwise)
        self._pairs = _table(arithmetic)
        # A tap of even channels is whole pairs: so are those of an image.
        self.local = not depthwise and channels % 2 == 0

    def replace(self, x):
        k = x.shape[-1]
        if k % 2:
            x = np.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, 1)])
        # 16 bits are never out of range; "wrap" spares the check.
        pairs = self._pairs.take(np.ascontiguousarray(x).view("<u2"), mode="wrap")
        return pairs.view(np.uint8)[..., :k]

    def _reduced(self, x, filters):
        return np.count_nonzero(self.replace(x) != x) * filters, 0
