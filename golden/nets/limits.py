"""Limits of a network's predictors, chosen on calibration images and without labels.

Each channel by itself, see `golden.skip`; then a level for each layer, by how far the network's
answers move if that layer alone is predicted.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from skimp.golden.nets.engine import BATCH
from skimp.golden.nets.predict import sites
from skimp.golden.predictor import Predictor
from skimp.golden.skip.choose import curves_of, pick

__all__ = ["Levels", "divergence", "measure", "outputs", "shares", "total_macs"]

#: Levels that are measured, of all layers together; of a layer between these.
LEVELS, FEWEST, MOST = 72, 10, 36


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


@dataclass(frozen=True, kw_only=True, eq=False)
class Levels:
    """What each layer's levels skip, and how much they hurt."""

    #: By ReLU, the predictors of each level.
    predictors: Mapping[str, tuple[Predictor, ...]]
    #: Shares of all products, and divergences, ``(layers, levels)``.
    saved: np.ndarray
    harm: np.ndarray

    def at(self, target):
        """Return the predictors that skip a share of all products, or as much as they can.

        They skip more where the least level of a layer already does. Layers that nothing is gained
        from are not among them.
        """
        picked = pick(self.saved, self.harm, target)
        return {name: levels[level] for (name, levels), level in
                zip(self.predictors.items(), picked, strict=True) if level >= 0}


def measure(model, predictors, images, judged, *, adapted=None, progress=None):
    """Return the `Levels` of a network's predictors, whose own limits do not matter.

    Parameters
    ----------
    model : golden.nets.engine.Model
        Without predictors, under the arithmetic that they work together with.
    predictors : dict of str to Predictor
        By ReLU.
    images, judged : uint8 arrays ``(images, rows, columns, channels)``
        On which limits are chosen, and on which answers are compared; none that accuracy is
        reported on.
    adapted : callable, optional
        ``adapted(model)`` returns the model whose answers are compared, such as one with batch norm
        recalibrated: if that is how it will be used, levels are ranked better so.
    progress : callable, optional
        ``progress()`` is called after each level.
    """
    def answers(one):
        return (one if adapted is None else adapted(one)).logits(judged)

    found, total = sites(model.network), total_macs(model)
    codes = outputs(model, images, predictors)
    reference, levels = answers(model), shares(len(predictors))
    chosen, saved, harm = {}, [], []
    for name, predictor in predictors.items():
        x, site = codes.pop(name), found[name]
        macs = sum(site.k) * predictor.sizes(x.shape[-1])
        curves = curves_of(predictor, x, macs)
        tried = tuple(predictor.with_limits(curves.skipping(share)) for share in levels)
        chosen[name] = tried
        saved.append([float((~one.keep(x)).sum(axis=(0, 1, 2)) @ macs) / (len(x) * total)
                      for one in tried])
        row = []
        for one in tried:
            row.append(divergence(reference, answers(model.with_predictors({name: one}))))
            if progress is not None:
                progress()
        harm.append(row)
    return Levels(predictors=chosen, saved=np.array(saved), harm=np.array(harm))
