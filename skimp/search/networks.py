"""What a network is to the search: losses as jobs, and what platforms ask of it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from skimp.jobs.job import Job
from skimp.search.figures import Loss
from skimp.search.platforms.arrays import Product
from skimp.search.platforms.base import Work

__all__ = ["Searched"]


class Searched:
    """A network with a loss under settings of its layers; the base class of all."""

    #: As the user writes it; also the name of the parameter set that it begins with.
    name: str
    #: What it is searched and tested on, and what its losses and settings are.
    data: str
    notes: ClassVar[str]
    #: Of the loss on the search set, and the largest one by default.
    unit: ClassVar[str]
    limit: ClassVar[float]
    #: Of its score on the test set.
    score: ClassVar[str]
    #: Parameter sets that come with it; more are retrained.
    beacons: tuple[str, ...] = ()
    #: Ways to search whose fronts are run on test data.
    tested: ClassVar[tuple[str, ...]] = ("search", "beacons", "additive", "uniform", "random")

    @property
    def work(self) -> Work | None:
        """Its matrices, for platforms that choose bits; None if they have no price for it."""
        return None

    @property
    def products(self) -> Mapping[str, Product] | None:
        """Its layers' products, for our own arrays; None if these cannot run it."""
        return None

    def loss(self, settings: Any, parameters: Any, part: str = "search") -> Job[Loss]:
        """Return the job of a loss, with a parameter set, on a part of the data."""
        raise NotImplementedError

    def short(self, settings: Any) -> str:
        """Return settings in few characters."""
        raise NotImplementedError

    def commands(self, settings: Any) -> list[str]:
        """Return the command that measures the loss on the test set; none if there is none."""
        return []

    def trained_for(self, beacon: str) -> Any:
        """Return the settings that a beacon that ships was retrained under."""
        raise NotImplementedError

    def retrained(self, settings: Any, seed: int) -> Job[Any]:
        """Return the job of a new parameter set."""
        raise NotImplementedError

    def distance(self, one: Any, other: Any) -> float:
        """Return how far settings are from those that a parameter set was retrained under."""
        raise NotImplementedError

    def check_retraining(self) -> None:
        """Raise ValueError if nothing can be retrained."""
        raise ValueError(f"--beacons must be 0: {self.name} has no networks retrained in few bits")
