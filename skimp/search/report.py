"""The report of a search: fronts with their losses on test data, and what they stand beside."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from skimp.search.beacons import Beacons
from skimp.search.figures import Baseline, Evaluation, Member, SearchReport
from skimp.search.problem import Found, Problem

__all__ = ["written"]


def written(problem: Problem, beacons: Beacons, known: dict[str, list[Found]],
            evaluated: dict[str, int], asked: dict[str, Any]) -> SearchReport:
    """Return the report of all that was found, by the way it was; fronts are run on test data.

    ``evaluated`` are numbers of candidates, ``asked`` the words of the request.
    """
    network, platform = problem.network, problem.platform
    searches = [Baseline(
        front=name, evaluated=evaluated[name],
        feasible=sum(map(problem.feasible, found)),
        hypervolume=problem.hypervolume(found),
        # Of random candidates most were drawn, and not evaluated.
        over_evaluations=problem.course(found) if name != "random" else [],
        members=_members(problem, name, problem.front(found), beacons.name)
        if name in network.tested else [],
    ) for name, found in known.items()]
    every = {(one.genes, one.parameters): one for found in known.values() for one in found}
    fastest = _fastest(problem, list(every.values()))
    return SearchReport(
        network=asked["network"], platform=asked["platform"], source=platform.source,
        conditions={
            "data": network.data, "notes": network.notes, **asked["conditions"],
            "loss_limit": problem.loss_limit, "loss_unit": network.unit, "score": network.score,
            "area_budget_mm2": platform.budget_mm2,
            "optimised": [one.figure for one in platform.objectives],
            "hypervolume_box": {
                "loss": [problem.loss_limit, problem.reference.loss - problem.reference.value],
                **{one.figure: [0, one.best] for one in platform.objectives}},
            "versions": {name: _version(name) for name in ("skimp", "numpy", "pymoo")}},
        genes=[asdict(gene) for gene in platform.genes],
        reference=problem.losses([problem.exact], part="test")[0], searches=searches,
        chips=_members(problem, "fastest", fastest, beacons.name),
        beacons=beacons.records(known.get("beacons", [])),
        evaluations=[Evaluation(
            genes=list(one.genes), prices=problem.prices(one.genes), found=one.loss,
            parameters=beacons.name(one.parameters), feasible=problem.feasible(one))
            for one in every.values()])


def _members(problem: Problem, front: str, found: Sequence[Found],
             named: Callable[[Any], str]) -> list[Member]:
    """Return the members of a front with their losses on test data."""
    tested = problem.each([(one.genes, one.parameters) for one in found], "test")
    plain = problem.losses([one.genes for one in found], "test")
    network, platform = problem.network, problem.platform
    return [Member(
        number=number, front=front, parameters=named(one.parameters), genes=list(one.genes),
        short=network.short(platform.settings(one.genes)), words=platform.words(one.genes),
        commands=[*platform.commands(one.genes), *network.commands(platform.settings(one.genes))],
        prices=problem.prices(one.genes),
        search_value=one.loss.value, search_loss=one.loss.loss, test_value=test.value,
        test_loss=test.loss, test_loss_error=test.loss_error, base_test_loss=base.loss)
        for number, (one, test, base) in enumerate(zip(found, tested, plain, strict=True), 1)]


def _fastest(problem: Problem, known: Sequence[Found]) -> list[Found]:
    """Return the fastest feasible candidate of each chip, the fastest of all first."""
    best: dict[str, Found] = {}
    for one in known:
        chip = problem.prices(one.genes).chip
        if chip is not None and problem.feasible(one):
            best[chip] = max(best.get(chip, one), one, key=lambda each: (
                problem.prices(each.genes).speed_up_time, -each.loss.loss))
    return sorted(best.values(), key=lambda one: -problem.prices(one.genes).speed_up_time)


def _version(name: str) -> str:
    try:
        return version(name)
    except ModuleNotFoundError:
        return "none"
