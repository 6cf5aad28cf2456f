"""Parameters of plain multipliers."""

from dataclasses import dataclass

from skimp.hw.parameters import check_choice, parameter

__all__ = ["PlainParams"]


@dataclass(frozen=True, kw_only=True)
class PlainParams:
    """Bits of operands.

    Raises
    ------
    ValueError
        If a width is neither 8 nor 4.
    """

    activation_width: int = parameter(8, "bits of an activation, 8 or 4")
    weight_width: int = parameter(8, "bits of a weight, 8 or 4")

    def __post_init__(self):
        check_choice("activation_width", self.activation_width, (8, 4))
        check_choice("weight_width", self.weight_width, (8, 4))
