"""Exact products."""

from dataclasses import dataclass

from skimp.golden.arithmetic.base import Arithmetic

__all__ = ["Exact"]


@dataclass(frozen=True)
class Exact(Arithmetic):
    """Activations and weights of 8 bits, every product exact."""

    family, label = "exact", "exact 8 bits"

    def __str__(self):
        return "exact"
