"""What predictors spare a network: products, and clocks of an array."""

import math
from typing import NamedTuple

from skimp.golden.nets.measure import cost
from skimp.golden.nets.predict import sites
from skimp.golden.skip.cycles import SCHEDULES, cycles

__all__ = ["TIMED", "Counter", "Skipped", "clocks"]

#: Images that clocks are counted for, if nothing is said.
TIMED = 50


class Skipped(NamedTuple):
    """Shares of products that are not made, 0 to 1, and clocks of an image.

    All products are those of an image, zeros included, of all layers, the first and the last too.
    """

    #: Of all products; without those of projecting shortcuts; of those of all layers that can be
    #: predicted, as papers count.
    gross: float
    main: float
    of_predicted: float
    #: ``gross`` less the predictors' own products, weighed by their bits.
    net: float
    #: Of an image on the array: each layer by itself, predicted ones in two phases. The array is
    #: one without keep bits, whose tiles may follow each other sooner; predictors take no clocks.
    cycles: int
    #: The same with no output skipped, in one phase and in two.
    dense_cycles: int
    phase_cycles: int


class Counter:
    """Count what a model's predictors spare; ``Model.logits`` calls it with what nodes give.

    Parameters
    ----------
    model : golden.nets.engine.Model
    rows, cols : int
        Of the array whose clocks are counted.
    timed : int
        Images that clocks are counted for, the first ones.
    """

    def __init__(self, model, *, rows=16, cols=16, timed=TIMED):
        self.model, self.rows, self.cols, self.timed = model, rows, cols, timed
        self.every = sites(model.network)
        self.sites = {name: self.every[name] for name in self.every if name in model.predictors}
        self.images = dict.fromkeys(self.sites, 0)
        self.skipped = dict.fromkeys(self.sites, 0)
        self.clocks = dict.fromkeys(SCHEDULES, 0)

    def __call__(self, node, given):
        """Take what a node gives for a batch."""
        if node.name not in self.sites:
            return
        predictor, site = self.model.predictors[node.name], self.sites[node.name]
        keep = predictor.each(given.keep, site.shape[-1])
        self.skipped[node.name] += int((~keep).sum())
        for one in keep[:max(0, self.timed - self.images[node.name])]:
            for layer, k in zip(site.layers, site.k, strict=True):
                for schedule in SCHEDULES:
                    self.clocks[schedule] += _cycles(
                        self.model, layer, one, k=k, rows=self.rows, cols=self.cols,
                        kind=predictor.kind, schedule=schedule)
        self.images[node.name] += len(keep)

    def result(self) -> Skipped:
        """Return what was counted; a ValueError if there was no image or no predictor."""
        images = max(self.images.values(), default=0)
        if not images:
            raise ValueError("Nothing was counted: it takes an image and a predictor")
        whole, timed = cost(self.model, rows=self.rows, cols=self.cols), min(images, self.timed)
        gross = sum(sum(site.k) * self.skipped[name] for name, site in self.sites.items()) / images
        main = sum(site.k[0] * self.skipped[name] for name, site in self.sites.items()) / images
        here = sum(sum(site.k) * math.prod(site.shape) for site in self.every.values())
        own = sum(self.model.predictors[name].macs * math.prod(site.shape)
                  for name, site in self.sites.items())
        took = {name: whole.cycles + (count - self.clocks["dense"]) // timed
                  for name, count in self.clocks.items()}
        return Skipped(gross / whole.products, main / whole.products, gross / here,
                       (gross - own) / whole.products,
                       took["skip"], took["dense"], took["phases"])


def clocks(model, *, rows=16, cols=16):
    """Return what `golden.nets.limits.measure` takes as ``spared``: the share of all clocks.

    Of an image in one phase, nothing skipped, as `Counter` counts them; below 0 where two phases
    take longer.
    """
    found, whole = sites(model.network), cost(model, rows=rows, cols=cols).cycles

    def spared(name, predictor, keep):
        site = found[name]
        each = predictor.each(keep, site.shape[-1])
        size = {"rows": rows, "cols": cols, "kind": predictor.kind}
        count = sum(_cycles(model, layer, each[:1], k=k, schedule="dense", **size) * len(each)
                    - sum(_cycles(model, layer, one, k=k, schedule="skip", **size) for one in each)
                    for layer, k in zip(site.layers, site.k, strict=True))
        return count / (len(each) * whole)
    return spared


def _cycles(model, layer, keep, **size):
    return cycles(keep, threads=model.chosen[layer].products_per_step,
                  blocks=model.network[layer].by_channel, **size)
