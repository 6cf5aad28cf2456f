"""From an ONNX model to a `golden.nets.graph.Network`; needs this project's extra ``onnx``.

Supported are Conv (plain or depthwise), Gemm, MatMul with a constant and the Add of a bias behind
it, BatchNormalization, Relu, Clip from 0, Add, MaxPool, AveragePool, GlobalAveragePool and the
equivalent ReduceMean, Flatten and Reshape to two axes, Constant, and Identity and Dropout, which
inference skips. Weights must be constants of the model. Exporters often fold batch norm into the
convolution before it; then none is left to recalibrate.
"""

import importlib
import math
from pathlib import Path

import numpy as np

from skimp.golden.nets import ops
from skimp.golden.nets.channels_first import ChannelsFirst, Refusal, require
from skimp.golden.nets.graph import Network
from skimp.golden.nets.onnx_file import read_model

__all__ = ["load"]


class _Importer:
    """Walks the nodes of a graph; a method per operator adds its layers."""

    def __init__(self, onnx, graph, input_step):
        self.onnx, self.graph = onnx, graph
        self.constants = {tensor.name: onnx.numpy_helper.to_array(tensor)
                          for tensor in graph.initializer}
        self.constants |= {
            node.output[0]: onnx.numpy_helper.to_array(attribute.t) for node in graph.node
            for attribute in node.attribute
            if (node.op_type, attribute.name) == ("Constant", "value")}
        inputs = [value for value in graph.input if value.name not in self.constants]
        if len(inputs) != 1 or len(graph.output) != 1:
            raise ValueError(f"A model must have one input and one output, "
                             f"not {len(inputs)} and {len(graph.output)}")
        shape = [size.dim_value for size in inputs[0].type.tensor_type.shape.dim]
        if len(shape) != 4 or min(shape[1:]) < 1:
            raise ValueError(f"The input {inputs[0].name} must have the shape (images, channels, "
                             f"rows, columns), known but for the images, not {tuple(shape)}")
        self.building = ChannelsFirst((shape[2], shape[3], shape[1]), input_step)
        #: Name in the network of what a tensor of the model holds.
        self.names = {inputs[0].name: "input"}
        self.readers = {}
        for node in graph.node:
            for name in node.input:
                self.readers.setdefault(name, []).append(node)

    def network(self, metadata):
        for node in self.graph.node:
            where = node.name or (node.output[0] if node.output else "")
            try:
                require(node.domain in ("", "ai.onnx"), f"its domain is {node.domain}")
                handler = _OPS.get(node.op_type)
                if handler is None:
                    raise Refusal("it is none of the known operators")
                if not (node.op_type == "Add" and node.output[0] in self.names):
                    handler(self, node, {attribute.name: self.onnx.helper.get_attribute_value(
                        attribute) for attribute in node.attribute})
            except Refusal as refusal:
                raise ValueError(f"The node {where} ({node.op_type}) cannot be imported: "
                                 f"{refusal}") from None
        output = self.graph.output[0].name
        if not self.building.nodes or self.names.get(output) != self.building.nodes[-1].name:
            raise ValueError(f"The last node must give the model's output {output}")
        return self.building.network(metadata)

    def read(self, node, index=0):
        """Return the network's name of a tensor that ``node`` reads."""
        require(len(node.input) > index and node.input[index] in self.names,
                f"its input {index} must come from the image")
        return self.names[node.input[index]]

    def constant(self, node, index, what):
        """Return a constant that ``node`` reads; None if the node leaves it out."""
        if len(node.input) <= index or not node.input[index]:
            return None
        require(node.input[index] in self.constants, f"its {what} must be constant")
        return self.constants[node.input[index]]

    def real(self, node, index, what):
        """Return a constant as `constant` does; refuse it unless it is floating point."""
        array = self.constant(node, index, what)
        require(array is None or array.dtype.kind == "f", f"its {what} must be floating point")
        return array

    def weights(self, node, axes):
        array = self.real(node, 1, "weights")
        if array is None or array.ndim != axes:
            raise Refusal(f"it must have weights of {axes} axes")
        return array

    def add(self, node, op, reads, arrays=None, **attributes):
        name = (node.name or node.output[0]).strip("/").replace("/", ".")
        self.names[node.output[0]] = self.building.add(op, name, reads, arrays, **attributes)

    def same(self, node, _):
        require(len(node.input) < 3, "it must not be told to train")
        if node.input[0] in self.constants:             # shared by several nodes
            self.constants[node.output[0]] = self.constants[node.input[0]]
        else:
            self.names[node.output[0]] = self.read(node)

    def windows(self, node, attributes, size):
        """Return stride and padding of a convolution's or pooling's windows."""
        require(set(attributes.get("dilations", [1])) == {1}, "its dilations must be 1")
        require(not attributes.get("ceil_mode", 0), "it must not have ceil_mode")
        strides = attributes.get("strides", [1, 1])
        require(len(size) == len(strides) == 2 and strides[0] == strides[1],
                f"it must have two axes and one stride, not strides of {strides}")
        auto = attributes.get("auto_pad", b"NOTSET").decode()
        if not auto.startswith("SAME"):
            return strides[0], tuple(attributes.get("pads", [0] * 4)) if auto == "NOTSET" else 0
        shape = self.building.shape(self.read(node))
        whole = [max(0, (math.ceil(pixels / strides[0]) - 1) * strides[0] + side - pixels)
                 for pixels, side in zip(shape, size, strict=False)]
        near = [total // 2 if auto == "SAME_UPPER" else total - total // 2 for total in whole]
        return strides[0], (*near, whole[0] - near[0], whole[1] - near[1])

    def conv(self, node, attributes):
        weights, bias = self.weights(node, 4), self.real(node, 2, "bias")
        reads, groups = self.read(node), attributes.get("group", 1)
        depthwise = weights.shape[:2] == (groups, 1) and groups > 1
        require(depthwise or groups == 1, f"its groups must be 1, or as many as it has input "
                f"channels and filters, not {groups} of {weights.shape[1] * groups} channels and "
                f"{len(weights)} filters")
        stride, pad = self.windows(node, attributes, weights.shape[2:])
        self.add(node, ops.Depthwise if depthwise else ops.Conv, [reads],
                 {"weights": weights, "bias": bias}, stride=stride, pad=pad)

    def gemm(self, node, attributes):
        weights, bias = self.weights(node, 2), self.real(node, 2, "bias")
        require(not attributes.get("transA", 0), "it must not transpose what it reads")
        weights = (weights if attributes.get("transB", 0) else weights.T) * np.float32(
            attributes.get("alpha", 1.0))
        if bias is not None:
            bias = self.one_each(bias * np.float32(attributes.get("beta", 1.0)), len(weights))
        self.add(node, ops.Linear, [self.read(node)], {"weights": weights, "bias": bias})

    def one_each(self, bias, filters):
        row = np.atleast_1d(bias)
        require(row.ndim < 3 and row.shape[-1] == row.size and row.size in (1, filters),
                f"its bias must be one for each of {filters} filters, not {bias.shape}")
        return np.broadcast_to(row.reshape(-1), (filters,))

    def matmul(self, node, _):
        weights = self.weights(node, 2)
        bias, readers = None, self.readers.get(node.output[0], [])
        if len(readers) == 1 and readers[0].op_type == "Add":
            for index, name in enumerate(readers[0].input):
                if name in self.constants:
                    bias = self.one_each(self.real(readers[0], index, "bias"), weights.shape[1])
        self.add(node, ops.Linear, [self.read(node)], {"weights": weights.T, "bias": bias})
        if bias is not None:
            self.names[readers[0].output[0]] = self.names[node.output[0]]

    def norm(self, node, attributes):
        require(not attributes.get("training_mode", 0), "it must not be told to train")
        arrays = {what: self.real(node, index, what)
                  for index, what in enumerate(("gamma", "beta", "mean", "var"), 1)}
        self.add(node, ops.BatchNorm, [self.read(node)], arrays,
                 eps=attributes.get("epsilon", 1e-5))

    def clip(self, node, attributes):
        least = self.constant(node, 1, "least value") if len(node.input) > 1 else attributes.get(
            "min")
        most = self.constant(node, 2, "largest value") if len(node.input) > 2 else attributes.get(
            "max")
        require(least is not None and float(least) == 0, f"it must clip at 0, not at {least}")
        self.add(node, ops.Relu, [self.read(node)], maximum=None if most is None else float(most))

    def pool(self, node, attributes):
        op = {"MaxPool": ops.MaxPool, "AveragePool": ops.AvgPool}[node.op_type]
        size = attributes["kernel_shape"]
        stride, pad = self.windows(node, attributes, size)
        require(size[0] == size[1], f"its window must be square, not {size}")
        require(len(node.output) == 1, "it must give nothing but the pooled")
        padded = {"pad": pad} if "pad" in op.attributes else {}
        require(padded or not np.any(pad), f"it must not pad, not by {pad}")
        self.add(node, op, [self.read(node)], size=size[0], stride=stride, **padded)

    def global_pool(self, node, attributes):
        if node.op_type == "ReduceMean":
            axes = self.constant(node, 1, "axes")
            axes = attributes.get("axes", []) if axes is None else axes.tolist()
            require({axis % 4 for axis in axes} == {2, 3},
                    f"it must reduce the axes 2 and 3, not {axes or 'all'}")
        self.add(node, ops.GlobalAvgPool, [self.read(node)])

    def flatten(self, node, attributes):
        reads = self.read(node)
        if node.op_type == "Flatten":
            require(attributes.get("axis", 1) == 1, "it must flatten from axis 1 on")
        else:
            shape = self.constant(node, 1, "shape")
            features = math.prod(self.building.shape(reads))
            require(shape is not None and shape.shape == (2,) and shape[0] in (-1, 0, 1)
                    and shape[1] in (-1, features), "it must reshape to images and features, "
                    f"(-1, {features}), not {None if shape is None else tuple(shape.tolist())}")
        self.add(node, ops.Flatten, [reads])


_OPS = {
    "Conv": _Importer.conv, "Gemm": _Importer.gemm, "MatMul": _Importer.matmul,
    "BatchNormalization": _Importer.norm, "Clip": _Importer.clip,
    "Relu": lambda net, node, _: net.add(node, ops.Relu, [net.read(node)]),
    "Add": lambda net, node, _: net.add(node, ops.Add, [net.read(node), net.read(node, 1)]),
    "MaxPool": _Importer.pool, "AveragePool": _Importer.pool,
    "GlobalAveragePool": _Importer.global_pool, "ReduceMean": _Importer.global_pool,
    "Flatten": _Importer.flatten, "Reshape": _Importer.flatten,
    "Constant": lambda net, node, _: require(node.output[0] in net.constants,
                                             "it must be a tensor"),
    "Identity": _Importer.same, "Dropout": _Importer.same,
}


def load(path, *, input_step=1 / 255) -> Network:
    """Load an ``.onnx`` model as a network of the same arithmetic, in inference.

    Parameters
    ----------
    path : path
        The model reads float tensors ``(images, channels, rows, columns)``, the number of images
        free or fixed, and gives ``(images, classes)``.
    input_step : float
        What the model has for a pixel of 1; nothing else may be done to pixels.

    Raises
    ------
    ImportError
        If the package ``onnx`` is missing.
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no ONNX model, has a layer outside the format, or a convolution or linear
        layer reads what may be negative; the sentence names the node.
    """
    try:
        onnx = importlib.import_module("onnx")
    except ImportError as error:
        raise ImportError("Reading ONNX needs the package onnx, which is not installed: pip "
                          "install onnx, or this project's extra `onnx`") from error
    path = Path(path)
    model = read_model(onnx, path)
    return _Importer(onnx, model.graph, input_step).network({"source": path.name})
