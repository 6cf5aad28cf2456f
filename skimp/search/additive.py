"""Searches that need no solver: losses that are assumed to add up; uniform and random candidates.

Additive: each choice of each gene is evaluated alone, all others exact. Sums of these losses, and
of costs, give a front by dynamic programming over groups of genes; its members are evaluated truly.
"""

import itertools
import random
from collections.abc import Mapping, Sequence

import numpy as np

from skimp.search.front import undominated
from skimp.search.platforms.base import Genes
from skimp.search.problem import Found, Problem

__all__ = ["additive", "alone", "at_random", "fitted", "singles", "taken", "uniform"]

#: Points above the limit of the loss up to which sums are believed to be worth a try.
MARGIN = 3.0
#: Times that a front of sums is evaluated, a part of it each.
ROUNDS = 4
#: States that are kept between groups.
MOST = 1000


def alone(problem: Problem) -> list[Genes]:
    """Return the exact candidate, then those in which one gene differs from it.

    What is in no group costs no loss, so of candidates with the same settings the first is there.
    """
    platform = problem.platform
    found = {}
    for branch in platform.branches:
        found.setdefault(platform.settings(branch), branch)
        for place in (place for group in platform.groups for place in group):
            for choice in platform.options(place, branch)[1:]:
                one = (*branch[:place], choice, *branch[place + 1:])
                found.setdefault(platform.settings(one), one)
    return list(found.values())


def additive(problem: Problem, budget: int) -> list[Found]:
    """Return the candidates alone, then those of fronts of sums: ``budget`` in all.

    Losses in few bits are not quite the sums of losses alone. So the front is evaluated in some
    rounds, and after each the summands are fitted to what is known.
    """
    known = problem.evaluate(alone(problem))
    summands = single = singles(problem, known)
    for left in range(ROUNDS, 0, -1):
        fronts = [_sums(problem, branch, summands) for branch in problem.platform.branches]
        share = -(-(budget - len(known)) // left)
        for number, (best, points) in enumerate(fronts):
            # Of settings that two branches have in common the loss is known, but not the price.
            there = {one.genes for one in known}
            fresh = [place for place, genes in enumerate(best) if genes not in there]
            room = min(-(-share // (len(fronts) - number)), budget - len(known))
            chosen = _ranked(points[fresh], room)
            known += problem.evaluate([best[fresh[place]] for place in chosen])
            share -= len(chosen)
        summands = fitted(problem, single, known)
    return known


def taken(problem: Problem, genes: Genes) -> list[tuple[int, int]]:
    """Return the genes that cost a loss and are not exact, with their choices."""
    return [(place, genes[place]) for group in problem.platform.groups for place in group
            if genes[place]]


def singles(problem: Problem, known: Sequence[Found]) -> dict[tuple[int, int], float]:
    """Return what each choice loses alone; ``known`` begins with the exact candidate."""
    exact = known[0].loss.loss
    found = {}
    for one in known:
        if len(choices := taken(problem, one.genes)) == 1:
            # A gain of a single gene is noise: it is not counted on.
            found.setdefault(choices[0], max(one.loss.loss - exact, 0.0))
    return found


def fitted(problem: Problem, single: Mapping[tuple[int, int], float],
            known: Sequence[Found]) -> dict[tuple[int, int], float]:
    """Return summands, at least 0, that explain ``known`` and stay near those of genes alone."""
    columns = {one: number for number, one in enumerate(single)}
    rows = np.zeros((len(known), len(columns)))
    for row, one in zip(rows, known, strict=True):
        row[[columns[choice] for choice in taken(problem, one.genes)]] = 1
    losses = np.array([one.loss.loss - known[0].loss.loss for one in known])
    alone_ = np.array(list(single.values()))
    # Ridge regression: each summand alone counts like one more candidate.
    change = np.linalg.solve(rows.T @ rows + np.eye(len(columns)),
                             rows.T @ (losses - rows @ alone_))
    return dict(zip(single, np.maximum(alone_ + change, 0).tolist(), strict=True))


def _sums(problem: Problem, branch: Genes, losses: Mapping[tuple[int, int], float],
          ) -> tuple[list[Genes], np.ndarray]:
    """Return affordable candidates of a branch with summed losses and objectives, to be minimised.

    No other has smaller sums of losses and of all costs; cheap in memory is cheap, too.
    """
    platform = problem.platform
    # States: chosen so far, by the order of groups; summed loss and costs.
    states: list[tuple[int, ...]] = [()]
    sums = np.zeros((1, 1))
    for number, group in enumerate(platform.groups):
        options = list(itertools.product(*(platform.options(place, branch) for place in group)))
        steps = np.array([[sum(losses.get(one, 0.0) for one in zip(group, option, strict=True)),
                           *platform.costs(number, option, branch)] for option in options])
        if not number:
            sums = np.zeros((1, steps.shape[1]))
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
    candidates = []
    for state in states:
        genes = list(branch)
        for place, choice in zip(order, state, strict=True):
            genes[place] = choice
        candidates.append(tuple(genes))
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
    """Return candidates that treat all layers alike."""
    return problem.evaluate(problem.platform.uniform())


def at_random(problem: Problem, count: int, seed: int) -> tuple[int, list[Found]]:
    """Draw ``count`` candidates; return how many that were, and the affordable ones, evaluated.

    What is not affordable is out, whatever it loses: it is drawn, but not run.
    """
    rng = random.Random(seed)
    drawn: dict[Genes, None] = {}
    for _ in range(20 * count):
        if len(drawn) == count:
            break
        drawn[problem.platform.repaired(tuple(
            rng.randrange(len(gene.choices)) for gene in problem.platform.genes))] = None
    return len(drawn), problem.evaluate([genes for genes in drawn if problem.affordable(genes)])
