"""Ways to search, on losses in closed form, of which every front is known."""

import itertools

import pytest
import toy_problem as toy

from skimp.search.additive import additive, alone, at_random, uniform
from skimp.search.beacons import Beacons
from skimp.search.genetic import genetic
from skimp.search.problem import Found
from skimp.search.steps import steps


def everything(problem):
    """All candidates with their losses, from a closed form."""
    every = list(itertools.product(*(range(len(gene.choices)) for gene in problem.platform.genes)))
    jobs = [problem.network.loss(problem.platform.settings(genes), "toy") for genes in every]
    return [Found(genes=genes, loss=job.run({}), parameters="toy")
            for genes, job in zip(every, jobs, strict=True)]


@pytest.fixture(scope="module")
def best():
    problem = toy.problem()
    known = everything(problem)
    return problem.front(known), problem.hypervolume(known)


def test_sums_find_the_whole_front_of_losses_that_add_up(best):
    problem = toy.problem()
    found = additive(problem, 1000)
    assert [one.genes for one in found[:19]] == alone(problem)
    assert [one.loss.loss for one in problem.front(found)] == pytest.approx(
        [one.loss.loss for one in best[0]])
    assert problem.hypervolume(found) == pytest.approx(best[1])
    assert len(additive(problem, 25)) == 25


def test_a_front_keeps_within_limits_and_grows_with_what_is_known(best):
    problem = toy.problem()
    front, volume = best
    assert all((problem.prices(one.genes).compression or 0) >= 5 and one.loss.loss <= 8
               for one in front)
    losses = [one.loss.loss for one in front]
    aims = [problem.aims(one.genes)[0] for one in front]
    assert losses == sorted(losses, reverse=True) and aims == sorted(aims, reverse=True)
    course = problem.course(additive(problem, 28))
    assert course[-1][0] == 28 and [v for _, v in course] == sorted(v for _, v in course)
    assert 0 < volume < 1
    assert problem.front([]) == [] and problem.hypervolume([]) == 0


@pytest.mark.parametrize("start", ["random", "additive"])
def test_nsga_comes_near_the_best_and_repeats(start, best):
    pytest.importorskip("pymoo")
    problem = toy.problem()
    first = additive(problem, 30) if start == "additive" else []
    asked = []

    def evaluate(candidates):
        asked.extend(candidates)
        return problem.evaluate(candidates)

    found = genetic(problem, evaluate, start=first, budget=105, seed=3)
    assert len(found) == len(first) + 105 == len({one.genes for one in found})
    assert [one.genes for one in found[len(first):]] == asked, "nothing is evaluated twice"
    assert problem.hypervolume(found) > (0.9 if first else 0.5) * best[1]
    again = genetic(problem, problem.evaluate, start=first, budget=105, seed=3)
    assert again == found
    assert genetic(problem, problem.evaluate, start=first, budget=105, seed=4) != found


def test_steps_need_no_solver_and_repeat(best):
    problem = toy.problem()
    first = additive(problem, 20)
    found = steps(problem, problem.evaluate, start=first, budget=60)
    assert found[:20] == first and len({one.genes for one in found}) == len(found) <= 80
    assert problem.hypervolume(first) < 0.9 * best[1] < problem.hypervolume(found)
    assert steps(problem, problem.evaluate, start=first, budget=60) == found
    assert len(steps(problem, problem.evaluate, start=first, budget=3)) == 23


def test_a_space_that_is_exhausted_ends_the_search():
    pytest.importorskip("pymoo")
    problem = toy.problem("silago", compression=1.0)
    found = genetic(problem, problem.evaluate, start=[], budget=100, seed=1)
    assert len(found) <= 27


def test_uniform_and_random_candidates():
    problem = toy.problem()
    same = uniform(problem)
    assert len(same) == 16 and len(set(problem.platform.settings(same[5].genes))) == 1
    drawn, kept = at_random(problem, 50, seed=1)
    assert drawn == 50 > len(kept) and all(problem.affordable(one.genes) for one in kept)
    assert at_random(problem, 50, seed=1)[1] == kept
    assert at_random(toy.problem("silago"), 50, seed=1)[0] == 27, "there are no more"


def test_beacons_help_what_they_are_near_and_new_ones_are_made_where_none_is():
    problem = toy.problem(compression=1.0)
    fewest, cheap = problem.platform.fewest, (0, 0, 0, 0, 0, 1)
    wide = (3, 3, 0, 3, 0, 3)        # weights in 2, 16, 16 bits
    for most, distance, name in ((1, 100, "near"), (2, 100, "far"), (3, 3, "toy_3"),
                                 (2, 3, "far")):
        beacons = Beacons(problem, most, distance, seed=1)
        served = {one.genes: one for one in beacons.evaluate([cheap, wide, fewest])}
        assert served[cheap].parameters == "toy", "what loses little needs no help"
        assert served[fewest].parameters == "near"
        assert beacons.name(served[wide].parameters) == name
        assert served[wide].loss.loss < problem.losses([wide])[0].loss
    records = Beacons(problem, 2, 3, seed=1).records(list(served.values()))
    assert [(one.name, one.served) for one in records] == [("near", 1), ("far", 1)]
    assert records[0].after < records[0].before
