"""How well a code stands for activations: noise, segments, saturation."""

from dataclasses import dataclass

import numpy as np

from skimp.golden.softedge.base import as_reals

__all__ = ["Figures", "figures", "signal_to_noise"]


@dataclass(frozen=True)
class Figures:
    """Figures of a code on a tensor."""

    #: What a standard step is worth.
    step: float
    #: Signal to noise in dB; infinite where every value has a code.
    db: float
    #: Share of the values in each segment, lowest first; () for codes of one step.
    shares: tuple[float, ...]
    #: Share of the values beyond what the outermost codes are nearest to.
    saturated: float


def signal_to_noise(u, values):
    """Return the power of ``u`` to that of ``u - values``, in dB.

    Infinite without noise, even of a signal that is 0 throughout.
    """
    u = np.asarray(u, np.float64)
    noise = np.square(u - values).sum()
    with np.errstate(divide="ignore"):
        return float(10 * np.log10(np.square(u).sum() / noise)) if noise else np.inf


def figures(code, u, step):
    """Return the `Figures` of a `Code` on the finite, real numbers ``u``, at least one.

    Raises
    ------
    TypeError, ValueError
        If ``u`` is none of these, or ``step`` no step.
    """
    u = as_reals(u)
    if not u.size or not np.isfinite(u).all():
        raise ValueError("Activations must be finite, and at least one")
    low, high = code.reach(step)
    return Figures(step=float(step), db=signal_to_noise(u, code.quantised(u, step)),
                   shares=code.shares(u, step), saturated=float(((u < low) | (u > high)).mean()))
