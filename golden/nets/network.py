"""The file of a network in floating point, of a `golden.nets.graph.Network`.

The file is an ``.npz``. Its array ``graph`` is JSON text, an object of four members:

format
    1.
input
    The shape of an image, ``[rows, columns, channels]``. Pixels are uint8.
input_step
    What a unit of a pixel is worth; 1/255 brings pixels to ``[0, 1]``. Nothing else may be done to
    pixels: activations are unsigned.
classes
    How many logits the last node gives; the largest is the network's answer.
nodes
    The layers, each behind those it reads. A node has a ``name`` of
    letters, digits, ``_``, ``-`` and ``.``; an ``op``; ``inputs``, names of earlier nodes or
    ``"input"``; and the attributes of its op. The last node is the result; all others are read.

============== ===================== =============================================================
op             attributes            arrays, ``name.array`` in the file; [optional]
============== ===================== =============================================================
conv           [stride], [pad]       weights (filters, rows, columns, channels), [bias (filters,)]
depthwise      [stride], [pad]       weights (channels, rows, columns), [bias (channels,)]
linear                               weights (filters, inputs), [bias (filters,)]
batchnorm      [eps]                 gamma, beta, mean, var (channels,)
relu           [maximum]
add
maxpool        size, [stride], [pad]
avgpool        size, [stride]
globalavgpool
flatten
============== ===================== =============================================================

Tensors have channels last. ``stride`` is 1 by default, that of pooling its size. ``pad``, 0 by
default, is zeros around the image: a number, or ``[top, left, bottom, right]``. Pixels at the far
sides that fill no window are dropped. ``eps`` is 1e-5 by default; ``maximum`` clips a ReLU, as 6
does in ReLU6. ``flatten`` gives rows, columns, channels, channels fastest. Floats are stored in 16
or 32 bits and become float32. ``metadata`` is JSON text, any object.

Convolutions, depthwise ones and linear layers are matrix products ("GEMMs") of unsigned activations
in hardware. So what they read must never be negative: pixels, the result of a ReLU, or pooled,
added or flattened from such.
"""

import json
from pathlib import Path

import numpy as np

from skimp.golden.nets.graph import Network
from skimp.golden.nets.npz import json_object, read_npz, write_npz
from skimp.golden.nets.ops import OPS

__all__ = ["SHIPPED", "load", "record", "save", "shipped"]

FORMAT = 1

#: The networks that come with the project, by the name of their file.
SHIPPED = ("lenet5", "resnet8", "resnet8_kure", "resnet8_pruned", "resnet8_zap", "dscnn")


def save(path, network, *, half=False):
    """Write a network to an ``.npz`` file; the same network gives the same bytes.

    Parameters
    ----------
    path : path
    network : Network
    half : bool
        Store the floats in 16 bits, rounded to nearest; mean and variance stay in 32.

    Raises
    ------
    ValueError
        If a number is too large for 16 bits.
    """
    graph = {"format": FORMAT, "input": list(network.input_shape),
             "input_step": network.input_step, "classes": network.classes,
             "nodes": [record(node) for node in network.nodes]}
    arrays = {"graph": np.array(json.dumps(graph)),
              "metadata": np.array(json.dumps(network.metadata))}
    for node in network.nodes:
        for name, array in node.arrays.items():
            short = half and name not in ("mean", "var")
            if short and np.abs(array).max() > np.finfo(np.float16).max:
                raise ValueError(f"{node.name}.{name} must fit in 16 bits, "
                                 f"not reach {np.abs(array).max()}")
            arrays[f"{node.name}.{name}"] = array.astype(np.float16 if short else np.float32)
    write_npz(Path(path), arrays)


def load(path):
    """Load a network from an ``.npz`` file in this module's format.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is not in the format, or its layers do not fit together.
    """
    path = Path(path)
    arrays = read_npz(path)
    try:
        return _network(arrays)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path.name}: {error}") from error


def _network(arrays):
    graph, metadata = (json_object(arrays, name, "A network's file")
                       for name in ("graph", "metadata"))
    if set(graph) != {"format", "input", "input_step", "classes", "nodes"}:
        raise ValueError(f"The graph must have format, input, input_step, classes and nodes, "
                         f"not {', '.join(graph) or 'nothing'}")
    if graph["format"] != FORMAT:
        raise ValueError(f"The format must be {FORMAT}, not {graph['format']!r}")
    if not isinstance(graph["nodes"], list) or not isinstance(graph["input"], list):
        raise ValueError("The graph's nodes and input must be lists")
    if not isinstance(graph["input_step"], int | float):
        raise ValueError(f"The input step must be a number, not {graph['input_step']!r}")
    nodes = tuple(_node(record, arrays) for record in graph["nodes"])
    network = Network(input_shape=tuple(graph["input"]), classes=graph["classes"], nodes=nodes,
                      input_step=float(graph["input_step"]), metadata=metadata)
    known = {f"{node.name}.{name}" for node in nodes for name in node.arrays}
    for name in arrays:
        if name not in known | {"graph", "metadata"}:
            raise ValueError(f"Every array must belong to a node, but {name} does not")
    return network


def record(node):
    """Return the part of the JSON text for a node: name, op, inputs, attributes."""
    record = {"name": node.name, "op": node.op, "inputs": list(node.inputs)}
    values = {name: getattr(node, name) for name in node.attributes}
    return record | {name: list(value) if name == "pad" else value
                     for name, value in values.items() if value is not None}


def _node(record, arrays):
    """Make a node from its part of the JSON text and the arrays of its file."""
    if not isinstance(record, dict) or not {"name", "op", "inputs"} <= set(record):
        raise ValueError(f"A node must have name, op and inputs, not be {record!r}")
    name, op, inputs = (record[key] for key in ("name", "op", "inputs"))
    if not isinstance(inputs, list) or not all(isinstance(item, str) for item in inputs):
        raise ValueError(f"The inputs of {name} must be a list of names, not {inputs!r}")
    if not isinstance(op, str) or op not in OPS:
        raise ValueError(f"The op of {name} must be one of {', '.join(OPS)}, not {op!r}")
    kind = OPS[op]
    attributes = {key: record[key] for key in record if key not in ("name", "op", "inputs")}
    for key in attributes:
        if key not in kind.attributes:
            raise ValueError(f"{name} ({op}) has no attribute {key}")
    own = {key: arrays[f"{name}.{key}"] for key in kind.needed | kind.optional
           if f"{name}.{key}" in arrays}
    return kind(name=name, inputs=tuple(inputs), arrays=own, **attributes)


def shipped(name):
    """Load a network of `SHIPPED`; raise a ValueError if ``name`` is not among them."""
    if name not in SHIPPED:
        raise ValueError(f"A shipped network is one of {', '.join(SHIPPED)}, not {name!r}")
    return load(Path(__file__).with_name("weights") / f"{name}.npz")
