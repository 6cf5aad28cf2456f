"""What a platform is to the search: choices, and what each candidate costs there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from skimp.search.figures import Prices

__all__ = ["Gene", "Genes", "Layer", "Objective", "Platform", "Work"]

#: A candidate: for each gene, which of its choices.
Genes = tuple[int, ...]


class Layer(NamedTuple):
    """A matrix, each of whose weights is used once for a frame."""

    inputs: int
    outputs: int

    @property
    def weights(self) -> int:
        """Weights, and multiplications of a frame."""
        return self.inputs * self.outputs


class Work(NamedTuple):
    """What a network asks of a platform."""

    #: Its matrices by name, in order.
    layers: Mapping[str, Layer]
    #: Numbers of 16 bits that are in no matrix.
    vector_entries: int

    @property
    def weights(self) -> int:
        """Weights of all matrices, and multiplications of a frame."""
        return sum(layer.weights for layer in self.layers.values())


@dataclass(frozen=True)
class Gene:
    """Something to choose."""

    name: str
    #: From the most exact to the one that costs least.
    choices: tuple[Any, ...]


class Objective(NamedTuple):
    """A figure of `Prices` that is to be large, and what it is divided by in a hypervolume."""

    figure: str
    best: float


class Platform:
    """Choices on a platform for the `Work` of a network, and their prices."""

    #: As the user writes it, and where its prices are from.
    name: ClassVar[str]
    source: ClassVar[str]
    #: What is chosen.
    genes: Sequence[Gene]
    #: Genes whose costs do not depend on others: sums of `costs` are costs of the whole.
    groups: Sequence[Sequence[int]]
    #: What is to be large beside a small loss.
    objectives: Sequence[Objective]
    #: Area that all candidates have at most; None where it has no price.
    budget_mm2: float | None = None

    @property
    def branches(self) -> Sequence[Genes]:
        """The most exact candidate of each way to choose what is in no group."""
        return [(0,) * len(self.genes)]

    def options(self, place: int, branch: Genes) -> Sequence[int]:
        """Return what a gene may choose in a branch."""
        return range(len(self.genes[place].choices))

    def repaired(self, genes: Genes) -> Genes:
        """Return the candidate that any numbers within the bounds of genes stand for."""
        return genes

    def uniform(self) -> list[Genes]:
        """Return the candidates that treat all layers alike."""
        raise NotImplementedError

    def check(self, network: str) -> None:
        """Raise ValueError if no candidate for a network is within the platform's limits."""

    def excess(self, prices: Prices) -> float:
        """Return by how much, relatively, a limit is exceeded; at most 0 if none is."""
        raise NotImplementedError

    def settings(self, genes: Genes) -> tuple[Any, ...]:
        """Return what the network runs under: all that a loss depends on."""
        raise NotImplementedError

    def prices(self, genes: Genes) -> Prices:
        """Return what a candidate costs and gains."""
        raise NotImplementedError

    def costs(self, group: int, choices: Sequence[int], branch: Genes) -> tuple[float, ...]:
        """Return what the ``choices`` of a group cost: summands, smaller is better."""
        raise NotImplementedError

    def words(self, genes: Genes) -> list[str]:
        """Return a candidate in words, a line for each layer and whatever is chosen once."""
        raise NotImplementedError

    def commands(self, genes: Genes) -> list[str]:
        """Return the commands that make what is chosen once."""
        return []
