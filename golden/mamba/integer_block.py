"""A block of the integer Mamba: its integers, and how it runs."""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from skimp.golden.mamba import tables
from skimp.golden.mamba.ranges import hadamard
from skimp.golden.mamba.requantise import Requantiser, signed
from skimp.golden.scan import ScanForm, selective_scan

__all__ = ["FACTOR_BITS", "INT8", "POWER_BITS", "SPREAD_BITS", "TABLE_BITS", "IntegerBlock",
           "ScanOperands"]

#: Bits of an argument of SiLU and softplus.
TABLE_BITS = 15
#: Fraction bits of the power of two that a decay is, and those that its factor to dt has more.
POWER_BITS, FACTOR_BITS = 12, 12
#: Bits that what is spread has more than INT8; they are rounded off.
SPREAD_BITS = 8
INT8 = signed(8)


class ScanOperands(NamedTuple):
    """What a scan reads: the arguments of `golden.scan.selective_scan`, in this order."""

    #: Values of codes, in the code's unit; `Code.encode` gives the codes of a soft edge.
    u: np.ndarray
    dt: np.ndarray
    skip: np.ndarray
    decay: np.ndarray
    b: np.ndarray
    c: np.ndarray
    form: ScanForm


@dataclass(frozen=True, kw_only=True, eq=False)
class IntegerBlock:
    """A block's integers. Matrices are float32, which adds up products of INT8 exactly."""

    in_proj: np.ndarray
    to_conv: Requantiser
    to_gate: Requantiser
    conv: np.ndarray
    conv_bias: np.ndarray
    to_silu: Requantiser
    #: Of each argument of SiLU: the value of u's code; what x_proj reads.
    u_values: np.ndarray
    read_values: np.ndarray
    x_proj: np.ndarray
    to_low: Requantiser
    to_bc: Requantiser
    dt_proj: np.ndarray
    dt_bias: np.ndarray
    to_softplus: Requantiser
    #: Of each argument of softplus.
    dt_values: np.ndarray
    #: ``(channels, states)``: a decay is 2 to the power of minus dt times this.
    factors: np.ndarray
    skip: np.ndarray
    form: ScanForm
    gate_values: np.ndarray
    to_gated: Requantiser
    out_proj: np.ndarray
    to_residual: Requantiser

    def __call__(self, x):
        """Return what the block adds to numbers between blocks, for INT8 ``(batch, time, width)``.

        Those are normed; both results and arguments are int64.
        """
        gate, operands = self.until_scan(x)
        y, _ = selective_scan(*operands)
        gated = self.to_gated(y * self.gate_values[gate - INT8[0]]).astype(np.float32)
        spread = (gated @ hadamard(len(self.skip))).astype(np.int64)
        out = np.clip(spread + (1 << SPREAD_BITS - 1) >> SPREAD_BITS, *INT8)
        return self.to_residual(out.astype(np.float32) @ self.out_proj.T)

    def until_scan(self, x):
        """Return the gate, INT8 before its SiLU, and the `ScanOperands`."""
        inner, states = self.factors.shape
        x = x.astype(np.float32) @ self.in_proj.T
        gate = self.to_gate(x[..., inner:])
        index = self.to_silu(self._convolved(self.to_conv(x[..., :inner]))) + (1 << TABLE_BITS - 1)
        x = self.read_values[index] @ self.x_proj.T
        low = self.to_low(x[..., :-2 * states]).astype(np.float32)
        bc = self.to_bc(x[..., -2 * states:])
        dt = self.dt_values[self.to_softplus(low @ self.dt_proj.T + self.dt_bias)
                            + (1 << TABLE_BITS - 1)]
        return gate, ScanOperands(self.u_values[index], dt, self.skip, self._decays(dt),
                                  bc[..., :states], bc[..., states:], self.form)

    def _convolved(self, x):
        taps, time = self.conv.shape[1], x.shape[1]
        padded = np.zeros((len(x), taps - 1 + time, x.shape[2]), np.float32)
        padded[:, taps - 1:] = x
        return sum((padded[:, tap:tap + time] * self.conv[:, tap] for tap in range(taps)),
                   start=self.conv_bias)

    def _decays(self, dt):
        table = _decay_table(self.form.decay_bits)
        power = dt[..., np.newaxis] * self.factors
        power += 1 << FACTOR_BITS - 1
        power >>= FACTOR_BITS
        return table[np.minimum(power, len(table) - 1, out=power)]


@cache
def _decay_table(bits):
    """Return ``2**bits`` times two to the power of minus the index; at least 1."""
    index = np.arange((bits + 1) << POWER_BITS)
    fraction = tables.exp(-(index % (1 << POWER_BITS)) * tables.LN_2 / (tables.ONE << POWER_BITS))
    values = np.floor(np.ldexp(fraction, bits - (index >> POWER_BITS)) + 0.5)
    return np.maximum(values, 1).astype(np.int32)
