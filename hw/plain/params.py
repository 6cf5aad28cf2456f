"""Parameters of plain multipliers."""

from dataclasses import dataclass

from skimp.hw.parameters import Params, parameter

__all__ = ["PlainParams"]


@dataclass(frozen=True, kw_only=True)
class PlainParams(Params):
    """Bits of operands: unsigned activations and signed weights."""

    activation_width: int = parameter(8, "bits of an activation, 8 or 4", (8, 4))
    weight_width: int = parameter(8, "bits of a weight, 8 or 4", (8, 4))
