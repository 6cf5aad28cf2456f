"""A whole search: the search asked for, what it stands beside, and the losses on test data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from skimp.golden.nets.network import SHIPPED
from skimp.jobs.batch import Workers
from skimp.jobs.job import Job
from skimp.jobs.record import Record
from skimp.search.additive import additive, alone, at_random, uniform
from skimp.search.beacons import Beacons
from skimp.search.figures import SearchReport
from skimp.search.genetic import check_solver, genetic
from skimp.search.networks import Searched
from skimp.search.pictures import Pictures
from skimp.search.platforms import BITS, PLATFORMS
from skimp.search.platforms.arrays import Arrays
from skimp.search.platforms.base import Genes, Platform
from skimp.search.platforms.table import shipped
from skimp.search.problem import Found, Problem
from skimp.search.report import written
from skimp.search.spoken import Spoken
from skimp.search.steps import steps

__all__ = ["NETWORKS", "WAYS", "Search"]

#: Networks that can be searched for; those of images are told how many of these to test on.
NETWORKS: dict[str, Callable[[int], Searched]] = {
    Spoken.name: lambda images: Spoken(), **{name: partial(Pictures, name) for name in SHIPPED}}
#: Ways to search: steps from the additive front, NSGA-II from it, or from random candidates.
WAYS = ("steps", "nsga", "nsga:random")
#: Candidates of the front of sums that are evaluated.
SUMS = 32


@dataclass(frozen=True, kw_only=True)
class Search(Job[SearchReport]):
    """What is asked for; the report is kept as a whole, and each loss alone.

    Parameters
    ----------
    network, platform : str
        Names in `NETWORKS` and `PLATFORMS`; blocks may follow ``skimp``, with a colon each.
    evaluations : int
        Candidates that the search evaluates; as many random ones are drawn beside it.
    seed : int
    by : {"steps", "nsga", "nsga:random"}
        How, see `WAYS`.
    beacons : int
        Parameter sets beside the base, those that ship first.
    distance : float
        Of weights, in halvings: beyond it a candidate gets a beacon of its own.
    loss_limit : float, optional
        Largest loss on the search set, in the network's unit; by default the network's.
    compression : float
        Smallest compression, on platforms that choose bits.
    speed_up : {"time", "mean"}
        Which form is optimised there.
    area_budget : float, optional
        mm2 of our own arrays at most; by default that of a plain array of 16 x 16.
    clocks : {"same", "own"}
        Whether all of these have one clock, or each its own.
    images : int
        Test images that fronts are measured on, of networks of images.

    Raises
    ------
    ValueError
        From `check` and `check_needs`: if a name is unknown, a limit out of reach, a need missing.
    """

    network: str = "sru"
    platform: str = "bitfusion"
    evaluations: int = 200
    seed: int = 1
    by: str = "steps"
    beacons: int = 0
    distance: float = 3.0
    loss_limit: float | None = None
    compression: float = 1.0
    speed_up: str = "time"
    area_budget: float | None = None
    clocks: str = "same"
    images: int = 1000

    kind = "search"
    record: ClassVar[type[Record] | None] = SearchReport

    def check(self) -> None:
        """Raise ValueError if nobody could do it, before any work."""
        problem = self.problem(_nothing, lambda: None)
        problem.platform.check(self.network)
        if self.beacons and not problem.network.beacons:
            problem.network.check_retraining()
        least = len(alone(problem)) + 1
        if self.by != "nsga:random" and self.evaluations < least:
            raise ValueError(
                f"--by {self.by} needs --evaluations of at least {least}, the choices alone and a "
                f"sum of them, not {self.evaluations}: ask for more, or for --by nsga:random")

    def check_needs(self) -> None:
        """Raise ValueError if PyTorch or pymoo is missing for it; a kept report needs neither."""
        problem = self.problem(_nothing, lambda: None)
        if self.beacons > len(problem.network.beacons):
            problem.network.check_retraining()
        if self.by == "nsga:random" or (
                self.by == "nsga" and self.evaluations > len(alone(problem)) + SUMS):
            check_solver()

    def problem(self, on: Workers, told: Callable[[], object]) -> Problem:
        """Return what is searched."""
        if self.network not in NETWORKS:
            raise ValueError(f"NET must be one of {', '.join(NETWORKS)}, not {self.network!r}")
        network = NETWORKS[self.network](self.images)
        limit = network.limit if self.loss_limit is None else self.loss_limit
        return Problem(network, self._platform(network), limit, on, told)

    def _platform(self, network: Searched) -> Platform:
        """Return the platform with its prices for the network."""
        first, *blocks = self.platform.split(":")
        if self.platform in BITS and network.work is not None:
            return BITS[self.platform](network.work, self.speed_up, self.compression)
        if first == Arrays.name:
            prices = shipped(self.clocks)
            known = dict.fromkeys(chip.block for chip in prices)
            for block in blocks:
                if block not in known:
                    raise ValueError(f"--platform {first}:BLOCK must have one of "
                                     f"{', '.join(known)}, not {block!r}")
            if network.products is not None:
                return Arrays(network.products, prices, self.area_budget, blocks)
        elif self.platform not in BITS:
            raise ValueError(f"--platform must be one of {', '.join(PLATFORMS)}, "
                             f"not {self.platform!r}")
        raise ValueError(f"{self.platform} has no prices for {network.name}: networks of images "
                         f"run on {Arrays.name}, others on {', '.join(BITS)}")

    def work(self, on: Workers, told: Callable[[], object]) -> SearchReport:
        """Search, and return the report; losses are kept as they come.

        Raises
        ------
        ValueError
            If no candidate is within the limits; the sentence has the nearest one.
        """
        problem = self.problem(on, told)
        sums = additive(problem, min(self.evaluations, len(alone(problem)) + SUMS))
        start = sums if self.by != "nsga:random" else []
        known = {"search": self._from(problem, problem.evaluate, start)}
        beacons = Beacons(problem, self.beacons, self.distance, self.seed)
        if self.beacons:
            again = beacons.evaluate([one.genes for one in start])
            known["beacons"] = self._from(problem, beacons.evaluate, again)
        drawn, by_chance = at_random(problem, self.evaluations, self.seed)
        known |= {"additive": sums, "uniform": uniform(problem), "random": by_chance}
        if not any(problem.front(found) for found in known.values()):
            self._refuse(problem, [one for found in known.values() for one in found])
        evaluated = {name: len(found) for name, found in known.items()} | {"random": drawn}
        return written(problem, beacons, known, evaluated, asked=self.asked())

    def _from(self, problem: Problem, evaluate: Callable[[Sequence[Genes]], list[Found]],
              start: list[Found]) -> list[Found]:
        """Search on from a start, as many candidates as were asked for in all."""
        budget = self.evaluations - len(start)
        if not budget:
            return start
        if self.by == "steps":
            return steps(problem, evaluate, start=start, budget=budget)
        return genetic(problem, evaluate, start=start, budget=budget, seed=self.seed)

    def asked(self) -> dict[str, Any]:
        """Return what the report repeats of what was asked for."""
        return {"network": self.network, "platform": self.platform, "conditions": {
            "evaluations": self.evaluations, "seed": self.seed, "by": self.by,
            "smallest_compression": self.compression, "clocks": self.clocks,
            "most_beacons": self.beacons, "distance": self.distance}}

    def _refuse(self, problem: Problem, known: Sequence[Found]) -> None:
        nearest = min(known, key=lambda one: sum(max(0.0, excess)
                                                 for excess in problem.excess(one)))
        prices = problem.prices(nearest.genes)
        at = (f" at a compression of at least {self.compression:g}" if prices.compression else "")
        its = f" at {prices.compression:.1f}" if prices.compression else ""
        raise ValueError(
            f"no candidate that was evaluated loses at most {problem.loss_limit:g} "
            f"{problem.network.unit}{at}: the nearest loses {nearest.loss.loss:.1f}{its}; change "
            f"--loss-limit{' or --compression' if at else ''}, or ask for more --evaluations")


def _nothing(count: int) -> Any:
    raise AssertionError("a check runs nothing")
