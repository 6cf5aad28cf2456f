"""What a row of the catalogue has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from amaranth.lib import wiring

from skimp.golden.arithmetic import Arithmetic
from skimp.sim.models.base import Model

__all__ = ["Block"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Block:
    """A row of the catalogue."""

    name: str
    summary: str
    parameters: type
    component: type[wiring.Component]           # takes an instance of ``parameters``
    model: type[Model]                          # the unit's, or that of its ``harness``
    paper: str                                  # the source of the block
    configs: Mapping[str, Mapping[str, Any]]    # what named configurations set beside the defaults
    # Parameters that each named configuration has in several values.
    sizes: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    # Parameters that make the block what it is, and that no flag changes.
    fixed: Mapping[str, Any] = field(default_factory=dict)
    # What is set where clocks are gated.
    gated: Mapping[str, Any] = field(default_factory=dict)
    clock_ns: float = 7.0                       # at which its areas are compared
    # From its parameters to those of the unit that it is compared with. Of what multiplies that is
    # the area per product: of 8-bit activations, with weights of the same width, and for arrays of
    # the same size. Of a predictor it is the whole area, for the same planes, lanes and mask.
    baseline: Callable[[Any], Any] | None = None
    # From its parameters to how it multiplies, if an arithmetic describes it.
    arithmetic: Callable[[Any], Arithmetic | None] | None = None
    # The array of one element that its bench runs on, if its operands come encoded.
    harness: "Block | None" = None
    # The array that it is an element of, in which its energy is measured.
    inside: "Block | None" = None

    def __repr__(self) -> str:
        return f"Block({self.name!r})"          # is part of keys of the cache

    def __reduce__(self) -> tuple[Any, ...]:
        return _block, (self.name,)             # one object a block in other processes, too


def _block(name: str) -> Block:
    from skimp.catalogue.rows import CATALOGUE

    return CATALOGUE[name]
