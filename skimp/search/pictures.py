"""Networks that classify images in a search: an arithmetic for each layer, losses as jobs.

Top-1 of some hundred images orders nothing here: differences are below their error. So the search
minimises how far answers move, the Kullback-Leibler divergence from exact 8 bits, on training
images and without labels; fronts are then measured by top-1 on test images.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import numpy as np

from skimp.evaluate.workload import open_workload
from skimp.golden.arithmetic import parse
from skimp.golden.nets import network
from skimp.golden.nets.engine import Model
from skimp.golden.workloads.images import Images
from skimp.jobs.job import Job
from skimp.jobs.record import Record
from skimp.search.figures import Loss
from skimp.search.networks import Searched
from skimp.search.platforms.arrays import Product
from skimp.search.prefixes import Prefixes

__all__ = ["ImageLoss", "Pictures"]

#: Training images that candidates are compared on.
SEARCHED = 300
#: Those whose zeros are counted.
COUNTED = 16
Settings = tuple[str, ...]


@dataclass(frozen=True)
class ImageLoss(Job[Loss]):
    """The loss of a shipped network under an arithmetic for each layer that has modes.

    On the part ``search`` thousandths of a nat, against exact 8 bits, of each image; on ``test``
    points of top-1 on the first ``images`` test images, as `skimp evaluate` measures them.
    """

    network: str
    settings: Settings
    part: str = "search"
    images: int = 0

    kind = "loss"
    record: ClassVar[type[Record] | None] = Loss

    def run(self, needed: Mapping[Job[Any], Any]) -> Loss:
        """Run all images of the part."""
        if self.part == "search":
            moved = 1000 * _divergences(_searched(self.network).logits(
                ("exact",) * len(self.settings)), _searched(self.network).logits(self.settings))
            mean = float(moved.mean())
            return Loss(value=mean, loss=mean,
                        loss_error=float(moved.std(ddof=1) / np.sqrt(len(moved))))
        workload = _tested(self.network, self.images)
        score = workload.score(
            workload.run(dict(zip(_layers(workload), map(parse, self.settings), strict=True))),
            _reference(self.network, self.images))
        return Loss(value=100 * score.value, loss=100 * score.loss, loss_error=100 * score.error)


def _divergences(reference: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """Return the divergence of each answer in nats; `golden.nets.limits` takes its mean."""
    one, other = (x - np.logaddexp.reduce(x, axis=1, keepdims=True) for x in (reference, logits))
    return (np.exp(one) * (one - other)).sum(axis=1)


def _layers(workload: Images) -> list[str]:
    """Return the layers that have modes: depthwise ones gain nothing, and stay exact."""
    return [node.name for node in workload.quantized.reduced if node.op != "depthwise"]


_LOCK = threading.RLock()


@cache
def _tested(name: str, images: int) -> Images:
    return open_workload(name, network.shipped(name), images=images, data=None)


@cache
def _exact(name: str, images: int) -> np.ndarray:
    return _tested(name, images).run()


def _reference(name: str, images: int) -> np.ndarray:
    with _LOCK:
        return _exact(name, images)


@cache
def _busy(name: str) -> dict[str, float]:
    """Return the products of two operands that are not zero, of an image, by layer."""
    workload = _tested(name, 1)
    model = Model(workload.quantized)
    images = workload.choosing[:COUNTED]
    return {layer: int(model.layers[layer].usage(x).active[1]) / len(images)
            for layer, x in model.windows(images)}


@cache
def _prefixes(name: str) -> Prefixes:
    workload = _tested(name, 1)
    return Prefixes(workload.quantized, _layers(workload), workload.choosing[:SEARCHED])


def _searched(name: str) -> Prefixes:
    with _LOCK:                     # of two threads one makes it
        return _prefixes(name)


class Pictures(Searched):
    """A shipped network of Fashion-MNIST, as a search sees it.

    Parameters
    ----------
    name : str
    images : int
        Test images that fronts are measured on.
    """

    notes: ClassVar[str] = (
        "Loss on the search set: thousandths of a nat that answers move from exact 8 bits; on the "
        "test set: points of top-1. Settings: arithmetic of each layer that has modes")
    unit: ClassVar[str] = "thousandths of a nat"
    limit: ClassVar[float] = 12.0
    score: ClassVar[str] = "% top-1"
    #: An evaluation on test images takes some seconds.
    tested: ClassVar[tuple[str, ...]] = ("search",)

    def __init__(self, name: str, images: int = 1000):
        self.name, self.images = name, images
        self.data = (f"Fashion-MNIST: {SEARCHED} training images to search on, the first "
                     f"{images:,} test images to test on")

    @property
    def products(self) -> Mapping[str, Product]:
        """Its layers' products."""
        workload = _tested(self.name, 1)
        chosen, busy = _layers(workload), _busy(self.name)
        return {node.name: Product(*workload.quantized.shape(node), chosen=node.name in chosen,
                                   busy=busy[node.name])
                for node in workload.quantized.network.gemms}

    def loss(self, settings: Settings, parameters: str, part: str = "search") -> ImageLoss:
        """Return the job of a loss."""
        return ImageLoss(self.name, settings, part, self.images if part == "test" else 0)

    def short(self, settings: Settings) -> str:
        """Return the arithmetics in order, equal neighbours counted."""
        runs: list[list[Any]] = []
        for one in settings:
            if runs and runs[-1][0] == one:
                runs[-1][1] += 1
            else:
                runs.append([one, 1])
        return " ".join(one if count == 1 else f"{count}x {one}" for one, count in runs)

    def commands(self, settings: Settings) -> list[str]:
        """Return the command that measures the loss on the test set."""
        layers = ",".join(f"{name}={one}" for name, one in zip(
            _layers(_tested(self.name, 1)), settings, strict=True) if one != "exact")
        scheme = f"mixed:{layers}" if layers else "exact"
        return [f"skimp evaluate {self.name} --scheme {scheme} --images {self.images}"]
