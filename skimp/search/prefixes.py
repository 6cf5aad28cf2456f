"""Runs of a network under many assignments of arithmetics, what they have in common made once."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np

from skimp.golden.arithmetic import parse
from skimp.golden.nets.codes import Codes, as_reals
from skimp.golden.nets.engine import BATCH, Model
from skimp.golden.nets.floating import as_images
from skimp.golden.nets.quantized import Quantized

__all__ = ["Prefixes"]

#: Bytes of layer results that are kept; the least recently used ones go first.
MOST = 1 << 30
Values = list[dict[str, Any]]


class Prefixes:
    """A network's answers to some images, under an arithmetic for each of some layers.

    What is live before each of these layers is kept, by the arithmetics of all layers before.

    Parameters
    ----------
    quantized : golden.nets.quantized.Quantized
    layers : sequence of str
        In the order of the network; all others are exact.
    images : uint8 array ``(images, rows, columns, channels)``
    """

    def __init__(self, quantized: Quantized, layers: Sequence[str], images: np.ndarray):
        self._quantized, self._layers = quantized, tuple(layers)
        nodes = quantized.network.nodes
        places = [[node.name for node in nodes].index(name) for name in layers]
        bounds = [0, *places, len(nodes)]
        self._segments = [nodes[begin:end] for begin, end in zip(bounds, bounds[1:], strict=False)]
        self._kept: OrderedDict[tuple[str, ...], Values] = OrderedDict()
        self._bytes = 0
        self._models: dict[tuple[str, str], Model] = {}
        self._lock = threading.Lock()
        read = as_images(quantized.network, images)
        self._start = self._run(Model(quantized), self._segments[0], [
            {"input": Codes(read[begin:begin + BATCH], quantized.steps["input"])}
            for begin in range(0, len(read), BATCH)])

    def logits(self, settings: Sequence[str]) -> np.ndarray:
        """Return the answers, float64 ``(images, classes)``; ``settings`` are arithmetics."""
        settings, values, known = tuple(settings), self._start, 0
        with self._lock:
            for count in range(len(settings), 0, -1):
                if settings[:count] in self._kept:
                    self._kept.move_to_end(settings[:count])
                    values, known = self._kept[settings[:count]], count
                    break
        for number in range(known, len(settings)):
            values = self._run(self._model(self._layers[number], settings[number]),
                               self._segments[number + 1], values)
            self._keep(settings[:number + 1], values)
        last = self._quantized.network.nodes[-1].name
        return np.concatenate([as_reals(one[last]) for one in values])

    def _model(self, layer: str, arithmetic: str) -> Model:
        with self._lock:
            if (layer, arithmetic) not in self._models:
                self._models[layer, arithmetic] = Model(self._quantized, {layer: parse(arithmetic)})
            return self._models[layer, arithmetic]

    @staticmethod
    def _run(model: Model, nodes: Any, values: Values) -> Values:
        after = [copy(one) for one in values]
        for one in after:
            for _ in model.resume(one, nodes):
                pass
        return after

    def _keep(self, settings: tuple[str, ...], values: Values) -> None:
        with self._lock:
            if settings in self._kept:
                return
            self._kept[settings] = values
            self._bytes += _size(values)
            while self._bytes > MOST and len(self._kept) > 1:
                self._bytes -= _size(self._kept.popitem(last=False)[1])


def _size(values: Values) -> int:
    return sum((one.codes if isinstance(one, Codes) else one).nbytes
               for each in values for one in each.values())
