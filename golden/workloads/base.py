"""A workload: something that is run and scored."""

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple, Protocol

__all__ = ["Score", "Workload"]


class Score(NamedTuple):
    """How good answers are, beside those of a reference on the same samples."""

    value: float
    #: How much worse than the reference; negative where better.
    loss: float
    #: Standard error of ``loss``, over the samples in pairs.
    error: float


class Workload(Protocol):
    """Something that is run and scored."""

    #: What `score` measures, and whether a larger value is a better one.
    metric: ClassVar[str]
    higher_is_better: ClassVar[bool]

    @property
    def name(self) -> str:
        """Its name in reports."""
        ...

    def run(self, chosen: Any = None, progress: Callable[[], object] | None = None) -> Any:
        """Return the answers to all samples under the arithmetic ``chosen``; exact by default."""
        ...

    def score(self, answers: Any, reference: Any) -> Score:
        """Score answers of `run` against others."""
        ...
