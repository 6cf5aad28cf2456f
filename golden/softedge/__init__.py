"""Soft edge: a fine, a standard and a coarse step for the input of a state-space model's scan.

Chen, Hemani, "Late Breaking Results: Quamba-SE: Soft-edge Quantizer for Activations in State Space
Models", 2026, arXiv 2601.09451. Small values are coded four times as finely as by INT8, large ones
four times as coarsely instead of being clipped. `SoftEdge` is the rule, `CODES` has the paper's
code and this project's, `Uniform` their rivals: INT8 and its like, with and without a zero point.
"""

from skimp.golden.softedge.ablations import ABLATIONS, Ablation
from skimp.golden.softedge.base import SILU_LOW, Code
from skimp.golden.softedge.calibrate import EMA, percentiles
from skimp.golden.softedge.code import SoftEdge
from skimp.golden.softedge.figures import Figures, figures
from skimp.golden.softedge.named import CODES, Setting, parse_code, parse_setting
from skimp.golden.softedge.rivals import Float, Uniform
from skimp.golden.softedge.units import decode, encode, to_int8

__all__ = [
    "ABLATIONS", "CODES", "EMA", "SILU_LOW", "Ablation", "Code", "Figures", "Float", "Setting",
    "SoftEdge", "Uniform", "decode", "encode", "figures", "parse_code", "parse_setting",
    "percentiles", "to_int8",
]
