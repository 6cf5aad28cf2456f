"""Limits of a network's predictors, chosen on calibration images and without labels.

Each channel by itself, see `golden.skip`; then a level for each layer, by how far the network's
answers move. First if that layer alone is predicted; then, around what was picked so, if all of
them are: errors of layers do not simply add up.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from skimp.golden.nets.engine import BATCH
from skimp.golden.nets.halted import Halted, begin
from skimp.golden.nets.predict import sites
from skimp.golden.predictor import Predictor
from skimp.golden.skip.choose import curves_of, pick

__all__ = ["ROUNDS", "Levels", "divergence", "measure", "outputs", "products", "shares",
           "total_macs"]

#: Levels that are measured, of all layers together; of a layer between these.
LEVELS, FEWEST, MOST = 72, 10, 36
#: Times that levels are picked again around those picked before, at most.
ROUNDS = 2


def shares(layers):
    """Return the shares of predictable activations that are skipped at a layer's levels."""
    count = min(max(LEVELS // layers, FEWEST), MOST)
    return tuple(np.arange(1, count) / count)


def total_macs(model):
    """Return the products of an image, those of all layers."""
    return sum(model.quantized.shape(node).products for node in model.network.gemms)


def outputs(model, images, names):
    """Return the codes that ReLUs give, uint8 ``(images, rows, columns, channels)``, by name."""
    parts = {name: [] for name in names}
    for start in range(0, len(images), BATCH):
        for node, _, given in model.run(images[start:start + BATCH]):
            if node.name in parts:
                parts[node.name].append(given.codes)
    return {name: np.concatenate(part) for name, part in parts.items()}


def divergence(reference, logits):
    """Return the mean Kullback-Leibler divergence of answers from reference answers, in nats."""
    one, other = (x - np.logaddexp.reduce(x, axis=1, keepdims=True) for x in (reference, logits))
    return float((np.exp(one) * (one - other)).sum(axis=1).mean())


def products(model):
    """Return what `measure` takes as ``spared``: the share of all products that is not made."""
    found, total = sites(model.network), total_macs(model)

    def spared(name, predictor, keep):
        sizes = predictor.sizes(found[name].shape[-1])
        return sum(found[name].k) * float((~keep).sum(axis=(0, 1, 2)) @ sizes) / (len(keep) * total)
    return spared


@dataclass(frozen=True, kw_only=True, eq=False)
class Levels:
    """What each layer's levels spare, and how much they hurt if the layer alone is predicted."""

    #: By ReLU, the predictors of each level; None, the first, does without.
    predictors: Mapping[str, tuple[Predictor | None, ...]]
    #: Shares of what `measure` was told to count, not negative, and divergences,
    #: ``(layers, levels)``.
    saved: np.ndarray
    harm: np.ndarray
    #: The run before its first node, and the answers that others are compared with.
    start: Halted
    reference: np.ndarray

    def at(self, target, progress=None):
        """Return the predictors that spare a share ``target``, or as much as they can.

        They spare more where the least level of a layer already does. Layers that nothing is gained
        from are not among them. ``progress()`` is called after each of up to `ROUNDS` rounds.
        """
        picked = pick(self.saved, self.harm, target)
        least = self._together(picked)
        for _ in range(ROUNDS):
            other = pick(self.saved, self._around(picked, least), target)
            hurts = self._together(other)
            if progress is not None:
                progress()
            if hurts >= least:
                break
            picked, least = other, hurts
        return {name: one for name, one in self._named(picked) if one is not None}

    def _named(self, picked):
        return [(name, levels[level]) for (name, levels), level in
                zip(self.predictors.items(), picked, strict=True)]

    def _together(self, picked):
        """Return the divergence if each layer has the level that was picked for it."""
        return self._rest(self.start.after(next(iter(self.predictors))), 0, picked)

    def _rest(self, run, layer, picked):
        """Return the divergence of a run that halted at a layer, by its number, if it goes on so.
        """
        (_, last), *behind = self._named(picked)[layer:]
        for name, predictor in behind:
            run, last = run.after(name, last), predictor
        return divergence(self.reference, run.logits(last))

    def _around(self, picked, least):
        """Return divergences if a single layer has another level than picked, the next or last.

        ``(layers, levels)``: ``least`` at those picked, infinite where not measured.
        """
        harm = np.full(self.harm.shape, np.inf)
        run, last = self.start, None
        for layer, (name, predictor) in enumerate(self._named(picked)):
            run, last = run.after(name, last), predictor
            harm[layer, picked[layer]] = least
            for level in (picked[layer] - 1, picked[layer] + 1):
                if 0 <= level < len(self.predictors[name]):
                    other = picked.copy()
                    other[layer] = level
                    harm[layer, level] = self._rest(run, layer, other)
        return harm


def measure(model, predictors, images, judged, *, recalibration=None, spared=None, progress=None):
    """Return the `Levels` of a network's predictors, whose own limits do not matter.

    Parameters
    ----------
    model : golden.nets.engine.Model
        Without predictors, under the arithmetic that they work together with.
    predictors : dict of str to Predictor
        By ReLU, in the order of the network.
    images, judged : uint8 arrays ``(images, rows, columns, channels)``
        On which limits are chosen, and on which answers are compared; none that accuracy is
        reported on.
    recalibration : golden.nets.halted.Recalibration, optional
        If batch norm will be recalibrated: levels are ranked better if it is for each of them, too.
    spared : callable, optional
        ``spared(name, predictor, keep)`` returns what a level spares, of what targets are shares
        of; by default `products`.
    progress : callable, optional
        ``progress()`` is called after each level.
    """
    spared = products(model) if spared is None else spared
    found, codes = sites(model.network), outputs(model, images, predictors)
    start = begin(model, judged, recalibration)
    reference, run = start.logits(), start
    chosen: dict[str, tuple[Predictor | None, ...]] = {}
    saved, harm, levels = [], [], shares(len(predictors))
    for name, predictor in predictors.items():
        x = codes.pop(name)
        curves = curves_of(predictor, x, sum(found[name].k) * predictor.sizes(x.shape[-1]))
        tried = tuple(predictor.with_limits(curves.skipping(share)) for share in levels)
        run = run.after(name)
        chosen[name] = None, *tried
        saved.append([0.0, *(max(0.0, spared(name, one, one.keep(x))) for one in tried)])
        hurts = [0.0]
        for one in tried:
            hurts.append(divergence(reference, run.logits(one)))
            if progress is not None:
                progress()
        harm.append(hurts)
    return Levels(predictors=chosen, saved=np.array(saved), harm=np.array(harm), start=start,
                  reference=reference)

