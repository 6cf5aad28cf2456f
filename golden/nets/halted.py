"""A run that halts at a ReLU, so that ways to predict it are tried without what is before it.

Limits of predictors are judged by a network's answers some hundred times, with batch norm
recalibrated each time. What comes before the ReLU in question is the same in each of them.
"""

from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from skimp.golden.nets.codes import Codes, as_reals
from skimp.golden.nets.engine import BATCH, Model
from skimp.golden.nets.floating import as_images
from skimp.golden.nets.recalibrate import Running

__all__ = ["Halted", "Recalibration", "begin"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Recalibration:
    """How batch norm is recalibrated before answers are judged: see `golden.nets.recalibrate`."""

    #: uint8 ``(images, rows, columns, channels)``; full batches, as many as there are.
    images: np.ndarray
    averaging: str = "momentum"
    momentum: float = 0.1
    batch: int = 128


@dataclass(frozen=True, kw_only=True, eq=False)
class Halted:
    """A model's run over two sets of images, before one of its nodes; made by `begin`."""

    #: Without predictors; batch norms that are behind are recalibrated.
    model: Model
    recalibration: Recalibration | None
    #: Number of the node that is next.
    place: int
    #: What nodes from there on read, of each batch: of images to recalibrate with, and of those
    #: whose answers are wanted.
    calibrated: tuple[dict[str, Any], ...]
    judged: tuple[dict[str, Any], ...]

    def after(self, name, predictor=None):
        """Return the run as it halts behind the node ``name``; ``predictor`` is of the last one."""
        place = next(number for number, node in enumerate(self.model.network.nodes)
                     if node.name == name) + 1
        nodes, model = self.model.network.nodes[self.place:place], self.model
        calibrated, judged = (tuple(map(self._predicted(predictor), values))
                              for values in (self.calibrated, self.judged))
        if self.recalibration is not None:
            running = Running(model.statistics, averaging=self.recalibration.averaging,
                              momentum=self.recalibration.momentum)
            for values in calibrated:
                _run(model, values, nodes, running.batch())
            model = model.with_statistics(running.statistics)
        for values in judged:
            _run(model, values, nodes)
        return Halted(model=model, recalibration=self.recalibration, place=place,
                      calibrated=calibrated, judged=judged)

    def logits(self, predictor=None):
        """Return the answers, float64 ``(images, classes)``; ``predictor`` is of the last node."""
        last = self.model.network.nodes[-1].name
        return np.concatenate([as_reals(values[last])
                               for values in self.after(last, predictor).judged])

    def _predicted(self, predictor):
        """Return what copies a batch's values, with the last node's predicted."""
        name = self.model.network.nodes[self.place - 1].name

        def copied(values):
            values = copy(values)
            if predictor is not None:
                given = values[name]
                values[name] = Codes(predictor.apply(given.codes)[1], given.step)
            return values
        return copied


def _run(model, values, nodes, training=None):
    for _ in model.resume(values, nodes, training):
        pass


def begin(model, judged, recalibration=None):
    """Return the `Halted` run of a model, none of whose nodes has run.

    Parameters
    ----------
    model : golden.nets.engine.Model
        Its predictors are left out.
    judged : uint8 array ``(images, rows, columns, channels)``
    recalibration : Recalibration, optional
    """
    def batches(images, size):
        images = as_images(model.network, images)
        return tuple({"input": Codes(images[start:start + size], model.quantized.steps["input"])}
                     for start in range(0, len(images), size))

    calibrated = () if recalibration is None else batches(
        recalibration.images[:len(recalibration.images) // recalibration.batch
                             * recalibration.batch], recalibration.batch)
    return Halted(model=model.with_predictors({}), recalibration=recalibration, place=0,
                  calibrated=calibrated, judged=batches(judged, BATCH))
