"""Selective scan: the recurrence of a state-space model (Mamba), in the integers of a lane.

For each channel, with ``states`` numbers ``h[n]`` that it keeps from step to step::

    x    = dt u
    h[n] = decay[n] h[n] + x b[n]               decay[n] = exp(dt A[n])
    y    = sum of c[n] h[n] + skip u

Source of the recurrence: Gu, Dao, "Mamba: Linear-Time Sequence Modeling with Selective State
Spaces", 2023, arXiv 2312.00752; ``skip`` is its D. The integers are this project's own: `ScanForm`.
"""

from dataclasses import dataclass

import numpy as np

from skimp.golden.checks import integers

__all__ = ["ScanForm", "selective_scan"]

RANGES = {"states": (4, 64), "u_bits": (4, 16), "dt_bits": (4, 16), "x_bits": (6, 24),
          "decay_bits": (4, 16), "h_bits": (6, 24), "factor_bits": (4, 12), "sum_bits": (8, 48),
          "input_shift": (0, 16), "skip_shift": (0, 16)}


@dataclass(frozen=True, kw_only=True)
class ScanForm:
    """The integers of a scan, and the fixed shifts between their grids.

    With ``r(v, k) = (v + half of 2**k) >> k``, that is half up, and ``sat`` to ``h_bits``::

        x    = r(dt u, x_shift)
        h[n] = sat(r(decay[n] h[n] + (x b[n] << input_shift), decay_bits))
        y    = sum of c[n] h[n] + (skip u << skip_shift)

    Nothing is shifted at run time, as steps of tensors are free. If ``s_t`` is what a unit of
    tensor t is worth, a unit of decay being ``2**-decay_bits``, steps must satisfy::

        s_x = s_dt s_u 2**x_shift
        s_h = s_x s_b 2**(decay_bits - input_shift)
        s_y = s_c s_h = s_skip s_u / 2**skip_shift

    So of s_dt, s_b and s_h two are chosen, and the third follows. Each has a least step, at which
    the tensor's range fits into its bits: raise one of s_dt and s_b if s_h would be below its own;
    else h is left with unused bits at the top. Likewise s_skip follows from s_c. The largest
    ``x b`` is ``2**(input_shift + x_bits + factor_bits - decay_bits - h_bits - 1)`` times the
    largest h. Beyond its range h saturates; x and y cannot leave theirs.

    Raises
    ------
    ValueError
        If a number is out of its range, x has not a bit more than the narrower of u and dt, or the
        sum does not hold every y.
    """

    #: N, of a channel.
    states: int = 8
    #: Of u, signed: 8 for INT8, in units of its step; what a soft-edge code decodes to, in q.
    u_bits: int = 8
    #: Of dt, unsigned.
    dt_bits: int = 10
    #: Of x, signed; it is rounded only if it has more.
    x_bits: int = 16
    #: Of decay, a fraction in [1, 2**decay_bits] / 2**decay_bits: 1 is there, 0 is not.
    decay_bits: int = 12
    #: Of h, signed.
    h_bits: int = 16
    #: Of b, c and skip, signed.
    factor_bits: int = 8
    #: Of y, signed.
    sum_bits: int = 32
    #: A unit of ``x b`` is ``2**input_shift`` units of ``decay h``.
    input_shift: int = 6
    #: A unit of ``skip u`` is ``2**skip_shift`` units of y.
    skip_shift: int = 8

    def __post_init__(self):
        for name, (least, most) in RANGES.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                raise ValueError(f"{name} of a scan must be an integer of {least} to {most}, "
                                 f"not {value!r}")
        narrower = min(self.u_bits, self.dt_bits)
        if self.x_bits <= narrower:
            raise ValueError(f"x_bits of a scan must be more than the {narrower} bits of the "
                             f"narrower of u and dt, not {self.x_bits}")
        if self.sum_bits < self.exact_bits:
            raise ValueError(f"sum_bits of a scan must be at least {self.exact_bits} to hold every "
                             f"sum, not {self.sum_bits}")

    @property
    def x_shift(self):
        """Bits by which ``dt u`` is too long for x."""
        return max(0, self.dt_bits + self.u_bits - self.x_bits)

    @property
    def exact_bits(self):
        """Bits that hold every y."""
        sums = self.states << self.h_bits + self.factor_bits - 2
        return (sums + (1 << self.u_bits + self.factor_bits - 2 + self.skip_shift)).bit_length() + 1

    @property
    def dtype(self):
        """The smallest type in which all of a scan is exact."""
        product = 1 << self.decay_bits + self.h_bits
        entering = 1 << self.x_bits + self.factor_bits - 2 + self.input_shift
        bits = max((product + entering).bit_length(), self.exact_bits,
                   self.dt_bits + self.u_bits + 1)
        return np.int32 if bits < 32 else np.int64


def selective_scan(u, dt, skip, decay, b, c, form, state=None):
    """Return ``y`` of all steps, and the states after the last.

    Time is looped over, all else is vectorised. A long sequence can be given in parts, each with
    the states that the one before left.

    Parameters
    ----------
    u, dt : arrays of integers ``(batch, time, channels)``
        In [-2**(u_bits - 1), 2**(u_bits - 1)), and in [0, 2**dt_bits).
    skip : array of integers ``(channels,)``, or of the shape of ``u``
        In [-2**(factor_bits - 1), 2**(factor_bits - 1)), as are ``b`` and ``c``.
    decay : array of integers ``(batch, time, channels, states)``
        In [1, 2**decay_bits].
    b, c : arrays of integers ``(batch, time, states)``
        Shared by all channels.
    form : ScanForm
    state : array of integers ``(batch, channels, states)``, optional
        h before the first step, in [-2**(h_bits - 1), 2**(h_bits - 1)); 0 by default.

    Returns
    -------
    y : int64 array ``(batch, time, channels)``
    state : int64 array ``(batch, channels, states)``

    Raises
    ------
    TypeError
        If an array is not of integers.
    ValueError
        If shapes do not fit together, or a number is out of its range.
    """
    u = integers(u, "u")
    if u.ndim != 3:
        raise ValueError(f"u must have shape (batch, time, channels), not {u.shape}")
    batch, time, channels = u.shape
    states, dtype = form.states, form.dtype
    u = _checked("u", u, u.shape, *_signed(form.u_bits), dtype)
    dt = _checked("dt", dt, u.shape, 0, (1 << form.dt_bits) - 1, dtype)
    factors = _signed(form.factor_bits)
    each = u.shape if np.ndim(skip) == 3 else (channels,)
    skip = _checked("skip", skip, each, *factors, dtype)
    decay = _checked("decay", decay, (*u.shape, states), 1, 1 << form.decay_bits, None)
    b = _checked("b", b, (batch, time, states), *factors, dtype)
    c = _checked("c", c, (batch, time, states), *factors, dtype)
    low, high = _signed(form.h_bits)
    shape = (batch, channels, states)
    h = (np.zeros(shape, dtype) if state is None
         else _checked("state", state, shape, low, high, dtype).copy())

    x = dt * u + ((1 << form.x_shift) >> 1) >> form.x_shift
    b = b << form.input_shift
    y = np.empty(u.shape, np.int64)
    half = 1 << form.decay_bits - 1
    for step in range(time):
        h *= decay[:, step].astype(dtype, copy=False)
        h += x[:, step, :, np.newaxis] * b[:, step, np.newaxis]
        h += half
        h >>= form.decay_bits
        np.clip(h, low, high, out=h)
        y[:, step] = np.einsum("bcn,bn->bc", h, c[:, step])
    y += skip * u << form.skip_shift
    return y, h.astype(np.int64)


def _signed(bits):
    """Return the least and the largest number of signed ``bits``."""
    return -(1 << bits - 1), (1 << bits - 1) - 1


def _checked(name, array, shape, low, high, dtype):
    """Return ``array`` in ``dtype``; refuse other shapes, and numbers out of [low, high]."""
    array = integers(array, name)
    if array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, not {array.shape}")
    if array.size and not (low <= array.min() and array.max() <= high):
        raise ValueError(f"{name} must be in [{low}, {high}], not [{array.min()}, {array.max()}]")
    return array if dtype is None else array.astype(dtype)
