"""The layers that a `golden.nets.network.Network` is made of: what each has, reads and gives."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

__all__ = ["GEMMS", "Node", "Tensor", "from_record", "infer", "to_record"]

#: Ops that are matrix products.
GEMMS = ("conv", "depthwise", "linear")


class Op(NamedTuple):
    """What a node of an op has: arrays and attributes, and how many of the former there must be."""

    arrays: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    inputs: int = 1


OPS = {
    "conv": Op(("weights",), ("bias",), ("stride", "pad")),
    "depthwise": Op(("weights",), ("bias",), ("stride", "pad")),
    "linear": Op(("weights",), ("bias",)),
    "batchnorm": Op(("gamma", "beta", "mean", "var"), (), ("eps",)),
    "relu": Op(attributes=("maximum",)),
    "add": Op(inputs=2),
    "maxpool": Op(attributes=("size", "stride", "pad")),
    "avgpool": Op(attributes=("size", "stride")),
    "globalavgpool": Op(),
    "flatten": Op(),
}
AXES = {"conv": 4, "depthwise": 3, "linear": 2}         # of the weights


class Tensor(NamedTuple):
    """What a node gives for an image.

    Parameters
    ----------
    shape : tuple of int
        ``(rows, columns, channels)``, or ``(features,)``.
    unsigned : bool
        Whether it is never negative, whatever the image.
    """

    shape: tuple[int, ...]
    unsigned: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Node:
    """A layer; `golden.nets.network` says which op has which attributes and arrays.

    Arrays become float32, ``pad`` becomes four numbers, and the stride of pooling its size where
    none is given.

    Raises
    ------
    TypeError
        If an array is not of real numbers.
    ValueError
        If the op is unknown, or an attribute, array or number of inputs is wrong.
    """

    name: str
    op: str
    inputs: tuple[str, ...] = ("input",)
    stride: int | None = None
    #: Top, left, bottom, right.
    pad: int | tuple[int, ...] = 0
    #: Side of a pooling window.
    size: int | None = None
    eps: float = 1e-5
    #: What a ReLU ends at; None: nowhere.
    maximum: float | None = None
    arrays: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self):
        if not isinstance(self.name, str) or not re.fullmatch(r"[\w.-]+", self.name):
            raise ValueError(f"A node's name must be of letters, digits, _, - and ., "
                             f"not {self.name!r}")
        if self.op not in OPS:
            raise ValueError(f"The op of {self.name} must be one of {', '.join(OPS)}, "
                             f"not {self.op!r}")
        op = OPS[self.op]
        if len(self.inputs) != op.inputs:
            raise ValueError(f"{self.name} ({self.op}) must have {op.inputs} inputs, "
                             f"not {len(self.inputs)}")
        self._check_attributes(op)
        self._check_arrays(op)

    def _check_attributes(self, op):
        if "size" in op.attributes:
            self._check_number("size", self.size, 1)
        if self.stride is None:
            object.__setattr__(self, "stride", self.size or 1)
        self._check_number("stride", self.stride, 1)
        pad = (self.pad,) * 4 if isinstance(self.pad, int) else tuple(self.pad)
        if len(pad) != 4:
            raise ValueError(f"pad of {self.name} must be one number or four, not {self.pad}")
        for side in pad:
            self._check_number("pad", side, 0)
        object.__setattr__(self, "pad", pad)
        for name, value in (("eps", self.eps), ("maximum", self.maximum)):
            if value is not None and not (isinstance(value, int | float) and 0 < value < np.inf):
                raise ValueError(f"{name} of {self.name} must be positive and finite, "
                                 f"not {value!r}")

    def _check_number(self, what, value, least):
        if not isinstance(value, int) or value < least:
            raise ValueError(f"{what} of {self.name} must be an integer, at least {least}, "
                             f"not {value!r}")

    def _check_arrays(self, op):
        for name in op.arrays:
            if name not in self.arrays:
                raise ValueError(f"{self.name} ({self.op}) must have the array {name}")
        arrays = {}
        for name, array in self.arrays.items():
            where = f"{self.name}.{name}"
            if name not in op.arrays + op.optional:
                raise ValueError(f"{self.name} ({self.op}) has no array {name}")
            array = np.asarray(array)
            if array.dtype.kind != "f":
                raise TypeError(f"{where} must be floating point, not {array.dtype}")
            axes = AXES[self.op] if name == "weights" else 1
            if array.ndim != axes or not array.size:
                raise ValueError(f"{where} must have {axes} axes and no empty one, "
                                 f"not the shape {array.shape}")
            with np.errstate(over="ignore"):            # what float32 does not hold is infinite
                array = array.astype(np.float32)
            if not np.isfinite(array).all():
                raise ValueError(f"{where} must be finite")
            arrays[name] = array
        lengths = {name: len(array) for name, array in arrays.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"The arrays of {self.name} must be of one length, not {lengths}")
        if "var" in arrays and arrays["var"].min() < 0:
            raise ValueError(f"{self.name}.var must not be negative, not {arrays['var'].min()}")
        object.__setattr__(self, "arrays", arrays)


def to_record(node):
    """Return what the graph's JSON text has of a node: name, op, inputs, attributes."""
    record = {"name": node.name, "op": node.op, "inputs": list(node.inputs)}
    for name in OPS[node.op].attributes:
        value = getattr(node, name)
        if value is not None:
            record[name] = list(value) if name == "pad" else value
    return record


def from_record(record, arrays):
    """Make a node from its part of the JSON text and the arrays of its file."""
    if not isinstance(record, dict) or not {"name", "op", "inputs"} <= set(record):
        raise ValueError(f"A node must have name, op and inputs, not be {record!r}")
    name, op, inputs = (record[key] for key in ("name", "op", "inputs"))
    if not isinstance(inputs, list) or not all(isinstance(item, str) for item in inputs):
        raise ValueError(f"The inputs of {name} must be a list of names, not {inputs!r}")
    extra = {key: record[key] for key in record if key not in ("name", "op", "inputs")}
    if isinstance(op, str) and op in OPS:
        for key in extra:
            if key not in OPS[op].attributes:
                raise ValueError(f"{name} ({op}) has no attribute {key}")
        own = OPS[op].arrays + OPS[op].optional
        own = {key: arrays[f"{name}.{key}"] for key in own if f"{name}.{key}" in arrays}
    else:
        own, extra = {}, {}
    pad = extra.get("pad", 0)
    if not isinstance(pad, int | list):
        raise ValueError(f"pad of {name} must be one number or four, not {pad!r}")
    return Node(name=name, op=op, inputs=tuple(inputs), arrays=own, **extra)


def _windows(node, shape, size):
    """Return how many windows fit, in rows and columns."""
    if len(shape) != 3:
        raise ValueError(f"{node.name} ({node.op}) must read rows, columns and channels, "
                         f"not the shape {shape}")
    top, left, bottom, right = node.pad
    padded = shape[0] + top + bottom, shape[1] + left + right
    if padded[0] < size[0] or padded[1] < size[1]:
        raise ValueError(f"The {size[0]} x {size[1]} window of {node.name} must fit in its padded "
                         f"input, not in {padded[0]} x {padded[1]}")
    if max(top, bottom) >= size[0] or max(left, right) >= size[1]:
        raise ValueError(f"pad of {node.name} must be less than its window, not {node.pad}")
    return tuple((padded[axis] - size[axis]) // node.stride + 1 for axis in (0, 1))


def _channels(node, shape, expected):
    if shape[-1] != expected:
        raise ValueError(f"{node.name} ({node.op}) must read {expected} channels, "
                         f"not the shape {shape}")


def _give(node, reads):
    """Return the tensor that a node makes of those it reads."""
    shape, unsigned = reads[0]
    weights = node.arrays.get("weights")
    if node.op in GEMMS and not unsigned:
        raise ValueError(f"What {node.name} ({node.op}) reads must never be negative, but "
                         f"{node.inputs[0]} may be: a ReLU is missing before it")
    if weights is not None and node.op == "conv":
        windows = _windows(node, shape, weights.shape[1:3])
        _channels(node, shape, weights.shape[3])
        return Tensor((*windows, len(weights)), False)
    if weights is not None and node.op == "depthwise":
        windows = _windows(node, shape, weights.shape[1:])
        _channels(node, shape, len(weights))
        return Tensor((*windows, len(weights)), False)
    if weights is not None:
        if shape != weights.shape[1:]:
            raise ValueError(f"{node.name} (linear) must read {weights.shape[1]} features, "
                             f"not the shape {shape}")
        return Tensor((len(weights),), False)
    if node.op == "batchnorm":
        _channels(node, shape, len(node.arrays["gamma"]))
        return Tensor(shape, False)
    if node.op == "relu":
        return Tensor(shape, True)
    if node.op == "add":
        if reads[1].shape != shape:
            raise ValueError(f"{node.name} must add tensors of one shape, not {shape} "
                             f"and {reads[1].shape}")
        return Tensor(shape, unsigned and reads[1].unsigned)
    if node.op in ("maxpool", "avgpool"):
        if any(node.pad) and not unsigned:
            raise ValueError(f"{node.name} pads with zeros, so what it reads must never be "
                             f"negative, but {node.inputs[0]} may be")
        return Tensor((*_windows(node, shape, (node.size,) * 2), shape[-1]), unsigned)
    if node.op == "globalavgpool":
        if len(shape) != 3:
            raise ValueError(f"{node.name} must read rows, columns and channels, not {shape}")
        return Tensor((shape[-1],), unsigned)
    return Tensor((int(np.prod(shape)),), unsigned)


def infer(input_shape, nodes):
    """Tell what each node gives; a ValueError names the first that does not fit.

    Returns
    -------
    dict of str to Tensor
        By name; ``"input"`` too.
    """
    tensors = {"input": Tensor(tuple(input_shape), True)}
    for node in nodes:
        if node.name in tensors:
            raise ValueError(f"Nodes must have names of their own, but {node.name} is there twice")
        for name in node.inputs:
            if name not in tensors:
                raise ValueError(f"{node.name} must read earlier nodes, but {name} is none")
        tensors[node.name] = _give(node, [tensors[name] for name in node.inputs])
    return tensors
