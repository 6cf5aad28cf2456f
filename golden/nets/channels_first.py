"""Building a `Network` from layers that have channels first, as PyTorch and ONNX have them."""

import math
import re

import numpy as np

from skimp.golden.nets.network import Network, Node
from skimp.golden.nets.nodes import infer

__all__ = ["ChannelsFirst", "Refusal", "require"]


class Refusal(Exception):
    """Why a layer cannot be taken over; who raises it does not know the layer's name."""


def require(condition, reason):
    """Raise a `Refusal` unless the condition holds."""
    if not condition:
        raise Refusal(reason)


class ChannelsFirst:
    """A network in the making: takes layers in order and turns their arrays to channels last.

    A flattened tensor is the one place where the order of channels shows: here it is rows, columns,
    channels, there it was channels, rows, columns. What reads such features (a linear layer, batch
    norm) has its arrays reordered to match.
    """

    def __init__(self, input_shape, input_step):
        self.input_shape, self.input_step = tuple(input_shape), input_step
        self.nodes = []
        #: Which of the original features each feature is, by name, where the order differs.
        self._order = {}

    def shape(self, name):
        """Return the shape of what a node gives, or of ``"input"``, channels last."""
        return infer(self.input_shape, self.nodes)[name].shape

    def add(self, name, op, inputs, arrays=None, **attributes):
        """Append a node and return its name.

        Parameters
        ----------
        name : str
            Characters that the format does not have become ``_``; a number makes it unique.
        op : str
            Of `golden.nets.network`.
        inputs : sequence of str
            Names that `add` returned, or ``"input"``.
        arrays : dict of str to array, optional
            Channels first: weights ``(filters, channels, rows, columns)`` for a convolution,
            ``(channels, 1, rows, columns)`` for a depthwise one. None stands for no array.
        attributes
            As of `Node`.

        Raises
        ------
        ValueError
            If the layer does not fit what it reads; the sentence names it.
        """
        name = self._unique(name)
        arrays = {key: np.asarray(array) for key, array in (arrays or {}).items()
                  if array is not None}
        orders = [self._order.get(key) for key in inputs]
        order = orders[0]
        if op == "add" and orders[0] != orders[1]:
            raise ValueError(f"{name} must not add flattened features to others, whose order "
                             f"differs once channels come last")
        if op == "conv":
            arrays["weights"] = arrays["weights"].transpose(0, 2, 3, 1)
        elif op == "depthwise":
            arrays["weights"] = arrays["weights"][:, 0]
        elif op == "linear" and order is not None and arrays["weights"].shape[1] == len(order):
            arrays["weights"] = arrays["weights"][:, list(order)]
        elif op == "batchnorm" and order is not None:
            arrays = {key: array[list(order)] if len(array) == len(order) else array
                      for key, array in arrays.items()}
        self.nodes.append(Node(name=name, op=op, inputs=tuple(inputs), arrays=arrays, **attributes))
        shape = self.shape(inputs[0])                   # refuses a node that does not fit
        if op == "flatten" and len(shape) == 3 and min(math.prod(shape[:2]), shape[2]) > 1:
            *plane, channels = shape
            features = np.arange(math.prod(shape)).reshape(channels, *plane)
            self._order[name] = tuple(features.transpose(1, 2, 0).ravel().tolist())
        elif op != "linear" and order is not None:
            self._order[name] = order
        return name

    def _unique(self, name):
        name = re.sub(r"[^\w.-]", "_", name, flags=re.ASCII) or "layer"
        used = {node.name for node in self.nodes} | {"input"}
        if name not in used:
            return name
        return next(f"{name}_{number}" for number in range(1, len(used) + 1)
                    if f"{name}_{number}" not in used)

    def network(self, metadata):
        """Return the whole, checked; its result is what the last node gives.

        Raises
        ------
        ValueError
            If it is not a network of `golden.nets.network`.
        """
        if not self.nodes:
            raise ValueError("A network must have layers, not none")
        last = self.nodes[-1].name
        if last in self._order:
            raise ValueError(f"{last} must not be the result: the order of its features differs "
                             f"once channels come last")
        return Network(input_shape=self.input_shape, classes=self.shape(last)[-1],
                       nodes=tuple(self.nodes), input_step=self.input_step,
                       metadata=dict(metadata or {}))
