"""SPARQ as the arithmetic of a network's layers."""

import re
from dataclasses import asdict, astuple, dataclass

import numpy as np

from skimp.golden.arithmetic.base import Arithmetic, Layer, read_words
from skimp.golden.arithmetic.sparq.lanes import CONFIGS, as_cut
from skimp.golden.arithmetic.sparq.matrices import look_up, matmul, pair_table

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
        cut = {"window": self.window, "shifts": self.shifts}
        own = f"{self.window}@{'.'.join(map(str, self.shifts))}"
        name = next((name for name, known in CONFIGS.items() if known == cut), own)
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

    def layer(self, weights, *, channels, depthwise=False, large_counts=None):
        return SparqLayer(self, weights, channels, depthwise)

    def matmul(self, x, w):
        return matmul(x, w, **asdict(self))


class SparqLayer(Layer):
    """Products of windows. Hardware reads raw activations and selects windows itself."""

    def __init__(self, arithmetic, weights, channels, depthwise):
        super().__init__(weights, depthwise=depthwise)
        self._table = pair_table(*astuple(arithmetic))
        # A tap of even channels is whole pairs: so are those of an image.
        self.local = not depthwise and channels % 2 == 0

    def replace(self, x):
        return look_up(x, self._table)

    def _reduced(self, x, filters):
        return np.count_nonzero(self.replace(x) != x) * filters, 0
