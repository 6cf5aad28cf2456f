"""Networks that classify images: those of Fashion-MNIST by default."""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np

from skimp.golden.nets import network
from skimp.golden.nets.dataset import training_images
from skimp.golden.nets.engine import Model
from skimp.golden.nets.measure import accuracy
from skimp.golden.nets.quantized import Quantized, quantize

__all__ = ["CALIBRATION", "Images", "in_hardware"]

#: Training images that steps, and keys of orderings, are fitted to.
CALIBRATION = 50


@dataclass(frozen=True, kw_only=True, eq=False)
class Images:
    """A quantised network and the images that it is scored on: a `golden.workloads.base.Workload`.

    Answers are logits ``(images, classes)``, the largest of which counts.
    """

    metric: ClassVar[str] = "top-1"
    higher_is_better: ClassVar[bool] = True

    name: str
    quantized: Quantized
    #: uint8 ``(images, rows, columns, channels)``, and a class each.
    images: np.ndarray
    labels: np.ndarray
    #: Unlabelled images, to recalibrate with.
    training: np.ndarray
    #: Unlabelled images, to choose limits of predictors with.
    choosing: np.ndarray
    #: Which images are used for what.
    conditions: dict[str, str | int]

    def run(self, chosen=None, progress=None):
        """Return the logits, float64; ``chosen`` and ``progress`` as `golden.nets.engine` says."""
        return Model(self.quantized, chosen).logits(self.images, progress)

    def score(self, answers, reference):
        """Return the `golden.workloads.base.Score` of logits: shares of right answers, 0 to 1."""
        return accuracy(answers, self.labels, reference)


@cache
def in_hardware(name) -> Model:
    """Return a shipped network in exact 8 bits, as its traffic is measured.

    Its steps are those that its file notes; else they are calibrated on 50 training images.
    """
    net = network.shipped(name)
    return Model(quantize(net, training_images(CALIBRATION)[0], net.metadata.get("steps")))
