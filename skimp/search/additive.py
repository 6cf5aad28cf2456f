"""Searches that need no solver: losses that are assumed to add up; uniform and random candidates.

Additive: each choice of each gene is evaluated alone, all others exact. Sums of these losses, and
of costs, give a front by dynamic programming over groups of genes; its members are evaluated truly.
"""

import itertools
import random
from collections.abc import Sequence

import numpy as np

from skimp.search.front import undominated
from skimp.search.platforms.base import Genes
from skimp.search.problem import Found, Problem

__all__ = ["additive", "alone", "at_random", "uniform"]

#: Points above the limit of the loss up to which sums are believed to be worth a try.
MARGIN = 3.0
#: Times that a front of sums is evaluated, a part of it each.
ROUNDS = 4
#: States that are kept between groups.
MOST = 1000


def alone(problem: Problem) -> list[Genes]:
    """Return the exact candidate, then those in which one gene differs from it."""
    found = [problem.exact]
    for place, gene in enumerate(problem.platform.genes):
        for choice in range(1, len(gene.choices)):
            found.append((*problem.exact[:place], choice, *problem.exact[place + 1:]))
    return found


def additive(problem: Problem, budget: int) -> list[Found]:
    """Return the candidates alone, then those of fronts of sums: ``budget`` in all.

    Losses in few bits are not quite the sums of losses alone. So the front is evaluated in some
    rounds, and after each the summands are fitted to what is known.
    """
    known = problem.evaluate(alone(problem))
    exact = known[0].loss.loss
    # A gain of a single gene is noise: it is not counted on.
    single = np.array([max(one.loss.loss - exact, 0.0) for one in known[1:]])
    summands = single
    for left in range(ROUNDS, 0, -1):
        best, points = _sums(problem, _by_gene(problem, summands))
        there = {one.genes for one in known}
        fresh = [place for place, genes in enumerate(best) if genes not in there]
        chosen = _ranked(points[fresh], -(-(budget - len(known)) // left))
        known += problem.evaluate([best[fresh[place]] for place in chosen])
        summands = _fitted(problem, single, known)
    return known


def _by_gene(problem: Problem, summands: np.ndarray) -> list[list[float]]:
    """Return the losses of all choices of each gene, that of the most exact one 0."""
    values = iter(summands.tolist())
    return [[0.0, *itertools.islice(values, len(gene.choices) - 1)]
            for gene in problem.platform.genes]


def _fitted(problem: Problem, single: np.ndarray, known: Sequence[Found]) -> np.ndarray:
    """Return summands, at least 0, that explain ``known`` and stay near those of genes alone."""
    counts = [len(gene.choices) - 1 for gene in problem.platform.genes]
    begins = np.cumsum(counts) - counts
    taken = np.zeros((len(known), sum(counts)))
    for row, one in zip(taken, known, strict=True):
        for begin, choice in zip(begins, one.genes, strict=True):
            if choice:
                row[begin + choice - 1] = 1
    losses = np.array([one.loss.loss - known[0].loss.loss for one in known])
    # Ridge regression: each summand alone counts like one more candidate.
    change = np.linalg.solve(taken.T @ taken + np.eye(len(single)),
                             taken.T @ (losses - taken @ single))
    return np.maximum(single + change, 0)


def _sums(problem: Problem, losses: Sequence[Sequence[float]]) -> tuple[list[Genes], np.ndarray]:
    """Return affordable candidates with their summed losses and objectives, to be minimised.

    No other has smaller sums of losses and of all costs; cheap in memory is cheap, too.
    """
    platform = problem.platform
    # States: chosen so far, by the order of groups; summed loss and costs.
    states: list[tuple[int, ...]] = [()]
    sums = np.zeros((1, 1 + len(platform.costs(0, [0] * len(platform.groups[0])))))
    for number, group in enumerate(platform.groups):
        options = list(itertools.product(*(range(len(platform.genes[place].choices))
                                           for place in group)))
        steps = np.array([[sum(losses[place][choice]
                               for place, choice in zip(group, option, strict=True)),
                           *platform.costs(number, option)] for option in options])
        every = (sums[:, np.newaxis] + steps).reshape(-1, sums.shape[1])
        every[:, 0] = every[:, 0].round(6)      # sums of equal losses are equal
        within = np.flatnonzero(every[:, 0] <= problem.loss_limit + MARGIN)
        kept = within[undominated(every[within])]
        if len(kept) > MOST:                    # evenly by loss
            ranked = kept[np.argsort(every[kept, 0], kind="stable")]
            kept = ranked[np.linspace(0, len(ranked) - 1, MOST).astype(int)]
        states = [states[place // len(options)] + options[place % len(options)] for place in kept]
        sums = every[kept]
    order = [place for group in platform.groups for place in group]
    candidates = [tuple(state[order.index(place)] for place in range(len(order)))
                  for state in states]
    fits = [place for place, genes in enumerate(candidates) if problem.affordable(genes)]
    points = [[sums[place, 0], *(-aim for aim in problem.aims(candidates[place]))]
              for place in fits]
    return [candidates[place] for place in fits], np.array(points).reshape(
        len(fits), 1 + len(problem.platform.objectives))


def _ranked(points: np.ndarray, most: int) -> list[int]:
    """Return at most so many rows: front after front, the last one evenly."""
    chosen: list[int] = []
    left = np.arange(len(points))
    while len(chosen) < most and len(left):
        front = left[undominated(points[left])]
        left = np.setdiff1d(left, front)
        front = front[np.argsort(points[front, 0], kind="stable")]
        room = most - len(chosen)
        if len(front) > room:
            front = front[np.linspace(0, len(front) - 1, room).astype(int)]
        chosen += front.tolist()
    return chosen


def uniform(problem: Problem) -> list[Found]:
    """Return candidates that have the same choices everywhere: all genes of a kind alike."""
    genes = problem.platform.genes
    kinds = sorted({gene.name.rpartition(".")[2] if "." in gene.name else "" for gene in genes})
    found = []
    for choices in itertools.product(range(len(genes[0].choices)), repeat=len(kinds)):
        chosen = dict(zip(kinds, choices, strict=True))
        found.append(tuple(chosen[gene.name.rpartition(".")[2] if "." in gene.name else ""]
                           for gene in genes))
    return problem.evaluate(found)


def at_random(problem: Problem, count: int, seed: int) -> tuple[int, list[Found]]:
    """Draw ``count`` candidates; return how many that were, and the affordable ones, evaluated.

    What is not affordable is out, whatever it loses: it is drawn, but not run.
    """
    rng = random.Random(seed)
    drawn: dict[Genes, None] = {}
    for _ in range(20 * count):
        if len(drawn) == count:
            break
        drawn[tuple(rng.randrange(len(gene.choices)) for gene in problem.platform.genes)] = None
    return len(drawn), problem.evaluate([genes for genes in drawn if problem.affordable(genes)])
