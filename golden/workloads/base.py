"""What a search, a table or a plot needs to know of what runs on hardware."""

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple, Protocol

from skimp.golden.nets.engine import Operands
from skimp.golden.nets.ops import Shape

__all__ = ["Score", "Workload"]


class Score(NamedTuple):
    """How good answers are, beside those of a reference on the same samples.

    Parameters
    ----------
    value : float
        In the workload's metric.
    loss : float
        How much worse than the reference; negative where better.
    error : float
        Standard error of ``loss``, over the samples in pairs.
    """

    value: float
    loss: float
    error: float


class Workload(Protocol):
    """Something that is run and scored."""

    #: What `score` measures, and whether a larger value is a better one.
    metric: ClassVar[str]
    higher_is_better: ClassVar[bool]

    @property
    def name(self) -> str:
        """What it is called in reports."""
        ...

    def gemms(self) -> dict[str, Shape]:
        """Return the matrix products of a sample, by layer."""
        ...

    def run(self, chosen: Any = None, progress: Callable[[], object] | None = None) -> Any:
        """Return the answers to all samples under the arithmetic ``chosen``; exact by default."""
        ...

    def score(self, answers: Any, reference: Any) -> Score:
        """Score answers of `run` against others."""
        ...

    def operands(self, layer: str, count: int) -> Operands:
        """Return the exact matrix product of a layer for the first ``count`` samples."""
        ...
