"""Parameters of NB-SMT."""

from dataclasses import dataclass
from enum import StrEnum

from skimp.hw.arith.element import GatingParams
from skimp.hw.parameters import parameter

__all__ = ["Policy", "Rounding", "SysmtPeParams"]


class Policy(StrEnum):
    """Which operand of a thread is reduced in a collision of two threads, and when."""

    #: The activation, if both operands are large.
    BOTH_ACTIVATION = "wA"
    #: The activation, if it is large, also beside a small weight.
    ACTIVATION = "A"
    #: The activation, always.
    ALWAYS_ACTIVATION = "A0"
    #: The weight, if both operands are large.
    BOTH_WEIGHT = "aW"
    #: The weight, if it is large.
    WEIGHT = "W"
    #: The weight, always.
    ALWAYS_WEIGHT = "W0"


class Rounding(StrEnum):
    """To which multiple of 16 an operand is reduced."""

    #: The nearest, half to even.
    NEAREST = "nearest"
    #: The one below.
    FLOOR = "floor"


@dataclass(frozen=True, kw_only=True)
class SysmtPeParams(GatingParams):
    """Parameters of :class:`~hw.sysmt.pe.SysmtPe` and of the encoders at the edge of its array.

    With ``saturate`` 240 and 112 are the largest multiples of 16, so that 4 bits hold them; else
    256 and 128, as in the authors' simulator. ``floor`` never reaches these. Without ``sparsity``
    each step is a collision of all threads; with it, a thread with a zero operand leaves its share
    of the multiplier to the others.
    """

    threads: int = parameter(2, "products of a step, 1, 2 or 4", (1, 2, 4))
    policy: Policy = parameter(
        Policy.ACTIVATION, "what a collision of two threads reduces", Policy)
    rounding: Rounding = parameter(Rounding.NEAREST, "how an operand is reduced", Rounding)
    saturate: bool = parameter(True, "hold reduced operands in 4 bits", (False, True))
    sparsity: bool = parameter(True, "threads with a zero operand do not count", (False, True))
    sum_width: int = parameter(32, "bits of a sum, 24 to 48", range(24, 49))

    @property
    def always(self) -> bool:
        """Whether the policy reduces small operands, too."""
        return self.policy in ("A0", "W0")

    @property
    def narrow_activation(self) -> bool:
        """Whether the policy reduces activations."""
        return self.policy in ("wA", "A", "A0")

    @property
    def overflows(self) -> bool:
        """Whether a reduced operand may need 5 bits."""
        return self.rounding == "nearest" and not self.saturate
