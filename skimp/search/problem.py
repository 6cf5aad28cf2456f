"""A network on a platform: what is asked of a candidate, and what is known of all so far."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from skimp.jobs.batch import Workers, results_of
from skimp.search.figures import Loss, Prices
from skimp.search.front import hypervolume, undominated
from skimp.search.networks import Searched
from skimp.search.platforms.base import Genes, Platform

__all__ = ["Found", "Problem"]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A candidate with its loss on the search set."""

    genes: Genes
    loss: Loss
    #: The parameter set that it is the loss of: a name, or the job that retrains it.
    parameters: Any


@dataclass(frozen=True, eq=False)
class Problem:
    """A network, a platform, and limits.

    Parameters
    ----------
    network, platform
    loss_limit : float
        Largest loss, in the network's unit.
    on : Workers
        Opens the executor of evaluations.
    told : callable
        Is told each evaluation that is finished.
    """

    network: Searched
    platform: Platform
    loss_limit: float
    on: Workers
    told: Callable[[], object]

    @cached_property
    def exact(self) -> Genes:
        """The most exact candidate."""
        return self.platform.branches[0]

    @cached_property
    def prices(self) -> Callable[[Genes], Prices]:
        """What a candidate costs, worked out once."""
        return cache(self.platform.prices)

    @cached_property
    def reference(self) -> Loss:
        """What that loses on the search set."""
        return self.losses([self.exact])[0]

    def losses(self, candidates: Sequence[Genes], part: str = "search") -> list[Loss]:
        """Return the loss of each candidate with the base, on a part of the data."""
        return self.each([(genes, self.network.name) for genes in candidates], part)

    def each(self, pairs: Sequence[tuple[Genes, Any]], part: str = "search") -> list[Loss]:
        """Return the loss of each pair of candidate and parameter set.

        They are made in the order of genes, so that what equal beginnings share is made once.
        """
        jobs = {pair: self.network.loss(self.platform.settings(pair[0]), pair[1], part)
                for pair in sorted(pairs, key=lambda pair: (str(pair[1]), pair[0]))}
        found = dict(zip(jobs, results_of(jobs.values(), self.on, self.told), strict=True))
        return [found[pair] for pair in pairs]

    def of_settings(self, settings: tuple[Any, ...], parameters: Any) -> Loss:
        """Return the loss under settings that may be none of the platform's."""
        return results_of([self.network.loss(settings, parameters)], self.on)[0]

    def evaluate(self, candidates: Sequence[Genes]) -> list[Found]:
        """Return candidates with the losses of the base."""
        return [Found(genes=genes, loss=loss, parameters=self.network.name)
                for genes, loss in zip(candidates, self.losses(candidates), strict=True)]

    def affordable(self, genes: Genes) -> bool:
        """Return whether a candidate's prices are within the limits."""
        return self.platform.excess(self.prices(genes)) <= 0

    def feasible(self, found: Found) -> bool:
        """Return whether a candidate is within all limits."""
        return self.affordable(found.genes) and found.loss.loss <= self.loss_limit

    def aims(self, genes: Genes) -> list[float]:
        """Return what is to be large, each as a share of the best."""
        prices = self.prices(genes)
        return [getattr(prices, one.figure) / one.best for one in self.platform.objectives]

    def excess(self, found: Found) -> list[float]:
        """Return by how much, relatively, each limit is exceeded; below zero where kept."""
        return [(found.loss.loss - self.loss_limit) / self.loss_limit,
                self.platform.excess(self.prices(found.genes))]

    def minimised(self, found: Found) -> list[float]:
        """Return the objectives as a solver wants them: smaller is better."""
        return [found.loss.loss, *(-aim for aim in self.aims(found.genes))]

    def front(self, known: Sequence[Found]) -> list[Found]:
        """Return what no other feasible candidate beats, from the largest loss on."""
        kept = [one for one in known if self.feasible(one)]
        if not kept:
            return []
        best = undominated(np.array([self.minimised(one) for one in kept]))
        return sorted((kept[place] for place in best), key=lambda one: (
            -one.loss.loss, [-aim for aim in self.aims(one.genes)], one.genes))

    def hypervolume(self, known: Sequence[Found]) -> float:
        """Return the share of the box that candidates dominate.

        The box goes from the limit of the loss to no error at all, and from 0 to the best of each
        other objective.
        """
        rows = [self.gains(one) for one in self.front(known)]
        return hypervolume(np.array(rows)) if rows else 0.0

    def gains(self, found: Found) -> list[float]:
        """Return the corner of the box that a candidate dominates, as shares of its sides."""
        span = self.loss_limit + self.reference.value - self.reference.loss
        return [(self.loss_limit - found.loss.loss) / span, *self.aims(found.genes)]

    def course(self, known: Sequence[Found], every: int = 10) -> list[list[float]]:
        """Return pairs: candidates so far, and the hypervolume of their front."""
        counts = [*range(every, len(known), every), len(known)]
        return [[count, round(self.hypervolume(known[:count]), 4)] for count in counts if count]
