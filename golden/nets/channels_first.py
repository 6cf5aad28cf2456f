"""Building a `Network` from layers that have channels first, as PyTorch and ONNX have them."""

import re

import numpy as np

from skimp.golden.nets.graph import Network, infer

__all__ = ["ChannelsFirst", "Refusal", "require"]


class Refusal(Exception):
    """Why a layer cannot be imported; the caller adds the layer's name."""


def require(condition, reason):
    """Raise a `Refusal` unless the condition holds."""
    if not condition:
        raise Refusal(reason)


class ChannelsFirst:
    """A network under construction: adds layers in order, their arrays turned to channels last.

    Only a flattened tensor shows the order of channels: here rows, columns, channels; there
    channels, rows, columns. Layers that read its features have their arrays reordered to match.
    """

    def __init__(self, input_shape, input_step):
        self.input_shape, self.input_step = tuple(input_shape), input_step
        self.nodes = []
        #: Which of the original features each feature is, by name; None where none has moved.
        self._order = {"input": None}

    def shape(self, name):
        """Return the shape of a node's result, or of ``"input"``, channels last."""
        return infer(self.input_shape, self.nodes)[name].shape

    def add(self, op, name, inputs, arrays=None, **attributes):
        """Append a node and return its name.

        Parameters
        ----------
        op : class of `golden.nets.ops`
        name : str
            Characters outside the format become ``_``; a number makes the name unique.
        inputs : sequence of str
            Names that `add` returned, or ``"input"``.
        arrays : dict of str to array, optional
            Channels first: weights ``(filters, channels, rows, columns)`` for a convolution,
            ``(channels, 1, rows, columns)`` if depthwise. None means no array.
        attributes
            Of the op.

        Raises
        ------
        ValueError
            If the layer does not fit what it reads; the sentence names it.
        """
        name = self._unique(name)
        orders = [self._order[key] for key in inputs]
        arrays = {key: np.asarray(array) for key, array in (arrays or {}).items()
                  if array is not None}
        node = op(name=name, inputs=tuple(inputs), arrays=op.channels_last(arrays, orders[0]),
                  **attributes)
        self._order[name] = node.order(self.shape(inputs[0]), *orders)
        self.nodes.append(node)
        self.shape(name)                                # refuses a node that does not fit
        return name

    def _unique(self, name):
        name = re.sub(r"[^\w.-]", "_", name, flags=re.ASCII) or "layer"
        used = {node.name for node in self.nodes} | {"input"}
        if name not in used:
            return name
        return next(f"{name}_{number}" for number in range(1, len(used) + 1)
                    if f"{name}_{number}" not in used)

    def network(self, metadata):
        """Return the network, checked; its last node gives the result.

        Raises
        ------
        ValueError
            If it is not a network of `golden.nets.network`.
        """
        if not self.nodes:
            raise ValueError("A network must have layers, not none")
        last = self.nodes[-1].name
        if self._order[last] is not None:
            raise ValueError(f"{last} must not be the result: the order of its features differs "
                             f"once channels come last")
        return Network(input_shape=self.input_shape, classes=self.shape(last)[-1],
                       nodes=tuple(self.nodes), input_step=self.input_step,
                       metadata=dict(metadata or {}))
