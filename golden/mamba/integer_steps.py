"""The integers of a block of Mamba, from its floats and its ranges: every step that there is.

Written in products and quotients of doubles, and `tables`: the same on every machine.
"""

import numpy as np

from skimp.golden.mamba import tables
from skimp.golden.mamba.integer_block import (
    FACTOR_BITS,
    INT8,
    POWER_BITS,
    SPREAD_BITS,
    TABLE_BITS,
    IntegerBlock,
)
from skimp.golden.mamba.ranges import int8_unit
from skimp.golden.mamba.requantise import PRODUCT_BITS, Requantiser, quantised_rows, signed
from skimp.golden.scan import ScanForm

__all__ = ["RESIDUAL_BITS", "RESIDUAL_UNIT", "block_of"]

#: What a unit of an argument of SiLU and softplus is worth: tables reach from -16 to 16.
TABLE_UNIT = 2.0**-10
#: Of the gate behind its SiLU, and the bits of its magnitude.
GATE_UNIT, GATE_BITS = 2.0**-11, 15
#: Bits of gated numbers before they are spread, whose sums float32 holds.
GATED_BITS = 17
#: Bits of numbers between blocks, and what a unit is worth.
RESIDUAL_BITS, RESIDUAL_UNIT = 19, 2.0**-12


def block_of(block, code, step, largest):
    """Return the integers of a prepared float block: `golden.mamba.ranges.prepared`.

    Parameters
    ----------
    block : golden.mamba.network.Block
    code : golden.softedge.Code
        Of u, with its ``step``.
    largest : dict of site to float
        `golden.mamba.ranges.Ranges.largest` of the block.

    Raises
    ------
    ValueError
        If the code has no integers, or the steps of the scan are out of proportion.
    """
    table, inner = signed(TABLE_BITS), block.inner
    unit = {site: int8_unit(site, largest[site])
            for site in ("in", "conv", "gate", "low", "b", "c", "out")}
    in_proj, in_units = quantised_rows(block.in_proj, unit["in"])
    conv, conv_units = quantised_rows(block.conv, unit["conv"])
    arguments = (np.arange(1 << TABLE_BITS) - (1 << TABLE_BITS - 1)) * TABLE_UNIT
    u_values, u_unit, read_values, read_unit = _coded(code, step, tables.silu(arguments))
    x_proj, x_units = quantised_rows(block.x_proj, read_unit)
    dt_proj, dt_units = quantised_rows(block.dt_proj, unit["low"])
    out_proj, out_units = quantised_rows(block.out_proj, unit["out"])
    bits = 1 + max(3, int(u_values.max()).bit_length(), int(-u_values.min() - 1).bit_length())
    form, dt_unit, skip_unit, y_unit = _form(block, bits, u_unit, unit, largest)
    powers = tables.exp(block.a_log) * (dt_unit * tables.ONE / tables.LN_2)
    gates = tables.silu(np.arange(INT8[0], INT8[1] + 1) * unit["gate"])
    return IntegerBlock(
        in_proj=in_proj,
        to_conv=Requantiser.to(in_units[:inner] / unit["conv"], *INT8),
        to_gate=Requantiser.to(in_units[inner:] / unit["gate"], *INT8),
        conv=conv,
        conv_bias=_whole("The bias of a convolution", block.conv_bias / conv_units, 23, np.float32),
        to_silu=Requantiser.to(conv_units / TABLE_UNIT, *table),
        u_values=u_values,
        read_values=read_values,
        x_proj=x_proj,
        to_low=Requantiser.to(x_units[:block.rank] / unit["low"], *INT8),
        to_bc=Requantiser.to(x_units[block.rank:] / np.repeat(
            [unit["b"], unit["c"]], block.states), *INT8),
        dt_proj=dt_proj,
        dt_bias=_whole("The bias of dt", block.dt_bias / dt_units, 23, np.float32),
        to_softplus=Requantiser.to(dt_units / TABLE_UNIT, *table),
        dt_values=np.minimum(np.rint(tables.softplus(arguments) / dt_unit),
                             (1 << form.dt_bits) - 1).astype(np.int32),
        factors=_whole("A times dt", powers * (1 << POWER_BITS + FACTOR_BITS), 30 - form.dt_bits,
                       np.int32),
        skip=_whole("D", block.skip / skip_unit, form.factor_bits - 1, np.int64),
        form=form,
        gate_values=_whole("The gate", gates / GATE_UNIT, GATE_BITS, np.int64),
        to_gated=Requantiser.to(y_unit * GATE_UNIT * (1 << SPREAD_BITS) / unit["out"],
                                *signed(GATED_BITS)),
        out_proj=out_proj,
        to_residual=Requantiser.to(out_units / RESIDUAL_UNIT, *signed(RESIDUAL_BITS)))


def _whole(name, x, bits, dtype):
    """Return doubles as integers; refuse those of more than so many ``bits`` without the sign."""
    whole = np.rint(x)
    if np.abs(whole).max() >= 1 << bits:
        raise ValueError(f"{name} must have at most {bits} bits in its unit, but its largest is "
                         f"{np.abs(whole).max():.0f}: the network's ranges are out of proportion")
    return whole.astype(dtype)


def _coded(code, step, u):
    """Return what a code makes of ``u``: integers and their unit, for the scan and for x_proj."""
    u_unit, read_unit = code.unit(step), code.projected_unit(step)
    values = code.quantised(u, step)
    read = code.projected(values, step)
    found = []
    for x, unit in ((values, u_unit), (read, read_unit)):
        integers = np.rint(x.astype(np.float64) / unit)
        if np.abs(integers * unit - x).max() > 1e-4 * unit * max(1, np.abs(integers).max()):
            raise ValueError(f"{code} must have integers, but not all its values are multiples "
                             f"of {unit:.4g}")
        found += [integers, unit]
    return found[0].astype(np.int32), u_unit, found[2].astype(np.float32), read_unit


def _form(block, u_bits, u_unit, unit, largest):
    """Return the `ScanForm`, and what units of dt, skip and y are worth.

    h has the least unit that holds what calibration saw and that fixed shifts can make of the
    units of dt, u and b: so a bit of it may stay unused.
    """
    form = ScanForm(states=block.states, u_bits=u_bits)
    dt_unit = largest["dt"] / ((1 << form.dt_bits) - 1)
    x_unit = dt_unit * u_unit * (1 << form.x_shift)
    least = largest["h"] / ((1 << form.h_bits - 1) - 1)
    widest = x_unit * unit["b"] * (1 << form.decay_bits)
    input_shift = int(np.frexp(widest / least)[1]) - 1
    h_unit = widest / 2.0**input_shift
    y_unit = unit["c"] * h_unit
    factor = np.abs(block.skip).max() / ((1 << form.factor_bits - 1) - 1)
    skip_shift = max(0, int(np.frexp(factor * u_unit / y_unit)[1]))
    form = ScanForm(states=block.states, u_bits=u_bits, input_shift=input_shift,
                    skip_shift=skip_shift)
    most = PRODUCT_BITS - GATE_BITS + 1
    if form.exact_bits > most:
        raise ValueError(f"Sums of a scan must have at most {most} bits to be gated, "
                         f"not {form.exact_bits}: the network's ranges are out of proportion")
    return form, dt_unit, y_unit * (1 << skip_shift) / u_unit, y_unit
