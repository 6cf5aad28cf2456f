"""NSGA-II of pymoo with the operators of MOHAQ's authors, as a solver that asks for losses.

Population 40, 10 offspring a generation, simulated binary crossover (probability 1, eta 3) and
polynomial mutation (eta 3), both rounded, no duplicates: the authors' code. Unlike theirs, nothing
changes a candidate while it is evaluated.
"""

import random
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

from skimp.search.platforms.base import Genes
from skimp.search.problem import Found, Problem

__all__ = ["check_solver", "genetic"]

POPULATION, OFFSPRING, ETA = 40, 10, 3
#: Members of the first population that are changed ones of a front.
CHANGED = 9


def check_solver() -> None:
    """Raise ValueError if pymoo is missing."""
    if find_spec("pymoo") is None:
        raise ValueError("NSGA-II needs pymoo, which is not installed: `pip install "
                         "'skimp[search]'` brings it, or ask for --by steps")


def genetic(problem: Problem, evaluate: Callable[[Sequence[Genes]], list[Found]], *,
            start: Sequence[Found], budget: int, seed: int) -> list[Found]:
    """Return ``start`` and what NSGA-II evaluates, ``budget`` new candidates at most, in order.

    The first population is the front of ``start``, the rest of ``start`` by what exceeds the limits
    least, and changed members of the front. Without ``start`` it is random.
    """
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.evaluator import Evaluator
    from pymoo.core.population import Population
    from pymoo.core.problem import Problem as Solved
    from pymoo.operators.crossover.sbx import SBX
    from pymoo.operators.mutation.pm import PM
    from pymoo.operators.repair.rounding import RoundingRepair
    from pymoo.operators.sampling.rnd import IntegerRandomSampling
    from pymoo.problems.static import StaticProblem

    genes = problem.platform.genes
    solved = Solved(n_var=len(genes), n_obj=1 + len(problem.platform.objectives),
                    n_ieq_constr=2, xl=np.zeros(len(genes), int),
                    xu=np.array([len(gene.choices) - 1 for gene in genes]), vtype=int)
    sampling: Any = (Population.new("X", _first(problem, start, seed)) if start
                     else IntegerRandomSampling())
    algorithm = NSGA2(
        pop_size=POPULATION, n_offsprings=OFFSPRING, eliminate_duplicates=True,
        sampling=sampling,
        crossover=SBX(prob=1.0, eta=ETA, vtype=float, repair=RoundingRepair()),
        mutation=PM(eta=ETA, vtype=float, repair=RoundingRepair()))
    algorithm.setup(solved, seed=seed, termination=("n_gen", 10 * budget + 10), verbose=False)
    known = {one.genes: one for one in start}
    last = len(known) + budget
    while len(known) < last and algorithm.has_next():
        asked = algorithm.ask()
        if asked is None or not len(asked):
            break
        candidates = [problem.platform.repaired(tuple(int(round(value)) for value in row))
                      for row in asked.get("X")]
        fresh = [one for one in dict.fromkeys(candidates) if one not in known]
        if len(known) + len(fresh) > last:      # a whole generation would be too many
            for one in evaluate(fresh[:last - len(known)]):
                known[one.genes] = one
            break
        for one in evaluate(fresh):
            known[one.genes] = one
        rows = [known[one] for one in candidates]
        Evaluator().eval(StaticProblem(
            solved, F=np.array([problem.minimised(one) for one in rows]),
            G=np.array([problem.excess(one) for one in rows])), asked)
        algorithm.tell(infills=asked)
    return list(known.values())


def _first(problem: Problem, start: Sequence[Found], seed: int) -> np.ndarray:
    """Return the genes of the first population."""
    front = problem.front(start)
    others = sorted((one for one in start if one not in front), key=lambda one: sum(
        max(0.0, excess) for excess in problem.excess(one)))
    chosen = [one.genes for one in [*front, *others][:POPULATION - CHANGED]]
    parents = [one.genes for one in front] or chosen
    rng = random.Random(seed)
    choices = [len(gene.choices) for gene in problem.platform.genes]
    for _ in range(100 * POPULATION):           # in a tiny space there may not be so many
        changed = problem.platform.repaired(_changed(rng.choice(parents), choices, rng))
        if changed not in chosen:
            chosen.append(changed)
        if len(chosen) == POPULATION:
            break
    return np.array(chosen)


def _changed(genes: Genes, choices: Sequence[int], rng: random.Random) -> Genes:
    """Return a candidate with one gene a step further or back."""
    place = rng.randrange(len(genes))
    moved = min(max(genes[place] + rng.choice((-1, 1)), 0), choices[place] - 1)
    return (*genes[:place], moved, *genes[place + 1:])
