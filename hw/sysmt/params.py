"""Parameters of NB-SMT."""

from dataclasses import dataclass

from skimp.hw.parameters import check_choice, check_range, parameter

__all__ = ["POLICIES", "SysmtPeParams"]

POLICIES = ("wA", "A", "A0", "aW", "W", "W0")


@dataclass(frozen=True, kw_only=True)
class SysmtPeParams:
    """Parameters of :class:`~hw.sysmt.pe.SysmtPe` and of what stands at the edge of its array.

    threads : int
        Products of a step that share one 8b-8b multiplier.
    policy : str
        Which operand of a thread is reduced in a collision of two threads, and when: an activation
        (``A``) or a weight (``W``) if it is large, always (``A0``, ``W0``), or only if both
        operands of the thread are large (``wA``, ``aW``). ``A`` by default: what ``wA`` saves is
        multiplied by a small weight, so that its error is hardly smaller, and its area is larger.
    rounding : str
        An operand is reduced to a multiple of 16: the ``nearest``, half to even, or the one below
        (``floor``).
    saturate : bool
        Whether 240 and 112 are the largest multiples, so that 4 bits hold them; else 256 and 128,
        as in the authors' simulator. ``floor`` never gets there.
    sparsity : bool
        Whether threads with a zero operand leave their share to the others; else each step is a
        collision of all threads.
    sum_width : int
        Bits of a sum, 24 to 48.

    Raises
    ------
    ValueError
        If a parameter is out of its range.
    """

    threads: int = parameter(2, "products of a step, 1, 2 or 4")
    policy: str = parameter("A", "what a collision of two threads reduces", choices=POLICIES)
    rounding: str = parameter("nearest", "how an operand is reduced", choices=("nearest", "floor"))
    saturate: bool = parameter(True, "hold reduced operands in 4 bits")
    sparsity: bool = parameter(True, "threads with a zero operand do not count")

    sum_width: int = parameter(32, "bits of a sum, 24 to 48")

    def __post_init__(self):
        check_range("sum_width", self.sum_width, 24, 48)
        check_choice("threads", self.threads, (1, 2, 4))
        check_choice("policy", self.policy, POLICIES)
        check_choice("rounding", self.rounding, ("nearest", "floor"))
        check_choice("saturate", self.saturate, (False, True))
        check_choice("sparsity", self.sparsity, (False, True))

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
