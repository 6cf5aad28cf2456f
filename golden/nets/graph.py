"""A network in floating point: a graph of layers, checked as a whole."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from skimp.golden.nets.ops import BatchNorm, Op, Product, Tensor

__all__ = ["Network", "infer"]


def infer(input_shape, nodes) -> dict[str, Tensor]:
    """Return the result of each node, and ``"input"``, by name; a ValueError names a misfit."""
    tensors = {"input": Tensor(tuple(input_shape), True)}
    for node in nodes:
        if node.name in tensors:
            raise ValueError(f"Nodes must have names of their own, but {node.name} is there twice")
        for name in node.inputs:
            if name not in tensors:
                raise ValueError(f"{node.name} must read earlier nodes, but {name} is none")
        tensors[node.name] = node.infer(*(tensors[name] for name in node.inputs))
    return tensors


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """A network whose layers fit together.

    Raises
    ------
    TypeError
        If an array or attribute is of the wrong type.
    ValueError
        If the nodes are not as `golden.nets.network` says; the sentence names the node.
    """

    #: Rows, columns and channels of an image.
    input_shape: tuple[int, int, int]
    #: Logits of the last node.
    classes: int
    nodes: tuple[Op, ...]
    #: What a unit of a pixel is worth.
    input_step: float = 1 / 255
    #: Where the network comes from; anything JSON has.
    metadata: dict = field(default_factory=dict)

    def __post_init__(self):
        if len(self.input_shape) != 3 or not all(
                isinstance(size, int) and size > 0 for size in self.input_shape):
            raise ValueError(f"The input must have rows, columns and channels, "
                             f"not the shape {self.input_shape}")
        if not (np.isfinite(self.input_step) and self.input_step > 0):
            raise ValueError(f"The input step must be positive and finite, not {self.input_step}")
        if not self.nodes:
            raise ValueError("A network must have nodes, not none")
        result = self.tensors[self.nodes[-1].name]
        if result.shape != (self.classes,):
            raise ValueError(f"The last node must give {self.classes} classes, but "
                             f"{self.nodes[-1].name} gives the shape {result.shape}")
        if not self.gemms:
            raise ValueError("A network must have a convolution or linear layer, not none")
        read = {name for node in self.nodes for name in node.inputs}
        for node in self.nodes[:-1]:
            if node.name not in read:
                raise ValueError(f"Every node but the last must be read, but {node.name} is not")

    @cached_property
    def tensors(self):
        """The results of nodes, and ``"input"``: a dict of `golden.nets.ops.Tensor`."""
        return infer(self.input_shape, self.nodes)

    @cached_property
    def gemms(self):
        """The convolutions, depthwise ones and linear layers, in order: a tuple of `Product`."""
        return tuple(node for node in self.nodes if isinstance(node, Product))

    @cached_property
    def norms(self):
        """The batch norms, in order: a tuple of `BatchNorm`."""
        return tuple(node for node in self.nodes if isinstance(node, BatchNorm))

    def __getitem__(self, name):
        """Return the node of that name; a ValueError if there is none."""
        for node in self.nodes:
            if node.name == name:
                return node
        raise ValueError(f"The network has the layers {', '.join(n.name for n in self.nodes)}, "
                         f"not {name!r}")
