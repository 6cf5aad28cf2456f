"""What the authors tried beside the rule: which part of it helps."""

from dataclasses import dataclass, field

import numpy as np

from skimp.golden.softedge.base import Code, as_reals, as_step, half_away, rounded

__all__ = ["ABLATIONS", "Ablation"]

#: By their words; the numbers are those of the modes in the authors' code.
ABLATIONS = {"floats": "5-1", "large": "5-2", "second": "5-3", "fine": "5-4"}
#: Codes of INT8 up to here are replaced by fine steps, and beyond here by large values.
FINE, LARGE = 31, 127


@dataclass(frozen=True)
class Ablation(Code):
    """INT8 of which a part is replaced; a projection reads INT8 throughout, of what is left.

    ====== ==========================================================================
    kind   replaced
    ====== ==========================================================================
    floats everything, by the number itself
    large  what INT8 would clamp, by the number itself
    second the same, by a second INT8 whose step is the largest ``|u|`` of all / 127
    fine   codes below 32 in magnitude, by multiples of a quarter of the step
    ====== ==========================================================================

    All in float32, in the authors' order of operations.

    Raises
    ------
    ValueError
        If there is no such kind; later, if the numbers for ``second`` are not finite.
    """

    kind: str
    #: Bits of a code with its sign; 32 where numbers stay as they are.
    bits: int = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        if self.kind not in ABLATIONS:
            raise ValueError(f"An ablation must be one of {', '.join(ABLATIONS)}, or of "
                             f"{', '.join(ABLATIONS.values())}, not {self.kind!r}")
        object.__setattr__(self, "bits", 9 if self.kind in ("second", "fine") else 32)

    def __str__(self):
        return f"ablation:{self.kind}"

    def step(self, c):
        return c / LARGE

    def quantised(self, u, step):
        u, step = as_reals(u), as_step(step)
        plain = rounded(u, step, -128, 127)
        with np.errstate(over="ignore"):
            code = half_away(np.abs(u) / step)
        if self.kind == "floats":
            return u
        if self.kind == "large":
            return np.where(code > LARGE, u, plain)
        if self.kind == "fine":
            return np.where(code <= FINE, rounded(u, step / 4, -128, 127), plain)
        largest = np.abs(u).max(initial=0)
        if not np.isfinite(largest):
            raise ValueError("Activations of a second INT8 must be finite")
        return (np.where(code > LARGE, rounded(u, largest / np.float32(LARGE), -128, 127), plain)
                if largest > LARGE * step else plain)

    def reach(self, step):
        return (-128.5 * step, 127.5 * step) if self.kind == "fine" else (-np.inf, np.inf)

    def projected(self, values, step):
        return rounded(values, as_step(step), -128, 127)
