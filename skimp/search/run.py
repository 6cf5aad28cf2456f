"""A whole search: the search asked for, what it stands beside, and the losses on test data."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any, ClassVar

from skimp.jobs.batch import Workers
from skimp.jobs.job import Job
from skimp.jobs.record import Record
from skimp.search.additive import additive, alone, at_random, uniform
from skimp.search.beacons import Beacons
from skimp.search.figures import Baseline, Evaluation, Member, SearchReport
from skimp.search.genetic import check_solver, genetic
from skimp.search.platforms import PLATFORMS
from skimp.search.problem import Found, Problem
from skimp.search.spoken import BASE, Spoken

__all__ = ["NETWORKS", "STARTS", "Search"]

#: Networks that a precision can be searched for.
NETWORKS = {Spoken.name: Spoken}
STARTS = ("additive", "random")
#: Candidates of the front of sums that are evaluated.
SUMS = 32


@dataclass(frozen=True, kw_only=True)
class Search(Job[SearchReport]):
    """What is asked for; the report is kept as a whole, and each loss alone.

    Parameters
    ----------
    network, platform : str
        Names in `NETWORKS` and `PLATFORMS`.
    evaluations : int
        Candidates that the search evaluates; as many random ones are drawn beside it.
    seed : int
    start : {"additive", "random"}
        First population.
    beacons : int
        Parameter sets beside the base, those that ship first.
    distance : float
        Of weights, in halvings: beyond it a candidate gets a beacon of its own.
    loss_points, compression : float
        Limits: largest loss and smallest compression.
    speed_up : {"time", "mean"}
        Which form is optimised.

    Raises
    ------
    ValueError
        From `check` and `check_needs`: if a name is unknown, a limit out of reach, a need missing.
    """

    network: str = "sru"
    platform: str = "bitfusion"
    evaluations: int = 200
    seed: int = 1
    start: str = "additive"
    beacons: int = 0
    distance: float = 3.0
    loss_points: float = 8.0
    compression: float = 0.0
    speed_up: str = "time"

    kind = "search"
    record: ClassVar[type[Record] | None] = SearchReport

    def check(self) -> None:
        """Raise ValueError if nobody could do it, before any work."""
        problem = self.problem(_nothing, lambda: None)
        fewest = problem.prices(problem.platform.fewest)
        if fewest.compression < self.compression:
            raise ValueError(
                f"no candidate of {self.network} on {self.platform} is {self.compression:g} times "
                f"smaller than in float32: the smallest is {fewest.compression:.2f} times smaller; "
                "lower --compression")
        least = len(alone(problem)) + 1
        if self.start == "additive" and self.evaluations < least:
            raise ValueError(
                f"--start additive needs --evaluations of at least {least}, the choices alone and "
                f"a sum of them, not {self.evaluations}: ask for more, or for --start random")

    def check_needs(self) -> None:
        """Raise ValueError if PyTorch or pymoo is missing for it; a kept report needs neither."""
        problem = self.problem(_nothing, lambda: None)
        if self.beacons > len(problem.network.beacons):
            problem.network.check_retraining()
        if self.start == "random" or self.evaluations > len(alone(problem)) + SUMS:
            check_solver()

    def problem(self, on: Workers, told: Callable[[], object]) -> Problem:
        """Return what is searched."""
        if self.network not in NETWORKS:
            raise ValueError(f"NET must be one of {', '.join(NETWORKS)}, not {self.network!r}: "
                             "others have no prices on these platforms")
        if self.platform not in PLATFORMS:
            raise ValueError(f"--platform must be one of {', '.join(PLATFORMS)}, "
                             f"not {self.platform!r}")
        network = NETWORKS[self.network]()
        return Problem(network, PLATFORMS[self.platform](network.work, self.speed_up),
                       self.loss_points, self.compression, on, told)

    def work(self, on: Workers, told: Callable[[], object]) -> SearchReport:
        """Search, and return the report; losses are kept as they come.

        Raises
        ------
        ValueError
            If no candidate is within the limits; the sentence has the nearest one.
        """
        problem = self.problem(on, told)
        sums = additive(problem, min(self.evaluations, len(alone(problem)) + SUMS))
        start = sums if self.start == "additive" else []
        budget = self.evaluations - len(start)
        known = {"search": genetic(problem, problem.evaluate, start=start, budget=budget,
                                   seed=self.seed) if budget else start}
        beacons = Beacons(problem, self.beacons, self.distance, self.seed)
        if self.beacons:
            again = beacons.evaluate([one.genes for one in start])
            known["beacons"] = genetic(problem, beacons.evaluate, start=again, budget=budget,
                                       seed=self.seed) if budget else again
        drawn, by_chance = at_random(problem, self.evaluations, self.seed)
        known |= {"additive": sums, "uniform": uniform(problem), "random": by_chance}
        if not any(problem.front(found) for found in known.values()):
            self._refuse(problem, [one for found in known.values() for one in found])
        evaluated = {name: len(found) for name, found in known.items()} | {"random": drawn}
        return self._report(problem, beacons, known, evaluated)

    def _refuse(self, problem: Problem, known: Sequence[Found]) -> None:
        nearest = min(known, key=lambda one: sum(max(0.0, excess)
                                                 for excess in problem.excess(one)))
        prices = problem.prices(nearest.genes)
        raise ValueError(
            f"no candidate that was evaluated loses at most {self.loss_points:g} points at a "
            f"compression of at least {self.compression:g}: the nearest loses "
            f"{nearest.loss.loss:.1f} points at {prices.compression:.1f}; change --loss-points or "
            "--compression, or ask for more --evaluations")

    def _report(self, problem: Problem, beacons: Beacons, known: dict[str, list[Found]],
                evaluated: dict[str, int]) -> SearchReport:
        searches = [Baseline(
            front=name, evaluated=evaluated[name],
            feasible=sum(map(problem.feasible, found)),
            hypervolume=problem.hypervolume(found),
            # Of random candidates most were drawn, and not evaluated.
            over_evaluations=problem.course(found) if name != "random" else [],
            members=_members(problem, name, problem.front(found), beacons.name),
        ) for name, found in known.items()]
        every = {(one.genes, one.parameters): one for found in known.values() for one in found}
        return SearchReport(
            network=self.network, platform=self.platform, source=problem.platform.source,
            conditions={
                "data": problem.network.data, "notes": problem.network.notes,
                "evaluations": self.evaluations, "seed": self.seed,
                "start": self.start, "loss_limit_points": self.loss_points,
                "smallest_compression": self.compression, "optimised": [
                    one.figure for one in problem.platform.objectives],
                "most_beacons": self.beacons, "distance": self.distance,
                "hypervolume_box": {"loss": [self.loss_points, problem.reference.loss
                                             - problem.reference.value],
                                    **{one.figure: [0, one.best]
                                       for one in problem.platform.objectives}},
                "versions": {name: _version(name) for name in ("skimp", "numpy", "pymoo")}},
            genes=[asdict(gene) for gene in problem.platform.genes],
            reference=problem.losses([problem.exact], part="test")[0], searches=searches,
            beacons=beacons.records(known.get("beacons", [])),
            evaluations=[Evaluation(
                genes=list(one.genes), prices=problem.prices(one.genes), found=one.loss,
                parameters=beacons.name(one.parameters), feasible=problem.feasible(one))
                for one in every.values()])


def _members(problem: Problem, front: str, found: Sequence[Found],
             named: Callable[[Any], str]) -> list[Member]:
    """Return the members of a front with their losses on test data."""
    tested = problem.each([(one.genes, one.parameters) for one in found], "test")
    plain = problem.losses([one.genes for one in found], BASE, "test")
    return [Member(
        number=number, front=front, parameters=named(one.parameters), genes=list(one.genes),
        short=problem.network.short(problem.platform.settings(one.genes)),
        words=problem.platform.words(one.genes), prices=problem.prices(one.genes),
        search_value=one.loss.value, search_loss=one.loss.loss, test_value=test.value,
        test_loss=test.loss, test_loss_error=test.loss_error, base_test_loss=base.loss)
        for number, (one, test, base) in enumerate(zip(found, tested, plain, strict=True), 1)]


def _nothing(count: int) -> Any:
    raise AssertionError("a check runs nothing")


def _version(name: str) -> str:
    try:
        return version(name)
    except ModuleNotFoundError:
        return "none"
