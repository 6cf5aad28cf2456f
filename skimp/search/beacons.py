"""Beacons: parameter sets beside the base, each of which serves the candidates around it.

Rezk et al., "MOHAQ", arXiv 2108.01192: a network retrained for one candidate in few bits helps its
neighbours, too. The loss of a candidate is the smaller one of the base's and of the nearest
beacon's; here of all the nearest, if several are equally near.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from skimp.search.figures import Beacon
from skimp.search.platforms.base import Genes
from skimp.search.problem import Found, Problem

__all__ = ["Beacons"]

#: Losses of the base for which beacons are asked, and up to which one is retrained.
HELPED, HOPELESS = 3.0, 14.0


@dataclass(eq=False)
class Beacons:
    """Parameter sets of a search, those that ship first.

    Parameters
    ----------
    problem : Problem
    most : int
        Beacons at most, those that ship first.
    distance : float
        A candidate that is further from all of them gets one of its own, as long as there may be
        more.
    seed : int
    """

    problem: Problem
    most: int
    distance: float
    seed: int
    #: What each set was retrained under.
    sets: dict[Any, tuple[Any, ...]] = field(init=False)

    def __post_init__(self):
        network = self.problem.network
        self.sets = {name: network.trained_for(name) for name in network.beacons[:self.most]}

    def evaluate(self, candidates: Sequence[Genes]) -> list[Found]:
        """Return candidates with the smallest of their losses."""
        problem = self.problem
        found = {one.genes: one for one in problem.evaluate(candidates)}
        helped = [one for one in found.values()
                  if one.loss.loss > HELPED and problem.affordable(one.genes)]
        # The most is to be gained by the fastest; of a beacon of its own others profit.
        for one in sorted(helped, key=lambda one: (*(-aim for aim in problem.aims(one.genes)),
                                                   one.genes)):
            settings = problem.platform.settings(one.genes)
            if (len(self.sets) < self.most and one.loss.loss < HOPELESS
                    and self._nearest(settings)[0] > self.distance):
                self.sets[problem.network.retrained(settings, self.seed)] = settings
        pairs = [(one.genes, parameters) for one in helped for parameters in self._nearest(
            problem.platform.settings(one.genes))[1]]
        for (genes, parameters), loss in zip(pairs, problem.each(pairs), strict=True):
            if loss.loss < found[genes].loss.loss:
                found[genes] = Found(genes=genes, loss=loss, parameters=parameters)
        return [found[genes] for genes in candidates]

    def _nearest(self, settings: tuple[Any, ...]) -> tuple[float, list[Any]]:
        """Return the distance of the nearest beacons, and them."""
        far = {one: self.problem.network.distance(settings, its)
               for one, its in self.sets.items()}
        least = min(far.values(), default=float("inf"))
        return least, [one for one, its in far.items() if its == least]

    def name(self, parameters: Any) -> str:
        """Return the name of a parameter set: retrained ones have numbers."""
        if isinstance(parameters, str):
            return parameters
        return f"{self.problem.network.name}_{list(self.sets).index(parameters) + 1}"

    def records(self, known: Sequence[Found]) -> list[Beacon]:
        """Return what became of each beacon."""
        problem, records = self.problem, []
        for parameters, settings in self.sets.items():
            before, after = (problem.of_settings(settings, one).loss
                             for one in (problem.network.name, parameters))
            records.append(Beacon(
                name=self.name(parameters), short=problem.network.short(settings),
                origin="shipped" if isinstance(parameters, str) else "retrained",
                before=before, after=after,
                served=sum(one.parameters == parameters for one in known)))
        return records
